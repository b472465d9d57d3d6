package api

import (
	"time"

	"loaxa/admin/report"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
)

// Story is all that the log says of one broadcast.
type Story struct {
	DiaryRow
	Decided evidence.CorrectedTime // when the outcome was written
	Body    evidence.OutcomeBody   // as recorded
	Trust   string                 // of the clock when the outcome was written: synchronised | set | rtc | doubtful
	report.Trace
}

// StoryItem is one attempt to play one item.
type StoryItem = report.TraceItem

// StoryEvent is what happened beside it.
type StoryEvent = report.TraceEvent

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

// trace adds what the records before end say of the story's broadcast.
func (a *API) trace(s *Story, end int64, times *report.Times) (err error) {
	s.Trace, err = report.TraceBack(a.o.Log, end, report.Traced{Broadcast: s.Broadcast.Broadcast, Why: s.Why, Due: s.Due,
		Sounded: s.AiredMS > 0 || s.Record == nil}, times)
	return asLogError(err)
}
