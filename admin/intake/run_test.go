package intake

import (
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
	"log/slog"
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

	"loaxa/audio/fetch"
	"loaxa/audio/library"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// shelf takes whatever it is given for a clip, but for what is named in refuse, and notes what else is asked of it.
type shelf struct {
	mu                  sync.Mutex
	clips               map[string]library.Clip
	refuse              map[string]error // by the name of the file
	brought             []library.Import
	submitted, approved []string
	came                func() // called after each import
}

func newShelf() *shelf {
	return &shelf{clips: make(map[string]library.Clip), refuse: make(map[string]error)}
}

func idOf(content []byte) string {
	sum := sha256.Sum256(content)
	return "c-" + hex.EncodeToString(sum[:6])
}

func (s *shelf) Import(_ context.Context, actor string, in library.Import, _ func(done, total int64)) (library.Clip, bool, error) {
	content, err := io.ReadAll(in.Reader)
	if err != nil {
		return library.Clip{}, false, err
	}
	if s.came != nil {
		defer s.came()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refuse[in.Name]; err != nil {
		return library.Clip{}, false, err
	}
	s.brought = append(s.brought, in)
	id := idOf(content)
	c, existed := s.clips[id]
	if !existed {
		c = library.Clip{ID: id, SHA256: id, CanonicalSHA256: id, Title: in.Name, State: library.StateDraft, ImportedBy: actor,
			Letter: in.Letter, ValidFrom: in.ValidFrom, ValidUntil: in.ValidUntil}
		s.clips[id] = c
	}
	return c, existed, nil
}

func (s *shelf) Get(id string) (library.Clip, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.clips[id]; ok {
		return c, nil
	}
	return library.Clip{}, library.ErrNotFound
}

func (s *shelf) Submit(_ string, ids ...string) ([]library.Clip, error) {
	return s.become(library.StateSubmitted, &s.submitted, ids), nil
}

func (s *shelf) ApproveAsSeen(_ string, ids []string, _ *library.Paper, _ map[string]library.Seen) ([]library.Clip, error) {
	return s.become(library.StateApproved, &s.approved, ids), nil
}

func (s *shelf) become(state string, note *[]string, ids []string) (out []library.Clip) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		c := s.clips[id]
		c.State = state
		s.clips[id] = c
		out, *note = append(out, c), append(*note, id)
	}
	return out
}

func (s *shelf) Trim(context.Context, string, string, int64, int64, bool, func(done, total int64)) (library.Clip, error) {
	return library.Clip{}, errors.New("nothing is trimmed here")
}

// running is an intake at work for as long as the test takes.
func running(t *testing.T, o Options) *Intake {
	t.Helper()
	dir := t.TempDir()
	o.Now, o.Logger = time.Now, slog.New(slog.NewTextHandler(io.Discard, nil))
	o.Spool = func() (*os.File, error) { return os.Create(filepath.Join(dir, "spool")) }
	in, err := New(o)
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- in.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the imports ended with %v", err)
		}
	})
	return in
}

// await waits until an import is in one of the states.
func await(t *testing.T, in *Intake, id string, states ...string) Import {
	t.Helper()
	changed, done := in.Watch()
	defer done()
	late := time.After(20 * time.Second)
	for {
		s, err := in.Import(t.Context(), id)
		must(t, err)
		for _, want := range states {
			if s.State == want {
				return s
			}
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("import %s is %s, not %v: %+v", id, s.State, states, s.Problem)
		}
	}
}

// everywhere is a resolver for which every name is this machine.
type everywhere struct{}

func (everywhere) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

// internet serves h under all names at once, and gives the port and a fetcher that believes it.
func internet(t *testing.T, h http.Handler, names ...string) (port string, f *fetch.Fetcher) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	server := httptest.NewUnstartedServer(h)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	_, port, err = net.SplitHostPort(server.Listener.Addr().String())
	must(t, err)
	n, err := strconv.ParseUint(port, 10, 16)
	must(t, err)
	f, err = fetch.New(fetch.Options{MaxBytes: 1 << 20, RootCAs: pool, Resolver: everywhere{}, AllowPorts: []uint16{uint16(n)},
		AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}})
	must(t, err)
	return port, f
}
