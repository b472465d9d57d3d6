package admin

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"loaxa/admin/account"
	"loaxa/audio/library"
	"loaxa/schedule"
)

// nightAct is an act of a page by which something begins to sound at night.
type nightAct struct {
	name string
	// rules stores what the act begins from; the answer is the address of the form and what is typed into it.
	rules func(t *testing.T, s *station) (path string, form url.Values)
}

// asksOfNight are the acts of pages that ask before something sounds at night, by their routes.
var asksOfNight = map[string][]nightAct{
	"/settings/:group": {{"quiet hours are taken away", func(t *testing.T, s *station) (string, url.Values) {
		s.night(t, "03:15")
		set := s.rules.Settings()
		set.QuietHours = []schedule.DailySpan{{From: "21:00", To: "05:00"}}
		must2(t)(s.rules.PutSettings("test", set))
		form := s.group(t, s.session(t), "quiet")
		form.Set("quiet_hours.0.from", "")
		form.Set("quiet_hours.0.to", "")
		return "/settings/quiet", form
	}}},
	"/schedule/new": {{"a new programme", func(*testing.T, *station) (string, url.Values) { return "/schedule/new", filled("Đêm", "03:15") }}},
	"/schedule/:id": {{"another hour", func(t *testing.T, s *station) (string, url.Values) {
		p := s.night(t, "15:15")
		form := filled("Đêm", "03:15")
		form.Set("what", "l:"+p.PlaylistID)
		form.Set("rev", "1")
		return "/schedule/" + p.ID, form
	}}},
	"/schedule/:id/resume": {{"a pause ends", func(t *testing.T, s *station) (string, url.Values) {
		p := s.night(t, "03:15")
		p.Paused = true
		must2(t)(s.rules.PutProgramme("test", p))
		return "/schedule/" + p.ID + "/resume", nil
	}}},
	"/schedule/:id/pause": {{"what came first rests", func(t *testing.T, s *station) (string, url.Values) {
		return "/schedule/" + s.oneOfTwo(t, "c-1").ID + "/pause", nil
	}}},
	"/schedule/:id/delete": {{"what came first is deleted", func(t *testing.T, s *station) (string, url.Values) {
		return "/schedule/" + s.oneOfTwo(t, "c-1").ID + "/delete", nil
	}}},
	"/schedule/from/:id": {{"another hour from one on", func(t *testing.T, s *station) (string, url.Values) {
		p := s.night(t, "15:15")
		form := filled("Đêm", "03:15")
		form.Set("what", "l:"+p.PlaylistID)
		return strings.Replace(occurrenceAt(p, tomorrow("15:15")), "occurrence", "from", 1), form
	}}},
	"/schedule/occurrence/:id": {{"one is moved", func(t *testing.T, s *station) (string, url.Values) {
		p := s.night(t, "15:15")
		return occurrenceAt(p, tomorrow("15:15")), url.Values{"date": {"2026-03-07"}, "time": {"3h15"}, "what": {"l:" + p.PlaylistID}, "volume": {"60"}, "scope": {"one"}, "do": {"save"}}
	}}},
	"/schedule/occurrence/:id/cancel": {{"what came first is cancelled", func(t *testing.T, s *station) (string, url.Values) {
		return occurrenceAt(s.oneOfTwo(t, "c-1"), tomorrow("03:15")) + "/cancel", nil
	}}},
	"/schedule/occurrence/:id/restore": {{"a cancellation is taken back", func(t *testing.T, s *station) (string, url.Values) {
		p := s.night(t, "03:15")
		must2(t)(s.rules.ChangeOne("test", p.ID, schedule.Exception{At: tomorrow("03:15"), Cancelled: true}))
		return occurrenceAt(p, tomorrow("03:15")) + "/restore", nil
	}}},
	"/schedule/days": {{"a day gets the night's schedule", func(t *testing.T, s *station) (string, url.Values) {
		p := s.night(t, "03:15")
		p.Schedule = "le"
		must2(t)(s.rules.PutProgramme("test", p))
		return "/schedule/days", url.Values{"name": {"Ngày lễ"}, "from": {"2026-03-07"}, "use": {"other"}, "schedule": {"le"}}
	}}},
	"/schedule/days/:id/delete": {{"a day off is deleted", func(t *testing.T, s *station) (string, url.Values) {
		s.night(t, "03:15")
		d, err := s.rules.PutDay("test", schedule.SpecialDay{Name: "Bảo trì", From: "2026-03-07", Use: schedule.ScheduleOff})
		must(t, err)
		return "/schedule/days/" + d.ID + "/delete", nil
	}}},
	"/playlists/:id": {{"an empty list is filled", func(t *testing.T, s *station) (string, url.Values) {
		p := s.plays(t, "03:15", s.draft(t))
		return "/playlists/" + p.PlaylistID, url.Values{"title": {"Bài"}, "mode": {"all"}, "rev": {"1"}, "revision": {"1"}, "item": {"clip:c-1"}, "do": {"save"}}
	}}},
	"/clips/approve": {{"what a programme waits for is approved", func(t *testing.T, s *station) (string, url.Values) {
		id := s.draft(t)
		must2(t)(s.library.Submit("test", id))
		s.plays(t, "03:15", id)
		page := s.page(t, s.session(t), "/clips/queue")
		return "/clips/approve", url.Values{"id": {id}, "seen." + id: {values(page, "seen."+id)[0]}}
	}}, {"the same on the clip's page", func(t *testing.T, s *station) (string, url.Values) {
		id := s.draft(t)
		s.plays(t, "03:15", id)
		page := s.page(t, s.session(t), "/clips/"+id)
		return "/clips/approve", url.Values{"single": {"1"}, "id": {id}, "seen." + id: {values(page, "seen."+id)[0]}}
	}}},
	"/clips/:id/retire": {{"what came first is retired", func(t *testing.T, s *station) (string, url.Values) {
		return "/clips/" + s.firstClip(t) + "/retire", url.Values{"even_if_used": {"1"}}
	}}},
	"/clips/:id/edit": {{"what came first loses its approval", func(t *testing.T, s *station) (string, url.Values) {
		return "/clips/" + s.firstClip(t) + "/edit", url.Values{"title": {"Bài"}, "valid_until": {"2026-12-31"}}
	}}},
	"/clips/:id/trim": {{"what came first is cut", func(t *testing.T, s *station) (string, url.Values) {
		path := "/clips/" + s.firstClip(t)
		page := s.page(t, s.session(t), path)
		return path + "/trim", url.Values{"heard": values(page, "heard"), "from": {"0:00,25"}, "until": {"0:02,75"}, "even_if_used": {"1"}}
	}}},
	"/campaigns/:id/pause": {{"a campaign is taken up again", func(t *testing.T, s *station) (string, url.Values) {
		k := s.nightCampaign(t)
		p, err := s.rules.Programme(k.Programme)
		must(t, err)
		p.Paused = true
		must2(t)(s.rules.PutProgramme("test", p))
		return "/campaigns/" + k.ID + "/pause", url.Values{"pause": {"no"}}
	}}},
	"/campaigns/:id/close": {{"what came first ends", func(t *testing.T, s *station) (string, url.Values) {
		k := s.nightCampaign(t)
		s.night(t, "04:15")
		s.oneADay(t)
		return "/campaigns/" + k.ID + "/close", nil
	}}},
}

