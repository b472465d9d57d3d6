// Package judge says, purely from records, what became of what was promised: which occurrences a sleep missed, which
// broadcasts were cut by a crash or a pulled plug and may go on, and the one word for each.
//
// It is asked before the player's first wait and whenever the clock becomes trusted. It knows no clock, no log and no
// device; what it is told is what it judges by.
package judge

import (
	"cmp"
	"slices"
	"time"

	"loaxa/player/playlog/evidence"
)

// Reasons that outcomes carry. Those of a refused plan (quiet_hours, unapproved …) come from the plan itself.
const (
	ReasonPowerCut    = "power_cut"       // the machine was without power
	ReasonNotRunning  = "not_running"     // the machine ran, the program did not
	ReasonShutdown    = "shutdown"        // the program was ended on purpose and came back too late
	ReasonWithdrawn   = "withdrawn"       // a person took it away
	ReasonStopped     = "stopped"         // a person stopped it on air
	ReasonHold        = "hold"            // the whole station was at rest by order
	ReasonOverlap     = "overlap"         // another broadcast held the air through its window
	ReasonNoDevice    = "no_device"       // no sound device could be opened
	ReasonDeviceLost  = "device_lost"     // the device went away and did not come back in time
	ReasonDeviceFast  = "device_fast"     // the device was no real output
	ReasonClockStep   = "clock_step"      // the wall clock jumped over it
	ReasonSuspended   = "suspended"       // the machine was asleep
	ReasonClip        = "clip_unusable"   // a clip's file was missing or changed
	ReasonPreempted   = "preempted"       // a higher class cut it
	ReasonAfterCut    = "after_cut"       // a higher class cut it, and it went on afterwards; nothing is missing
	ReasonTermEnd     = "term_end"        // the emergency's end had come
	ReasonReplaced    = "replaced"        // a person let another emergency take its place
	ReasonSessionEnd  = "max_session"     // the station's maximum session length ended it
	ReasonQuietBorder = "quiet_border"    // it would have run into quiet hours
	ReasonWindow      = "window_passed"   // its window passed for no cause that is known
	ReasonClock       = "clock_untrusted" // nothing vouched for the time while its window passed
	ReasonResumed     = "resumed"         // the device was lost and came back; nothing is missing
)

// LateAfter is how far behind its due time a broadcast may begin and still be on time.
const LateAfter = 5 * time.Second

// Measured is what is known of how a broadcast went.
type Measured struct {
	Taken, Planned int64 // frames
	Lateness       time.Duration
	Preempted      bool
}

// Word is the outcome that follows from what was measured.
func Word(m Measured) evidence.Outcome {
	switch {
	case m.Taken <= 0:
		return evidence.Missed
	case m.Taken < m.Planned && m.Preempted:
		return evidence.Preempted
	case m.Taken < m.Planned:
		return evidence.Partial
	case m.Lateness > LateAfter:
		return evidence.Late
	default:
		return evidence.Full
	}
}

// Outage is an interval in which the program did not run.
type Outage struct {
	From, Until time.Time
	Reason      string // ReasonPowerCut, ReasonNotRunning or ReasonShutdown
}

// Doubt is an interval in which the program ran and its clock could not be trusted, so that nothing started by itself.
// A zero From is that nobody knows since when; a zero Until is that there was none.
type Doubt struct {
	From, Until time.Time
}

// Present is what the judge is told of now. All times are those of a clock that is believed by now: what was written
// while it was not has been corrected by uptime.
type Present struct {
	Now    time.Time
	Boot   string // of the kernel
	Outage Outage
	Doubt  Doubt
}

// Action says what is to be done with an occurrence.
type Action string

// Decide: its outcome is known. Resume: it was on air and goes on at Item. Await: it is still to come, or still inside
// its window.
const (
	Decide Action = "decide"
	Resume Action = "resume"
	Await  Action = "await"
)

// Ruling is the judge's word on one debt, or on a rehearsal or emergency that was cut (Debt is nil then).
type Ruling struct {
	Action  Action
	Debt    *Debt
	Begun   *Begun // nil when it was never begun
	Outcome evidence.Outcome
	Reason  string
	Person  string
	Item    int  // for Resume
	Outage  bool // the outage belongs to the outcome
}

// Judge rules on everything that is owed, in order of due time.
func Judge(past *Past, p Present) []Ruling {
	out := make([]Ruling, 0, len(past.Debts))
	for _, id := range past.order() {
		r := rule(past.Debts[id], past.Begun[id], past.Stopped[id], p)
		if r.Begun == nil && (r.Outcome == evidence.Missed || r.Reason == ReasonClock) && holds(past.Hold, r.Debt) {
			r = Ruling{Action: Decide, Debt: r.Debt, Outcome: evidence.Skipped, Reason: ReasonHold, Person: past.Hold.By}
		}
		out = append(out, r)
	}
	for _, b := range past.Begun {
		if past.Debts[b.Broadcast] == nil {
			out = append(out, unplanned(b, past.Stopped[b.Broadcast], p))
		}
	}
	slices.SortStableFunc(out, func(a, b Ruling) int { return cmp.Compare(a.key(), b.key()) })
	return out
}

