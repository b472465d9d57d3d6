package schedule

import (
	"fmt"
	"strings"
)

// Normalise gives the special day as it will be stored: clean text, Use written the way schedules are called, one day
// without an end.
func (d SpecialDay) Normalise() SpecialDay {
	d.Name, d.Source = NormaliseText(d.Name), NormaliseText(d.Source)
	d.From, d.Until, d.Verified = trimmedDate(d.From), trimmedDate(d.Until), trimmedDate(d.Verified)
	if d.Until == d.From {
		d.Until = ""
	}
	if d.Lunar != nil {
		l := *d.Lunar
		d.Lunar = &l
		d.Days = max(d.Days, 1)
	}
	d.Use = slug(d.Use)
	return d
}

func trimmedDate(d Date) Date { return Date(strings.TrimSpace(string(d))) }

// ValidateDay judges a normalised special day. The error, if any, is Problems.
func ValidateDay(d SpecialDay) error {
	var ps Problems
	ps.named("name", d.Name)
	switch {
	case d.From == "" && d.Lunar == nil:
		ps.add("from", "required", "a first day (from) or a lunar date (lunar) is required.")
	case d.From != "" && d.Lunar != nil:
		ps.add("lunar", "conflict", "give either a first day (from) or a lunar date (lunar), not both.")
	case d.Lunar != nil:
		ps.lunarDay(d)
	default:
		ps.solarDay(d)
	}
	if d.Use != ScheduleOrdinary && d.Use != ScheduleOff {
		ps.scheduleName("use", d.Use)
	}
	ps.text("source", d.Source)
	ps.date("verified", d.Verified)
	return ps.orNil()
}

func (ps *Problems) lunarDay(d SpecialDay) {
	ps.lunarDate("lunar", *d.Lunar, 1)
	ps.between("days", int64(d.Days), 1, MaxLunarSpan, "days")
	ps.between("before", int64(d.Before), 0, MaxLunarSpan, "days")
	if d.Until != "" {
		ps.add("until", "unused", "a lunar date has a number of days, not a last day.")
	}
}

func (ps *Problems) solarDay(d SpecialDay) {
	from, okFrom := ps.date("from", d.From)
	until, okUntil := ps.date("until", d.Until)
	switch {
	case okFrom && okUntil && until.Before(from):
		ps.add("until", "order", fmt.Sprintf("the last day %s is before the first day %s.", d.Until, d.From))
	case okFrom && okUntil && until.Sub(from).Hours()/24+1 > MaxSolarSpan:
		ps.add("until", "range", fmt.Sprintf("a special day lasts at most %d days.", MaxSolarSpan))
	}
	if d.Days != 0 {
		ps.add("days", "unused", "only a lunar date has a number of days: give a last day (until).")
	}
	if d.Before != 0 {
		ps.add("before", "unused", "only a lunar date has days before it: give the first of them (from).")
	}
}
