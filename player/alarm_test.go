package player

import (
	"testing"
	"time"

	"loaxa/player/alarm"
	"loaxa/schedule"
)

// A clip that sounds again clears the alarm that it could not be read.
func TestClipAlarmIsClearedByTheClip(t *testing.T) {
	five(t, func(w *world) { w.broken = "a" }, func(w *world) {
		w.until("05:10:00")
		if !w.alarmed(alarm.ClipMissing) {
			w.t.Error("no alarm for a clip that cannot be opened")
		}
		w.mu.Lock()
		w.broken = ""
		w.mu.Unlock()
		time.Sleep(24 * time.Hour)
		if w.alarmed(alarm.ClipMissing) {
			w.t.Error("the alarm still stands after the clip sounded")
		}
	})
}

func (w *world) alarmed(code alarm.Code) bool {
	for _, a := range w.alarms.Snapshot() {
		if a.Code == code {
			return true
		}
	}
	return false
}

// So does taking the clip off the schedule.
func TestClipAlarmIsClearedWhenTheClipIsNotPlannedAnyMore(t *testing.T) {
	five(t, func(w *world) { w.broken = "a" }, func(w *world) {
		w.until("05:10:00")
		w.edit(0, func(p *schedule.Programme) { p.Paused = true })
		time.Sleep(time.Minute)
		if w.alarmed(alarm.ClipMissing) {
			w.t.Error("the alarm stands for a clip that nothing plays")
		}
	})
}
