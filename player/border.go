package player

import (
	"time"

	"loaxa/audio"
	"loaxa/player/judge"
	"loaxa/schedule"
)

// The two hard ends of a broadcast: the border of quiet hours, and the longest session.

const (
	// borderPrecision is by how much a broadcast that ends with the border may pass it: a device starts some
	// milliseconds late.
	borderPrecision = 20 * time.Millisecond
	// borderSlack is when such a one is ended all the same.
	borderSlack = 250 * time.Millisecond
	// quietGrace is how far into quiet hours a look that comes by chance finds nothing wrong.
	quietGrace = time.Second
)

// mindBorder finds out when the sound must begin to fade, so that it is silent when quiet hours begin. It is asked
// again whenever the clock or the rules change.
func (a *airing) mindBorder() {
	a.border, a.quietFrom = time.Time{}, time.Time{}
	if a.b.anyHour {
		return
	}
	at := a.p.clock.Now()
	if a.b.onset.IsZero() && a.b.due.After(at) {
		at = a.b.due // it may warm up in silence before quiet hours are over
	}
	if quiet, ok := schedule.NextQuiet(a.p.opts.Input().Settings, at); ok {
		a.border, a.quietFrom = quiet.Add(-stopTime), quiet
	}
}

// keepBorder ends what would sound beyond the border. What ends with it is left alone.
func (a *airing) keepBorder(now time.Time) {
	if a.border.IsZero() || now.Before(a.border) || a.reason != "" {
		return
	}
	slack := a.quietFrom.Add(borderSlack)
	switch {
	case a.b.unheard() && a.b.debt != nil:
		a.putBack(string(schedule.ReasonQuietHours))
	case now.Before(slack) && !a.endsAt().After(a.quietFrom.Add(borderPrecision)):
		a.border = slack
	default:
		a.stop(judge.ReasonQuietBorder, "", false)
	}
}

// endsAt is when the last frame will have sounded, if nothing comes between; far away where that cannot be known.
func (a *airing) endsAt() time.Time {
	f := a.feeder
	if f == nil || f.onset.IsZero() || a.b.rounds != nil {
		return a.p.clock.Now().Add(365 * 24 * time.Hour)
	}
	n := a.b.left(f.from) + f.underruns
	for i := f.from.item; i < len(a.b.items); i++ {
		if a.b.failed[i] != "" {
			n -= a.b.items[i].Frames
		}
	}
	return f.onset.Add(audio.Duration(n))
}

// keepOutOfQuiet ends a broadcast that sounds in quiet hours: the clock was set, or the hours were changed.
func (a *airing) keepOutOfQuiet() {
	a.mindBorder()
	if !a.b.anyHour && a.reason == "" && !a.b.unheard() && a.inQuiet() {
		a.stop(judge.ReasonQuietBorder, "", false)
	}
}

func (a *airing) inQuiet() bool {
	return schedule.Quiet(a.p.opts.Input().Settings, a.p.clock.Now().Add(-quietGrace), 0)
}

// limitSession ends what sounds for longer than a session may be: what was heard counts, also before a loss of the
// device or before it was cut. An emergency has an end of its own.
func (a *airing) limitSession() {
	if a.b.term != nil {
		a.limit.Reset(max(a.b.term.left(a.p.elapsed()), 0))
		return
	}
	most := time.Duration(a.p.opts.Input().Settings.MaxSessionS) * time.Second
	a.since = a.p.elapsed()
	a.limit.Reset(max(most-a.b.sounded+sessionSlack, 0))
}

// sessionSlack lets a broadcast that is exactly as long as a session may be end by itself.
const sessionSlack = 2 * time.Second

// countSession adds up what was heard of this line.
func (a *airing) countSession() {
	if a.b.term != nil || a.since == 0 {
		return
	}
	a.b.sounded += a.p.elapsed() - a.since
	a.since = 0
	a.limit.Stop()
}

// sessionOver: the longest session, or the emergency's end, is reached.
func (a *airing) sessionOver() {
	if a.b.term == nil {
		a.stop(judge.ReasonSessionEnd, "", false)
		return
	}
	if left := a.b.term.left(a.p.elapsed()); left > 0 { // it was put off
		a.limit.Reset(left)
		return
	}
	a.stop(judge.ReasonTermEnd, "", false)
}
