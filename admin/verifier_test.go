package admin

import (
	"net/http"
	"strings"
	"testing"

	"loaxa/admin/account"
	"loaxa/admin/page/frame"
)

// Whoever is signed in, an inspector too, takes the verifier page away as a file, byte for byte: its hash is what it is
// known by. It never opens in place, where it would pass for a page of the station.
func TestVerifierIsHandedOut(t *testing.T) {
	const html = "<!doctype html><p>đối chiếu</p>"
	s := newStation(t, func(o *Options) { o.Verifier = []byte(html) })
	for _, r := range account.Roles() {
		w := s.ask("GET", frame.VerifierPath, s.token(t, r), "")
		if w.Code != http.StatusOK || w.Body.String() != html {
			t.Errorf("as %s: %d %q", r, w.Code, w.Body)
		}
		h := w.Header()
		if !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || !strings.Contains(h.Get("Content-Disposition"), "doi-chieu.html") {
			t.Errorf("as %s: disposition %q", r, h.Get("Content-Disposition"))
		}
		if h.Get("Cache-Control") != "no-store" {
			t.Errorf("after an update browsers would go on with the old page: %q", h.Get("Cache-Control"))
		}
	}
	if w := s.ask("GET", frame.VerifierPath, "", ""); w.Code != http.StatusUnauthorized {
		t.Errorf("without sign-in: %d", w.Code)
	}
	if home := s.home(t, s.session(t)); !strings.Contains(home, `href="/doi-chieu.html"`) || !strings.Contains(home, "Tải trang đối chiếu") {
		t.Error("the home page does not lead to it")
	}
}

// A program that was built without the page offers none.
func TestNoVerifierNoLink(t *testing.T) {
	s := newStation(t)
	if w := s.ask("GET", frame.VerifierPath, s.token(t, account.Inspector), ""); w.Code != http.StatusNotFound {
		t.Errorf("without the page: %d", w.Code)
	}
	if home := s.home(t, s.session(t)); strings.Contains(home, "doi-chieu") {
		t.Error("the home page leads to nothing")
	}
}
