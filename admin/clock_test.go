package admin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/player"
	"loaxa/schedule/clock"
)

// While nothing vouches for the time the page asks for it; any operator answers, with a phone, by hand, or with "Đúng".
func TestHomeAsksForTheTimeWhileItIsDoubtful(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	if strings.Contains(s.home(t, cookie), "/clock") {
		t.Error("the page asks for the time although it is known")
	}
	s.trust = clock.Doubtful
	s.player.show(func(p *player.Snapshot) { p.ClockHeld = true })
	html := s.home(t, cookie)
	for _, want := range []string{"Điện thoại của bạn:", "Đúng không?", "không tự phát", s.clock().Format("15:04") + ", Thứ Năm"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	post := func(form url.Values) string {
		t.Helper()
		w := s.ask("POST", "/clock", "", form.Encode(), func(r *http.Request) {
			r.AddCookie(cookie)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		})
		if w.Code != http.StatusSeeOther {
			t.Fatalf("%v: %d %s", form, w.Code, w.Body)
		}
		return w.Header().Get("Location")
	}
	at := time.Date(2026, 11, 24, 5, 25, 0, 0, s.clock().Location())
	for _, c := range []struct {
		form url.Values
		note string
		to   time.Time // what the player is told; zero is "Đúng"
		told bool
	}{
		{url.Values{"phone": {at.UTC().Format("2006-01-02T15:04:05.000Z")}}, "clock_set", at, true},
		{url.Values{"time": {"2026-11-24T05:25"}}, "clock_set", at, true},
		{url.Values{"phone": {""}, "time": {"soon"}}, "clock_unread", at, false},
		{url.Values{"shown": {s.clock().Format(time.RFC3339)}}, "clock_confirmed", time.Time{}, true},
		{url.Values{"shown": {s.clock().Add(-time.Hour).Format(time.RFC3339)}}, "clock_stale", at, false},
	} {
		s.player.clocks = nil
		if to := post(c.form); to != "/?note="+c.note {
			t.Errorf("%v leads to %s, want %s", c.form, to, c.note)
		}
		if told := s.player.clocks; (len(told) == 1) != c.told || c.told && !told[0].to.Equal(c.to) {
			t.Errorf("%v: the player was told %+v", c.form, told)
		}
	}
	s.player.refuse = &player.Refusal{Code: "clock_not_allowed", Detail: "this program may not"}
	to := post(url.Values{"time": {"2026-11-24T05:25"}})
	page := s.ask("GET", to, "", "", func(r *http.Request) { r.AddCookie(cookie) }).Body.String()
	if !strings.Contains(page, "không có quyền đặt giờ") || !strings.Contains(page, "kỹ thuật viên") {
		t.Error("without the privilege the page does not say what to do")
	}
}

func TestClockByTheAPI(t *testing.T) {
	s := newStation(t)
	s.trust = clock.Doubtful
	op, inspector := s.token(t, account.Operator), s.token(t, account.Inspector)
	if w := s.ask("GET", "/api/v1/clock", inspector, ""); w.Code != 200 || !strings.Contains(w.Body.String(), `"trust":"doubtful"`) {
		t.Errorf("asking: %d %s", w.Code, w.Body)
	}
	if w := s.ask("POST", "/api/v1/clock", inspector, `{"confirm":true}`); w.Code != 403 {
		t.Errorf("an inspector sets the clock: %d", w.Code)
	}
	if w := s.ask("POST", "/api/v1/clock", op, `{}`); w.Code != 422 {
		t.Errorf("nothing said: %d %s", w.Code, w.Body)
	}
	if w := s.ask("POST", "/api/v1/clock", op, `{"time":"2026-11-24T05:25:00+07:00"}`); w.Code != 200 || len(s.player.clocks) != 1 {
		t.Errorf("setting: %d %s", w.Code, w.Body)
	}
	if w := s.ask("POST", "/api/v1/clock", op, `{"confirm":true,"time":"2020-01-01T00:00:00Z"}`); w.Code != 409 || code(t, w.Body.Bytes()) != "clock_stale" {
		t.Errorf("confirming another time: %d %s", w.Code, w.Body)
	}
	s.player.refuse = &player.Refusal{Code: "clock_not_allowed", Detail: "this program may not"}
	if w := s.ask("POST", "/api/v1/clock", op, `{"time":"2026-11-24T05:25:00+07:00"}`); w.Code != 409 || code(t, w.Body.Bytes()) != "clock_not_allowed" {
		t.Errorf("without the privilege: %d %s", w.Code, w.Body)
	}
}
