package admin

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/route"
	"loaxa/audio/library"
	"loaxa/player"
)

// fromElsewhere is how a browser marks what another site makes it send.
var fromElsewhere = map[string]func(*http.Request){
	"another origin":           func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") },
	"an origin of its own":     func(r *http.Request) { r.Header.Set("Origin", "null") },
	"another port":             func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:9999") },
	"another site, no origin":  func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
	"a site of the same owner": func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
	"both": func(r *http.Request) {
		r.Header.Set("Origin", "http://127.0.0.1:8080.evil.example")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
	},
}

// crossing says with how many of the marks a request comes through to the handler of a route.
func crossing(s *station, cookie *http.Cookie, method, path string) (through []string) {
	for name, mark := range fromElsewhere {
		w := s.ask(method, path, "", "", func(r *http.Request) {
			r.AddCookie(cookie)
			r.Header.Set("Content-Type", "text/plain") // what a form of any site may send without asking
			mark(r)
		})
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "cross_origin") {
			through = append(through, fmt.Sprintf("%s: %d", name, w.Code))
		}
	}
	return through
}

// Another site makes the browser of somebody who is signed in send something: no act of any kind comes of it.
func TestEveryActIsRefusedFromAnotherSite(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	s.onAir()
	for _, rt := range s.table {
		if rt.Method == http.MethodGet || rt.Method == http.MethodHead {
			continue
		}
		if through := crossing(s, cookie, rt.Method, address(rt.Path)); len(through) > 0 {
			t.Errorf("%s %s comes through from elsewhere: %v", rt.Method, rt.Path, through)
		}
	}
	if len(s.player.stopped) > 0 || len(s.player.asked) > 0 {
		t.Errorf("stopped %v, played %v", s.player.stopped, s.player.asked)
	}
	// The control: a route behind no guard is found.
	guarded := s.handler
	g, ok := guarded.(*guard)
	if !ok {
		t.Fatalf("the handler is a %T", guarded)
	}
	s.handler = g.next
	if through := crossing(s, cookie, "POST", "/stop"); len(through) != len(fromElsewhere) {
		t.Errorf("without the guard only %v came through", through)
	}
	s.handler = guarded
	if w := s.ask("POST", "/stop", "", "", func(r *http.Request) { r.AddCookie(cookie); r.Header.Set("Origin", "http://127.0.0.1:8080") }); w.Code != http.StatusSeeOther {
		t.Errorf("the page's own button: %d", w.Code)
	}
}

// strangeIDs are what stands in an address of somebody who guesses, pastes or probes.
var strangeIDs = []string{"nothing", "c-99999", "p-99", "k-99", "-1", "99999999999999999999999999", "..%2f..%2fetc%2fpasswd", "%00", "%ff%fe", "a%0d%0aX-Hostile:%201",
	"%E2%80%AEx", "p-1@2026-03-05T17:00:00+07:00@x", "p-1@never", url.PathEscape(markup), "%3Cscript%3E", strings.Repeat("9", 3000)}

// answersAnyway are routes that answer something also for an ID that there is not, each with the reason.
var answersAnyway = map[string]string{
	"GET /setup/:link":         "whoever is signed in already is led home",
	"POST /clips/:id/rehearse": "whether there is such a clip is for the player to say, and the one of these tests has none",
}

// Whoever asks for what is not there, by whatever name, is told so: nothing falls over, nothing is made up, and the name
// comes back as text.
func TestIDsThatAreNotThere(t *testing.T) {
	w := newWorld(t)
	tokens := map[account.Role]string{}
	for _, r := range account.Roles() {
		tokens[r] = w.token(t, r)
	}
	for i, rt := range w.table {
		if !strings.Contains(rt.Path, ":") {
			continue
		}
		for j, id := range strangeIDs {
			if !every(3, i+j) && j > 0 {
				continue
			}
			at := rt.Path
			for _, p := range []string{":id", ":name", ":link", ":date", ":sha", ":group"} {
				at = strings.ReplaceAll(at, p, id)
			}
			for _, role := range account.Roles() {
				w.strange(t, rt, at, tokens[role], string(role))
			}
		}
	}
}

