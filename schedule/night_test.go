package schedule

import (
	"testing"
	"time"
)

// The wrong hour that wakes a commune must be asked about; the right one must not.
func TestNightEffectOfAChange(t *testing.T) {
	loc := time.FixedZone("+07", 7*3600)
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, loc)
	base := station()
	base.Settings.QuietHours = nil
	base.Programmes = []Programme{programme("p-1", "0 17 * * *", "lm1")}
	with := func(edit func(*Input)) Input {
		in := base
		in.Programmes = append([]Programme{}, base.Programmes...)
		edit(&in)
		return in
	}
	for _, c := range []struct {
		name  string
		after Input
		at    string // "" none
	}{
		{"nothing", base, ""},
		{"another title", with(func(in *Input) { in.Programmes[0].Title = "khác" }), ""},
		{"three at night instead of five in the afternoon", with(func(in *Input) { in.Programmes[0].Cron = "15 3 * * *" }), "02/12 03:15"},
		{"one more, in the morning", with(func(in *Input) { in.Programmes = append(in.Programmes, programme("p-2", "30 6 * * *", "lm1")) }), ""},
		{"one more, late", with(func(in *Input) { in.Programmes = append(in.Programmes, programme("p-2", "0 21 * * *", "lm1")) }), "01/12 21:00"},
		{"day first, night later", with(func(in *Input) { in.Programmes[0].Cron = "0 3,16 * * *" }), "02/12 03:00"},
		{"louder", with(func(in *Input) { in.Programmes[0].VolumePercent = 100 - base.Programmes[0].VolumePercent/2 }), ""},
		{"taken away", with(func(in *Input) { in.Programmes = nil }), ""},
		{"what quiet hours refuse does not sound", with(func(in *Input) {
			in.Settings.QuietHours = []DailySpan{{From: "21:00", To: "05:00"}}
			in.Programmes[0].Cron = "15 3 * * *"
		}), ""},
		{"a month away", with(func(in *Input) { in.Programmes[0].Cron = "45 5 1 1 *" }), "01/01 05:45"},
	} {
		got := ""
		if o, ok := NightEffect(base, c.after, now); ok {
			got = o.Start.Format("02/01 15:04")
		}
		if got != c.at {
			t.Errorf("%s: first effect at night %q, want %q", c.name, got, c.at)
		}
	}
}

// What only takes away may still wake a commune: by what it kept silent. What gets shorter by it wakes nobody.
func TestNightBeginsWhereSomethingWasSilent(t *testing.T) {
	loc := time.FixedZone("+07", 7*3600)
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, loc)
	before := station()
	before.Settings.QuietHours = nil
	before.Settings.Limits.SessionsPerDay = 1
	before.Programmes = []Programme{programme("p-1", "15 3 * * *", "lm1"), programme("p-2", "15 4 * * *", "lm1")}
	after := before
	after.Programmes = before.Programmes[1:]
	if o, ok := NightBegins(before, after, now); !ok || o.ProgrammeID != "p-2" || o.Start.Format("02/01 15:04") != "02/12 04:15" {
		t.Errorf("without the first of two: %v %s at %v", ok, o.ProgrammeID, o.Start)
	}
	after.Programmes = before.Programmes[:1]
	if o, ok := NightBegins(before, after, now); ok {
		t.Errorf("without the second, which was silent: %s at %v", o.ProgrammeID, o.Start)
	}
	quieter := before
	quieter.Programmes = append([]Programme{}, before.Programmes...)
	quieter.Programmes[0].VolumePercent = 10
	if o, ok := NightBegins(before, quieter, now); ok {
		t.Errorf("what sounded before and is quieter now: %s at %v", o.ProgrammeID, o.Start)
	}
}
