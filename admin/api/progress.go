package api

import (
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// Progress is how far a campaign has come. Of the past only the log speaks; a broadcast counts when it was aired whole on
// hardware.
type Progress struct {
	Target   int64 `json:"target"`   // asked for by the letter, else all that was and is planned
	Aired    int64 `json:"aired"`    // full or late, on hardware
	Unproven int64 `json:"unproven"` // full or late, on a virtual or unproven output: not counted
	Failed   int64 `json:"failed"`   // partial, preempted, missed, skipped, cancelled
	Ahead    int64 `json:"ahead"`    // still to air by the plan as it stands, make-ups included
	// Shortfall is what will be missing at the end if all that is ahead airs.
	Shortfall int64 `json:"shortfall"`
	AiredMS   int64 `json:"aired_ms"` // of what counts
	Gaps      []Gap `json:"gaps"`     // what failed and is not made up for, oldest first
}

// Gap is an occurrence of a campaign that was not aired whole.
type Gap struct {
	Occurrence string    `json:"occurrence"`
	Due        time.Time `json:"due"`
	Status     string    `json:"status"`
	Reason     string    `json:"reason"`
}

// makeupsOf maps what is made up for to the occurrence that does it.
func makeupsOf(p schedule.Programme) map[string]bool {
	out := map[string]bool{}
	for _, e := range p.Exceptions {
		if e.MakeupOf != "" && !e.Cancelled {
			out[e.MakeupOf] = true
		}
	}
	return out
}

// Progress reads a campaign's outcomes and what is ahead of it.
func (a *API) Progress(k schedule.Campaign) (Progress, error) {
	all, err := a.ProgressOf([]schedule.Campaign{k})
	return all[k.ID], err
}

// ProgressOf is the progress of several campaigns, by ID; the log and the plan are read once.
func (a *API) ProgressOf(list []schedule.Campaign) (map[string]Progress, error) {
	tallies, order := a.tallies(list)
	now := a.o.Now()
	from := now
	for _, t := range order {
		if first, _ := t.campaign.Days(now.Location()); first.Before(from) {
			from = first
		}
	}
	if len(tallies) > 0 {
		err := a.o.Log.Outcomes(from, now.AddDate(0, 0, 1), func(_ evidence.Record, o evidence.OutcomeBody) error {
			if t := tallies[o.Programme]; t != nil && o.Occurrence != "" {
				t.past(o)
			}
			return nil
		})
		if err != nil {
			return nil, logError(err)
		}
		a.ahead(tallies, order, now)
	}
	out := make(map[string]Progress, len(list))
	for _, k := range list {
		out[k.ID] = Progress{Target: k.Target, Gaps: []Gap{}}
	}
	for _, t := range order {
		out[t.campaign.ID] = t.sum()
	}
	return out, nil
}

// tally counts for one campaign.
type tally struct {
	campaign schedule.Campaign
	progress Progress
	planned  int64 // by its rule, past and ahead
	madeUp   map[string]bool
	until    time.Time // end of what is ahead; zero for one that plans nothing more
}

// tallies are one for each campaign that has a programme, by the IDs of its programmes and in order.
func (a *API) tallies(list []schedule.Campaign) (byProgramme map[string]*tally, order []*tally) {
	byProgramme = make(map[string]*tally)
	now := a.o.Now()
	for _, k := range list {
		if k.Programme == "" {
			continue
		}
		t := &tally{campaign: k, madeUp: map[string]bool{}, progress: Progress{Target: k.Target, Gaps: []Gap{}}}
		if k.State == schedule.CampaignApproved {
			_, t.until = k.Ahead(now)
		}
		byProgramme[k.Programme], order = t, append(order, t)
		m, err := a.o.Rules.Programme(k.Makeups)
		if err != nil {
			continue // there are none
		}
		byProgramme[k.Makeups], t.madeUp = t, makeupsOf(m)
		for _, at := range m.Starts { // make-ups may lie beyond the last day
			if !t.until.IsZero() && !at.Before(t.until) {
				t.until = at.Add(time.Second)
			}
		}
	}
	return byProgramme, order
}

func (t *tally) past(o evidence.OutcomeBody) {
	if o.Programme == t.campaign.Programme {
		t.planned++
	}
	t.progress.count(o, t.madeUp)
}

func (t *tally) sum() Progress {
	p := t.progress
	if p.Target == 0 {
		p.Target = t.planned
	}
	p.Shortfall = max(0, p.Target-p.Aired-p.Ahead)
	return p
}

func (p *Progress) count(o evidence.OutcomeBody, madeUp map[string]bool) {
	switch o.Outcome {
	case evidence.Full, evidence.Late:
		if o.Output == string(evidence.Hardware) {
			p.Aired++
			p.AiredMS += o.AiredMS
		} else {
			p.Unproven++
		}
		return
	}
	p.Failed++
	if !madeUp[o.Occurrence] {
		p.Gaps = append(p.Gaps, Gap{Occurrence: o.Occurrence, Due: o.Due.Time, Status: string(o.Outcome), Reason: o.Reason})
	}
}

// ahead counts what the plan still airs of the campaigns. Planned counts what is refused, too, and leaves make-ups out.
func (a *API) ahead(tallies map[string]*tally, order []*tally, now time.Time) {
	until := now
	for _, t := range order {
		if t.until.After(until) {
			until = t.until
		}
	}
	for _, o := range schedule.Plan(a.o.Input(), now, until) {
		t := tallies[o.ProgrammeID]
		if t == nil || !o.Due.Before(t.until) || a.o.Log.Decided(o.ID) {
			continue
		}
		if o.ProgrammeID == t.campaign.Programme {
			t.planned++
		}
		if o.Verdict != schedule.VerdictSkipped {
			t.progress.Ahead++
		}
	}
}
