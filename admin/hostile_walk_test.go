package admin

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// formless are routes that take a form which stands on no page as it is sent, each with the reason.
var formless = map[string]string{
	"/reports/files/:id/end":   "stands on the page of a report that is being made, without a field; TestReportFormBringsTheFile",
	"/reports/template/remove": "stands where a commune has its own template, without a field; TestACommunesOwnTemplate",
	"/reports/template":        "has a file alone, which is attacked in TestACommunesOwnTemplate",
}

// wellFilled is what a person writes into the fields that stand empty, or for which the page's own value is not enough ("="
// before it). A field of one form stands with its route.
var wellFilled = map[string]string{
	"title": "Bản tin", "name": "Bản tin", "why": "sai số", "reason": "lũ", "reason_more": "thôn 3", "ordered_by": "Chủ tịch xã", "agency": "Công an xã", "number": "12/CV-CAX",
	"date": "2026-03-06", "letter_date": "2026-03-01", "from": "2026-03-10", "until": "2026-03-20", "report_due": "10/04/2026", "times": "17:30", "what": "c:c-1",
	"form": "=daily", "clip_id": "=c-1", "source": "Công an xã", "tags": "OTP", "login": "minh", "role": "operator",
	"password": "mưa rào mùa hạ", "again": "mưa rào mùa hạ", "old": passPhrase, "code": "AN-LAO", "days": "30", "silence": "2",

	"/start/first time": "17:30", "/clock time": "2026-03-05T17:00", "/campaigns/:id/times time": "06:30", "/campaigns/:id/times from": "2026-03-06",
	"/campaigns/:id/times until": "", "/users/add name": "cán bộ Minh", "/signin login": "chu-tich", "/signin password": passPhrase, "/setup name": "cán bộ Lan",
	"/clips/:id/trim from": "0:00", "/clips/:id/trim until": "0:02", "/schedule/days until": "2026-03-11", "/schedule/days days": "", "/code code": "ABCD-EFGH-JKLM",
	"/schedule/days/mourning until": "2026-03-11", "/playlists/:id silence": "2", "/account/phone name": "điện thoại trực đài", "/clips/approve id": "*", "/clips/submit id": "*", "/campaigns/:id/makeups take_0": "*", "/campaigns/:id/paper date": "2026-03-04", "signer": "Phó Chủ tịch UBND xã", "/campaigns/:id/makeups at_0": "2026-03-07T09:00", "/campaigns/:id/choose clip": "*",
}

// meant is what is written into the fields of a form.
func meant(route string, f *sheet) map[string]string {
	out := map[string]string{}
	for _, name := range f.names() {
		v, ok := wellFilled[route+" "+name]
		if !ok {
			v = wellFilled[name]
		}
		if v != "" {
			out[name] = v
		}
	}
	return out
}

// found is a form as it stands in a world, with the button that means it.
type found struct {
	*sheet
	to    string // the address that it is sent to
	press sender
}

// onPage looks for a form on a page.
func (w *world) onPage(t *testing.T, page *httptest.ResponseRecorder, key string) *found {
	t.Helper()
	for _, f := range sheets(pageOf(t, page.Body.String())) {
		for _, to := range f.actions() {
			if k, _ := w.formKey(f, to); k == key {
				return &found{sheet: f, to: to, press: f.button(to)}
			}
		}
	}
	return nil
}

// button is the one that does what the form is for: that saves or goes on, else the first.
func (f *sheet) button(to string) sender {
	var all []sender
	for _, b := range f.buttons {
		if b.action == to || (b.action == "" && to == f.action) {
			all = append(all, b)
		}
	}
	for _, b := range all {
		if slices.Contains([]string{"save", "next", "yes", "confirm"}, b.value) {
			return b
		}
	}
	if len(all) > 0 {
		return all[0]
	}
	return sender{}
}

// assault is one form under attack. Where a shot changed something, the form is looked up anew, since what it changed may
// be a field of it; where it is gone, the station is made anew.
type assault struct {
	*battle
	scene scene
	key   string
	route string
	now   *found // as it stands while nothing is stored
	had   bool   // it was found once
	spent int    // stations that were used up
}

// battle is what the assaults have in common.
type battle struct {
	w       *world
	changed bool // something was stored since the last look at all pages
	report  func(format string, args ...any)
}

func (a *assault) find(t *testing.T) *found {
	t.Helper()
	for range 3 {
		if a.now == nil {
			a.now = a.w.onPage(t, a.scene.show(t, a.w), a.key)
		}
		if a.now != nil {
			a.had = true
			return a.now
		}
		if a.by() == a.w.boss && a.w.boss.get("/account").Code != http.StatusOK { // the form was the one that ends the session
			a.w.boss = a.w.stranger()
			if r := a.w.boss.post("/signin", "login", "chu-tich", "password", passPhrase); r.Code != http.StatusSeeOther { // or it is the new one
				wantTo(t, a.w.boss.post("/signin", "login", "chu-tich", "password", wellFilled["password"]), "/")
			}
			continue
		}
		if a.had {
			a.spent++
		}
		a.w = newWorld(t)
	}
	t.Fatalf("%s has no form %s any more", a.scene.name, a.key)
	return nil
}

