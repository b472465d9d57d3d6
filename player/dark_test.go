package player

import (
	"testing"

	"loaxa/player/playlog/evidence"
)

// Every clip of it is gone: nothing sounds, and the word comes when its time does.
func TestNothingToPlayIsMissed(t *testing.T) {
	o := five(t, func(w *world) { w.brokenAll = true }, func(w *world) {
		w.until("04:59:59")
		if w.log.Decided(fiveID) {
			w.t.Error("decided before it was due")
		}
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Missed, "clip_unusable", 0)
}

// The file is put back inside the window, which is a change of the library.
func TestClipPutBackInsideTheWindowSounds(t *testing.T) {
	o := five(t, func(w *world) { w.brokenAll = true }, func(w *world) {
		w.until("05:03:00")
		w.mu.Lock()
		w.brokenAll = false
		w.mu.Unlock()
		w.player.Replan("user:lan")
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Late, "", 40000)
}
