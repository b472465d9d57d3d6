package player

import (
	"cmp"
	"math"
	"time"

	"loaxa/audio"
	"loaxa/player/judge"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

func round3(v float64) float64 { return math.Round(v*1000) / 1000 }

func occurrenceOf(b *broadcast) string {
	if b.kind == Scheduled {
		return b.id
	}
	return ""
}

func clipOf(c schedule.ClipFact) evidence.Clip {
	return evidence.Clip{
		ID: c.ID, Title: c.Title, SHA256: c.SHA256, Canonical: c.Canonical,
		DurationMS: audio.Duration(c.Frames).Milliseconds(), GainDB: round3(c.GainDB),
		Tags: c.Tags, Source: c.Source,
	}
}

// describedMost is how many bytes of tags and sources one record carries: what clips are about must never make a record
// longer than the log takes. What does not fit is left out, of the last clips first.
const describedMost = 256 << 10

// describe leaves tags and sources out once left bytes of them have been seen. The clips that it is given stay as they
// are: they are shared.
func describe(left *int, c evidence.Clip) evidence.Clip {
	n := len(c.Source)
	for _, tag := range c.Tags {
		n += len(tag) + len(`"",`)
	}
	if *left -= n; *left < 0 {
		c.Tags, c.Source = nil, ""
	}
	return c
}

func describeItems(items []evidence.AiredItem) {
	left := describedMost
	for i, it := range items {
		if it.Clip != nil {
			c := describe(&left, *it.Clip)
			items[i].Clip = &c
		}
	}
}

// conclude gives the broadcast its outcome, unless the program is leaving.
func (a *airing) conclude() {
	b := a.b
	b.ended = a.p.clock.Now()
	if a.leave || a.putAside() {
		return
	}
	verdict := a.verdict
	_, taken := b.frames()
	if verdict == "" || taken > 0 { // what was measured is the word, also when a person took it away at its first sound
		verdict = b.word(a.preempt || b.resuming)
	}
	if taken == 0 && a.person != "" && verdict == evidence.Missed {
		verdict = evidence.Cancelled
	}
	switch a.reason {
	case judge.ReasonQuietBorder, judge.ReasonSessionEnd, judge.ReasonTermEnd:
		if verdict == evidence.Full || verdict == evidence.Late {
			a.reason = "" // its last frames were taken just then: nothing is missing
		}
	}
	body := a.p.outcomeOf(b, verdict, a.reason)
	body.Person = cmp.Or(a.person, b.person())
	a.p.decide(b.id, b.due, body)
}

// person is who asked for a rehearsal or an emergency.
func (b *broadcast) person() string {
	if b.kind == Scheduled {
		return ""
	}
	return b.actor
}

func (p *Player) outcomeOf(b *broadcast, verdict evidence.Outcome, reason string) evidence.OutcomeBody {
	s := p.opts.Input().Settings
	planned, taken := b.frames()
	body := evidence.OutcomeBody{
		Broadcast: b.id, Occurrence: occurrenceOf(b), Why: string(b.kind), Outcome: verdict, Reason: cmp.Or(reason, b.reason),
		Programme: b.programme, Title: b.title, Playlist: b.playlist, Class: string(b.class), Zone: b.zone, Volume: b.volume,
		Due: evidence.At(b.due), Ended: evidence.At(b.ended), AiredMS: audio.Duration(taken).Milliseconds(),
		PlannedMS: audio.Duration(planned).Milliseconds(), Items: b.aired(), Device: b.device, Output: string(b.output),
		Underruns: b.underruns, Rate: round3(b.rates.mean()), StationName: s.StationName, StationCode: s.StationCode,
	}
	if taken > 0 && !b.onset.IsZero() {
		body.Started = evidence.At(b.onset)
		body.LatenessMS = b.onset.Sub(b.due).Milliseconds()
	}
	body.Evidence = evidence.Level(body.Measured())
	return body
}

// aired says of each item how much of it was taken.
func (b *broadcast) aired() []evidence.AiredItem {
	out := make([]evidence.AiredItem, 0, len(b.items))
	for i, it := range b.items {
		a := evidence.AiredItem{
			Kind: string(it.Kind), TakenMS: audio.Duration(min(b.taken[i], it.Frames)).Milliseconds(), Part: string(it.Part), Failed: b.failed[i],
		}
		if it.Kind == schedule.KindClip {
			c := clipOf(it.Clip)
			a.Clip = &c
		}
		out = append(out, a)
	}
	if b.rounds != nil {
		return together(out)
	}
	return out
}

// together sums up the rounds of what was repeated, so that the record of half an hour is no longer than that of one round.
func together(items []evidence.AiredItem) []evidence.AiredItem {
	var out []evidence.AiredItem
	at := make(map[string]int)
	for _, it := range items {
		key := it.Kind + "/" + it.Part
		if it.Clip != nil {
			key += "/" + it.Clip.Canonical
		}
		i, seen := at[key]
		if !seen {
			at[key] = len(out)
			out = append(out, it)
			continue
		}
		out[i].TakenMS += it.TakenMS
		out[i].Times = max(out[i].Times, 1) + 1
		out[i].Failed = cmp.Or(out[i].Failed, it.Failed)
	}
	return out
}

// decideUnplayed gives an occurrence that this run did not put on air its outcome, from what was promised of it.
func (p *Player) decideUnplayed(d *debt, verdict evidence.Outcome, reason, person string) {
	body := p.unplayed(d.Debt, verdict, reason)
	if b := d.cut; b != nil {
		if reason == judge.ReasonOverlap || reason == judge.ReasonWindow {
			reason = judge.ReasonPreempted // it had its chance, and the air was not free again in time
		}
		body = p.outcomeOf(b, b.word(true), reason)
	} else if b := d.begun; b != nil && b.Taken() > 0 {
		// It was on air before the program came back, and does not go on: that it was heard stays true.
		body = p.traced(judge.Ruling{Debt: d.Debt, Begun: b, Outcome: b.CutWord(), Reason: reason})
	}
	body.Person = person
	p.decide(d.Planned.ID, d.due(), body)
}

func (p *Player) unplayed(d *judge.Debt, verdict evidence.Outcome, reason string) evidence.OutcomeBody {
	s := p.opts.Input().Settings
	items := make([]evidence.AiredItem, 0, len(d.Clips))
	for i := range d.Clips {
		items = append(items, evidence.AiredItem{Kind: string(schedule.KindClip), Clip: &d.Clips[i]})
	}
	g := d.Programme
	return evidence.OutcomeBody{
		Broadcast: d.Planned.ID, Occurrence: d.Planned.ID, Why: string(Scheduled), Outcome: verdict, Reason: reason,
		Programme: d.Planned.Programme, Title: g.Title, Playlist: g.Playlist, Class: g.Class, Zone: g.Zone, Volume: g.Volume,
		Due: d.Planned.Due, PlannedMS: d.Planned.LengthMS, Items: items,
		StationName: s.StationName, StationCode: s.StationCode,
	}
}

// decide puts the final word on record and forgets the debt. An occurrence is decided once, ever.
func (p *Player) decide(id string, due time.Time, body evidence.OutcomeBody) {
	if p.decided(id) {
		delete(p.owed, id)
		return
	}
	describeItems(body.Items)
	p.journal.put("station", body)
	p.done[id] = due
	delete(p.owed, id)
	if body.Output != "" {
		p.output = body.Output
	}
	p.opts.Logger.Info("outcome", "broadcast", id, "outcome", body.Outcome, "reason", body.Reason, "aired_ms", body.AiredMS)
}

// planBody states the plan and all that is owed from before it.
func (p *Player) planBody(why string, from, until time.Time) evidence.Plan {
	body := evidence.Plan{
		From: evidence.At(from), Until: evidence.At(until), Why: why,
		Programmes: []evidence.PlannedProgramme{}, Clips: []evidence.Clip{},
		Occurrences: []evidence.Planned{}, Open: []evidence.Planned{},
	}
	programmes, clips := map[string]bool{}, map[string]bool{}
	left := describedMost
	for _, d := range p.inOrder() {
		o := d.Planned
		o.State, o.By, o.At = "", "", evidence.Time{}
		switch {
		case d.Withdrawn:
			o.State, o.By, o.At = "withdrawn", d.By, evidence.At(d.At)
			body.Open = append(body.Open, o)
		case d.due().Before(from) || !d.due().Before(until) || p.onAir(o.ID) || d.begun != nil || d.cut != nil:
			o.State = "pending"
			body.Open = append(body.Open, o)
		default:
			body.Occurrences = append(body.Occurrences, o)
		}
		if !programmes[d.Programme.ID] {
			programmes[d.Programme.ID] = true
			body.Programmes = append(body.Programmes, d.Programme)
		}
		for _, c := range d.Clips {
			if !clips[c.ID] {
				clips[c.ID] = true
				body.Clips = append(body.Clips, describe(&left, c))
			}
		}
	}
	if h := p.hold; h != nil {
		body.Hold = &evidence.Hold{By: h.By, Reason: h.Reason, Since: evidence.At(h.Since)}
		if !h.Until.IsZero() {
			body.Hold.Until = evidence.At(h.Until)
		}
	}
	return body
}

// debtOf is an occurrence as it will be promised.
func debtOf(o schedule.Occurrence) *judge.Debt {
	d := &judge.Debt{
		Planned: evidence.Planned{
			ID: o.ID, Programme: o.ProgrammeID, Due: evidence.At(o.Due), LengthMS: o.Length.Milliseconds(),
			Clips: []string{}, Verdict: string(o.Verdict), Reason: string(o.Reason),
		},
		Programme: evidence.PlannedProgramme{
			ID: o.ProgrammeID, Title: o.Title, Playlist: o.PlaylistTitle, Class: string(o.Class), Zone: o.Zone,
			Volume: o.VolumePercent, LatenessMS: o.Lateness.Milliseconds(), Resume: o.Resume, ResumeCut: o.ResumeCut, Order: o.Order,
		},
	}
	for _, it := range o.Items {
		if it.Kind == schedule.KindClip {
			c := clipOf(it.Clip)
			d.Planned.Clips = append(d.Planned.Clips, c.ID)
			d.Clips = append(d.Clips, c)
		}
	}
	return d
}
