package schedule

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// DayRule is what the special days make of one calendar day.
type DayRule struct {
	// Name is that of the special day that decides Use, else of the narrowest one that touches the day; "" for a day like
	// any other.
	Name string
	Use  string // ScheduleOrdinary, ScheduleOff or the name of a schedule
	// Mourning is true when any special day that touches this one says so, whichever decides Use.
	Mourning bool
	Names    []string // of all special days that touch it, the narrowest first
}

// RuleOf is which rule a calendar day has. Of the special days that touch it and whose Use is not ordinary, the one with
// the fewest days decides, among equals the one stored first; one whose Use is ordinary is only named. What cannot be
// read, be it the day or a special day, changes nothing.
//
// The order of days does not matter. For many days in turn, newSpecialDays(days).rule(day) is quicker.
func RuleOf(days []SpecialDay, d Date) DayRule {
	n, err := d.dayNumber()
	if err != nil {
		return DayRule{}
	}
	return newSpecialDays(days).rule(n)
}

// specialDays answers for many days. It remembers the lunar years it computed, so it belongs to one caller.
type specialDays struct {
	list  []specialDay // the narrowest first, among equals the one stored first
	moons lunarCalendar
}

// specialDay is a SpecialDay whose dates were read.
type specialDay struct {
	SpecialDay

	from, until int64 // [from, until) by number of the day; for a lunar one as offsets from the lunar date
}

func newSpecialDays(days []SpecialDay) *specialDays {
	s := &specialDays{}
	for _, d := range days {
		from, until, ok := d.reach()
		if ok {
			s.list = append(s.list, specialDay{SpecialDay: d, from: from, until: until})
		}
	}
	slices.SortStableFunc(s.list, func(a, b specialDay) int {
		return cmp.Or(cmp.Compare(a.until-a.from, b.until-b.from), cmp.Compare(len(a.ID), len(b.ID)), strings.Compare(a.ID, b.ID))
	})
	return s
}

// reach reads the dates of a special day.
func (d SpecialDay) reach() (from, until int64, ok bool) {
	if d.Lunar != nil {
		return -int64(d.Before), int64(max(d.Days, 1)), d.Before >= 0 && d.Lunar.Month >= 1
	}
	from, err := d.From.dayNumber()
	if err != nil {
		return 0, 0, false
	}
	last := from
	if d.Until != "" {
		if last, err = d.Until.dayNumber(); err != nil {
			return 0, 0, false
		}
	}
	return from, last + 1, last >= from
}

// rule is RuleOf a day by its number.
func (s *specialDays) rule(day int64) DayRule {
	var r DayRule
	for i := range s.list {
		d := &s.list[i]
		if !s.touches(d, day) {
			continue
		}
		if r.Use == ScheduleOrdinary && (d.Use != ScheduleOrdinary || r.Name == "") {
			r.Name, r.Use = d.Name, d.Use
		}
		r.Mourning = r.Mourning || d.Mourning
		r.Names = append(r.Names, d.Name)
	}
	return r
}

func (s *specialDays) touches(d *specialDay, day int64) bool {
	if d.Lunar == nil {
		return day >= d.from && day < d.until
	}
	year := time.Unix(day*secondsPerDay, 0).UTC().Year()
	for y := year - 1; y <= year+1; y++ { // a lunar year begins in one solar year and ends in the next
		m, ok := s.moons.find(y, d.Lunar.Month, false)
		if !ok {
			continue
		}
		if off := day - d.Lunar.on(m); off >= d.from && off < d.until {
			return true
		}
	}
	return false
}
