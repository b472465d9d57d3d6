package schedule

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawnForm is a form and, told apart from the code under test, the days it means.
type drawnForm struct {
	When
	means func(d time.Time) bool // any moment of the day, in UTC
}

func drawForm(t *rapid.T, around time.Time) drawnForm {
	w := When{Form: rapid.SampledFrom([]Form{FormDaily, FormWeekdays, FormMonthly, FormDates, FormEvery, FormLunar}).Draw(t, "form")}
	for range rapid.IntRange(1, 4).Draw(t, "times") {
		w.Times = append(w.Times, fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "hour"), rapid.SampledFrom([]int{0, 15, 30, 59}).Draw(t, "minute")))
	}
	iso := func(d time.Time) int { return (int(d.Weekday())+6)%7 + 1 }
	somewhere := func(name string) time.Time { return around.AddDate(0, 0, rapid.IntRange(-40, 40).Draw(t, name)) }
	switch w.Form {
	case FormWeekdays:
		w.Weekdays = rapid.SliceOfN(rapid.IntRange(1, 7), 1, 3).Draw(t, "weekdays")
		return drawnForm{w, func(d time.Time) bool { return slices.Contains(w.Weekdays, iso(d)) }}
	case FormMonthly:
		w.Weekdays = rapid.SliceOfN(rapid.IntRange(1, 7), 1, 2).Draw(t, "weekdays")
		w.Nth = rapid.SliceOfN(rapid.SampledFrom([]int{1, 2, 3, 4, -1}), 1, 2).Draw(t, "nth")
		return drawnForm{w, func(d time.Time) bool {
			nth, last := 1, d.AddDate(0, 0, 7).Month() != d.Month()
			for e := d.AddDate(0, 0, -7); e.Month() == d.Month(); e = e.AddDate(0, 0, -7) {
				nth++
			}
			return slices.Contains(w.Weekdays, iso(d)) && (slices.Contains(w.Nth, nth) || last && slices.Contains(w.Nth, -1))
		}}
	case FormDates:
		for range rapid.IntRange(1, 9).Draw(t, "dates") {
			w.Dates = append(w.Dates, Date(somewhere("date").Format(time.DateOnly)))
		}
		return drawnForm{w, func(d time.Time) bool { return slices.Contains(w.Dates, Date(d.Format(time.DateOnly))) }}
	case FormEvery:
		first := somewhere("from")
		w.EveryDays, w.From = rapid.SampledFrom([]int{2, 3, 7, 10, 366}).Draw(t, "every"), Date(first.Format(time.DateOnly))
		return drawnForm{w, func(d time.Time) bool {
			for e := first; !e.After(d); e = e.AddDate(0, 0, w.EveryDays) {
				if e.Format(time.DateOnly) == d.Format(time.DateOnly) {
					return true
				}
			}
			return false
		}}
	case FormLunar:
		for range rapid.IntRange(1, 3).Draw(t, "lunar") {
			w.Lunar = append(w.Lunar, LunarDate{Month: rapid.SampledFrom([]int{0, 0, 1, 2, 3, 8, 12}).Draw(t, "month"), Day: rapid.SampledFrom([]int{1, 15, 29, 30, 10}).Draw(t, "day")})
		}
		return drawnForm{w, func(d time.Time) bool {
			day, month, _, leap := LunarOf(Date(d.Format(time.DateOnly)))
			next, _, _, _ := LunarOf(Date(d.AddDate(0, 0, 1).Format(time.DateOnly)))
			return slices.ContainsFunc(w.Lunar, func(l LunarDate) bool {
				return (l.Month == 0 || l.Month == month && !leap) && (l.Day == day || l.Day == 30 && day == 29 && next == 1)
			})
		}}
	}
	return drawnForm{w, func(time.Time) bool { return true }}
}

// TestFormsByMinute: a form starts at the times and on the days that it says and at no other, also where a clock is set
// forward or back, on 29 February and at the ends of months, and its ordinals count just that.
func TestFormsByMinute(t *testing.T) {
	for _, c := range []struct{ zone, from string }{
		{"Asia/Ho_Chi_Minh", "2028-02-25"}, {"Asia/Ho_Chi_Minh", "2026-01-29"}, {"America/New_York", "2026-03-04"},
		{"America/New_York", "2026-10-29"}, {"Australia/Lord_Howe", "2026-04-01"}, {"Australia/Lord_Howe", "2026-10-01"},
		{"Pacific/Apia", "2011-12-27"},
	} {
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		from, err := time.ParseInLocation(time.DateOnly, c.from, loc)
		if err != nil {
			t.Fatal(err)
		}
		minutes := wallMinutes(loc, from, from.AddDate(0, 0, 7))
		t.Run(c.zone+" "+c.from, rapid.MakeCheck(func(t *rapid.T) {
			w := drawForm(t, time.Unix(from.Unix()+offsetAt(loc, from.Unix()), 0).UTC())
			r, err := readWhen(w.When)
			if err != nil {
				t.Fatal(err)
			}
			until := from.AddDate(0, 0, 7)
			var want, got []int64
			for _, m := range minutes {
				if slices.Contains(w.Times, m.clock) && w.means(m.day) {
					want = append(want, m.unix)
				}
			}
			z := newWallZone(loc)
			r.starts(z, from.Unix(), until.Unix(), func(u int64) { got = append(got, u) })
			if !slices.Equal(got, want) {
				t.Fatalf("%+v in %s\n got %v\nwant %v", w.When, c.zone, got, want)
			}
			for i, u := range want {
				if n := r.count(z, z.day(from.Unix()), u); n != int64(i) {
					t.Fatalf("%+v: ordinal of %d is %d, want %d", w.When, u, n, i)
				}
			}
		}))
	}
}

