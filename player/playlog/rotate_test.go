package playlog

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"

	"loaxa/player/playlog/evidence"
)

func (b *bench) rotate(l *Log) string {
	b.t.Helper()
	v, err := l.RotateKey(b.t.Context(), "user:a", "yearly")
	if err != nil {
		b.t.Fatal(err)
	}
	if v != l.PublicKey() {
		b.t.Fatalf("the key is %s, RotateKey said %s", l.PublicKey(), v)
	}
	return v
}

// oneKey demands that the key in its place is the log's, and that no other lies about.
func (b *bench) oneKey(l *Log) {
	b.t.Helper()
	k, err := readKey(b.opts.KeyPath)
	if err != nil || k.named(l.Origin()) != l.PublicKey() {
		b.t.Fatalf("the key file does not hold the log's key: %v", err)
	}
	if _, err := os.Lstat(b.opts.nextKey()); err == nil {
		b.t.Fatal("a second key is left")
	}
}

// tamper changes the database behind the log's back.
func tamper(t *testing.T, path string, fn func(tx *bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: time.Second})
	if err == nil {
		err = errors.Join(db.Update(fn), db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A log that changed its key three times is one log: any of its keys is known to the verifier, every checkpoint that was
// ever held still counts, also over an interrupted index, and a new epoch goes on with the newest key.
func TestLogGoesOnUnderANewKey(t *testing.T) {
	b := newBench(t)
	l := b.open()
	keys := []string{l.PublicKey()}
	held := [][]byte{l.LatestCheckpoint()}
	early, err := os.ReadFile(b.opts.Path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		b.day(l, fmt.Sprint("d", i), 3)
		held = append(held, l.LatestCheckpoint())
		keys = append(keys, b.rotate(l))
		held = append(held, l.LatestCheckpoint())
		b.oneKey(l)
		if info, err := os.Stat(b.opts.KeyPath); err != nil || info.Mode().Perm() != 0o600 {
			b.t.Fatalf("the key file may be read by others: %v", err)
		}
		if _, err := evidence.OpenCheckpoint(l.LatestCheckpoint(), keys[i]); err != nil {
			t.Fatalf("the change is not signed by the old key: %v", err)
		}
	}
	b.day(l, "last", 3)
	held = append(held, l.LatestCheckpoint())
	if _, err := evidence.OpenCheckpoint(l.LatestCheckpoint(), keys[3]); err != nil {
		t.Fatalf("the new key does not sign: %v", err)
	}
	size := l.Size()
	sound := func(l *Log) {
		t.Helper()
		if l.Epoch() != 1 || l.Size() != size || l.PublicKey() != keys[3] || len(b.ever) != 0 {
			t.Fatalf("epoch %d, %d records, alarms %v", l.Epoch(), l.Size(), b.ever)
		}
		if err := l.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			rep := b.verify(l, evidence.VerifyOptions{Keys: []string{k}, Held: held})
			for _, h := range rep.Held {
				if h.Status != "extends" {
					t.Fatalf("held checkpoint over %d: %s", h.Size, h.Status)
				}
			}
			if !rep.KeyKnown {
				t.Fatal("a key of the log is not known")
			}
		}
	}
	sound(l)
	b.opts.MayInit = false
	for name, harm := range map[string]func(tx *bolt.Tx) error{
		"nothing":                               func(*bolt.Tx) error { return nil },
		"no index of keys, as in an older file": func(tx *bolt.Tx) error { return tx.DeleteBucket(bucketKey) },
		"a key missing in the index": func(tx *bolt.Tx) error {
			c := tx.Bucket(bucketKey).Cursor()
			if k, _ := c.Last(); k == nil {
				return errors.New("the index is empty")
			}
			return c.Delete()
		},
		"another key in the index": func(tx *bolt.Tx) error {
			k, _ := tx.Bucket(bucketKey).Cursor().First()
			return tx.Bucket(bucketKey).Put(bytes.Clone(k), []byte(keys[0]))
		},
		"no index at all": func(tx *bolt.Tx) error {
			return errors.Join(tx.DeleteBucket(bucketKey), tx.DeleteBucket(bucketLast))
		},
	} {
		b.close(l)
		tamper(t, b.opts.Path, harm)
		l = b.open()
		t.Log(name)
		sound(l)
		if err := l.view(func(s *store) error {
			return s.db.View(func(tx *bolt.Tx) error {
				if !s.keysIndexed(tx) || len(s.keys) != 4 {
					return errors.New("the index of keys was not made again")
				}
				return nil
			})
		}); err != nil {
			t.Fatal(err)
		}
	}
	for _, body := range []evidence.Body{evidence.Key{PublicKey: keys[0]}, evidence.Epoch{}} {
		if _, err := l.Append("station", body); err == nil || errors.Is(err, ErrQueued) {
			t.Fatalf("a %s record was taken from a caller: %v", body.Kind(), err)
		}
	}
	b.close(l)

	// A file from before the changes is older than its anchor, though it knows nothing of the key that signed that.
	if err := os.WriteFile(b.opts.Path, early, 0o600); err != nil {
		t.Fatal(err)
	}
	l = b.open()
	e := b.epochRecord(l)
	if e.Why != "rolled_back" || e.LastCheckpoint != string(held[len(held)-1]) || !evidence.SameKey(e.PublicKey, keys[3]) {
		t.Fatalf("epoch record %+v", e)
	}
	b.day(l, "anew", 1)
	b.rotate(l)
	b.day(l, "anew2", 1)
	b.verify(l, evidence.VerifyOptions{Keys: keys[3:]})
}

// The power fails between any two steps of a change, and inside them: opened again, the log verifies, has one key, and
// has lost nothing; the change was made or it was not.
func TestChangeOfKeyCutAnywhere(t *testing.T) {
	anchor := func(b *bench) string { return anchorName(b.opts.AnchorDir, 1) }
	restore := func(t *testing.T, path string, b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name    string
		steps   int
		changed bool
		harm    func(t *testing.T, b *bench, before []byte) // before: the anchor from before the change
		lost    bool
	}{
		{name: "before it began"},
		{name: "half a key", harm: func(t *testing.T, b *bench, _ []byte) { restore(t, b.opts.nextKey(), []byte("PRIVATE+KEY+loa")) }},
		{name: "key staged", steps: 1},
		{name: "recorded", steps: 2, changed: true},
		{name: "recorded, the old key gone", steps: 2, lost: true, harm: func(t *testing.T, b *bench, _ []byte) {
			if err := os.Remove(b.opts.KeyPath); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "handed over", steps: 3, changed: true},
		{name: "handed over, anchor not written", steps: 3, changed: true, harm: func(t *testing.T, b *bench, before []byte) { restore(t, anchor(b), before) }},
		{name: "handed over, the old key gone", steps: 3, changed: true, harm: func(t *testing.T, b *bench, _ []byte) {
			if err := os.Remove(b.opts.KeyPath); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "installed", steps: 4, changed: true},
		{name: "installed, anchor not written", steps: 4, changed: true, harm: func(t *testing.T, b *bench, before []byte) { restore(t, anchor(b), before) }},
		{name: "installed, another key left over", steps: 4, changed: true, harm: func(t *testing.T, b *bench, _ []byte) {
			if _, err := stageKey(b.opts.nextKey(), true); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.opts.NoSync = true // the copy is taken from the page cache
			l := b.open()
			b.day(l, "a", 3)
			b.rotate(l) // so that the key before the change is not the epoch's
			b.day(l, "b", 1)
			old, held, size := l.PublicKey(), l.LatestCheckpoint(), l.Size()
			before, err := os.ReadFile(anchor(b))
			if err != nil {
				t.Fatal(err)
			}
			r := &rotation{log: l, actor: "user:a", why: "yearly"}
			l.mu.Lock()
			for _, step := range r.steps()[:c.steps] {
				if err := step(); err != nil {
					t.Fatal(err)
				}
			}
			l.mu.Unlock()
			after := newBench(t) // what lies on the disk now is all that a power cut leaves
			if err := os.CopyFS(after.dir, os.DirFS(b.dir)); err != nil {
				t.Fatal(err)
			}
			b.close(l)
			after.opts.MayInit, after.opts.NoSync = false, true
			if c.harm != nil {
				c.harm(t, after, before)
			}
			l = after.open()
			if c.lost {
				if e := after.epochRecord(l); e.Why != "key_lost" {
					t.Fatalf("the log went on without its key: %+v", e)
				}
				return
			}
			if len(after.ever) != 0 || l.Epoch() != 1 {
				t.Fatalf("epoch %d, alarms %v", l.Epoch(), after.ever)
			}
			want := old
			if c.changed {
				want, size = r.vkey, size+1
			}
			if l.PublicKey() != want || l.Size() != size {
				t.Fatalf("%d records under %s, want %d under %s", l.Size(), l.PublicKey(), size, want)
			}
			after.oneKey(l)
			after.verify(l, evidence.VerifyOptions{Keys: []string{old}, Held: [][]byte{held, l.LatestCheckpoint()}})
			after.day(l, "c", 2)
			after.rotate(l)
			after.day(l, "d", 2)
			after.close(l)
			l = after.open()
			after.oneKey(l)
			after.verify(l, evidence.VerifyOptions{Keys: []string{old}, Held: [][]byte{held}})
			if len(after.ever) != 0 {
				t.Fatalf("alarms %v", after.ever)
			}
		})
	}
}

// A change of key that cannot be made leaves everything as it was.
func TestChangeOfKeyIsRefused(t *testing.T) {
	b := newBench(t)
	b.close(b.open())
	b.opts.MayInit = false
	var broken bool
	b.opts.OpenFile = func(name string, flag int, mode os.FileMode) (*os.File, error) {
		if broken {
			return nil, &os.PathError{Op: "open", Path: name, Err: unix.EIO}
		}
		return os.OpenFile(name, flag, mode)
	}
	broken = true
	l := b.open()
	if _, err := l.Append("station", evidence.Boot{Version: "1"}); !errors.Is(err, ErrQueued) {
		t.Fatal(err)
	}
	refused := func(what string) {
		t.Helper()
		if _, err := l.RotateKey(t.Context(), "user:a", "yearly"); err == nil {
			t.Fatalf("%s: the key was changed", what)
		}
	}
	refused("a disk that fails")
	if _, err := os.Lstat(b.opts.nextKey()); err == nil {
		t.Fatal("a key is left")
	}
	broken = false
	b.append(l, evidence.Shutdown{Why: "x"})
	old, size := l.PublicKey(), l.Size()
	if err := os.MkdirAll(filepath.Join(b.opts.nextKey(), "in the way"), 0o700); err != nil {
		t.Fatal(err)
	}
	refused("no place for the new key")
	if l.PublicKey() != old || l.Size() != size {
		t.Fatal("something was changed")
	}
	if err := os.RemoveAll(b.opts.nextKey()); err != nil {
		t.Fatal(err)
	}
	b.rotate(l) // control: now it can be
	b.oneKey(l)
	b.close(l)
	refused("a closed log")
	l = b.open()
	b.verify(l, evidence.VerifyOptions{Keys: []string{old}})
}

// The new key cannot take the old one's place: it signs from where it lies, an alarm says so, and the next opening puts
// it there.
func TestNewKeyThatCannotBeInstalled(t *testing.T) {
	b := newBench(t)
	l := b.open()
	b.opts.MayInit = false
	old := l.PublicKey()
	obstacle := filepath.Join(b.opts.KeyPath, "in the way")
	if err := os.Remove(b.opts.KeyPath); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(obstacle, 0o700); err != nil {
		t.Fatal(err)
	}
	k := b.rotate(l)
	if _, on := b.alarm("LOG-01"); !on {
		t.Fatal("no alarm")
	}
	b.day(l, "a", 2)
	b.close(l)
	l = b.open()
	b.day(l, "b", 2)
	if l.Epoch() != 1 || l.PublicKey() != k {
		t.Fatal("the key was lost")
	}
	if _, err := l.RotateKey(t.Context(), "user:a", "again"); err == nil {
		t.Fatal("a change on top of one that is not finished")
	}
	if err := os.RemoveAll(b.opts.KeyPath); err != nil {
		t.Fatal(err)
	}
	b.rotate(l)
	b.day(l, "c", 2)
	b.oneKey(l)
	b.verify(l, evidence.VerifyOptions{Keys: []string{old}})
}
