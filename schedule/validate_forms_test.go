package schedule

import (
	"strings"
	"testing"
	"time"
)

func TestValidateForms(t *testing.T) {
	seven := []string{"07:00"}
	for _, c := range []struct {
		name string
		when When
		want string
	}{
		{"daily", When{Form: FormDaily, Times: []string{"17:00", "06:30", "06:30"}}, ""},
		{"without a time", When{Form: FormDaily}, "when.times required"},
		{"midnight at the end", When{Form: FormDaily, Times: []string{"24:00"}}, "when.times[0] format"},
		{"an hour as people say it", When{Form: FormDaily, Times: []string{"7h30"}}, "when.times[0] format"},
		{"unknown form", When{Form: "yearly", Times: seven}, "when.form unknown"},
		{"weekdays without days", When{Form: FormWeekdays, Times: seven}, "when.weekdays required"},
		{"Sunday as cron has it", When{Form: FormWeekdays, Times: seven, Weekdays: []int{0}}, "when.weekdays[0] range"},
		{"days that daily does not use", When{Form: FormDaily, Times: seven, Weekdays: []int{1}}, "when.weekdays unused"},
		{"a fifth Monday", When{Form: FormMonthly, Times: seven, Weekdays: []int{1}, Nth: []int{5}}, "when.nth[0] range"},
		{"no such date", When{Form: FormDates, Times: seven, Dates: []Date{"2027-02-29"}}, "when.dates[0] format"},
		{"every day, the long way", When{Form: FormEvery, Times: seven, EveryDays: 1, From: "2026-12-01"}, "when.every_days range"},
		{"every other day, from when", When{Form: FormEvery, Times: seven, EveryDays: 2}, "when.from required"},
		{"lunar day 31", When{Form: FormLunar, Times: seven, Lunar: []LunarDate{{13, 31}}}, "when.lunar[0].month range, when.lunar[0].day range"},
	} {
		p := programme("p-1", "", "l-1")
		p.When = &c.when
		if got := fields(t, ValidateProgramme(p.Normalise())); got != c.want {
			t.Errorf("%s: complains of %q, want %q", c.name, got, c.want)
		}
		if _, err := readWhen(p.Normalise().When.Normalise()); (err == nil) != (c.want == "") {
			t.Errorf("%s: read with %v, and yet judged %q", c.name, err, c.want)
		}
	}
}

func TestValidateExceptionsAndSchedules(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*Programme)
		want string
	}{
		{"a name with marks", func(p *Programme) { p.Schedule = "Lịch Tết" }, ""},
		{"a day off is no schedule", func(p *Programme) { p.Schedule = "off" }, "schedule conflict"},
		{"a sentence", func(p *Programme) { p.Schedule = strings.Repeat("tet ", 20) }, "schedule format"},
		{"form and rule", func(p *Programme) { p.When = &When{Form: FormDaily, Times: []string{"07:00"}} }, "when conflict"},
		{"cancelled", func(p *Programme) { p.Exceptions = []Exception{{At: spring, Cancelled: true}} }, ""},
		{"cancelled and moved", func(p *Programme) { p.Exceptions = []Exception{{At: spring, Cancelled: true, To: spring}} }, "exceptions[0].cancelled conflict"},
		{"nothing changed", func(p *Programme) { p.Exceptions = []Exception{{At: spring}} }, "exceptions[0] required"},
		{"which one", func(p *Programme) { p.Exceptions = []Exception{{VolumePercent: 50}} }, "exceptions[0].at required"},
		{"twice", func(p *Programme) {
			p.Exceptions = []Exception{{At: spring, VolumePercent: 50}, {At: spring.In(time.FixedZone("", 3600)), Cancelled: true}}
		}, "exceptions[1].at conflict"},
		{"louder than loud", func(p *Programme) { p.Exceptions = []Exception{{At: spring, VolumePercent: 101}} }, "exceptions[0].volume_percent range"},
	} {
		p := programme("p-1", "30 6 * * *", "l-1")
		c.edit(&p)
		if got := fields(t, ValidateProgramme(p.Normalise())); got != c.want {
			t.Errorf("%s: complains of %q, want %q", c.name, got, c.want)
		}
	}
	if got := (Programme{Schedule: " Lịch  Đặc biệt "}).Normalise().Schedule; got != "lich-dac-biet" {
		t.Errorf("stored as %q", got)
	}
}

