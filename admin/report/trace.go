package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// traceReach is how many records before an outcome are looked through for what belongs to it; traceStep how many at once.
const (
	traceReach = 8192
	traceStep  = 256
)

// framesPerMS is how many frames the player's clock counts in a millisecond.
const framesPerMS = 48

// Traced says of which broadcast the records are sought.
type Traced struct {
	Broadcast string
	Why       string // scheduled | rehearsal | emergency
	Due       time.Time
	// Sounded is false for what never went near the device: nothing around it belongs to it then.
	Sounded bool
}

// Trace is what the records before an outcome say of one broadcast: promised, started, played, ended, and what happened
// beside it.
type Trace struct {
	Promise *Promise // nil where none was found within reach, and for what nobody planned
	Items   []TraceItem
	Events  []TraceEvent
	Cut     bool // the log was not read far enough back for all of it
}

// Promise is where the plan said that it would be.
type Promise struct {
	Index   int64
	At      evidence.CorrectedTime
	Due     time.Time
	Verdict string
	Reason  string
	Of      evidence.PlannedProgramme // as it was promised, by value
}

// TraceItem is one attempt to play one item.
type TraceItem struct {
	Start     evidence.Start
	Index     int64 // of the start's record
	Onset     evidence.CorrectedTime
	OnsetAt   int64 // the record that says so, -1 when none does
	TakenMS   int64
	PlannedMS int64
	End       *evidence.End // nil while it has none
	EndIndex  int64
	Underruns int64 // milliseconds of silence put in
}

// Same says whether the bytes that were opened are those that were approved.
func (i TraceItem) Same() bool {
	return i.Start.Clip == nil || i.Start.Opened == i.Start.Clip.Canonical
}

// TraceEvent is what happened beside it: Kind is operator, device, clock or boot.
type TraceEvent struct {
	Kind   string
	Index  int64
	At     evidence.CorrectedTime
	Actor  string
	What   string
	Detail string
}

// TraceBack collects what belongs to a broadcast from the records before end, newest first, and puts it in order.
func TraceBack(log *playlog.Log, end int64, of Traced, times *Times) (Trace, error) {
	name, err := json.Marshal(of.Broadcast)
	if err != nil {
		return Trace{}, fmt.Errorf("tracing a broadcast: %w", err)
	}
	t := &tracer{of: of, name: name, times: times}
	for until := end; until > 0 && !t.done; until -= traceStep {
		if end-until >= traceReach {
			t.trace.Cut = !t.begun
			break
		}
		var part [][]byte
		if err := log.Read(max(0, until-traceStep), until, func(_ int64, raw []byte) error {
			part = append(part, raw)
			return nil
		}); err != nil {
			return Trace{}, fmt.Errorf("tracing %s: %w", of.Broadcast, err)
		}
		for i := len(part) - 1; i >= 0 && !t.done; i-- {
			if err := t.record(part[i]); err != nil {
				return Trace{}, fmt.Errorf("tracing %s: %w", of.Broadcast, err)
			}
		}
	}
	t.finish()
	return t.trace, nil
}

// tracer goes back through the records of one broadcast.
type tracer struct {
	of    Traced
	trace Trace
	name  []byte // the broadcast's ID as records write it
	times *Times
	found []found // newest first
	begun bool    // its first start was found
	done  bool
}

type found struct {
	rec  evidence.Record
	body evidence.Body
}

// beside are the kinds that say what happened around a broadcast.
var beside = [][]byte{[]byte(`"kind":"device"`), []byte(`"kind":"clock"`), []byte(`"kind":"boot"`)}

// record looks at one record. Only those that may belong to the story are decoded.
func (t *tracer) record(raw []byte) error {
	head := raw[:min(len(raw), 64)]
	plan := bytes.Contains(head, []byte(`"kind":"plan"`))
	mine := bytes.Contains(raw, t.name)
	around := !t.begun && t.sounded() && (bytes.Contains(head, beside[0]) || bytes.Contains(head, beside[1]) || bytes.Contains(head, beside[2]))
	if !mine && !plan && !around {
		return nil
	}
	rec, body, err := decode(raw)
	if err != nil {
		return err
	}
	switch b := body.(type) {
	case evidence.Plan:
		t.plan(rec, b)
	case evidence.Start:
		if b.Broadcast != t.of.Broadcast {
			return nil
		}
		t.found = append(t.found, found{rec, b})
		t.begun = t.begun || b.Item == 0 && b.Attempt <= 1
	case evidence.Progress, evidence.End, evidence.Operator:
		t.found = append(t.found, found{rec, b})
	case evidence.Device, evidence.ClockChange, evidence.Boot:
		t.found = append(t.found, found{rec, b})
	}
	t.done = t.done || t.begun && t.of.Why != "scheduled"
	return nil
}

