package frame

import (
	"time"

	"loaxa/admin/api"
	"loaxa/admin/route"
)

// ClockCard asks a person for the time while nothing vouches for the machine's.
type ClockCard struct {
	Clock   api.Clock
	Weekday string
	Shown   string // the machine's time as RFC 3339: confirming an old page confirms nothing
}

// ClockCard is nil while the time is known.
func (f *Frame) ClockCard(c *route.Call) *ClockCard {
	now := f.station.Clock()
	if !now.Doubtful() {
		return nil
	}
	return &ClockCard{Clock: now, Weekday: Weekday(c.Words, now.At), Shown: now.At.Format(time.RFC3339)}
}