// shot is what a form is sent.
type shot struct {
	about  string
	field  string // that carries the hostile text, "" when none does
	typed  bool   // a person could send it: what they typed must not be lost
	values url.Values
	file   file
}

// by is who sends the form: strangers stand before the door.
func (a *assault) by() *browserAt {
	if slices.Contains([]string{"/signin", "/code", "/password"}, a.route) {
		return a.w.stranger()
	}
	return a.w.boss
}

// fire sends a form and says what came of it. Faults of the answer are told.
func (a *assault) fire(t *testing.T, f *found, s shot) *httptest.ResponseRecorder {
	t.Helper()
	body, kind := f.encoded(t, s.values, s.file)
	b := a.by()
	r := b.send(http.MethodPost, f.to, body, kind)
	tell := func(what string) { a.report("%s, %s in %q: %s", a.route, s.about, s.field, what) }
	a.check(t, r, tell)
	if r.Code < http.StatusBadRequest {
		a.changed, a.now = true, nil
	}
	if to := r.Header().Get("Location"); r.Code == http.StatusSeeOther && strings.HasPrefix(to, "/") && len(headerFaults(r)) == 0 {
		to, _, _ = strings.Cut(to, "#")
		a.check(t, b.get(to), func(what string) { tell("where it leads, " + what) })
	}
	a.lost(t, r, f, s, tell)
	return r
}

// check holds an answer against what no input may cause.
func (a *battle) check(t *testing.T, r *httptest.ResponseRecorder, tell func(string)) {
	t.Helper()
	if r.Code >= http.StatusInternalServerError {
		tell("status " + http.StatusText(r.Code) + ": " + plain(r.Body.String()))
	}
	faults := append(headerFaults(r), a.w.log.taken()...)
	if strings.HasPrefix(r.Header().Get("Content-Type"), "text/html") {
		faults = append(faults, faultsOf(t, r.Body.String())...)
	}
	for _, f := range faults {
		tell(f)
	}
}

// lost tells of what a person typed and does not find in the form that was refused.
func (a *assault) lost(t *testing.T, r *httptest.ResponseRecorder, f *found, s shot, tell func(string)) {
	t.Helper()
	if r.Code < http.StatusBadRequest || !s.typed {
		return
	}
	if r.Code == http.StatusRequestEntityTooLarge {
		if !strings.Contains(r.Body.String(), a.w.words.In("vi").T("problem.too_large")) {
			tell("it is too much, and the answer does not say so")
		}
		return
	}
	again := a.w.onPage(t, r, a.key)
	for _, b := range f.fields {
		if !b.typed() || s.values.Get(b.name) == b.value {
			continue
		}
		if b.most > 0 && utf8.RuneCountInString(s.values.Get(b.name)) > b.most {
			continue // no browser lets that be typed
		}
		for _, text := range s.values[b.name] {
			if strings.TrimSpace(text) == "" || standsAgain([]string{b.value}, text) {
				continue
			}
			if again == nil {
				tell("refused with " + r.Result().Status + ", and the form with what was typed is gone: " + short(plain(r.Body.String())))
				return
			}
			if !standsAgain(again.shown(b.name), text) {
				tell("what was typed into " + b.name + " is lost: " + short(text))
			}
		}
	}
}

// shown is what stands in the fields of a name.
func (f *sheet) shown(name string) (out []string) {
	for _, b := range f.fields {
		if b.name == name {
			out = append(out, b.value)
		}
	}
	return out
}

// lookAround opens every page and some documents: what was stored is text wherever it is shown.
func (a *battle) lookAround(t *testing.T, about string) {
	t.Helper()
	if !a.changed {
		return
	}
	a.changed = false
	for _, address := range append(a.w.pages, "/api/v1/now", "/api/v1/log?limit=100", "/diary/export?format=csv") {
		a.check(t, a.w.boss.get(address), func(what string) { a.report("after %s: on %s: %s", about, address, what) })
	}
}

// every says whether this shot of many is fired: all of them when the tests are to be long.
func every(n, i int) bool { return os.Getenv("LOAXA_SOAK") == "1" || i%n == 0 }

