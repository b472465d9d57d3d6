package admin

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
)

// The contract with the field, apart from the table: these are the acts that must never be open to the wrong people.
func TestWhoMayDoWhat(t *testing.T) {
	s := newStation(t)
	for _, c := range []struct {
		method, path string
		roles        string // of those allowed, in order of account.Roles
	}{
		{"POST", "/stop", "operator approver administrator"},
		{"POST", "/play", "operator approver administrator"},
		{"POST", "/programmes", "operator approver administrator"},
		{"POST", "/clips/nothing/approve", "approver administrator"},
		{"PUT", "/settings", "administrator"},
		{"POST", "/tokens", "administrator"},
		{"POST", "/link", "administrator"},
		{"POST", "/log/rotate-key", "administrator"},
		{"GET", "/log/snapshot", "approver inspector administrator"},
		{"GET", "/log", "operator approver inspector administrator"},
	} {
		var allowed []string
		for _, r := range account.Roles() {
			if w := s.ask(c.method, api.Prefix+c.path, s.token(t, r), ""); w.Code != http.StatusForbidden {
				allowed = append(allowed, string(r))
			}
		}
		if got := strings.Join(allowed, " "); got != c.roles {
			t.Errorf("%s %s is open to %q, want %q", c.method, c.path, got, c.roles)
		}
	}
}

func TestHealthNeedsSignInOnlyFromOutside(t *testing.T) {
	s := newStation(t)
	here := func(r *http.Request) { r.RemoteAddr = "127.0.0.1:999" }
	if w := s.ask("GET", "/healthz", "", "", here); w.Code != http.StatusOK {
		t.Errorf("from this machine: %d", w.Code)
	}
	proxied := func(r *http.Request) { r.RemoteAddr = "127.0.0.1:999"; r.Header.Set("X-Forwarded-For", "10.0.0.7") }
	if w := s.ask("GET", "/metrics", "", "", proxied); w.Code != http.StatusUnauthorized {
		t.Errorf("through a proxy: %d", w.Code)
	}
	s.player.dead = true
	if w := s.ask("GET", "/healthz", "", "", here); w.Code != http.StatusServiceUnavailable {
		t.Errorf("with a dead play loop: %d", w.Code)
	}
}

func TestCrossSiteRequestsAreRefused(t *testing.T) {
	s := newStation(t, func(o *Options) { o.PublicURL = "https://loa.example.vn" })
	cookie := s.session(t)
	s.onAir()
	for name, c := range map[string]struct {
		header, value, host string
		refused             bool
	}{
		"another site, by Origin":         {"Origin", "http://evil.example", "127.0.0.1:8080", true},
		"another site, by Sec-Fetch-Site": {"Sec-Fetch-Site", "cross-site", "127.0.0.1:8080", true},
		"a sandboxed frame":               {"Origin", "null", "127.0.0.1:8080", true},
		"the page itself":                 {"Origin", "http://127.0.0.1:8080", "127.0.0.1:8080", false},
		"the public name":                 {"Origin", "https://loa.example.vn", "loa.example.vn", false},
		"a command":                       {"X-Nothing", "1", "127.0.0.1:8080", false},
	} {
		t.Run(name, func(t *testing.T) {
			s.onAir()
			w := s.ask("POST", "/stop", "", "", func(r *http.Request) {
				r.AddCookie(cookie)
				r.Header.Set(c.header, c.value)
				r.Host = c.host
			})
			if refused := w.Code == http.StatusForbidden; refused != c.refused || (!refused && w.Code != http.StatusSeeOther) {
				t.Errorf("status %d", w.Code)
			}
			if stopped := s.player.Now().OnAir == nil; stopped == c.refused {
				t.Errorf("stopped: %v", stopped)
			}
		})
	}
}

