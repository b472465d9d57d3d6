package complaint

import (
	"slices"
	"time"

	"loaxa/player/playlog/evidence"
)

// moment is a time of a broadcast by a record's clock.
type moment struct {
	stamp evidence.Stamp
	at    evidence.Time
}

// walk collects what the records around a period say.
type walk struct {
	out     *Finding
	times   *evidence.CorrectedTimes
	order   []string // broadcasts as they come
	moments map[string][]moment
	stamps  []evidence.Stamp // of doubtful records
	away    []absence
	turns   []turn // settings of the clock, the last one of a boot first
	marks   []mark
}

// absence is a time without the program; back is the stamp of the record that tells of it.
type absence struct {
	evidence.Interval
	back evidence.Stamp
}

func (w *walk) record(_ int64, raw []byte) error {
	rec, body, err := decode(raw)
	if err != nil {
		return err
	}
	w.times.Add(rec.Stamp)
	w.marks = append(w.marks, mark{rec.Stamp, rec.Idx, rec.Kind})
	if !rec.Clock.Trusted() {
		w.stamps = append(w.stamps, rec.Stamp)
	}
	switch b := body.(type) {
	case evidence.Boot:
		if !b.OutageFrom.IsZero() {
			w.absent(rec, b.OutageFrom, b.OutageUntil, b.Previous)
		}
	case evidence.ClockChange:
		if b.What == "suspend" {
			w.absent(rec, b.Before, b.After, "suspend")
		}
	case evidence.Gap:
		w.out.Lost = w.out.Lost || b.Lost > 0 && w.within(b.From.Time, b.Until.Time)
	default:
		w.sound(rec, body)
	}
	return nil
}

func (w *walk) absent(rec evidence.Record, from, until evidence.Time, why string) {
	w.away = append(w.away, absence{evidence.Interval{From: from, Until: until, Why: why, Index: rec.Idx}, rec.Stamp})
}

// sound notes the moments at which a record says that something was heard.
func (w *walk) sound(rec evidence.Record, body evidence.Body) {
	switch b := body.(type) {
	case evidence.Progress:
		if b.Taken > 0 || !b.Onset.IsZero() {
			w.note(b.Broadcast, rec, rec.Wall)
			w.note(b.Broadcast, rec, b.Onset)
		}
	case evidence.End:
		if b.Taken > 0 && !b.Bounded {
			w.note(b.Broadcast, rec, rec.Wall)
		}
	case evidence.OutcomeBody:
		if b.AiredMS > 0 {
			w.note(b.Broadcast, rec, b.Started)
			w.note(b.Broadcast, rec, b.Ended)
		}
	}
}

func (w *walk) note(broadcast string, rec evidence.Record, at evidence.Time) {
	if at.IsZero() {
		return
	}
	if _, known := w.moments[broadcast]; !known {
		w.order = append(w.order, broadcast)
	}
	w.moments[broadcast] = append(w.moments[broadcast], moment{rec.Stamp, at})
}

// settle says of the period itself what the records around it allow: where the clock was in doubt, where nobody was there.
func (w *walk) settle() {
	for _, s := range w.stamps {
		c := w.times.Of(s)
		w.out.Unknown = w.out.Unknown || c.State == evidence.Inconclusive
		w.out.Doubtful = w.out.Doubtful || c.State == evidence.Inconclusive || w.within(c.True.Time, c.True.Time)
	}
	w.watch()
	for _, x := range w.away {
		// The end of an outage is when the program came back, by a clock that may have been wrong then.
		if back := w.times.Near(x.back, x.Until); back.State == evidence.ByUptime {
			x.Until = back.True
		}
		if w.within(x.From.Time, x.Until.Time) {
			w.out.Away = append(w.out.Away, x.Interval)
		}
	}
}

func (w *walk) within(from, until time.Time) bool {
	return from.Before(w.out.Until) && (until.After(w.out.From) || !from.Before(w.out.From))
}

// span is when a broadcast was heard, as far as that is known.
type span struct {
	from, until time.Time
	known       bool
}

func (s *span) add(t time.Time) {
	switch {
	case !s.known:
		s.from, s.until, s.known = t, t, true
	case t.Before(s.from):
		s.from = t
	case t.After(s.until):
		s.until = t
	}
}

// judge sorts the broadcasts into those that were in the period, those that may have been, and the others.
func (f *finder) judge(w *walk) {
	for _, id := range w.order {
		var read, set span // by the clock as it is known, and by the one that was set later
		for _, m := range w.moments[id] {
			if c := w.times.Near(m.stamp, m.at); c.State != evidence.Inconclusive {
				read.add(c.True.Time)
			}
			if t, ok := w.reckoned(m); ok {
				set.add(t)
			}
		}
		inRead, inSet := read.known && w.within(read.from, read.until), set.known && w.within(set.from, set.until)
		switch {
		case inSet:
			w.out.Heard = append(w.out.Heard, f.heard(w, id, set, true))
		case inRead && set.known:
			w.out.Unsure = append(w.out.Unsure, f.heard(w, id, span{}, false))
		case inRead:
			w.out.Heard = append(w.out.Heard, f.heard(w, id, read, false))
		case !read.known && !set.known:
			w.out.Unsure = append(w.out.Unsure, f.heard(w, id, span{}, false))
		}
	}
	slices.SortStableFunc(w.out.Heard, func(a, b Heard) int { return a.Start.True.Compare(b.Start.True.Time) })
}

// heard is the line of a broadcast. Its time is the earliest that is known, by whichever record knows it best.
func (f *finder) heard(w *walk, id string, s span, stepped bool) Heard {
	h := Heard{Broadcast: id, Index: -1, End: s.until, Stepped: stepped}
	first := w.moments[id][0]
	for _, m := range w.moments[id] {
		if m.stamp.Boot == first.stamp.Boot && m.at.Before(first.at.Time) {
			first = m
		}
	}
	h.Start = w.times.Near(first.stamp, first.at)
	if idx, ok := f.log.OutcomeOf(id); ok && idx < f.q.Size {
		h.Index = idx
	}
	if !s.known {
		h.Start.True, h.Start.State = evidence.Time{}, evidence.Inconclusive
		return h
	}
	h.Start.True = evidence.Time{Time: s.from.In(f.q.Now.Location())}
	if stepped || h.Start.State == evidence.Inconclusive || h.Start.State == "" {
		h.Start.State = evidence.ByUptime
	}
	return h
}
