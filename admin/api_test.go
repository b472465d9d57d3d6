package admin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/player"
	"loaxa/player/alarm"
	"loaxa/schedule"
)

// into reads a JSON answer and wants its status.
func into[T any](t testing.TB, w *httptest.ResponseRecorder, status int) T {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	var v T
	must(t, json.Unmarshal(w.Body.Bytes(), &v))
	return v
}

func TestStationAndNow(t *testing.T) {
	s := newStation(t)
	token := s.token(t, account.Inspector)
	st := into[struct{ Zone, Device, Key string }](t, s.ask("GET", "/api/v1/station", token, ""), 200)
	if st.Zone != "main" || st.Device != "virtual" || st.Key != s.playlog.PublicKey() {
		t.Errorf("station %+v", st)
	}
	s.onAir()
	s.alarms.Raise(alarm.NoDevice, "no card")
	s.pass(10 * time.Second)
	now := into[struct {
		State string
		OnAir struct {
			PositionMS int64 `json:"position_ms"`
		} `json:"on_air"`
		Alarms []struct{ Code, Cause, Do string }
	}](t, s.ask("GET", "/api/v1/now", token, ""), 200)
	if now.State != "playing" || now.OnAir.PositionMS != 10_000 {
		t.Errorf("now %+v: the position does not move on", now)
	}
	if len(now.Alarms) != 1 || now.Alarms[0].Code != "AUD-01" || !strings.Contains(now.Alarms[0].Cause, "thiết bị") {
		t.Errorf("alarms %+v", now.Alarms)
	}
	english := s.ask("GET", "/api/v1/alarms", token, "", func(r *http.Request) { r.Header.Set("Accept-Language", "en") })
	if !strings.Contains(english.Body.String(), "cannot be opened") {
		t.Errorf("asked for English: %s", english.Body)
	}
	if w := s.ask("GET", "/api/v1/doctor", token, ""); !strings.Contains(w.Body.String(), "there is one") {
		t.Errorf("doctor: %s", w.Body)
	}
	if w := s.ask("GET", "/metrics", token, ""); !strings.Contains(w.Body.String(), "loaxa_on_air 1") || !strings.Contains(w.Body.String(), `loaxa_alarm{code="AUD-01"`) {
		t.Errorf("metrics: %s", w.Body)
	}
}

func TestSettings(t *testing.T) {
	s := newStation(t)
	boss := s.token(t, account.Administrator)
	w := s.ask("PUT", "/api/v1/settings", boss, `{"quite_hours":[]}`)
	if w.Code != 400 || code(t, w.Body.Bytes()) != "unknown_key" || !strings.Contains(w.Body.String(), "did you mean quiet_hours?") {
		t.Errorf("a mistyped key: %d %s", w.Code, w.Body)
	}
	stored := into[schedule.Settings](t, s.ask("PUT", "/api/v1/settings", boss, `{"station_name":"Đài xã A","quiet_hours":[{"from":"20:00","to":"06:00"},{"from":"12:00","to":"13:00"}]}`), 200)
	if stored.StationName != "Đài xã A" || len(stored.QuietHours) != 2 || stored.LatenessS != 600 {
		t.Errorf("stored %+v", stored)
	}
	stored = into[schedule.Settings](t, s.ask("PUT", "/api/v1/settings", boss, `{"lateness_s":60}`), 200)
	if len(stored.QuietHours) != 2 || stored.StationName != "Đài xã A" || stored.LatenessS != 60 {
		t.Errorf("a change of one setting changed others: %+v", stored)
	}
	if w := s.ask("PUT", "/api/v1/settings", boss, `{"quiet_hours":[{"from":"22:00"}]}`); w.Code != 422 {
		t.Errorf("half a span was completed from the old one: %d %s", w.Code, w.Body)
	}
	stored = into[schedule.Settings](t, s.ask("PUT", "/api/v1/settings", boss, `{"quiet_hours":[]}`), 200)
	if len(stored.QuietHours) != 0 {
		t.Errorf("quiet hours cannot be taken away: %+v", stored)
	}
	if w := s.ask("PUT", "/api/v1/settings", boss, `{"revision":1,"lateness_s":61}`); w.Code != 409 || code(t, w.Body.Bytes()) != "conflict" {
		t.Errorf("a stale revision: %d %s", w.Code, w.Body)
	}
	w = s.ask("PUT", "/api/v1/settings", boss, `{"lateness_s":-1,"clock_rule":"maybe"}`)
	if w.Code != 422 || !strings.Contains(w.Body.String(), "lateness_s") || !strings.Contains(w.Body.String(), "clock_rule") {
		t.Errorf("values out of range: %d %s", w.Code, w.Body)
	}
	got := into[struct {
		LatenessS int64 `json:"lateness_s"`
		Defaults  schedule.Settings
	}](t, s.ask("GET", "/api/v1/settings", boss, ""), 200)
	if got.LatenessS != 60 || got.Defaults.LatenessS != 600 {
		t.Errorf("settings %+v", got)
	}
}

