package api

import (
	"context"
	"strings"
	"time"

	"loaxa/admin/report/complaint"
)

// Lookup is what the log knows of a period of true time, as the diary writes it.
type Lookup struct {
	complaint.Finding
	Sounded []DiaryRow // the finding's Heard
	Unsure  []DiaryRow // the finding's Unsure
}

// Lookup finds everything that sounded in [from, until) by the right time, whatever the clock showed then.
func (a *API) Lookup(from, until time.Time) (Lookup, error) {
	found, err := complaint.Find(a.o.Log, a.complaintQuery(from, until))
	if err != nil {
		return Lookup{}, logError(err)
	}
	out := Lookup{Finding: found}
	if out.Sounded, err = a.heardRows(found.Heard); err != nil {
		return out, err
	}
	out.Unsure, err = a.heardRows(found.Unsure)
	return out, err
}

// Complaint is the whole answer, with the lines of what it tells as the diary writes them.
type Complaint struct {
	*complaint.Answer
	Sounded []DiaryRow // of Answer.Told
	Unsure  []DiaryRow // of Answer.Maybe
}

// Complaint answers for half an hour around a moment.
func (a *API) Complaint(ctx context.Context, moment time.Time) (Complaint, error) {
	answer, err := complaint.Ask(ctx, a.o.Log, moment, a.complaintQuery(time.Time{}, time.Time{}), a.o.Rules.Settings().StationName, nil)
	if err != nil {
		return Complaint{}, logError(err)
	}
	out := Complaint{Answer: answer}
	if out.Sounded, err = a.heardRows(heardOf(answer.Told)); err != nil {
		return out, err
	}
	out.Unsure, err = a.heardRows(heardOf(answer.Maybe))
	return out, err
}

func heardOf(list []complaint.Told) []complaint.Heard {
	var out []complaint.Heard
	for _, t := range list {
		out = append(out, t.Heard)
	}
	return out
}

func (a *API) complaintQuery(from, until time.Time) complaint.Query {
	return complaint.Query{From: from, Until: until, Now: a.o.Now(), Size: a.o.Log.Size(), Doubtful: a.Clock().Doubtful()}
}

// heardRows are the lines of broadcasts; without an outcome only what is on air has more than its name.
func (a *API) heardRows(list []complaint.Heard) ([]DiaryRow, error) {
	var out []DiaryRow
	for _, h := range list {
		row := DiaryRow{Broadcast: Broadcast{Broadcast: h.Broadcast, Title: strings.TrimSpace(h.Broadcast), Status: StatusPending}, Start: h.Start}
		if h.Index >= 0 {
			rec, o, err := a.outcomeAt(h.Index)
			if err != nil {
				return nil, err
			}
			row.Broadcast = a.decided(rec.Idx, dueOr(o, rec))
		} else if on := a.onAir(); on != nil && on.Broadcast == h.Broadcast {
			row.Broadcast = *on
		}
		out = append(out, row)
	}
	return out, nil
}

func asLogError(err error) error {
	if err == nil {
		return nil
	}
	return logError(err)
}
