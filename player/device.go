package player

import (
	"cmp"
	"context"
	"time"

	"loaxa/audio"
	"loaxa/player/alarm"
	"loaxa/player/judge"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
	"loaxa/schedule/clock"
)

// What a broadcast on air does with its device: open it, place the first frame, lose it, go on with another.

// open starts to open a device; the answer comes on a.opening. The line outlives ctx: when the program is told to end,
// what is on air fades first and tells how far it came; shut ends the line.
func (a *airing) open(ctx context.Context) {
	ctx, a.cancel = context.WithCancel(context.WithoutCancel(ctx))
	answer := make(chan opened, 1)
	a.opening, a.asked = answer, a.p.elapsed()
	go func() { // ends with the open, which ends with ctx; shut waits for it
		line, err := a.p.opts.OpenLine(ctx)
		answer <- opened{line, err}
	}()
}

func (a *airing) opened(ctx context.Context, o opened) {
	a.opening = nil
	if o.err != nil {
		a.deviceAbsent(o.err)
		return
	}
	a.p.opts.Alarms.Clear(alarm.NoDevice)
	a.p.openTook = a.p.elapsed() - a.asked
	a.line, a.events, a.told, a.absent = o.line, o.line.Events(), "", false
	info := o.line.Info()
	a.b.sentTo(info)
	a.b.attempt++
	a.p.journal.put("station", evidence.Device{What: "opened", Device: info.Device, Driver: info.Driver, Output: info.Output})
	if a.doubted() {
		return
	}
	if a.quietNow() {
		a.keepQuiet()
		return
	}
	if a.b.resuming && a.p.clock.Now().After(a.b.due.Add(a.b.lateness)) {
		a.finish("", judge.ReasonPreempted, "")
		return
	}
	if t := a.b.notAfter; !t.IsZero() && a.b.onset.IsZero() && a.p.clock.Now().After(t) {
		a.finish("", judge.ReasonWindow, "")
		return
	}
	a.place()
	a.feeder = newFeeder(a.p, a.b, o.line)
	a.feeder.begin(ctx)
	a.p.show()
}

// quietNow is the player's guard for what begins or goes on after a wait for the device: the time lost must not push
// the rest of it into quiet hours.
func (a *airing) quietNow() bool {
	if a.b.anyHour {
		return false
	}
	at := a.p.clock.Now()
	if a.b.onset.IsZero() && a.b.due.After(at) {
		at = a.b.due
	}
	length := audio.Duration(a.b.left(a.b.from))
	if a.b.kind == Emergency { // it is cut at the border
		length = 0
	}
	return schedule.Quiet(a.p.opts.Input().Settings, at, length)
}

// keepQuiet ends what would run into quiet hours; what has not sounded is then decided as refused by that rule.
func (a *airing) keepQuiet() {
	if a.b.debt != nil && a.b.unheard() {
		a.putBack(string(schedule.ReasonQuietHours))
		return
	}
	a.closeLine("stopped", judge.ReasonQuietBorder)
	a.finish("", judge.ReasonQuietBorder, "")
}

// silentAt reports whether a planned broadcast certainly had not sounded at a moment of the wall clock.
func (a *airing) silentAt(at time.Time) bool {
	return a.b.debt != nil && a.b.unheard() && (a.line == nil || at.Before(a.b.due.Add(-soundGuard)))
}

// putBack gives up the air before anything sounded: the occurrence is owed as before, and what kept it is remembered.
func (a *airing) putBack(obstacle string) {
	a.b.debt.obstacle, a.b.debt.attempt = obstacle, a.b.attempt
	a.reason = cmp.Or(obstacle, judge.ReasonClockStep)
	a.leave, a.over = true, true
}

// interrupt takes a broadcast off for something that concerns the moment, not the broadcast: what has not sounded yet
// may still do so inside its window.
func (a *airing) interrupt(reason, person string, preempt bool) {
	if a.reason == "" && a.silentAt(a.p.clock.Now()) {
		a.putBack(obstacleOf(reason))
		return
	}
	a.stop(reason, person, preempt)
}

// obstacleOf is what an occurrence is refused for when its window passes.
func obstacleOf(reason string) string {
	if reason == judge.ReasonPreempted {
		return judge.ReasonOverlap
	}
	return reason
}

