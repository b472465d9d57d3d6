package api

import (
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// CampaignDay is what of a campaign was and is to be aired on one day, make-ups included.
type CampaignDay struct {
	Day      time.Time // its midnight
	Aired    int       // full or late, on hardware
	Unproven int       // full or late, on no proven output
	Failed   int       // anything else that is decided
	Ahead    int       // still to air
	Refused  int       // ahead, and not going to air as things stand
}

// Total is how many broadcasts the day has.
func (d CampaignDay) Total() int { return d.Aired + d.Unproven + d.Failed + d.Ahead + d.Refused }

// CampaignDays is a campaign day by day, from its first to its last, or to its last make-up.
func (a *API) CampaignDays(k schedule.Campaign) ([]CampaignDay, error) {
	now := a.o.Now()
	from, until := k.Days(now.Location())
	tallies, order := a.tallies([]schedule.Campaign{k})
	if len(order) == 1 && order[0].until.After(until) {
		until = order[0].until
	}
	days := dayRow{first: from}
	for d := from; d.Before(until); d = d.AddDate(0, 0, 1) {
		days.list = append(days.list, CampaignDay{Day: d})
	}
	err := a.o.Log.Outcomes(from, now.AddDate(0, 0, 1), func(_ evidence.Record, o evidence.OutcomeBody) error {
		if tallies[o.Programme] == nil || o.Occurrence == "" {
			return nil
		}
		d := days.of(o.Due.In(now.Location()))
		switch {
		case d == nil: // a make-up after the last day, of a campaign that is closed
		case o.Outcome != evidence.Full && o.Outcome != evidence.Late:
			d.Failed++
		case o.Output == string(evidence.Hardware):
			d.Aired++
		default:
			d.Unproven++
		}
		return nil
	})
	if err != nil {
		return nil, logError(err)
	}
	if k.State != schedule.CampaignApproved || !until.After(now) {
		return days.list, nil
	}
	for _, o := range schedule.Plan(a.o.Input(), now, until) {
		if tallies[o.ProgrammeID] == nil || a.o.Log.Decided(o.ID) {
			continue
		}
		if d := days.of(o.Due); d != nil && o.Verdict == schedule.VerdictSkipped {
			d.Refused++
		} else if d != nil {
			d.Ahead++
		}
	}
	return days.list, nil
}

// dayRow finds the day of a moment.
type dayRow struct {
	first time.Time
	list  []CampaignDay
}

func (r dayRow) of(t time.Time) *CampaignDay {
	day := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
	first := time.Date(r.first.Year(), r.first.Month(), r.first.Day(), 12, 0, 0, 0, time.UTC)
	n := int(day.Sub(first) / (24 * time.Hour))
	if n < 0 || n >= len(r.list) {
		return nil
	}
	return &r.list[n]
}
