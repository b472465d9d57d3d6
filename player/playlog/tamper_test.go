package playlog

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/tlog"

	"loaxa/player/playlog/evidence"
)

// Root on the box edits a record in the file and makes all hashes fit again: the signed checkpoints still tell.
func TestEditWithFittingHashesIsFound(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 5 {
		b := newBench(t)
		b.opts.NoSync = true
		l := b.open()
		b.day(l, "a", 200)
		cp, key, at := l.LatestCheckpoint(), l.PublicKey(), 2+r.Int64N(l.Size()-2)
		b.close(l)
		rewrite(t, b.opts.Path, at)

		f, err := OpenReadOnly(b.opts.Path)
		if err != nil {
			t.Fatal(err)
		}
		rep, err := evidence.Verify(f.Source(), evidence.VerifyOptions{Keys: []string{key}, Held: [][]byte{cp}})
		if err != nil || rep.OK || rep.FirstBad > at {
			t.Fatalf("record %d: first bad %d, %v, %+v", at, rep.FirstBad, err, rep.Findings)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		// The station itself finds out at once: its newest checkpoint no longer fits the tree.
		l = b.open()
		if _, on := b.alarm("LOG-02"); !on || l.Epoch() != 2 {
			t.Fatal("the station went on with an edited log")
		}
	}
}

// rewrite changes record at and computes every hash anew.
func rewrite(t *testing.T, path string, at int64) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: time.Second, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		rec, hash := tx.Bucket(bucketRecord), tx.Bucket(bucketHash)
		k, _ := rec.Cursor().Last()
		for i := range int64Of(k) + 1 {
			raw := bytes.Clone(rec.Get(key64(i)))
			if i == at {
				raw = bytes.Replace(raw, []byte(`"actor":"station"`), []byte(`"actor":"user:x"`), 1)
				if err := rec.Put(key64(i), raw); err != nil {
					return err
				}
			}
			hs, err := tlog.StoredHashes(i, raw, hashReader(hash))
			if err != nil {
				return err
			}
			for j, h := range hs {
				if err := hash.Put(key64(tlog.StoredHashIndex(0, i)+int64(j)), h[:]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// An edit deep in the log, where opening does not look, is found by the background check.
func TestBackgroundCheckFindsAnEdit(t *testing.T) {
	b := newBench(t)
	b.opts.NoSync = true
	l := b.open()
	b.day(l, "a", 200)
	if err := l.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	err := l.store.db.Update(func(tx *bolt.Tx) error {
		rec := tx.Bucket(bucketRecord)
		return rec.Put(key64(20), bytes.Replace(bytes.Clone(rec.Get(key64(20))), []byte("hardware"), []byte("hardwere"), 1))
	})
	l.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Check(context.Background()); err == nil {
		t.Fatal("the edit was not found")
	}
	if _, on := b.alarm("LOG-03"); !on {
		t.Fatal("no alarm")
	}
}