// noNight are the acts of pages that need no such question, each with the reason.
var noNight = map[string]string{
	"/campaigns/:id/approve": "asks; TestLetterAtNightIsAskedAboutTwice", "/campaigns/:id/paper": "asks as approving does; TestPaperAtNightIsAskedAbout",
	"/start/first":           "asks; TestFirstRun",
	"/campaigns/:id/makeups": "asks; TestCampaignPageTellsAndMakesUp",
	"/campaigns/new":         draftOnly, "/campaigns/:id/choose": draftOnly, "/campaigns/:id/clips": draftOnly, "/campaigns/:id/files": draftOnly, "/campaigns/:id/import": draftOnly,
	"/campaigns/:id/letter": draftOnly, "/campaigns/:id/times": draftOnly, "/campaigns/:id/submit": draftOnly, "/campaigns/:id/reject": draftOnly,
	"/clips/new": draftOnly, "/clips/submit": draftOnly, "/clips/:id/reject": draftOnly, "/clips/imports/:id/cancel": draftOnly, "/clips/imports/:id/confirm": draftOnly,
	"/clips/:id/delete": "refused for what is played", "/playlists/:id/delete": "refused for what is played", "/playlists/new": "nothing plays it yet",
	"/clips/:id/rehearse": atOnce, "/emergency": atOnce, "/emergency/review": atOnce, "/extend": atOnce, "/settings/tone": atOnce, "/start/tone": atOnce,
	"/stop": "silence", "/hold": "silence", "/schedule/days/mourning": "silence: days of mourning add to what other days say",
	"/release": agreed, "/clock": agreed,
	"/reports/template": paper, "/reports/template/remove": paper, "/reports/make": paper, "/reports/files/:id/end": paper,
	"/schedule/preview": "stores nothing", "/diary/check": "stores nothing", "/language": "how it is shown",
	"/settings/heard": "an answer", "/start/heard": "an answer", "/start/station": "a name",
	"/account/password": people, "/account/phone": people, "/account/phone/end": people, "/account/session": people, "/code": people, "/password": people, "/recovery": people,
	"/setup": people, "/signin": people, "/signout": people, "/users/add": people, "/users/close": people, "/users/edit": people, "/users/handover": people, "/users/reset": people,
	"/users/visit": people, "/users/visit/end": people,
}

