package schedule

import (
	"testing"
	"time"
)

// The loudspeakers that went off at 03:15 are what quiet hours are for; a late start must not creep into them either.
func TestQuiet(t *testing.T) {
	night := DefaultSettings()
	none := DefaultSettings()
	none.QuietHours = nil
	broken := DefaultSettings()
	broken.QuietHours = []DailySpan{{From: "25:00", To: "05:00"}}
	zone, err := time.LoadLocation(night.Zone)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		set    Settings
		at     string
		length time.Duration
		want   bool
	}{
		{"03:15", night, "03:15:00", time.Minute, true},
		{"border touched from before", night, "20:59:00", time.Minute, false},
		{"runs over the border", night, "20:59:00", time.Minute + time.Second, true},
		{"begins with the morning", night, "05:00:00", time.Hour, false},
		{"a breath too early", night, "04:59:59", time.Hour, true},
		{"no length at all", night, "04:59:59", 0, true},
		{"a station without quiet hours", none, "03:15:00", time.Minute, false},
		{"hours that cannot be read", broken, "12:00:00", time.Minute, true},
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04:05", "2026-12-05 "+c.at, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := Quiet(c.set, at, c.length); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
