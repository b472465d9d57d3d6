package schedule

import (
	"slices"
	"testing"
	"time"
)

// A make-up must not push anything else aside, break a rule, or land in the evening.
func TestFreeSlotsAreFree(t *testing.T) {
	loc := time.FixedZone("+07", 7*3600)
	in := station()
	in.Programmes = []Programme{
		programme("p-1", "30 6 * * *", "lm30"),   // 06:30–07:00
		programme("p-2", "0 7-18 * * 1", "lm30"), // Mondays full but for half hours
		programme("p-3", "40 7 * * *", "lm1"),
	}
	from := time.Date(2026, 12, 7, 6, 50, 0, 0, loc) // a Monday
	until := from.AddDate(0, 0, 3)
	wanted := programme("m", "", "lm10")
	slots := FreeSlots(in, wanted, from, until, 7)
	var said []string
	for _, s := range slots {
		said = append(said, s.Format("02 15:04"))
	}
	want := []string{"07 07:30", "07 07:45", "07 08:30", "08 07:00", "08 07:15", "09 07:00", "09 07:15"}
	// On Monday at 07:00 the air is held; what begins at 07:30 ends as p-3 begins.
	if !slices.Equal(said, want) {
		t.Errorf("offered %v, want %v", said, want)
	}
	in.Settings.QuietHours = []DailySpan{{From: "00:00", To: "24:00"}}
	if slots := FreeSlots(in, wanted, from, until, 7); len(slots) != 0 {
		t.Errorf("offered %v in quiet hours", slots)
	}
}
