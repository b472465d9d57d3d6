package complaint

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"loaxa/admin/report"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// Reach is how far around the time that a person remembers the log is looked at.
const Reach = 30 * time.Minute

// mostTold is how many broadcasts one answer tells of in full; more were not within an hour.
const mostTold = 40

// Verdict is what can be concluded.
type Verdict string

// The verdicts.
const (
	Sounded      Verdict = "sounded"
	Silent       Verdict = "silent"       // nothing sounded from this machine: it ran, or was off, and its clock was known
	Off          Verdict = "off"          // it was not running in all of the period
	Partly       Verdict = "partly"       // nothing is on record, and the record does not cover the whole period
	Inconclusive Verdict = "inconclusive" // không kết luận được: no trusted reading of a clock
)

// Verdict is the answer in a word.
func (f Finding) Verdict() Verdict {
	switch {
	case len(f.Heard) > 0:
		return Sounded
	case len(f.Unsure) > 0 || f.Unknown:
		return Inconclusive
	case f.Before || f.Ahead || f.Cut || f.Lost:
		return Partly
	case f.offThroughout():
		return Off
	}
	return Silent
}

func (f Finding) offThroughout() bool {
	return slices.ContainsFunc(f.Away, func(x evidence.Interval) bool { return !x.From.After(f.From) && !x.Until.Before(f.Until) })
}

// Answer is all that is said to whoever complained.
type Answer struct {
	Finding
	Moment      time.Time // that the person remembers
	StationName string    // of that day, where something sounded
	StationCode string
	Origin      string // of the log
	Size        int64  // records that it rests on
	Checkpoint  []byte // signed, over exactly these records
	Told        []Told // of Finding.Heard
	Maybe       []Told // of Finding.Unsure, the nearest by the clock that was shown
}

// Told is one broadcast with what led to it.
type Told struct {
	Heard
	Outcome   *evidence.OutcomeBody // nil while there is none
	Trace     report.Trace
	Order     *Order       // of an emergency and a rehearsal
	Changed   *report.Edit // the programme's newest change before it was promised
	Campaign  *report.Edit // the approval of the campaign that asked for it
	Approvals []Approved   // of its clips, in the order in which they sounded
}

// Order is who asked for what nobody had planned.
type Order struct {
	Index  int64
	At     evidence.CorrectedTime
	By     string
	Reason string
}

// Approved is a clip that sounded, and by whom it was approved before; nil where the log has no approval of it.
type Approved struct {
	Clip *evidence.Clip
	Edit *report.Edit
}

// Title is what the broadcast was called on that day.
func (t Told) Title() string {
	switch {
	case t.Outcome != nil:
		return t.Outcome.Title
	case t.Trace.Promise != nil:
		return t.Trace.Promise.Of.Title
	}
	return t.Broadcast
}

// Ask answers for half an hour around a moment. Only what sounded is followed through the whole log, with step told how
// far that has come. The query's Size and period are set here; its station name is that of today, for an answer of silence.
func Ask(ctx context.Context, log *playlog.Log, moment time.Time, q Query, stationName string, step report.Step) (*Answer, error) {
	signed, err := log.Checkpoint(ctx)
	if err != nil {
		return nil, fmt.Errorf("signing the log for an answer: %w", err)
	}
	cp, err := evidence.PeekCheckpoint(signed)
	if err != nil {
		return nil, fmt.Errorf("reading the checkpoint for an answer: %w", err)
	}
	q.Size, q.From, q.Until = cp.Size, moment.Add(-Reach), moment.Add(Reach)
	a := &Answer{Moment: moment, StationName: stationName, StationCode: evidence.CodeOf(cp.Origin), Origin: cp.Origin, Size: cp.Size, Checkpoint: slices.Clone(signed)}
	if a.Finding, err = Find(log, q); err != nil {
		return nil, err
	}
	if a.Finding.Silent() {
		return a, nil
	}
	history, err := report.Edits(ctx, log, q.Size, step)
	if err != nil {
		return nil, err
	}
	t := &teller{log: log, size: q.Size, times: report.NewTimes(log, q.Size), history: history}
	if a.Told, err = t.all(ctx, a.Heard[:min(len(a.Heard), mostTold)]); err != nil {
		return nil, err
	}
	if a.Maybe, err = t.all(ctx, nearest(a.Unsure, moment)); err != nil {
		return nil, err
	}
	for _, x := range a.Told {
		if x.Outcome != nil && x.Outcome.StationName != "" {
			a.StationName = x.Outcome.StationName
		}
	}
	return a, nil
}

