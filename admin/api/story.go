package api

import (
	"bytes"
	"encoding/json"
	"time"

	"loaxa/admin/report"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
)

// storyReach is how many records before an outcome are looked through for what belongs to it; storyStep how many at once.
const (
	storyReach = 8192
	storyStep  = 256
)

// Story is all that the log says of one broadcast.
type Story struct {
	DiaryRow
	Decided evidence.CorrectedTime // when the outcome was written
	Body    evidence.OutcomeBody   // as recorded
	Trust   string                 // of the clock when the outcome was written: synchronised | set | rtc | doubtful
	Promise *Promise               // nil where none was found within reach, and for what nobody planned
	Items   []StoryItem
	Events  []StoryEvent
	Cut     bool // the log was not read far enough back for all of it
}

// Promise is where the plan said that it would be.
type Promise struct {
	Index   int64
	At      evidence.CorrectedTime
	Due     time.Time
	Verdict string
	Reason  string
}

// StoryItem is one attempt to play one item.
type StoryItem struct {
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
func (i StoryItem) Same() bool {
	return i.Start.Clip == nil || i.Start.Opened == i.Start.Clip.Canonical
}

// StoryEvent is what happened beside it: Kind is operator, device, clock or boot.
type StoryEvent struct {
	Kind   string
	Index  int64
	At     evidence.CorrectedTime
	Actor  string
	What   string
	Detail string
}

// Story tells of the broadcast whose outcome is that record, or with index < 0 of an undecided one by its ID.
func (a *API) Story(epoch, index int64, broadcast string) (Story, error) {
	if index < 0 {
		return a.openStory(broadcast)
	}
	if current := a.o.Log.Epoch(); epoch != current {
		return Story{}, &route.Problem{Status: 404, Code: "epoch", Detail: "this page of the diary stands in another volume of the log"}
	}
	if index >= a.o.Log.Size() {
		return Story{}, route.NotFound("record", "that far")
	}
	rec, body, err := a.recordAt(index)
	if err != nil {
		return Story{}, err
	}
	o, ok := body.(evidence.OutcomeBody)
	if !ok {
		return Story{}, route.NotFound("outcome", "in this record")
	}
	times := a.times()
	s := Story{DiaryRow: DiaryRow{Broadcast: a.decided(rec.Idx, dueOr(o, rec)), Start: times.Near(rec, o.Started)}, Body: o,
		Trust: rec.Clock.State, Decided: times.Near(rec, rec.Wall)}
	return s, a.trace(&s, rec.Idx, times)
}

// openStory tells of what is on air, or due and undecided.
func (a *API) openStory(broadcast string) (Story, error) {
	if index, ok := a.o.Log.OutcomeOf(broadcast); ok {
		return a.Story(a.o.Log.Epoch(), index, "")
	}
	open, err := a.undecided(time.Time{}, a.o.Now().AddDate(1, 0, 0))
	if err != nil {
		return Story{}, err
	}
	for _, b := range open {
		if b.Broadcast == broadcast {
			s := Story{DiaryRow: DiaryRow{Broadcast: b}}
			return s, a.trace(&s, a.o.Log.Size(), a.times())
		}
	}
	return Story{}, route.NotFound("broadcast", broadcast)
}

// trace collects what belongs to the story from the records before its end, newest first, and puts it in order.
func (a *API) trace(s *Story, end int64, times *report.Times) error {
	name, err := json.Marshal(s.Broadcast.Broadcast)
	if err != nil {
		return err
	}
	t := &tracer{story: s, name: name, times: times}
	for until := end; until > 0 && !t.done; until -= storyStep {
		if end-until >= storyReach {
			s.Cut = !t.begun
			break
		}
		var part [][]byte
		if err := a.o.Log.Read(max(0, until-storyStep), until, func(_ int64, raw []byte) error {
			part = append(part, raw)
			return nil
		}); err != nil {
			return logError(err)
		}
		for i := len(part) - 1; i >= 0 && !t.done; i-- {
			if err := t.record(part[i]); err != nil {
				return logError(err)
			}
		}
	}
	t.finish()
	return nil
}

// tracer goes back through the records of one broadcast.
type tracer struct {
	story *Story
	name  []byte // the broadcast's ID as records write it
	times *report.Times
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
	rec, body, err := decodeRecord(raw)
	if err != nil {
		return err
	}
	switch b := body.(type) {
	case evidence.Plan:
		t.plan(rec, b)
	case evidence.Start:
		if b.Broadcast != t.story.Broadcast.Broadcast {
			return nil
		}
		t.found = append(t.found, found{rec, b})
		t.begun = t.begun || b.Item == 0 && b.Attempt <= 1
	case evidence.Progress, evidence.End, evidence.Operator:
		t.found = append(t.found, found{rec, b})
	case evidence.Device, evidence.ClockChange, evidence.Boot:
		t.found = append(t.found, found{rec, b})
	}
	t.done = t.done || t.begun && t.story.Why != "scheduled"
	return nil
}

// sounded is false for what never went near the device: nothing around it belongs to it then.
func (t *tracer) sounded() bool {
	return t.story.AiredMS > 0 || t.story.Record == nil || len(t.found) > 0
}

// plan takes the newest promise, which ends the search once the first start was found, too.
func (t *tracer) plan(rec evidence.Record, p evidence.Plan) {
	if t.story.Promise == nil {
		for _, list := range [][]evidence.Planned{p.Open, p.Occurrences} {
			for _, x := range list {
				if x.ID == t.story.Broadcast.Broadcast {
					t.story.Promise = &Promise{Index: rec.Idx, At: t.times.Near(rec, rec.Wall), Due: x.Due.Time, Verdict: x.Verdict, Reason: x.Reason}
				}
			}
		}
	}
	if t.story.Promise != nil && (t.begun || !t.sounded() || rec.Wall.Before(t.story.Due.Add(-time.Hour))) {
		t.done = true
	}
}

// finish puts what was found in order and joins the records of each item.
func (t *tracer) finish() {
	type attempt struct{ item, n int }
	at := map[attempt]int{}
	s := t.story
	for i := len(t.found) - 1; i >= 0; i-- {
		rec := t.found[i].rec
		switch b := t.found[i].body.(type) {
		case evidence.Start:
			at[attempt{b.Item, b.Attempt}] = len(s.Items)
			s.Items = append(s.Items, StoryItem{Start: b, Index: rec.Idx, OnsetAt: -1, PlannedMS: b.Frames / framesPerMS})
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

func (t *tracer) event(rec evidence.Record, body evidence.Body) StoryEvent {
	e := StoryEvent{Kind: string(rec.Kind), Index: rec.Idx, At: t.times.Near(rec, rec.Wall), Actor: rec.Actor}
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
