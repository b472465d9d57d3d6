package admin

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/player/playlog/evidence"
)

// told is what a page says, without its tags.
func told(html string) string {
	text := regexp.MustCompile(`(?s)<[^>]*>`).ReplaceAllString(html, " ")
	return strings.Join(strings.Fields(text), " ")
}

// days of a week with every kind of outcome: one full on real hardware each day, and one of each other word.
func (s *station) week(t *testing.T) {
	t.Helper()
	morning := time.Date(2026, 3, 2, 5, 0, 0, 0, hanoi)
	for d := range 3 {
		due := morning.AddDate(0, 0, d)
		s.outcome(t, fmt.Sprintf("p-1@%d", d), due, evidence.OutcomeBody{Outcome: evidence.Full, Programme: "p-1", Title: "Bản tin sáng", Output: "hardware",
			Evidence: 2, Rate: 1, AiredMS: 60000, PlannedMS: 60000, Started: evidence.At(due)})
	}
	noon := morning.Add(6 * time.Hour)
	s.outcome(t, "p-2@0", noon, evidence.OutcomeBody{Outcome: evidence.Missed, Reason: "power_cut", Programme: "p-2", Title: "Cảnh báo lừa đảo", PlannedMS: 90000,
		OutageFrom: evidence.At(noon.Add(-time.Hour)), OutageUntil: evidence.At(noon.Add(time.Hour))})
	s.outcome(t, "p-2@1", noon.AddDate(0, 0, 1), evidence.OutcomeBody{Outcome: evidence.Skipped, Reason: "quiet_hours", Programme: "p-2", Title: "Cảnh báo lừa đảo", PlannedMS: 90000})
	s.outcome(t, "p-2@2", noon.AddDate(0, 0, 2), evidence.OutcomeBody{Outcome: evidence.Partial, Reason: "stopped", Person: "user:cán bộ", Programme: "p-2",
		Title: "Cảnh báo lừa đảo", Output: "virtual", AiredMS: 30000, PlannedMS: 90000, Started: evidence.At(noon.AddDate(0, 0, 2).Add(time.Second))})
}

// Who opens the diary after a bad night must see first what was not heard, and why.
func TestDiaryShowsGapsFirst(t *testing.T) {
	s := newStation(t)
	s.week(t)
	html := s.page(t, s.session(t), "/diary?from=2026-03-02&until=2026-03-08")
	text := told(html)
	gap, list := strings.Index(text, "Chưa rõ / không phát: 2 buổi"), strings.Index(text, "Thứ Hai, 02/03/2026")
	if gap < 0 || list < 0 || gap > list {
		t.Errorf("the gaps stand at %d, the list at %d", gap, list)
	}
	for _, want := range []string{"mất điện 10:00–12:00", "rơi vào giờ không phát", "người thực hiện: cán bộ", "loa thật: 3 buổi", "loa ảo: 1 buổi", "bắt đầu 05:00:00",
		"đã phát 0:30 trên 1:30", "Thứ Tư, 04/03/2026"} {
		if !strings.Contains(text, want) {
			t.Errorf("the diary does not say %q", want)
		}
	}
	if strings.Contains(text, "05/03/2026 05:00") || strings.Contains(html, `method="post" action="/diary"`) {
		t.Error("the diary can be written to")
	}
}

// An officer looks for one programme, or for one kind of outcome, in a month with hundreds of lines.
func TestDiaryFilters(t *testing.T) {
	s := newStation(t)
	s.week(t)
	cookie := s.session(t)
	for query, want := range map[string]struct{ lines, gaps int }{
		"":                                  {6, 2},
		"&only=gaps":                        {2, 0},
		"&only=full":                        {3, 2},
		"&only=partial":                     {1, 2},
		"&only=missed&programme=p-2":        {1, 2},
		"&programme=p-1":                    {3, 0},
		"&only=cancelled":                   {0, 2},
		"&only=%3Cscript%3E&programme=%00x": {0, 0},
	} {
		html := s.page(t, cookie, "/diary?from=2026-03-02&until=2026-03-08"+query)
		lines := strings.Count(html, `class="line"`)
		if lines != want.lines+want.gaps {
			t.Errorf("%q shows %d lines, want %d and %d gaps", query, lines, want.lines, want.gaps)
		}
		if strings.Contains(html, "<script>") {
			t.Errorf("%q comes back as markup", query)
		}
	}
}