// wallMinute is what a clock on the wall shows at a moment.
type wallMinute struct {
	unix  int64
	clock string    // "15:04"
	day   time.Time // midnight, as if in UTC
}

// wallMinutes is every minute in [from, until), without those that the clock shows for the second time.
func wallMinutes(loc *time.Location, from, until time.Time) []wallMinute {
	var out []wallMinute
	latest := int64(0)
	for m := from; m.Before(until); m = m.Add(time.Minute) {
		wall := m.Unix() + offsetAt(loc, m.Unix())
		if shown := time.Unix(wall, 0).UTC(); wall > latest {
			out = append(out, wallMinute{m.Unix(), shown.Format("15:04"), shown.Truncate(24 * time.Hour)})
		}
		latest = max(latest, wall)
	}
	return out
}

// A count from long ago is the number of starts since, whatever short way the form takes.
func TestFormsCountFromLongAgo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "day"))
		w := drawForm(t, at)
		r, err := readWhen(w.When)
		if err != nil {
			t.Fatal(err)
		}
		z, since, want := newWallZone(time.UTC), at.AddDate(0, 0, -rapid.IntRange(0, 500).Draw(t, "back")), int64(0)
		for d := since; d.Before(at); d = d.AddDate(0, 0, 1) {
			if w.means(d) {
				want += int64(len(r.seconds))
			}
		}
		if got := r.count(z, z.day(since.Unix()), at.Unix()); got != want {
			t.Fatalf("%+v has %d starts from %v to %v, want %d", w.When, got, since, at, want)
		}
	})
}

func TestFormsThatPeopleSay(t *testing.T) {
	for _, c := range []struct {
		name, from, until string
		when              When
		want              string
	}{
		{"first Monday", "2026-12-01", "2027-03-01", When{Form: FormMonthly, Weekdays: []int{1}, Nth: []int{1}}, "[2026-12-07 2027-01-04 2027-02-01]"},
		{"last Sunday", "2026-12-01", "2027-03-01", When{Form: FormMonthly, Weekdays: []int{7}, Nth: []int{-1}}, "[2026-12-27 2027-01-31 2027-02-28]"},
		{"fourth is last in a short February", "2027-02-01", "2027-03-01", When{Form: FormMonthly, Weekdays: []int{7}, Nth: []int{4, -1}}, "[2027-02-28]"},
		{"fourth is not last where there is a fifth", "2027-01-01", "2027-02-01", When{Form: FormMonthly, Weekdays: []int{7}, Nth: []int{4, -1}}, "[2027-01-24 2027-01-31]"},
		{"over 29 February", "2028-02-27", "2028-03-05", When{Form: FormEvery, EveryDays: 2, From: "2028-02-27"}, "[2028-02-27 2028-02-29 2028-03-02 2028-03-04]"},
		{"the eve of Tết, a month of 29 days", "2027-01-20", "2027-02-20", When{Form: FormLunar, Lunar: []LunarDate{{12, 30}, {1, 1}}}, "[2027-02-05 2027-02-06]"},
		{"full moon also in a leap month", "2025-07-01", "2025-09-30", When{Form: FormLunar, Lunar: []LunarDate{{0, 15}}}, "[2025-07-09 2025-08-08 2025-09-06]"},
		{"the sixth month, not its leap", "2025-07-01", "2025-09-30", When{Form: FormLunar, Lunar: []LunarDate{{6, 15}}}, "[2025-07-09]"},
	} {
		c.when.Times = []string{"07:00"}
		r, err := readWhen(c.when)
		if err != nil {
			t.Fatal(err)
		}
		day := func(d string) int64 {
			n, err := Date(d).dayNumber()
			if err != nil {
				t.Fatal(err)
			}
			return n * secondsPerDay
		}
		var got []Date
		r.starts(newWallZone(time.UTC), day(c.from), day(c.until), func(u int64) { got = append(got, dateOf(u/secondsPerDay)) })
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}
