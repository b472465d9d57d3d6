package evidence

import (
	"errors"
	"fmt"
)

// ErrSample says that a spot check of an impossible size was asked for.
var ErrSample = errors.New("a spot check picks 1 to 1000 broadcasts")

// witnesses look on while a verification reads outcomes: the comparison with a report, and the spot check.
type witnesses struct {
	compare *comparer
	sample  *picker
	begun   bool
	other   bool // the report is of another station
}

func newWitnesses(o VerifyOptions) (*witnesses, error) {
	w := &witnesses{}
	if o.Sample < 0 || o.Sample > MaxSample {
		return nil, fmt.Errorf("picking %d broadcasts: %w", o.Sample, ErrSample)
	}
	if o.Sample > 0 {
		w.sample = &picker{most: o.Sample, seed: o.Seed}
	}
	if o.Claims != nil {
		if o.Claims.Figures.Broadcasts == nil {
			return nil, fmt.Errorf("comparing report: %w: it has no figures", ErrClaims)
		}
		w.compare = newComparer(o.Claims)
	}
	return w, nil
}

// begin is called once it is known which log is read.
func (w *witnesses) begin(origin string) {
	if w.begun {
		return
	}
	w.begun = true
	if w.compare == nil {
		return
	}
	w.other = !w.compare.begin(origin)
	if w.sample != nil && !w.other { // whoever brings a report checks its period
		w.sample.within = func(rec Record, o OutcomeBody) bool { return w.compare.within(dueOf(rec, o).Time) }
	}
}

// add takes the first outcome of a broadcast.
func (w *witnesses) add(rep *Report, rec Record, o OutcomeBody) {
	w.begin(rep.Origin)
	if w.sample != nil {
		w.sample.add(rep.Epoch, rec, o)
	}
	if w.compare != nil && !w.other {
		w.compare.add(rec, o)
	}
}

func (w *witnesses) finish(rep *Report) {
	w.begin(rep.Origin)
	if w.sample != nil {
		rep.Sample, rep.Seed = w.sample.finish(), w.sample.seed
	}
	if w.compare != nil {
		rep.Comparison = w.compare.finish(rep)
	}
}

// dueOf is when a broadcast was due; one that had no due time counts from its record.
func dueOf(rec Record, o OutcomeBody) Time {
	if o.Due.IsZero() {
		return rec.Wall
	}
	return o.Due
}
