package calendar

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"loaxa/admin/locale"
	"loaxa/schedule"
)

// People write times as they say them. What is not understood must be refused, not guessed.
func TestTimesAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{"05:30, 17:00": "05:30 17:00", "5h30 17h": "05:30 17:00", "5 giờ 30 và 17 giờ": "05:30 17:00", "17 giờ 30 phút": "17:30",
		"0530;1700": "05:30 17:00", "5h rưỡi": "05:30", "17.30": "17:30", "5g30": "05:30", "5 giờ": "05:00", "": "", "6": "06:00", "5 giờ sáng": "05:00"} {
		if got, bad := readTimes(text); strings.Join(got, " ") != want || bad != "" {
			t.Errorf("%q is read as %v, %q is not understood; want %s", text, got, bad, want)
		}
	}
	for _, text := range []string{"25:00", "17:60", "chiều", "5h30x", "17:5:3", "5 giờ chiều", "-5", "<b>"} {
		if got, bad := readTimes(text); bad == "" {
			t.Errorf("%q is read as %v", text, got)
		}
	}
}

func TestLunarDaysAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{"1, 15": "[{0 1} {0 15}]", "10/3": "[{3 10}]", "rằm tháng giêng": "[{1 15}]", "mùng 10 tháng 3": "[{3 10}]",
		"mùng 1 và rằm hằng tháng": "[{0 1} {0 15}]", "23 tháng chạp": "[{12 23}]", "": "[]"} {
		if got, bad := readLunar(text); fmt.Sprint(got) != want || bad != "" {
			t.Errorf("%q is read as %v, %q is not understood; want %s", text, got, bad, want)
		}
	}
	if _, bad := readLunar("Tết"); bad == "" {
		t.Error("a name is taken for a day")
	}
}

// A rule moved by dragging moves with the broadcast that was dragged, and with nothing else.
func TestRuleMovesWithADraggedBroadcast(t *testing.T) {
	at := time.Date(2026, 3, 5, 17, 0, 0, 0, time.UTC) // a Thursday
	p := schedule.Programme{When: &schedule.When{Form: schedule.FormWeekdays, Weekdays: []int{1, 4}, Times: []string{"05:30", "17:00"}}}
	stood := p.When
	if !shift(&p, at, at.AddDate(0, 0, 1).Add(time.Hour)) || fmt.Sprint(p.When.Weekdays, p.When.Times) != "[1 5] [05:30 18:00]" {
		t.Errorf("moved to %+v", p.When)
	}
	if fmt.Sprint(stood.Weekdays, stood.Times) != "[1 4] [05:30 17:00]" {
		t.Errorf("the stored rule was changed: %+v", stood)
	}
	daily := schedule.Programme{When: &schedule.When{Form: schedule.FormDaily, Times: []string{"17:00"}}}
	if shift(&daily, at, at.AddDate(0, 0, 1)) {
		t.Error("every day was moved to another day")
	}
	if shift(&schedule.Programme{Cron: "0 17 * * *"}, at, at.Add(time.Hour)) {
		t.Error("an expression was moved")
	}
}

// Opening a programme and saving it unchanged changes nothing, whatever form its rule has.
func TestFormGivesBackWhatItWasFilledWith(t *testing.T) {
	catalogues, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("+07", 7*3600)
	base := schedule.Programme{ID: "p-1", Title: "Bản tin", PlaylistID: "l-1", Class: schedule.Priority, VolumePercent: 70, LatenessS: 90, Zone: schedule.MainZone, Order: -2,
		ValidFrom: "2026-03-01", ValidUntil: "2026-04-01", ResumeAfterCut: true, Paused: true, PausedUntil: time.Date(2026, 3, 9, 8, 0, 0, 0, zone), Schedule: "tet",
		Opening: "none", Closing: "l-2", Revision: 4, CampaignID: "k-1"}
	for name, rule := range map[string]schedule.Programme{
		"cron":     {Cron: "30 17 * * 1-5"},
		"starts":   {Starts: []time.Time{time.Date(2026, 3, 5, 17, 0, 6, 0, zone), time.Date(2026, 3, 6, 17, 0, 0, 0, zone)}},
		"daily":    {When: &schedule.When{Form: schedule.FormDaily, Times: []string{"05:30", "17:00"}}},
		"weekdays": {When: &schedule.When{Form: schedule.FormWeekdays, Times: []string{"05:30"}, Weekdays: []int{1, 7}}},
		"monthly":  {When: &schedule.When{Form: schedule.FormMonthly, Times: []string{"05:30"}, Weekdays: []int{1}, Nth: []int{1, -1}}},
		"dates":    {When: &schedule.When{Form: schedule.FormDates, Times: []string{"05:30"}, Dates: []schedule.Date{"2026-03-05", "2026-03-09"}}},
		"every":    {When: &schedule.When{Form: schedule.FormEvery, Times: []string{"05:30"}, EveryDays: 3, From: "2026-03-05"}},
		"lunar":    {When: &schedule.When{Form: schedule.FormLunar, Times: []string{"05:30"}, Lunar: []schedule.LunarDate{{Day: 15}, {Month: 3, Day: 10}}}},
	} {
		p := base
		p.Cron, p.Starts, p.When = rule.Cron, rule.Starts, rule.When
		d, wrong := fieldsOf(p, zone).draft(catalogues.In(locale.Vietnamese), p, zone)
		if got, want := fmt.Sprintf("%+v %+v", d.Programme, d.Programme.When), fmt.Sprintf("%+v %+v", p, p.When); len(wrong) > 0 || cut(got) != cut(want) {
			t.Errorf("%s: %v\n got %s\nwant %s", name, wrong, cut(got), cut(want))
		}
	}
}

// cut leaves out addresses of memory.
func cut(s string) string { return regexp.MustCompile(`0x[0-9a-f]+`).ReplaceAllString(s, "") }
