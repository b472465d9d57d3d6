package schedule

import (
	"errors"
	"fmt"
	"math/bits"
	"time"

	"github.com/robfig/cron/v3"
)

// The plan knows the years 2000 to 2249; the rest is cut off. Nanoseconds since 1970 fit an int64 until 2262.
const (
	minUnix = 946_598_400   // 1999-12-31
	maxUnix = 8_835_955_200 // 2250-01-01
)

// firstAnchor is where ordinals are counted from when a programme names no day.
const firstAnchor = Date("2000-01-01")

// rule is when a programme starts, whatever its validity.
type rule interface {
	// starts calls emit for each start in [lo, hi), ascending, Unix seconds.
	starts(z *wallZone, lo, hi int64, emit func(int64))
	// count is how many starts there are from the beginning of a day up to, not including, hi.
	count(z *wallZone, anchorDay, hi int64) int64
}

// readRule reads what a programme says of its times.
func readRule(p Programme) (rule, error) {
	switch {
	case p.Cron != "" && len(p.Starts) > 0:
		return nil, errors.New("it has both a rule and single start times")
	case p.When != nil && (p.Cron != "" || len(p.Starts) > 0):
		return nil, errors.New("it has both a form and a rule or single start times")
	case p.When != nil:
		return readWhen(*p.When)
	case p.Cron != "":
		spec, err := parseCron(p.Cron)
		if err != nil {
			return nil, err
		}
		return newCronRule(spec), nil
	case len(p.Starts) > 0:
		var list startList
		for _, t := range sortedStarts(p.Starts) {
			list = append(list, t.Unix())
		}
		return list, nil
	}
	return nil, errors.New("it has neither a rule nor single start times")
}

// startList is single starts, ascending.
type startList []int64

func (l startList) starts(_ *wallZone, lo, hi int64, emit func(int64)) {
	for _, u := range l {
		if u >= lo && u < hi {
			emit(u)
		}
	}
}

func (l startList) count(z *wallZone, anchorDay, hi int64) int64 {
	n := int64(0)
	l.starts(z, z.dayStart(anchorDay), hi, func(int64) { n++ })
	return n
}

// dayRule is days and the seconds of such a day, by the wall clock and ascending, at which it starts.
type dayRule struct {
	days    daySet
	seconds []int64
}

// daySet is which calendar days a rule means.
type daySet interface {
	has(z *wallZone, d civilDay) bool
	// count is how many of its days lie in [from, until), by number.
	count(z *wallZone, from, until int64) int64
}

// cronDays is the days of a cron expression.
type cronDays struct {
	dom, month, dow uint64
	either          bool // both days are restricted: one of them is enough
}

func newCronRule(spec *cron.SpecSchedule) *dayRule {
	const star = 1 << 63
	r := &dayRule{days: cronDays{dom: spec.Dom, month: spec.Month, dow: spec.Dow, either: spec.Dom&star == 0 && spec.Dow&star == 0}}
	for h := spec.Hour &^ star; h != 0; h &= h - 1 {
		for m := spec.Minute &^ star; m != 0; m &= m - 1 {
			r.seconds = append(r.seconds, int64(bits.TrailingZeros64(h)*3600+bits.TrailingZeros64(m)*60))
		}
	}
	return r
}

func (c cronDays) has(_ *wallZone, d civilDay) bool {
	if c.month>>d.month&1 == 0 {
		return false
	}
	dom, dow := c.dom>>d.dom&1 == 1, c.dow>>d.weekday&1 == 1
	if c.either {
		return dom || dow
	}
	return dom && dow
}

func (c cronDays) count(_ *wallZone, from, until int64) int64 {
	n := int64(0)
	for d := newCivilDay(from); d.number < until; d.next() {
		if c.has(nil, d) {
			n++
		}
	}
	return n
}

// starts leaves out a wall time that does not exist and takes the first of two.
func (r *dayRule) starts(z *wallZone, lo, hi int64, emit func(int64)) {
	if lo >= hi {
		return
	}
	for d, last := newCivilDay(z.day(lo)), z.day(hi-1); d.number <= last; d.next() {
		if !r.days.has(z, d) {
			continue
		}
		for _, s := range r.seconds {
			if u, _, exists := z.moments(d.number*secondsPerDay + s); exists && u >= lo && u < hi {
				emit(u)
			}
		}
	}
}

// count multiplies whole days and walks the last one only.
func (r *dayRule) count(z *wallZone, anchorDay, hi int64) int64 {
	last := z.day(hi)
	if last < anchorDay {
		return 0
	}
	n := r.days.count(z, anchorDay, last)*int64(len(r.seconds)) - r.missing(z, anchorDay, last)
	r.starts(z, max(z.dayStart(last), z.dayStart(anchorDay)), hi, func(int64) { n++ })
	return n
}

// missing counts the starts in days [fromDay, untilDay) over which the wall clock was set forward.
func (r *dayRule) missing(z *wallZone, fromDay, untilDay int64) int64 {
	n := int64(0)
	t := time.Unix(z.dayStart(fromDay)-edge, 0).In(z.loc)
	for {
		_, end := t.ZoneBounds()
		if end.IsZero() || end.Unix() > untilDay*secondsPerDay+edge {
			return n
		}
		gapFrom := end.Unix() + offsetAt(z.loc, end.Unix()-1)
		gapUntil := end.Unix() + offsetAt(z.loc, end.Unix())
		for d := newCivilDay(floorDiv(gapFrom, secondsPerDay)); d.number*secondsPerDay < gapUntil; d.next() {
			if d.number < fromDay || d.number >= untilDay || !r.days.has(z, d) {
				continue
			}
			for _, s := range r.seconds {
				if w := d.number*secondsPerDay + s; w >= gapFrom && w < gapUntil {
					n++
				}
			}
		}
		t = end
	}
}

// civilDay is a calendar day that can be counted on without a time.Time.
type civilDay struct {
	number     int64 // since 1970-01-01
	year       int
	month, dom int
	weekday    int // 0 is Sunday
}

func newCivilDay(number int64) civilDay {
	t := time.Unix(number*secondsPerDay, 0).UTC()
	return civilDay{number: number, year: t.Year(), month: int(t.Month()), dom: t.Day(), weekday: int(t.Weekday())}
}

func (d *civilDay) next() {
	d.number++
	d.weekday = (d.weekday + 1) % 7
	d.dom++
	if d.dom <= 28 || d.dom <= monthLength(d.year, d.month) {
		return
	}
	d.dom = 1
	d.month++
	if d.month > 12 {
		d.month = 1
		d.year++
	}
}

func monthLength(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// dayNumber reads a Date.
func (d Date) dayNumber() (int64, error) {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return 0, fmt.Errorf("%q is not a day: use YYYY-MM-DD", string(d))
	}
	return floorDiv(t.Unix(), secondsPerDay), nil
}
