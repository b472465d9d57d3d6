package player

import (
	"context"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/player/speaker"
	"loaxa/schedule"
)

// hungLine is a device that opens and then takes nothing.
type hungLine struct {
	events chan speaker.Event
	stop   context.CancelFunc
	done   chan struct{}
}

// openHung opens a line that says after a while how it fares, and takes nothing.
func openHung(ctx context.Context, state speaker.State) *hungLine {
	ctx, stop := context.WithCancel(ctx)
	l := &hungLine{events: make(chan speaker.Event, 1), stop: stop, done: make(chan struct{})}
	go func() {
		defer close(l.done)
		defer close(l.events)
		select {
		case <-ctx.Done():
		case <-time.After(3 * time.Second):
			l.events <- speaker.Event{State: state, Info: l.Info()}
			<-ctx.Done()
		}
	}()
	return l
}

func (l *hungLine) Info() speaker.Info        { return speaker.Info{Device: "hung", Output: "unproven"} }
func (l *hungLine) Place(time.Duration) error { return nil }
func (l *hungLine) Write(ctx context.Context, _ []int16) error {
	<-ctx.Done()
	return ctx.Err()
}
func (l *hungLine) Fade() error                  { return nil }
func (l *hungLine) End() error                   { return nil }
func (l *hungLine) Events() <-chan speaker.Event { return l.events }
func (l *hungLine) Close() error {
	l.stop()
	<-l.done
	return nil
}

// A device that comes back in the middle of quiet hours must not wake the village.
func TestLateDeviceDoesNotOpenIntoQuietHours(t *testing.T) {
	o := five(t, func(w *world) {
		w.in.Settings.QuietHours = []schedule.DailySpan{{From: "05:01", To: "05:30"}}
		w.deaf.Store(true)
	}, func(w *world) {
		w.until("05:03:00")
		w.deaf.Store(false)
		w.until("05:40:00")
	})[fiveID]
	want(t, o, evidence.Skipped, "quiet_hours", 0)
}

// A device that hangs through the window and then recovers must not sound at a time nobody planned.
func TestHungDeviceDoesNotOutliveTheWindow(t *testing.T) {
	o := five(t, func(w *world) {
		w.in.Programmes[0].LatenessS = 10
		w.hung.Store(true)
	}, func(w *world) {
		w.until("05:02:00")
		w.hung.Store(false)
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Missed, "no_device", 0)
}

// The clock may step while a broadcast warms up: it then sounds at its due time by the new clock, or not at all.
func TestClockStepsDuringWarmUp(t *testing.T) {
	for _, c := range []struct {
		name   string
		step   time.Duration
		word   evidence.Outcome
		reason string
		aired  int64
	}{
		{"back by hours", -3 * time.Hour, evidence.Full, "", 40000},
		{"back a little", -2 * time.Second, evidence.Full, "", 40000},
		{"into the window", 5 * time.Minute, evidence.Late, "", 40000},
		{"past the window", time.Hour, evidence.Missed, "clock_step", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := five(t, nil, func(w *world) {
				w.until("04:59:58")
				w.clock.Step(c.step)
				time.Sleep(4 * time.Hour)
			})[fiveID]
			want(t, o, c.word, c.reason, c.aired)
		})
	}
}

// An emergency during the warm-up takes the air, not the planned broadcast's chance.
func TestEmergencyDuringWarmUpOnlyDelays(t *testing.T) {
	out := five(t, nil, func(w *world) {
		w.until("04:59:58")
		req := PlayRequest{ClipID: "b", Kind: Emergency, Reason: "vỡ đê", RequestID: "r1", Actor: "user:hai"}
		if _, err := w.player.Play(context.Background(), req); err != nil {
			w.t.Fatal(err)
		}
		w.until("05:30:00")
	})
	want(t, out["emergency:r1"], evidence.Full, "vỡ đê", 20000)
	want(t, out[fiveID], evidence.Late, "", 40000)
}

// So does a hold: released inside the window, the broadcast sounds.
func TestHoldDuringWarmUp(t *testing.T) {
	for _, c := range []struct {
		release string
		word    evidence.Outcome
		reason  string
		aired   int64
	}{
		{"05:02:00", evidence.Late, "", 40000},
		{"05:20:00", evidence.Skipped, "hold", 0},
	} {
		o := five(t, nil, func(w *world) {
			w.until("04:59:58")
			if err := w.player.Hold(context.Background(), "user:lan", "đám tang", time.Time{}); err != nil {
				w.t.Fatal(err)
			}
			w.until(c.release)
			if err := w.player.Release(context.Background(), "user:lan"); err != nil {
				w.t.Fatal(err)
			}
			w.until("05:30:00")
		})[fiveID]
		want(t, o, c.word, c.reason, c.aired)
	}
}

// An emergency is worth more than one try at a device that is busy for a moment; but nothing sounds after its not_after.
func TestEmergencyWaitsForTheDevice(t *testing.T) {
	out := five(t, func(w *world) { w.deaf.Store(true) }, func(w *world) {
		for _, id := range []string{"waits", "too late"} {
			w.deaf.Store(true)
			req := PlayRequest{ClipID: "b", Kind: Emergency, Reason: "vỡ đê", RequestID: id, Actor: "user:hai"}
			if id == "too late" {
				req.NotAfter = w.clock.Now().Add(2 * time.Second)
			}
			if _, err := w.player.Play(context.Background(), req); err != nil {
				w.t.Fatal(err)
			}
			time.Sleep(5 * time.Second)
			w.deaf.Store(false)
			time.Sleep(time.Minute)
		}
	})
	want(t, out["emergency:waits"], evidence.Late, "vỡ đê", 20000)
	want(t, out["emergency:too late"], evidence.Missed, "window_passed", 0)
}

// A device that opens again and again and takes nothing is given up like one that does not open: the rest must not sound
// hours later, and the broadcasts after it want the air.
func TestHungDeviceOnAirIsGivenUp(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("05:00:15")
		w.hung.Store(true)
		w.cutLine()
		w.until("05:20:00")
		if s := w.player.Now(); s.State != Resting {
			w.t.Errorf("20 minutes later the station is still %s", s.State)
		}
		w.hung.Store(false)
		w.until("05:40:00")
	})[fiveID]
	want(t, o, evidence.Partial, "device_lost", 15000)
}

func (w *world) cutLine() {
	w.mu.Lock()
	line := w.line
	w.mu.Unlock()
	if err := line.Close(); err != nil {
		w.t.Fatal(err)
	}
}

// What kept it from the air is said: a device that is no real output is no missing one.
func TestFastDeviceIsNamed(t *testing.T) {
	o := five(t, func(w *world) { w.fast.Store(true) }, func(w *world) { w.until("05:30:00") })[fiveID]
	want(t, o, evidence.Missed, "device_fast", 0)
}