func (a *assault) run(t *testing.T) {
	t.Helper()
	f := a.find(t)
	if r := a.fire(t, f, shot{about: "as it is meant", typed: true, values: a.meant(f), file: a.attached(t)}); r.Code >= http.StatusBadRequest && unmeant[a.route] == "" {
		a.report("%s: as it is meant it is refused with %d, so that every shot would be: %s\n%v", a.route, r.Code, plain(r.Body.String()), a.meant(f))
	}
	for i, name := range f.typedFirst() {
		byHand := slices.ContainsFunc(f.fields, func(b box) bool { return b.name == name && b.typed() })
		rest := 40 // of so many shots one is fired
		if byHand {
			rest = 9
		}
		for j, h := range hostileTexts {
			if j == 0 || every(rest, i+j) {
				a.shoot(t, shot{about: h.name, field: name, typed: byHand}, func(v url.Values) { v.Set(name, h.text) })
			}
		}
		if every(5, i) {
			a.shoot(t, shot{about: "a field that is missing", field: name}, func(v url.Values) { v.Del(name) })
			a.shoot(t, shot{about: "a field that comes twice", field: name}, func(v url.Values) { v.Add(name, v.Get(name)); v.Add(name, "tin") })
		}
	}
	a.shoot(t, shot{about: "a field that nobody knows"}, func(v url.Values) { v.Set("x-hostile", markup) })
	if f.enctype == "multipart/form-data" {
		a.files(t)
	}
	for _, h := range hostileTexts {
		if h.name != "a megabyte" && every(5, len(h.name)) || h.text == markup {
			a.shoot(t, shot{about: h.name, field: "all that is typed", typed: true, file: a.attached(t)}, func(v url.Values) {
				for _, b := range f.fields {
					if b.typed() && (b.kind == "" || b.kind == "text" || b.kind == "textarea") {
						v.Set(b.name, h.text)
					}
				}
			})
			if every(2, 1) {
				a.lookAround(t, a.route+", "+h.name)
			}
		}
	}
}

// meant is the form as a person fills it.
func (a *assault) meant(f *found) url.Values { return f.filled(f.press, meant(a.route, f.sheet)) }

// attached is a file that the form is for.
func (a *assault) attached(t *testing.T) file {
	if strings.HasSuffix(a.route, "/letter") || strings.HasSuffix(a.route, "/paper") {
		return file{"thư.png", photo(t)}
	}
	return file{"báo.wav", tone(810)}
}

func (a *assault) shoot(t *testing.T, s shot, change func(url.Values)) {
	t.Helper()
	if a.now == nil && a.spent > 0 && os.Getenv("LOAXA_SOAK") != "1" {
		return // each shot uses a station up
	}
	f := a.find(t)
	s.values = a.meant(f)
	change(s.values)
	a.fire(t, f, s)
}

// files sends files with names, and what is in them, that nobody of good will would send.
func (a *assault) files(t *testing.T) {
	t.Helper()
	for i, h := range hostileTexts {
		if !every(7, i) {
			continue
		}
		name := h.text
		if len(name) > 1000 {
			name = name[:1000]
		}
		for _, one := range []file{{name + ".wav", tone(float64(900 + 10*i))}, {name, []byte(markup)}} {
			a.shoot(t, shot{about: h.name + " as a file's name", field: "file", typed: true, file: one}, func(url.Values) {})
		}
	}
}

// unmeant are forms that are refused as the page fills them, each with the reason.
var unmeant = map[string]string{
	"/code": "no code is right twice",
}

// Every form of every page, with every field filled by somebody who means harm or whose keyboard does: nothing falls over,
// what was sent is text wherever it is shown, what is refused says so and keeps what was typed. A form's route that no
// page of the walk leads to fails until a scene shows it.
func TestEveryFormAgainstHostileInput(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of requests by one goroutine: runs in full, without the race detector")
	}
	w := newWorld(t)
	left := map[string]bool{}
	for _, rt := range w.table {
		if rt.Page && rt.Method == http.MethodPost && formless[rt.Path] == "" {
			left[rt.Path] = true
		}
	}
	var all []assault
	seen := map[string]bool{}
	for _, sc := range w.scenes() {
		page := sc.show(t, w)
		for _, f := range sheets(pageOf(t, page.Body.String())) {
			for _, to := range f.actions() {
				key, route := w.formKey(f, to)
				if key == "" && f.method == http.MethodPost {
					t.Errorf("%s: a form leads to %s, which is no route", sc.name, to)
				}
				if key != "" && !seen[key] && formless[route] == "" {
					seen[key] = true
					delete(left, route)
					all = append(all, assault{scene: sc, key: key, route: route})
				}
			}
		}
		if sc.name == "the first run" { // it takes everybody's account away
			w = newWorld(t)
		}
	}
	for path := range left {
		t.Errorf("no form for %s was found on any page: add a scene that shows it, or it is never attacked", path)
	}
	b := &battle{w: w, report: t.Errorf}
	for i, a := range all {
		a.battle = b
		a.run(t)
		if i%8 == 7 || i == len(all)-1 {
			b.lookAround(t, a.route)
		}
	}
}
