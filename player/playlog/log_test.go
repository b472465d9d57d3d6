package playlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/tlog"

	"loaxa/player/playlog/evidence"
)

func TestAppendedRecordsAreThereAfterReopening(t *testing.T) {
	b := newBench(t)
	l := b.open()
	b.day(l, "a", 5)
	size, cp := l.Size(), l.LatestCheckpoint()
	b.close(l)
	b.opts.MayInit = false
	l = b.open()
	if l.Size() != size || l.Epoch() != 1 {
		t.Fatalf("size %d epoch %d, want %d and 1", l.Size(), l.Epoch(), size)
	}
	if !bytes.Equal(l.LatestCheckpoint(), cp) {
		t.Fatal("the checkpoint changed")
	}
	if len(b.ever) != 0 {
		t.Fatalf("alarms: %v", b.ever)
	}
	rep := b.verify(l, evidence.VerifyOptions{Keys: []string{l.PublicKey()}, Held: [][]byte{cp}})
	if !rep.KeyKnown || rep.Held[0].Status != "extends" || rep.Figures.Broadcasts.N != 5 || rep.Figures.Broadcasts.AiredMS != 150000 {
		t.Fatalf("report %+v", rep)
	}
	if err := l.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestOneOutcomeOnly(t *testing.T) {
	b := newBench(t)
	l := b.open()
	b.day(l, "a", 2)
	size := l.Size()
	if _, err := l.Append("station", outcome("a", 1)); !errors.Is(err, ErrDecided) {
		t.Fatalf("a second outcome: %v", err)
	}
	if _, err := l.Append("station", outcome("b", 1), outcome("b", 1)); !errors.Is(err, ErrDecided) {
		t.Fatalf("two outcomes at once: %v", err)
	}
	if l.Size() != size {
		t.Fatal("a refused record was written")
	}
	if !l.Decided("a@1") || l.Decided("b@1") {
		t.Fatal("Decided is wrong")
	}
}

func TestChangesAreReplayedOnce(t *testing.T) {
	b := newBench(t)
	l := b.open()
	c := evidence.Change{Seq: 7, What: "clip", ID: "c1", By: "user:a", Made: evidence.At(start()), Before: []byte("null"), After: []byte(`{"a":1}`)}
	b.append(l, c)
	size := l.Size()
	if ref := b.append(l, c); ref.Index != -1 || l.Size() != size {
		t.Fatal("a change was written twice")
	}
	// A restored state numbers its new changes like lost ones: they must be written all the same.
	c.ID = "c2"
	if ref := b.append(l, c); ref.Index != size {
		t.Fatal("another change with a used number was not written")
	}
}

func TestReading(t *testing.T) {
	b := newBench(t)
	l := b.open()
	b.day(l, "a", 600)
	var due []time.Time
	err := l.Outcomes(start().Add(10*time.Minute), start().Add(500*time.Minute), func(_ evidence.Record, o evidence.OutcomeBody) error {
		due = append(due, o.Due.Time)
		return nil
	})
	if err != nil || len(due) != 490 || !due[0].Equal(start().Add(10*time.Minute)) {
		t.Fatalf("%d outcomes, %v", len(due), err)
	}
	want := l.Size()
	err = l.Backwards(func(idx int64, raw []byte) error {
		if want--; idx != want || len(raw) == 0 {
			return fmt.Errorf("record %d, want %d", idx, want)
		}
		return nil
	})
	if err != nil || want != 0 {
		t.Fatalf("ended at %d: %v", want, err)
	}
	n := 0
	err = l.EachSince(evidence.KindPlan, func(rec evidence.Record, _ evidence.Body) error {
		if n == 0 && rec.Kind != evidence.KindPlan {
			return errors.New("does not begin with the plan")
		}
		if n++; n == 10 {
			return ErrStop
		}
		return nil
	})
	if err != nil || n != 10 {
		t.Fatalf("EachSince: %d records, %v", n, err)
	}
	if idx, raw, ok := l.Last(evidence.KindOutcome); !ok || idx != l.Size()-1 || len(raw) == 0 {
		t.Fatal("Last is wrong")
	}
	if _, _, ok := l.Last(evidence.KindGap); ok {
		t.Fatal("Last found a gap where there is none")
	}
}

func TestProofsHoldAgainstTheCheckpoint(t *testing.T) {
	b := newBench(t)
	l := b.open()
	b.day(l, "a", 20)
	old, err := evidence.OpenCheckpoint(l.LatestCheckpoint(), l.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	b.day(l, "b", 20)
	now, err := evidence.OpenCheckpoint(l.LatestCheckpoint(), l.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	var raw []byte
	if err := l.Read(7, 8, func(_ int64, r []byte) error { raw = r; return nil }); err != nil {
		t.Fatal(err)
	}
	p, err := l.Proof(7, now.Size)
	if err != nil {
		t.Fatal(err)
	}
	if err := tlog.CheckRecord(p, now.Size, now.Root, 7, tlog.RecordHash(raw)); err != nil {
		t.Fatal(err)
	}
	if err := tlog.CheckRecord(p, now.Size, now.Root, 7, tlog.RecordHash(append(raw, ' '))); err == nil {
		t.Fatal("the proof holds for another record")
	}
	c, err := l.Consistency(old.Size, now.Size)
	if err != nil {
		t.Fatal(err)
	}
	if err := tlog.CheckTree(c, now.Size, now.Root, old.Size, old.Root); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Proof(7, now.Size+1); err == nil {
		t.Fatal("a proof beyond the log")
	}
}

func TestManyWritersEachGetTheirOwnIndex(t *testing.T) {
	b := newBench(t)
	l := b.open()
	const writers, each = 8, 25
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[int64]bool{}
	for range writers {
		wg.Go(func() {
			for range each {
				ref, err := l.Append("station", evidence.Shutdown{Why: "x"})
				mu.Lock()
				if err != nil || seen[ref.Index] {
					t.Errorf("index %d twice, or %v", ref.Index, err)
				}
				seen[ref.Index] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if l.Size() != writers*each+1 {
		t.Fatalf("%d records", l.Size())
	}
	b.verify(l, evidence.VerifyOptions{})
}

func TestLockedFileIsToldQuickly(t *testing.T) {
	b := newBench(t)
	l := b.open()
	b.day(l, "a", 1)
	if _, err := OpenReadOnly(b.opts.Path); !errors.Is(err, ErrLocked) {
		t.Fatalf("reading a held log: %v", err)
	}
	if _, err := Open(b.opts); !errors.Is(err, ErrLocked) {
		t.Fatalf("opening a held log: %v", err)
	}
	if len(b.ever) != 0 || l.Size() != 3 {
		t.Fatal("the second opening did harm")
	}
	b.close(l)
	f, err := OpenReadOnly(b.opts.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestSnapshotVerifies(t *testing.T) {
	b := newBench(t)
	l := b.open()
	b.day(l, "a", 30)
	name := filepath.Join(b.dir, "copy.db")
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(l.Snapshot(out), out.Close()); err != nil {
		t.Fatal(err)
	}
	f, err := OpenReadOnly(name)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := evidence.Verify(f.Source(), evidence.VerifyOptions{Keys: []string{l.PublicKey()}, Held: [][]byte{l.LatestCheckpoint()}})
	if err != nil || !rep.OK || rep.Size != l.Size() {
		t.Fatalf("%+v, %v", rep.Findings, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestNewCodeOpensAnEpochWithoutAlarm(t *testing.T) {
	b := newBench(t)
	l := b.open()
	b.day(l, "a", 3)
	cp := l.LatestCheckpoint()
	b.close(l)
	b.opts.StationCode, b.opts.MayInit = "XA-02", false
	l = b.open()
	e := b.epochRecord(l)
	if e.Epoch != 2 || e.Why != "new_code" || e.LastCheckpoint != string(cp) || e.SetAside != "playlog-1.db" || e.Origin != "loaxa/XA-02/may-1/2" {
		t.Fatalf("epoch %+v", e)
	}
	if len(b.ever) != 0 {
		t.Fatalf("alarms: %v", b.ever)
	}
	if l.Decided("a@1") {
		t.Fatal("the old log's outcomes are in the new one")
	}
	files, err := Epochs(b.dir)
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
}

func TestLostKeyOpensAnEpoch(t *testing.T) {
	b := newBench(t)
	l := b.open()
	b.day(l, "a", 3)
	old := l.PublicKey()
	b.close(l)
	if err := os.Remove(b.opts.KeyPath); err != nil {
		t.Fatal(err)
	}
	l = b.open()
	if _, on := b.alarm("LOG-02"); !on || l.Epoch() != 2 || evidence.SameKey(l.PublicKey(), old) {
		t.Fatal("a lost key went unnoticed")
	}
	b.verify(l, evidence.VerifyOptions{})
}

func TestIndexesAreMadeAgain(t *testing.T) {
	b := newBench(t)
	l := b.open()
	b.day(l, "a", 50)
	l.mu.Lock()
	err := l.store.db.Update(func(tx *bolt.Tx) error {
		return errors.Join(tx.DeleteBucket(bucketDecided), tx.DeleteBucket(bucketOutcome))
	})
	l.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	b.close(l)
	l = b.open()
	if !l.Decided("a@49") || l.Epoch() != 1 {
		t.Fatal("the index was not made again")
	}
	if err := l.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestMissingOptionIsNamed(t *testing.T) {
	b := newBench(t)
	b.opts.KeyPath = ""
	if _, err := Open(b.opts); err == nil || err.Error() != "opening log: option KeyPath is missing" {
		t.Fatal(err)
	}
}
