package api

import (
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
