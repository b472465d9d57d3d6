package schedule

import "time"

// NextQuiet is when quiet hours begin next, at or after a moment; at itself where it lies in them. ok is false when there
// are none within eight days. A zone or a span that cannot be read is quiet at once, as for Quiet.
func NextQuiet(s Settings, at time.Time) (begins time.Time, ok bool) {
	if len(s.QuietHours) == 0 {
		return time.Time{}, false
	}
	if Quiet(s, at, 0) {
		return at, true
	}
	loc, err := loadZone(s.Zone)
	if err != nil {
		return at, true
	}
	for _, q := range quietBetween(newWallZone(loc), s.QuietHours, at.Unix(), at.AddDate(0, 0, 8).Unix()) {
		if q.from >= at.UnixNano() {
			return time.Unix(0, q.from).In(at.Location()), true
		}
	}
	return time.Time{}, false
}
