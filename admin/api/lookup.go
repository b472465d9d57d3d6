package api

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// While something sounds the log gets a record at least once a minute; a look that reaches this much further misses
// nothing that sounded at the period's edge.
const lookupEdge = 2 * time.Minute

// lookupMost bounds how many records one look reads: days without a trusted clock lie together in the log.
const lookupMost = 50_000

// Lookup is what the log knows of a period of true time.
type Lookup struct {
	From, Until time.Time
	Now         time.Time
	Sounded     []DiaryRow // by when they truly began; on air still: without an outcome
	// Unsure are broadcasts of a clock that was never known: they may have been in the period, or not.
	Unsure []DiaryRow
	// Away are the intervals, overlapping the period, in which the program was not running.
	Away []evidence.Interval
	// Doubtful: in some part of the period nothing vouched for the clock. Before: the log begins later. Ahead: the period
	// is not over. Cut: too many records to be read.
	Doubtful, Before, Ahead, Cut bool
	Records                      int64 // how many were read
	First, Last                  int64 // the records around the period, -1 when there is none
}

// Silent says whether the log knows of nothing that sounded.
func (l Lookup) Silent() bool { return len(l.Sounded) == 0 && len(l.Unsure) == 0 }

// Certain says whether silence was watched over: the program ran, its clock was known, and all was read.
func (l Lookup) Certain() bool {
	return len(l.Away) == 0 && !l.Doubtful && !l.Before && !l.Ahead && !l.Cut
}

// Lookup finds everything that sounded in [from, until) by the right time, whatever the clock showed then. Records stand
// in the order in which things happened. So all that truly was in the period lies between the last record before it and
// the first one after it that have a clock to be trusted; between these two every record is read, and its time corrected.
func (a *API) Lookup(from, until time.Time) (Lookup, error) {
	out := Lookup{From: from, Until: until, Now: a.o.Now(), First: -1, Last: -1}
	out.Ahead = until.After(out.Now)
	first, err := a.firstTrusted(from.Add(-lookupEdge))
	if err != nil {
		return out, err
	}
	last, err := a.firstTrusted(until.Add(lookupEdge))
	if err != nil {
		return out, err
	}
	// One before the first that is late enough; it lies some records back where these have no trusted clock.
	start, before, err := a.trustedBefore(first)
	if err != nil {
		return out, err
	}
	out.Before = !before
	size := a.o.Log.Size()
	end := min(size, last+1)
	if end-start > lookupMost {
		out.Cut, start = true, end-lookupMost
	}
	w := &lookupWalk{out: &out, times: evidence.NewCorrectedTimes(), moments: map[string][]moment{}}
	if err := a.o.Log.Read(start, end, w.record); err != nil {
		return out, logError(err)
	}
	out.First, out.Last, out.Records = start, end-1, end-start
	if err := a.byIndex(w, start, end); err != nil {
		return out, err
	}
	w.settle()
	if last >= size && a.Clock().Doubtful() { // what has been since the last record has no known time, either
		out.Doubtful = true
	}
	return out, a.judge(w)
}

// A broadcast may begin this long after it was due, and end this long after it began.
const (
	latestStart = 3 * time.Hour
	longestEver = 7 * time.Hour
)

// byIndex adds what the index of outcomes has of the period and the records between start and end have not. Somebody may
// have set the clock to a wrong year and back: then trusted times do not go up, and halving looks in the wrong place.
func (a *API) byIndex(w *lookupWalk, start, end int64) error {
	var missing []int64
	err := a.o.Log.Briefs(w.out.From.Add(-latestStart-longestEver), w.out.Until.Add(longestEver), func(b playlog.Brief) error {
		if b.AiredMS <= 0 || b.Idx >= start && b.Idx < end {
			return nil
		}
		if b.Why == "scheduled" {
			over := b.Due.Add(latestStart + time.Duration(b.PlannedMS)*time.Millisecond)
			if b.Due.After(w.out.Until) || over.Before(w.out.From) {
				return nil
			}
		} else if b.Due.Before(w.out.From) { // due is when its outcome was written
			return nil
		}
		missing = append(missing, b.Idx)
		return nil
	})
	if err != nil {
		return logError(err)
	}
	for _, idx := range missing {
		rec, o, err := a.outcomeAt(idx)
		if err != nil {
			return err
		}
		if rec.Clock.Trusted() { // in doubt it lies between two that are not, and was read
			w.note(o.Broadcast, rec, o.Started)
			w.note(o.Broadcast, rec, o.Ended)
		}
	}
	return nil
}

