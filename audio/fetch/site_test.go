package fetch

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// authority signs the certificates of a test's sites.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pool *x509.CertPool
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	now := time.Now()
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotBefore: now.Add(-1000 * time.Hour), NotAfter: now.Add(1000 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &authority{key, cert, pool}
}

// sign makes a certificate for names; it is valid from and until so far from now.
func (a *authority) sign(t testing.TB, from, until time.Duration, names ...string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	now := time.Now()
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(now.UnixNano()),
		Subject: pkix.Name{CommonName: names[0]}, DNSNames: names, NotBefore: now.Add(from), NotAfter: now.Add(until)}, a.cert, &key.PublicKey, a.key)
	must(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// names is a resolver. Each name gives its answers in turn, the last one for ever.
type names struct {
	mu      sync.Mutex
	answers map[string][]netip.Addr
	dead    bool
	asked   []string
}

func (n *names) set(name string, answers ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answers[name] = nil
	for _, a := range answers {
		n.answers[name] = append(n.answers[name], netip.MustParseAddr(a))
	}
}

func (n *names) die(dead bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.dead = dead
}

func (n *names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked = append(n.asked, host)
	if n.dead {
		return nil, &net.DNSError{Err: "server misbehaving", Name: host, IsTemporary: true}
	}
	a := n.answers[host]
	if len(a) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	if len(a) > 1 {
		n.answers[host] = a[1:]
	}
	return a[:1], nil
}

// world is an Internet of one HTTPS server with many names.
type world struct {
	t     *testing.T
	ca    *authority
	names *names
	mux   *http.ServeMux
	srv   *httptest.Server
	port  string
	o     Options
}

// quiet keeps the server's complaints about hostile connections out of the output.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, ca: newAuthority(t), mux: http.NewServeMux(), names: &names{answers: map[string][]netip.Addr{}}}
	w.srv = w.serve("127.0.0.1:0", w.mux, w.ca.sign(t, -time.Hour, time.Hour, "files.test", "short.test", "www.xn--i-rfa0m.vn", "xn--ggle-55da.com",
		"drive.usercontent.google.com", "drive.google.com", "www.dropbox.com", "uc1.dl.dropboxusercontent.com", "uc2.dl.dropboxusercontent.com", "contoso.sharepoint.com"))
	_, w.port, _ = net.SplitHostPort(w.srv.Listener.Addr().String())
	for _, n := range []string{"files.test", "short.test", "www.xn--i-rfa0m.vn", "xn--ggle-55da.com", "vnnic.vn", "drive.usercontent.google.com",
		"drive.google.com", "www.dropbox.com", "uc1.dl.dropboxusercontent.com", "uc2.dl.dropboxusercontent.com", "contoso.sharepoint.com"} {
		w.names.set(n, "127.0.0.1")
	}
	port, err := strconv.ParseUint(w.port, 10, 16)
	must(t, err)
	w.o = Options{MaxBytes: 8 << 20, Version: "1.2.3", Timeout: 20 * time.Second, LookTime: 5 * time.Second, Idle: 5 * time.Second,
		Backoff: time.Millisecond, AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, AllowPorts: []uint16{uint16(port)},
		RootCAs: w.ca.pool, Resolver: w.names}
	return w
}

func (w *world) serve(address string, h http.Handler, cert tls.Certificate) *httptest.Server {
	w.t.Helper()
	l, err := net.Listen("tcp", address)
	must(w.t, err)
	s := httptest.NewUnstartedServer(h)
	must(w.t, s.Listener.Close())
	s.Listener, s.Config.ErrorLog = l, quiet()
	s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	s.StartTLS()
	w.t.Cleanup(s.Close)
	return s
}

func (w *world) fetcher() *Fetcher {
	w.t.Helper()
	f, err := New(w.o)
	must(w.t, err)
	return f
}

// real gives a fetcher that finds port 443 of the world's names at the test server; the guard stays in the way.
func (w *world) real() *Fetcher {
	w.t.Helper()
	f := w.fetcher()
	d := &dialer{guard: f.guard, resolver: w.names}
	f.transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		if port == "443" {
			port = w.port
		}
		return d.dial(ctx, network, net.JoinHostPort(host, port))
	}
	return f
}

func (w *world) url(host, path string) string { return "https://" + host + ":" + w.port + path }

func (w *world) file() *os.File {
	w.t.Helper()
	f, err := os.Create(filepath.Join(w.t.TempDir(), "part"))
	must(w.t, err)
	w.t.Cleanup(func() { _ = f.Close() })
	return f
}

// bring looks and gets, as a person who agrees to everything.
func (w *world) bring(f *Fetcher, link string) (Got, []byte, error) {
	w.t.Helper()
	found, err := f.Look(context.Background(), link)
	if err != nil {
		return Got{}, nil, err
	}
	return w.get(f, found)
}

func (w *world) get(f *Fetcher, found Found) (Got, []byte, error) {
	w.t.Helper()
	to := w.file()
	got, err := f.Get(context.Background(), found, to, nil)
	if err != nil {
		return got, nil, err
	}
	body, err := io.ReadAll(to)
	must(w.t, err)
	return got, body, nil
}

// code gives the code of a refusal, "" of success, and the text of any other error.
func code(err error) string {
	var r *Refusal
	switch {
	case err == nil:
		return ""
	case errors.As(err, &r):
		return r.Code
	}
	return err.Error()
}

func hash(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// song is bytes that look like nothing in particular, the same for the same seed.
func song(n int, seed byte) []byte {
	b := bytes.Repeat([]byte{0xff, 0xfb, seed}, n/3+1)[:n]
	for i := range b {
		b[i] ^= byte(i >> 8)
	}
	return b
}

// serveFile answers like a file server: with length, strong ETag and ranges.
func serveFile(b []byte, tag string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if tag != "" {
			w.Header().Set("ETag", tag)
		}
		w.Header().Set("Content-Type", "audio/mpeg")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	}
}
