package player

import (
	"cmp"
	"context"
	"time"

	"loaxa/audio"
	"loaxa/player/judge"
	"loaxa/player/playlog/evidence"
	"loaxa/player/speaker"
	"loaxa/schedule"
	"loaxa/schedule/clock"
)

// How a lost device is dealt with: how long until the next try, how far back the sound goes on (what was taken but is
// likely not to have been heard), and for how long at least it is tried.
const (
	retryFirst = 500 * time.Millisecond
	retryMost  = 2 * time.Second
	rewind     = 80 * audio.Rate / 1000
	loseLeast  = time.Minute
	// fadeWait is how long a stop waits for the device to say that it is silent.
	fadeWait = time.Second
	// progressEvery is how often a running item is put on record.
	progressEvery = time.Minute
	// soundGuard is how long before its due moment a warming broadcast counts as silent: more than devices run ahead.
	soundGuard = 300 * time.Millisecond
)

// airing is the player's state while one broadcast is on air. It is a small machine: opening → playing → (lost →
// opening …) → over. Everything is done by Run's goroutine but the feeding of frames.
type airing struct {
	p *Player
	b *broadcast

	opening   chan opened   // non-nil while a device is being opened
	asked     time.Duration // elapsed time since when
	cancel    context.CancelFunc
	line      Line
	events    <-chan speaker.Event
	feeder    *feeder
	retry     *time.Timer
	backoff   time.Duration
	giveUp    *time.Timer  // after a loss, until frames are taken again; for what a person asked for, before the first too
	waiting   bool         // giveUp runs since a loss
	window    *clock.Alarm // before the first frame
	stopping  *time.Timer  // after a fade
	progress  *time.Ticker
	limit     *time.Timer   // the session's maximum, or an emergency's end
	since     time.Duration // elapsed time at which this line was first heard
	border    time.Time     // when the fade must begin for the sake of quiet hours; zero: never
	quietFrom time.Time
	next      *broadcast      // what is about to cut this one
	refused   map[string]bool // what wanted to, and a guard refused

	told    speaker.State // the trouble already on record for this line
	absent  bool          // that no device opens is on record
	failing string        // why nothing was taken so far: no device, or none that is real
	over    bool
	verdict evidence.Outcome // set when not to be measured
	reason  string
	person  string
	preempt bool
	leave   bool // no outcome yet: the program ends, or the occurrence was put back
}

type opened struct {
	line Line
	err  error
}

// broadcast puts b on air and returns when it has its outcome, or when ctx ends.
func (p *Player) broadcast(ctx context.Context, b *broadcast) {
	a := &airing{
		p: p, b: b, backoff: retryFirst,
		retry: stoppedTimer(), giveUp: stoppedTimer(), stopping: stoppedTimer(),
		limit: stoppedTimer(), progress: time.NewTicker(progressEvery), refused: make(map[string]bool),
	}
	defer a.progress.Stop()
	defer a.limit.Stop()
	p.air = a
	if b.debt != nil {
		a.window = p.clock.Alarm(b.due.Add(b.lateness).Add(time.Millisecond))
		defer a.window.Stop()
	} else {
		a.window = &clock.Alarm{}
		a.giveUp.Reset(loseLeast)
	}
	if b.term != nil {
		b.term.begin(p.elapsed())
		a.limitSession()
	}
	a.mindBorder()
	a.open(ctx)
	p.show()
	for !a.over {
		a.turn(ctx)
	}
	a.shut()
	p.air = nil
	a.conclude()
	p.show()
}

func stoppedTimer() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}

// turn waits for one thing to happen and deals with it.
func (a *airing) turn(ctx context.Context) {
	p := a.p
	p.rearm(p.nextWake(p.clock.Now()))
	select {
	case <-ctx.Done():
		a.quit()
	case o := <-a.opening:
		a.opened(ctx, o)
	case ev, ok := <-a.events:
		a.heard(ev, ok)
	case f := <-a.feeder.faults():
		a.itemFailed(f)
	case <-a.retry.C:
		a.open(ctx)
	case <-a.giveUp.C:
		a.deviceGone()
	case <-a.window.C:
		a.windowPassed()
	case <-a.stopping.C:
		a.over = true
	case <-a.limit.C:
		a.sessionOver()
	case <-a.progress.C:
		a.logProgress()
		p.keepHouse(p.clock.Now())
		p.show()
	case <-p.wake.C:
		p.keepHouse(p.clock.Now())
		a.revise()
	case s := <-p.steps:
		p.stepped(s)
		a.stepped(s)
	case o := <-p.orders:
		p.obey(o)
	case who := <-p.replans:
		p.edited(who)
		clear(a.refused)
		a.keepOutOfQuiet()
		a.revise()
	}
	p.awake(p.clock.Now())
	a.doubted()
	a.keepBorder(p.clock.Now())
	a.giveWay()
	p.turned()
}

// revise takes a broadcast off that has not sounded yet and that a person has just taken away, or a clip of it.
func (a *airing) revise() {
	d := a.b.debt
	if d == nil || !a.b.unheard() {
		return
	}
	o, ok := a.p.lookup(d)
	switch {
	case d.Withdrawn || !ok:
		a.verdict = evidence.Cancelled
		a.stop(judge.ReasonWithdrawn, a.p.lastEdit, false)
	case o.Verdict == schedule.VerdictSkipped && refusedClip(string(o.Reason)) && a.reason == "" && a.silentAt(a.p.clock.Now()):
		a.putBack(string(o.Reason))
	}
}

// stop lets the sound fade and ends the broadcast. A device that says nothing is given fadeWait.
func (a *airing) stop(reason, person string, preempt bool) {
	if a.reason != "" {
		return
	}
	a.reason, a.person, a.preempt = reason, person, preempt
	if a.line == nil {
		a.over = true
		return
	}
	a.feeder.cancel() // not waited for here: it may be busy with a file, and the fade must not wait
	if err := a.line.Fade(); err != nil {
		a.over = true
		return
	}
	a.stopping.Reset(fadeWait)
}

// finish ends the broadcast with nothing left to fade.
func (a *airing) finish(verdict evidence.Outcome, reason, person string) {
	a.verdict, a.reason, a.person, a.over = verdict, reason, person, true
}

// quit leaves a broadcast to be judged when the program comes back: its figures are on record, its outcome is not.
func (a *airing) quit() {
	a.leave, a.over = true, true
	if a.line == nil || a.feeder == nil {
		return
	}
	a.feeder.cancel()
	if err := a.line.Fade(); err != nil {
		return
	}
	patience := time.NewTimer(300 * time.Millisecond)
	defer patience.Stop()
	for {
		select {
		case ev, ok := <-a.events:
			if !ok {
				return
			}
			a.account(ev)
			if ev.State == speaker.Drained || ev.State == speaker.Lost {
				return
			}
		case <-patience.C:
			return
		}
	}
}

// shut releases whatever is still held.
func (a *airing) shut() {
	a.retry.Stop()
	a.giveUp.Stop()
	a.stopping.Stop()
	if a.cancel != nil {
		defer a.cancel()
	}
	if a.opening != nil {
		a.cancel()
		if o := <-a.opening; o.line != nil {
			if err := o.line.Close(); err != nil {
				a.p.opts.Logger.Warn("closing the line", "err", err)
			}
		}
	}
	switch {
	case a.leave:
		a.closeLine("interrupted", cmp.Or(a.reason, judge.ReasonShutdown))
	case a.preempt:
		a.closeLine("cut", a.reason)
	case a.reason != "":
		a.closeLine("stopped", a.reason)
	default:
		a.closeLine("failed", "")
	}
}
