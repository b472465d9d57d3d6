package evidence

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// lateAfter is how far behind its due time a broadcast may begin and still be full.
const lateAfter = 5 * time.Second

// promise is an occurrence that a plan record named and no outcome has decided, as the newest plan has it.
type promise struct {
	Planned
	title     string
	lateness  time.Duration
	resumeCut bool  // it may go on after a higher class cut it
	idx       int64 // of the newest plan that names it
	dropped   bool  // the newest plan does not name it any more
}

// deadline is the end of its window and its length.
func (p *promise) deadline() time.Time {
	return p.Due.Add(p.lateness + time.Duration(p.LengthMS)*time.Millisecond)
}

// plan takes over all that is promised. A plan states everything that is still owed, so that what it leaves out
// without an outcome has been dropped.
func (r *reconciler) plan(rec Record, p Plan) {
	r.planned = true
	programmes := make(map[string]PlannedProgramme, len(p.Programmes))
	for _, g := range p.Programmes {
		programmes[g.ID] = g
	}
	for _, list := range [][]Planned{p.Occurrences, p.Open} {
		for _, o := range list {
			if at, done := r.decided[o.ID]; done {
				r.differ(Difference{Code: "promised_again", Records: []int64{rec.Idx, at}, Broadcast: o.ID, At: o.Due, Text: Text{
					VI: fmt.Sprintf("Kế hoạch ở dòng %d lại nêu %q dù dòng %d đã ghi kết quả.", rec.Idx, o.ID, at),
					EN: fmt.Sprintf("The plan in record %d promises %q again, which record %d had decided.", rec.Idx, o.ID, at),
				}})
				continue
			}
			g := programmes[o.Programme]
			r.owed[o.ID] = &promise{Planned: o, title: g.Title, lateness: time.Duration(g.LatenessMS) * time.Millisecond, resumeCut: g.ResumeCut, idx: rec.Idx}
		}
	}
	for _, id := range sortedKeys(r.owed) {
		if q := r.owed[id]; q.idx != rec.Idx && !q.dropped {
			q.dropped = true
			r.differ(Difference{Code: "dropped", Records: []int64{rec.Idx, q.idx}, Broadcast: id, At: q.Due, Text: Text{
				VI: fmt.Sprintf("%q có trong kế hoạch ở dòng %d, chưa có kết quả, mà kế hoạch mới ở dòng %d không còn nêu.", id, q.idx, rec.Idx),
				EN: fmt.Sprintf("%q, promised in record %d and not decided, is missing from the newer plan in record %d.", id, q.idx, rec.Idx),
			}})
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// outcome lays an outcome beside its promise and beside what its starts and ends say.
func (r *reconciler) outcome(rec Record, o OutcomeBody) {
	id := o.Broadcast
	if at, done := r.decided[id]; done {
		r.differ(Difference{Code: "two_outcomes", Records: []int64{rec.Idx, at}, Broadcast: id, At: o.Due, Text: Text{
			VI: fmt.Sprintf("%q có hai kết quả: dòng %d và dòng %d.", id, at, rec.Idx),
			EN: fmt.Sprintf("%q has two outcomes: records %d and %d.", id, at, rec.Idx),
		}})
		return
	}
	r.decided[id] = rec.Idx
	t := r.traces[id]
	delete(r.traces, id)
	w := ReconcileRow{
		Broadcast: id, Title: o.Title, Due: o.Due, Plan: -1, Outcome: rec.Idx, Word: string(o.Outcome), Reason: o.Reason,
		AiredMS: o.AiredMS, PlannedMS: o.PlannedMS, Output: o.Output, outcomeStamp: rec.Stamp,
	}
	if t != nil {
		w.startStamp, w.onset = t.onsetStamp, t.onset
	}
	inherited := r.inherited(o)
	if o.Why == "scheduled" {
		p := r.owed[id]
		delete(r.owed, id)
		if p != nil {
			w.Plan = p.idx
			if w.Title == "" {
				w.Title = p.title
			}
		}
		if r.within(o.Due) {
			r.out.Outcomes[o.Outcome]++
			if p != nil {
				r.out.Promised++
			}
		}
		r.againstPromise(rec, o, p, t, inherited)
	}
	c := contradiction{r: r, rec: rec, o: o, t: t}
	c.words()
	if !inherited {
		c.trace()
	}
	r.landed(id)
	r.row(w)
}

// inherited reports whether the outcome may be about what an epoch before had planned or begun: those records are not
// in this log.
func (r *reconciler) inherited(o OutcomeBody) bool {
	return r.epoch > 1 && (!r.planned || !o.Started.IsZero() && o.Started.Before(r.out.FirstWall.Time))
}

func (r *reconciler) againstPromise(rec Record, o OutcomeBody, p *promise, t *trace, inherited bool) {
	if p == nil {
		if !inherited {
			r.differ(Difference{Code: "unplanned", Records: []int64{rec.Idx}, Broadcast: o.Broadcast, At: o.Due, Text: Text{
				VI: fmt.Sprintf("Dòng %d ghi kết quả cho %q mà trước đó không kế hoạch nào nêu.", rec.Idx, o.Broadcast),
				EN: fmt.Sprintf("Record %d decides %q, which no plan before it promised.", rec.Idx, o.Broadcast),
			}})
		}
		return
	}
	due, length := p.Due, p.LengthMS
	if t != nil && t.promised {
		due, length = t.due, t.length // as it was promised when it went on air
	}
	if d := o.Due.Sub(due.Time).Abs(); d > time.Millisecond {
		r.differ(Difference{Code: "due", Records: []int64{rec.Idx, p.idx}, Broadcast: o.Broadcast, At: due, Text: Text{
			VI: fmt.Sprintf("Kết quả ở dòng %d ghi giờ hẹn của %q khác với kế hoạch ở dòng %d.", rec.Idx, o.Broadcast, p.idx),
			EN: fmt.Sprintf("The outcome in record %d gives %q another due time than the plan in record %d.", rec.Idx, o.Broadcast, p.idx),
		}})
	}
	if d := o.PlannedMS - length; d < -1000 || d > 1000 {
		r.differ(Difference{Code: "length", Records: []int64{rec.Idx, p.idx}, Broadcast: o.Broadcast, At: due, Text: Text{
			VI: fmt.Sprintf("Kết quả ở dòng %d tính %q dài %d ms; kế hoạch ở dòng %d nêu %d ms.", rec.Idx, o.Broadcast, o.PlannedMS, p.idx, length),
			EN: fmt.Sprintf("The outcome in record %d reckons %q as %d ms long; the plan in record %d has %d ms.", rec.Idx, o.Broadcast, o.PlannedMS, p.idx, length),
		}})
	}
}

// spokenUntil is how far the log can be expected to have spoken: to Now, or to the last record that the running
// program made. Records that other commands made while it was off do not count.
func (r *reconciler) spokenUntil() time.Time {
	if !r.opts.Now.IsZero() && r.runs.running {
		return r.opts.Now
	}
	return r.runs.last.Wall.Time
}

func (r *reconciler) finishPromises() {
	spoken := r.spokenUntil()
	for _, id := range sortedKeys(r.owed) {
		p := r.owed[id]
		if r.within(p.Due) {
			r.out.Promised++
		}
		t := r.traces[id]
		live := t != nil && t.run == r.runs.count && r.runs.running
		w := ReconcileRow{Broadcast: id, Title: p.title, Due: p.Due, Plan: p.idx, Outcome: -1, PlannedMS: p.LengthMS}
		if t != nil {
			w.startStamp, w.onset = t.onsetStamp, t.onset
		}
		if limit := later(p.deadline(), r.settled).Add(grace); spoken.After(limit) && !live && !r.held {
			r.differ(Difference{Code: "no_outcome", Records: []int64{p.idx}, Broadcast: id, At: p.Due, Text: Text{
				VI: fmt.Sprintf("%q có trong kế hoạch ở dòng %d, đã qua giờ mà không có kết quả.", id, p.idx),
				EN: fmt.Sprintf("%q, promised in record %d, has no outcome though its time has passed.", id, p.idx),
			}})
		} else if r.within(p.Due) {
			r.out.Undecided++
		}
		r.row(w)
	}
}
