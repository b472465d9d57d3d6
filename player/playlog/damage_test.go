package playlog

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loaxa/player/playlog/evidence"
)

// A damaged log must never keep the station off the air: it opens a new epoch, says so, cites the anchor and leaves
// the old file as it is.
func TestDamagedFileOpensANewEpoch(t *testing.T) {
	long(t)
	noise := func(n int64) []byte {
		r := rand.New(rand.NewPCG(1, 2))
		out := make([]byte, n)
		for i := range out {
			out[i] = byte(r.Uint32())
		}
		return out
	}
	cut := func(share float64) func(t *testing.T, path string, older []byte) {
		return func(t *testing.T, path string, _ []byte) {
			if err := os.Truncate(path, int64(share*float64(usedBytes(t, path)))); err != nil {
				t.Fatal(err)
			}
		}
	}
	write := func(t *testing.T, path string, b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cases := []struct {
		name, why string
		harm      func(t *testing.T, path string, older []byte)
	}{
		{"deleted", "lost", func(t *testing.T, path string, _ []byte) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}},
		{"empty", "damaged", cut(0)},
		{"one page", "damaged", func(t *testing.T, path string, _ []byte) {
			if err := os.Truncate(path, 4096); err != nil {
				t.Fatal(err)
			}
		}},
		{"odd length", "damaged", func(t *testing.T, path string, _ []byte) {
			if err := os.Truncate(path, 20001); err != nil {
				t.Fatal(err)
			}
		}},
		{"quarter", "damaged", cut(0.25)},
		{"half", "damaged", cut(0.5)},
		{"noise", "damaged", func(t *testing.T, path string, _ []byte) { write(t, path, noise(300000)) }},
		{"noise after the meta pages", "damaged", func(t *testing.T, path string, _ []byte) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			copy(b[8192:], noise(int64(len(b)-8192)))
			write(t, path, b)
		}},
		{"text", "damaged", func(t *testing.T, path string, _ []byte) { write(t, path, []byte("not a database\n")) }},
		{"a folder", "damaged", func(t *testing.T, path string, _ []byte) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}},
		{"rolled back", "rolled_back", func(t *testing.T, path string, older []byte) { write(t, path, older) }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			l := b.open()
			b.day(l, "a", 20)
			b.close(l)
			older, err := os.ReadFile(b.opts.Path)
			if err != nil {
				t.Fatal(err)
			}
			b.opts.MayInit = false
			l = b.open()
			b.day(l, "b", 20)
			cp := l.LatestCheckpoint()
			b.close(l)
			if len(b.ever) != 0 { // the control: without harm nothing is raised
				t.Fatalf("alarms before any harm: %v", b.ever)
			}
			c.harm(t, b.opts.Path, older)
			harmed, readErr := os.ReadFile(b.opts.Path)

			l = b.open()
			if detail, on := b.alarm("LOG-02"); !on || !strings.HasPrefix(detail, c.why) {
				t.Fatalf("LOG-02: %v %q", on, detail)
			}
			e := b.epochRecord(l)
			if e.Epoch != 2 || e.Why != c.why || e.LastCheckpoint != string(cp) {
				t.Fatalf("epoch record %+v", e)
			}
			if readErr == nil {
				kept, err := os.ReadFile(filepath.Join(b.dir, e.SetAside))
				if err != nil || string(kept) != string(harmed) {
					t.Fatalf("the old file was not kept as it was: %v", err)
				}
			}
			b.day(l, "c", 3)
			b.verify(l, evidence.VerifyOptions{Keys: []string{l.PublicKey()}})
			b.close(l)
			l = b.open()
			if l.Epoch() != 2 || b.ever["LOG-02"] != 1 {
				t.Fatalf("opened again: epoch %d, alarms %v", l.Epoch(), b.ever)
			}
		})
	}
}