func TestRules(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	if w := s.ask("POST", "/api/v1/playlists", op, `{"title":"A","items":[{"clip_id":"c-404"}]}`); w.Code != 422 || !strings.Contains(w.Body.String(), "items[0].clip_id") {
		t.Errorf("a playlist of a clip that is not there: %d %s", w.Code, w.Body)
	}
	list := into[schedule.Playlist](t, s.ask("POST", "/api/v1/playlists", op, `{"title":"Lừa đảo","items":[{"clip_id":"c-1"},{"ms":2000}]}`), 201)
	if list.Items[0].Kind != schedule.KindClip || list.Items[1].Kind != schedule.KindSilence {
		t.Errorf("the kinds were not told from the keys: %+v", list)
	}
	p := into[schedule.Programme](t, s.ask("POST", "/api/v1/programmes", op, `{"title":"Chiều","playlist_id":"`+list.ID+`","cron":"0 17 * * *"}`), 201)
	if p.Revision != 1 || p.VolumePercent != 100 {
		t.Errorf("programme %+v", p)
	}
	edited := `{"title":"Chiều muộn","playlist_id":"` + list.ID + `","cron":"30 17 * * *","revision":1}`
	p2 := into[schedule.Programme](t, s.ask("PUT", "/api/v1/programmes/"+p.ID, op, edited), 200)
	if p2.Revision != 2 || p2.ID != p.ID {
		t.Errorf("after the edit %+v", p2)
	}
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		code               string
	}{
		"stale revision":     {"PUT", "/programmes/" + p.ID, edited, 409, "conflict"},
		"no revision":        {"PUT", "/programmes/" + p.ID, `{"title":"x"}`, 422, "invalid"},
		"another's ID":       {"PUT", "/programmes/" + p.ID, `{"id":"p-9","revision":2}`, 400, "wrong_id"},
		"POST of a stored":   {"POST", "/programmes", edited, 422, "invalid"},
		"broken cron":        {"POST", "/programmes", `{"title":"x","playlist_id":"` + list.ID + `","cron":"61 * * * *"}`, 422, "invalid"},
		"unknown programme":  {"GET", "/programmes/p-99", "", 404, "not_found"},
		"delete unknown":     {"DELETE", "/playlists/l-99", "", 404, "not_found"},
		"delete in use":      {"DELETE", "/playlists/" + list.ID, "", 409, "in_use"},
		"not JSON":           {"POST", "/programmes", `title=x`, 400, "bad_json"},
		"nested unknown key": {"POST", "/playlists", `{"title":"x","items":[{"clipid":"c-1"}]}`, 400, "unknown_key"},
	} {
		t.Run(name, func(t *testing.T) {
			w := s.ask(c.method, "/api/v1"+c.path, op, c.body)
			if w.Code != c.status || code(t, w.Body.Bytes()) != c.code {
				t.Errorf("%d %s, want %d %s", w.Code, w.Body, c.status, c.code)
			}
		})
	}
	if w := s.ask("GET", "/api/v1/programmes", op, ""); !strings.Contains(w.Body.String(), "Chiều muộn") {
		t.Errorf("list: %s", w.Body)
	}
	if w := s.ask("DELETE", "/api/v1/programmes/"+p.ID, op, ""); w.Code != 204 {
		t.Errorf("deleting: %d %s", w.Code, w.Body)
	}
	if w := s.ask("DELETE", "/api/v1/playlists/"+list.ID, op, ""); w.Code != 204 {
		t.Errorf("deleting the list when free: %d %s", w.Code, w.Body)
	}
}

