package evidence

import (
	"errors"
	"strings"
	"testing"
)

// The registration form carries a fingerprint, not a key: it must count like the key, and a wrong one must be found.
func TestFingerprintCountsAsKey(t *testing.T) {
	a := newAuthor(t, "loaxa/XA-01/may-1/1")
	a.sign()
	print, err := Fingerprint(a.vkey)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		print     string
		known, ok bool
	}{
		"as printed":     {print, true, true},
		"without spaces": {strings.ReplaceAll(print, " ", ""), true, true},
		"capitals":       {strings.ToUpper(print), true, true},
		"another":        {strings.Repeat("0000 ", 8), false, false},
	} {
		r, err := Verify(a.m, VerifyOptions{Fingerprints: []string{c.print}})
		if err != nil || r.KeyKnown != c.known || r.OK != c.ok {
			t.Errorf("%s: known %v, ok %v, %v", name, r.KeyKnown, r.OK, err)
		}
	}
	if _, err := Verify(a.m, VerifyOptions{Fingerprints: []string{print[:20]}}); !errors.Is(err, ErrNoKey) {
		t.Errorf("half a fingerprint: %v", err)
	}
}

func TestStrangeCheckpoints(t *testing.T) {
	here := Verdict{Report: Report{Held: []Held{{Status: "extends"}, {Status: "other_log", Origin: "b"}, {Status: "other_log", Origin: "c"}}}}
	there := Verdict{Report: Report{Held: []Held{{Status: "other_log", Origin: "a"}, {Status: "extends"}, {Status: "other_log", Origin: "c"}}}}
	broken := Verdict{Err: errors.New("unreadable")}
	got := StrangeCheckpoints([]Verdict{here, there, broken}, 3)
	if len(got) != 1 || got[0] != (Strange{2, "c"}) {
		t.Errorf("found %v, want only the third", got)
	}
	if got := StrangeCheckpoints([]Verdict{broken}, 1); len(got) != 0 {
		t.Errorf("without a readable log: %v", got)
	}
}

// Who keeps today's checkpoint and asks for the exports of two months must not be told that the first month was cut.
func TestHeldCheckpointIsJudgedByTheExportThatReachesIt(t *testing.T) {
	a := newAuthor(t, "loaxa/XA-01/may-1/1")
	note := a.sign()
	size := a.tree.Size()
	for name, c := range map[string]struct {
		reach  int64
		status string
		ok     bool
	}{"reached by another": {size + 5, "later", true}, "reached by none": {size - 1, "beyond", false}} {
		v := &verification{opts: VerifyOptions{Held: [][]byte{note}, reach: map[string]int64{a.origin: c.reach}}, src: &memory{}, books: newBooks(), clocks: newClocks()}
		looking, err := newWitnesses(v.opts)
		if err != nil {
			t.Fatal(err)
		}
		v.books.looking = looking
		v.rep.FirstBad, v.rep.Origin = -1, a.origin
		v.readHeld()
		if err := v.finish(); err != nil {
			t.Fatal(err)
		}
		if v.rep.Held[0].Status != c.status || (v.rep.FindingAll == 0) != c.ok {
			t.Errorf("%s: %s, %d findings", name, v.rep.Held[0].Status, v.rep.FindingAll)
		}
	}
}
