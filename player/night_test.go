package player

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loaxa/schedule"
)

// tomorrow rehearses the day after in a scene and gives what was found by check.
func (w *world) tomorrow() map[string]Finding {
	out := map[string]Finding{}
	for _, f := range w.player.RehearseTomorrow(context.Background()) {
		out[f.Check] = f
	}
	return out
}

// The evening before, whoever looks must learn of everything that would go wrong in the morning, and of nothing else.
func TestRehearsalOfTomorrow(t *testing.T) {
	second := func(w *world, change func(*schedule.Programme)) {
		p := schedule.Programme{ID: "q", Title: "Bản tin", Cron: "0 17 * * *", LatenessS: 600, EffectiveFrom: sceneStart}
		change(&p)
		w.programme(p, schedule.Item{Kind: schedule.KindClip, ClipID: "b"})
	}
	for name, c := range map[string]struct {
		change func(*world)
		red    string // the check that must be red, "" for none
		says   string
	}{
		"all is well":    {func(w *world) { second(w, func(*schedule.Programme) {}) }, "", ""},
		"a missing file": {func(w *world) { w.broken = "b" }, "clips", "no such file"},
		"in quiet hours": {func(w *world) { second(w, func(p *schedule.Programme) { p.Cron = "15 3 * * *" }) }, "slots", "quiet_hours"},
		"an overlap":     {func(w *world) { second(w, func(p *schedule.Programme) { p.Cron = "0 5 * * *" }) }, "slots", "waits"},
		"cut by a higher": {func(w *world) {
			second(w, func(p *schedule.Programme) { p.Cron, p.Class = "0 5 * * *", schedule.Priority })
		}, "slots", "waits"},
		"an expired clip": {func(w *world) { w.in.Clips["b"] = expired(w.in.Clips["b"]) }, "slots", "expired"},
		"another length":  {func(w *world) { w.short = "b" }, "clips", "frames"},
		"only the day off": {func(w *world) {
			w.in.Days = []schedule.SpecialDay{{ID: "d", From: "2026-11-25", Use: schedule.ScheduleOff}}
		}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			five(t, func(w *world) {
				w.in.Settings.QuietHours = schedule.DefaultSettings().QuietHours
				c.change(w)
			}, func(w *world) {
				found := w.tomorrow()
				for check, f := range found {
					if f.OK == (check == c.red) {
						w.t.Errorf("%s: ok %v, %s", check, f.OK, f.Detail)
					}
				}
				if c.red != "" && (!strings.Contains(found[c.red].Detail, c.says) || found[c.red].Do == "") {
					w.t.Errorf("%s does not say %q, or not what to do: %+v", c.red, c.says, found[c.red])
				}
			})
		})
	}
}

func expired(c schedule.ClipFact) schedule.ClipFact {
	c.ValidUntil = "2026-11-24"
	return c
}

// It opens no device, and a broadcast never shares the disk with it.
func TestRehearsalGivesWayToTheBroadcast(t *testing.T) {
	five(t, nil, func(w *world) {
		w.until("04:59:30")
		done := make(chan map[string]Finding, 1)
		opened := 0
		w.files = func(n int) {
			if n > 0 && w.player.Now().State == Resting {
				opened++
			}
		}
		go func() { done <- w.tomorrow() }()
		w.until("04:59:50")
		if opened > 0 {
			w.t.Error("clips are read ten seconds before a broadcast")
		}
		w.until("05:00:30")
		if len(done) > 0 {
			w.t.Error("it did not wait for the broadcast")
		}
		w.until("05:10:00")
		synctest.Wait()
		if found := <-done; !found["clips"].OK || !found["slots"].OK {
			w.t.Errorf("found %+v", found)
		}
		if w.player.Now().State != Resting {
			w.t.Error("something is on air")
		}
		time.Sleep(time.Hour)
	})
}