func TestValidateDays(t *testing.T) {
	tet := &LunarDate{Month: 1, Day: 1}
	for _, c := range []struct {
		name string
		day  SpecialDay
		want string
	}{
		{"one day", SpecialDay{Name: "Quốc khánh", From: "2027-09-02", Until: "2027-09-02"}, ""},
		{"Tết", SpecialDay{Name: "Tết", Lunar: tet, Before: 1, Days: 4, Use: "tet"}, ""},
		{"nothing", SpecialDay{}, "name required, from required"},
		{"both calendars", SpecialDay{Name: "x", From: "2027-02-06", Lunar: tet}, "lunar conflict"},
		{"backwards", SpecialDay{Name: "x", From: "2027-02-06", Until: "2027-02-05"}, "until order"},
		{"for ever", SpecialDay{Name: "x", From: "2027-01-01", Until: "2029-01-01"}, "until range"},
		{"every lunar month", SpecialDay{Name: "x", Lunar: &LunarDate{Day: 15}}, "lunar.month range"},
		{"a year before", SpecialDay{Name: "x", Lunar: tet, Before: 365}, "before range"},
		{"a last day of a lunar one", SpecialDay{Name: "x", Lunar: tet, Until: "2027-02-05"}, "until unused"},
		{"a word for nothing", SpecialDay{Name: "x", From: "2027-01-01", Use: "ordinary"}, "use conflict"},
	} {
		if got := fields(t, ValidateDay(c.day.Normalise())); got != c.want {
			t.Errorf("%s: complains of %q, want %q", c.name, got, c.want)
		}
	}
}

func TestValidateLimitsAndVolumes(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*Settings)
		want string
	}{
		{"a real rule", func(s *Settings) {
			s.Limits = Limits{SessionsPerDay: 2, MinutesPerSession: 15, EarliestStart: "06:00", LatestStart: "18:00", Weekend: "priority", Basis: "Quy chế 12"}
		}, ""},
		{"late before early", func(s *Settings) { s.Limits.EarliestStart, s.Limits.LatestStart = "18:00", "06:00" }, "limits.latest_start order"},
		{"an hour that is none", func(s *Settings) { s.Limits.LatestStart = "24:00" }, "limits.latest_start format"},
		{"less than nothing", func(s *Settings) { s.Limits.SessionsPerDay = -1 }, "limits.sessions_per_day range"},
		{"weekend", func(s *Settings) { s.Limits.Weekend = "sometimes" }, "limits.weekend unknown"},
		{"quiet on an eighth day", func(s *Settings) { s.QuietHours[0].Days = []int{8} }, "quiet_hours[0].days[0] range"},
		{"silence as a volume", func(s *Settings) {
			s.VolumeSpans = []VolumeSpan{{DailySpan: DailySpan{From: "05:00", To: "06:00"}}}
		}, "volume_spans[0].percent range"},
		{"an emergency without an end", func(s *Settings) { s.EmergencyMaxS = 0 }, "emergency_max_s range"},
		{"the night check never", func(s *Settings) { s.NightCheckAt = "" }, ""},
		{"the night check sometime", func(s *Settings) { s.NightCheckAt = "8pm" }, "night_check_at format"},
	} {
		s := DefaultSettings()
		c.edit(&s)
		if got := fields(t, ValidateSettings(s.Normalise())); got != c.want {
			t.Errorf("%s: complains of %q, want %q", c.name, got, c.want)
		}
	}
}
