package evidence

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// memory is a log in memory: what a verifier is given, honest or not.
type memory struct {
	raws  [][]byte
	notes map[int64][]byte
}

func (m *memory) Size() int64 { return int64(len(m.raws)) }
func (m *memory) Records(fn func(int64, []byte) error) error {
	for i, raw := range m.raws {
		if err := fn(int64(i), raw); err != nil {
			return err
		}
	}
	return nil
}
func (m *memory) Checkpoint(size int64) ([]byte, error) { return m.notes[size], nil }
func (m *memory) Newest() ([]byte, error) {
	var best int64 = -1
	for size := range m.notes {
		best = max(best, size)
	}
	return m.notes[best], nil
}

func (m *memory) clone() *memory {
	c := &memory{notes: map[int64][]byte{}}
	for _, r := range m.raws {
		c.raws = append(c.raws, bytes.Clone(r))
	}
	for k, v := range m.notes {
		c.notes[k] = v
	}
	return c
}

// author writes an honest log.
type author struct {
	t      testing.TB
	m      *memory
	tree   Tree
	signer note.Signer
	vkey   string
	origin string
	wall   time.Time
	up     time.Duration
	boot   string
	state  string // of the clock; "" is not said
}

func newAuthor(t testing.TB, origin string) *author {
	a := &author{t: t, m: &memory{notes: map[int64][]byte{}}, origin: origin, wall: moment(0).Time, boot: "b1", up: time.Hour}
	a.newKey()
	epoch, err := EpochOf(origin)
	if err != nil {
		t.Fatal(err)
	}
	a.add(Epoch{Epoch: epoch, Origin: origin, PublicKey: a.vkey, Why: "init", StationCode: "XA-01"})
	a.add(Boot{Previous: "none"})
	return a
}

func (a *author) newKey() {
	skey, vkey, err := note.GenerateKey(rand.Reader, a.origin)
	if err != nil {
		a.t.Fatal(err)
	}
	if a.signer, err = note.NewSigner(skey); err != nil {
		a.t.Fatal(err)
	}
	a.vkey = vkey
}

func (a *author) pass(d time.Duration) { a.wall, a.up = a.wall.Add(d), a.up+d }

func (a *author) add(body Body) {
	a.t.Helper()
	a.pass(time.Second)
	raw, err := Encode(int64(len(a.m.raws)), "station", Stamp{Wall: At(a.wall), Boot: a.boot, UpMS: a.up.Milliseconds(), Clock: Clock{State: a.state}}, body)
	if err != nil {
		a.t.Fatal(err)
	}
	a.m.raws = append(a.m.raws, raw)
	a.tree.Add(raw)
}

func (a *author) sign() []byte {
	a.t.Helper()
	root, err := a.tree.Root()
	if err != nil {
		a.t.Fatal(err)
	}
	n, err := note.Sign(&note.Note{Text: string(Checkpoint{Origin: a.origin, Size: a.tree.Size(), Root: root}.Text())}, a.signer)
	if err != nil {
		a.t.Fatal(err)
	}
	a.m.notes[a.tree.Size()] = n
	return n
}

func (a *author) plan(ids ...string) {
	p := Plan{From: At(a.wall), Until: At(a.wall.AddDate(0, 0, 7)), Programmes: []PlannedProgramme{{ID: "p", LatenessMS: 60000}}}
	for i, id := range ids {
		p.Occurrences = append(p.Occurrences, Planned{ID: id, Programme: "p", Due: At(a.wall.Add(time.Duration(i+1) * time.Minute)), LengthMS: 10000, Verdict: "airs"})
	}
	a.add(p)
}

func full(id string) OutcomeBody {
	return OutcomeBody{Broadcast: id, Occurrence: id, Why: "scheduled", Outcome: Full, AiredMS: 10000, PlannedMS: 10000, Output: "hardware", Rate: 1, Evidence: 2}
}

