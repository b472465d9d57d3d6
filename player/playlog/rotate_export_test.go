package playlog

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"loaxa/player/playlog/evidence"
)

// A change whose checkpoint by the old key is missing, or is another, does not verify: as a file and as an export.
func TestChangeWithoutTheOldKeysSignature(t *testing.T) {
	b := newBench(t)
	l := b.open()
	from := b.stamp().Wall.Time
	b.day(l, "a", 2)
	b.rotate(l)
	at := l.Size()
	b.day(l, "b", 2)
	newest := l.LatestCheckpoint()
	until := b.stamp().Wall.Time
	b.close(l)
	for name, harm := range map[string]func(cps *bolt.Bucket) error{
		"nothing": func(*bolt.Bucket) error { return nil },
		"missing": func(cps *bolt.Bucket) error { return cps.Delete(key64(at)) },
		"another": func(cps *bolt.Bucket) error { return cps.Put(key64(at), newest) },
	} {
		path := filepath.Join(t.TempDir(), "copy.db")
		whole, err := os.ReadFile(b.opts.Path)
		if err == nil {
			err = os.WriteFile(path, whole, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		tamper(t, path, func(tx *bolt.Tx) error { return harm(tx.Bucket(bucketCheckpoint)) })
		f, err := OpenReadOnly(path)
		if err != nil {
			t.Fatal(err)
		}
		rep := verifyExport(t, f.Source(), evidence.VerifyOptions{})
		if rep.OK != (name == "nothing") || (!rep.OK && rep.Findings[0].Code != "key") {
			t.Errorf("%s: file %+v", name, rep.Findings)
		}
		var out bytes.Buffer
		if _, err := f.Export(t.Context(), &out, Period{from, until}); err != nil {
			t.Fatal(err)
		}
		if holds(out.Bytes(), nil) != (name == "nothing") {
			t.Errorf("%s: the export verifies: %v", name, name != "nothing")
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Exports that end before a change of key, span it, begin with it or after it: each is checked by the keys that a person
// may hold.
func TestExportsAroundAChangeOfKey(t *testing.T) {
	b := newBench(t)
	l := b.open()
	k0 := l.PublicKey()
	t0 := b.stamp().Wall.Time
	b.day(l, "a", 2)
	t1 := b.stamp().Wall.Time
	k1 := b.rotate(l)
	handover := l.LatestCheckpoint()
	change := l.Size() - 1
	b.day(l, "b", 2) // begins with a plan, right after the change
	t2 := b.stamp().Wall.Time
	b.day(l, "bb", 1)
	t4 := b.stamp().Wall.Time
	k2 := b.rotate(l)
	b.day(l, "c", 2)
	t3 := b.stamp().Wall.Time
	for _, c := range []struct {
		name     string
		from, to time.Time
		key      string // in force at its first record
		changes  int    // of key, on the page for people; the last of them may be signed by checkpoint.txt
		known    string // which of the three keys make it known
		held     []byte
	}{
		{"all", t0, t3, k0, 2, "012", handover},
		{"over the first change", t0, t2, k0, 1, "01", handover},
		{"over the second change", t1.Add(1500 * time.Millisecond), t3, k1, 1, "12", handover},
		{"after both", t4.Add(1500 * time.Millisecond), t3, k2, 0, "2", nil},
	} {
		file := b.exported(l, c.from, c.to)
		e := openExport(t, file)
		if m := e.Manifest(); m.PublicKey != c.key || len(m.Handovers) > c.changes || len(m.Handovers) < c.changes-1 {
			t.Errorf("%s: from record %d, %d handovers, key %s", c.name, m.First, len(m.Handovers), m.PublicKey)
		}
		page := string(unzip(t, file)[evidence.ExportContents])
		if n := strings.Count(page, "Khóa được đổi ở dòng số"); n != c.changes {
			t.Errorf("%s: the page for people tells of %d changes:\n%s", c.name, n, page)
		}
		for i, k := range []string{k0, k1, k2} {
			o := evidence.VerifyOptions{Keys: []string{k}}
			if c.held != nil {
				o.Held = [][]byte{c.held}
			}
			rep := verifyExport(t, e, o)
			want := strings.Contains(c.known, strconv.Itoa(i))
			if rep.KeyKnown != want || rep.OK != want {
				t.Errorf("%s, key %d: known %v, %+v", c.name, i, rep.KeyKnown, rep.Findings)
			}
			for _, h := range rep.Held {
				if h.Status != "extends" && !(h.Status == "before" && h.Size < e.Manifest().First) {
					t.Errorf("%s: the held change is %+v, the export begins at %d", c.name, h, e.Manifest().First)
				}
			}
		}
	}
	// The export whose first record follows the change at once: what is held of the change still compares.
	e := openExport(t, b.exported(l, t1.Add(1500*time.Millisecond), t2))
	if e.Manifest().First != change+1 {
		t.Fatalf("the export begins at %d, the change is %d", e.Manifest().First, change)
	}
	if rep := verifyExport(t, e, evidence.VerifyOptions{Keys: []string{k1}, Held: [][]byte{handover}}); !rep.OK || rep.Held[0].Status != "extends" {
		t.Errorf("%+v %+v", rep.Held, rep.Findings)
	}
}
