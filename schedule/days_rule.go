package schedule

import "time"

// ruleOfDay is the rule of a day counted from 1970-01-01.
func ruleOfDay(days []SpecialDay, number int64) DayRule {
	return RuleOf(days, Date(time.Unix(number*secondsPerDay, 0).UTC().Format(time.DateOnly)))
}

// DayRule is what special days say of one day.
type DayRule struct {
	Name     string
	Use      string
	Mourning bool
	Names    []string
}

// RuleOf takes the shortest of the special days given by date that hold a day.
func RuleOf(days []SpecialDay, d Date) DayRule {
	var r DayRule
	best := int64(1) << 62
	for _, s := range days {
		until := s.Until
		if until == "" {
			until = s.From
		}
		if s.From == "" || d < s.From || d > until {
			continue
		}
		r.Mourning = r.Mourning || s.Mourning
		a, _ := s.From.dayNumber()
		b, _ := until.dayNumber()
		if n := b - a + 1; n < best {
			best, r.Use, r.Name = n, s.Use, s.Name
		}
	}
	return r
}
