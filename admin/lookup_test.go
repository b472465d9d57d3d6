package admin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/player/playlog/evidence"
)

// record appends under a stamp.
func (s *station) record(t *testing.T, wall time.Time, boot string, up time.Duration, trust string, bodies ...evidence.Body) {
	t.Helper()
	s.stamped = &evidence.Stamp{Wall: evidence.At(wall), Boot: boot, UpMS: up.Milliseconds(), Clock: evidence.Clock{State: trust}}
	_, err := s.playlog.Append("station", bodies...)
	must(t, err)
	s.stamped = nil
}

// aired is a broadcast as its records tell it: start, onset, end, outcome.
func (s *station) aired(t *testing.T, id, why, title string, at time.Time, boot string, up time.Duration, trust string) {
	t.Helper()
	s.record(t, at, boot, up, trust, evidence.Start{Broadcast: id, Why: why, Items: 1, Attempt: 1, Frames: 48000 * 60, ItemKind: "silence"},
		evidence.Progress{Broadcast: id, Attempt: 1, Onset: evidence.At(at), Taken: 48000})
	end := at.Add(time.Minute)
	o := evidence.OutcomeBody{Broadcast: id, Why: why, Outcome: evidence.Full, Title: title, Output: "hardware", Evidence: 2, Rate: 1, AiredMS: 60000, PlannedMS: 60000,
		Started: evidence.At(at), Ended: evidence.At(end)}
	if why == "scheduled" {
		o.Occurrence, o.Due = id, evidence.At(at)
	}
	s.record(t, end, boot, up+time.Minute, trust, evidence.End{Broadcast: id, Attempt: 1, Result: "finished", Taken: 48000 * 60}, o)
}

func (s *station) lookup(t *testing.T, day, clock string) string {
	t.Helper()
	w := s.ask("GET", "/lookup?day="+day+"&time="+strings.ReplaceAll(clock, " ", "%20"), s.token(t, account.Operator), "") // a sign-in would be a record of its own
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return told(w.Body.String())
}

// The complaint of Trung Lộc: the loudspeakers sounded at 03:15. The page must name what it was, to the second, and
// nothing of the hours around it.
func TestLookupNamesWhatSounded(t *testing.T) {
	s := newStation(t)
	night := time.Date(2026, 3, 4, 3, 14, 30, 0, hanoi)
	s.aired(t, "p-0@1", "scheduled", "Tối hôm trước", night.Add(-8*time.Hour), "one", time.Hour, "synchronised")
	s.aired(t, "p-1@1", "scheduled", "Tiếp âm nhầm giờ", night, "one", 9*time.Hour, "synchronised")
	s.aired(t, "p-2@1", "scheduled", "Bản tin sáng", night.Add(2*time.Hour), "one", 11*time.Hour, "synchronised")
	for _, clock := range []string{"03:15", "3h15", "3 giờ 15 sáng", "3:40", "2.46"} {
		text := s.lookup(t, "2026-03-04", clock)
		if !strings.Contains(text, "Có 1 buổi đã phát") || !strings.Contains(text, "- 03:14:30 04/03/2026: Tiếp âm nhầm giờ (đã phát 1:00, theo lịch)") {
			t.Errorf("%s: %s", clock, text)
		}
		if strings.Contains(text, "Tối hôm trước") || strings.Contains(text, "Bản tin sáng") {
			t.Errorf("%s names what was hours away", clock)
		}
		if !strings.Contains(text, "Chương trình chạy liên tục từ dòng nhật ký") || !strings.Contains(text, "Tăng âm có bật không") {
			t.Errorf("%s does not say what the machine knows and cannot know: %s", clock, text)
		}
	}
	if text := s.lookup(t, "2026-03-04", "4 giờ 10 sáng"); !strings.Contains(text, "Máy này không phát gì trong khoảng này.") {
		t.Errorf("silence is not plainly said: %s", text)
	}
	if text := s.lookup(t, "2026-03-04", "3 giờ chiều"); !strings.Contains(text, "Từ 14:30 04/03 đến 15:30 04/03") {
		t.Errorf("3 giờ chiều is not 15:00: %s", text)
	}
}

