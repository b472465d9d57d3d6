package player

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// plans counts the plan records, and how long the longest is.
func (w *world) plans() (n, longest int) {
	err := w.log.Read(0, w.log.Size(), func(_ int64, raw []byte) error {
		r, err := evidence.Decode(raw)
		if err == nil && r.Kind == evidence.KindPlan {
			n, longest = n+1, max(longest, len(raw))
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n, longest
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
	five(t, func(w *world) {
		items := w.clips(schedule.MaxItems)
		w.programme(schedule.Programme{ID: "long", Title: "Dài", Cron: "*/20 * * * *", LatenessS: 60, EffectiveFrom: sceneStart}, items...)
	}, func(w *world) {
		time.Sleep(time.Minute)
		if n, longest := w.plans(); n == 0 || longest > evidence.MaxRecord {
			w.t.Errorf("%d plan records, the longest of %d bytes", n, longest)
		}
		w.crash(time.Second)
		time.Sleep(time.Minute)
	})
}

// Somebody tries one time after the other: what was promised meanwhile is withdrawn, not lost.
func TestManyEditsFitIntoThePlanRecord(t *testing.T) {
	const edits = 6
	out := five(t, func(w *world) {
		items := w.clips(20)
		w.programme(schedule.Programme{ID: "busy", Title: "Dày", Cron: "*/15 * * * *", LatenessS: 60, EffectiveFrom: sceneStart}, items...)
	}, func(w *world) {
		synctest.Wait()
		before, _ := w.plans()
		for i := range edits {
			w.edit(1, func(p *schedule.Programme) {
				p.Cron = fmt.Sprintf("%d,%d,%d,%d * * * *", i, i+15, i+30, i+45)
				p.EffectiveFrom = w.clock.Now()
			})
			time.Sleep(time.Second)
		}
		if n, _ := w.plans(); n-before != edits {
			w.t.Errorf("%d plan records of %d edits", n-before, edits)
		}
		w.crash(time.Second)
		w.until("04:06:00")
	})
	if o := out["busy@2026-11-24T04:05:00+07:00"]; o.Outcome != evidence.Full {
		t.Errorf("by the last edit: %s (%s)", o.Outcome, o.Reason)
	}
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
