package player

import (
	"cmp"
	"slices"
	"time"

	"loaxa/audio"
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
		p.sayHeld("plan")
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

func (p *Player) inOrder() []*debt {
	out := make([]*debt, 0, len(p.owed))
	for _, d := range p.owed {
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b *debt) int {
		return cmp.Or(a.due().Compare(b.due()),
			cmp.Compare(schedule.Class(b.Programme.Class).Rank(), schedule.Class(a.Programme.Class).Rank()),
			cmp.Compare(a.Planned.ID, b.Planned.ID))
	})
	return out
}

// queued takes what a person asked for.
func (p *Player) queued() *broadcast {
	if len(p.queue) == 0 {
		return nil
	}
	b := p.queue[0]
	p.queue = p.queue[1:]
	return b
}

// next is the earliest debt that may go on air and whose warm-up has begun.
func (p *Player) next(now time.Time) *broadcast {
	if p.hold != nil || p.doubt != nil {
		return nil
	}
	for _, d := range p.inOrder() {
		if d.due().Add(-p.lead(d)).After(now) {
			return nil
		}
		if d.Withdrawn || now.After(d.Window()) || keptByClip(d.obstacle) {
			continue
		}
		o, ok := p.lookup(d)
		if !ok || (o.Verdict == schedule.VerdictSkipped && o.Reason != schedule.ReasonOverlap) {
			continue
		}
		if p.intoQuiet(o, now) {
			d.obstacle = string(schedule.ReasonQuietHours)
			continue
		}
		if d.begun != nil && !goesOn(d.begun, o) {
			if d.begun.Taken() > 0 {
				p.decideUnplayed(d, evidence.Partial, judge.ReasonWithdrawn, cmp.Or(p.lastEdit, "station"))
				continue
			}
			d.begun = nil
		}
		if otherwise(d.Debt, debtOf(o)) {
			// The rules or the library changed and nobody said so: the log must not hold a start that its plan refuses.
			d.Debt = debtOf(o)
			p.promise("change", cmp.Or(p.lastEdit, "station"), now)
		}
		return scheduledBroadcast(o, d)
	}
	return nil
}

// otherwise reports whether what may begin now is not what the log says was planned: refused there, or other clips.
func otherwise(said, now *judge.Debt) bool {
	return said.Refused() || !slices.EqualFunc(said.Clips, now.Clips, func(a, b evidence.Clip) bool { return a.ID == b.ID && a.Canonical == b.Canonical })
}

// goesOn reports whether the rules still make of an occurrence what was begun of it before the program came back.
func goesOn(b *judge.Begun, o schedule.Occurrence) bool {
	if b.Total != len(o.Items) {
		return false
	}
	for i, it := range b.Items {
		if i >= len(o.Items) || it.Start.ItemKind != string(o.Items[i].Kind) {
			return false
		}
		if c := it.Start.Clip; c != nil && c.Canonical != o.Items[i].Clip.Canonical {
			return false
		}
	}
	return true
}

// intoQuiet is the player's own guard: what begins late must not run into quiet hours that the plan kept clear of.
func (p *Player) intoQuiet(o schedule.Occurrence, now time.Time) bool {
	at := o.Due
	if now.After(at) {
		at = now
	}
	return schedule.Quiet(p.opts.Input().Settings, at, o.Length)
}

func (p *Player) warmUp() time.Duration {
	return time.Duration(p.opts.Input().Settings.WarmUpMS) * time.Millisecond
}

// readRate is how fast a clip is read and hashed at least, bytes a second: an SD card under a small board.
const readRate = 20 << 20

// lead is how long before its due time a debt takes the air: the warm-up, or what it takes to open the device and to read
// the first clip from end to end, where that is longer. No frame of a clip sounds before its hash is known.
func (p *Player) lead(d *debt) time.Duration { return leadOf(d, p.warmUp()) }

func leadOf(d *debt, warm time.Duration) time.Duration {
	if len(d.Clips) == 0 {
		return warm
	}
	bytes := audio.FramesIn(time.Duration(d.Clips[0].DurationMS)*time.Millisecond) * 2
	return max(warm, time.Second+time.Duration(bytes)*time.Second/readRate)
}

// nextWake is the next moment at which the loop has something to do.
func (p *Player) nextWake(now time.Time) time.Time {
	day := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location())
	wake := day
	sooner := func(t time.Time) {
		if t.After(now) && t.Before(wake) {
			wake = t
		}
	}
	sooner(p.plan.from.Add(p.plan.until.Sub(p.plan.from)/2 + time.Millisecond))
	if p.hold != nil && !p.hold.Until.IsZero() {
		sooner(p.hold.Until)
	}
	warm := p.warmUp()
	for _, d := range p.owed {
		sooner(d.due().Add(-leadOf(d, warm)))
		sooner(d.due())
		sooner(d.Window().Add(time.Millisecond))
	}
	return wake
}
