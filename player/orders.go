package player

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"loaxa/audio"
	"loaxa/player/alarm"
	"loaxa/player/judge"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
	"loaxa/schedule/clock"
)

// order is one thing a person asks of the player; it is carried out by Run's goroutine.
type order struct {
	do     func() (string, error)
	answer chan answer
}

type answer struct {
	text string
	err  error
}

// ErrNotRunning is the answer while the player's loop is not there to carry out an order.
var ErrNotRunning = errors.New("the player does not run")

// ask hands an order to Run and waits for the answer.
func (p *Player) ask(ctx context.Context, do func() (string, error)) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	o := order{do: do, answer: make(chan answer, 1)}
	select {
	case p.orders <- o:
	case <-ctx.Done():
		return "", fmt.Errorf("asking the player: %w", ErrNotRunning)
	}
	select {
	case a := <-o.answer:
		return a.text, a.err
	case <-ctx.Done():
		return "", fmt.Errorf("asking the player: %w", ctx.Err())
	}
}

func (p *Player) obey(o order) {
	text, err := o.do()
	o.answer <- answer{text, err}
}

// Replan says that the rules, the settings or the library changed, and who changed them.
func (p *Player) Replan(actor string) {
	select {
	case p.replans <- actor:
	default: // many are waiting already; one new plan serves them all
	}
}

// Stop fades out what is on air. It returns the broadcast that was stopped.
func (p *Player) Stop(ctx context.Context, actor string) (string, error) {
	id, err := p.ask(ctx, func() (string, error) {
		if p.air == nil {
			err := &Refusal{Code: "nothing_on_air", Detail: "nothing is on air"}
			p.record(actor, "stop", "", "", err)
			return "", err
		}
		id := p.air.b.id
		p.record(actor, "stop", id, "", nil)
		p.air.stop(judge.ReasonStopped, actor, false)
		return id, nil
	})
	p.journal.settle(ctx, orderPatience)
	return id, err
}

// Hold rests the whole station until a time, or until released; what is on air fades out. Emergencies still pass.
func (p *Player) Hold(ctx context.Context, actor, reason string, until time.Time) error {
	_, err := p.ask(ctx, func() (string, error) {
		now := p.clock.Now()
		if !until.IsZero() && !until.After(now) {
			err := &Refusal{Code: "too_late", Detail: "the hold would end before it began"}
			p.record(actor, "hold", "", reason, err)
			return "", err
		}
		p.hold = &HoldOrder{By: actor, Reason: reason, Since: now, Until: until}
		p.record(actor, "hold", "", reason, nil)
		p.opts.Alarms.Raise(alarm.OnHold, actor)
		if p.air != nil && p.air.b.kind != Emergency {
			p.air.interrupt(judge.ReasonHold, actor, false)
		}
		p.promise("hold", actor, now)
		p.show()
		return "", nil
	})
	p.journal.settle(ctx, orderPatience)
	return err
}

// orderPatience is how long an order waits to be on disk before it is said to stand: it must outlive a power cut.
const orderPatience = 2 * time.Second

// Release ends a hold.
func (p *Player) Release(ctx context.Context, actor string) error {
	_, err := p.ask(ctx, func() (string, error) {
		if p.hold == nil {
			err := &Refusal{Code: "not_on_hold", Detail: "the station is not on hold"}
			p.record(actor, "release", "", "", err)
			return "", err
		}
		p.record(actor, "release", "", "", nil)
		p.release(actor)
		return "", nil
	})
	p.journal.settle(ctx, orderPatience)
	return err
}

func (p *Player) release(who string) {
	p.hold = nil
	p.opts.Alarms.Clear(alarm.OnHold)
	for _, d := range p.owed {
		if d.obstacle == judge.ReasonHold {
			d.obstacle = ""
		}
	}
	p.promise("release", who, p.clock.Now())
	p.show()
}

// endHold releases a hold whose time is over.
func (p *Player) endHold(now time.Time) {
	if p.hold == nil || p.hold.Until.IsZero() || now.Before(p.hold.Until) {
		return
	}
	p.record("station", "release", "", "its time is over", nil)
	p.release("station")
}

func (p *Player) holder() string {
	if p.hold == nil {
		return ""
	}
	return p.hold.By
}

// Play asks for a rehearsal or an emergency and returns the ID of the broadcast. An emergency cuts what is on air.
func (p *Player) Play(ctx context.Context, r PlayRequest) (string, error) {
	return p.ask(ctx, func() (string, error) {
		b, err := p.asked(r)
		var refused *Refusal
		if err != nil && !errors.As(err, &refused) {
			return "", err
		}
		p.record(r.Actor, string(r.Kind), cmp.Or(r.ClipID, r.PlaylistID), r.Reason, refused)
		if refused != nil {
			return "", refused
		}
		p.approveOutright(b)
		p.queue = append(p.queue, b)
		if p.air != nil {
			p.air.interrupt(judge.ReasonPreempted, r.Actor, true)
		}
		return b.id, nil
	})
}

// asked checks a request and makes a broadcast of it.
func (p *Player) asked(r PlayRequest) (*broadcast, error) {
	now := p.clock.Now()
	in := p.opts.Input()
	b := &broadcast{
		id: fmt.Sprintf("%s:%s", r.Kind, cmp.Or(r.RequestID, now.Format("20060102T150405.000"))), kind: r.Kind,
		actor: r.Actor, approver: r.MayApprove, reason: r.Reason, class: schedule.Emergency, zone: "main", volume: 100, due: now,
	}
	if r.Kind != Emergency {
		b.class = schedule.Ordinary
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
	case r.Kind == Emergency && r.Reason == "":
		return nil, &Refusal{Code: "reason_missing", Detail: "an emergency needs a reason"}
	case r.Kind == Rehearsal && (p.air != nil || len(p.queue) > 0):
		return nil, &Refusal{Code: "on_air", Detail: "something is on air; a rehearsal waits for silence"}
	case r.Kind == Rehearsal && p.hold != nil:
		return nil, &Refusal{Code: "hold", Detail: "the station is on hold"}
	case schedule.Quiet(in.Settings, now, length) && !(r.Kind == Emergency && (r.MayOverrideQuiet || p.doubt != nil)):
		return nil, &Refusal{Code: "quiet_hours", Detail: "it would sound in quiet hours"}
	case length > time.Duration(in.Settings.MaxSessionS)*time.Second:
		return nil, &Refusal{Code: "too_long", Detail: "longer than the station's maximum session"}
	}
	return b, nil
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
		if why := forbids(in, it.ClipID, now, r.Kind, r.MayApprove); why != schedule.ReasonNone {
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

// record puts what a person did on record, also when it was denied.
func (p *Player) record(actor, what, object, reason string, denied *Refusal) {
	result := "done"
	if denied != nil {
		result = "denied: " + denied.Code
	}
	p.journal.put(actor, evidence.Operator{What: what, Object: object, Reason: reason, Result: result})
}

// stepped puts a step of the wall clock on record and plans anew: what it jumped over is late or missed by its window,
// what it went back over does not sound again.
func (p *Player) stepped(s clock.Step) {
	p.journal.put("station", evidence.ClockChange{What: "step", Before: evidence.At(s.Before), After: evidence.At(s.After), Source: "kernel"})
	if believed := p.doubt == nil; p.watchTrust() == nil && believed {
		for _, d := range p.owed {
			if d.due().After(s.Before) && !d.due().After(s.After) && d.obstacle == "" {
				d.obstacle = judge.ReasonClockStep
			}
		}
	}
	now := p.clock.Now()
	p.promise("clock", "station", now)
	p.expire(now)
}
