package schedule

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden plans anew")

// TestGoldenPlans: plans a person can check by reading. Each shows a few days of one station.
func TestGoldenPlans(t *testing.T) {
	for _, c := range []struct {
		name, from string
		days       int
		edit       func(*Input)
	}{
		{"ordinary-week", "2026-03-02", 7, func(in *Input) {
			in.Programmes = []Programme{
				programme("p-1", "30 5 * * *", "lm10"), programme("p-2", "0 17 * * 1-5", "lm30"),
				programme("p-3", "0 7 * * 7", "lm5"),
			}
		}},
		{"crowded-morning", "2026-03-02", 1, func(in *Input) {
			urgent := programme("p-9", "0 6 * * *", "lm5")
			urgent.Class = Emergency
			impatient := programme("p-4", "10 6 * * *", "lm5")
			impatient.LatenessS = 60
			in.Programmes = []Programme{programme("p-1", "0 6 * * *", "lm10"), programme("p-2", "0 6 * * *", "lm1"),
				programme("p-3", "5 6 * * *", "lm2"), impatient, urgent, programme("p-5", "16 6 * * *", "lm2")}
		}},
		{"midnight-and-month-end", "2028-02-27", 4, func(in *Input) {
			in.Settings.QuietHours = nil
			in.Programmes = []Programme{programme("p-1", "58 23 * * *", "lm5"), programme("p-2", "0 0 * * *", "lm1"),
				programme("p-3", "0 12 29 2 *", "lm1"), programme("p-4", "0 13 31 * *", "lm1"), programme("p-5", "0 14 1 * *", "lm1")}
		}},
		{"clocks-forward-new-york", "2026-03-07", 3, func(in *Input) {
			in.Settings.Zone, in.Settings.QuietHours = "America/New_York", nil
			in.Programmes = []Programme{programme("p-1", "30 1-3 * * *", "lm1")}
		}},
		{"clocks-back-new-york", "2026-10-31", 3, func(in *Input) {
			in.Settings.Zone, in.Settings.QuietHours = "America/New_York", []DailySpan{{From: "01:45", To: "02:15"}}
			in.Programmes = []Programme{programme("p-1", "30 0-2 * * *", "lm1"), programme("p-2", "50 1 * * *", "lm1")}
		}},
		{"half-an-hour-lord-howe", "2026-04-04", 2, func(in *Input) {
			in.Settings.Zone, in.Settings.QuietHours = "Australia/Lord_Howe", nil
			in.Programmes = []Programme{programme("p-1", "15,45 1,2 * * *", "lm1")}
		}},
		{"dated", "2026-03-02", 5, func(in *Input) {
			p := programme("p-1", "0 6 * * *", "lm1")
			p.ValidFrom, p.ValidUntil = "2026-03-03", "2026-03-04"
			single := programme("p-2", "", "lm1")
			single.Starts = []time.Time{time.Date(2026, 3, 5, 1, 2, 3, 0, time.UTC), time.Date(2026, 3, 5, 1, 2, 3, 5, time.UTC)}
			edited := programme("p-3", "0 6 * * *", "lm2")
			edited.EffectiveFrom = time.Date(2026, 3, 4, 23, 0, 0, 1, time.UTC) // a moment after 06:00 on the 5th
			paused := programme("p-4", "0 6 * * *", "lm1")
			paused.Paused = true
			in.Programmes = []Programme{p, single, edited, paused}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := station()
			c.edit(&in)
			loc, err := loadZone(in.Settings.Zone)
			if err != nil {
				t.Fatal(err)
			}
			from, err := time.ParseInLocation(time.DateOnly, c.from, loc)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, o := range Plan(in, from, from.AddDate(0, 0, c.days)) {
				fmt.Fprintf(&got, "%-30s #%-5d %-9s %4s  %s", o.ID, o.Ordinal, o.Class, o.Length, o.Verdict)
				if o.Verdict == VerdictWaits {
					fmt.Fprintf(&got, " until %s", o.Start.Format("15:04:05"))
				}
				if o.Reason != ReasonNone {
					fmt.Fprintf(&got, " (%s)", o.Reason)
				}
				got.WriteByte('\n')
			}
			path := filepath.Join("testdata", "plans", c.name+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(got.String()), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path) //nolint:gosec // a path of this test
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("the plan is now\n%s\nit was\n%s", got.String(), want)
			}
		})
	}
}
