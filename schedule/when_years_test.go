package schedule

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// formDays is where a form and what it means part in [from, until), or "". In UTC a day is a day.
func formDays(w drawnForm, from, until time.Time) (string, error) {
	r, err := readWhen(w.When)
	if err != nil {
		return "", err
	}
	times := slices.Clone(w.Times) // "15:04" sorts as text
	slices.Sort(times)
	times = slices.Compact(times)
	var want, got []string
	for d := from; d.Before(until); d = d.AddDate(0, 0, 1) {
		if !w.means(d) {
			continue
		}
		for _, s := range times {
			want = append(want, d.Format(time.DateOnly)+" "+s)
		}
	}
	r.starts(newWallZone(time.UTC), from.Unix(), until.Unix(), func(u int64) {
		got = append(got, time.Unix(u, 0).UTC().Format("2006-01-02 15:04"))
	})
	for i := range min(len(want), len(got)) {
		if want[i] != got[i] {
			return "start " + got[i] + " instead of " + want[i], nil
		}
	}
	if len(want) != len(got) {
		return "starts missing, or too many, at the end", nil
	}
	return "", nil
}

// TestFormsOverYears goes day by day over years with 29 February, a fifth of every weekday, and the leap months 6 of 2025
// and 5 of 2028: a form that drifts in the second year would pass a look at one week.
func TestFormsOverYears(t *testing.T) {
	from := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	until := from.AddDate(4, 0, 0) // to the end of 2028
	length := 250                  // days of each draw; the draws together cover the years many times
	if raceDetector {
		length = 30
	}
	rapid.Check(t, func(t *rapid.T) {
		first := from.AddDate(0, 0, rapid.IntRange(0, 1461-length).Draw(t, "first"))
		w := drawForm(t, first.AddDate(0, 0, 50))
		said, err := formDays(w, first, first.AddDate(0, 0, length))
		if err != nil || said != "" {
			t.Fatalf("%+v: %s %v", w.When, said, err)
		}
	})

	// The controls: three readings that are wrong on few days of these years must each be caught.
	seven := []string{"07:00"}
	for _, c := range []struct {
		name string
		drawnForm
	}{
		{"the last Sunday taken as the fourth", drawnForm{When{Form: FormMonthly, Times: seven, Weekdays: []int{7}, Nth: []int{-1}},
			func(d time.Time) bool { return d.Weekday() == time.Sunday && (d.Day()-1)/7 == 3 }}},
		{"a leap month taken for its month", drawnForm{When{Form: FormLunar, Times: seven, Lunar: []LunarDate{{6, 1}}},
			func(d time.Time) bool {
				day, month, _, _ := LunarOf(Date(d.Format(time.DateOnly)))
				return day == 1 && month == 6
			}}},
		{"day 30 left out of short months", drawnForm{When{Form: FormLunar, Times: seven, Lunar: []LunarDate{{0, 30}}},
			func(d time.Time) bool {
				day, _, _, _ := LunarOf(Date(d.Format(time.DateOnly)))
				return day == 30
			}}},
	} {
		if said, err := formDays(c.drawnForm, from, until); err != nil || said == "" {
			t.Errorf("%s goes unnoticed (%v)", c.name, err)
		}
	}
}
