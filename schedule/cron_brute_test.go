package schedule

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The grammar, as a person would write it down, read by nothing but this file:
//
//	rule  = minute hour day-of-month month weekday, between them white space; at most 500 characters
//	field = part {"," part}
//	part  = span ["/" step]            step 1–999
//	span  = "*" | "?" | value | value "-" value
//	value = one to three digits | (month, weekday) the first three letters of its English name; both ends of a range alike
//
// "*" and "?" are all values. "a/step" goes from a to the last value, which for a weekday is Saturday, 6. A weekday may be
// written 7, and a range may end in 7 or sun: Sunday. A range does not go backwards. A day field with a part "*" or "?" of
// step 1 restricts nothing; where both are restricted, a day of either will do. A rule that never fires is refused.

// brute is a rule as the interpreter understands it.
type brute struct {
	fields [5]map[int]bool
	open   [5]bool // a part says all values
}

var bruteNames = [5][]string{3: {"", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"},
	4: {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}}

var bruteLow, bruteHigh = [5]int{0, 0, 1, 1, 0}, [5]int{59, 23, 31, 12, 6}

func bruteRead(expr string) (brute, bool) {
	var b brute
	words := strings.Fields(expr)
	if len(words) != 5 || len(strings.TrimSpace(expr)) > 500 {
		return b, false
	}
	for i, word := range words {
		b.fields[i] = map[int]bool{}
		for _, part := range strings.Split(word, ",") {
			if !b.part(i, part) {
				return b, false
			}
		}
	}
	return b, true
}

func (b *brute) part(i int, part string) bool {
	span, stepText, stepped := strings.Cut(part, "/")
	step := 1
	if stepped {
		n, _, ok := bruteValue(-1, stepText)
		if !ok || n < 1 {
			return false
		}
		step = n
	}
	low, high := bruteLow[i], bruteHigh[i]
	if span == "*" || span == "?" {
		b.open[i] = b.open[i] || step == 1
	} else {
		first, last, ranged := strings.Cut(span, "-")
		a, named, ok := bruteValue(i, first)
		top := high
		if i == 4 {
			top = 7
		}
		if !ok || a < low || a > top {
			return false
		}
		low = a
		switch {
		case ranged:
			z, alike, ok := bruteValue(i, last)
			if !ok || named != alike {
				return false
			}
			if i == 4 && named && z == 0 && a > 0 {
				z = 7
			}
			if z < a || z > top {
				return false
			}
			high = z
		case !stepped || a > high: // 7 is the last of its week
			high = a
		}
	}
	for v := low; v <= high; v += step {
		if i == 4 {
			b.fields[i][v%7] = true
		} else {
			b.fields[i][v] = true
		}
	}
	return true
}

// bruteValue reads digits or, in the fields that have them, names.
func bruteValue(i int, s string) (v int, named, ok bool) {
	if i >= 0 {
		if v := slices.Index(bruteNames[i], strings.ToLower(s)); v >= 0 && s != "" {
			return v, true, true
		}
	}
	if len(s) < 1 || len(s) > 3 || strings.Trim(s, "0123456789") != "" {
		return 0, false, false
	}
	n, err := strconv.Atoi(s)
	return n, false, err == nil
}

// days tries every day, minutes every minute of a day.
func (b *brute) days(from time.Time, years int) []int64 {
	var out []int64
	for d := from; d.Before(from.AddDate(years, 0, 0)); d = d.AddDate(0, 0, 1) {
		dom, dow := b.fields[2][d.Day()], b.fields[4][int(d.Weekday())]
		fires := dom && dow
		if !b.open[2] && !b.open[4] {
			fires = dom || dow
		}
		if fires && b.fields[3][int(d.Month())] {
			out = append(out, d.Unix())
		}
	}
	return out
}

func (b *brute) minutes() []int64 {
	var out []int64
	for m := range 24 * 60 {
		if b.fields[1][m/60] && b.fields[0][m%60] {
			out = append(out, int64(m)*60)
		}
	}
	return out
}

// bruteField draws a field: mostly right, sometimes not.
func bruteField(r *rand.Rand, i int) string {
	value := func() string {
		low, high := bruteLow[i], bruteHigh[i]
		if i == 4 {
			high = 7
		}
		switch n := r.IntN(200); {
		case n == 0:
			return strconv.Itoa(high + 1 + r.IntN(3))
		case n == 1:
			return strconv.Itoa(low - 1)
		case n == 2:
			return "0" + strconv.Itoa(low+r.IntN(high-low+1))
		case n == 3:
			return []string{"x", "mond", "", "JAN", "Sun", "1.5", "-", "*", "?", "１"}[r.IntN(10)]
		case n < 60 && bruteNames[i] != nil:
			name := bruteNames[i][low+r.IntN(bruteHigh[i]-low+1)]
			return []string{name, strings.ToUpper(name)}[r.IntN(2)]
		}
		return strconv.Itoa(low + r.IntN(high-low+1))
	}
	var parts []string
	for range 1 + r.IntN(3)*r.IntN(2) {
		part := ""
		switch r.IntN(8) {
		case 0, 1:
			part = []string{"*", "?"}[r.IntN(5)/4]
		case 2, 3:
			a, z := value(), value()
			if x, errA := strconv.Atoi(a); errA == nil && r.IntN(30) > 0 {
				if y, errZ := strconv.Atoi(z); errZ == nil && y < x {
					a, z = z, a
				}
			}
			part = a + "-" + z
		default:
			part = value()
		}
		if r.IntN(4) == 0 {
			steps := []string{"1", "2", "3", "5", "7", "15", "30", "99"}
			if r.IntN(20) == 0 {
				steps = []string{"0", "", "1000", "-1"}
			}
			part += "/" + steps[r.IntN(len(steps))]
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ",")
}

func bruteRule(r *rand.Rand) string {
	var fields []string
	for i := range 5 {
		if r.IntN(4) == 0 {
			fields = append(fields, "*")
		} else {
			fields = append(fields, bruteField(r, i))
		}
	}
	if r.IntN(3) == 0 { // as people write it: one or two times of the day
		fields[0], fields[1] = strconv.Itoa(r.IntN(60)), fmt.Sprintf("%d,%d", r.IntN(24), r.IntN(24))
	}
	switch r.IntN(60) {
	case 0:
		fields = fields[:4]
	case 1:
		fields = append(fields, "*")
	case 2:
		fields = append([]string{[]string{"TZ=UTC", "CRON_TZ=Asia/Tokyo", "@every", "@daily"}[r.IntN(4)]}, fields[r.IntN(2):]...)
	case 3:
		fields[2], fields[3], fields[4] = []string{"30", "31", "30,31", "30-31"}[r.IntN(4)], []string{"2", "feb", "2/99"}[r.IntN(3)], "*"
	case 4:
		fields[0] += strings.Repeat(",1", 150+r.IntN(200))
	}
	return strings.Join(fields, []string{" ", "  ", "\t"}[r.IntN(3)])
}

// bruteCompare says where a rule of ours and the interpreter part, or nothing. The whole five years are compared, each
// start, in a zone whose clock is never changed.
func bruteCompare(spec *dayRule, b brute, days []int64) string {
	loc := time.FixedZone("+07", 7*3600)
	minutes := b.minutes()
	i, said := 0, ""
	spec.starts(newWallZone(loc), bruteFrom.Unix()-7*3600, bruteFrom.AddDate(bruteYears, 0, 0).Unix()-7*3600, func(u int64) {
		if said != "" {
			return
		}
		if n := len(minutes); i >= len(days)*n || u != days[i/n]+minutes[i%n]-7*3600 {
			said = fmt.Sprintf("start %d is %v", i, time.Unix(u, 0).In(loc))
		}
		i++
	})
	if said == "" && i != len(days)*len(minutes) {
		said = fmt.Sprintf("%d starts instead of %d", i, len(days)*len(minutes))
	}
	return said
}

const bruteYears = 5

var bruteFrom = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) // holds 29 February 2028

// TestCronByBruteForce holds what is accepted, what is refused and when it fires against an interpreter that tries every
// minute and every day. A station that trusts a rule would else be silent, or sound, at an hour nobody wrote.
func TestCronByBruteForce(t *testing.T) {
	rules, seed := 2400, bruteSeed(t)
	if raceDetector {
		rules = 100
	}
	t.Logf("%d rules", rules)
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // the same rules for the same seed
	accepted, refused, both := 0, 0, 0
	for range rules {
		expr := bruteRule(r)
		b, valid := bruteRead(expr)
		var days []int64
		if valid {
			days = b.days(bruteFrom, bruteYears)
			valid = len(days) > 0
		}
		spec, err := parseCron(expr)
		if (err == nil) != valid {
			t.Errorf("%q: %v, the grammar says valid is %v", expr, err, valid)
			continue
		}
		if !valid {
			refused++
			continue
		}
		accepted++
		if !b.open[2] && !b.open[4] {
			both++
		}
		if said := bruteCompare(newCronRule(spec), b, days); said != "" {
			t.Errorf("%q: %s", expr, said)
		}
	}
	t.Logf("%d accepted, %d of them with both days restricted, %d refused", accepted, both, refused)
	if accepted < rules/2 || refused < rules/10 || both < rules/10 {
		t.Error("the rules that were drawn are too much alike to show anything")
	}
	// The control: an interpreter that takes both days together, as some cron programs do, must be caught.
	spec, err := parseCron("0 6 13 * 5")
	if err != nil {
		t.Fatal(err)
	}
	wrong, _ := bruteRead("0 6 13 * 5")
	wrong.open[2] = true
	if bruteCompare(newCronRule(spec), wrong, wrong.days(bruteFrom, bruteYears)) == "" {
		t.Error("a wrong reading of two restricted days goes unnoticed")
	}
}
