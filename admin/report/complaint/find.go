package complaint

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// While something sounds the log gets a record at least once a minute; a look that reaches this much further misses
// nothing that sounded at the period's edge.
const edge = 2 * time.Minute

// mostRecords bounds how many records one look reads: days without a trusted clock lie together in the log.
const mostRecords = 50_000

// Query is what is asked of the log.
type Query struct {
	From, Until time.Time // the period of true time
	Now         time.Time // of asking
	Size        int64     // the log's first records that count
	Doubtful    bool      // the clock is in doubt now, so that what has been since the last record has no known time
}

// Finding is what the log knows of a period of true time.
type Finding struct {
	From, Until time.Time
	Now         time.Time
	Heard       []Heard // by when they truly began; on air still: without an outcome
	// Unsure are broadcasts of a clock that was never known: they may have been in the period, or not.
	Unsure []Heard
	// Away are the intervals, overlapping the period, in which the program was not running, or the machine slept.
	Away []evidence.Interval
	// Steps are settings of a clock that had been wrong by more than minutes in the period.
	Steps []Step
	Watch Watch // what the records around the period say of the program's running
	// Doubtful: in some part of the period nothing vouched for the clock. Unknown: nor did anything later in that boot, so
	// that nothing can be concluded. Before: the log begins later. Ahead: the period is not over. Cut: too many records to
	// be read. Lost: the log says itself that records were lost.
	Doubtful, Unknown, Before, Ahead, Cut, Lost bool
	Records                                     int64 // how many were read
	First, Last                                 int64 // the records around the period, -1 when there is none
}

// Heard is a broadcast that sounded.
type Heard struct {
	Broadcast string
	Index     int64                  // of its outcome's record, -1 while there is none
	Start     evidence.CorrectedTime // True is the earliest that is known of it
	End       time.Time              // the latest that is known of it; zero when its time is not known
	Stepped   bool                   // its time follows from a clock that was set later in the same boot
}

// Silent says whether the log knows of nothing that sounded.
func (f Finding) Silent() bool { return len(f.Heard) == 0 && len(f.Unsure) == 0 }

// Certain says whether silence was watched over: the program ran, its clock was known, and all was read.
func (f Finding) Certain() bool {
	return len(f.Away) == 0 && !f.Doubtful && !f.Unknown && !f.Before && !f.Ahead && !f.Cut && !f.Lost
}

// finder reads the log for one query.
type finder struct {
	log *playlog.Log
	q   Query
}

// Find finds everything that sounded in [from, until) by the right time, whatever the clock showed then. Records stand in
// the order in which things happened. So all that truly was in the period lies between the last record before it and the
// first one after it that have a clock to be trusted; between these two every record is read, and its time corrected.
func Find(log *playlog.Log, q Query) (Finding, error) {
	f, out := &finder{log, q}, Finding{From: q.From, Until: q.Until, Now: q.Now, First: -1, Last: -1}
	out.Ahead = q.Until.After(q.Now)
	first, err := f.firstTrusted(q.From.Add(-edge))
	if err != nil {
		return out, err
	}
	last, err := f.firstTrusted(q.Until.Add(edge))
	if err != nil {
		return out, err
	}
	// One before the first that is late enough; it lies some records back where these have no trusted clock.
	start, before, err := f.trustedBefore(first)
	if err != nil {
		return out, err
	}
	out.Before = !before
	end := min(q.Size, last+1)
	if end-start > mostRecords {
		out.Cut, start = true, end-mostRecords
	}
	w := &walk{out: &out, times: evidence.NewCorrectedTimes(), moments: map[string][]moment{}}
	if err := log.Read(start, end, w.record); err != nil {
		return out, fmt.Errorf("reading the log of a period: %w", err)
	}
	out.First, out.Last, out.Records = start, end-1, end-start
	if err := f.byIndex(w, start, end); err != nil {
		return out, err
	}
	if err := f.steps(w, start, end); err != nil {
		return out, err
	}
	w.settle()
	if last >= q.Size && q.Doubtful {
		out.Doubtful, out.Unknown = true, true
	}
	f.judge(w)
	return out, nil
}

// A broadcast may begin this long after it was due, and end this long after it began.
const (
	latestStart = 3 * time.Hour
	longestEver = 7 * time.Hour
)

