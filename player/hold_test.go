package player

import (
	"context"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
)

// What the station rested for by order it would not have played with power either.
func TestHoldOutranksThePowerCut(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("04:30:00")
		if err := w.player.Hold(context.Background(), "user:lan", "đám tang", time.Time{}); err != nil {
			w.t.Fatal(err)
		}
		w.until("04:50:00")
		w.powerCut(30*time.Minute, true)
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Skipped, "hold", 0)
	if o.Person != "user:lan" {
		t.Errorf("person %q", o.Person)
	}
}

// A hold that ended inside the window leaves the cut to blame.
func TestHoldThatEndedBeforeTheWindowDoesNot(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("04:30:00")
		if err := w.player.Hold(context.Background(), "user:lan", "", sceneStart.Add(65*time.Minute)); err != nil {
			w.t.Fatal(err)
		}
		w.until("04:50:00")
		w.powerCut(30*time.Minute, true)
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Missed, "power_cut", 0)
}