// firstTrusted is the index of the first record with a trusted clock at or after t; the log's size when there is none.
// Trusted times go up with the index, so that it is found by halving.
func (a *API) firstTrusted(t time.Time) (int64, error) {
	low, high := int64(0), a.o.Log.Size()
	for low < high {
		mid := low + (high-low)/2
		idx, at, err := a.trustedFrom(mid, high)
		if err != nil {
			return 0, err
		}
		if idx < high && at.Before(t) {
			low = idx + 1
		} else {
			high = mid
		}
	}
	idx, _, err := a.trustedFrom(low, a.o.Log.Size())
	return idx, err
}

// trustedFrom is the first record from index on that has a trusted clock, and its time; until when there is none below it.
func (a *API) trustedFrom(index, until int64) (found int64, at time.Time, err error) {
	found = until
	for step := int64(1); index < until && found == until; index, step = index+step, min(4*step, 4096) {
		err := a.o.Log.Read(index, min(until, index+step), func(idx int64, raw []byte) error {
			if doubtful(raw) {
				return nil
			}
			rec, err := evidence.Decode(raw)
			if err != nil {
				return err
			}
			if !rec.Clock.Trusted() {
				return nil
			}
			found, at = idx, rec.Wall.Time
			return playlog.ErrStop
		})
		if err != nil {
			return 0, at, logError(err)
		}
	}
	return found, at, nil
}

// doubtful sees by the bytes what most records of a doubtful clock say, without reading the whole of them.
func doubtful(raw []byte) bool {
	return bytes.Contains(raw[:min(len(raw), 240)], []byte(`"clock":{"state":"doubtful"`))
}

// trustedBefore is the last record with a trusted clock before index; 0 and false when there is none within reach.
func (a *API) trustedBefore(index int64) (int64, bool, error) {
	for until, step := index, int64(8); until > 0; step = min(4*step, 4096) {
		from, found := max(0, until-step), int64(-1)
		err := a.o.Log.Read(from, until, func(idx int64, raw []byte) error {
			if !doubtful(raw) {
				found = idx
			}
			return nil
		})
		if err != nil || found >= 0 {
			return found, err == nil, asLogError(err)
		}
		until = from
	}
	return 0, false, nil
}

func asLogError(err error) error {
	if err == nil {
		return nil
	}
	return logError(err)
}

// moment is a time of a broadcast by a record's clock.
type moment struct {
	stamp evidence.Stamp
	at    evidence.Time
}

// lookupWalk collects what the records around a period say.
type lookupWalk struct {
	out     *Lookup
	times   *evidence.CorrectedTimes
	order   []string // broadcasts as they come
	moments map[string][]moment
	stamps  []evidence.Stamp // of doubtful records
	boots   []evidence.Record
	away    []evidence.Interval
}

