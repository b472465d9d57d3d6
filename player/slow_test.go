package player

import (
	"context"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// A file that takes long to be read must hold up neither a stop nor what comes after it.
func TestStopDoesNotWaitForAFile(t *testing.T) {
	o := five(t, func(w *world) {
		w.slow = map[string]time.Duration{"b": 10 * time.Minute}
		w.clip("c", 20*time.Second)
		w.programme(schedule.Programme{ID: "q", Title: "Sau", Cron: "2 5 * * *", LatenessS: 60, EffectiveFrom: sceneStart},
			schedule.Item{Kind: schedule.KindClip, ClipID: "c"})
	}, func(w *world) {
		w.until("05:00:15")
		if _, err := w.player.Stop(context.Background(), "user:lan"); err != nil {
			w.t.Fatal(err)
		}
		w.until("05:00:20")
		if s := w.player.Now(); s.State != Resting {
			w.t.Errorf("five seconds after the stop the station is %s", s.State)
		}
		w.until("05:30:00")
	})
	want(t, o[fiveID], evidence.Partial, "stopped", 15000)
	want(t, o["q@2026-11-24T05:02:00+07:00"], evidence.Full, "", 20000)
}

// The files are closed all the same.
func TestFilesAreClosedAfterAStop(t *testing.T) {
	var opened, closed int
	five(t, func(w *world) {
		w.slow = map[string]time.Duration{"b": time.Minute}
		w.files = func(n int) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if n > 0 {
				opened++
			} else {
				closed++
			}
		}
	}, func(w *world) {
		w.until("05:00:15")
		if _, err := w.player.Stop(context.Background(), "user:lan"); err != nil {
			w.t.Fatal(err)
		}
		w.until("05:30:00")
	})
	if opened != 2 || closed != 2 {
		t.Errorf("%d files opened, %d closed", opened, closed)
	}
}

// Two hours of sound are 700 MB to be read and hashed before the first frame.
func TestLongClipStartsOnTime(t *testing.T) {
	o := five(t, func(w *world) {
		w.clip("a", 100*time.Minute)
		w.slow = map[string]time.Duration{"a": 20 * time.Second}
	}, func(w *world) {
		w.until("05:00:40")
		if _, err := w.player.Stop(context.Background(), "user:lan"); err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
	})[fiveID]
	if o.Started.IsZero() || o.LatenessMS > 1000 {
		t.Errorf("outcome %s, started %s, %d ms late", o.Outcome, o.Started, o.LatenessMS)
	}
}
