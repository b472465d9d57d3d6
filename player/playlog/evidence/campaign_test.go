package evidence

import (
	"fmt"
	mrand "math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

// The tamper campaign: an honest log of some days, a checkpoint of it that somebody keeps elsewhere, and forgers who
// change the log at random positions and make everything fit again as far as they can. Whatever lies under the kept
// checkpoint must be found, every time, also when the forger has the signing key. What comes after it is the open
// window: there the campaign counts, and demands only that the report says how wide the window is.

// campaign is one forger's workbench.
type campaign struct {
	t    *testing.T
	r    *mrand.Rand
	a    *author // the honest log
	held int64   // size of the checkpoint that is kept elsewhere
	note []byte
}

func newCampaign(t *testing.T, a *author, seed, stream uint64) *campaign {
	c := &campaign{t: t, r: mrand.New(mrand.NewPCG(seed, stream)), a: a}
	var sizes []int64
	for size := range a.m.notes {
		sizes = append(sizes, size)
	}
	for _, size := range sizes { // the newest one in the first two thirds
		if size <= int64(len(a.m.raws)*2/3) {
			c.held = max(c.held, size)
		}
	}
	c.note = a.m.notes[c.held]
	return c
}

// covered is a random record under the kept checkpoint; the epoch's own record is left to the attacks that want it.
func (c *campaign) covered() int { return 1 + c.r.IntN(int(c.held)-1) }

// days is an honest log of some days: plans, items with their measurements, outcomes with checkpoints, a power cut, a
// crash, a step of the clock, a rehearsal.
func days(t testing.TB, n int) *author {
	a := newAuthor(t, "loaxa/XA-01/may-1/1")
	clip := &Clip{ID: "c", Title: "Cảnh giác với cuộc gọi giả danh công an", DurationMS: 10000}
	for d := range n {
		var ids []string
		for i := range 3 {
			ids = append(ids, fmt.Sprintf("p@%d-%d", d, i))
		}
		a.plan(ids...)
		for i, id := range ids {
			if i == 1 {
				a.boot, a.up = fmt.Sprintf("b%d", d+2), 20*time.Second
				a.wall = a.wall.Add(time.Hour)
				a.add(Boot{Previous: "power", OutageFrom: At(a.wall.Add(-time.Hour)), OutageUntil: At(a.wall)})
				a.wall = a.wall.Add(10 * time.Minute)
				a.add(ClockChange{What: "step", Before: At(a.wall.Add(-10 * time.Minute)), After: At(a.wall)})
			}
			a.add(Start{Broadcast: id, Occurrence: id, Why: "scheduled", Attempt: 1, Clip: clip, Output: "hardware"})
			a.pass(time.Minute)
			a.add(Progress{Broadcast: id, Attempt: 1, Written: 480000, Taken: 470000, Rate: 1.0002})
			a.add(End{Broadcast: id, Attempt: 1, Result: "finished", Written: 480000, Taken: 480000, Rate: 1.0001, LevelDBFS: -20})
			o := full(id)
			if i == 2 {
				o.Outcome, o.AiredMS, o.Reason = Partial, 4000, "power"
			}
			a.add(o)
			a.sign()
		}
		a.add(Operator{What: "export", Object: "may", Result: "done"})
		a.pass(3 * time.Hour)
	}
	a.add(OutcomeBody{Broadcast: "rehearsal:1", Why: "rehearsal", Outcome: Full, AiredMS: 5000, Output: "hardware", Rate: 1, Evidence: 2})
	a.sign()
	return a
}

// positions is how many random positions each kind of attack is tried at.
func positions() int {
	switch {
	case os.Getenv("LOAXA_SOAK") == "1":
		return 10000
	case raceDetector || testing.Short():
		return 40
	}
	return 1000
}

func campaignSeed(t *testing.T) uint64 {
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
	if s := os.Getenv("LOAXA_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("seed %d: LOAXA_SEED=%d runs it again", seed, seed)
	return seed
}

// TestTamperCampaign: every kind of attack under the kept checkpoint, at thousands of positions, 0 misses. Without the
// race detector here, as a long run in TestSoakTamperCampaign.
func TestTamperCampaign(t *testing.T) { tamperCampaign(t) }

// TestSoakTamperCampaign is the same at ten times as many positions.
func TestSoakTamperCampaign(t *testing.T) {
	if os.Getenv("LOAXA_SOAK") != "1" {
		t.Skip("the same as TestTamperCampaign, at 10000 positions of each kind: LOAXA_SOAK=1")
	}
	tamperCampaign(t)
}

func tamperCampaign(t *testing.T) {
	seed, a := campaignSeed(t), days(t, 6)
	rep := verified(t, a.m, VerifyOptions{Keys: []string{a.vkey}, Held: [][]byte{newCampaign(t, a, 0, 0).note}})
	if !rep.OK || rep.Held[0].Status != "extends" {
		t.Fatalf("control: the honest log does not verify: %+v", rep.Findings)
	}
	for i, attack := range attacks() {
		t.Run(attack.name, func(t *testing.T) {
			t.Parallel()
			c := newCampaign(t, a, seed, uint64(i)) //nolint:gosec // i counts from 0
			attack.run(c, positions())
		})
	}
}

// run tries the attack at n random positions, each with one of the three hands.
func (k attack) run(c *campaign, n int) {
	statuses, seen, blind := map[string]int{}, 0, 0
	for range n {
		m, at := k.forge(c)
		hand := hands[c.r.IntN(len(hands))]
		if k.refit {
			c.refit(m, at, hand)
		}
		rep := verified(c.t, m, VerifyOptions{Held: [][]byte{c.note}})
		// Whoever makes record 0 name another log, and takes the checkpoints out, has a log that holds by itself; but the
		// checkpoint that was brought is of none of the logs then, and a verification does not end well with that.
		if at == 0 && len(StrangeCheckpoints([]Verdict{{Report: rep}}, 1)) == 1 {
			statuses["other_log"]++
			continue
		}
		first := int64(at)
		if rep.Held[0].Status == "beyond" { // of a log that ends too early no more is known than where it ends
			first = m.Size()
		}
		if rep.OK || rep.FirstBad > first {
			c.t.Fatalf("record %d, %s: ok %v, first bad %d: %+v", at, hand, rep.OK, rep.FirstBad, rep.Findings)
		}
		statuses[rep.Held[0].Status]++
		if k.refit && hand != resigned {
			continue
		}
		if seen++; verified(c.t, m, k.known(c)).OK { // the control: the same forgery, no checkpoint kept
			blind++
		}
	}
	c.t.Logf("%d positions, 0 missed: %v; without the kept checkpoint %d of %d went unseen", n, statuses, blind, seen)
	if k.sound && (seen == 0 || blind != seen) {
		c.t.Fatal("control: something else finds this forgery; the campaign does not show what a kept checkpoint is worth")
	}
}
