package player

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"loaxa/audio"
	"loaxa/player/judge"
	"loaxa/schedule"
)

// What people ask to be played now: rehearsals and emergencies.

const (
	// DisasterTag marks clips that were approved beforehand for disasters: on somebody's order an operator may let them
	// sound at any hour.
	DisasterTag = "thien-tai"

	// repeatPause is the rest between two rounds unless another is asked for.
	repeatPause = 3 * time.Second
	// roundsMost and termMost bound what may be asked for at once; an emergency may be extended again and again.
	roundsMost = 1000
	termMost   = 6 * time.Hour
	// emergencyMax and rehearsalPercent stand for settings that were never made.
	emergencyMax     = 30 * time.Minute
	rehearsalPercent = 30
)

// Play asks for a rehearsal or an emergency and returns the ID of the broadcast.
//
// An emergency cuts what is on air at once. Of two emergencies the later one waits for the end of the earlier: within a
// class nothing is cut, and the person who called the first may still be relying on it. With PlayRequest.Replace the
// person says that the earlier one is to end; it is then cut, with its outcome preempted, and others that wait go on
// waiting.
func (p *Player) Play(ctx context.Context, r PlayRequest) (string, error) {
	return p.ask(ctx, func() (string, error) {
		b, err := p.asked(r)
		var refused *Refusal
		if err != nil && !errors.As(err, &refused) {
			return "", err
		}
		p.record(r.Actor, string(r.Kind), cmp.Or(r.ClipID, r.PlaylistID), orderedBy(r), refused)
		if refused != nil {
			return "", refused
		}
		p.approveOutright(b)
		p.enqueue(b, r.Replace)
		return b.id, nil
	})
}

// enqueue lets b take the air, or wait for it.
func (p *Player) enqueue(b *broadcast, replace bool) {
	switch {
	case p.air == nil:
		p.queue = append(p.queue, b)
	case p.air.b.kind != Emergency:
		p.queue = append(p.queue, b)
		p.readAhead(b)
		p.air.interrupt(judge.ReasonPreempted, b.actor, true)
	case replace:
		p.queue = slices.Insert(p.queue, 0, b)
		p.readAhead(b)
		p.air.stop(judge.ReasonReplaced, b.actor, true)
	default:
		p.queue = append(p.queue, b)
	}
}

// Extend puts the end of an emergency off that is on air or waits for it, and returns when it is to end: zero while it
// waits, since its time has not begun.
func (p *Player) Extend(ctx context.Context, actor, broadcast string, by time.Duration) (time.Time, error) {
	var ends time.Time
	_, err := p.ask(ctx, func() (string, error) {
		b, err := p.extendable(broadcast, by)
		var refused *Refusal
		if errors.As(err, &refused) {
			p.record(actor, "extend", broadcast, by.String(), refused)
			return "", refused
		}
		p.record(actor, "extend", b.id, by.String(), nil)
		b.term.extend(by)
		if p.air != nil && p.air.b == b {
			p.air.limitSession()
			ends = p.endsAt(b)
		}
		p.show()
		return b.id, nil
	})
	return ends, err
}

func (p *Player) extendable(id string, by time.Duration) (*broadcast, error) {
	switch {
	case by <= 0 || by > termMost:
		return nil, &Refusal{Code: "bad_length", Detail: fmt.Sprintf("an emergency is extended by up to %s at a time", termMost)}
	case p.air != nil && p.air.b.kind == Emergency && (id == "" || id == p.air.b.id):
		if p.air.reason != "" || p.air.feeder != nil && p.air.feeder.finished() {
			return nil, &Refusal{Code: "too_late", Detail: "it is ending already; ask for it anew"}
		}
		return p.air.b, nil
	}
	for _, b := range p.queue {
		if b.kind == Emergency && b.id == id {
			return b, nil
		}
	}
	return nil, &Refusal{Code: "nothing_on_air", Detail: "no such emergency is on air or waits"}
}

