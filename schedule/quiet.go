package schedule

import "time"

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

// spansOnDay lists the parts of the day that begin on a calendar day, by its number, as seconds of that day. What cannot
// be read is left out; Faults tells of it.
func spansOnDay(hours []DailySpan, day int64) []daySeconds {
	var spans []daySeconds
	for _, h := range hours {
		if s, err := h.seconds(); err == nil && h.beginsOn(day) {
			spans = append(spans, s)
		}
	}
	return spans
}

// beginsOn tells whether a span begins on a calendar day, by its number.
func (q DailySpan) beginsOn(day int64) bool {
	return len(q.Days) == 0 || weekdayBits(q.Days)>>floorMod(day+4, 7)&1 == 1 // 1970-01-01 was a Thursday
}
