package admin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/player"
	"loaxa/player/alarm"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// home is the page as a signed-in browser gets it.
func (s *station) home(t *testing.T, cookie *http.Cookie) string {
	t.Helper()
	w := s.ask("GET", "/", "", "", func(r *http.Request) {
		r.AddCookie(cookie)
		r.Header.Set("Accept-Language", "en-US,en") // a phone bought abroad still gets Vietnamese
	})
	if w.Code != http.StatusOK {
		t.Fatalf("home: %d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestHomeSaysWhatIsGoingOn(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	due := s.clock().Add(2 * time.Hour)
	for _, c := range []struct {
		name string
		do   func(*player.Snapshot)
		want []string
		not  string
	}{
		{"resting", func(p *player.Snapshot) { p.Next = &player.Upcoming{Title: "Bản tin", Due: due} }, []string{"ĐANG NGHỈ", "Bản tin", due.Format("15:04")}, "ĐANG PHÁT"},
		{"about to play", func(p *player.Snapshot) {
			p.Next = &player.Upcoming{Title: "Bản tin", Due: s.clock().Add(time.Minute)}
		}, []string{"SẮP PHÁT", "1:00"}, "ĐANG NGHỈ"},
		{"warming up", func(p *player.Snapshot) { p.State = player.WarmingUp }, []string{"SẮP PHÁT"}, "ĐANG NGHỈ"},
		{"playing", func(p *player.Snapshot) {
			p.State = player.Playing
			p.OnAir = &player.OnAir{Title: "Cảnh báo", Kind: player.Rehearsal, Items: 2, ItemTitle: "Giả danh", Due: s.clock(), Length: time.Minute, Position: 20 * time.Second}
		}, []string{"ĐANG PHÁT", "Cảnh báo", "Bài 1 trên 2: Giả danh", "0:20", "1:00", "phát thử"}, "ĐANG NGHỈ"},
		{"device lost", func(p *player.Snapshot) { p.OnAir.Lost = true }, []string{"LỖI", "mất thiết bị"}, "ĐANG PHÁT"},
		{"on hold", func(p *player.Snapshot) {
			p.State, p.OnAir = player.Resting, nil
			p.Hold = &player.HoldOrder{By: "user:Lan", Reason: "lễ tang", Until: due}
		}, []string{"TẠM NGỪNG", "Lan", "lễ tang", "Phát lại theo lịch"}, "user:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.player.show(c.do)
			html := s.home(t, cookie)
			for _, want := range append(c.want, "DỪNG", "Thứ Năm", "05/03/2026") {
				if !strings.Contains(html, want) {
					t.Errorf("the page does not say %q", want)
				}
			}
			if strings.Contains(html, c.not) {
				t.Errorf("the page says %q", c.not)
			}
		})
	}
}

func TestHomeShowsAlarmsWithWhatToDo(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	s.alarms.Raise(alarm.NoDevice, `open "hw:0": <no such device>`)
	html := s.home(t, cookie)
	text := alarm.Explain(alarm.NoDevice)
	for _, want := range []string{text.CauseVI, text.DoVI, "AUD-01", "LỖI", "&lt;no such device&gt;"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// Where the sound goes and when the station keeps quiet is said plainly, never left to be guessed.
func TestHomeSaysWhereSoundGoesAndWhenItIsQuiet(t *testing.T) {
	for output, want := range map[string]string{"hardware": "ra loa thật: thiết bị đã xác nhận", "unproven": "Chưa chứng minh", "virtual": "Loa ảo", "": "chưa biết tiếng ra đâu"} {
		s := newStation(t)
		s.player.show(func(p *player.Snapshot) { p.Output, p.Device = output, "auto" })
		if html := s.home(t, s.session(t)); !strings.Contains(html, want) || !strings.Contains(html, "Giờ không phát: 21:00–05:00.") {
			t.Errorf("output %q: the page does not say %q, or not the quiet hours", output, want)
		}
	}
	s := newStation(t, func(o *Options) { o.Station.Demo = true })
	set := s.rules.Settings()
	set.QuietHours = []schedule.DailySpan{}
	_, err := s.rules.PutSettings("station", set)
	must(t, err)
	if html := s.home(t, s.session(t)); !strings.Contains(html, "không có giờ im lặng") || !strings.Contains(html, "BẢN CHẠY THỬ") {
		t.Error("the demonstration does not say that it has no quiet hours")
	}
}

func TestFormsWorkWithoutScript(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	post := func(path, body string) (location string) {
		w := s.ask("POST", path, "", body, func(r *http.Request) {
			r.AddCookie(cookie)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		})
		if w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		return w.Header().Get("Location")
	}
	s.onAir()
	to := post("/stop", "")
	page := s.ask("GET", to, "", "", func(r *http.Request) { r.AddCookie(cookie) }).Body.String()
	if s.player.Now().OnAir != nil || !strings.Contains(page, "Đã dừng.") {
		t.Error("DỪNG does not stop, or does not say so")
	}
	if got := s.player.stopped; len(got) != 1 || got[0] != "user:"+account.AdministratorName {
		t.Errorf("stopped by %v", got)
	}
	if to := post("/stop", ""); to != "/?note=nothing_on_air" {
		t.Errorf("DỪNG in silence leads to %s", to)
	}
	post("/hold", "for=1h&reason=l%E1%BB%85+tang")
	if h := s.player.Now().Hold; h == nil || h.Reason != "lễ tang" || !h.Until.Equal(s.clock().Add(time.Hour)) {
		t.Errorf("hold %+v", h)
	}
	post("/release", "")
	if s.player.Now().Hold != nil {
		t.Error("not released")
	}
	evil := s.ask("GET", "/?note=%3Cscript%3E", "", "", func(r *http.Request) { r.AddCookie(cookie) }).Body.String()
	if strings.Contains(evil, "%3Cscript%3E") || strings.Contains(evil, "&lt;script") {
		t.Error("the address bar speaks through the page")
	}
}

func TestInspectorSeesNoButtons(t *testing.T) {
	s := newStation(t)
	token := s.token(t, account.Inspector)
	html := s.ask("GET", "/", token, "").Body.String()
	if strings.Contains(html, `action="/stop"`) || strings.Contains(html, `action="/hold"`) || !strings.Contains(html, "ĐANG NGHỈ") {
		t.Error("an inspector gets buttons that would be refused, or no state")
	}
}

// The script asks for the moving part only; signed out it must learn so instead of drawing the landing page there.
func TestLivePart(t *testing.T) {
	s := newStation(t)
	part := s.ask("GET", "/?part=1", s.token(t, account.Operator), "").Body.String()
	if strings.Contains(part, "<html") || !strings.Contains(part, `id="state"`) {
		t.Errorf("the part is %.200s", part)
	}
	if w := s.ask("GET", "/?part=1", "", ""); w.Code != http.StatusUnauthorized {
		t.Errorf("signed out: %d", w.Code)
	}
}

func TestAssetsAreKeptByTheirHash(t *testing.T) {
	s := newStation(t)
	w := s.ask("GET", "/asset/app.js", "", "")
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	again := s.ask("GET", "/asset/app.js", "", "", func(r *http.Request) { r.Header.Set("If-None-Match", w.Header().Get("ETag")) })
	if again.Code != http.StatusNotModified {
		t.Errorf("asked again: %d", again.Code)
	}
	if w := s.ask("GET", "/asset/page.go", "", ""); w.Code != 404 {
		t.Errorf("a file that is no asset: %d", w.Code)
	}
}

// A demonstration airs every two minutes: 720 lines would bury the one that matters.
func TestBusyDayFitsAPhone(t *testing.T) {
	s := newStation(t)
	op := s.token(t, account.Operator)
	list := into[schedule.Playlist](t, s.ask("POST", "/api/v1/playlists", op, `{"title":"L","items":[{"clip_id":"c-1"}]}`), 201)
	into[schedule.Programme](t, s.ask("POST", "/api/v1/programmes?confirm=night", op, `{"title":"Tin","playlist_id":"`+list.ID+`","cron":"*/10 * * * *"}`), 201)
	cookie := s.session(t)
	html := s.home(t, cookie)
	if n := strings.Count(html, `<li class=`); n != 6 {
		t.Errorf("%d lines, want the next 6", n)
	}
	// From 17:00 to midnight there are 42, and from 21:00 on it is quiet.
	for _, want := range []string{"đã lên lịch: 24", "sẽ không phát: 18", "còn 36 buổi khác"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	whole := s.ask("GET", "/?all=1", "", "", func(r *http.Request) { r.AddCookie(cookie) }).Body.String()
	if n := strings.Count(whole, `<li class=`); n != 42 {
		t.Errorf("the whole day has %d lines, want 42", n)
	}
}

// A day of a demonstration: 720 broadcasts, half of them over.
func BenchmarkHome(b *testing.B) {
	s := newStation(b)
	op := s.token(b, account.Operator)
	list := into[schedule.Playlist](b, s.ask("POST", "/api/v1/playlists", op, `{"title":"L","items":[{"clip_id":"c-1"}]}`), 201)
	into[schedule.Programme](b, s.ask("POST", "/api/v1/programmes?confirm=night", op, `{"title":"Tin","playlist_id":"`+list.ID+`","cron":"*/2 * * * *"}`), 201)
	for at := s.clock().Add(-12 * time.Hour); at.Before(s.clock()); at = at.Add(2 * time.Minute) {
		s.outcome(b, "p-1@"+at.Format(time.RFC3339), at, evidence.OutcomeBody{Outcome: evidence.Full, AiredMS: 90_000, PlannedMS: 90_000, Output: "virtual"})
	}
	for b.Loop() {
		if w := s.ask("GET", "/?part=1", op, ""); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}