// honest is a log of some days: plans, outcomes with checkpoints, an outage, a step of the clock, rehearsals.
func honest(t testing.TB) *author {
	a := newAuthor(t, "loaxa/XA-01/may-1/1")
	for d := range 4 {
		var ids []string
		for i := range 5 {
			ids = append(ids, fmt.Sprintf("p@%d-%d", d, i))
		}
		a.plan(ids...)
		for i, id := range ids {
			if i == 3 { // the plug was pulled
				a.boot, a.up = fmt.Sprintf("b%d", d+2), 20*time.Second
				a.wall = a.wall.Add(time.Hour)
				a.add(Boot{Previous: "power", OutageFrom: At(a.wall.Add(-time.Hour)), OutageUntil: At(a.wall)})
				a.wall = a.wall.Add(10 * time.Minute)
				a.add(ClockChange{What: "step", Before: At(a.wall.Add(-10 * time.Minute)), After: At(a.wall)})
			}
			a.add(Start{Broadcast: id, Occurrence: id, Why: "scheduled", Attempt: 1, Output: "hardware"})
			a.add(End{Broadcast: id, Attempt: 1, Result: "finished"})
			a.add(full(id))
			a.sign()
		}
		a.add(OutcomeBody{Broadcast: fmt.Sprint("rehearsal:", d), Why: "rehearsal", Outcome: Full, AiredMS: 5000, Output: "hardware", Rate: 1, Evidence: 2})
		a.pass(3 * time.Hour)
	}
	a.sign()
	return a
}

func verified(t testing.TB, src Source, opts VerifyOptions) Report {
	t.Helper()
	rep, err := Verify(src, opts)
	if err != nil {
		t.Fatal(err)
	}
	if rep.OK != (len(rep.Findings) == 0) || rep.OK != (rep.FirstBad < 0) {
		t.Fatalf("a report that contradicts itself: %+v", rep)
	}
	return rep
}

func TestHonestLogVerifies(t *testing.T) {
	a := honest(t)
	held := a.m.notes[10]
	if held == nil {
		for size, n := range a.m.notes {
			held = n
			t.Log("held", size)
			break
		}
	}
	rep := verified(t, a.m, VerifyOptions{Keys: []string{a.vkey}, Held: [][]byte{held}})
	if !rep.OK || !rep.KeyKnown || rep.Held[0].Status != "extends" || rep.Open != 0 {
		t.Fatalf("%+v", rep)
	}
	f := rep.Figures
	if f.Broadcasts != (Count{20, 200000}) || f.Rehearsals != (Count{4, 20000}) || f.Occurrences[Full] != 20 || f.ByLevel[2].N != 20 || len(rep.Outages) != 4 {
		t.Fatalf("figures %+v", f)
	}
	rep = verified(t, a.m, VerifyOptions{})
	if rep.KeyKnown || !strings.Contains(fmt.Sprint(rep.Statements), "chỉ chứng minh nhất quán nội bộ") {
		t.Fatal("an unknown key is not spoken of")
	}
}

