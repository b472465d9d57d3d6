package schedule

import (
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // the station's zone must be known on a machine without zone files
)

// loadZone knows IANA names only: "Local" would make the plan depend on the machine.
func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, errors.New("no time zone is set")
	}
	return time.LoadLocation(name)
}

// daySeconds is a quiet span as seconds of the day by wall clock; until is above 86400 when it crosses midnight.
type daySeconds struct{ from, until int }

// seconds reads "HH:MM"; "24:00" is allowed as an end.
func (q DailySpan) seconds() (daySeconds, error) {
	from, errFrom := clockTime(q.From)
	until, errUntil := clockTime(q.To)
	if errFrom != nil || errUntil != nil || from == 86400 {
		return daySeconds{}, fmt.Errorf("%q to %q is not a part of the day: use HH:MM, such as 21:00 to 05:00", q.From, q.To)
	}
	if until < from {
		until += 86400
	}
	return daySeconds{from: from, until: until}, nil
}

func clockTime(s string) (int, error) {
	if s == "24:00" {
		return 86400, nil
	}
	if len(s) != len("15:04") {
		return 0, fmt.Errorf("%q is not HH:MM", s)
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, err
	}
	return t.Hour()*3600 + t.Minute()*60, nil
}

const secondsPerDay = 86400

// wallZone turns wall-clock readings into moments. A reading w is counted like a Unix time, as if the wall clock
// showed UTC. It remembers the last stretch of constant offset, so one belongs to one Plan.
type wallZone struct {
	loc    *time.Location
	offset int64 // seconds east of UTC …
	from   int64 // … for every moment in [from, until)
	until  int64
	moons  lunarCalendar
}

// edge is how far from a change of offset the short way through wallZone is given up: more than any offset.
const edge = 36 * 3600

func newWallZone(loc *time.Location) *wallZone { return &wallZone{loc: loc} }

// day is the calendar day, counted from 1970-01-01, that a moment falls on.
func (z *wallZone) day(unix int64) int64 { return floorDiv(unix+offsetAt(z.loc, unix), secondsPerDay) }

// dayStart is the first moment of a day.
func (z *wallZone) dayStart(day int64) int64 {
	first, _, _ := z.moments(day * secondsPerDay)
	return first
}

// moments gives the first and the last moment at which the wall clock reads w. When it is set forward over w, it
// reads w never: exists is false and both are the moment of the change.
func (z *wallZone) moments(w int64) (first, last int64, exists bool) {
	if u := w - z.offset; u >= z.from && u < z.until {
		return u, u, true
	}
	z.settle(w - z.offset)
	if u := w - z.offset; u >= z.from && u < z.until {
		return u, u, true
	}
	return z.nearChange(w)
}

// settle remembers the stretch around a moment, less its edges.
func (z *wallZone) settle(unix int64) {
	t := time.Unix(unix, 0).In(z.loc)
	start, end := t.ZoneBounds()
	z.offset = offsetAt(z.loc, unix)
	z.from, z.until = minUnix, maxUnix
	if !start.IsZero() {
		z.from = start.Unix() + edge
	}
	if !end.IsZero() {
		z.until = end.Unix() - edge
	}
}

// nearChange tries the offsets before and after.
func (z *wallZone) nearChange(w int64) (first, last int64, exists bool) {
	near := w - z.offset
	before, after := offsetAt(z.loc, near-edge), offsetAt(z.loc, near+edge)
	u1, u2 := w-before, w-after
	ok1, ok2 := offsetAt(z.loc, u1) == before, offsetAt(z.loc, u2) == after
	switch {
	case ok1 && ok2:
		return min(u1, u2), max(u1, u2), true
	case ok1:
		return u1, u1, true
	case ok2:
		return u2, u2, true
	}
	// Forward over w: counted by the old offset, w lies after the change.
	start, _ := time.Unix(u1, 0).In(z.loc).ZoneBounds()
	return start.Unix(), start.Unix(), false
}

func offsetAt(loc *time.Location, unix int64) int64 {
	_, off := time.Unix(unix, 0).In(loc).Zone()
	return int64(off)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
