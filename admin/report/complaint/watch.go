package complaint

import (
	"time"

	"loaxa/player/playlog/evidence"
)

// Watch is why silence can be believed: two records around the period that one run of the program wrote, and that nothing
// was begun between them. A start is on the disk before its first sound.
type Watch struct {
	Before, After Mark
	Starts, Boots int // records between them that begin an item, or the program
	Unbroken      bool
}

// Mark is a record beside the period.
type Mark struct {
	Index int64 // -1: there is none
	Kind  evidence.Kind
	At    time.Time // the right time
}

// mark is what is kept of each record that was read.
type mark struct {
	stamp evidence.Stamp
	index int64
	kind  evidence.Kind
}

// watch finds the records around the period, by the right time, and counts what lies between.
func (w *walk) watch() {
	before, after := -1, -1
	for i, m := range w.marks {
		at := w.times.Of(m.stamp)
		switch t := at.True.Time; {
		case at.State == evidence.Inconclusive:
		case !t.After(w.out.From):
			before, after = i, -1
		case !t.Before(w.out.Until) && after < 0:
			after = i
		}
	}
	out := &w.out.Watch
	out.Before, out.After = w.markAt(before), w.markAt(after)
	end := after
	if after < 0 {
		end = len(w.marks)
	}
	for _, m := range w.marks[before+1 : end] {
		switch m.kind {
		case evidence.KindStart:
			out.Starts++
		case evidence.KindBoot:
			out.Boots++
		}
	}
	out.Unbroken = before >= 0 && after >= 0 && out.Boots == 0 && w.marks[after].kind != evidence.KindBoot && w.marks[before].stamp.Boot == w.marks[after].stamp.Boot
}

func (w *walk) markAt(i int) Mark {
	if i < 0 {
		return Mark{Index: -1}
	}
	m := w.marks[i]
	return Mark{Index: m.index, Kind: m.kind, At: w.times.Of(m.stamp).True.In(w.out.Now.Location())}
}
