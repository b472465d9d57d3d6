package schedule

import (
	"slices"
)

// readWhen reads a rule in one of the forms. What it accepts is what ValidateProgramme accepts.
func readWhen(w When) (*dayRule, error) {
	var ps Problems
	ps.when(w)
	if len(ps) > 0 {
		return nil, ps
	}
	r := &dayRule{days: w.days()}
	for _, s := range w.Times {
		seconds, err := clockTime(s)
		if err != nil {
			return nil, err
		}
		r.seconds = append(r.seconds, int64(seconds))
	}
	slices.Sort(r.seconds)
	r.seconds = slices.Compact(r.seconds)
	return r, nil
}

// days is the days of a valid form.
func (w When) days() daySet {
	switch w.Form {
	case FormWeekdays:
		return weekdaySet(weekdayBits(w.Weekdays))
	case FormMonthly:
		m := monthlyDays{weekdays: weekdayBits(w.Weekdays)}
		for _, n := range w.Nth {
			if n < 0 {
				m.last = true
			} else {
				m.nth |= 1 << n
			}
		}
		return m
	case FormDates:
		var days dateSet
		for _, d := range w.Dates {
			if n, err := d.dayNumber(); err == nil {
				days = append(days, n)
			}
		}
		slices.Sort(days)
		return slices.Compact(days)
	case FormEvery:
		from, err := w.From.dayNumber()
		if err != nil {
			return dateSet{}
		}
		return everyDays{from: from, step: int64(w.EveryDays)}
	case FormLunar:
		return lunarDays(w.Lunar)
	}
	return everyDays{from: minUnix / secondsPerDay, step: 1} // daily
}

// weekdayBits has bit 0 for Sunday, as civilDay counts; people count Monday 1 to Sunday 7.
func weekdayBits(weekdays []int) uint8 {
	bits := uint8(0)
	for _, d := range weekdays {
		bits |= 1 << (d % 7)
	}
	return bits
}

// weekdaySet is some days of each week.
type weekdaySet uint8

func (s weekdaySet) has(_ *wallZone, d civilDay) bool { return s>>d.weekday&1 == 1 }

// count takes whole weeks at once.
func (s weekdaySet) count(_ *wallZone, from, until int64) int64 {
	if from >= until {
		return 0
	}
	n := int64(0)
	for wd := range 7 {
		if s>>wd&1 == 1 {
			n += (until - from) / 7
		}
	}
	for d := newCivilDay(until - (until-from)%7); d.number < until; d.next() {
		if s.has(nil, d) {
			n++
		}
	}
	return n
}

// monthlyDays is weekdays by their place in the month.
type monthlyDays struct {
	weekdays uint8
	nth      uint8 // bit n: the nth
	last     bool
}

func (s monthlyDays) has(_ *wallZone, d civilDay) bool {
	if s.weekdays>>d.weekday&1 == 0 {
		return false
	}
	return s.nth>>((d.dom+6)/7)&1 == 1 || s.last && d.dom+7 > monthLength(d.year, d.month)
}

func (s monthlyDays) count(_ *wallZone, from, until int64) int64 {
	n := int64(0)
	for d := newCivilDay(from); d.number < until; d.next() {
		if s.has(nil, d) {
			n++
		}
	}
	return n
}

// dateSet is single days, ascending.
type dateSet []int64

func (s dateSet) has(_ *wallZone, d civilDay) bool {
	_, found := slices.BinarySearch(s, d.number)
	return found
}

func (s dateSet) count(_ *wallZone, from, until int64) int64 {
	i, _ := slices.BinarySearch(s, from)
	j, _ := slices.BinarySearch(s, until)
	return int64(max(j-i, 0))
}

// everyDays is each step-th day from a first one on.
type everyDays struct{ from, step int64 }

func (s everyDays) has(_ *wallZone, d civilDay) bool {
	return d.number >= s.from && (d.number-s.from)%s.step == 0
}

func (s everyDays) count(_ *wallZone, from, until int64) int64 {
	return s.before(until) - s.before(min(from, until))
}

// before is how many of the days come before a day.
func (s everyDays) before(day int64) int64 {
	if day <= s.from {
		return 0
	}
	return (day - s.from + s.step - 1) / s.step
}

// lunarDays is days of the lunar calendar.
type lunarDays []LunarDate

func (s lunarDays) has(z *wallZone, d civilDay) bool {
	return s.on(z.moons.monthOf(d.number), d.number)
}

func (s lunarDays) on(m lunarMonth, day int64) bool {
	for _, l := range s {
		if l.of(m) && l.on(m) == day {
			return true
		}
	}
	return false
}

// count goes from month to month.
func (s lunarDays) count(z *wallZone, from, until int64) int64 {
	n := int64(0)
	for day := from; day < until; {
		m := z.moons.monthOf(day)
		for end := min(m.start+m.length, until); day < end; day++ {
			if s.on(m, day) {
				n++
			}
		}
	}
	return n
}

// Normalise gives the form as it will be stored: times and days ascending, each once.
func (w When) Normalise() When {
	w.Times = sortedOnce(w.Times)
	w.Weekdays = sortedOnce(w.Weekdays)
	w.Dates = sortedOnce(w.Dates)
	w.Nth = sortedOnce(w.Nth)
	if n := len(w.Nth); n > 1 && w.Nth[0] == -1 { // the last comes last
		w.Nth = append(w.Nth[1:], -1)
	}
	w.Lunar = slices.Clone(w.Lunar)
	slices.SortFunc(w.Lunar, func(a, b LunarDate) int { return (a.Month-b.Month)*100 + a.Day - b.Day })
	w.Lunar = slices.Compact(w.Lunar)
	return w
}

// sortedOnce returns a new slice, nil where there is nothing.
func sortedOnce[T interface{ ~string | ~int }](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}