// Two losses, one right after the other: the number of an epoch is never given twice.
func TestEpochNumbersAreNotReused(t *testing.T) {
	b := newBench(t)
	b.close(b.open())
	for want := int64(2); want <= 4; want++ {
		if err := os.Remove(b.opts.Path); err != nil {
			t.Fatal(err)
		}
		l := b.open()
		if l.Epoch() != want {
			t.Fatalf("epoch %d, want %d", l.Epoch(), want)
		}
		b.close(l)
	}
}

// Whatever bytes are flipped, opening, appending, checking and verifying end with an answer: no panic, no fault, and
// afterwards the station can write. A log that opens as the old epoch either is sound or is found out by Check or Verify.
func TestFlippedBytesNeverKill(t *testing.T) {
	long(t)
	seed := uint64(os.Getpid())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	b := newBench(t)
	b.opts.NoSync = true
	l := b.open()
	for _, day := range []string{"a", "b", "c"} {
		b.day(l, day, 100)
	}
	b.close(l)
	b.opts.MayInit = false
	whole, err := os.ReadFile(b.opts.Path)
	if err != nil {
		t.Fatal(err)
	}
	used := usedBytes(t, b.opts.Path)
	rounds, unseen := 150, 0
	for round := range rounds {
		c := newBench(t)
		c.opts.NoSync, c.opts.MayInit = true, false
		if err := os.CopyFS(c.dir, os.DirFS(b.dir)); err != nil {
			t.Fatal(err)
		}
		bad := append([]byte(nil), whole...)
		if round%3 == 0 { // a whole page of another place
			from, to := r.Int64N(used/4096), r.Int64N(used/4096)
			copy(bad[to*4096:(to+1)*4096], whole[from*4096:(from+1)*4096])
		} else {
			for range 1 + r.IntN(200) {
				bad[r.Int64N(used)] ^= byte(1 + r.IntN(255))
			}
		}
		if err := os.WriteFile(c.opts.Path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		l := c.open()
		c.append(l, evidence.Shutdown{Why: "after damage"})
		old := l.Epoch() == 1
		checkErr := l.Check(context.Background())
		rep, err := evidence.Verify(l.Source(), evidence.VerifyOptions{})
		if !old && (checkErr != nil || err != nil || !rep.OK) {
			t.Fatalf("round %d: the new epoch is not sound: %v, %v, %+v", round, checkErr, err, rep.Findings)
		}
		if old && checkErr == nil && err == nil && rep.OK && string(bad) != string(whole) {
			unseen++ // in free pages, in the unused part of a page, in the older meta page or in a derived index
		}
		c.close(l)
	}
	t.Logf("%d of %d rounds harmed nothing", unseen, rounds)
	if unseen > rounds/2 {
		t.Fatal("most damage goes unnoticed")
	}
}

func usedBytes(t *testing.T, path string) int64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // only read from
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	m, err := readMeta(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return int64(m.high * m.pageSize)
}

// The file vanishes or is cut while the station is on air: the next record goes to a new epoch.
func TestHarmWhileOpen(t *testing.T) {
	for name, harm := range map[string]func(string) error{
		"deleted":   os.Remove,
		"truncated": func(p string) error { return os.Truncate(p, 8192) },
		"noise": func(p string) error {
			f, err := os.OpenFile(p, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			noise := make([]byte, 1<<20)
			rand.NewChaCha8([32]byte{7}).Read(noise) //nolint:errcheck // it never fails
			_, err = f.WriteAt(noise, 0)
			return errors.Join(err, f.Close())
		},
		"replaced": func(p string) error {
			if err := os.Rename(p, p+".x"); err != nil {
				return err
			}
			return os.WriteFile(p, []byte("x"), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			l := b.open()
			b.day(l, "a", 10)
			cp := l.LatestCheckpoint()
			if err := harm(b.opts.Path); err != nil {
				t.Fatal(err)
			}
			b.append(l, evidence.Shutdown{Why: "x"})
			e := b.epochRecord(l)
			if _, on := b.alarm("LOG-02"); !on || e.Epoch != 2 || e.LastCheckpoint != string(cp) {
				t.Fatalf("epoch %+v", e)
			}
			b.verify(l, evidence.VerifyOptions{})
		})
	}
}
