package player

import (
	"slices"
	"time"

	"loaxa/player/alarm"
	"loaxa/player/judge"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
	"loaxa/schedule/clock"
)

// catchUpMost is how many occurrences are accounted for that fell due beyond the last plan record's reach while the
// machine was off. What lies further back is covered by the outage that the boot record states.
const catchUpMost = 1000

func shutdownBody() evidence.Body { return evidence.Shutdown{Why: "signal"} }

// begin reads what is owed, says that the program runs, and judges what the sleep missed, before the first wait.
func (p *Player) begin() error {
	past, err := p.readPast()
	if err != nil {
		// A log that cannot be read back must not keep the station silent; the plan starts afresh.
		p.opts.Logger.Error("reading what is owed", "err", err)
		past = judge.NewPast()
	}
	elapsed := p.elapsed() // before the uptime: a stall in between must not look like a sleep
	stamp := p.clock.Stamp()
	p.apart = stamp.Up - elapsed
	stamp = p.vouchAgain(past.Ran, stamp)
	p.trust = stamp.Trust
	now := p.clock.Now()
	boot, outage := p.sayBoot(past, stamp.Boot, now)
	p.journal.put("station", boot)
	p.sayStepAsleep(past.Last, stamp)
	p.tellTrust()
	if past.Held { // by which clock the last run ended nobody knows
		outage.From, outage.Until = time.Time{}, time.Time{}
	}
	for id, d := range past.Debts {
		p.owed[id] = &debt{Debt: d}
	}
	if past.Hold != nil {
		p.hold = &HoldOrder{By: past.Hold.By, Reason: past.Hold.Reason, Since: past.Hold.Since.Time, Until: past.Hold.Until.Time}
		p.opts.Alarms.Raise(alarm.OnHold, past.Hold.By)
	}
	if !p.believes(p.trust) {
		p.beginInDoubt(past, outage, stamp)
		p.promise("start", "station", now)
		return nil
	}
	p.catchUp(past.PlanUntil, now)
	for id, d := range p.owed {
		past.Debts[id] = d.Debt
	}
	present := judge.Present{Now: now, Boot: stamp.Boot, Outage: outage}
	if past.Held {
		present.Doubt.Until = now
	}
	for _, r := range judge.Judge(past, present) {
		p.carryOut(r, outage)
	}
	p.promise("start", "station", now)
	return nil
}

// sayStepAsleep puts a step of the wall clock on record that happened while the machine ran and the program did not.
func (p *Player) sayStepAsleep(last evidence.Stamp, now clock.Stamp) {
	if last.Boot != now.Boot {
		return
	}
	expected := last.Wall.Add(now.Up - time.Duration(last.UpMS)*time.Millisecond)
	if d := now.Wall.Sub(expected); d > time.Second || d < -time.Second {
		p.journal.put("station", evidence.ClockChange{
			What: "step", Before: evidence.At(expected), After: evidence.At(now.Wall), Source: "seen at start",
		})
	}
}

// sayBoot tells how the last run ended and what time is not accounted for.
func (p *Player) sayBoot(past *judge.Past, boot string, now time.Time) (evidence.Boot, judge.Outage) {
	b := evidence.Boot{Version: p.opts.Version, BuildHash: p.opts.Build, Previous: "none"}
	last, lastBoot := past.Ran.Wall.Time, past.Ran.Boot
	if h, ok := readHeartbeat(p.opts.Heartbeat); ok {
		b.LastHeartbeat, b.LastBoot = evidence.At(h.wall.In(now.Location())), h.boot
		if h.after(past.Ran) && !past.Clean {
			last, lastBoot = h.wall.In(now.Location()), h.boot
		}
	}
	if last.IsZero() {
		return b, judge.Outage{}
	}
	o := judge.Outage{From: last, Until: now}
	switch {
	case past.Clean:
		b.Previous, o.Reason = "clean", judge.ReasonShutdown
	case sameBoot(lastBoot, boot):
		b.Previous, o.Reason = "crash", judge.ReasonNotRunning
	default:
		b.Previous, o.Reason = "power", judge.ReasonPowerCut
	}
	b.OutageFrom, b.OutageUntil = evidence.At(last), evidence.At(now)
	return b, o
}

