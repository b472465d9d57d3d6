package schedule

import (
	"fmt"
	"slices"
	"testing"
)

// What is on air on a holiday must not hang on the order in which the days were stored, nor on a day that only has a name.
func TestRuleOfADay(t *testing.T) {
	days := []SpecialDay{
		{ID: "d-1", Name: "Tết", Lunar: &LunarDate{Month: 1, Day: 1}, Before: 1, Days: 4, Use: "tet"},
		{ID: "d-2", Name: "Mồng Một", Lunar: &LunarDate{Month: 1, Day: 1}},
		{ID: "d-3", Name: "Nghỉ Tết", From: "2026-02-14", Until: "2026-02-22", Use: ScheduleOff},
		{ID: "d-4", Name: "Quốc tang", From: "2026-02-16", Until: "2026-02-17", Mourning: true},
		{ID: "d-9", Name: "Sửa loa", From: "2026-03-02", Use: ScheduleOff},
		{ID: "d-10", Name: "Hội làng", From: "2026-03-02", Use: "hoi"},
		{ID: "d-11", Name: "Không đọc được", From: "2026-02-30", Use: ScheduleOff},
		{ID: "d-12", Name: "Giao thừa", Lunar: &LunarDate{Month: 12, Day: 30}},
	}
	for _, c := range []struct {
		day  Date
		want string
	}{
		{"2026-02-13", "{  false []}"},
		{"2026-02-14", "{Nghỉ Tết off false [Nghỉ Tết]}"},
		{"2026-02-16", "{Tết tet true [Giao thừa Quốc tang Tết Nghỉ Tết]}"}, // the 29th of a short month, the day before
		{"2026-02-17", "{Tết tet true [Mồng Một Quốc tang Tết Nghỉ Tết]}"},
		{"2026-02-20", "{Tết tet false [Tết Nghỉ Tết]}"},
		{"2026-02-21", "{Nghỉ Tết off false [Nghỉ Tết]}"},
		{"2026-03-02", "{Sửa loa off false [Sửa loa Hội làng]}"}, // as narrow: the one stored first
		{"2027-02-05", "{Tết tet false [Giao thừa Tết]}"},
		{"2027-02-06", "{Tết tet false [Mồng Một Tết]}"}, // every year anew
		{"2027-02-10", "{  false []}"},
		{"2026-13-01", "{  false []}"},
	} {
		for range 2 {
			if got := fmt.Sprint(RuleOf(days, c.day)); got != c.want {
				t.Errorf("%s: %s, want %s", c.day, got, c.want)
			}
			slices.Reverse(days)
		}
	}
}