// After a power cut the clock stood at yesterday evening. What sounded then was truly in the night, and only the uptime
// knows it.
func TestLookupGoesByTheRightTime(t *testing.T) {
	s := newStation(t)
	evening, truly := time.Date(2026, 3, 3, 20, 0, 0, 0, hanoi), time.Date(2026, 3, 4, 3, 15, 0, 0, hanoi)
	s.record(t, evening.Add(-time.Hour), "one", 10*time.Hour, "synchronised", evidence.Operator{What: "sign_in", Result: "done"})
	s.record(t, evening, "two", time.Minute, "doubtful", evidence.Boot{Previous: "power", OutageFrom: evidence.At(evening.Add(-30 * time.Minute)), OutageUntil: evidence.At(evening)})
	s.aired(t, "emergency:1", "emergency", "Khẩn cấp", evening.Add(time.Minute), "two", 2*time.Minute, "doubtful")
	if text := s.lookup(t, "2026-03-04", "03:15"); !strings.Contains(text, "Không kết luận được") || !strings.Contains(text, "Khẩn cấp") {
		t.Errorf("what may have sounded is not named: %s", text)
	}
	// The clock is set: at an uptime of 10 minutes it is 03:23.
	s.record(t, truly.Add(8*time.Minute), "two", 10*time.Minute, "set", evidence.ClockChange{What: "trust", From: "doubtful", To: "set"})
	text := s.lookup(t, "2026-03-04", "03:15")
	if !strings.Contains(text, "Có 1 buổi đã phát") || !strings.Contains(text, "bắt đầu 03:15:00 (máy ghi 20:01:00 03/03/2026") {
		t.Errorf("the broadcast of the night is not found by its right time: %s", text)
	}
	if !strings.Contains(text, "Máy không chạy từ 19:30 03/03/2026") || !strings.Contains(text, "mất điện") {
		t.Errorf("the power cut is not said: %s", text)
	}
	if text := s.lookup(t, "2026-03-03", "20:01"); strings.Contains(text, "Có 1 buổi") || !strings.Contains(text, "Máy không chạy từ 19:30") {
		t.Errorf("at the wrong time of the clock it is said to have sounded, too: %s", text)
	}
}

// A long emergency begins before the hour that is asked for and ends after it.
func TestLookupFindsWhatWentOnThroughout(t *testing.T) {
	s := newStation(t)
	from := time.Date(2026, 3, 4, 1, 0, 0, 0, hanoi)
	s.record(t, from, "one", time.Hour, "synchronised", evidence.Start{Broadcast: "emergency:2", Why: "emergency", Items: 1, Attempt: 1, ItemKind: "silence"})
	for m := range 240 {
		s.record(t, from.Add(time.Duration(m)*time.Minute), "one", time.Hour+time.Duration(m)*time.Minute, "synchronised",
			evidence.Progress{Broadcast: "emergency:2", Attempt: 1, Taken: int64(m+1) * 48000 * 60})
	}
	end := from.Add(4 * time.Hour)
	s.record(t, end, "one", 5*time.Hour, "synchronised", evidence.OutcomeBody{Broadcast: "emergency:2", Why: "emergency", Outcome: evidence.Full, Title: "Báo bão",
		Output: "hardware", AiredMS: 4 * 3600_000, Started: evidence.At(from), Ended: evidence.At(end)})
	if text := s.lookup(t, "2026-03-04", "03:15"); !strings.Contains(text, "Báo bão") || !strings.Contains(text, "Có 1 buổi") {
		t.Errorf("four hours of sound are not found: %s", text)
	}
}

// Silence is only said where somebody was there to know.
func TestLookupSaysWhenNobodyKnows(t *testing.T) {
	s := newStation(t)
	at := time.Date(2026, 3, 4, 2, 0, 0, 0, hanoi)
	s.record(t, at, "one", time.Hour, "synchronised", evidence.Operator{What: "sign_in", Result: "done"})
	s.record(t, at.Add(5*time.Hour), "two", time.Minute, "synchronised", evidence.Boot{Previous: "power", OutageFrom: evidence.At(at.Add(time.Minute)), OutageUntil: evidence.At(at.Add(5 * time.Hour))})
	if text := s.lookup(t, "2026-03-04", "03:15"); !strings.Contains(text, "Máy không chạy trong suốt khoảng này") || !strings.Contains(text, "Máy không chạy từ 02:01 04/03/2026 đến 07:00 04/03/2026 (mất điện") {
		t.Errorf("a night without power: %s", text)
	}
	if text := s.lookup(t, "2020-01-01", "03:15"); !strings.Contains(text, "Nhật ký này bắt đầu sau khoảng đó") || strings.Contains(text, "Máy này không phát gì") {
		t.Errorf("before the log began: %s", text)
	}
	if text := s.lookup(t, "2026-03-05", "17:00"); !strings.Contains(text, "Khoảng này chưa qua hết") {
		t.Errorf("an hour that is not over: %s", text)
	}
	cookie := s.session(t)
	for _, q := range []string{"day=&time=03:15", "day=2026-03-04&time=", "day=2026-03-04&time=25:00", "day=04/03/2026&time=03:15", "day=2026-03-04&time=%3Cb%3E", "day=2026-02-30&time=1"} {
		w := s.ask("GET", "/lookup?"+q, "", "", func(r *http.Request) { r.AddCookie(cookie) })
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Chưa rõ ngày hoặc giờ") || strings.Contains(w.Body.String(), "<b>") {
			t.Errorf("%s: %d", q, w.Code)
		}
	}
}

