package sheet

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"loaxa/schedule"
)

func calendarOf(t *testing.T, plan []schedule.Occurrence, from, until time.Time, o Options) []string {
	t.Helper()
	b := made(t, func(w *bytes.Buffer) error {
		return ICS(context.Background(), w, plan, Calendar{From: from, Until: until, Code: "THU", Name: "Đài thử", Made: from}, o)
	})
	for line := range strings.SplitSeq(strings.TrimSuffix(string(b), "\r\n"), "\r\n") {
		if len(line) > maxLine || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Errorf("the line %q is too long, or torn within a letter", line)
		}
	}
	return strings.Split(strings.ReplaceAll(string(b), "\r\n ", ""), "\r\n")
}

func occurrence(due time.Time, title string) schedule.Occurrence {
	return schedule.Occurrence{ID: "p-1@" + due.Format(time.RFC3339), ProgrammeID: "p-1", Title: title, Due: due, Start: due, Length: 15 * time.Minute, Class: schedule.Class("ordinary"), Verdict: schedule.VerdictAirs}
}

// A phone shows the plan at the hours of the station, whatever zone the phone is in; a title can neither end its event nor
// begin another.
func TestCalendarHasEveryOccurrence(t *testing.T) {
	from := time.Date(2028, 2, 28, 0, 0, 0, 0, hanoi)
	titles := append([]string{"Bản tin sáng: cảnh giác với cuộc gọi giả danh công an, viện kiểm sát, tòa án yêu cầu chuyển tiền"}, hostile...)
	titles = append(titles, "x\r\nEND:VEVENT\r\nBEGIN:VEVENT", `a\b;c,d`)
	var plan []schedule.Occurrence
	for i, title := range titles {
		plan = append(plan, occurrence(from.Add(29*time.Hour+time.Duration(i)*time.Minute), title))
	}
	plan[1].Verdict, plan[1].Reason = schedule.VerdictSkipped, schedule.ReasonQuietHours
	lines := calendarOf(t, plan, from, from.AddDate(0, 0, 7), options(t))
	text := strings.Join(lines, "\n")
	if n := strings.Count(text, "\nBEGIN:VEVENT\n"); n != len(plan) || strings.Count(text, "\nEND:VEVENT\n") != n {
		t.Errorf("%d events of %d", n, len(plan))
	}
	for _, want := range []string{"DTSTART;TZID=Asia/Ho_Chi_Minh:20280229T050000", "DTEND;TZID=Asia/Ho_Chi_Minh:20280229T051500", "TZID:Asia/Ho_Chi_Minh", "TZOFFSETTO:+0700", `SUMMARY:a\\b\;c\,d`,
		"SUMMARY:" + strings.ReplaceAll(titles[0], ",", `\,`), "STATUS:CANCELLED"} {
		if !strings.Contains(text, "\n"+want+"\n") {
			t.Errorf("the calendar lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "RRULE") || strings.Count(text, "TZOFFSETTO") != 1 {
		t.Error("a zone without summer time is described by one offset, and nothing repeats")
	}
}

// A station's zone may have summer time: then each change within the period is there.
func TestCalendarDescribesSummerTime(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	o := options(t)
	o.Zone = zone
	from := time.Date(2026, 3, 1, 0, 0, 0, 0, zone)
	text := strings.Join(calendarOf(t, nil, from, from.AddDate(0, 9, 0), o), "\n")
	for _, want := range []string{"BEGIN:DAYLIGHT\nDTSTART:20260329T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200", "BEGIN:STANDARD\nDTSTART:20261025T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100"} {
		if !strings.Contains(text, want) {
			t.Errorf("the calendar lacks %q:\n%s", want, text)
		}
	}
	if n := strings.Count(text, "TZOFFSETTO"); n != 3 {
		t.Errorf("%d offsets, want the one at the beginning and two changes", n)
	}
}

func TestFoldingKeepsTheText(t *testing.T) {
	from := time.Date(2026, 3, 1, 0, 0, 0, 0, hanoi)
	for n := 60; n < 90; n++ {
		title := strings.Repeat("ữ", n) + fmt.Sprint(n)
		if text := strings.Join(calendarOf(t, []schedule.Occurrence{occurrence(from, title)}, from, from.AddDate(0, 0, 1), options(t)), "\n"); !strings.Contains(text, "SUMMARY:"+title+"\n") {
			t.Errorf("a title of %d letters came out otherwise", n)
		}
	}
}