// endsAt is when an emergency on air ends, by the wall clock.
func (p *Player) endsAt(b *broadcast) time.Time {
	if b.term == nil {
		return time.Time{}
	}
	return p.clock.Now().Add(b.term.left(p.elapsed()))
}

// orderedBy is the reason as it is recorded: with the name of whoever ordered it.
func orderedBy(r PlayRequest) string {
	if r.OrderedBy == "" {
		return r.Reason
	}
	return r.Reason + " (theo lệnh của " + r.OrderedBy + ")"
}

// asked checks a request and makes a broadcast of it.
func (p *Player) asked(r PlayRequest) (*broadcast, error) {
	now := p.clock.Now()
	in := p.opts.Input()
	b := &broadcast{
		id: p.nameOf(r, now), kind: r.Kind,
		actor: r.Actor, approver: r.MayApprove, reason: orderedBy(r), class: schedule.Emergency, zone: "main", volume: 100, due: now,
	}
	items, title, err := itemsOf(in, r, now)
	if err != nil {
		return nil, err
	}
	b.items, b.title, b.notAfter = items, title, r.NotAfter
	planned, _ := b.ready().frames()
	length := audio.Duration(planned)
	switch {
	case r.Kind != Rehearsal && r.Kind != Emergency:
		return nil, &Refusal{Code: "bad_kind", Detail: fmt.Sprintf("kind %q is not known; use rehearsal or emergency", r.Kind)}
	case !r.NotAfter.IsZero() && now.After(r.NotAfter):
		return nil, &Refusal{Code: "too_late", Detail: "its time is over (not_after)"}
	case r.RequestID != "" && (p.decided(b.id) || p.waiting(b.id)):
		return nil, &Refusal{Code: "repeated", Detail: "this request was carried out before"}
	}
	if r.Kind == Rehearsal {
		return b, p.asRehearsal(b, in, length)
	}
	return b, p.asEmergency(b, r, in, length)
}

// nameOf is the ID of what is asked for. Without a request's own it is the moment, told apart where the wall clock has
// been there before.
func (p *Player) nameOf(r PlayRequest, now time.Time) string {
	if r.RequestID != "" {
		return fmt.Sprintf("%s:%s", r.Kind, r.RequestID)
	}
	first := fmt.Sprintf("%s:%s", r.Kind, now.Format("20060102T150405.000"))
	id := first
	for n := 2; p.decided(id) || p.waiting(id); n++ {
		id = fmt.Sprintf("%s-%d", first, n)
	}
	return id
}

// asRehearsal makes b a rehearsal: at low volume, only into silence, never in quiet hours.
func (p *Player) asRehearsal(b *broadcast, in schedule.Input, length time.Duration) error {
	b.class, b.volume = schedule.Ordinary, cmp.Or(in.Settings.RehearsalPercent, rehearsalPercent)
	switch {
	case p.air != nil || len(p.queue) > 0:
		return &Refusal{Code: "on_air", Detail: "something is on air; a rehearsal waits for silence"}
	case p.hold != nil:
		return &Refusal{Code: "hold", Detail: "the station is on hold"}
	case schedule.Quiet(in.Settings, b.due, length):
		return &Refusal{Code: "quiet_hours", Detail: "it would sound in quiet hours"}
	case length > time.Duration(in.Settings.MaxSessionS)*time.Second:
		return &Refusal{Code: "too_long", Detail: "longer than the station's maximum session"}
	}
	return nil
}

