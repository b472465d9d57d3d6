package playlog

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"loaxa/player/playlog/evidence"
)

func sampleProgress(i int) evidence.Progress {
	return evidence.Progress{Broadcast: "p1@2026-03-02T05:00", Item: i, Attempt: 1, Written: 96000, Taken: 72000, Rate: 1.0001}
}

// BenchmarkAppend is one durable record, to be compared with BenchmarkBareTransaction: the price of the tree, the
// encoding and the indexes.
func BenchmarkAppend(b *testing.B) {
	bn := newBench(b)
	l := bn.open()
	for i := 0; b.Loop(); i++ {
		bn.append(l, sampleProgress(i))
	}
}

// BenchmarkAppendOutcome has a checkpoint and its anchor with each record.
func BenchmarkAppendOutcome(b *testing.B) {
	bn := newBench(b)
	l := bn.open()
	for i := 0; b.Loop(); i++ {
		bn.append(l, outcome("a", i))
	}
}

func BenchmarkBareTransaction(b *testing.B) {
	db, err := bolt.Open(filepath.Join(b.TempDir(), "bare.db"), 0o600, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }() // figures only
	bn := newBench(b)
	for i := 0; b.Loop(); i++ {
		raw, err := evidence.Encode(int64(i), "station", bn.stamp(), sampleProgress(i))
		if err != nil {
			b.Fatal(err)
		}
		err = db.Update(func(tx *bolt.Tx) error {
			bk, err := tx.CreateBucketIfNotExists(bucketRecord)
			if err != nil {
				return err
			}
			bk.FillPercent = 1
			return bk.Put(key64(int64(i)), raw)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// bigLog is a log of n records with a checkpoint after every 100.
func bigLog(b *testing.B, n int) (*bench, *Log) {
	bn := newBench(b)
	bn.opts.NoSync = true
	l := bn.open()
	for i := 0; i < n; i += 100 {
		bodies := make([]evidence.Body, 0, 100)
		for j := range 99 {
			bodies = append(bodies, sampleProgress(j))
		}
		bodies = append(bodies, evidence.OutcomeBody{Broadcast: fmt.Sprint("rehearsal:", i), Why: "rehearsal", Outcome: evidence.Full, Output: "virtual"})
		bn.append(l, bodies...)
	}
	return bn, l
}

func BenchmarkVerify100k(b *testing.B) {
	bn, l := bigLog(b, 100000)
	for b.Loop() {
		bn.verify(l, evidence.VerifyOptions{})
	}
}

func BenchmarkOpen100k(b *testing.B) {
	bn, l := bigLog(b, 100000)
	for b.Loop() {
		bn.close(l)
		l = bn.open()
	}
}

func BenchmarkCheck100k(b *testing.B) {
	_, l := bigLog(b, 100000)
	for b.Loop() {
		if err := l.Check(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOutcomesOfADay(b *testing.B) {
	bn := newBench(b)
	bn.opts.NoSync = true
	l := bn.open()
	for i := range 1000 {
		bn.append(l, outcome("a", i))
	}
	for b.Loop() {
		n := 0
		if err := l.Outcomes(start(), start().Add(20*time.Minute), func(evidence.Record, evidence.OutcomeBody) error { n++; return nil }); err != nil || n != 20 {
			b.Fatal(n, err)
		}
	}
}