type planOf struct {
	Occurrences []struct {
		ID, Verdict, Reason string
		ProgrammeID         string `json:"programme_id"`
		Due                 time.Time
	}
	Changed []struct{ ID, Verdict string }
}

func TestPlanAndPreview(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	list := into[schedule.Playlist](t, s.ask("POST", "/api/v1/playlists", op, `{"title":"L","items":[{"clip_id":"c-1"}]}`), 201)
	p := into[schedule.Programme](t, s.ask("POST", "/api/v1/programmes", op, `{"title":"Chiều","playlist_id":"`+list.ID+`","cron":"0 17 * * *"}`), 201)
	plan := into[planOf](t, s.ask("GET", "/api/v1/plan", op, ""), 200)
	if len(plan.Occurrences) != 7 || plan.Occurrences[0].ID != p.ID+"@2026-03-05T17:00:00+07:00" {
		t.Errorf("plan of a week: %d, first %+v", len(plan.Occurrences), plan.Occurrences[:min(1, len(plan.Occurrences))])
	}
	day := into[planOf](t, s.ask("GET", "/api/v1/plan?from=2026-03-06&until=2026-03-07", op, ""), 200)
	if len(day.Occurrences) != 1 {
		t.Errorf("plan of a day: %d occurrences", len(day.Occurrences))
	}
	for _, q := range []string{"?from=yesterday", "?from=2026-03-06&until=2026-03-05", "?from=2026-01-01&until=2027-01-01"} {
		if w := s.ask("GET", "/api/v1/plan"+q, op, ""); w.Code != 400 {
			t.Errorf("plan%s: %d", q, w.Code)
		}
	}
	before := s.rules.Programmes()
	unsaved := `{"programme":{"title":"Đêm","playlist_id":"` + list.ID + `","cron":"0 23 * * *"}}`
	preview := into[planOf](t, s.ask("POST", "/api/v1/plan/preview", op, unsaved), 200)
	if len(preview.Occurrences) != 7 || preview.Occurrences[0].Verdict != "skipped" || preview.Occurrences[0].Reason != "quiet_hours" {
		t.Errorf("preview in quiet hours: %d, first %+v", len(preview.Occurrences), preview.Occurrences[:min(1, len(preview.Occurrences))])
	}
	first := `{"programme":{"title":"Ưu tiên","class":"priority","playlist_id":"` + list.ID + `","cron":"0 17 * * *"}}`
	preview = into[planOf](t, s.ask("POST", "/api/v1/plan/preview", op, first), 200)
	if len(preview.Changed) != 7 {
		t.Errorf("a programme at the same minute changes %d others, want 7", len(preview.Changed))
	}
	if after := s.rules.Programmes(); len(after) != len(before) {
		t.Error("a preview was stored")
	}
	if w := s.ask("POST", "/api/v1/plan/preview", op, `{"programme":{"title":"x","playlist_id":"l-99","cron":"0 9 * * *"}}`); w.Code != 422 {
		t.Errorf("preview without a playlist: %d %s", w.Code, w.Body)
	}
}

