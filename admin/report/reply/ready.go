package reply

import (
	"slices"
	"time"

	"loaxa/schedule"
)

// shownFor is how long after its last day (or the day on which the reply is due) a reply is offered.
const shownFor = 31

// Ready is a campaign whose reply can be written.
type Ready struct {
	Campaign schedule.Campaign
	Over     bool          // its last broadcast is over; false on the last day before it
	Due      schedule.Date // on which the letter wants the answer, "" for none
	Late     bool          // that day has passed
}

// ReadyOn says of which campaigns the reply is ready: those that were approved and have their last day today, or had it in
// the last month, or are to be answered still; and those that were closed early. The one that is due first comes first.
func ReadyOn(list []schedule.Campaign, now time.Time) []Ready {
	var out []Ready
	today := now.Format(time.DateOnly)
	for _, k := range list {
		if k.Approved == nil || k.Until == "" || k.From == "" {
			continue // drafts that were given up were never aired
		}
		last := string(k.Until)
		if k.State == schedule.CampaignClosed && k.Closed != nil {
			last = min(last, k.Closed.At.In(now.Location()).Format(time.DateOnly))
		}
		until, err := time.ParseInLocation(time.DateOnly, max(last, string(k.ReportDue)), now.Location())
		if err != nil || today < last || now.After(until.AddDate(0, 0, shownFor)) {
			continue
		}
		over := k.State == schedule.CampaignClosed || now.After(lastMoment(k, now.Location()))
		out = append(out, Ready{Campaign: k, Over: over, Due: k.ReportDue, Late: k.ReportDue != "" && today > string(k.ReportDue)})
	}
	slices.SortStableFunc(out, func(a, b Ready) int { return compareDue(a, b) })
	return out
}

// compareDue puts what has a day before what has none.
func compareDue(a, b Ready) int {
	switch {
	case a.Due == b.Due:
		return 0
	case b.Due == "" || a.Due != "" && a.Due < b.Due:
		return -1
	}
	return 1
}
