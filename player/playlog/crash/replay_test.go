package crash

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestPowerCutAnywhere replays what a power cut may leave of a station's files, a few of all cuts and states; thousands
// in TestSoakPowerCutAnywhere.
func TestPowerCutAnywhere(t *testing.T) { powerCuts(t, 12, 60, 30) }

// TestSoakPowerCutAnywhere is the same with a longer life of a station and thousands of states.
func TestSoakPowerCutAnywhere(t *testing.T) {
	if !soak() {
		t.Skip("thousands of states: LOAXA_SOAK=1; some are in TestPowerCutAnywhere")
	}
	powerCuts(t, 40, 5000, 500)
}

// powerCuts traces a station from its first start on through so many records, and judges at most so many states.
func powerCuts(t *testing.T, records, states, controls int) {
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	b := newReplay(t, records)
	type state struct {
		cut
		choice
	}
	var all []state
	for after := range len(b.ops) + 1 {
		c := cutAfter(b.ops, after)
		for _, x := range c.choices(r, 6) {
			all = append(all, state{c, x})
		}
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	all = all[:min(len(all), states)]
	for _, s := range all {
		if err := b.judge(s.cut, s.choice); err != nil {
			t.Fatalf("cut after %d of %d operations, content %v, %d of %d names, %d torn, %d acknowledged: %v",
				s.after, len(b.ops), s.choice.content, s.choice.names, len(s.cut.names), len(s.torn), len(s.acked()), err)
		}
	}
	t.Logf("%d operations, %d acknowledged records, %d states, 0 lost, all open and verify", len(b.ops), len(cutAfter(b.ops, len(b.ops)).acked()), len(all))

	careless := newReplay(t, records, childNoSync+"=1")
	lost, unsound := 0, 0
	for range controls {
		c := cutAfter(careless.ops, r.IntN(len(careless.ops)+1))
		switch err := careless.judge(c, c.random(r)); {
		case errors.Is(err, errLost):
			lost++
		case err != nil:
			unsound++
		}
	}
	t.Logf("control, NoSync: of %d states %d have lost acknowledged records, %d more do not open or verify", controls, lost, unsound)
	if lost+unsound < controls/4 {
		t.Fatal("control: without syncs next to nothing is lost: the replay shows nothing")
	}
}

// replay is a trace and the folder it was taken in.
type replay struct {
	t    *testing.T
	root string
	ops  []op
	dir  string
}

func newReplay(t *testing.T, records int, more ...string) *replay {
	b := &replay{t: t, root: filepath.Join(t.TempDir(), "station"), dir: t.TempDir()}
	if err := os.Mkdir(b.root, 0o700); err != nil {
		t.Fatal(err)
	}
	b.ops = traced(t, b.root, records, more...)
	acked := cutAfter(b.ops, len(b.ops)).acked()
	if len(acked) != records {
		t.Fatalf("the child acknowledged %d records of %d", len(acked), records)
	}
	if err := b.judge(cutAfter(b.ops, len(b.ops)), choice{content: cutAfter(b.ops, len(b.ops)).content, names: len(cutAfter(b.ops, len(b.ops)).names)}); err != nil {
		t.Fatalf("the trace does not give the station's files: %v", err)
	}
	return b
}

func (b *replay) judge(c cut, x choice) error {
	dir := filepath.Join(b.dir, "state")
	if err := os.RemoveAll(dir); err != nil {
		b.t.Fatal(err)
	}
	if err := c.put(x, b.root, dir); err != nil {
		b.t.Fatal(err)
	}
	return judge(dir, c.acked(), true)
}
