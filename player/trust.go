package player

import (
	"time"

	"loaxa/player/alarm"
	"loaxa/player/judge"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule/clock"
)

// A clock that nothing vouches for starts nothing by itself. What falls due meanwhile stays undecided, and is judged once
// when the time is known: by then the true start of the boot follows from the uptime. Emergencies, rehearsals and STOP are
// a person's and always work.

// doubt is a stretch in which the clock is not believed.
type doubt struct {
	up        time.Duration // uptime at which it began
	planUntil time.Time     // how far the last plan made on a believed clock reached; zero when there was none
	// What is left to judge of the time before this run; zero when the doubt began later.
	past   *judge.Past
	outage judge.Outage // Until is by the clock in doubt; From is zero when it is not known
}

// allowDoubtful is the value of Settings.ClockRule that lets a station go on with a clock that nothing vouches for.
const allowDoubtful = "allow_doubtful"

// believes reports whether things start by themselves on a clock of that trust.
func (p *Player) believes(t clock.Trust) bool {
	return t != clock.Doubtful || p.opts.Input().Settings.ClockRule == allowDoubtful
}

// watchTrust puts a change of the clock's trust on record, and begins or ends the doubt. It returns what doubt there is.
func (p *Player) watchTrust() *doubt { return p.trustBy("kernel", "station") }

func (p *Player) trustBy(source, actor string) *doubt {
	stamp := p.clock.Stamp()
	if t := stamp.Trust; t != p.trust {
		p.journal.put(actor, evidence.ClockChange{What: "trust", Source: source, From: string(p.trust), To: string(t)})
		p.trust = t
		p.tellTrust()
	}
	switch believed := p.believes(p.trust); {
	case !believed && p.doubt == nil:
		p.doubt = &doubt{up: stamp.Up, planUntil: p.plan.until}
		p.sayHeld(string(p.trust))
		p.show()
	case believed && p.doubt != nil:
		p.endDoubt(stamp)
	}
	return p.doubt
}

// vouchAgain lets a restart of the program go on with the trust of the run before it: in the same boot, with the clock
// not set meanwhile, it is the same clock.
func (p *Player) vouchAgain(last evidence.Stamp, now clock.Stamp) clock.Stamp {
	if now.Trust != clock.Doubtful || p.opts.Setter == nil || last.Boot != now.Boot || !last.Clock.Trusted() {
		return now
	}
	expected := last.Wall.Add(now.Up - time.Duration(last.UpMS)*time.Millisecond)
	if now.Wall.Sub(expected).Abs() > evidence.Drift {
		return now
	}
	p.opts.Setter.MarkSet()
	return p.clock.Stamp()
}

// beginInDoubt ends what the last run left open of its items, decides what no plan owes, and leaves the rest.
func (p *Player) beginInDoubt(past *judge.Past, outage judge.Outage, stamp clock.Stamp) {
	p.doubt = &doubt{up: stamp.Up, planUntil: past.PlanUntil, past: past, outage: outage}
	p.sayHeld(string(p.trust))
	unplanned := judge.NewPast()
	unplanned.Stopped = past.Stopped
	for id, b := range past.Begun {
		p.closeTrace(b, outage.Reason)
		if d := p.owed[id]; d != nil {
			d.begun = b // whether it goes on is judged later
		} else {
			unplanned.Begun[id] = b
		}
	}
	for _, r := range judge.Judge(unplanned, judge.Present{Now: stamp.Wall, Boot: stamp.Boot, Outage: outage}) {
		p.carryOut(r, outage)
	}
}

// endDoubt judges what fell into the doubt, once, by the time as it is known now.
func (p *Player) endDoubt(stamp clock.Stamp) {
	d := p.doubt
	p.doubt = nil
	p.journal.put("station", evidence.ClockChange{What: evidence.ClockRelease, Source: string(p.trust)})
	p.opts.Alarms.Clear(alarm.ClockHeld)
	now := stamp.Wall
	present := judge.Present{Now: now, Boot: stamp.Boot, Outage: d.outage, Doubt: judge.Doubt{From: now.Add(d.up - stamp.Up), Until: now}}
	if !present.Outage.Until.IsZero() && p.trust != clock.Doubtful {
		present.Outage.Until = present.Doubt.From // the program's true start
	}
	if d.past != nil && d.past.Held {
		present.Doubt.From = time.Time{} // nor was the run before this one sure
	}
	p.catchUp(d.planUntil, now)
	for _, r := range judge.Judge(p.undecided(d), present) {
		p.carryOut(r, present.Outage)
	}
	for _, o := range p.owed {
		if o.obstacle == judge.ReasonClock {
			o.obstacle = ""
		}
	}
	p.promise("clock", "station", now)
	p.expire(now)
	p.show()
}

// undecided is all that is owed and not on air, with what is known of it from before.
func (p *Player) undecided(d *doubt) *judge.Past {
	past := judge.NewPast()
	if d.past != nil {
		past.Stopped = d.past.Stopped
	}
	for id, o := range p.owed {
		if p.onAir(id) || o.cut != nil { // what this run put on air has figures of its own
			continue
		}
		past.Debts[id] = o.Debt
		if o.begun != nil {
			past.Begun[id] = o.begun
		}
	}
	if h := p.hold; h != nil {
		past.Hold = &evidence.Hold{By: h.By, Reason: h.Reason, Since: evidence.At(h.Since), Until: evidence.At(h.Until)}
	}
	return past
}

// sayHeld puts on record that nothing starts by itself.
func (p *Player) sayHeld(source string) {
	p.journal.put("station", evidence.ClockChange{What: evidence.ClockHold, Source: source})
	p.opts.Alarms.Raise(alarm.ClockHeld, "")
}

func (p *Player) tellTrust() {
	if p.trust == clock.Doubtful {
		p.opts.Alarms.Raise(alarm.ClockDoubtful, "the clock is neither synchronised nor set by a person, and no hardware clock vouches for it")
		return
	}
	p.opts.Alarms.Clear(alarm.ClockDoubtful)
}

// doubted puts back what was about to begin by a clock that is not believed any more; it reports whether it did. What
// sounds goes on to its end.
func (a *airing) doubted() bool {
	if a.p.watchTrust() == nil || a.reason != "" || !a.silentAt(a.p.clock.Now()) {
		return false
	}
	a.putBack(judge.ReasonClock)
	return true
}
