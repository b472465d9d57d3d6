package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func (g grammar) weekday(t *testing.T, s string) time.Weekday {
	i := slices.Index(g.weekdays, s)
	if i < 0 {
		t.Fatalf("%q is no weekday", s)
	}
	return time.Weekday(i)
}

func (g grammar) nthDays(t *testing.T, days, places string) func(time.Time) bool {
	var weekdays []time.Weekday
	for _, one := range g.list(days) {
		weekdays = append(weekdays, g.weekday(t, one))
	}
	nth, last := map[int]bool{}, false
	for _, one := range g.list(places) {
		if one == g.lastWord {
			last = true
			continue
		}
		m := g.nth.FindStringSubmatch(one)
		if m == nil {
			t.Fatalf("%q is no place in a month", one)
		}
		n, _ := strconv.Atoi(m[1])
		nth[n] = true
	}
	return func(d time.Time) bool {
		return slices.Contains(weekdays, d.Weekday()) && (nth[(d.Day()+6)/7] || last && d.AddDate(0, 0, 7).Month() != d.Month())
	}
}

// plainDays are days of the week and days of the month.
func (g grammar) plainDays(t *testing.T, s string) func(time.Time) bool {
	if g.workdays.MatchString(s) {
		return func(d time.Time) bool { return d.Weekday() >= time.Monday && d.Weekday() <= time.Friday }
	}
	if m := g.monthDays.FindStringSubmatch(s); m != nil {
		days := map[int]bool{}
		for _, one := range g.list(m[1]) {
			n, err := strconv.Atoi(one)
			if err != nil {
				t.Fatalf("%q is no day of a month", one)
			}
			days[n] = true
			if n > 28 && m[2] == "" {
				t.Errorf("%q does not say that some months have no day %d", s, n)
			}
		}
		return func(d time.Time) bool { return days[d.Day()] }
	}
	m := g.weekly.FindStringSubmatch(s)
	if m == nil {
		t.Fatalf("%q: no days are understood", s)
	}
	var weekdays []time.Weekday
	for _, one := range g.list(m[1]) {
		weekdays = append(weekdays, g.weekday(t, one))
	}
	return func(d time.Time) bool { return slices.Contains(weekdays, d.Weekday()) }
}

// lunarDays reads "… each month", "… each year", or both, the first before the second.
func (g grammar) lunarDays(t *testing.T, s string) func(time.Time) bool {
	s, short := strings.CutSuffix(s, map[bool]string{true: " (tháng thiếu thì ngày 29)", false: " (day 29 where the month is short)"}[g.and == " và "])
	monthly, yearly := map[int]bool{}, map[string]bool{}
	parts := []string{s}
	for _, border := range []string{"âm lịch hằng tháng" + g.and, g.and + "every lunar year"} {
		if i := strings.Index(s, border); i >= 0 {
			parts = []string{strings.TrimSuffix(s[:i+len(border)], g.and), strings.TrimPrefix(s[i:], g.and)}
			if g.and == " và " {
				parts[1] = s[i+len(border):]
			} else {
				parts[0] = s[:i]
			}
		}
	}
	for _, part := range parts {
		if m := g.lunarMonthly.FindStringSubmatch(part); m != nil {
			for _, one := range g.list(m[1]) {
				n, err := strconv.Atoi(one)
				if err != nil {
					t.Fatalf("%q is no lunar day", one)
				}
				monthly[n] = true
			}
			continue
		}
		m := g.lunarYearly.FindStringSubmatch(part)
		if m == nil {
			t.Fatalf("%q is not understood", part)
		}
		for _, one := range g.list(m[1]) {
			x := g.lunarOne.FindStringSubmatch(one)
			if x == nil {
				t.Fatalf("%q is no day of the lunar year", one)
			}
			yearly[x[1]+"/"+x[2]] = true
		}
	}
	return func(d time.Time) bool {
		day, month, _, leap := LunarOf(Date(d.Format(time.DateOnly)))
		tomorrow, _, _, _ := LunarOf(Date(d.AddDate(0, 0, 1).Format(time.DateOnly)))
		days := []int{day}
		if short && day == 29 && tomorrow == 1 {
			days = append(days, 30)
		}
		return slices.ContainsFunc(days, func(n int) bool {
			return monthly[n] || !leap && yearly[fmt.Sprintf("%d/%d", n, month)]
		})
	}
}