// mostUnsure is how much of what may have sounded is told of.
const mostUnsure = 20

// nearest are those whose written time is nearest to the moment: with a clock in doubt that is all there is to go by.
func nearest(list []Heard, at time.Time) []Heard {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b Heard) int {
		return cmp.Compare(a.Start.Written.Sub(at).Abs(), b.Start.Written.Sub(at).Abs())
	})
	out = out[:min(len(out), mostUnsure)]
	slices.SortStableFunc(out, func(a, b Heard) int { return a.Start.Written.Compare(b.Start.Written.Time) })
	return out
}

// teller follows broadcasts back to who planned and approved them.
type teller struct {
	log     *playlog.Log
	size    int64
	times   *report.Times
	history report.History
}

func (t *teller) all(ctx context.Context, list []Heard) ([]Told, error) {
	var out []Told
	for _, h := range list {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		one, err := t.tell(h)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func (t *teller) tell(h Heard) (Told, error) {
	out := Told{Heard: h}
	of, end := report.Traced{Broadcast: h.Broadcast, Why: "scheduled", Sounded: true}, t.size
	if h.Index >= 0 {
		rec, body, err := recordAt(t.log, h.Index)
		if err != nil {
			return out, err
		}
		if o, ok := body.(evidence.OutcomeBody); ok {
			out.Outcome, of.Why, of.Due, end = &o, o.Why, o.Due.Time, rec.Idx
		}
	}
	var err error
	if out.Trace, err = report.TraceBack(t.log, end, of, t.times); err != nil {
		return out, err
	}
	begun := t.size
	if len(out.Trace.Items) > 0 {
		begun = out.Trace.Items[0].Index
	}
	t.led(&out, begun)
	if w := out.why(); w != "scheduled" {
		out.Order, err = t.order(begun, w, out.Trace.Items)
	}
	return out, err
}

// why is how the broadcast came to be, by its start where it has no outcome yet.
func (t Told) why() string {
	switch {
	case t.Outcome != nil:
		return t.Outcome.Why
	case len(t.Trace.Items) > 0:
		return t.Trace.Items[0].Start.Why
	}
	return "scheduled"
}

// led adds who changed the programme before it was promised, and who approved what sounded, before it did.
func (t *teller) led(out *Told, begun int64) {
	programme, letter, promised := "", evidence.Letter{}, begun
	if out.Outcome != nil {
		programme, letter = out.Outcome.Programme, out.Outcome.Letter
	}
	if p := out.Trace.Promise; p != nil {
		programme, promised = p.Of.ID, p.Index
		if letter == (evidence.Letter{}) {
			letter = p.Of.Letter
		}
	}
	edits := t.history.Edits("programme", programme)
	for i := range edits {
		if edits[i].Index < promised {
			out.Changed = &edits[i]
		}
	}
	if letter.Campaign != "" {
		out.Campaign = t.history.ApprovalBefore("campaign", letter.Campaign, promised)
	}
	seen := map[string]bool{}
	for _, it := range out.Trace.Items {
		if c := it.Start.Clip; c != nil && !seen[c.Canonical] {
			seen[c.Canonical] = true
			out.Approvals = append(out.Approvals, Approved{c, t.history.ApprovalBefore("clip", c.ID, it.Index)})
		}
	}
}

// orderReach is how many records before its first sound an emergency's order is sought: it may have had to wait.
const orderReach = 1024

// order is the record of who asked for an emergency or a rehearsal: the newest one before it began, of that clip where one
// was asked for by name. The order does not name the broadcast.
func (t *teller) order(begun int64, why string, items []report.TraceItem) (*Order, error) {
	clip := ""
	if len(items) > 0 && items[0].Start.Clip != nil {
		clip = items[0].Start.Clip.ID
	}
	var named, newest *Order
	err := t.log.Read(max(0, begun-orderReach), begun, func(_ int64, raw []byte) error {
		rec, body, err := decode(raw)
		if err != nil {
			return err
		}
		if b, ok := body.(evidence.Operator); ok && b.What == why && b.Result == "done" {
			newest = &Order{Index: rec.Idx, At: t.times.Near(rec, rec.Wall), By: rec.Actor, Reason: b.Reason}
			if clip != "" && b.Object == clip {
				named = newest
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for who ordered it: %w", err)
	}
	return cmp.Or(named, newest), nil
}
