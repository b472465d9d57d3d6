package schedule

import (
	"slices"
	"sort"
	"time"
)

// air is who holds the loudspeakers, as the plan goes through the candidates in their order: by due time, the higher
// class first, then by programme ID. All times are Unix nanoseconds.
//
// Its whole memory is the moment at which the air becomes free. That is what lets Plan begin in the middle: a moment
// at which the air is surely free (see freeAir) is as good as the beginning of time.
type air struct {
	busyUntil int64
	quiet     quietSpans
}

// take gives one candidate its verdict and, when it airs, the air. Nothing is cut: the earlier start keeps the air,
// the later one waits while it can still begin inside its window. A clip must be valid when it begins, not when it is due.
func (a *air) take(due, lateness int64, c *content) (start int64, v Verdict, r Reason) {
	if r := c.valid.never(due, lateness); r != ReasonNone {
		return due, VerdictSkipped, r
	}
	length := int64(c.length)
	if a.quiet.touch(due, due+length) {
		return due, VerdictSkipped, ReasonQuietHours
	}
	start = max(due, a.busyUntil)
	if start > due+lateness {
		return due, VerdictSkipped, ReasonOverlap
	}
	if a.quiet.touch(start, start+length) {
		return due, VerdictSkipped, ReasonQuietHours
	}
	if r := c.valid.at(start); r != ReasonNone {
		return due, VerdictSkipped, r
	}
	a.busyUntil = start + length
	if start > due {
		return start, VerdictWaits, ReasonOverlap
	}
	return due, VerdictAirs, ReasonNone
}

// quietSpans is when nothing may sound: [from, until) in Unix nanoseconds, ascending, not touching each other.
type quietSpans []quietSpan

type quietSpan struct{ from, until int64 }

// touch tells whether any part of [from, until) is quiet; standing border to border is allowed.
func (q quietSpans) touch(from, until int64) bool {
	i := sort.Search(len(q), func(i int) bool { return q[i].until > from })
	return i < len(q) && q[i].from < until
}

// quietBetween lists the quiet spans that touch [lo, hi], Unix seconds. On a day when the clock is set back, a span
// lasts from the first reading of its beginning to the last reading of its end.
func quietBetween(z *wallZone, hours []DailySpan, lo, hi int64) quietSpans {
	var spans quietSpans
	for _, h := range hours {
		s, err := h.seconds()
		if err != nil {
			continue // Faults tells; a span nobody can read cannot be kept
		}
		for day := z.day(lo) - 2; day <= z.day(hi)+1; day++ {
			from, _, _ := z.moments(day*secondsPerDay + int64(s.from))
			_, until, _ := z.moments(day*secondsPerDay + int64(s.until))
			if from < until {
				spans = append(spans, quietSpan{from: from * int64(time.Second), until: until * int64(time.Second)})
			}
		}
	}
	slices.SortFunc(spans, func(a, b quietSpan) int {
		if a.from != b.from {
			return int(min(max(a.from-b.from, -1), 1))
		}
		return int(min(max(a.until-b.until, -1), 1))
	})
	return merged(spans)
}

// merged joins sorted spans that overlap or touch.
func merged(spans quietSpans) quietSpans {
	var out quietSpans
	for _, s := range spans {
		if n := len(out); n > 0 && s.from <= out[n-1].until {
			out[n-1].until = max(out[n-1].until, s.until)
			continue
		}
		out = append(out, s)
	}
	return out
}