// A period that cannot be shown is said on the page, which keeps its form.
func TestDiaryRefusesAPeriodInWords(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	for query, want := range map[string]int{"from=2026-03-05&until=2026-03-01": 400, "from=2020-01-01&until=2026-01-01": 400, "from=hôm qua": 400, "from=2025-03-05&until=2026-03-04": 200} {
		w := s.ask("GET", "/diary?"+strings.ReplaceAll(query, " ", "%20"), "", "", func(r *http.Request) { r.AddCookie(cookie) })
		if w.Code != want || !strings.Contains(w.Body.String(), `name="from"`) {
			t.Errorf("%s: %d, with a form: %v", query, w.Code, strings.Contains(w.Body.String(), `name="from"`))
		}
	}
}

// Pages must not lose or repeat a line, whatever the number.
func TestDiaryPagesHoldEveryLineOnce(t *testing.T) {
	s := newStation(t)
	due := time.Date(2026, 3, 1, 6, 0, 0, 0, hanoi)
	for i := range 120 {
		s.outcome(t, fmt.Sprintf("p-1@%d", i), due.Add(time.Duration(i)*time.Minute), evidence.OutcomeBody{Outcome: evidence.Full, Title: fmt.Sprintf("buổi-%03d", i), Programme: "p-1",
			Output: "hardware", AiredMS: 1000, PlannedMS: 1000})
	}
	cookie, seen := s.session(t), map[string]int{}
	path := "/diary?from=2026-03-01"
	for range 5 {
		html := s.page(t, cookie, path)
		for _, m := range regexp.MustCompile(`<strong>buổi-\d{3}`).FindAllString(html, -1) {
			seen[m]++
		}
		next := regexp.MustCompile(`href="(/diary\?[^"]*)">Trang sau`).FindStringSubmatch(html)
		if next == nil {
			break
		}
		path = strings.ReplaceAll(next[1], "&amp;", "&")
	}
	if len(seen) != 120 {
		t.Errorf("%d of 120 lines are shown", len(seen))
	}
	for name, n := range seen {
		if n != 1 {
			t.Errorf("%s is shown %d times", name, n)
		}
	}
}

// What was due and has no word is the worst of all: it must not be left out because there is no outcome to list.
func TestDiaryShowsWhatIsUndecided(t *testing.T) {
	s := newStation(t)
	due := s.clock().Add(-time.Hour)
	_, err := s.playlog.Append("station", evidence.Plan{From: evidence.At(due.Add(-time.Hour)), Until: evidence.At(due.AddDate(0, 0, 7)), Why: "daily",
		Programmes: []evidence.PlannedProgramme{{ID: "p-9", Title: "Thời sự chiều"}}, Clips: []evidence.Clip{},
		Occurrences: []evidence.Planned{{ID: "p-9@a", Programme: "p-9", Due: evidence.At(due), LengthMS: 60000, Clips: []string{}, Verdict: "airs"},
			{ID: "p-9@b", Programme: "p-9", Due: evidence.At(due.AddDate(0, 0, 1)), LengthMS: 60000, Clips: []string{}, Verdict: "airs"}}, Open: []evidence.Planned{}})
	must(t, err)
	cookie := s.session(t)
	html := s.page(t, cookie, "/diary?from=2026-03-05&until=2026-03-07")
	text := told(html)
	if !strings.Contains(text, "Chưa rõ / không phát: 1 buổi") || !strings.Contains(text, "chưa rõ: 1") || strings.Count(html, `class="line"`) != 2 {
		t.Errorf("the undecided broadcast is not a gap, or what is still to come is: %s", text)
	}
	m := regexp.MustCompile(`href="(/diary/open[^"]*)"`).FindStringSubmatch(html)
	if m == nil {
		t.Fatal("the undecided broadcast has no story")
	}
	if story := told(s.page(t, cookie, m[1])); !strings.Contains(story, "Thời sự chiều") || !strings.Contains(story, "ghi trong kế hoạch lúc 16:58:20 (dòng 1)") {
		t.Errorf("its story: %s", story)
	}
	s.outcome(t, "p-9@a", due, evidence.OutcomeBody{Outcome: evidence.Full, Title: "Thời sự chiều", Output: "hardware", AiredMS: 60000, PlannedMS: 60000})
	if text := told(s.page(t, cookie, "/diary")); strings.Contains(text, "chưa rõ: 1") {
		t.Error("decided, it is still said to be open")
	}
}