// byIndex adds what the index of outcomes has of the period and the records between start and end have not. Somebody may
// have set the clock to a wrong year and back: then trusted times do not go up, and halving looks in the wrong place.
func (f *finder) byIndex(w *walk, start, end int64) error {
	var missing []int64
	err := f.log.Briefs(f.q.From.Add(-latestStart-longestEver), f.q.Until.Add(longestEver), func(b playlog.Brief) error {
		if b.AiredMS <= 0 || b.Idx >= start && b.Idx < end || b.Idx >= f.q.Size {
			return nil
		}
		if b.Why == "scheduled" {
			over := b.Due.Add(latestStart + time.Duration(b.PlannedMS)*time.Millisecond)
			if b.Due.After(f.q.Until) || over.Before(f.q.From) {
				return nil
			}
		} else if b.Due.Before(f.q.From) { // due is when its outcome was written
			return nil
		}
		missing = append(missing, b.Idx)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading the outcomes around a period: %w", err)
	}
	for _, idx := range missing {
		rec, body, err := recordAt(f.log, idx)
		if err != nil {
			return err
		}
		o, ok := body.(evidence.OutcomeBody)
		if ok && rec.Clock.Trusted() { // in doubt it lies between two that are not, and was read
			w.note(o.Broadcast, rec, o.Started)
			w.note(o.Broadcast, rec, o.Ended)
		}
	}
	return nil
}

// firstTrusted is the index of the first record with a trusted clock at or after t; the log's size when there is none.
// Trusted times go up with the index, so that it is found by halving.
func (f *finder) firstTrusted(t time.Time) (int64, error) {
	low, high := int64(0), f.q.Size
	for low < high {
		mid := low + (high-low)/2
		idx, at, err := f.trustedFrom(mid, high)
		if err != nil {
			return 0, err
		}
		if idx < high && at.Before(t) {
			low = idx + 1
		} else {
			high = mid
		}
	}
	idx, _, err := f.trustedFrom(low, f.q.Size)
	return idx, err
}

// trustedFrom is the first record from index on that has a trusted clock, and its time; until when there is none below it.
func (f *finder) trustedFrom(index, until int64) (found int64, at time.Time, err error) {
	found = until
	for step := int64(1); index < until && found == until; index, step = index+step, min(4*step, 4096) {
		err := f.log.Read(index, min(until, index+step), func(idx int64, raw []byte) error {
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
			return 0, at, fmt.Errorf("looking for a moment in the log: %w", err)
		}
	}
	return found, at, nil
}

// doubtful sees by the bytes what most records of a doubtful clock say, without reading the whole of them.
func doubtful(raw []byte) bool {
	return bytes.Contains(raw[:min(len(raw), 240)], []byte(`"clock":{"state":"doubtful"`))
}

// trustedBefore is the last record with a trusted clock before index; 0 and false when there is none within reach.
func (f *finder) trustedBefore(index int64) (int64, bool, error) {
	for until, step := index, int64(8); until > 0; step = min(4*step, 4096) {
		from, found := max(0, until-step), int64(-1)
		err := f.log.Read(from, until, func(idx int64, raw []byte) error {
			if !doubtful(raw) {
				found = idx
			}
			return nil
		})
		if err != nil {
			return 0, false, fmt.Errorf("looking for a moment in the log: %w", err)
		}
		if found >= 0 {
			return found, true, nil
		}
		until = from
	}
	return 0, false, nil
}

func decode(raw []byte) (evidence.Record, evidence.Body, error) {
	rec, err := evidence.Decode(raw)
	if err != nil {
		return rec, nil, err
	}
	body, err := evidence.DecodeBody(rec)
	return rec, body, err
}

func recordAt(log *playlog.Log, index int64) (rec evidence.Record, body evidence.Body, err error) {
	readErr := log.Read(index, index+1, func(_ int64, raw []byte) error {
		rec, body, err = decode(raw)
		return err
	})
	if readErr == nil && body == nil {
		readErr = errors.New("it is not there")
	}
	if readErr != nil {
		return rec, nil, fmt.Errorf("reading record %d: %w", index, readErr)
	}
	return rec, body, nil
}
