package rulebook

import (
	"errors"
	"testing"

	"loaxa/schedule"
)

func TestSpecialDaysAreKept(t *testing.T) {
	d := newDesk(t)
	tet := must(d.PutDay("lan", schedule.SpecialDay{Name: "Tết", Lunar: &schedule.LunarDate{Month: 1, Day: 1}, Before: 1, Days: 5, Use: "tet"}))(t)
	if tet.ID != "d-1" || tet.Revision != 1 {
		t.Errorf("stored as %+v", tet)
	}
	in := d.Input()
	if len(in.Days) != 1 || schedule.RuleOf(in.Days, "2026-02-17").Use != "tet" || schedule.RuleOf(in.Days, "2026-03-17").Use != "" {
		t.Errorf("the plan sees %+v", in.Days)
	}
	tet.Revision = 7
	if _, err := d.PutDay("lan", tet); !errors.Is(err, ErrConflict) {
		t.Errorf("a stale edit: %v", err)
	}
	var ps schedule.Problems
	if _, err := d.PutDay("lan", schedule.SpecialDay{Name: "x"}); !errors.As(err, &ps) {
		t.Errorf("a day without a date: %v", err)
	}
	if err := d.DeleteDay("lan", tet.ID); err != nil || len(d.Days()) != 0 || len(d.Input().Days) != 0 {
		t.Errorf("deleted: %v, %v left", err, d.Days())
	}
	if h := must(d.History(WhatDay, tet.ID))(t); len(h) != 2 {
		t.Errorf("%d revisions", len(h))
	}
}

// Every shipped holiday can be stored as it is, has a source, and is not offered twice.
func TestHolidaysAreOffered(t *testing.T) {
	d := newDesk(t)
	for _, year := range []int{2026, 2027, 2050} {
		offered := must(d.SuggestedDays(year))(t)
		if len(offered) == 0 {
			t.Fatalf("nothing is offered for %d", year)
		}
		for _, day := range offered {
			if day.Source == "" || day.Verified == "" || day.Use != schedule.ScheduleOrdinary || day.Mourning {
				t.Errorf("%d: offered %+v", year, day)
			}
			must(d.PutDay("lan", day))(t)
		}
		if again := must(d.SuggestedDays(year))(t); len(again) != 0 {
			t.Errorf("%d: offered again %+v", year, again)
		}
	}
	names := schedule.RuleOf(d.Days(), "2026-02-17").Names // Tết 2026
	if len(names) < 2 {
		t.Errorf("Tết 2026 is called %v", names)
	}
	if r := schedule.RuleOf(d.Days(), "2027-04-16"); r.Name != "Giỗ Tổ Hùng Vương" {
		t.Errorf("16 April 2027 is %+v", r)
	}
}
