package schedule

import (
	"slices"
	"time"
)

// key is a candidate: due time and line in one number, so that a year of a busy station sorts in milliseconds and in
// the plan's order.
type key uint64

const lineBits = 24

func newKey(due int64, line int) key {
	return key(due)<<lineBits | key(line) //nolint:gosec // due is between minUnix and maxUnix, lines are few
}

func (k key) due() int64 { return int64(k >> lineBits) } //nolint:gosec // 40 bits
func (k key) line() int  { return int(k & (1<<lineBits - 1)) }

// candidates lists the starts in [lo, hi) of all lines in the plan's order.
func (pl *planner) candidates(lo, hi int64) []key {
	var keys []key
	for i, ln := range pl.lines {
		ln.rule.starts(pl.zone, max(lo, ln.lo), min(hi, ln.hi), func(due int64) {
			if !ln.skipped(due) {
				keys = append(keys, newKey(due, i))
			}
		})
	}
	slices.Sort(keys)
	return keys
}

// freeAir is a moment at or before lo (Unix seconds) at which nothing due before it can still be on air or waiting,
// whatever went before. From there the candidates can be gone through as from the beginning of time. With a limit of
// sessions a day it is one at which the day's number is known too: the beginning of a day, or of quiet hours that last
// until the next.
func (pl *planner) freeAir(lo int64) int64 {
	if at, ok := pl.lastQuiet(lo); ok {
		return at
	}
	earliest := int64(maxUnix)
	for _, ln := range pl.lines {
		earliest = min(earliest, ln.lo)
	}
	for back := 2*pl.reach() + pl.limits.stride(); ; back *= 4 {
		begin := lo - back
		if begin <= earliest {
			return min(earliest, lo)
		}
		if at, ok := pl.drained(begin, lo); ok {
			return at
		}
	}
}

// stride is how far back to look for free air at first.
func (l dayLimits) stride() int64 {
	if l.sessions > 0 {
		return 2 * secondsPerDay
	}
	return 3600
}

// lastQuiet is the beginning of the last quiet span that began at or before lo: nothing sounds or waits across it.
func (pl *planner) lastQuiet(lo int64) (int64, bool) {
	const daysBack = 15 // a weekday, and a day on which the clock is set forward may swallow a span
	spans := quietBetween(pl.zone, pl.in.Settings.QuietHours, lo-daysBack*secondsPerDay, lo)
	for _, s := range slices.Backward(spans) {
		at, until := s.from/int64(time.Second), s.until/int64(time.Second)
		if at > lo {
			continue
		}
		if pl.limits.sessions == 0 || pl.zone.dayStart(pl.zone.dayOf(at-1)+1) <= until {
			return at, true
		}
	}
	return 0, false
}

// drained supposes the worst at begin, that the air is held for as long as it ever can be, and goes on until even
// then it would be free.
//
// A broadcast adds no more than its length to the time until the air is free and nobody waits, and one that cuts adds,
// besides, the item that is played again. No broadcast of the lowest class keeps another one waiting that was due
// before it. And nothing is on air later than its own window and length allow.
func (pl *planner) drained(begin, lo int64) (int64, bool) {
	second := int64(time.Second)
	worst := (begin + pl.reach()) * second // no later than this is the air free
	latest := worst                        // no later than this is anything on air that fell due so far
	lengths, again, lowest := pl.worst()
	for _, k := range pl.candidates(begin, lo) {
		ln, length, due := pl.lines[k.line()], lengths[k.line()], k.due()*second
		if at, ok := pl.knownAt(worst, k.due()); ok {
			return at, true
		}
		if length == 0 {
			continue
		}
		own := due + ln.lateness + length
		latest = max(latest, own)
		if ln.p.Class.Rank() == lowest {
			worst = min(max(worst, due)+length, max(worst, own))
			continue
		}
		worst = min(max(worst, due)+length+again, latest)
	}
	return pl.knownAt(worst, lo)
}

// worst is the longest broadcast of each line, the longest that may be cut and go on, and the lowest rank.
func (pl *planner) worst() (lengths []int64, again int64, lowest int) {
	lengths = make([]int64, len(pl.lines))
	lowest = Emergency.Rank()
	for i, ln := range pl.lines {
		lengths[i] = ln.bill.longest()
		lowest = min(lowest, max(ln.p.Class.Rank(), Ordinary.Rank()))
		if ln.p.ResumeAfterCut {
			again = max(again, lengths[i])
		}
	}
	return lengths, again, lowest
}

// knownAt is a moment at or before at, and not before worst (Unix nanoseconds), from which a plan may begin.
func (pl *planner) knownAt(worst, at int64) (int64, bool) {
	if pl.limits.sessions > 0 {
		at = pl.zone.dayStart(pl.zone.dayOf(at))
	}
	return at, worst <= at*int64(time.Second)
}
