package admin

import (
	"context"
	"net/http"
	"os"
	"sort"
	"strings"
	"testing"

	"loaxa/admin/account"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
)

// callers are all who may knock, each with a letter for the table below.
var callers = []struct {
	letter rune
	name   string
	as     func(*station, *testing.T) func(*http.Request)
}{
	{'n', "nobody", func(*station, *testing.T) func(*http.Request) { return func(*http.Request) {} }},
	{'o', "an operator", withToken(account.Operator)},
	{'a', "an approver", withToken(account.Approver)},
	{'i', "an inspector", withToken(account.Inspector)},
	{'d', "an administrator", withToken(account.Administrator)},
	{'p', "a registered phone of an administrator", withPhone},
	{'v', "a visitor with an inspector's code", withVisit},
	{'s', "the socket", func(*station, *testing.T) func(*http.Request) {
		return func(r *http.Request) {
			*r = *r.WithContext(context.WithValue(r.Context(), peerKey{}, peer{user: "root"}))
		}
	}},
}

func withToken(role account.Role) func(*station, *testing.T) func(*http.Request) {
	return func(s *station, t *testing.T) func(*http.Request) {
		token := s.token(t, role)
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	}
}

func withPhone(s *station, t *testing.T) func(*http.Request) {
	list, err := s.accounts.People()
	must(t, err)
	cookie, _, err := s.accounts.RegisterPhone("station", list[0].ID, "điện thoại trực đài")
	must(t, err)
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: frame.PhoneCookie, Value: cookie}) }
}

// withVisit opens a session for each request: signing out is one of them.
func withVisit(s *station, t *testing.T) func(*http.Request) {
	code, _, err := s.accounts.NewVisit("station", "đoàn kiểm tra")
	must(t, err)
	return func(r *http.Request) {
		cookie, _, err := s.accounts.UseCode(code, account.From{Address: "192.0.2.1"})
		must(t, err)
		r.AddCookie(&http.Cookie{Name: frame.SessionCookie, Value: cookie})
	}
}

// The groups of callers that routes are open to. A route that fits none of them says its letters.
const (
	everybody = "noaidpvs" // also who is not signed in
	signed    = "oaidvs"
	editors   = "oads"
	urgent    = "oadps"   // editors and registered phones
	watching  = "oaidpvs" // signed and registered phones
	boss      = "ds"
	approving = "ads"
)

// address fills the parameters of a route's path.
func address(path string) string {
	for _, p := range []string{":id", ":name", ":link"} {
		path = strings.ReplaceAll(path, p, "nothing")
	}
	return path
}

// Who may call what is written here once more, by hand, beside the table that the server works by: a slip in one of them
// shows. A new route fails until somebody has thought about who may call it.
func TestEveryRouteForEverybody(t *testing.T) {
	s := newStation(t)
	var come []func(*http.Request)
	for _, c := range callers {
		come = append(come, c.as(s, t))
	}
	left := make(map[string]bool)
	for key := range access {
		left[key] = true
	}
	var draft []string
	for _, rt := range s.table {
		key := rt.Method + " " + rt.Path
		want, thought := access[key]
		delete(left, key)
		if (rt.Method == "GET") != (rt.MaxBody == 0) {
			t.Errorf("%s takes bodies of %d bytes", key, rt.MaxBody)
		}
		if rt.Access == route.Signed && len(rt.Roles) == 0 {
			t.Errorf("%s names no role", key)
		}
		got := ""
		for i, c := range callers {
			if s.letsIn(t, rt, come[i], c.name) {
				got += string(c.letter)
			}
		}
		if !thought {
			t.Errorf("%s is open to %q: nobody has written in access who may call it", key, got)
			draft = append(draft, "\""+key+"\": \""+got+"\",")
			continue
		}
		for _, c := range callers {
			if in, ought := strings.ContainsRune(got, c.letter), strings.ContainsRune(want, c.letter); in != ought {
				t.Errorf("%s: %s is let in: %v, want %v", key, c.name, in, ought)
			}
		}
	}
	for key := range left {
		t.Errorf("%s is in access, and no route any more", key)
	}
	if len(draft) > 0 && os.Getenv("LOAXA_ACCESS") != "" {
		sort.Strings(draft)
		t.Log("to be thought about:\n" + strings.Join(draft, "\n"))
	}
}

// letsIn asks past the network and says whether the request came to the handler.
func (s *station) letsIn(t *testing.T, rt route.Route, come func(*http.Request), name string) bool {
	t.Helper()
	var stop context.CancelFunc
	w := s.ask(rt.Method, address(rt.Path), "", "", func(r *http.Request) {
		r.RemoteAddr = "192.168.1.20:4321"
		ctx, cancel := context.WithCancel(r.Context())
		stop = cancel
		*r = *r.WithContext(ctx)
		come(r)
		if strings.HasSuffix(rt.Path, "/events") { // streams for ever: TestEventsAndStop
			cancel()
		}
	})
	stop()
	if w.Code >= 500 && !strings.HasSuffix(rt.Path, "/events") {
		t.Errorf("%s %s as %s: %d %s", rt.Method, rt.Path, name, w.Code, w.Body)
	}
	return w.Code != http.StatusUnauthorized && w.Code != http.StatusForbidden
}