const (
	draftOnly = "nothing of a draft sounds"
	atOnce    = "sounds at once: the page says what and where, and asks"
	agreed    = "what is planned was said yes to when it was planned"
	people    = "who may come in"
	paper     = "what is printed"
)

// An act that lets the loudspeakers sound at night by one press wakes a commune. Each asks, names the hour, changes nothing
// before the answer, and does it after the button that it offers.
func TestActsAskAboutTheNight(t *testing.T) {
	s := newStation(t)
	for _, rt := range s.table {
		if rt.Page && rt.Method == http.MethodPost && asksOfNight[rt.Path] == nil && noNight[rt.Path] == "" {
			t.Errorf("does %s let something sound at night? Say so", rt.Path)
		}
	}
	for path, acts := range asksOfNight {
		for _, act := range acts {
			t.Run(strings.Trim(path, "/")+": "+act.name, func(t *testing.T) { askedOnce(t, act) })
		}
	}
}

func askedOnce(t *testing.T, act nightAct) {
	s := newStation(t)
	set := s.rules.Settings()
	set.QuietHours = []schedule.DailySpan{}
	must2(t)(s.rules.PutSettings("test", set))
	path, form := act.rules(t, s)
	cookie, before := s.session(t), s.input()
	sounds := func() bool {
		_, ok := schedule.NightEffect(before, s.input(), s.clock())
		return ok || strings.HasSuffix(path, "/trim") && s.runs(t)
	}
	w := s.send(cookie, path, form)
	if w.Code != http.StatusPreconditionRequired || sounds() {
		t.Fatalf("not asked: %d to %q; it sounds: %t; %s", w.Code, w.Header().Get("Location"), sounds(), plain(w.Body.String()))
	}
	if text := plain(w.Body.String()); !strings.Contains(text, "03:15") && !strings.Contains(text, "04:15") {
		t.Errorf("the hour is not named: %s", text)
	}
	if w = pressYes(t, s, cookie, w); w.Code != http.StatusSeeOther || !sounds() {
		t.Errorf("after the yes that the page offers: %d; it sounds: %t; %s", w.Code, sounds(), plain(w.Body.String()))
	}
}

// runs tells whether an import was ordered: the cutting of a clip.
func (s *station) runs(t *testing.T) bool {
	t.Helper()
	all, err := s.intake.Imports(t.Context())
	must(t, err)
	for _, i := range all {
		if i.Via == "trim" {
			return true
		}
	}
	return false
}

func tomorrow(clock string) time.Time {
	at, _ := time.ParseInLocation("2006-01-02 15:04", "2026-03-06 "+clock, hanoi)
	return at
}

// plays is a programme every day at a time with a list of one clip.
func (s *station) plays(t *testing.T, at, clip string) schedule.Programme {
	t.Helper()
	l, err := s.rules.PutPlaylist("test", schedule.Playlist{Title: "Bài", Mode: schedule.ModeAll, Items: []schedule.Item{{Kind: schedule.KindClip, ClipID: clip}}})
	must(t, err)
	p, err := s.rules.PutProgramme("test", schedule.Programme{Title: "Đêm " + at, PlaylistID: l.ID, When: &schedule.When{Form: schedule.FormDaily, Times: []string{at}}})
	must(t, err)
	return p
}

func (s *station) night(t *testing.T, at string) schedule.Programme { return s.plays(t, at, "c-1") }

// oneADay lets the first broadcast of a day sound only.
func (s *station) oneADay(t *testing.T) {
	t.Helper()
	set := s.rules.Settings()
	set.Limits.SessionsPerDay = 1
	must2(t)(s.rules.PutSettings("test", set))
}

