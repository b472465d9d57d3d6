package player

import (
	"cmp"
	"time"

	"loaxa/player/alarm"
	"loaxa/player/judge"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// debt is an occurrence that was promised in a plan record and has no outcome yet.
type debt struct {
	*judge.Debt
	obstacle string       // why it has not begun although it was due
	begun    *judge.Begun // it was on air before the program came back, and goes on
	item     int          // at this item
	attempt  int          // lines it was given before it was put back
	cut      *broadcast   // a higher class took the air from it, and it may go on
}

func (d *debt) due() time.Time { return d.Planned.Due.Time }

// planned is the interval that the last plan record states.
type planned struct {
	from, until time.Time
	day         string // station's day it was made on
	epoch       int64  // of the log that states it
}

// promise makes the plan anew from now on and states it in the log, together with everything still owed from before.
func (p *Player) promise(why, who string, now time.Time) {
	in := p.opts.Input()
	p.reportFaults(in)
	occs, until := p.ahead(in, now)
	fresh := make(map[string]schedule.Occurrence, len(occs))
	for _, o := range occs {
		if !p.decided(o.ID) {
			fresh[o.ID] = o
		}
	}
	for id, d := range p.owed {
		switch o, planned := fresh[id]; {
		case planned:
			d.Debt = debtOf(o)
			delete(fresh, id)
		case d.due().Before(now) || !d.due().Before(until) || p.onAir(id):
			// Decided by expire when its time has come; a shorter reach withdraws nothing.
		case !d.Withdrawn:
			d.Withdrawn, d.By, d.At = true, who, now
		}
	}
	for id, o := range fresh {
		p.owed[id] = &debt{Debt: debtOf(o)}
	}
	p.forgetUnplanned()
	p.plan = planned{from: now, until: until, day: now.Format(time.DateOnly), epoch: p.opts.Log.Epoch()}
	p.journal.put("station", p.planBody(why, now, until))
	if p.doubt != nil {
		p.sayHeld(evidence.HoldPlan)
	}
}

// renewPlan makes a new plan each day, and when less than half of the reach is left.
func (p *Player) renewPlan(now time.Time) {
	half := p.plan.from.Add(p.plan.until.Sub(p.plan.from) / 2)
	switch epoch := p.opts.Log.Epoch(); {
	case epoch != p.plan.epoch && epoch != 0:
		// The log was set aside while the station ran: the new one must know what is owed.
		p.promise("epoch", "station", now)
	case now.Before(p.plan.from):
		p.promise("clock", "station", now)
	case now.Format(time.DateOnly) != p.plan.day:
		p.promise("daily", "station", now)
	case now.After(half):
		p.promise("horizon", "station", now)
	}
}

// edited takes a change of the rules or the library: the plan is made anew and said anew, and what had no clip that could
// be played is tried again.
func (p *Player) edited(who string) {
	p.lastEdit = who
	for _, d := range p.owed {
		if keptByClip(d.obstacle) {
			d.obstacle = ""
		}
	}
	now := p.clock.Now()
	p.promise("change", who, now)
	p.expire(now)
}

// reportFaults raises an alarm while a stored rule cannot be planned.
func (p *Player) reportFaults(in schedule.Input) {
	if faults := schedule.Faults(in); len(faults) > 0 {
		p.opts.Alarms.Raise(alarm.RuleBroken, faults[0].ProgrammeID+": "+faults[0].Detail)
		return
	}
	p.opts.Alarms.Clear(alarm.RuleBroken)
}

func (p *Player) decided(id string) bool {
	if _, ok := p.done[id]; ok {
		return true
	}
	return p.opts.Log.Decided(id)
}

func (p *Player) onAir(id string) bool { return p.air != nil && p.air.b.id == id }

// lookup plans one occurrence by the rules of this moment; ok is false when no rule makes it any more.
func (p *Player) lookup(d *debt) (schedule.Occurrence, bool) {
	for _, o := range schedule.Plan(p.opts.Input(), d.due(), d.due().Add(time.Second)) {
		if o.ID == d.Planned.ID {
			return o, true
		}
	}
	return schedule.Occurrence{}, false
}

// expire decides what needs no sound: withdrawn, refused by a rule, or past its window.
func (p *Player) expire(now time.Time) {
	if p.doubt != nil {
		return // what fell due is judged once, when the time is known
	}
	for _, d := range p.inOrder() {
		if d.due().After(now) {
			return
		}
		if p.onAir(d.Planned.ID) {
			continue
		}
		if p.air != nil && d.obstacle == "" {
			d.obstacle = judge.ReasonOverlap
		}
		if p.hold != nil {
			d.obstacle = judge.ReasonHold
		}
		p.rule(d, now)
	}
}

// rule decides one debt that is due, if it can be decided without playing it.
func (p *Player) rule(d *debt, now time.Time) {
	o, ok := p.lookup(d)
	switch {
	case d.Withdrawn:
		p.decideUnplayed(d, evidence.Cancelled, judge.ReasonWithdrawn, d.By)
	case !ok:
		p.decideUnplayed(d, evidence.Cancelled, judge.ReasonWithdrawn, cmp.Or(p.lastEdit, "station"))
	case o.Verdict == schedule.VerdictSkipped && o.Reason != schedule.ReasonOverlap:
		p.decideUnplayed(d, evidence.Skipped, string(o.Reason), "")
	case d.obstacle == string(schedule.ReasonQuietHours) || refusedClip(d.obstacle):
		p.decideUnplayed(d, evidence.Skipped, d.obstacle, "")
	case !now.After(d.Window()):
		// It may still begin.
	case d.obstacle == judge.ReasonHold:
		p.decideUnplayed(d, evidence.Skipped, judge.ReasonHold, p.holder())
	case d.obstacle == judge.ReasonOverlap:
		p.decideUnplayed(d, evidence.Skipped, judge.ReasonOverlap, "")
	default:
		p.decideUnplayed(d, evidence.Missed, cmp.Or(d.obstacle, judge.ReasonWindow), "")
	}
}
