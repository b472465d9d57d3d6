package schedule

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// bruteSeed is printed; LOAXA_SEED repeats a run or draws other rules.
func bruteSeed(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(20261125)
	if said := os.Getenv("LOAXA_SEED"); said != "" {
		n, err := strconv.ParseUint(said, 10, 64)
		if err != nil {
			t.Fatalf("LOAXA_SEED: %v", err)
		}
		seed = n
	}
	t.Logf("LOAXA_SEED=%d", seed)
	return seed
}

// bruteClock is what a clock on the wall shows: for each minute by the wall, counted from the first midnight, the moment at
// which it is shown for the first time, or 0 where the clock is set forward over it.
type bruteClock struct {
	loc         *time.Location
	base        int64 // the first midnight, as if in UTC
	from, until int64 // the same stretch, in true moments
	shown       []int64
}

// newBruteClock watches the clock, minute by minute. keepLast is the wrong reading, of two the second.
func newBruteClock(loc *time.Location, years int, keepLast bool) bruteClock {
	last := bruteFrom.AddDate(years, 0, 0)
	c := bruteClock{
		loc: loc, base: bruteFrom.Unix(), shown: make([]int64, last.Sub(bruteFrom)/time.Minute),
		from:  time.Date(bruteFrom.Year(), 1, 1, 0, 0, 0, 0, loc).Unix(),
		until: time.Date(last.Year(), 1, 1, 0, 0, 0, 0, loc).Unix(),
	}
	for u := c.from; u < c.until; u += 60 {
		_, offset := time.Unix(u, 0).In(loc).Zone()
		if i := (u + int64(offset) - c.base) / 60; c.shown[i] == 0 || keepLast {
			c.shown[i] = u
		}
	}
	return c
}

// starts is when a rule fires by this clock: on each of its days, at each of its minutes that the clock shows.
func (c bruteClock) starts(b brute, days []int64) []int64 {
	var out []int64
	minutes := b.minutes()
	for _, d := range days {
		for _, m := range minutes {
			if u := c.shown[(d+m-c.base)/60]; u != 0 {
				out = append(out, u)
			}
		}
	}
	return out
}

// compare says where a rule of ours and the clock part, or nothing. The ordinals of some starts are compared too: a
// rotation goes by them.
func (c bruteClock) compare(r *rand.Rand, rule *dayRule, want []int64) string {
	z, i, said := newWallZone(c.loc), 0, ""
	rule.starts(z, c.from, c.until, func(u int64) {
		if said == "" && (i >= len(want) || want[i] != u) {
			said = fmt.Sprintf("start %d is %v", i, time.Unix(u, 0).In(c.loc))
		}
		i++
	})
	if said == "" && i != len(want) {
		said = fmt.Sprintf("%d starts instead of %d", i, len(want))
	}
	for n := 0; n < 3 && said == "" && len(want) > 0; n++ {
		k := r.IntN(len(want))
		if got := rule.count(z, z.day(c.from), want[k]); got != int64(k) {
			said = fmt.Sprintf("the ordinal of %v is %d, not %d", time.Unix(want[k], 0).In(c.loc), got, k)
		}
	}
	return said
}

// TestCronByTheWallClock holds rules over five years against a clock that is watched minute by minute, where it is never
// set and where it is set by an hour and by half an hour. A wall time that does not exist is left out; of two, the first
// counts. Else a broadcast would be heard twice in one night, or the ordinals behind a rotation would drift.
func TestCronByTheWallClock(t *testing.T) {
	rules, years := 50, bruteYears
	if raceDetector {
		rules, years = 20, 1
	}
	seed := bruteSeed(t)
	for _, zone := range []string{"Asia/Ho_Chi_Minh", "America/New_York", "Australia/Lord_Howe"} {
		t.Run(zone, func(t *testing.T) {
			loc, err := time.LoadLocation(zone)
			if err != nil {
				t.Fatal(err)
			}
			r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // the same rules for the same seed
			c := newBruteClock(loc, years, false)
			compared, gone := 0, 0
			for compared < rules {
				expr := bruteRule(r)
				b, valid := bruteRead(expr)
				spec, err := parseCron(expr)
				if !valid || err != nil {
					continue // TestCronByBruteForce compares what is refused
				}
				days := b.days(bruteFrom, years)
				want := c.starts(b, days)
				gone += len(days)*len(b.minutes()) - len(want)
				if said := c.compare(r, newCronRule(spec), want); said != "" {
					t.Errorf("%q: %s", expr, said)
				}
				compared++
			}
			changes := zone != "Asia/Ho_Chi_Minh"
			if changes != (gone > 0) {
				t.Errorf("%d wall times did not exist", gone)
			}
			t.Logf("%d rules, %d wall times did not exist", compared, gone)

			// The control: a clock of which the second of two counts must be caught, where there is one.
			const expr = "45 1 * * *"
			spec, err := parseCron(expr)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := bruteRead(expr)
			wrong := newBruteClock(loc, years, true).starts(b, b.days(bruteFrom, years))
			if said := c.compare(r, newCronRule(spec), wrong); (said != "") != changes {
				t.Errorf("the second of two wall times: %q", said)
			}
		})
	}
}

// A day of the month with a step is restricted, as the library has it: "*/2" is the odd days, and beside a weekday either
// will do. "*/1" is every day and restricts nothing.
func TestCronStarWithAStep(t *testing.T) {
	for _, c := range []struct {
		expr string
		want int // starts in January 2026, which begins on a Thursday: 16 odd days, 4 Mondays, of which 2 are odd
	}{
		{"0 6 */2 * mon", 18}, {"0 6 */1 * mon", 4}, {"0 6 * * mon", 4}, {"0 6 ?,5 * mon", 4}, {"0 6 */2 * *", 16},
		{"0 6 1-31 * mon", 31}, {"0 6 */2 * 0-6", 31}, {"0 6 */2 * */1", 16}, {"0 6 1/2 * mon", 18},
	} {
		spec, err := parseCron(c.expr)
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		newCronRule(spec).starts(newWallZone(time.UTC), bruteFrom.Unix(), bruteFrom.AddDate(0, 1, 0).Unix(), func(int64) { got++ })
		if got != c.want {
			t.Errorf("%q fires on %d days, want %d", c.expr, got, c.want)
		}
	}
}