// sounded is false for what never went near the device: nothing around it belongs to it then.
func (t *tracer) sounded() bool {
	return t.of.Sounded || len(t.found) > 0
}

// plan takes the newest promise, which ends the search once the first start was found, too.
func (t *tracer) plan(rec evidence.Record, p evidence.Plan) {
	if t.trace.Promise == nil {
		for _, list := range [][]evidence.Planned{p.Open, p.Occurrences} {
			for _, x := range list {
				if x.ID == t.of.Broadcast {
					t.trace.Promise = &Promise{Index: rec.Idx, At: t.times.Near(rec, rec.Wall), Due: x.Due.Time, Verdict: x.Verdict, Reason: x.Reason, Of: programmeOf(p, x.Programme)}
				}
			}
		}
	}
	if t.trace.Promise != nil && (t.begun || !t.sounded() || rec.Wall.Before(t.of.Due.Add(-time.Hour))) {
		t.done = true
	}
}

func programmeOf(p evidence.Plan, id string) evidence.PlannedProgramme {
	for _, x := range p.Programmes {
		if x.ID == id {
			return x
		}
	}
	return evidence.PlannedProgramme{ID: id}
}

// finish puts what was found in order and joins the records of each item.
func (t *tracer) finish() {
	type attempt struct{ item, n int }
	at := map[attempt]int{}
	s := &t.trace
	for i := len(t.found) - 1; i >= 0; i-- {
		rec := t.found[i].rec
		switch b := t.found[i].body.(type) {
		case evidence.Start:
			at[attempt{b.Item, b.Attempt}] = len(s.Items)
			s.Items = append(s.Items, TraceItem{Start: b, Index: rec.Idx, OnsetAt: -1, PlannedMS: b.Frames / framesPerMS})
		case evidence.Progress:
			if n, ok := at[attempt{b.Item, b.Attempt}]; ok {
				s.Items[n].TakenMS, s.Items[n].Underruns = b.Taken/framesPerMS, b.Underruns/framesPerMS
				if !b.Onset.IsZero() && s.Items[n].OnsetAt < 0 {
					s.Items[n].Onset, s.Items[n].OnsetAt = t.times.Near(rec, b.Onset), rec.Idx
				}
			}
		case evidence.End:
			if n, ok := at[attempt{b.Item, b.Attempt}]; ok {
				s.Items[n].End, s.Items[n].EndIndex = &b, rec.Idx
				s.Items[n].TakenMS, s.Items[n].Underruns = b.Taken/framesPerMS, b.Underruns/framesPerMS
			}
		default:
			s.Events = append(s.Events, t.event(rec, b))
		}
	}
}

func (t *tracer) event(rec evidence.Record, body evidence.Body) TraceEvent {
	e := TraceEvent{Kind: string(rec.Kind), Index: rec.Idx, At: t.times.Near(rec, rec.Wall), Actor: rec.Actor}
	switch b := body.(type) {
	case evidence.Operator:
		e.What, e.Detail = b.What, b.Reason
	case evidence.Device:
		e.What, e.Detail = b.What, b.Device
	case evidence.ClockChange:
		e.What, e.Detail = b.What, clockDetail(b)
	case evidence.Boot:
		e.What = b.Previous
	}
	return e
}

func clockDetail(b evidence.ClockChange) string {
	const form = "15:04:05 02/01/2006"
	if b.Before.IsZero() || b.After.IsZero() {
		return ""
	}
	return b.Before.Format(form) + " → " + b.After.Format(form)
}

func decode(raw []byte) (evidence.Record, evidence.Body, error) {
	rec, err := evidence.Decode(raw)
	if err != nil {
		return rec, nil, err
	}
	body, err := evidence.DecodeBody(rec)
	return rec, body, err
}
