package schedule

import (
	"math"
	"testing"
	"time"
)

// A village must not be woken by the full volume at 05:00 when its station asked for half of it until 06:00, nor hear
// the volume jump.
func TestVolumeOfTheHour(t *testing.T) {
	s := DefaultSettings()
	s.VolumeRampS = 60
	s.MaxVolumePercent = 80
	s.VolumeSpans = []VolumeSpan{
		{DailySpan: DailySpan{From: "05:00", To: "06:00"}, Percent: 50},
		{DailySpan: DailySpan{From: "22:00", To: "05:00", Days: []int{6}}, Percent: 20}, // from Saturday night on
	}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at        string
		programme int
		want      float64
	}{
		{"2026-11-24 05:30:00", 100, 50},
		{"2026-11-24 05:00:00", 100, 50},
		{"2026-11-24 05:30:00", 60, 30},
		{"2026-11-24 04:59:30", 100, 75}, // half of the ramp
		{"2026-11-24 06:00:15", 100, 62.5},
		{"2026-11-24 06:00:30", 100, 75},
		{"2026-11-24 06:00:45", 100, 80}, // the ramp would be at 87.5
		{"2026-11-24 12:00:00", 100, 80},
		{"2026-11-24 12:00:00", 70, 70}, // the cap is no share
		{"2026-11-29 03:00:00", 100, 20},
		{"2026-11-24 03:00:00", 100, 80},
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04:05", c.at, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := PercentAt(s, c.programme, at); math.Abs(got-c.want) > 0.01 {
			t.Errorf("%s, a programme at %d%%: %.2f%%, want %.2f%%", c.at, c.programme, got, c.want)
		}
	}
}

func TestNextQuiet(t *testing.T) {
	s := DefaultSettings()
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 24, 0, 0, 0, 0, zone)
	for _, c := range []struct{ at, want time.Duration }{
		{5 * time.Hour, 21 * time.Hour}, {20*time.Hour + 59*time.Minute, 21 * time.Hour}, {21 * time.Hour, 21 * time.Hour},
		{22 * time.Hour, 22 * time.Hour}, {4*time.Hour + 59*time.Minute, 4*time.Hour + 59*time.Minute},
	} {
		if got, ok := NextQuiet(s, day.Add(c.at)); !ok || !got.Equal(day.Add(c.want)) {
			t.Errorf("after %s: %s %t, want %s", day.Add(c.at), got, ok, day.Add(c.want))
		}
	}
	s.QuietHours = nil
	if _, ok := NextQuiet(s, day); ok {
		t.Error("a station without quiet hours has a border")
	}
}
