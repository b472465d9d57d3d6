package player

import (
	"context"
	"errors"
	"fmt"
	"time"

	"loaxa/player/alarm"
	"loaxa/player/judge"
	"loaxa/player/playlog/evidence"
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
		if p.air.preempt { // it is being cut: what a person stopped does not go on afterwards
			p.air.reason, p.air.person, p.air.preempt = judge.ReasonStopped, actor, false
		}
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
