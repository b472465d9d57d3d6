package schedule

import (
	"fmt"
	"slices"
)

// when judges a rule in one of the forms.
func (ps *Problems) when(w When) {
	ps.times(w.Times)
	uses := w.Form.uses()
	if uses == nil {
		ps.add("when.form", "unknown", fmt.Sprintf("form %q is not known: use daily, weekdays, monthly, dates, every or lunar.", w.Form))
		return
	}
	for _, f := range [...]struct {
		name  string
		given bool
		judge func(w When)
	}{
		{"weekdays", len(w.Weekdays) > 0, func(w When) { ps.weekdays("when.weekdays", w.Weekdays) }},
		{"nth", len(w.Nth) > 0, ps.nth},
		{"dates", len(w.Dates) > 0, ps.dates},
		{"every_days", w.EveryDays != 0, func(w When) { ps.between("when.every_days", int64(w.EveryDays), 2, 366, "days") }},
		{"from", w.From != "", func(w When) { ps.date("when.from", w.From) }},
		{"lunar", len(w.Lunar) > 0, ps.lunar},
	} {
		needed := slices.Contains(uses, f.name)
		switch {
		case needed && !f.given:
			ps.add("when."+f.name, "required", fmt.Sprintf("form %s needs %s.", w.Form, f.name))
		case !needed && f.given:
			ps.add("when."+f.name, "unused", fmt.Sprintf("form %s does not use %s: leave it out.", w.Form, f.name))
		case needed:
			f.judge(w)
		}
	}
}

// uses is what a form needs beside its times; nil where there is no such form.
func (f Form) uses() []string {
	switch f {
	case FormDaily:
		return []string{}
	case FormWeekdays:
		return []string{"weekdays"}
	case FormMonthly:
		return []string{"weekdays", "nth"}
	case FormDates:
		return []string{"dates"}
	case FormEvery:
		return []string{"every_days", "from"}
	case FormLunar:
		return []string{"lunar"}
	}
	return nil
}

func (ps *Problems) times(times []string) {
	switch {
	case len(times) == 0:
		ps.add("when.times", "required", "at least one time of the day is required.")
	case len(times) > MaxTimes:
		ps.add("when.times", "length", fmt.Sprintf("a day has at most %d times; this one has %d.", MaxTimes, len(times)))
	default:
		for i, s := range times {
			ps.timeOfDay(fmt.Sprintf("when.times[%d]", i), s)
		}
	}
}

// timeOfDay wants "HH:MM" from 00:00 to 23:59.
func (ps *Problems) timeOfDay(field, s string) {
	if seconds, err := clockTime(s); err != nil || seconds == secondsPerDay {
		ps.add(field, "format", fmt.Sprintf("%q is not a time of the day: use HH:MM, from 00:00 to 23:59.", s))
	}
}

// weekdays wants 1 Monday to 7 Sunday.
func (ps *Problems) weekdays(field string, days []int) {
	if len(days) > 7 {
		ps.add(field, "length", "a week has seven days.")
		return
	}
	for i, d := range days {
		if d < 1 || d > 7 {
			ps.add(fmt.Sprintf("%s[%d]", field, i), "range", fmt.Sprintf("%d is no weekday: use 1 (Monday) to 7 (Sunday).", d))
		}
	}
}

func (ps *Problems) nth(w When) {
	if len(w.Nth) > 5 {
		ps.add("when.nth", "length", "there are five places in a month: 1 to 4, and -1 for the last.")
		return
	}
	for i, n := range w.Nth {
		if n != -1 && (n < 1 || n > 4) {
			ps.add(fmt.Sprintf("when.nth[%d]", i), "range",
				fmt.Sprintf("%d is out of range: use 1 to 4, or -1 for the last; not every month has a fifth.", n))
		}
	}
}

func (ps *Problems) dates(w When) {
	if len(w.Dates) > MaxDates {
		ps.add("when.dates", "length", fmt.Sprintf("a form has at most %d days; this one has %d.", MaxDates, len(w.Dates)))
		return
	}
	for i, d := range w.Dates {
		field := fmt.Sprintf("when.dates[%d]", i)
		if d == "" {
			ps.add(field, "required", "a day is required.")
			continue
		}
		ps.date(field, d)
	}
}

func (ps *Problems) lunar(w When) {
	if len(w.Lunar) > MaxLunarDates {
		ps.add("when.lunar", "length", fmt.Sprintf("a form has at most %d lunar days; this one has %d.", MaxLunarDates, len(w.Lunar)))
		return
	}
	for i, l := range w.Lunar {
		ps.lunarDate(fmt.Sprintf("when.lunar[%d]", i), l, 0)
	}
}

func (ps *Problems) lunarDate(field string, l LunarDate, minMonth int) {
	if l.Month < minMonth || l.Month > 12 {
		said := "use 1 to 12, or 0 for every month."
		if minMonth == 1 {
			said = "use 1 to 12."
		}
		ps.add(field+".month", "range", fmt.Sprintf("%d is no lunar month: %s", l.Month, said))
	}
	if l.Day < 1 || l.Day > 30 {
		ps.add(field+".day", "range", fmt.Sprintf("%d is no lunar day: use 1 to 30.", l.Day))
	}
}