// asEmergency gives b its end and its rounds. In quiet hours it needs somebody who may override them, or an order and
// clips that were approved beforehand; one that may not sound in them is cut at their border.
func (p *Player) asEmergency(b *broadcast, r PlayRequest, in schedule.Input, length time.Duration) error {
	ordered := forDisasters(b.items)
	b.anyHour = r.MayOverrideQuiet || ordered && r.OrderedBy != "" || p.doubt != nil // which hour it is nobody knows
	quiet := !b.anyHour && schedule.Quiet(in.Settings, b.due, 0)
	switch {
	case r.Reason == "":
		return &Refusal{Code: "reason_missing", Detail: "an emergency needs a reason"}
	case quiet && ordered:
		return &Refusal{Code: "order_missing", Detail: "these are quiet hours: say by whose order (ordered_by)"}
	case quiet:
		return &Refusal{Code: "quiet_hours", Detail: "these are quiet hours: an approver may do it, or anybody with a clip approved beforehand (tag " + DisasterTag + ") and an order"}
	case r.Repeat < 0 || r.Repeat > roundsMost || r.PauseMS < 0 || time.Duration(r.PauseMS)*time.Millisecond > termMost:
		return &Refusal{Code: "bad_repeat", Detail: fmt.Sprintf("repeat up to %d times", roundsMost)}
	case r.For < 0 || r.For > termMost:
		return &Refusal{Code: "bad_length", Detail: fmt.Sprintf("an emergency lasts up to %s; it may be extended", termMost)}
	case length > termMost:
		return &Refusal{Code: "too_long", Detail: "longer than an emergency may be"}
	}
	most := cmp.Or(time.Duration(in.Settings.EmergencyMaxS)*time.Second, emergencyMax)
	b.term = newTerm(cmp.Or(r.For, most))
	if r.Repeat > 1 || r.Repeat == 0 && r.For > 0 {
		b.rounds = newRounds(b.items, cmp.Or(time.Duration(r.PauseMS)*time.Millisecond, repeatPause), r.Repeat)
	}
	return nil
}

// forDisasters reports whether all clips were approved beforehand for disasters.
func forDisasters(items []schedule.PlannedItem) bool {
	return !slices.ContainsFunc(items, func(it schedule.PlannedItem) bool {
		return isClip(it) && (it.Clip.State != "approved" || !slices.Contains(it.Clip.Tags, DisasterTag))
	})
}

func (p *Player) waiting(id string) bool {
	if p.onAir(id) {
		return true
	}
	for _, b := range p.queue {
		if b.id == id {
			return true
		}
	}
	return false
}

// approveOutright puts on record which clips an approver lets sound, this once, that the rules forbid.
func (p *Player) approveOutright(b *broadcast) {
	in, told := p.opts.Input(), map[string]bool{}
	for _, it := range b.items {
		if id := it.Clip.ID; it.Kind == schedule.KindClip && !told[id] && outright(in, id, b.due) {
			told[id] = true
			p.record(b.actor, "approve_once", id, b.id, nil)
		}
	}
}

// itemsOf turns a clip or a playlist into items.
func itemsOf(in schedule.Input, r PlayRequest, now time.Time) ([]schedule.PlannedItem, string, error) {
	items, title := []schedule.Item{{Kind: schedule.KindClip, ClipID: r.ClipID}}, ""
	if r.PlaylistID != "" {
		l, ok := in.Playlists[r.PlaylistID]
		if !ok {
			return nil, "", &Refusal{Code: "no_playlist", Detail: "there is no playlist " + r.PlaylistID}
		}
		items, title = l.Items, l.Title
	}
	var out []schedule.PlannedItem
	for _, it := range items {
		if it.Kind == schedule.KindSilence {
			out = append(out, schedule.PlannedItem{Kind: it.Kind, Frames: audio.FramesIn(time.Duration(it.SilenceMS) * time.Millisecond)})
			continue
		}
		c := in.Clips[it.ClipID]
		if why := Forbids(in, it.ClipID, now, r.Kind, r.MayApprove); why != schedule.ReasonNone {
			return nil, "", &Refusal{Code: string(why), Detail: forbidden(why, c, it.ClipID)}
		}
		title = cmp.Or(title, c.Title)
		out = append(out, schedule.PlannedItem{Kind: it.Kind, Clip: c, Frames: c.Frames})
	}
	if len(out) == 0 {
		return nil, "", &Refusal{Code: "empty", Detail: "there is nothing to play"}
	}
	return out, title, nil
}
