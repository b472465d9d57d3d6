package player

import (
	"context"
	"errors"
	"fmt"
	"time"

	"loaxa/schedule/clock"
)

// The clock is set to no time outside of these: a phone whose own clock is wrong shows such.
const (
	earliestYear = 2025
	latestYear   = 2099
)

// SetClock sets the machine's clock in a person's name, or, when to is zero, takes the person's word that the time shown
// is right. What was held back for want of a trusted clock is judged before it returns.
func (p *Player) SetClock(ctx context.Context, actor string, to time.Time) error {
	_, err := p.ask(ctx, func() (string, error) {
		refused := p.maySet(to)
		what, shown := "clock_confirm", p.clock.Now()
		if !to.IsZero() {
			what = "clock_set"
		}
		if refused == nil && what == "clock_set" {
			if err := p.opts.Setter.SetTime(to); err != nil {
				refused = &Refusal{Code: "clock_failed", Detail: err.Error()}
				if errors.Is(err, clock.ErrNotAllowed) {
					refused.Code = "clock_not_allowed"
				}
			}
		}
		reason := "shown: " + shown.Format(time.DateTime)
		if what == "clock_set" {
			reason += ", set to: " + to.In(shown.Location()).Format(time.DateTime)
		}
		p.record(actor, what, "", reason, refused)
		if refused != nil {
			return "", refused
		}
		if what == "clock_confirm" {
			p.opts.Setter.MarkSet()
		}
		p.trustBy("person", actor)
		p.takeSteps()
		p.show()
		return "", nil
	})
	p.journal.settle(ctx, orderPatience)
	return err
}

// takeSteps deals with the steps that are told of already, before anything is decided by the new time.
func (p *Player) takeSteps() {
	for {
		select {
		case s := <-p.steps:
			p.stepped(s)
			if p.air != nil {
				p.air.stepped(s)
			}
		default:
			return
		}
	}
}

func (p *Player) maySet(to time.Time) *Refusal {
	switch {
	case p.opts.Setter == nil:
		return &Refusal{Code: "clock_not_allowed", Detail: "this station's clock cannot be set from here"}
	case !to.IsZero() && (to.Year() < earliestYear || to.Year() > latestYear):
		return &Refusal{Code: "clock_implausible", Detail: fmt.Sprintf("%s cannot be today's date", to.Format(time.DateOnly))}
	}
	return nil
}