func (w *world) strange(t *testing.T, rt route.Route, at, token, role string) {
	t.Helper()
	r := w.ask(rt.Method, at, token, "", func(r *http.Request) { r.Header.Set("Accept", "text/html") })
	faults := append(headerFaults(r), w.log.taken()...)
	if strings.HasPrefix(r.Header().Get("Content-Type"), "text/html") && rt.Path != "/asset/:name" {
		faults = append(faults, faultsOf(t, r.Body.String())...)
	}
	if r.Code >= http.StatusInternalServerError || r.Code < http.StatusBadRequest && answersAnyway[rt.Method+" "+rt.Path] == "" {
		faults = append(faults, fmt.Sprintf("status %d: %s", r.Code, short(r.Body.String())))
	}
	for _, f := range faults {
		t.Errorf("%s %s as %s: %s", rt.Method, short(at), role, f)
	}
}

// What belongs to one person is not there for another of the same rank: neither seen, nor ended, nor added to.
func TestWhatIsAnothersIsNotThere(t *testing.T) {
	s := newStation(t)
	a, b := s.member(t, "lan", account.Operator, "192.168.1.5"), s.member(t, "minh", account.Operator, "192.168.1.6")
	wantTo(t, a.post("/account/phone", "name", "máy của lan"), "/account?note=phone_added")
	lan, err := s.accounts.Person("lan")
	must(t, err)
	sessions, err := s.accounts.Sessions(lan.ID)
	must(t, err)
	phones, err := s.accounts.Phones(lan.ID)
	must(t, err)
	upload := a.up(t)
	for name, ask := range map[string]func(*browserAt) *httptest.ResponseRecorder{
		"the session, by the API": func(x *browserAt) *httptest.ResponseRecorder {
			return x.send("DELETE", "/api/v1/sessions/"+sessions[0].ID, "", "")
		},
		"the phone, by the API": func(x *browserAt) *httptest.ResponseRecorder {
			return x.send("DELETE", "/api/v1/phones/"+phones[0].ID, "", "")
		},
		"the session, by the page": func(x *browserAt) *httptest.ResponseRecorder { return x.post("/account/session", "id", sessions[0].ID) },
		"the phone, by the page":   func(x *browserAt) *httptest.ResponseRecorder { return x.post("/account/phone/end", "id", phones[0].ID) },
		"the upload":               func(x *browserAt) *httptest.ResponseRecorder { return x.tus("HEAD", upload, "") },
		"a piece of the upload":    func(x *browserAt) *httptest.ResponseRecorder { return x.tus("PATCH", upload, "abc") },
		"the upload's end":         func(x *browserAt) *httptest.ResponseRecorder { return x.tus("DELETE", upload, "") },
	} {
		if w := ask(b); w.Code != http.StatusNotFound && w.Code != http.StatusForbidden {
			t.Errorf("%s of somebody else: %d %s", name, w.Code, plain(w.Body.String()))
		}
	}
	if w := b.get("/api/v1/sessions"); strings.Contains(w.Body.String(), sessions[0].ID) {
		t.Error("the list of sessions shows those of somebody else")
	}
	wantSays(t, a.get("/account"), 200, "máy của lan") // all of it is still there
	if w := a.tus("HEAD", upload, ""); w.Code != http.StatusOK {
		t.Errorf("the upload is gone for its owner: %d", w.Code)
	}
}

// up begins an upload and returns its address.
func (b *browserAt) up(t *testing.T) string {
	t.Helper()
	w := b.s.ask("POST", api.Prefix+"/uploads", "", "", func(r *http.Request) {
		for _, c := range b.cookies {
			r.AddCookie(c)
		}
		r.Header.Set("Tus-Resumable", "1.0.0")
		r.Header.Set("Upload-Length", "100")
		r.Header.Set("Upload-Metadata", "filename YS53YXY=")
	})
	u, err := url.Parse(w.Header().Get("Location"))
	if w.Code != http.StatusCreated || err != nil {
		t.Fatalf("no upload: %d %s", w.Code, w.Body)
	}
	return u.Path
}

func (b *browserAt) tus(method, path, body string) *httptest.ResponseRecorder {
	return b.s.ask(method, path, "", body, func(r *http.Request) {
		for _, c := range b.cookies {
			r.AddCookie(c)
		}
		r.Header.Set("Tus-Resumable", "1.0.0")
		r.Header.Set("Upload-Offset", "0")
		r.Header.Set("Content-Type", "application/offset+octet-stream")
	})
}

