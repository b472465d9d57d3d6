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
	p := Progress{Target: k.Target, Gaps: []Gap{}}
	if k.Programme == "" {
		return p, nil
	}
	now := a.o.Now()
	from, _ := k.Days(now.Location())
	madeUp := map[string]bool{}
	if m, err := a.o.Rules.Programme(k.Makeups); err == nil {
		madeUp = makeupsOf(m)
	}
	planned := int64(0)
	err := a.o.Log.Outcomes(from, now.AddDate(0, 0, 1), func(_ evidence.Record, o evidence.OutcomeBody) error {
		if o.Occurrence == "" || o.Programme != k.Programme && o.Programme != k.Makeups {
			return nil
		}
		if o.Programme == k.Programme {
			planned++
		}
		p.count(o, madeUp)
		return nil
	})
	if err != nil {
		return p, logError(err)
	}
	ahead, ofRule := a.ahead(k, now)
	p.Ahead, planned = ahead, planned+ofRule
	if p.Target == 0 {
		p.Target = planned
	}
	p.Shortfall = max(0, p.Target-p.Aired-p.Ahead)
	return p, nil
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

// ahead counts what the plan still airs of a campaign; ofRule leaves the make-ups out and counts what is refused too.
func (a *API) ahead(k schedule.Campaign, now time.Time) (airs, ofRule int64) {
	if k.State != schedule.CampaignApproved {
		return 0, 0
	}
	_, until := k.Ahead(now)
	if m, err := a.o.Rules.Programme(k.Makeups); err == nil {
		for _, at := range m.Starts { // make-ups may lie beyond the last day
			if !at.Before(until) {
				until = at.Add(time.Second)
			}
		}
	}
	for _, o := range schedule.Plan(a.o.Input(), now, until) {
		if o.ProgrammeID != k.Programme && o.ProgrammeID != k.Makeups || a.o.Log.Decided(o.ID) {
			continue
		}
		if o.ProgrammeID == k.Programme {
			ofRule++
		}
		if o.Verdict != schedule.VerdictSkipped {
			airs++
		}
	}
	return airs, ofRule
}
