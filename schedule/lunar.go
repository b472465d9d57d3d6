package schedule

import (
	"math"
	"time"
)

// The Vietnamese lunar calendar, by the rules that Hồ Ngọc Đức published (Thuật toán tính âm lịch): a month begins on the
// day, at UTC+7, of the new moon; month 11 is the one that holds the winter solstice; where thirteen months lie between
// two of them, the first in which the sun enters no new part of its way (no trung khí) is the leap month and takes the
// number of the month before it. The astronomy is in moon.go and our own; no table is used.
//
// It is the calendar of today: before 1968 the calendars that were in force went by other meridians.

// lunarMonth is one month: its first civil day, how many days it has, and what it is called.
type lunarMonth struct {
	start, length int64
	month, year   int
	leap          bool
}

// lunarMonths lists the months from month 11 of the lunar year before to month 10 of the given one: those from the winter
// solstice of the solar year before to that of the given one.
func lunarMonths(year int) []lunarMonth {
	k, until := solsticeMoon(year-1), solsticeMoon(year)
	months := make([]lunarMonth, 0, 13)
	start, leapDue := newMoonDay(k), until-k == 13
	number, ofYear := 11, year-1
	for ; k < until; k++ {
		next := newMoonDay(k + 1)
		m := lunarMonth{start: start, length: next - start}
		if leapDue && len(months) > 0 && majorTerm(start) == majorTerm(next) {
			leapDue = false
			last := months[len(months)-1]
			m.month, m.year, m.leap = last.month, last.year, true
		} else {
			m.month, m.year = number, ofYear
			if number++; number > 12 {
				number, ofYear = 1, year
			}
		}
		months = append(months, m)
		start = next
	}
	return months
}

// solsticeMoon is the number of the new moon that begins month 11 of a year: the last one on or before the day of the
// winter solstice.
func solsticeMoon(year int) int64 {
	lastDay := daysFrom1970(year, time.December, 31)
	k := int64(math.Floor((float64(lastDay) + unixJulian - firstMoon) / synodic))
	for newMoonDay(k+1) <= lastDay {
		k++
	}
	const beforeSolstice = 8
	for newMoonDay(k) > lastDay || majorTerm(newMoonDay(k)) > beforeSolstice {
		k-- // the sun was past the solstice when the month began
	}
	return k
}

// lunarCalendar remembers the years it was asked for. It belongs to one caller.
type lunarCalendar struct {
	years map[int][]lunarMonth
	last  lunarMonth
}

func (c *lunarCalendar) year(y int) []lunarMonth {
	if months, ok := c.years[y]; ok {
		return months
	}
	if c.years == nil {
		c.years = make(map[int][]lunarMonth)
	}
	c.years[y] = lunarMonths(y)
	return c.years[y]
}

// monthOf is the lunar month that a civil day falls in.
func (c *lunarCalendar) monthOf(day int64) lunarMonth {
	if m := c.last; day >= m.start && day < m.start+m.length {
		return m
	}
	year := time.Unix(day*secondsPerDay, 0).UTC().Year()
	for _, y := range [...]int{year, year + 1} { // the last days of December may belong to the next
		for _, m := range c.year(y) {
			if day < m.start+m.length {
				c.last = m
				return m
			}
		}
	}
	return lunarMonth{} // cannot be: the months of two years reach past the end of the first
}

// find is a month of a lunar year.
func (c *lunarCalendar) find(year, month int, leap bool) (lunarMonth, bool) {
	for _, y := range [...]int{year, year + 1} {
		for _, m := range c.year(y) {
			if m.year == year && m.month == month && m.leap == leap {
				return m, true
			}
		}
	}
	return lunarMonth{}, false
}

// The years for which the lunar calendar is asked and answered; Plan knows the years from 2000 to 2249.
const (
	minLunarYear = 1900
	maxLunarYear = 2300
)

// LunarOf is the day of the Vietnamese lunar calendar that a calendar day is. All are zero for what is no day or lies
// outside the years 1900 to 2300.
func LunarOf(d Date) (day, month, year int, leap bool) {
	n, err := d.dayNumber()
	if err != nil || n < daysFrom1970(minLunarYear, time.January, 1) || n >= daysFrom1970(maxLunarYear+1, time.January, 1) {
		return 0, 0, 0, false
	}
	var c lunarCalendar
	m := c.monthOf(n)
	return int(n - m.start + 1), m.month, m.year, m.leap
}

// SolarOf is the calendar day of a lunar one. It is false where there is no such day: a leap month that the year does not
// have, day 30 of a month with 29 days, a year outside 1900 to 2299.
func SolarOf(year, month, day int, leap bool) (Date, bool) {
	if year < minLunarYear || year >= maxLunarYear || month < 1 || month > 12 {
		return "", false
	}
	var c lunarCalendar
	m, ok := c.find(year, month, leap)
	if !ok || day < 1 || int64(day) > m.length {
		return "", false
	}
	return dateOf(m.start + int64(day) - 1), true
}

// on is the civil day in a month on which a lunar date falls: day 30 of a month with 29 days is its 29th.
func (l LunarDate) on(m lunarMonth) int64 { return m.start + min(int64(l.Day), m.length) - 1 }

// of tells whether a lunar date is a day of a month. A leap month counts for dates of every month only.
func (l LunarDate) of(m lunarMonth) bool { return l.Month == 0 || l.Month == m.month && !m.leap }

func daysFrom1970(year int, month time.Month, day int) int64 {
	return floorDiv(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix(), secondsPerDay)
}

// dateOf writes a civil day.
func dateOf(day int64) Date { return Date(time.Unix(day*secondsPerDay, 0).UTC().Format(time.DateOnly)) }