// One change anywhere under a checkpoint is found, whatever it is.
func TestTamperingIsFound(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := mrand.New(mrand.NewPCG(seed, 1))
	a := honest(t)
	n := len(a.m.raws)
	attacks := map[string]func(m *memory){
		"edit": func(m *memory) {
			i := 2 + r.IntN(n-2)
			m.raws[i] = bytes.Replace(m.raws[i], []byte(`"actor":"station"`), []byte(`"actor":"stetion"`), 1)
		},
		"flip": func(m *memory) {
			i := r.IntN(n)
			m.raws[i][r.IntN(len(m.raws[i]))] ^= byte(1 + r.IntN(255))
		},
		"delete": func(m *memory) {
			i := r.IntN(n)
			m.raws = append(m.raws[:i], m.raws[i+1:]...)
		},
		"delete and number again": func(m *memory) {
			i := 2 + r.IntN(n-3)
			m.raws = append(m.raws[:i], m.raws[i+1:]...)
			for ; i < len(m.raws); i++ {
				m.raws[i] = bytes.Replace(m.raws[i], fmt.Appendf(nil, `"idx":%d,`, i+1), fmt.Appendf(nil, `"idx":%d,`, i), 1)
			}
		},
		"insert": func(m *memory) {
			i := 1 + r.IntN(n-1)
			m.raws = append(m.raws[:i], append([][]byte{bytes.Clone(m.raws[i-1])}, m.raws[i:]...)...)
		},
		"swap": func(m *memory) {
			i := r.IntN(n - 1)
			m.raws[i], m.raws[i+1] = m.raws[i+1], m.raws[i]
		},
		"truncate":                   func(m *memory) { m.raws = m.raws[:1+r.IntN(n-1)] },
		"truncate, with checkpoints": nil, // below: found by a held checkpoint only
	}
	for name, attack := range attacks {
		if attack == nil {
			continue
		}
		for range 30 {
			m := a.m.clone()
			attack(m)
			rep := verified(t, m, VerifyOptions{Keys: []string{a.vkey}})
			if rep.OK {
				t.Fatalf("%s was not found", name)
			}
		}
	}
	cut := a.m.clone()
	cut.raws = cut.raws[:n/2]
	for size := range cut.notes {
		if size > int64(n/2) {
			delete(cut.notes, size)
		}
	}
	newest, err := a.m.Newest()
	if err != nil {
		t.Fatal(err)
	}
	if rep := verified(t, cut, VerifyOptions{Held: [][]byte{newest}}); rep.OK || rep.Held[0].Status != "beyond" {
		t.Fatalf("a log cut back together with its checkpoints passed a held checkpoint: %+v", rep.Held)
	}
}

// A log rewritten as a whole and signed by another key is consistent in itself: only the key on paper or a checkpoint
// kept elsewhere shows it.
func TestRewrittenLog(t *testing.T) {
	true1, false1 := honest(t), honest(t)
	newest, err := true1.m.Newest()
	if err != nil {
		t.Fatal(err)
	}
	if rep := verified(t, false1.m, VerifyOptions{}); !rep.OK || rep.KeyKnown {
		t.Fatal("control: the rewritten log is consistent in itself")
	}
	if rep := verified(t, false1.m, VerifyOptions{Keys: []string{true1.vkey}}); rep.OK || rep.Findings[0].Code != "key" {
		t.Fatalf("another key was not noticed: %+v", rep.Findings)
	}
	if rep := verified(t, false1.m, VerifyOptions{Held: [][]byte{newest}}); rep.OK || rep.Held[0].Status != "contradicts" {
		t.Fatalf("a held checkpoint was not contradicted: %+v", rep.Held)
	}
	other := newAuthor(t, "loaxa/XA-09/may-1/1")
	if rep := verified(t, true1.m, VerifyOptions{Held: [][]byte{other.sign()}}); !rep.OK || rep.Held[0].Status != "other_log" {
		t.Fatalf("%+v", rep.Held)
	}
	if _, err := Verify(true1.m, VerifyOptions{Keys: []string{"no key"}}); !errors.Is(err, ErrNoKey) {
		t.Fatal(err)
	}
}

