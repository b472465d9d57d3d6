package admin

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"loaxa/admin/account"
	"loaxa/player/playlog/evidence"
)

// Five years of a station that plays 20 times a day; with LOAXA_SOAK=1 of one that is hardly ever silent, 274 times a day:
// half a million outcomes. A page must not take longer for them.
const yearsOfDiary = 5

func airedADay() int {
	if os.Getenv("LOAXA_SOAK") == "1" {
		return 274
	}
	return 20
}

// fiveYears writes the log of five years, a day at a time, and returns its last morning.
func (s *station) fiveYears(b *testing.B) time.Time {
	b.Helper()
	last, aired := time.Date(2026, 3, 5, 0, 0, 0, 0, hanoi), airedADay()
	clip := evidence.Clip{ID: "c-1", Title: "Cảnh báo thủ đoạn giả danh công an, viện kiểm sát để lừa đảo", SHA256: strings.Repeat("ab", 32),
		Canonical: strings.Repeat("cd", 32), DurationMS: 90000, Tags: []string{"giả danh", "chuyển tiền"}, Source: "Công an tỉnh"}
	for day := last.AddDate(-yearsOfDiary, 0, 0); day.Before(last); day = day.AddDate(0, 0, 1) {
		bodies := make([]evidence.Body, 0, 3*aired)
		for i := range aired {
			due := day.Add(5*time.Hour + time.Duration(i)*(14*time.Hour/time.Duration(aired)))
			id := "p-1@" + due.Format(time.RFC3339)
			o := evidence.OutcomeBody{Broadcast: id, Occurrence: id, Why: "scheduled", Outcome: evidence.Full, Programme: fmt.Sprintf("p-%d", i%7), Title: "Bản tin phòng, chống lừa đảo",
				Playlist: "pl-1", Class: "ordinary", Zone: "main", Volume: 80, Due: evidence.At(due), Started: evidence.At(due), Ended: evidence.At(due.Add(90 * time.Second)), AiredMS: 90000, PlannedMS: 90000,
				Items: []evidence.AiredItem{{Kind: "clip", Clip: &clip, TakenMS: 90000}}, Device: "hw:0", Output: "hardware", Rate: 1, Evidence: 2}
			if i%60 == 59 {
				o.Outcome, o.Reason, o.AiredMS, o.Output, o.Started = evidence.Missed, "power_cut", 0, "", evidence.Time{}
			} else {
				bodies = append(bodies, evidence.Start{Broadcast: id, Occurrence: id, Why: "scheduled", Items: 1, Attempt: 1, Frames: 90 * 48000, ItemKind: "clip", Clip: &clip,
					Opened: clip.Canonical, Device: "hw:0", Output: "hardware", Class: "ordinary", Zone: "main", Due: evidence.At(due)})
			}
			bodies = append(bodies, o)
		}
		s.stamped = &evidence.Stamp{Wall: evidence.At(day.Add(20 * time.Hour)), Boot: "one", UpMS: day.Sub(last.AddDate(-yearsOfDiary, 0, 0)).Milliseconds() + 1, Clock: evidence.Clock{State: "synchronised"}}
		_, err := s.playlog.Append("station", bodies...)
		must(b, err)
	}
	s.stamped = nil
	return last
}

// BenchmarkDiary measures each page as a browser asks for it, and says the 95th percentile.
func BenchmarkDiary(b *testing.B) {
	s := newStation(b)
	s.described = nil
	last := s.fiveYears(b)
	token := s.token(b, account.Operator)
	yesterday, size := last.AddDate(0, 0, -1).Format(time.DateOnly), s.playlog.Size()
	for _, c := range []struct{ name, path string }{
		{"today", "/diary"},
		{"day", "/diary?from=" + yesterday},
		{"week", "/diary?from=2023-06-05&until=2023-06-11"},
		{"month", "/diary?from=2023-06-01&until=2023-06-30&p=9"},
		{"year", "/diary?from=2023-01-01&until=2023-12-31"},
		{"year-gaps", "/diary?from=2023-01-01&until=2023-12-31&only=gaps&p=12"},
		{"story", fmt.Sprintf("/diary/1-%d", size/2)},
		{"lookup", "/lookup?day=2023-06-05&time=17:30"},
		{"settings", "/settings"},
		{"home", "/"},
	} {
		b.Run(c.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				if w := s.ask("GET", c.path, token, ""); w.Code != http.StatusOK && w.Code != http.StatusNotFound {
					b.Fatalf("%d %s", w.Code, w.Body)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}