func (r Ruling) key() string {
	if r.Debt != nil {
		return r.Debt.Planned.Due.UTC().Format(time.RFC3339Nano) + r.Debt.Planned.ID
	}
	return r.Begun.Broadcast
}

func rule(d *Debt, b *Begun, stoppedBy string, p Present) Ruling {
	due, window := d.Planned.Due.Time, d.Window()
	if b != nil && b.Cut && b.Taken() == 0 {
		b = nil // it was cut before its first sound, and is owed as before
	}
	switch {
	case b != nil && stoppedBy != "" && !b.whole():
		return stopped(d, b, stoppedBy)
	case b != nil:
		return begun(d, b, p)
	case stoppedBy != "":
		return Ruling{Action: Decide, Debt: d, Outcome: evidence.Cancelled, Reason: ReasonStopped, Person: stoppedBy}
	case p.Now.Before(due):
		return Ruling{Action: Await, Debt: d}
	case d.Withdrawn:
		return Ruling{Action: Decide, Debt: d, Outcome: evidence.Cancelled, Reason: ReasonWithdrawn, Person: d.By}
	case d.Refused():
		return Ruling{Action: Decide, Debt: d, Outcome: evidence.Skipped, Reason: d.Planned.Reason}
	case !p.Now.After(window):
		return Ruling{Action: Await, Debt: d}
	case p.Doubt.covers(due, window):
		return Ruling{Action: Decide, Debt: d, Outcome: evidence.Skipped, Reason: ReasonClock}
	case p.Outage.covers(due, window):
		return Ruling{Action: Decide, Debt: d, Outcome: evidence.Missed, Reason: p.Outage.Reason, Outage: true}
	case !p.Doubt.Until.IsZero():
		// On a clock that was believed it would have been decided at its time: it was promised, or fell due, on one that was not.
		return Ruling{Action: Decide, Debt: d, Outcome: evidence.Skipped, Reason: ReasonClock}
	default:
		return Ruling{Action: Decide, Debt: d, Outcome: evidence.Missed, Reason: ReasonWindow}
	}
}

// holds reports whether the station rested by order all through the window: then the order kept it from the air, whatever
// else did as well.
func holds(h *evidence.Hold, d *Debt) bool {
	return h != nil && !h.Since.After(d.Planned.Due.Time) && (h.Until.IsZero() || h.Until.After(d.Window()))
}

// covers reports whether the outage took any part of the window.
func (o Outage) covers(due, window time.Time) bool {
	return !o.Until.IsZero() && o.From.Before(window) && o.Until.After(due)
}

// covers reports whether the doubt took any part of the window: without it the occurrence might have begun.
func (d Doubt) covers(due, window time.Time) bool {
	return !d.Until.IsZero() && !d.From.IsZero() && d.From.Before(window) && d.Until.After(due)
}

// begun rules on a broadcast that was on air when the record breaks off. One that the same kernel boot saw begin was
// cut by the program and goes on; one cut by a pulled plug goes on only if its programme says so.
func begun(d *Debt, b *Begun, p Present) Ruling {
	item, all := b.next()
	switch {
	case all && !b.whole():
		return Ruling{Action: Decide, Debt: d, Begun: b, Outcome: b.CutWord(), Reason: cmp.Or(b.Refused, ReasonClip)}
	case all:
		return Ruling{Action: Decide, Debt: d, Begun: b, Outcome: Word(b.measured(d)), Reason: ""}
	case d.Withdrawn && !p.Now.After(d.Window()):
		return Ruling{Action: Decide, Debt: d, Begun: b, Outcome: b.CutWord(), Reason: ReasonWithdrawn, Person: d.By}
	case b.Cut && !p.Now.After(d.Window()) && d.Programme.ResumeCut:
		return Ruling{Action: Resume, Debt: d, Begun: b, Item: item}
	case b.Cut:
		return Ruling{Action: Decide, Debt: d, Begun: b, Outcome: b.CutWord(), Reason: ReasonPreempted}
	case !p.Now.After(d.Window()) && (b.Boot == p.Boot || d.Programme.Resume):
		return Ruling{Action: Resume, Debt: d, Begun: b, Item: item}
	default:
		return cut(d, b, p)
	}
}

// stopped: a person's stop is on record, and the program died before the outcome was.
func stopped(d *Debt, b *Begun, by string) Ruling {
	r := Ruling{Action: Decide, Debt: d, Begun: b, Outcome: b.CutWord(), Reason: ReasonStopped, Person: by}
	if r.Outcome == evidence.Missed {
		r.Outcome = evidence.Cancelled
	}
	return r
}

func unplanned(b *Begun, stoppedBy string, p Present) Ruling {
	if stoppedBy != "" {
		return stopped(nil, b, stoppedBy)
	}
	return cut(nil, b, p)
}

func cut(d *Debt, b *Begun, p Present) Ruling {
	return Ruling{Action: Decide, Debt: d, Begun: b, Outcome: b.CutWord(), Reason: p.Outage.Reason, Outage: true}
}