func TestRules(t *testing.T) {
	cases := []struct {
		name, want string // want: code of the finding, "" when the log is sound
		write      func(a *author)
	}{
		{"sound", "", func(a *author) { a.plan("x"); a.add(full("x")) }},
		{"two outcomes", "two_outcomes", func(a *author) { a.plan("x"); a.add(full("x")); a.add(full("x")) }},
		{"never planned", "unplanned", func(a *author) { a.plan("x"); a.add(full("x")); a.add(full("y")) }},
		{"outcome before its plan", "unplanned", func(a *author) { a.add(full("x")); a.plan("x") }},
		{"start after the outcome", "after_outcome", func(a *author) { a.plan("x"); a.add(full("x")); a.add(Start{Broadcast: "x", Occurrence: "x"}) }},
		{"overclaimed", "overclaimed", func(a *author) {
			a.plan("x")
			o := full("x")
			o.Output = "virtual"
			a.add(o)
		}},
		{"unknown outcome", "outcome", func(a *author) {
			a.plan("x")
			o := full("x")
			o.Outcome = "fine"
			a.add(o)
		}},
		{"no outcome", "undecided", func(a *author) { a.plan("x"); a.pass(10 * time.Minute); a.add(Shutdown{}) }},
		{"vanished from the next plan", "undecided", func(a *author) { a.plan("x"); a.plan("y"); a.pass(time.Hour); a.add(full("y")); a.add(Shutdown{}) }},
		{"still open", "", func(a *author) { a.plan("x"); a.pass(2 * time.Minute); a.add(Shutdown{}) }},
		{"slept through, just woken", "", func(a *author) {
			a.plan("x")
			a.boot = "b2"
			a.pass(5 * time.Hour)
			a.add(Boot{Previous: "power"})
			a.pass(time.Minute)
			a.add(Operator{})
		}},
		{"on air for long", "", func(a *author) {
			a.plan("x")
			a.add(Start{Broadcast: "x", Occurrence: "x"})
			a.pass(time.Hour)
			a.add(Progress{Broadcast: "x"})
		}},
		{"clock stepped in silence", "clock", func(a *author) {
			a.wall = a.wall.Add(3 * time.Second)
			a.add(Operator{})
			a.pass(2 * time.Minute)
			a.add(Operator{})
		}},
		{"clock drifting within 2 s", "", func(a *author) {
			a.wall = a.wall.Add(1900 * time.Millisecond)
			a.add(Operator{})
			a.pass(2 * time.Minute)
			a.add(Operator{})
		}},
		{"clock stepped and said so", "", func(a *author) { a.wall = a.wall.Add(time.Hour); a.add(ClockChange{What: "step"}); a.add(Operator{}) }},
		{"said so a moment later", "", func(a *author) {
			a.wall = a.wall.Add(time.Hour)
			a.add(Operator{})
			a.add(ClockChange{What: "step"})
			a.pass(2 * time.Minute)
			a.add(Operator{})
		}},
		{"stamped before the step, written after it", "", func(a *author) {
			a.wall = a.wall.Add(time.Hour)
			a.add(ClockChange{What: "step"})
			a.wall = a.wall.Add(-time.Hour)
			a.add(Operator{})
			a.wall = a.wall.Add(time.Hour)
			a.pass(2 * time.Minute)
			a.add(Operator{})
		}},
		{"second epoch record", "epoch", func(a *author) { a.add(Epoch{Epoch: 2, Origin: "loaxa/XA-01/may-1/2"}) }},
		{"key changed under the old key", "", func(a *author) {
			old := a.signer
			a.newKey()
			a.add(Key{PublicKey: a.vkey})
			fresh := a.signer
			a.signer = old
			a.sign()
			a.signer = fresh
			a.add(Operator{})
		}},
		{"key changed by itself", "key", func(a *author) { a.newKey(); a.add(Key{PublicKey: a.vkey}); a.sign(); a.add(Operator{}) }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := newAuthor(t, "loaxa/XA-01/may-1/1")
			first := a.vkey
			c.write(a)
			a.sign()
			rep := verified(t, a.m, VerifyOptions{Keys: []string{first}})
			if c.want == "" && !rep.OK {
				t.Fatalf("a sound log does not verify: %+v", rep.Findings)
			}
			if c.want != "" && (rep.OK || rep.Findings[0].Code != c.want) {
				t.Fatalf("want %s: %+v", c.want, rep.Findings)
			}
		})
	}
}