// A foreign name that resolves to this machine gives a foreign page the same origin; its Host header betrays it.
func TestHostRebindingIsRefused(t *testing.T) {
	s := newStation(t, func(o *Options) { o.PublicURL = "https://loa.example.vn" })
	for host, want := range map[string]int{
		"127.0.0.1:8080": 200, "localhost:8080": 200, "[::1]:8080": 200, "LOCALHOST": 200, "192.168.1.9:8080": 200, "10.0.0.3": 200,
		"[fd00::1]:8080": 200, "loa.example.vn": 200, "loa.example.vn:443": 200,
		"evil.example": 421, "evil.example:8080": 421, "8.8.8.8": 421, "": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example": 421,
	} {
		w := s.ask("GET", "/", "", "", func(r *http.Request) { r.Host = host })
		if w.Code != want {
			t.Errorf("Host %q: %d, want %d", host, w.Code, want)
		}
	}
	if _, err := newGuard(nil, "loa.example.vn", nil); err == nil {
		t.Error("a public_url without a scheme was taken")
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	s := newStation(t)
	for _, path := range []string{"/", "/api/v1/now", "/nothing", "/asset/app.css"} {
		h := s.ask("GET", path, "", "").Header()
		csp := h.Get("Content-Security-Policy")
		if strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("%s: policy %q", path, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" {
			t.Errorf("%s: headers %v", path, h)
		}
	}
}

func TestTokens(t *testing.T) {
	s := newStation(t)
	boss := s.token(t, account.Administrator)
	w := s.ask("POST", "/api/v1/tokens", boss, `{"name":"bảng điện tử","role":"inspector"}`)
	var made struct{ ID, Token, Name string }
	must(t, json.Unmarshal(w.Body.Bytes(), &made))
	if w.Code != http.StatusCreated || made.Token == "" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := s.ask("GET", "/api/v1/now", made.Token, ""); w.Code != http.StatusOK {
		t.Errorf("the new token: %d %s", w.Code, w.Body)
	}
	if w := s.ask("GET", "/api/v1/tokens", boss, ""); strings.Contains(w.Body.String(), made.Token) {
		t.Error("the list shows a secret")
	}
	if w := s.ask("DELETE", "/api/v1/tokens/"+made.ID, boss, ""); w.Code != http.StatusNoContent {
		t.Fatalf("revoking: %d %s", w.Code, w.Body)
	}
	if w := s.ask("GET", "/api/v1/now", made.Token, ""); w.Code != http.StatusUnauthorized || code(t, w.Body.Bytes()) != "bad_token" {
		t.Errorf("the revoked token: %d %s", w.Code, w.Body)
	}
	for body, want := range map[string]string{`{"name":"x","role":"root"}`: "invalid", `{"name":"","role":"operator"}`: "invalid",
		`{"name":"a:b","role":"operator"}`: "invalid", `{"nane":"x","role":"operator"}`: "unknown_key"} {
		if w := s.ask("POST", "/api/v1/tokens", boss, body); code(t, w.Body.Bytes()) != want {
			t.Errorf("%s: %d %s, want %s", body, w.Code, w.Body, want)
		}
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	s := newStation(t)
	good := s.token(t, account.Operator)
	from := func(ip string) func(*http.Request) {
		return func(r *http.Request) { r.RemoteAddr = ip + ":1000" }
	}
	for range badTries {
		if w := s.ask("GET", "/api/v1/now", "lx_wrong", "", from("10.0.0.9")); w.Code != http.StatusUnauthorized {
			t.Fatalf("a wrong token gives %d", w.Code)
		}
	}
	w := s.ask("GET", "/api/v1/now", good, "", from("10.0.0.9"))
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") == "" {
		t.Errorf("after %d wrong tries: %d, Retry-After %q", badTries, w.Code, w.Header().Get("Retry-After"))
	}
	if w := s.ask("GET", "/setup/guess", "", "", from("10.0.0.9")); w.Code != http.StatusTooManyRequests {
		t.Errorf("the link may still be guessed: %d", w.Code)
	}
	if w := s.ask("GET", "/api/v1/now", good, "", from("10.0.0.10")); w.Code != http.StatusOK {
		t.Errorf("another address is locked out as well: %d", w.Code)
	}
	s.pass(badWindow + time.Second)
	if w := s.ask("GET", "/api/v1/now", good, "", from("10.0.0.9")); w.Code != http.StatusOK {
		t.Errorf("a minute later: %d", w.Code)
	}
}

func TestLinkOpensOnce(t *testing.T) {
	s := newStation(t)
	link, err := s.accounts.NewLink("station")
	must(t, err)
	w := s.ask("GET", api.LinkPath(link), "", "")
	if w.Code != http.StatusSeeOther || len(w.Result().Cookies()) != 1 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	c := w.Result().Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || c.Path != "/" {
		t.Errorf("cookie %+v", c)
	}
	if w := s.ask("GET", api.LinkPath(link), "", ""); w.Code != http.StatusGone || !strings.Contains(w.Body.String(), "đã dùng") {
		t.Errorf("the second time: %d %s", w.Code, w.Body)
	}
	again := s.ask("GET", api.LinkPath(link), "", "", func(r *http.Request) { r.AddCookie(c) })
	if again.Code != http.StatusSeeOther {
		t.Errorf("reloaded in the browser that used it: %d", again.Code)
	}
	home := s.ask("GET", "/", "", "", func(r *http.Request) { r.AddCookie(c) })
	if !strings.Contains(home.Body.String(), "DỪNG") {
		t.Errorf("no home page behind the link: %s", home.Body)
	}
	s.ask("POST", "/signout", "", "", func(r *http.Request) { r.AddCookie(c) })
	out := s.ask("GET", "/", "", "", func(r *http.Request) { r.AddCookie(c) })
	if strings.Contains(out.Body.String(), "DỪNG") || !strings.Contains(out.Body.String(), "loaxa user link") {
		t.Error("signed out, the page still lets in, or does not say how to get in")
	}
}

// code is the code of a problem document.
func code(t *testing.T, body []byte) string {
	t.Helper()
	var p struct{ Code string }
	must(t, json.Unmarshal(body, &p))
	return p.Code
}
