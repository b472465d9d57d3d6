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
			keys = append(keys, newKey(due, i))
		})
	}
	slices.Sort(keys)
	return keys
}

// freeAir is a moment at or before lo (Unix seconds) at which nothing due before it can still be on air, whatever
// went before. From there the candidates can be gone through as from the beginning of time.
func (pl *planner) freeAir(lo int64) int64 {
	if at, ok := pl.lastQuiet(lo); ok {
		return at
	}
	earliest := int64(maxUnix)
	for _, ln := range pl.lines {
		earliest = min(earliest, ln.lo)
	}
	for back := 2*pl.reach() + 3600; ; back *= 4 {
		begin := lo - back
		if begin <= earliest {
			return min(earliest, lo)
		}
		if at, ok := pl.drained(begin, lo); ok {
			return at
		}
	}
}

// lastQuiet is the beginning of the last quiet span that began at or before lo: nothing sounds across it.
func (pl *planner) lastQuiet(lo int64) (int64, bool) {
	const daysBack = 8 // a day on which the clock is set forward may swallow a span
	spans := quietBetween(pl.zone, pl.hours, lo-daysBack*secondsPerDay, lo)
	for _, s := range slices.Backward(spans) {
		if at := s.from / int64(time.Second); at <= lo {
			return at, true
		}
	}
	return 0, false
}

// drained supposes the worst at begin, that the air is held for as long as it ever can be, and goes on until even
// then it would be free.
func (pl *planner) drained(begin, lo int64) (int64, bool) {
	second := int64(time.Second)
	worst := (begin + pl.reach()) * second // no later than this is the air free
	lengths := make([]int64, len(pl.lines))
	for i, ln := range pl.lines {
		lengths[i] = ln.longest()
	}
	for _, k := range pl.candidates(begin, lo) {
		due, length, lateness := k.due()*second, lengths[k.line()], pl.lines[k.line()].lateness
		if worst <= due {
			return k.due(), true
		}
		if length > 0 {
			worst = max(worst, min(worst, due+lateness)+length)
		}
	}
	return lo, worst <= lo*second
}