// catchUp plans the time between the last plan record's reach and now, by the rules as they stood when the machine went
// off (nobody could change them since), and states it: what fell due there was promised by the rules, if not on record.
func (p *Player) catchUp(reach, now time.Time) {
	if reach.IsZero() || !reach.Before(now) {
		return
	}
	from := reach
	if earliest := now.AddDate(-1, 0, 0); from.Before(earliest) {
		from = earliest
	}
	occs := schedule.Plan(p.opts.Input(), from, now)
	if first := p.catchUpFrom(occs); first > 0 {
		occs = occs[first:]
		from = now
		if len(occs) > 0 {
			from = occs[0].Due
		}
	}
	occs = slices.DeleteFunc(occs, func(o schedule.Occurrence) bool { return p.decided(o.ID) || p.owed[o.ID] != nil })
	for _, o := range occs {
		p.owed[o.ID] = &debt{Debt: debtOf(o)}
	}
	p.journal.put("station", p.planBody("catch_up", from, now))
}

// catchUpFrom is the first of occs that are stated: the newest, as many as fit into one record.
func (p *Player) catchUpFrom(occs []schedule.Occurrence) int {
	w := p.weighOwed()
	for i := len(occs) - 1; i >= 0; i-- {
		if w.add(debtOf(occs[i])); w.bytes > planBytes || len(occs)-i > catchUpMost {
			return i + 1
		}
	}
	return 0
}

// carryOut does what the judge said.
func (p *Player) carryOut(r judge.Ruling, outage judge.Outage) {
	if r.Begun != nil {
		p.closeTrace(r.Begun, outage.Reason)
	}
	switch r.Action {
	case judge.Await:
	case judge.Resume:
		d := p.owed[r.Debt.Planned.ID]
		d.begun, d.item = r.Begun, r.Item
	case judge.Decide:
		body := p.traced(r)
		if r.Outage {
			body.OutageFrom, body.OutageUntil = evidence.At(outage.From), evidence.At(outage.Until)
		}
		id, due := body.Broadcast, body.Due.Time
		p.decide(id, due, body)
	}
}

// closeTrace gives every item that has a start and no end its end: interrupted, bounded by the last figures known.
func (p *Player) closeTrace(b *judge.Begun, reason string) {
	for i, it := range b.Items {
		if !it.Open {
			continue
		}
		p.journal.put("station", evidence.End{
			Broadcast: b.Broadcast, Item: i, Attempt: it.Start.Attempt, Result: "interrupted", Reason: reason,
			Written: it.Written, Taken: it.Taken, Underruns: b.Underruns, Rate: it.Rate, Bounded: true,
		})
		it.Open = false
	}
}

// traced makes an outcome from what the records say.
func (p *Player) traced(r judge.Ruling) evidence.OutcomeBody {
	var body evidence.OutcomeBody
	if r.Debt != nil {
		body = p.unplayed(r.Debt, r.Outcome, r.Reason)
	}
	body.Person = r.Person
	b := r.Begun
	if b == nil {
		return body
	}
	first := b.Items[lowest(b.Items)].Start
	body.Broadcast, body.Occurrence, body.Why = b.Broadcast, b.Occurrence, b.Why
	body.Outcome, body.Reason = r.Outcome, r.Reason
	body.Due, body.Class, body.Zone, body.Volume = first.Due, first.Class, first.Zone, first.Volume
	body.Device, body.Output, body.Underruns = first.Device, string(b.Output), b.Underruns
	body.AiredMS, body.Items = 0, body.Items[:0]
	if r.Debt == nil { // of a rehearsal or an emergency only the starts tell
		body.Title, body.PlannedMS = startedFacts(b)
	}
	for i := range b.Total {
		it := b.Items[i]
		if it == nil {
			continue
		}
		taken := framesMS(it.Taken)
		body.AiredMS += taken
		body.Items = append(body.Items, evidence.AiredItem{Kind: it.Start.ItemKind, Clip: it.Start.Clip, TakenMS: taken, Part: it.Start.Part})
		body.Rate = it.Rate
	}
	if r.Debt == nil {
		body.Items = together(body.Items)
	}
	if b.Taken() > 0 && !b.Onset.IsZero() {
		body.Started, body.Ended = evidence.At(b.Onset), evidence.At(b.Last)
		body.LatenessMS = b.Onset.Sub(first.Due.Time).Milliseconds()
	}
	body.Evidence = evidence.Level(body.Measured())
	return body
}

// startedFacts is the first clip's title and the length of the items that were begun, in ms.
func startedFacts(b *judge.Begun) (title string, planned int64) {
	for i := range b.Total {
		it := b.Items[i]
		if it == nil {
			continue
		}
		planned += framesMS(it.Start.Frames)
		if title == "" && it.Start.Clip != nil {
			title = it.Start.Clip.Title
		}
	}
	return title, planned
}

func lowest(items map[int]*judge.ItemTrace) int {
	low := -1
	for i := range items {
		if low < 0 || i < low {
			low = i
		}
	}
	return low
}

func framesMS(n int64) int64 { return n * 1000 / 48000 }
