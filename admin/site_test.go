package admin

import (
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"sync"
	"testing"

	"loaxa/audio/fetch"
)

// site is a web server of an agency, on this machine: /short leads to /files/…, which holds what tests put there.
type site struct {
	*httptest.Server
	mu    sync.Mutex
	files map[string][]byte
	hold  chan struct{} // when not nil, the second half of a file waits for it
}

func newSite(t testing.TB) (*site, *fetch.Fetcher) {
	t.Helper()
	s := &site{files: make(map[string][]byte)}
	mux := http.NewServeMux()
	mux.HandleFunc("/short/{name}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/files/"+r.PathValue("name"), http.StatusFound)
	})
	mux.HandleFunc("/files/{name}", s.give)
	s.Server = httptest.NewTLSServer(mux)
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	must(t, err)
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	must(t, err)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	f, err := fetch.New(fetch.Options{MaxBytes: 100 << 20, RootCAs: roots, AllowPorts: []uint16{uint16(port)},
		AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	must(t, err)
	return s, f
}

func (s *site) put(name string, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = content
}

func (s *site) give(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	content, ok := s.files[r.PathValue("name")]
	hold := s.hold
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	half := len(content) / 2
	_, _ = w.Write(content[:half]) // who only looks goes away here
	if hold != nil {
		_ = http.NewResponseController(w).Flush()
		select {
		case <-hold:
		case <-r.Context().Done():
			return
		}
	}
	_, _ = w.Write(content[half:])
}