// stepped places the first frame anew after a step of the wall clock. When the due time is then no longer within the
// warm-up, the occurrence is put back, and begins, or is decided, by the new time.
func (a *airing) stepped(s clock.Step) {
	wait := a.b.due.Sub(a.p.clock.Now())
	if a.reason == "" && a.silentAt(s.Before) && (wait < 0 || wait > a.p.lead(a.b.debt)) {
		a.putBack(a.b.debt.obstacle)
		return
	}
	clear(a.refused)
	a.keepOutOfQuiet()
	a.place()
}

// place asks the device to let the first frame sound at its due time; a later one sounds as soon as can be.
func (a *airing) place() {
	if a.line == nil || !a.b.onset.IsZero() && a.b.attempt == 1 {
		return
	}
	in := time.Duration(0)
	if a.b.kind == Scheduled && a.b.onset.IsZero() {
		in = max(0, a.b.due.Sub(a.p.clock.Now()))
	}
	if err := a.line.Place(in); err != nil {
		a.p.opts.Logger.Debug("placing", "err", err) // a line that is gone says so by its events
	}
}

func (a *airing) deviceAbsent(err error) {
	a.failing = judge.ReasonNoDevice
	a.p.opts.Alarms.Raise(alarm.NoDevice, err.Error())
	if !a.absent {
		a.absent = true
		a.p.journal.put("station", evidence.Device{What: "absent", Device: a.p.opts.Device, Detail: err.Error()})
	}
	a.again()
}

// again tries the device anew after a pause.
func (a *airing) again() {
	if a.b.kind == Rehearsal && a.b.onset.IsZero() {
		a.finish("", cmp.Or(a.failing, judge.ReasonNoDevice), "")
		return
	}
	if a.b.debt != nil && a.b.unheard() && a.p.clock.Now().After(a.b.due.Add(a.b.lateness)) {
		// The window passed while a device was open that took nothing: it must not begin now.
		a.finish("", cmp.Or(a.failing, judge.ReasonNoDevice), "")
		return
	}
	a.retry.Reset(a.backoff)
	a.backoff = min(2*a.backoff, retryMost)
}

// lose gives up the line and goes on from the last frame heard with the next one.
func (a *airing) lose(what, detail string, code alarm.Code) {
	a.p.opts.Alarms.Raise(code, detail)
	a.failing = judge.ReasonNoDevice
	if code == alarm.DeviceFast {
		a.failing = judge.ReasonDeviceFast
	}
	info := a.line.Info()
	a.p.journal.put("station", evidence.Device{
		What: what, Device: info.Device, Driver: info.Driver, Output: info.Output, Rate: a.b.rates.mean(), Detail: detail,
	})
	a.closeLine("lost", what)
	a.b.losses++
	if !a.b.unheard() && !a.waiting {
		a.waiting = true
		a.giveUp.Reset(max(a.b.lateness, loseLeast))
	}
	a.backoff = retryFirst
	a.again()
	a.p.show()
}

// deviceGone: the device was tried for long enough.
func (a *airing) deviceGone() {
	if a.b.onset.IsZero() {
		a.finish("", cmp.Or(a.failing, judge.ReasonNoDevice), "")
		return
	}
	a.closeLine("lost", judge.ReasonDeviceLost)
	a.finish("", judge.ReasonDeviceLost, "")
}

// closeLine ends the line and its feeder, puts the running item's end on record and remembers where to go on.
func (a *airing) closeLine(result, reason string) {
	if a.line == nil {
		return
	}
	a.countSession()
	if a.feeder != nil {
		a.feeder.stop()
	}
	if err := a.line.Close(); err != nil {
		a.p.opts.Logger.Warn("closing the line", "err", err)
	}
	if a.feeder != nil {
		a.endItems(result, reason)
		a.b.from = a.feeder.resumeAt(rewind)
	}
	a.line, a.events, a.feeder = nil, nil, nil
}

// windowPassed: nothing was taken and nothing will be.
func (a *airing) windowPassed() {
	a.window = &clock.Alarm{}
	if a.b.unheard() && a.line == nil {
		a.finish("", cmp.Or(a.failing, judge.ReasonNoDevice), "")
	}
}
