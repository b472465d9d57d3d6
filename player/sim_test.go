package player

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// history is all the log says, read back.
type history struct {
	promised map[string]time.Time // occurrence → window's end by the last plan that names it
	outcomes map[string][]evidence.OutcomeBody
	report   evidence.Report
	claims   evidence.Claims // an honest report of some period
	differ   evidence.Reconciliation
}

func (w *world) history() history {
	w.t.Helper()
	h := history{promised: map[string]time.Time{}, outcomes: map[string][]evidence.OutcomeBody{}}
	err := w.log.Read(0, w.log.Size(), func(_ int64, raw []byte) error {
		r, err := evidence.Decode(raw)
		if err != nil {
			return err
		}
		body, err := evidence.DecodeBody(r)
		if err != nil {
			return err
		}
		switch b := body.(type) {
		case evidence.Plan:
			late := map[string]time.Duration{}
			for _, g := range b.Programmes {
				late[g.ID] = time.Duration(g.LatenessMS) * time.Millisecond
			}
			for _, o := range slices.Concat(b.Occurrences, b.Open) {
				h.promised[o.ID] = o.Due.Add(late[o.Programme])
			}
		case evidence.OutcomeBody:
			h.outcomes[b.Broadcast] = append(h.outcomes[b.Broadcast], b)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	h.claims = w.claims()
	h.report, err = evidence.Verify(w.log.Source(), evidence.VerifyOptions{Claims: &h.claims})
	if err != nil {
		w.t.Fatal(err)
	}
	h.differ, err = evidence.Reconcile(w.log.Source(), evidence.ReconcileOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

// check holds what must be true of any history once all windows have passed.
func (h history) check(t *testing.T, now time.Time) map[evidence.Outcome]int {
	t.Helper()
	words := map[evidence.Outcome]int{}
	for id, window := range h.promised {
		switch n := len(h.outcomes[id]); {
		case n == 1:
			words[h.outcomes[id][0].Outcome]++
		case n > 1:
			t.Errorf("%s has %d outcomes", id, n)
		case window.Before(now):
			t.Errorf("%s was promised, its window ended %s, and it has no outcome at %s", id, window, now)
		}
	}
	for id, o := range h.outcomes {
		if _, ok := h.promised[id]; !ok && o[0].Why == string(Scheduled) {
			t.Errorf("%s has an outcome and was never promised", id)
		}
	}
	if !h.report.OK {
		for _, f := range h.report.Findings[:min(5, len(h.report.Findings))] {
			t.Errorf("verify: %s at %d: %s", f.Code, f.From, f.EN)
		}
	}
	for _, d := range h.report.Comparison.Differences[:min(5, len(h.report.Comparison.Differences))] {
		t.Errorf("an honest report from %s until %s: %s: %s", h.claims.From, h.claims.Until, d.Code, d.EN)
	}
	if c := h.report.Comparison; !c.OK && h.report.Epoch == 1 {
		t.Errorf("an honest report does not agree: %s", c.Summary.EN)
	}
	for _, d := range h.differ.Differences[:min(5, len(h.differ.Differences))] {
		t.Errorf("reconcile: %s at %v: %s", d.Code, d.Records, d.EN)
	}
	return words
}

// randomRules makes a few programmes, some of which get in each other's way; about five occurrences a day.
func (w *world) randomRules() {
	for i := range 6 {
		w.clip(fmt.Sprintf("c-%d", i), time.Duration(300+w.rnd.IntN(1500))*time.Millisecond)
	}
	if w.rnd.IntN(2) == 0 {
		w.in.Settings.QuietHours = nil
	}
	days := []string{"*", "1-5", "6,0", "*/2", "1"}
	for i := range 2 + w.rnd.IntN(3) {
		hours := strconv.Itoa(w.rnd.IntN(24))
		if w.rnd.IntN(2) == 0 {
			hours += "," + strconv.Itoa(w.rnd.IntN(24))
		}
		items := make([]schedule.Item, 1+w.rnd.IntN(3))
		for k := range items {
			items[k] = schedule.Item{Kind: schedule.KindClip, ClipID: fmt.Sprintf("c-%d", w.rnd.IntN(6))}
			if w.rnd.IntN(5) == 0 {
				items[k] = schedule.Item{Kind: schedule.KindSilence, SilenceMS: 2000}
			}
		}
		w.programme(schedule.Programme{
			ID: fmt.Sprintf("p-%d", i), Title: fmt.Sprintf("Chương trình %d", i),
			Cron:      fmt.Sprintf("%d %s * * %s", []int{0, 0, 15, 30}[w.rnd.IntN(4)], hours, days[w.rnd.IntN(len(days))]),
			LatenessS: []int64{0, 30, 1800}[w.rnd.IntN(3)], ResumeAfterPowerCut: w.rnd.IntN(2) == 0,
			EffectiveFrom: w.clock.Now(),
		}, items...)
	}
}

// mishap is one thing that happens to a station.
//
//nolint:cyclop // a list
func (w *world) mishap() {
	switch w.rnd.IntN(17) {
	case 0, 1:
		w.powerCut(time.Duration(w.rnd.IntN(6*3600))*time.Second, w.rnd.IntN(3) > 0)
	case 2:
		w.powerCut(time.Duration(1+w.rnd.IntN(12))*24*time.Hour, true)
	case 3, 4:
		w.crash(time.Duration(w.rnd.IntN(600)) * time.Second)
	case 5:
		w.clock.Step(time.Duration(w.rnd.IntN(6*3600)-3*3600) * time.Second)
	case 6:
		w.quit()
		time.Sleep(time.Duration(w.rnd.IntN(3600)) * time.Second)
		w.boot()
	case 7:
		w.edit(w.rnd.IntN(len(w.in.Programmes)), func(p *schedule.Programme) {
			p.Paused = !p.Paused
			p.EffectiveFrom = w.clock.Now()
		})
	case 8:
		w.deaf.Store(true)
		time.Sleep(time.Duration(w.rnd.IntN(72)) * time.Hour)
		w.deaf.Store(false)
	case 9:
		_, err := w.player.Stop(context.Background(), "user:sim")
		w.refused(err)
	case 10:
		w.holdAWhile()
	case 11:
		w.askForSound()
	case 12:
		w.hung.Store(true)
		time.Sleep(time.Duration(w.rnd.IntN(48)) * time.Hour)
		w.hung.Store(false)
	case 13:
		w.clock.Suspend(time.Duration(w.rnd.IntN(12*3600)) * time.Second)
	case 14, 15, 16:
		w.judgeClips()
	}
}

// judgeClips lets people retire clips, take their approval back, date them, and put them right again; now and then the
// program learns of it only by looking.
func (w *world) judgeClips() {
	for range 1 + w.rnd.IntN(3) {
		day := func() schedule.Date {
			return schedule.Date(w.clock.Now().AddDate(0, 0, w.rnd.IntN(12)-3).Format(time.DateOnly))
		}
		edit := []func(*schedule.ClipFact){
			retire, unapprove,
			func(c *schedule.ClipFact) { c.ValidUntil = day() },
			func(c *schedule.ClipFact) { c.ValidFrom = day() },
			func(c *schedule.ClipFact) { c.State, c.ValidFrom, c.ValidUntil = "approved", "", "" },
			func(c *schedule.ClipFact) { c.State, c.ValidFrom, c.ValidUntil = "approved", "", "" },
		}[w.rnd.IntN(6)]
		id := fmt.Sprintf("c-%d", w.rnd.IntN(6))
		if w.rnd.IntN(4) == 0 {
			w.silently(id, edit)
		} else {
			w.change(id, edit)
		}
		time.Sleep(time.Duration(w.rnd.IntN(3)) * time.Second)
	}
}

// refused lets a refusal pass.
func (w *world) refused(err error) {
	var refused *Refusal
	if err != nil && !errors.As(err, &refused) {
		w.t.Fatal(err)
	}
}

func (w *world) holdAWhile() {
	until := time.Time{}
	if w.rnd.IntN(2) == 0 {
		until = w.clock.Now().Add(time.Duration(1+w.rnd.IntN(48)) * time.Hour)
	}
	w.refused(w.player.Hold(context.Background(), "user:sim", "", until))
	time.Sleep(time.Duration(w.rnd.IntN(36)) * time.Hour)
	if w.rnd.IntN(2) == 0 {
		w.crash(time.Duration(w.rnd.IntN(3600)) * time.Second)
	}
	w.refused(w.player.Release(context.Background(), "user:sim"))
}

func (w *world) askForSound() {
	kind := []Kind{Emergency, Rehearsal}[w.rnd.IntN(2)]
	_, err := w.player.Play(context.Background(), PlayRequest{ClipID: "c-1", Kind: kind, Reason: "x", Actor: "user:sim", MayOverrideQuiet: true, MayApprove: w.rnd.IntN(2) == 0})
	w.refused(err)
	if w.rnd.IntN(2) == 0 {
		w.crash(time.Duration(w.rnd.IntN(60)) * time.Second)
	}
}

const day = 24 * time.Hour

// seeds are n seeds that nobody has tried, or the one in LOAXA_SEED.
func seeds(t *testing.T, n int) []uint64 {
	if s := os.Getenv("LOAXA_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return []uint64{n}
	}
	base := uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
	out := make([]uint64, n)
	for i := range out {
		out[i] = base + uint64(i) //nolint:gosec // i counts from 0
	}
	return out
}

// A year of power cuts, crashes, clock steps, edits, stops, lost devices and clips that expire or are taken back: every promise has exactly one outcome, no
// two broadcasts are on air at once, and the log verifies.
func TestSimulatedYear(t *testing.T) {
	if raceDetector { // it makes each of them long
		simulate(t, seeds(t, 2), 30*day)
		return
	}
	simulate(t, seeds(t, 20), 365*day)
}

// TestSoakSimulatedSeasons is the same for a thousand stations, two months each.
func TestSoakSimulatedSeasons(t *testing.T) {
	if os.Getenv("LOAXA_SOAK") != "1" {
		t.Skip("a thousand stations: LOAXA_SOAK=1; twenty are in TestSimulatedYear")
	}
	simulate(t, seeds(t, 1000), 60*day)
}

// simulate runs a station from each seed for a span of its own time, and reads what its log says at the end.
func simulate(t *testing.T, seeds []uint64, span time.Duration) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.FixedZone("+07", 7*3600))
	for _, seed := range seeds {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, seed, start)
				w.randomRules()
				w.boot()
				began := time.Now()
				for time.Since(began) < span {
					// Mostly at any time, sometimes just around a due moment, where things go wrong.
					time.Sleep(time.Duration(w.rnd.IntN(14*24*3600)) * time.Second)
					if w.rnd.IntN(2) == 0 {
						w.sleepUntilAir()
					}
					w.mishap()
				}
				time.Sleep(26 * time.Hour)
				synctest.Wait()
				now := w.clock.Now()
				h := w.history()
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
