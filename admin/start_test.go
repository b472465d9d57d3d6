package admin

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/page/frame"
	"loaxa/player"
	"loaxa/schedule"
	"loaxa/schedule/clock"
)

// From a box out of its package to the first broadcast; each step may be left and is found done by whoever comes back.
func TestFirstRun(t *testing.T) {
	s := newStation(t)
	s.trust = clock.Doubtful
	cookie := s.session(t)
	left := func(want string) {
		t.Helper()
		home := s.page(t, cookie, "/")
		if got := strings.Contains(home, `href="/start"`); got != (want != "") || !strings.Contains(home, want) {
			t.Errorf("the home page does not say %q", want)
		}
	}
	open := func(step string) {
		t.Helper()
		if page := s.page(t, cookie, "/start"); !strings.Contains(page, `id="`+step+`" open`) || strings.Count(page, " open>") != 1 {
			t.Errorf("the step that stands open is not %s", step)
		}
	}
	left("Còn 4 việc")
	open("station-step")
	code, to, page := s.post(cookie, "/start/station", url.Values{"rev": {"0"}, "name": {"Đài truyền thanh xã An Lão"}, "code": {"mã xấu"}})
	if code != 422 || !strings.Contains(page, `value="Đài truyền thanh xã An Lão"`) || !strings.Contains(page, `value="mã xấu"`) || !strings.Contains(page, "không dấu") {
		t.Errorf("a bad code: %d %s: what was typed is lost, or the fault is not told", code, to)
	}
	if code, to, page = s.post(cookie, "/start/station", url.Values{"rev": {"0"}, "name": {"Đài truyền thanh xã An Lão"}, "code": {"an-lao"}}); code != 303 {
		t.Fatalf("%d %s %s", code, to, page)
	}
	if set := s.rules.Settings(); set.StationCode != "AN-LAO" || len(set.QuietHours) != 1 {
		t.Errorf("stored %+v", set)
	}
	left("Còn 3 việc")
	open("clock-step")
	if code, to, _ = s.post(cookie, "/clock", url.Values{"shown": {s.clock().Format(time.RFC3339)}, "back": {"/start"}}); code != 303 || to != "/start?note=clock_confirmed" {
		t.Errorf("the clock's card leads to %d %s", code, to)
	}
	s.trust = clock.Set
	open("tone")
	if code, to, page = s.post(cookie, "/start/tone", nil); code != 303 || !strings.HasPrefix(to, "/start?note=tone_plays") {
		t.Fatalf("%d %s %s", code, to, page)
	}
	asked := s.player.asked[0]
	tone, err := s.library.Get(asked.ClipID)
	if err != nil || asked.Kind != player.Rehearsal || !asked.MayApprove || tone.DurationMS < 3000 || tone.DurationMS > 6000 {
		t.Errorf("asked %+v; the tone is %+v, %v", asked, tone, err)
	}
	if code, to, _ = s.post(cookie, "/start/heard", url.Values{"heard": {"no"}}); code != 303 || !strings.Contains(to, "tone_not_heard") {
		t.Errorf("not heard: %d %s", code, to)
	}
	open("tone")
	s.post(cookie, "/start/heard", url.Values{"heard": {"yes"}})
	acts := strings.Join(s.acts(t), "\n")
	if !strings.Contains(acts, "tone | virtual | not heard") || !strings.Contains(acts, "tone | virtual | heard") {
		t.Errorf("the log does not say who heard what:\n%s", acts)
	}
	left("Còn 1 việc")
	open("first")
	s.first(t)
	left("")
	open("finish")
	if page := s.page(t, cookie, "/start"); !strings.Contains(page, "Đài đã sẵn sàng.") {
		t.Error("the page does not say that the station is ready")
	}
}

