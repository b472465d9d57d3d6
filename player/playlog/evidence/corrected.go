package evidence

import (
	"cmp"
	"slices"
	"time"
)

// How far a corrected time can be relied on.
const (
	AsWritten    = "as_written"   // the clock was trusted when it was written
	ByUptime     = "corrected"    // reckoned back by uptime from when the clock became trusted
	Inconclusive = "inconclusive" // the clock was not trusted in that boot, then or later: không kết luận được
)

// CorrectedTime is a wall time as it was written and as it is known to have been.
type CorrectedTime struct {
	Written Time   `json:"written"`
	True    Time   `json:"true"`  // "" when inconclusive
	State   string `json:"state"` // as_written | corrected | inconclusive
}

// Off is by how much the written time was ahead of the true one; 0 when that is not known.
func (c CorrectedTime) Off() time.Duration {
	if c.State != ByUptime {
		return 0
	}
	return c.Written.Sub(c.True.Time)
}

// maxTurns bounds how many gains of trust are remembered of one boot. Records after them count as inconclusive.
const maxTurns = 64

// CorrectedTimes learns from the stamps of a log, in any order, at which uptime each boot's clock came to be trusted,
// and tells then what the wall time of its earlier records was. Memory grows with the number of boots.
type CorrectedTimes struct {
	boots map[string][]turn
	last  map[string]bool // whether the boot's last stamp was trusted
}

// turn is a stamp at which a boot's clock was trusted and at the one before it was not.
type turn struct {
	up     int64 // ms
	offset int64 // ms, wall − uptime
	zone   *time.Location
}

// NewCorrectedTimes knows no boot yet.
func NewCorrectedTimes() *CorrectedTimes {
	return &CorrectedTimes{boots: map[string][]turn{}, last: map[string]bool{}}
}

// Trusted reports whether the wall time under this clock can be relied on.
func (c Clock) Trusted() bool {
	return c.State == "synchronised" || c.State == "set" || c.State == "rtc"
}

// Add takes the stamp of one record.
func (c *CorrectedTimes) Add(s Stamp) {
	trusted := s.Clock.Trusted()
	if trusted && !c.last[s.Boot] && len(c.boots[s.Boot]) < maxTurns {
		t := turn{up: s.UpMS, offset: s.Wall.UnixMilli() - s.UpMS, zone: s.Wall.Location()}
		at, _ := slices.BinarySearchFunc(c.boots[s.Boot], t, func(a, b turn) int { return cmp.Compare(a.up, b.up) })
		c.boots[s.Boot] = slices.Insert(c.boots[s.Boot], at, t)
	}
	c.last[s.Boot] = trusted
}

// Of is the true wall time of a stamp: as written when the clock was trusted, else reckoned by uptime from the next
// moment of the same boot at which it was. Steps in between do not matter: the uptime has none.
func (c *CorrectedTimes) Of(s Stamp) CorrectedTime {
	out := CorrectedTime{Written: s.Wall}
	if s.Clock.Trusted() {
		out.True, out.State = s.Wall, AsWritten
		return out
	}
	for _, t := range c.boots[s.Boot] {
		if t.up >= s.UpMS {
			out.True, out.State = Time{time.UnixMilli(t.offset + s.UpMS).In(t.zone)}, ByUptime
			return out
		}
	}
	out.State = Inconclusive
	return out
}

// holds is whether nothing starts by itself after this record; held is whether nothing did before.
func (c ClockChange) holds(held bool) bool {
	switch c.What {
	case ClockHold:
		return true
	case ClockRelease:
		return false
	}
	return held
}

// Near is the true time of a moment that a record with stamp s tells of, such as the onset in a progress record. The
// clock must not have been stepped between the two.
func (c *CorrectedTimes) Near(s Stamp, moment Time) CorrectedTime {
	if moment.IsZero() {
		return CorrectedTime{}
	}
	s.UpMS -= s.Wall.Sub(moment.Time).Milliseconds()
	s.Wall = moment
	return c.Of(s)
}