// The story of one broadcast is what an official asks for: the records in words, the hashes, what it proves.
func TestStoryTellsTheRecords(t *testing.T) {
	s := newStation(t)
	due := s.clock()
	clip := &evidence.Clip{ID: "c-1", Title: "Giả danh công an", SHA256: strings.Repeat("ab", 32), Canonical: strings.Repeat("cd", 32), Source: "Công an xã"}
	for _, body := range []evidence.Body{
		evidence.Start{Broadcast: "p-1@x", Occurrence: "p-1@x", Why: "scheduled", Items: 1, Attempt: 1, Frames: 48000 * 60, ItemKind: "clip", Clip: clip, Opened: clip.Canonical, Device: "hw:0", Output: "hardware", Due: evidence.At(due)},
		evidence.Start{Broadcast: "p-2@y", Occurrence: "p-2@y", Why: "scheduled", Items: 1, Attempt: 1, Frames: 48000, ItemKind: "clip", Clip: &evidence.Clip{Title: "Của buổi khác"}, Due: evidence.At(due)},
		evidence.Progress{Broadcast: "p-1@x", Attempt: 1, Onset: evidence.At(due.Add(2 * time.Second)), Taken: 48000},
		evidence.Operator{What: "stop", Object: "p-1@x", Result: "done"},
		evidence.End{Broadcast: "p-1@x", Attempt: 1, Result: "stopped", Reason: "stopped", Taken: 48000 * 30, LevelDBFS: -18.5},
	} {
		actor := "station"
		if body.Kind() == evidence.KindOperator {
			actor = "user:cán bộ"
		}
		_, err := s.playlog.Append(actor, body)
		must(t, err)
	}
	s.outcome(t, "p-1@x", due, evidence.OutcomeBody{Outcome: evidence.Partial, Reason: "stopped", Person: "user:cán bộ", Title: "Bản tin", Device: "hw:0", Output: "hardware", Evidence: 2,
		Rate: 1, AiredMS: 30000, PlannedMS: 60000, Started: evidence.At(due.Add(2 * time.Second)), Letter: evidence.Letter{Number: "12/CV", Agency: "Công an tỉnh", Date: "2026-02-20"}})
	cookie := s.session(t)
	m := regexp.MustCompile(`href="(/diary/1-\d+)"`).FindStringSubmatch(s.page(t, cookie, "/diary"))
	if m == nil {
		t.Fatal("the line leads nowhere")
	}
	html := s.page(t, cookie, m[1])
	text := told(html)
	for _, want := range []string{"bị gián đoạn", "người trực dừng", "bấm DỪNG – cán bộ", clip.SHA256, clip.Canonical, "Tệp được mở đúng là tệp trong kho", "bắt đầu 16:58:22",
		"mức tiếng -18.5 dBFS", "2 – card âm thanh thật", "Chưa kiểm chứng ngoài loa", "Theo công văn số 12/CV ngày 20/02/2026 của Công an tỉnh", "nguồn: Công an xã", "đã đồng bộ"} {
		if !strings.Contains(text, want) {
			t.Errorf("the story does not say %q", want)
		}
	}
	if strings.Contains(text, "Của buổi khác") {
		t.Error("the story tells of another broadcast")
	}
	for _, path := range []string{"/diary/1-999999", "/diary/2-1", "/diary/1-0", "/diary/open?broadcast=nothing", "/diary/x"} {
		if w := s.ask("GET", path, "", "", func(r *http.Request) { r.AddCookie(cookie) }); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// A broadcast whose clock was set right later shows both times; one whose clock never was says so.
func TestDiaryCorrectsTheTime(t *testing.T) {
	s := newStation(t)
	stamp := evidence.Stamp{Wall: evidence.At(s.clock()), Boot: "doubtful", UpMS: 60_000, Clock: evidence.Clock{State: "doubtful"}}
	s.stamped = &stamp
	s.outcome(t, "p-1@0", s.clock(), evidence.OutcomeBody{Outcome: evidence.Full, Title: "Sau mất điện", Output: "hardware", AiredMS: 1000, PlannedMS: 1000, Started: evidence.At(s.clock())})
	cookie := s.session(t)
	if text := told(s.page(t, cookie, "/diary")); !strings.Contains(text, "máy ghi bắt đầu 16:58:20, nhưng lúc đó không chắc giờ") {
		t.Errorf("the time is not said to be in doubt: %s", text)
	}
	stamp = evidence.Stamp{Wall: evidence.At(s.clock().Add(3*time.Hour + time.Minute)), Boot: "doubtful", UpMS: 120_000, Clock: evidence.Clock{State: "set"}}
	_, err := s.playlog.Append("station", evidence.ClockChange{What: "trust", From: "doubtful", To: "set"})
	must(t, err)
	if text := told(s.page(t, cookie, "/diary")); !strings.Contains(text, "bắt đầu 19:58:20 (máy ghi 16:58:20") {
		t.Errorf("the time is not corrected: %s", text)
	}
}

// One button, a plain result; it is on record who asked, and two cannot load the machine at once.
func TestCheckSaysPlainlyWhetherTheLogHolds(t *testing.T) {
	s := newStation(t)
	s.week(t)
	cookie := s.session(t)
	if code, to, body := s.post(cookie, "/diary/check", nil); code != http.StatusSeeOther || to != "/diary/check" {
		t.Fatalf("%d %s %s", code, to, body)
	}
	text := told(s.page(t, cookie, "/diary/check"))
	if !strings.Contains(text, "CÓ CHỖ LỆCH") { // outcomes that no plan promised
		t.Errorf("a log with unplanned outcomes is said to agree: %s", text)
	}
	if said := "Dòng 1 ghi kết quả cho &#34;p-1@0&#34; mà trước đó không kế hoạch nào nêu."; strings.Count(text, said) != 1 {
		t.Errorf("what differs is not said once: %s", text)
	}
	acts := strings.Join(s.acts(t), "\n")
	if !strings.Contains(acts, "reconcile") {
		t.Errorf("nobody is on record for it: %s", acts)
	}
	if text := told(s.page(t, cookie, "/diary")); !strings.Contains(text, "Lần gần nhất, 16:58 05/03/2026: có chỗ lệch") {
		t.Error("the diary does not say how the last comparison ended")
	}
}

func TestCheckAgrees(t *testing.T) {
	s := newStation(t)
	cookie := s.session(t)
	if code, _, body := s.post(cookie, "/diary/check", nil); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, body)
	}
	if text := told(s.page(t, cookie, "/diary/check")); !strings.Contains(text, "KHỚP") || strings.Contains(text, "LỆCH") {
		t.Errorf("an honest log: %s", text)
	}
}

// The export holds whole days, is on record, and is not for everybody.
func TestDiaryExport(t *testing.T) {
	s := newStation(t)
	s.week(t)
	get := func(role account.Role) (int, string) {
		w := s.ask("GET", "/diary/export?from=2026-03-05&until=2026-03-05", s.token(t, role), "")
		return w.Code, w.Header().Get("Content-Disposition")
	}
	if code, name := get(account.Inspector); code != 200 || !strings.Contains(name, "20260305-20260306.loaxa") {
		t.Errorf("an inspector gets %d %s", code, name)
	}
	if code, _ := get(account.Operator); code != http.StatusForbidden {
		t.Errorf("an operator gets %d", code)
	}
	if acts := strings.Join(s.acts(t), "\n"); !strings.Contains(acts, "export | playlog epoch 1") || !strings.Contains(acts, "export |  | denied: role operator") {
		t.Errorf("on record: %s", acts)
	}
}