// first sends the form of the first broadcast: with a slip of the finger first, at night next, and then as meant.
func (s *station) first(t *testing.T) {
	t.Helper()
	with := func(path string, fields map[string]string, name string, sound []byte) (int, string) {
		w := s.urgent(t, path, fields, name, sound)
		return w.Code, w.Body.String()
	}
	code, page := with("/start/first", map[string]string{"time": ""}, "canh-bao.wav", tone(660))
	if code != 422 || !strings.Contains(page, `selected>canh-bao`) || !strings.Contains(page, "Ghi giờ phát") {
		t.Errorf("without a time: %d; the file must be sent anew, or the fault is not told", code)
	}
	all, err := s.library.All()
	must(t, err)
	var id string
	for _, c := range all {
		if strings.HasPrefix(c.Title, "canh-bao") {
			id = c.ID
		}
	}
	if code, page = with("/start/first", map[string]string{"clip_id": id, "time": "03:15"}, "", nil); code != 422 || !strings.Contains(page, "giờ không phát") {
		t.Errorf("in quiet hours: %d: a schedule is made that never sounds", code)
	}
	code, page = with("/start/first", map[string]string{"clip_id": id, "time": "05:30"}, "", nil)
	if code != http.StatusPreconditionRequired || !strings.Contains(page, "?confirm=night") || !strings.Contains(page, `value="05:30"`) || len(s.rules.Programmes()) > 0 {
		t.Errorf("at 05:30: %d, %d programmes: it sounds at night without being asked twice", code, len(s.rules.Programmes()))
	}
	if code, page = with("/start/first", map[string]string{"clip_id": id, "time": "17h30"}, "", nil); code != 303 {
		t.Fatalf("%d %s", code, page)
	}
	p := s.rules.Programmes()[0]
	if p.When == nil || p.When.Form != schedule.FormDaily || p.When.Times[0] != "17:30" {
		t.Errorf("made %+v", p)
	}
	plan := schedule.Plan(s.input(), s.clock(), s.clock().Add(24*time.Hour))
	if len(plan) != 1 || plan[0].Verdict != schedule.VerdictAirs {
		t.Errorf("the plan is %+v: the first broadcast would not sound", plan)
	}
}

// Names copied from the manual with its dots are no names.
func TestStationWithTheManualsNameIsNotReady(t *testing.T) {
	s := newStation(t)
	s.named(t, "Đài truyền thanh xã …", "TEST")
	if page := s.page(t, s.session(t), "/start"); !strings.Contains(page, `id="station-step" open`) {
		t.Error("the name of the manual passes for the station's")
	}
}

// Only an administrator can set the station up, so only one is told; a demonstration is ready as it is.
func TestOnlyWhoCanIsToldWhatIsLeft(t *testing.T) {
	s := newStation(t)
	if home := s.ask("GET", "/", s.token(t, account.Operator), "").Body.String(); strings.Contains(home, "/start") {
		t.Error("an operator is sent to a page that would refuse")
	}
	demo := newStation(t, func(o *Options) { o.Station.Demo = true })
	if home := demo.page(t, demo.session(t), "/"); strings.Contains(home, "/start") {
		t.Error("a demonstration asks to be set up")
	}
}

// Two people at the first set-up: the second is told and loses nothing.
func TestStationNamedByTwo(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	s.post(cookie, "/start/station", url.Values{"rev": {"0"}, "name": {"Đài một"}, "code": {"A"}})
	code, _, page := s.post(cookie, "/start/station", url.Values{"rev": {"0"}, "name": {"Đài hai"}, "code": {"B"}})
	if code != http.StatusConflict || !strings.Contains(page, `value="Đài hai"`) || !strings.Contains(page, "Người khác vừa thay đổi") || !strings.Contains(page, "<strong>Đài một</strong>") {
		t.Errorf("%d %s", code, plain(page))
	}
	if got := s.rules.Settings().StationName; got != "Đài một" {
		t.Errorf("the first one's name became %q", got)
	}
}

// A key of the catalogue on a page is a word that nobody wrote.
func TestFirstDaySpeaksBothLanguages(t *testing.T) {
	s := newStation(t)
	s.trust = clock.Doubtful
	s.onAir()
	s.player.show(func(p *player.Snapshot) { p.OnAir.Kind, p.OnAir.Ends = player.Emergency, s.clock().Add(time.Minute) })
	cookie := s.session(t)
	for language, want := range map[string]string{"vi": "Phát khẩn cấp", "en": "Emergency"} {
		for _, path := range []string{"/", "/start", "/emergency"} {
			w := s.ask("GET", path, "", "", func(r *http.Request) {
				r.AddCookie(cookie)
				r.AddCookie(&http.Cookie{Name: frame.LanguageCookie, Value: language})
			})
			html := w.Body.String()
			if w.Code != http.StatusOK || !strings.Contains(html, want) {
				t.Errorf("%s in %s: %d, without %q", path, language, w.Code, want)
			}
			if key := regexp.MustCompile(`[>"](start|emergency|note|menu|help)\.[a-z_.]+[<"]`).FindString(html); key != "" {
				t.Errorf("%s in %s shows %s", path, language, key)
			}
		}
	}
}
