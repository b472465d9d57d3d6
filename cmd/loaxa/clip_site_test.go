package main

import (
	"archive/tar"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/pem"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"loaxa/audio/library"
)

// site FILE starts a web site as letters link to, until the script ends, and writes the configuration with which a
// station trusts it. $SITE and $OTHER are its two names.
func site(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: site FILE")
	}
	cert, ca, err := siteCertificate()
	ts.Check(err)
	srv := httptest.NewUnstartedServer(nil)
	caFile := ts.MkAbs("ca.pem")
	conf := startSite(srv, cert, caFile)
	ts.Defer(srv.Close)
	other := strings.Replace(srv.URL, "127.0.0.1", "localhost", 1)
	srv.Config.Handler = siteHandler(other)
	ts.Check(os.WriteFile(caFile, ca, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(conf), 0o600))
	ts.Setenv("SITE", srv.URL)
	ts.Setenv("OTHER", other)
}

// startSite starts a site with a certificate, and gives the configuration that lets a station take files from it.
func startSite(srv *httptest.Server, cert tls.Certificate, caFile string) string {
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	_, port, _ := strings.Cut(strings.TrimPrefix(srv.URL, "https://"), ":")
	return fmt.Sprintf("[fetch]\nallow_private = [\"127.0.0.0/8\", \"::1/128\"]\nallow_ports = [%s]\nca_file = %q\n", port, caFile)
}

func siteHandler(other string) http.Handler {
	mux := http.NewServeMux()
	sound := second()
	mux.HandleFunc("/tieng.wav", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "audio/wav")
		http.ServeContent(w, r, "tieng.wav", time.Time{}, bytes.NewReader(sound))
	})
	mux.HandleFunc("/trang.mp3", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><html><body>Đăng nhập</body></html>")
	})
	mux.Handle("/ngan", http.RedirectHandler(other+"/tieng.wav", http.StatusFound))
	mux.Handle("/trong", http.RedirectHandler("https://10.0.0.1/tieng.wav", http.StatusFound))
	return mux
}

// siteCertificate is a certificate for both names, which signs itself.
func siteCertificate() (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test site"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, nil, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}

// What a person types as a place in a clip must be the place that is cut.
func TestParsePosition(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "3": 3000, "0:03.5": 3500, "0:03,5": 3500, "1:20": 80000, "90.25": 90250, "1:02:03": 3723000} {
		if got, err := parsePosition("from", text); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"x", "-1", "1:60", "1.5:00", ":3", "3:", "1:2:3:4", "1e3", "NaN", "90000", "1.2.3"} {
		if got, err := parsePosition("from", text); err == nil {
			t.Errorf("%q was taken for %d ms", text, got)
		}
	}
}

// Cutting the silence off twice must not eat into the sound, and what was cut before must stay cut.
func TestSilenceKeepsTheSound(t *testing.T) {
	var v clipView
	v.DurationMS, v.LeadSilenceMS, v.TrailSilenceMS = 10_000, 2000, 1000
	var o trimOrder
	if err := o.silence(v); err != nil || o.FromMS != 2000-silenceKept || o.UntilMS != 9000+silenceKept {
		t.Fatalf("%+v, %v", o, err)
	}
	v.Trim, v.DurationMS, v.LeadSilenceMS, v.TrailSilenceMS = &library.Trim{FromMS: o.FromMS, UntilMS: o.UntilMS}, o.UntilMS-o.FromMS, silenceKept, 500
	var again trimOrder
	if err := again.silence(v); err != nil || again.FromMS != o.FromMS || again.UntilMS != o.UntilMS-500+silenceKept {
		t.Fatalf("%+v, %v", again, err)
	}
	v.LeadSilenceMS, v.TrailSilenceMS = silenceKept, silenceKept
	if err := new(trimOrder).silence(v); err == nil {
		t.Error("nothing is left to cut, and yet something was")
	}
}

// A name from an archive must not write over the lines of a terminal.
func TestPlain(t *testing.T) {
	if got := plain("a\x1b[2Jb\r\u202ec"); got != "a\uFFFD[2Jb\uFFFD\uFFFDc" {
		t.Errorf("%q", got)
	}
}

// What becomes of files is told by their names: two of one name must not lie in one form, and an archive goes alone.
func TestGatherKeepsNamesApart(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"1/a.mp3": "x", "2/a.mp3": "y", "2/b.mp3": "z", "c.zip": "PK\x03\x04" + string(make([]byte, 600))} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	g, err := gather([]string{dir})
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, s := range g.sources {
		names := make(map[string]bool)
		for _, f := range s.files {
			total++
			if names[f.base] || s.archive != (f.base == "c.zip") || s.archive && len(s.files) != 1 {
				t.Errorf("%+v", s)
			}
			names[f.base] = true
		}
	}
	if total != 4 || len(g.sources) != 3 {
		t.Errorf("%d files in %d forms", total, len(g.sources))
	}
}

// clipFiles gives the scripts a clip that begins with two seconds of silence, the picture of a signature, and an archive
// with a sound and a web page in it.
func clipFiles(env *testscript.Env) error {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		return err
	}
	long := quietStart()
	env.Setenv("LONG", filepath.Join(env.WorkDir, "long.wav"))
	env.Setenv("LONGCLIP", fmt.Sprintf("c-%x", sha256.Sum256(long))[:14])
	env.Setenv("PHOTO", filepath.Join(env.WorkDir, "chu-ky.png"))
	var archive bytes.Buffer
	tw := tar.NewWriter(&archive)
	for _, f := range []struct{ name, text string }{{"thu/tieng.wav", string(second())}, {"thu/trang.mp3", "<!doctype html><html></html>"}} {
		if err := tw.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.text)), Mode: 0o600}); err != nil {
			return err
		}
		if _, err := io.WriteString(tw, f.text); err != nil {
			return err
		}
	}
	env.Setenv("ARCHIVE", filepath.Join(env.WorkDir, "bo.tar"))
	if err := tw.Close(); err != nil {
		return err
	}
	return errors.Join(os.WriteFile(env.Getenv("ARCHIVE"), archive.Bytes(), 0o600), os.WriteFile(env.Getenv("LONG"), long, 0o600), os.WriteFile(env.Getenv("PHOTO"), picture.Bytes(), 0o600))
}

// quietStart is second with two seconds of silence before it.
func quietStart() []byte {
	const head, silence = 44, 2 * 2 * 8000 // bytes
	b := second()
	b = slices.Concat(b[:head], make([]byte, silence), b[head:])
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))     //nolint:gosec // small
	binary.LittleEndian.PutUint32(b[40:], uint32(len(b)-head)) //nolint:gosec // small
	return b
}
