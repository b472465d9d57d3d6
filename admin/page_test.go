package admin

import (
	"net/http"
	"net/url"
	"testing"
)

// page is a page as a signed-in browser gets it.
func (s *station) page(t *testing.T, cookie *http.Cookie, path string) string {
	t.Helper()
	w := s.ask("GET", path, "", "", func(r *http.Request) { r.AddCookie(cookie) })
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// post posts a form as a signed-in browser.
func (s *station) post(cookie *http.Cookie, path string, form url.Values) (code int, location, body string) {
	w := s.ask("POST", path, "", form.Encode(), func(r *http.Request) {
		r.AddCookie(cookie)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	})
	return w.Code, w.Header().Get("Location"), w.Body.String()
}
