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