// Somebody sets the clock to next year, and back. What sounded before and after must be found all the same: a false
// silence would be a false answer to the commune.
func TestLookupSurvivesAClockSetWrong(t *testing.T) {
	s := newStation(t)
	at := time.Date(2026, 3, 4, 3, 0, 0, 0, hanoi)
	for m := range 40 {
		s.record(t, at.Add(time.Duration(m-60)*time.Minute), "one", time.Duration(m+1)*time.Minute, "set", evidence.Operator{What: "sign_in", Result: "done"})
	}
	for m := range 40 {
		s.record(t, at.AddDate(1, 0, 0).Add(time.Duration(m)*time.Second), "one", time.Hour+time.Duration(m)*time.Second, "set", evidence.Operator{What: "sign_in", Result: "done"})
	}
	s.aired(t, "p-1@1", "scheduled", "Lúc ba giờ", at.Add(10*time.Minute), "one", 2*time.Hour, "set")
	if text := s.lookup(t, "2026-03-04", "03:15"); !strings.Contains(text, "Lúc ba giờ") {
		t.Errorf("not found behind a clock that was a year ahead: %s", text)
	}
}

// The halving by trusted times must give what reading everything gives, whatever mixture of clocks the log has.
func TestLookupFindsWhatReadingAllFinds(t *testing.T) {
	s := newStation(t)
	begin := time.Date(2026, 3, 1, 0, 0, 0, 0, hanoi)
	truly := map[string]time.Time{}
	at := begin
	for boot := range 6 {
		name, off := string(rune('a'+boot)), time.Duration(boot*boot)*time.Hour // how far the clock lags until it is set
		up, started := time.Minute, at
		for i := range 8 {
			trust, wall := "doubtful", at.Add(-off)
			if i >= 5 || boot%2 == 0 {
				trust, wall = "set", at
			}
			id := name + string(rune('0'+i))
			truly[id] = at
			s.aired(t, id, "emergency", "buổi "+id, wall, name, up+at.Sub(started), trust)
			at = at.Add(47 * time.Minute)
		}
		at = at.Add(3 * time.Hour)
	}
	station, err := api.New(s.options.Station)
	must(t, err)
	for h := range 60 {
		moment := begin.Add(time.Duration(h) * time.Hour)
		found, err := station.Lookup(moment.Add(-30*time.Minute), moment.Add(30*time.Minute))
		must(t, err)
		got := map[string]bool{}
		for _, r := range found.Sounded {
			got[r.Broadcast.Broadcast] = true
		}
		for id, t0 := range truly {
			if want := t0.Before(moment.Add(30*time.Minute)) && t0.Add(time.Minute).After(moment.Add(-30*time.Minute)); want != got[id] {
				t.Errorf("around %s: %s (truly %s) found: %v", moment.Format("02 15:04"), id, t0.Format("02 15:04"), got[id])
			}
		}
	}
}

// The answer is handed on as paper and as a picture. Both are made for whoever is signed in, and say what the page says.
func TestLookupIsHandedOn(t *testing.T) {
	s := newStation(t)
	s.aired(t, "p-1@1", "scheduled", "Tiếp âm nhầm giờ", time.Date(2026, 3, 4, 3, 14, 30, 0, hanoi), "one", 9*time.Hour, "synchronised")
	text := s.lookup(t, "2026-03-04", "03:15")
	for _, want := range []string{"Tải PDF", "Tải ảnh", "Kính gửi", "→ có tiếng ", "Bộ thu FM"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the page: %s", want, text)
		}
	}
	token := s.token(t, account.Inspector)
	for path, begins := range map[string]string{"answer.pdf": "%PDF-", "answer.png": "\x89PNG"} {
		w := s.ask("GET", "/lookup/"+path+"?day=2026-03-04&time=3h15", token, "")
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), begins) || !strings.Contains(w.Header().Get("Content-Disposition"), "phan-anh-2026-03-04-0315") {
			t.Errorf("%s: %d %v %.20q", path, w.Code, w.Header(), w.Body)
		}
		if w := s.ask("GET", "/lookup/"+path+"?day=2026-03-04&time=never", token, ""); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s without a moment: %d", path, w.Code)
		}
		if w := s.ask("GET", "/lookup/"+path+"?day=2026-03-04&time=3h15", "", ""); w.Code == http.StatusOK {
			t.Errorf("%s goes to strangers", path)
		}
	}
}
