package schedule

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// Quiet tells whether any part of [at, at+length) lies in the station's quiet hours. The player asks it again before
// the first frame: a late start may run into what the plan kept clear of. A zone or a span that cannot be read is quiet
// all day: what cannot be known to be allowed does not sound.
func Quiet(s Settings, at time.Time, length time.Duration) bool {
	if len(s.QuietHours) == 0 {
		return false
	}
	loc, err := loadZone(s.Zone)
	if err != nil {
		return true
	}
	for _, h := range s.QuietHours {
		if _, err := h.seconds(); err != nil {
			return true
		}
	}
	until := at.Add(max(length, time.Nanosecond))
	spans := quietBetween(newWallZone(loc), s.QuietHours, at.Unix(), until.Unix())
	return spans.touch(at.UnixNano(), until.UnixNano())
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
			if !h.begins(day) {
				continue
			}
			from, _, _ := z.moments(day*secondsPerDay + int64(s.from))
			_, until, _ := z.moments(day*secondsPerDay + int64(s.until))
			if from < until {
				spans = append(spans, quietSpan{from: from * int64(time.Second), until: until * int64(time.Second)})
			}
		}
	}
	slices.SortFunc(spans, func(a, b quietSpan) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.until, b.until))
	})
	return merged(spans)
}

// begins tells whether the span begins on a day, counted from 1970-01-01, a Thursday.
func (q DailySpan) begins(day int64) bool {
	if len(q.Days) == 0 {
		return true
	}
	weekday := (day+3)%7 + 1
	if weekday < 1 {
		weekday += 7
	}
	return slices.Contains(q.Days, int(weekday))
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