// A button that is pressed twice, and a form that a browser sends again: the act is done once, and the second time is told
// how it stands.
func TestActsThatAreSentTwice(t *testing.T) {
	w := newWorld(t)
	w.onAir()
	w.twice(t, "/stop", nil, func() int { return len(w.player.stopped) })
	k := w.letterFor(t)
	at := "/campaigns/" + k.ID
	changes := func() int {
		all, err := w.rules.History("campaign", k.ID)
		must(t, err)
		return len(all)
	}
	field := func(page, name string) string { return html.UnescapeString(hidden(t, page, name)) }
	w.twice(t, at+"/submit", url.Values{"rev": {field(w.boss.get(at).Body.String(), "rev")}}, changes)
	page, programmes := w.boss.get(at).Body.String(), len(w.rules.Programmes())
	w.twice(t, at+"/approve", url.Values{"rev": {field(page, "rev")}, "seen": {field(page, "seen")}}, changes)
	if n := len(w.rules.Programmes()) - programmes; n != 1 {
		t.Errorf("a campaign that was approved twice has %d programmes", n)
	}
	w.twice(t, at+"/close", nil, changes)
	clip := w.address("/clips/:id")
	id := strings.TrimPrefix(clip, "/clips/")
	seen := "seen." + id
	w.twice(t, "/clips/approve", url.Values{"single": {"1"}, "id": {id}, seen: {field(w.boss.get(clip).Body.String(), seen)}}, func() int {
		c, err := w.library.Get(id)
		must(t, err)
		if c.State == library.StateApproved {
			return 1
		}
		return 0
	})
}

// twice sends a form two times and counts what came of it.
func (w *world) twice(t *testing.T, path string, v url.Values, done func() int) {
	t.Helper()
	before := done()
	if r := w.boss.send("POST", path, v.Encode(), "application/x-www-form-urlencoded"); r.Code != http.StatusSeeOther {
		t.Errorf("%s: %d %s", path, r.Code, plain(r.Body.String()))
	}
	if n := done() - before; n != 1 {
		t.Errorf("%s was done %d times by one press", path, n)
	}
	r := w.boss.send("POST", path, v.Encode(), "application/x-www-form-urlencoded")
	if r.Code >= http.StatusInternalServerError || r.Code == http.StatusOK {
		t.Errorf("%s the second time: %d %s", path, r.Code, plain(r.Body.String()))
	}
	if n := done() - before; n != 1 {
		t.Errorf("%s was done %d times by two presses", path, n)
	}
}

// An emergency carries the number of its form, so that the player sounds it once; whoever presses twice is led where the
// first press led.
func TestSoundIsAskedForOnceForEachForm(t *testing.T) {
	w := newWorld(t)
	f := w.emergencyForm(t)
	body, kind := f.encoded(t, f.filled(f.press, nil), noFile)
	first := w.boss.send("POST", f.to, body, kind)
	w.player.refuse = &player.Refusal{Code: "repeated", Detail: "this request was carried out before"}
	second := w.boss.send("POST", f.to, body, kind)
	w.player.refuse = nil
	if first.Code != http.StatusSeeOther || second.Code != http.StatusSeeOther || !strings.HasPrefix(second.Header().Get("Location"), "/emergency") {
		t.Errorf("%d, then %d to %s", first.Code, second.Code, second.Header().Get("Location"))
	}
	if asked := w.player.asked; len(asked) != 2 || asked[0].RequestID == "" || asked[0].RequestID != asked[1].RequestID {
		t.Errorf("asked %+v", asked)
	}
	if w.emergencyForm(t).filled(sender{}, nil).Get("request_id") == w.player.asked[0].RequestID {
		t.Error("two forms carry the same number: the second emergency would be silent")
	}
}

// emergencyForm is the last step before an emergency sounds.
func (w *world) emergencyForm(t *testing.T) *found {
	t.Helper()
	r := w.urgent(t, "/emergency/review", map[string]string{"clip_id": w.approved(t, "Sơ tán"), "reason": "lũ", "minutes": "15"}, "", nil)
	for _, f := range sheets(pageOf(t, r.Body.String())) {
		if f.action == "/emergency" {
			return &found{sheet: f, to: f.action, press: f.button(f.action)}
		}
	}
	t.Fatalf("no form asks for the emergency: %s", plain(r.Body.String()))
	return nil
}
