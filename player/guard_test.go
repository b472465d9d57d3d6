package player

import (
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// The clock is put right while something is on air, and it is night: the sound must not go on.
func TestClockSteppedIntoQuietHoursOnAir(t *testing.T) {
	o := five(t, func(w *world) {
		w.in.Settings.QuietHours = []schedule.DailySpan{{From: "21:00", To: "04:30"}}
	}, func(w *world) {
		w.until("05:00:15")
		w.clock.Step(-2 * time.Hour)
		time.Sleep(time.Minute)
		if s := w.player.Now(); s.State != Resting {
			w.t.Errorf("a minute after the clock was set to 03:00 the station is %s", s.State)
		}
		time.Sleep(3 * time.Hour)
	})[fiveID]
	want(t, o, evidence.Partial, "quiet_border", 15000)
}

// A step within the day lets it go on.
func TestClockSteppedOnAirGoesOn(t *testing.T) {
	o := five(t, func(w *world) {
		w.in.Settings.QuietHours = []schedule.DailySpan{{From: "21:00", To: "04:30"}}
	}, func(w *world) {
		w.until("05:00:15")
		w.clock.Step(-20 * time.Minute)
		time.Sleep(3 * time.Hour)
	})[fiveID]
	want(t, o, evidence.Full, "", 40000)
}

// A machine that was put to sleep on air or just before must not wake the village when it comes back.
func TestSuspendedMachineDoesNotSoundWhenItWakes(t *testing.T) {
	for _, c := range []struct {
		name, at string
		sleep    time.Duration
		word     evidence.Outcome
		reason   string
		aired    int64
	}{
		{"on air, until the night", "05:00:15", 22 * time.Hour, evidence.Partial, "quiet_border", 15000},
		{"on air, past its window", "05:00:15", 5 * time.Hour, evidence.Partial, "suspended", 15000},
		{"on air, for a moment", "05:00:15", 20 * time.Second, evidence.Full, "", 40000},
		{"warming up, past its window", "04:59:58", 22 * time.Hour, evidence.Missed, "suspended", 0},
		{"warming up, inside its window", "04:59:58", 5 * time.Minute, evidence.Late, "", 40000},
		{"before, past its window", "04:50:00", time.Hour, evidence.Missed, "suspended", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := five(t, func(w *world) {
				w.in.Settings.QuietHours = []schedule.DailySpan{{From: "21:00", To: "04:30"}}
			}, func(w *world) {
				w.until(c.at)
				w.clock.Suspend(c.sleep)
				time.Sleep(2 * time.Hour)
			})[fiveID]
			want(t, o, c.word, c.reason, c.aired)
		})
	}
}
