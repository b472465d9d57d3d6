package player

import (
	"bytes"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// unread runs a scene as five does, without reading its log back: these records are long.
func unread(t *testing.T, change, play func(*world)) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, sceneStart)
		w.in.Settings.QuietHours = nil
		change(w)
		w.boot()
		synctest.Wait()
		play(w)
		w.quit()
	})
}

// plans counts the plan records.
func (w *world) plans() (n int) {
	err := w.log.Read(0, w.log.Size(), func(_ int64, raw []byte) error {
		if bytes.Contains(raw[:min(len(raw), 200)], []byte(`"kind":"plan"`)) {
			n++
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// clips makes n clips of a second each, one item each.
func (w *world) clips(n int) []schedule.Item {
	items := make([]schedule.Item, n)
	for i := range items {
		id := fmt.Sprintf("c-%012d", i)
		w.clip(id, time.Second)
		items[i] = schedule.Item{Kind: schedule.KindClip, ClipID: id}
	}
	return items
}

// A long playlist every twenty minutes: the plan must fit into a record, else nothing that was promised is on record.
func TestLongPlaylistsFitIntoThePlanRecord(t *testing.T) {
	unread(t, func(w *world) {
		items := w.clips(schedule.MaxItems)
		w.programme(schedule.Programme{ID: "long", Title: "Dài", Cron: "*/20 * * * *", LatenessS: 60, EffectiveFrom: sceneStart.Add(time.Hour)}, items...)
	}, func(w *world) {
		if n := w.plans(); n != 1 {
			w.t.Errorf("%d plan records at the start", n)
		}
		if d := w.player.plan.until.Sub(w.clock.Now()); d < planLeast {
			w.t.Errorf("the plan reaches %s ahead", d)
		}
	})
}

// Somebody tries one time after the other: what was promised meanwhile is withdrawn, and the plan is still on record.
func TestManyEditsFitIntoThePlanRecord(t *testing.T) {
	const edits = 6
	unread(t, func(w *world) {
		items := w.clips(20)
		w.programme(schedule.Programme{ID: "busy", Title: "Dày", Cron: "*/15 * * * *", LatenessS: 60, EffectiveFrom: sceneStart.Add(time.Hour)}, items...)
	}, func(w *world) {
		for i := range edits {
			w.edit(0, func(p *schedule.Programme) { p.Cron = fmt.Sprintf("%d,%d,%d,%d * * * *", i, i+15, i+30, i+45) })
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if n := w.plans(); n != 1+edits {
			w.t.Errorf("%d plan records of the start and %d edits", n, edits)
		}
		if w.player.owed["busy@2026-11-24T05:05:00+07:00"] == nil {
			w.t.Error("the last edit's times are not promised")
		}
	})
}

// One record that can never be written must not take those down that happened with it.
func TestOneBadRecordCostsNoOther(t *testing.T) {
	five(t, nil, func(w *world) {
		synctest.Wait()
		size := w.log.Size()
		huge := make([]evidence.Planned, 0, 20000)
		for i := range 20000 {
			huge = append(huge, evidence.Planned{ID: fmt.Sprintf("p@%050d", i)})
		}
		w.player.journal.put("station", evidence.Device{What: "opened"})
		w.player.journal.put("station", evidence.Plan{Occurrences: huge})
		w.player.journal.put("station", evidence.Device{What: "lost"})
		time.Sleep(time.Second)
		if n := w.log.Size() - size; n != 2 {
			w.t.Errorf("%d records were written, want 2", n)
		}
	})
}
