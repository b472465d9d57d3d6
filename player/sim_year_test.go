package player

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"loaxa/schedule/clock"
)

// Years of power cuts with and without a battery, crashes, clocks that are wrong by up to a year, edits, emergencies,
// stops, holds, lost devices and clips that expire or are taken back: every promise has exactly one outcome, no two
// broadcasts are on air at once, nothing but an emergency sounds in quiet hours, nothing begins by itself on an untrusted
// clock, nothing unapproved is aired, and the log verifies and agrees with itself.

// TestSimulatedYear is a hundred stations for a month each and a few for a whole year.
func TestSimulatedYear(t *testing.T) {
	if raceDetector { // it makes each of them long
		simulate(t, seeds(t, 2), 30*day)
		return
	}
	simulate(t, seeds(t, 2), 365*day)
	simulate(t, seeds(t, 100), 30*day)
}

// TestSoakSimulatedYears is the same for ten thousand stations, or LOAXA_SEEDS of them; every hundredth for a whole year.
func TestSoakSimulatedYears(t *testing.T) {
	if os.Getenv("LOAXA_SOAK") != "1" {
		t.Skip("ten thousand stations: LOAXA_SOAK=1; a hundred are in TestSimulatedYear")
	}
	n := 10_000
	if s := os.Getenv("LOAXA_SEEDS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	simulate(t, seeds(t, n), 30*day)
	simulate(t, seeds(t, max(1, n/100)), 365*day)
}

// TestSimulatedYearWithoutTheGuard is the control: with the guard switched off, stations whose clocks nobody vouches for
// begin broadcasts by them, and the check must find it.
func TestSimulatedYearWithoutTheGuard(t *testing.T) {
	if raceDetector {
		t.Skip("minutes under the race detector, which has nothing to find here: runs without it")
	}
	found := 0
	for _, seed := range seeds(t, 6) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, seed, simStart)
			w.randomRules()
			w.in.Settings.ClockRule = allowDoubtful
			w.live(30 * day)
			for _, b := range w.breaches() {
				if strings.Contains(b, "untrusted clock") {
					found++
				}
			}
			w.quit()
		})
	}
	if found == 0 {
		t.Error("six stations ran without the guard and nothing was found: the check proves nothing")
	}
}

var simStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.FixedZone("+07", 7*3600))

// simulate runs a station from each seed for a span of its own time, and reads what its log says at the end.
func simulate(t *testing.T, seeds []uint64, span time.Duration) {
	for _, seed := range seeds {
		t.Run(fmt.Sprintf("days=%d/seed=%d", span/day, seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, seed, simStart)
				w.randomRules()
				w.live(span)
				now := w.clock.Now()
				h := w.history()
				w.checkSounds(t)
				w.quit()
				words := h.check(t, now.Add(-time.Minute))
				if len(h.promised) == 0 {
					t.Skip("this seed planned nothing")
				}
				t.Logf("seed %d: %d promised, %d records, %v", seed, len(h.promised), h.report.Size, words)
			})
		})
	}
}

// live lets the station run, one mishap after the other; at the end somebody sets its clock right and a day passes.
func (w *world) live(span time.Duration) {
	w.boot()
	for time.Since(w.began) < span {
		// Mostly at any time, sometimes just around a due moment, where things go wrong.
		time.Sleep(time.Duration(w.rnd.Int64N(int64(span / 40))))
		if w.rnd.IntN(2) == 0 {
			w.sleepUntilAir()
		}
		w.mishap()
	}
	w.clock.SetTrust(clock.Synchronised, 500)
	w.clock.Step(w.truth().Sub(w.clock.Now()))
	time.Sleep(26 * time.Hour)
	synctest.Wait()
}

// sleepUntilAir sleeps until a broadcast is about to be on air, or not at all.
func (w *world) sleepUntilAir() {
	next := w.player.Now().Next
	if next == nil {
		return
	}
	if d := next.Due.Sub(w.clock.Now()); d > 0 && d < 48*time.Hour {
		time.Sleep(d + time.Duration(w.rnd.IntN(40)-5)*time.Second)
	}
}