// oneOfTwo is the first of two programmes at night of which a day's limit lets one sound.
func (s *station) oneOfTwo(t *testing.T, clip string) schedule.Programme {
	t.Helper()
	first := s.plays(t, "03:15", clip)
	s.night(t, "04:15")
	s.oneADay(t)
	return first
}

func (s *station) draft(t *testing.T) string {
	t.Helper()
	c, _, err := s.library.Import(t.Context(), "user:cán bộ", library.Import{Reader: bytes.NewReader(longTone(440, 4)), Name: "bài.wav", Title: "Bài"}, nil)
	must(t, err)
	return c.ID
}

// firstClip is what the first of two programmes plays.
func (s *station) firstClip(t *testing.T) string {
	t.Helper()
	id := s.draft(t)
	must2(t)(s.library.Approve("user:lãnh đạo", []string{id}, nil))
	s.oneOfTwo(t, id)
	return id
}

// nightCampaign is an approved campaign at 03:15.
func (s *station) nightCampaign(t *testing.T) schedule.Campaign {
	t.Helper()
	id := s.draft(t)
	must2(t)(s.library.Approve("user:lãnh đạo", []string{id}, nil))
	k, err := s.rules.PutCampaign("test", schedule.Campaign{Title: "Chống lừa đảo", Agency: "Công an xã", Number: "12/CV-CAX", Date: "2026-03-01",
		ClipIDs: []string{id}, Times: []string{"03:15"}, From: "2026-03-06", Until: "2026-04-20"})
	must(t, err)
	k, err = s.rules.ApproveCampaign("user:lãnh đạo", k.ID, k.Revision, schedule.Signature{})
	must(t, err)
	return k
}

// A signature on paper is entered after the broadcasts: the hour is asked about there as well.
func TestPaperAtNightIsAskedAbout(t *testing.T) {
	s := newLetterStation(t)
	set := s.rules.Settings()
	set.QuietHours = nil
	must2(t)(s.rules.PutSettings("test", set))
	boss := s.token(t, account.Approver)
	k := s.bring(t, boss, file{"một.wav", tone(440)})
	s.letter(t, boss, k.ID, "03:15")
	at := "/campaigns/" + k.ID
	shown := s.shown(t, boss, at)
	form := url.Values{"rev": {hidden(t, shown, "rev")}, "seen": {hidden(t, shown, "seen")}, "signer": {"Phó Chủ tịch UBND xã"}, "date": {"2026-03-04"}}
	if w := s.sendLetter(t, boss, at+"/paper", form, file{"chữ ký.png", photo(t)}); w.Code != http.StatusPreconditionRequired {
		t.Errorf("03:15 was approved at once: %d %s", w.Code, plain(w.Body.String()))
	}
	tells(t, shown, `action="`+at+`/paper?confirm=night"`)
	form.Set("rev", hidden(t, s.shown(t, boss, at), "rev"))
	goes(t, s.sendLetter(t, boss, at+"/paper?confirm=night", form, file{"chữ ký.png", photo(t)}), at+"?note=campaign_approved")
}

// pressYes presses the button of a page that says yes to the night, as a browser without scripts does: with all that its form
// holds.
func pressYes(t *testing.T, s *station, cookie *http.Cookie, page *httptest.ResponseRecorder) *httptest.ResponseRecorder {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page.Body.String()))
	must(t, err)
	for n := range doc.Descendants() {
		if n.Data != "form" {
			continue
		}
		form, action, found := url.Values{}, attribute(n, "action"), false
		for e := range n.Descendants() {
			name, value := attribute(e, "name"), attribute(e, "value")
			switch e.Data {
			case "button":
				if to := attribute(e, "formaction"); strings.Contains(to, "confirm=night") {
					action = to
				} else if value != "night" && (!strings.Contains(attribute(n, "action"), "confirm=night") || found) {
					continue
				}
				if found = true; name != "" {
					form.Set(name, value)
				}
			case "input":
				if kind := attribute(e, "type"); kind != "checkbox" && kind != "radio" || has(e, "checked") {
					form.Add(name, value)
				}
			case "textarea":
				if e.FirstChild != nil {
					form.Add(name, e.FirstChild.Data)
				}
			case "option":
				if has(e, "selected") {
					form.Add(attribute(selectOf(e), "name"), value)
				}
			}
		}
		if found {
			return s.send(cookie, action, form)
		}
	}
	t.Fatalf("the page has no button that says yes: %s", plain(page.Body.String()))
	return nil
}

func selectOf(n *html.Node) *html.Node {
	for n.Data != "select" {
		n = n.Parent
	}
	return n
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
