package schedule

import (
	"math"
	"time"
)

// validity is when what an occurrence plays may begin: [from, until) in Unix nanoseconds. It is worked out once for each
// content, so that a year of occurrences compares numbers only.
type validity struct{ from, until int64 }

var always = validity{from: math.MinInt64, until: math.MaxInt64}

// narrow leaves of v what the clip's dates allow; it is false when a date cannot be read.
func (v *validity) narrow(z *wallZone, fact ClipFact) bool {
	if fact.ValidFrom != "" {
		day, err := fact.ValidFrom.dayNumber()
		if err != nil {
			return false
		}
		v.from = max(v.from, nanos(z.dayStart(day)))
	}
	if fact.ValidUntil != "" {
		day, err := fact.ValidUntil.dayNumber()
		if err != nil {
			return false
		}
		v.until = min(v.until, nanos(z.dayStart(day+1)))
	}
	return true
}

// nanos keeps far days, which have no Unix nanoseconds, at the ends of the plan's time.
func nanos(unix int64) int64 { return min(max(unix, minUnix), maxUnix) * int64(time.Second) }

// at tells why it may not begin at a moment.
func (v validity) at(start int64) Reason {
	switch {
	case start >= v.until:
		return ReasonExpired
	case start < v.from:
		return ReasonNotYet
	}
	return ReasonNone
}

// narrowTo leaves of v what w allows too.
func (v *validity) narrowTo(w validity) { v.from, v.until = max(v.from, w.from), min(v.until, w.until) }

// Refused says why a clip may not begin to sound now, or nothing. The player asks it by the facts of the moment, whatever
// was planned: known is whether the library has the clip. A zone or a date that cannot be read refuses.
func (f ClipFact) Refused(s Settings, known bool, now time.Time) Reason {
	if r := judgeClip(s, f, known); r != ReasonNone {
		return r
	}
	return f.OutOfDate(s, now)
}

// OutOfDate says whether a clip is past its last day or before its first one by the station's calendar.
func (f ClipFact) OutOfDate(s Settings, now time.Time) Reason {
	if f.ValidFrom == "" && f.ValidUntil == "" {
		return ReasonNone
	}
	loc, err := loadZone(s.Zone)
	if err != nil {
		return ReasonBadRule
	}
	v := always
	if !v.narrow(newWallZone(loc), f) {
		return ReasonBadRule
	}
	return v.at(now.UnixNano())
}
