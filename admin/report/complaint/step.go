package complaint

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"loaxa/player/playlog/evidence"
)

// A clock with a battery is trusted, and may be wrong by hours all the same, until a time server or a person sets it. Then
// the record of that step tells what the time truly was before, by uptime.

// stepReach is how many records around a period are looked through for such a step; stepLeast is how far it must go to
// matter: a clock that is corrected by less changes no answer about half an hour.
const (
	stepReach = 4096
	stepLeast = 2 * time.Minute
)

// Step is a setting of the clock.
type Step struct {
	Index         int64
	Before, After time.Time
}

// turn is a step with what follows from it: in that boot, before that uptime, true time is offset + uptime.
type turn struct {
	Step
	boot   string
	up     int64 // ms
	offset int64 // ms
}

// steps looks for settings of the clock around the records that were read, and notes what sounded under the clock before.
func (f *finder) steps(w *walk, start, end int64) error {
	from, until := max(0, start-stepReach), min(f.q.Size, end+stepReach)
	err := f.log.Read(from, until, func(_ int64, raw []byte) error {
		if !bytes.Contains(raw[:min(len(raw), 64)], []byte(`"kind":"clock"`)) {
			return nil
		}
		rec, body, err := decode(raw)
		if err != nil {
			return err
		}
		b, ok := body.(evidence.ClockChange)
		if !ok || b.What != "step" || b.Before.IsZero() || b.After.IsZero() || b.After.Sub(b.Before.Time).Abs() < stepLeast {
			return nil
		}
		w.turns = append(w.turns, turn{Step{rec.Idx, b.Before.Time, b.After.Time}, rec.Boot, rec.UpMS, b.After.UnixMilli() - rec.UpMS})
		return nil
	})
	if err != nil {
		return fmt.Errorf("looking for settings of the clock: %w", err)
	}
	if len(w.turns) == 0 {
		return nil
	}
	slices.SortStableFunc(w.turns, func(a, b turn) int { return cmp.Compare(b.up, a.up) }) // the last one of a boot first
	return f.underTurns(w, from, until, start, end)
}

// underTurns reads the records of the boots whose clock was set.
func (f *finder) underTurns(w *walk, from, until, start, end int64) error {
	touched := map[int64]bool{}
	err := f.log.Read(from, until, func(idx int64, raw []byte) error {
		if !slices.ContainsFunc(w.turns, func(t turn) bool { return bytes.Contains(raw, []byte(t.boot)) }) {
			return nil
		}
		rec, body, err := decode(raw)
		if err != nil {
			return err
		}
		if t, at, ok := w.turnOf(rec.Stamp); ok {
			touched[t.Index] = touched[t.Index] || w.within(at, at) || w.within(rec.Wall.Time, rec.Wall.Time)
			if idx < start || idx >= end { // the others were noted as they were read
				w.sound(rec, body)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading under a clock that was set later: %w", err)
	}
	for _, t := range w.turns {
		if touched[t.Index] {
			w.out.Steps = append(w.out.Steps, t.Step)
		}
	}
	return nil
}

// turnOf is the last setting of the clock after a stamp in its boot, and what the time was by it, where that differs.
func (w *walk) turnOf(s evidence.Stamp) (turn, time.Time, bool) {
	for _, t := range w.turns {
		if t.boot == s.Boot && s.UpMS < t.up {
			at := time.UnixMilli(t.offset + s.UpMS)
			return t, at, at.Sub(s.Wall.Time).Abs() >= stepLeast
		}
	}
	return turn{}, time.Time{}, false
}

// reckoned is a moment by the clock as it was set later.
func (w *walk) reckoned(m moment) (time.Time, bool) {
	s := m.stamp
	s.UpMS -= s.Wall.Sub(m.at.Time).Milliseconds()
	s.Wall = m.at
	_, at, ok := w.turnOf(s)
	return at, ok
}