func TestPlayStopHold(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	for body, want := range map[string]string{
		`{"kind":"rehearsal"}`: "clip_id",
		`{"clip_id":"c-1","playlist_id":"l-1","kind":"rehearsal"}`: "clip_id",
		`{"clip_id":"c-1","kind":"rehearse"}`:                      "did you mean rehearsal?",
		`{"clip_id":"c-1","kind":"emergency"}`:                     "reason",
		`{"clip_id":"c-1","kind":"rehearsal","not_afer":""}`:       "did you mean not_after?",
	} {
		if w := s.ask("POST", "/api/v1/play", op, body); w.Code/100 != 4 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
	if n := len(s.player.asked); n != 0 {
		t.Fatalf("%d wrong requests reached the player", n)
	}
	ask := `{"clip_id":"c-1","kind":"emergency","reason":"bão","request_id":"r1","not_after":"2026-03-05T17:30:00+07:00"}`
	if w := s.ask("POST", "/api/v1/play", op, ask); w.Code != 202 {
		t.Fatalf("play: %d %s", w.Code, w.Body)
	}
	s.ask("POST", "/api/v1/play", s.token(t, account.Approver), ask)
	if a := s.player.asked; a[0].MayOverrideQuiet || !a[1].MayOverrideQuiet || a[0].MayApprove || !a[1].MayApprove || a[0].RequestID != "r1" || a[0].NotAfter.IsZero() || !strings.HasPrefix(a[0].Actor, "token:operator") {
		t.Errorf("the player was asked %+v", a)
	}
	s.player.refuse = &player.Refusal{Code: "quiet_hours", Detail: "it would sound in quiet hours"}
	if w := s.ask("POST", "/api/v1/play", op, ask); w.Code != 409 || code(t, w.Body.Bytes()) != "quiet_hours" || !strings.Contains(w.Body.String(), "giờ không phát") {
		t.Errorf("refused: %d %s", w.Code, w.Body)
	}
	if w := s.ask("POST", "/api/v1/stop", op, ""); w.Code != 409 || code(t, w.Body.Bytes()) != "nothing_on_air" {
		t.Errorf("stop in silence: %d %s", w.Code, w.Body)
	}
	s.onAir()
	if w := s.ask("POST", "/api/v1/stop", op, ""); w.Code != 202 || s.player.Now().OnAir != nil {
		t.Errorf("stop: %d %s", w.Code, w.Body)
	}
	if w := s.ask("POST", "/api/v1/hold", op, `{"until":"2020-01-01T00:00:00Z"}`); w.Code != 422 {
		t.Errorf("hold until the past: %d %s", w.Code, w.Body)
	}
	if w := s.ask("POST", "/api/v1/hold", op, ""); w.Code != 202 || s.player.Now().Hold == nil {
		t.Errorf("hold: %d %s", w.Code, w.Body)
	}
	if w := s.ask("POST", "/api/v1/release", op, ""); w.Code != 202 || s.player.Now().Hold != nil {
		t.Errorf("release: %d %s", w.Code, w.Body)
	}
}

func TestOversizedBodiesAreRefused(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	huge := `{"title":"` + strings.Repeat("x", 300<<10) + `"}`
	if w := s.ask("POST", "/api/v1/playlists", op, huge); w.Code != 413 || code(t, w.Body.Bytes()) != "too_large" {
		t.Errorf("a body of 300 kB: %d %.200s", w.Code, w.Body)
	}
	unsaid := func(r *http.Request) { r.ContentLength = -1 } // chunked: the size shows only while reading
	if w := s.ask("POST", "/api/v1/playlists", op, huge, unsaid); w.Code != 413 {
		t.Errorf("a chunked body of 300 kB: %d %.200s", w.Code, w.Body)
	}
	if w := s.ask("GET", "/api/v1/nothing", op, ""); w.Code != 404 || code(t, w.Body.Bytes()) != "no_such_address" {
		t.Errorf("unknown address: %d", w.Code)
	}
	browser := s.ask("GET", "/nothing", "", "", func(r *http.Request) { r.Header.Set("Accept", "text/html,*/*") })
	if browser.Code != 404 || !strings.Contains(browser.Body.String(), "Không có trang này") {
		t.Errorf("a person's wrong address: %d %s", browser.Code, browser.Body)
	}
	if w := s.ask("PATCH", "/api/v1/now", op, ""); w.Code != 405 {
		t.Errorf("wrong method: %d", w.Code)
	}
}