func (w *lookupWalk) record(_ int64, raw []byte) error {
	rec, body, err := decodeRecord(raw)
	if err != nil {
		return err
	}
	w.times.Add(rec.Stamp)
	if !rec.Clock.Trusted() {
		w.stamps = append(w.stamps, rec.Stamp)
	}
	switch b := body.(type) {
	case evidence.Boot:
		if !b.OutageFrom.IsZero() {
			w.away = append(w.away, evidence.Interval{From: b.OutageFrom, Until: b.OutageUntil, Why: b.Previous, Index: rec.Idx})
			w.boots = append(w.boots, rec)
		}
	case evidence.Progress:
		if b.Taken > 0 || !b.Onset.IsZero() {
			w.note(b.Broadcast, rec, rec.Wall)
			if !b.Onset.IsZero() {
				w.note(b.Broadcast, rec, b.Onset)
			}
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
	return nil
}

func (w *lookupWalk) note(broadcast string, rec evidence.Record, at evidence.Time) {
	if at.IsZero() {
		return
	}
	if _, known := w.moments[broadcast]; !known {
		w.order = append(w.order, broadcast)
	}
	w.moments[broadcast] = append(w.moments[broadcast], moment{rec.Stamp, at})
}

// settle says of the period itself what the records around it allow: where the clock was in doubt, where nobody was there.
func (w *lookupWalk) settle() {
	for _, s := range w.stamps {
		c := w.times.Of(s)
		if c.State == evidence.Inconclusive || w.within(c.True.Time, c.True.Time) {
			w.out.Doubtful = true
			break
		}
	}
	for i, x := range w.away {
		// The end of an outage is when the program came back, by a clock that may have been wrong then.
		if back := w.times.Of(w.boots[i].Stamp); back.State == evidence.ByUptime {
			x.Until = back.True
		}
		if w.within(x.From.Time, x.Until.Time) {
			w.out.Away = append(w.out.Away, x)
		}
	}
}

func (w *lookupWalk) within(from, until time.Time) bool {
	return from.Before(w.out.Until) && (until.After(w.out.From) || !from.Before(w.out.From))
}

// judge sorts the broadcasts into those that were in the period, those that may have been, and the others.
func (a *API) judge(w *lookupWalk) error {
	for _, id := range w.order {
		var from, until time.Time
		known := false
		for _, m := range w.moments[id] {
			c := w.times.Near(m.stamp, m.at)
			if c.State == evidence.Inconclusive {
				continue
			}
			if t := c.True.Time; !known {
				from, until, known = t, t, true
			} else if t.Before(from) {
				from = t
			} else if t.After(until) {
				until = t
			}
		}
		if known && !w.within(from, until) {
			continue
		}
		row, ok, err := a.soundedRow(id, w, from)
		if err != nil {
			return err
		}
		switch {
		case !ok:
		case known:
			w.out.Sounded = append(w.out.Sounded, row)
		default:
			w.out.Unsure = append(w.out.Unsure, row)
		}
	}
	slices.SortStableFunc(w.out.Sounded, func(a, b DiaryRow) int { return a.Start.True.Compare(b.Start.True.Time) })
	return nil
}

// soundedRow is the line of a broadcast; without an outcome only what is on air has one.
func (a *API) soundedRow(id string, w *lookupWalk, from time.Time) (DiaryRow, bool, error) {
	var row DiaryRow
	if idx, ok := a.o.Log.OutcomeOf(id); ok {
		rec, o, err := a.outcomeAt(idx)
		if err != nil {
			return row, false, err
		}
		row.Broadcast = a.decided(rec.Idx, dueOr(o, rec))
	} else if on := a.onAir(); on != nil && on.Broadcast == id {
		row.Broadcast = *on
	} else {
		row.Broadcast = Broadcast{Broadcast: id, Title: strings.TrimSpace(id), Status: StatusPending}
	}
	m := w.moments[id][0]
	row.Start = w.times.Near(m.stamp, evidence.Time{Time: row.Started})
	if row.Started.IsZero() {
		row.Start = w.times.Near(m.stamp, m.at)
	}
	if !from.IsZero() { // the earliest that is known, by whichever record knows it best
		row.Start.True = evidence.Time{Time: from.In(a.o.Now().Location())}
		if row.Start.State == evidence.Inconclusive || row.Start.State == "" {
			row.Start.State = evidence.ByUptime
		}
	}
	return row, true, nil
}
