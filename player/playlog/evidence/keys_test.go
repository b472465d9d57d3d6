package evidence

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// rotate changes the key as a station does, and returns the checkpoint with which the old key signs the change.
func (a *author) rotate() []byte {
	a.t.Helper()
	old := a.signer
	a.newKey()
	a.add(Key{PublicKey: a.vkey, Why: "yearly"})
	fresh := a.signer
	a.signer = old
	handover := a.sign()
	a.signer = fresh
	return handover
}

// rotated is a log under three keys; held are all its checkpoints.
func rotated(t *testing.T) (a *author, keys []string, held [][]byte) {
	a = newAuthor(t, "loaxa/XA-01/may-1/1")
	keys = append(keys, a.vkey)
	held = append(held, a.sign())
	for i := range 2 {
		a.add(Operator{What: "visit", Object: fmt.Sprint(i)})
		held = append(held, a.sign(), a.rotate())
		keys = append(keys, a.vkey)
		if i == 0 { // the second change follows the first at once
			continue
		}
		a.add(Operator{What: "visit"})
		held = append(held, a.sign())
	}
	return a, keys, held
}

func TestKeyIsKnownThroughItsChanges(t *testing.T) {
	a, keys, held := rotated(t)
	for i, k := range keys {
		print, err := Fingerprint(k)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range []VerifyOptions{{Keys: []string{k}, Held: held}, {Fingerprints: []string{print}, Held: held}} {
			// Nothing but the change itself stands between the second key and the third: it signed that change only.
			rep := verified(t, a.m, o)
			if !rep.OK || !rep.KeyKnown || rep.PublicKey != keys[0] {
				t.Fatalf("key %d: %+v", i, rep)
			}
			for _, h := range rep.Held {
				if h.Status != "extends" || h.Detail != "" {
					t.Errorf("held checkpoint over %d records: %s %s", h.Size, h.Status, h.Detail)
				}
			}
			if i > 0 && !strings.Contains(fmt.Sprint(rep.Statements), "Dấu vân tay của khóa mới: "+print) {
				t.Errorf("the change to key %d is not spoken of: %v", i, rep.Statements)
			}
		}
	}
	stranger := newAuthor(t, "loaxa/XA-01/may-1/1").vkey
	if rep := verified(t, a.m, VerifyOptions{Keys: []string{stranger}}); rep.OK || rep.KeyKnown || rep.Findings[0].Code != "key" {
		t.Fatalf("control: a stranger's key passes: %+v", rep)
	}
}

// What a thief of the old key signs after the change is not the log's, and a key that is only named vouches for nothing.
func TestOldKeySignsNoMore(t *testing.T) {
	a := newAuthor(t, "loaxa/XA-01/may-1/1")
	old := a.signer
	a.rotate()
	a.add(Operator{What: "visit"})
	fresh := a.signer
	a.signer = old
	forged := a.sign()
	a.signer = fresh
	a.sign()
	if rep := verified(t, a.m, VerifyOptions{Held: [][]byte{a.m.notes[a.tree.Size()]}}); !rep.OK {
		t.Fatalf("control: %+v", rep.Findings)
	}
	if rep := verified(t, a.m, VerifyOptions{Held: [][]byte{forged}}); rep.OK || rep.Held[0].Status != "contradicts" {
		t.Fatalf("the old key still counts: %+v", rep.Held)
	}

	thief, victim := newAuthor(t, "loaxa/XA-01/may-1/1"), newAuthor(t, "loaxa/XA-01/may-1/1")
	own := thief.vkey
	thief.add(Key{PublicKey: victim.vkey})
	thief.sign()
	thief.add(Operator{What: "lie"})
	if rep := verified(t, thief.m, VerifyOptions{Keys: []string{own}}); !rep.OK {
		t.Fatalf("control: %+v", rep.Findings)
	}
	if rep := verified(t, thief.m, VerifyOptions{Keys: []string{victim.vkey}}); rep.OK || rep.KeyKnown {
		t.Fatal("a log passes by naming somebody's key")
	}
}

// A change that the old key did not sign is found: the checkpoint is missing, by the new key, by a third one, or over
// other records.
func TestUnsignedChangeIsFound(t *testing.T) {
	for name, harm := range map[string]func(m *memory, at int64, last []byte){
		"nothing": nil,
		"missing": func(m *memory, at int64, _ []byte) { delete(m.notes, at) },
		"another": func(m *memory, at int64, last []byte) { m.notes[at] = last },
	} {
		a, keys, _ := rotated(t)
		for size := range a.m.notes {
			if size < 2 || !strings.Contains(string(a.m.raws[size-1]), `"kind":"key"`) {
				continue
			}
			m := a.m.clone()
			if harm != nil {
				harm(m, size, a.m.notes[a.tree.Size()])
			}
			rep := verified(t, m, VerifyOptions{Keys: keys[:1]})
			found := slices.ContainsFunc(rep.Findings, func(f Finding) bool { return f.Code == "key" && f.From == size-1 })
			if found != (harm != nil) || rep.OK != (harm == nil) {
				t.Errorf("%s at %d: %+v", name, size, rep.Findings)
			}
		}
	}
	a := newAuthor(t, "loaxa/XA-01/may-1/1")
	a.sign()
	third := newAuthor(t, "loaxa/XA-01/may-1/1").signer
	a.newKey()
	a.add(Key{PublicKey: a.vkey})
	fresh := a.signer
	a.signer = third
	a.sign()
	a.signer = fresh
	a.add(Operator{})
	a.sign()
	if rep := verified(t, a.m, VerifyOptions{}); rep.OK || rep.Findings[0].Code != "key" {
		t.Errorf("a third key's signature passes: %+v", rep.Findings)
	}
}

// A log of nothing but changes of key does not make its report grow.
func TestManyChangesAreCounted(t *testing.T) {
	a := newAuthor(t, "loaxa/XA-01/may-1/1")
	for range maxChanges + 5 {
		a.rotate()
	}
	rep := verified(t, a.m, VerifyOptions{})
	if !rep.OK || !strings.Contains(fmt.Sprint(rep.Statements), "5 more times") || len(rep.Statements) > maxChanges+10 {
		t.Fatalf("%+v", rep)
	}
}
