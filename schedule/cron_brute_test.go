package schedule

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The grammar that the interpreter below knows, and nothing else:
//
//	expression = minute hour day month weekday, between spaces
//	field      = part { "," part }
//	part       = ( "*" | "?" | value [ "-" value ] ) [ "/" step ]
//	value      = a number, or a name of three letters (months jan–dec, weekdays sun–sat)
//	step       = a number from 1 on
//
// A range is of two numbers or of two names, and does not go backwards, but for weekdays 7 is Sunday as 0 is, so that fri-sun and 5-7 end on Sunday. A value with a
// step and without a range goes on to the field's end. A day matches when both day fields match; but when neither is written
// as a bare "*" or "?" in any part, one of them is enough. What never fires is refused.
type brute struct {
	minutes, hours, dom, months, dow map[int]bool
	either                           bool
}

var (
	bruteMonths   = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
	bruteWeekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
)

func readBrute(expr string) (b brute, ok bool) {
	fields := strings.Fields(expr)
	if len(fields) != 5 {
		return b, false
	}
	var starDom, starDow, okAll [5]bool
	b.minutes, _, okAll[0] = bruteField(fields[0], 0, 59, nil, 0, false)
	b.hours, _, okAll[1] = bruteField(fields[1], 0, 23, nil, 0, false)
	b.dom, starDom[0], okAll[2] = bruteField(fields[2], 1, 31, nil, 0, false)
	b.months, _, okAll[3] = bruteField(fields[3], 1, 12, bruteMonths, 1, false)
	b.dow, starDow[0], okAll[4] = bruteField(fields[4], 0, 7, bruteWeekdays, 0, true)
	for _, good := range okAll {
		if !good {
			return b, false
		}
	}
	b.either = !starDom[0] && !starDow[0]
	for day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2033; day = day.AddDate(0, 0, 1) {
		if b.day(day) {
			return b, true
		}
	}
	return b, false // never
}

// bruteField is the values of one field; star is whether some part is a bare "*" or "?".
func bruteField(field string, low, high int, names []string, first int, weekday bool) (set map[int]bool, star, ok bool) {
	set = map[int]bool{}
	for _, part := range strings.Split(field, ",") {
		span, step, hasStep := strings.Cut(part, "/")
		n := 1
		if hasStep {
			var err error
			if n, err = strconv.Atoi(step); err != nil || n < 1 || strings.ContainsAny(step, "+-") || len(step) > 3 {
				return nil, false, false
			}
		}
		from, until := low, high
		if span == "*" || span == "?" {
			if weekday {
				until = 6
			}
			star = star || n == 1
		} else {
			a, z, isRange := strings.Cut(span, "-")
			x, okX := bruteValue(a, names, first)
			if !okX || isRange && (a[0] <= '9') != (z != "" && z[0] <= '9') {
				return nil, false, false
			}
			from, until = x, x
			switch {
			case isRange:
				y, okY := bruteValue(z, names, first)
				if !okY {
					return nil, false, false
				}
				if weekday && strings.EqualFold(z, "sun") && x > 0 {
					y = 7
				}
				until = y
			case hasStep:
				until = high
				if weekday {
					until = max(6, x)
				}
			}
		}
		if from < low || until > high || from > until {
			return nil, false, false
		}
		for v := from; v <= until; v += n {
			if weekday {
				set[v%7] = true
			} else {
				set[v] = true
			}
		}
	}
	return set, star, true
}

func bruteValue(s string, names []string, first int) (int, bool) {
	for i, name := range names {
		if strings.EqualFold(s, name) {
			return i + first, true
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && len(s) <= 3 && !strings.ContainsAny(s, "+-")
}

func (b brute) day(d time.Time) bool {
	dom, dow := b.dom[d.Day()], b.dow[int(d.Weekday())]
	if !b.months[int(d.Month())] {
		return false
	}
	if b.either {
		return dom || dow
	}
	return dom && dow
}

// minutesOfADay are those at which it fires on a day that matches, one by one.
func (b brute) minutesOfADay() []int64 {
	var out []int64
	for m := range 24 * 60 {
		if b.hours[m/60] && b.minutes[m%60] {
			out = append(out, int64(m))
		}
	}
	return out
}

func drawBruteCron(r *rand.Rand) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	number := func(low, high int) string { return strconv.Itoa(low + r.IntN(high-low+1)) }
	field := func(low, high int, names []string) string {
		var parts []string
		for range 1 + r.IntN(3)*r.IntN(2) {
			value := func() string {
				if len(names) > 0 && r.IntN(3) == 0 {
					return pick(names...)
				}
				return number(low-r.IntN(2)*r.IntN(2), high+r.IntN(2)*r.IntN(2))
			}
			part := pick("*", "*", "?", value(), value(), value()+"-"+value(), value()+"-"+value())
			if r.IntN(4) == 0 {
				part += "/" + pick(number(1, 20), number(1, 5), "0", "x")
			}
			parts = append(parts, part)
		}
		return strings.Join(parts, ",")
	}
	few := func(low, high int) string { // keeps a year of starts short
		if r.IntN(3) == 0 {
			return field(low, high, nil)
		}
		return number(low, high)
	}
	expr := strings.Join([]string{few(0, 59), few(0, 23), field(1, 31, nil), field(1, 12, bruteMonths), field(0, 7, bruteWeekdays)}, " ")
	switch r.IntN(60) {
	case 0:
		return expr + " *"
	case 1:
		return "TZ=Asia/Ho_Chi_Minh " + expr
	case 2:
		return "@every 5m"
	case 3:
		return "0 0 31 2 *"
	case 4:
		return strings.Replace(expr, " ", "", 1)
	case 5:
		return expr[:len(expr)-1] + pick("-", "/", ",", "#", "L", "W", "é")
	}
	return expr
}

// What a person writes as cron is what fires: thousands of random expressions over five years, minute by minute, and every
// refusal, beside an interpreter that shares nothing with the program.
func TestCronBesideBruteForce(t *testing.T) {
	expressions, seed := 2400, uint64(1)
	if raceDetector {
		expressions = 100
	}
	if s := os.Getenv("LOAXA_SEED"); s != "" {
		fmt.Sscan(s, &seed) //nolint:errcheck // 1 then
	}
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 5)) //nolint:gosec // a test
	from := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	until := from.AddDate(5, 0, 0)
	z := newWallZone(time.UTC)
	refused := 0
	for range expressions {
		expr := drawBruteCron(r)
		b, valid := readBrute(expr)
		rule, err := readRule(Programme{Cron: expr})
		if valid != (err == nil) {
			t.Errorf("%q: the grammar says valid=%v, the program says %v", expr, valid, err)
			continue
		}
		if !valid {
			refused++
			continue
		}
		var got []int64
		rule.starts(z, from.Unix(), until.Unix(), func(u int64) { got = append(got, u) })
		var want []int64
		minutes := b.minutesOfADay()
		for day := from; day.Before(until); day = day.AddDate(0, 0, 1) {
			if b.day(day) {
				for _, m := range minutes {
					want = append(want, day.Unix()+60*m)
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %d starts, %d fires; the first that differs: %s", expr, len(got), len(want), firstDifference(got, want))
		}
	}
	if refused < expressions/10 || refused > expressions*9/10 {
		t.Errorf("%d of %d were refused: too few or too many to show anything", refused, expressions)
	}
}

func firstDifference(a, b []int64) string {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return fmt.Sprintf("number %d, after %v", i, time.Unix(a[max(i-1, 0)], 0).UTC())
		}
	}
	return "none"
}
