package playlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	bolt "go.etcd.io/bbolt"

	"loaxa/player/playlog/evidence"
)

func TestSingleProof(t *testing.T) {
	bn := newBench(t)
	l := bn.open()
	bn.day(l, "a", 5)
	ref := bn.append(l, sampleProgress(1)) // no checkpoint covers it yet
	for _, index := range []int64{0, 3, ref.Index} {
		s, err := l.Single(t.Context(), index)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := evidence.ParseSingle(s.Marshal())
		if err != nil {
			t.Fatal(err)
		}
		rep, err := evidence.VerifySingle(parsed, evidence.VerifyOptions{Keys: []string{l.PublicKey()}})
		if err != nil || !rep.OK {
			t.Errorf("record %d: %+v, %v", index, rep.Findings, err)
		}
	}
	for _, index := range []int64{-1, ref.Index + 1} {
		if _, err := l.Single(t.Context(), index); !errors.Is(err, ErrNoRecords) {
			t.Errorf("record %d: %v", index, err)
		}
	}
	if size := l.Size(); size != ref.Index+1 {
		t.Errorf("proving wrote records: %d", size)
	}
}

// A proof that would not verify is not handed out.
func TestSingleProofOfDamagedLog(t *testing.T) {
	bn := newBench(t)
	l := bn.open()
	bn.day(l, "a", 5)
	err := l.store.db.Update(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketRecord).Put(key64(3), []byte(`{"v":1}`))
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Single(t.Context(), 2); err != nil {
		t.Errorf("control: %v", err)
	}
	if _, err := l.Single(t.Context(), 3); !errors.Is(err, errDamaged) {
		t.Errorf("a changed record: %v", err)
	}
}

// BenchmarkSingleProof makes the proof of one record in a log of 100,000, writes it down, reads it and checks it.
func BenchmarkSingleProof(b *testing.B) {
	_, l := bigLog(b, 100000)
	key := l.PublicKey()
	size := l.Size()
	for i := int64(0); b.Loop(); i++ {
		s, err := l.Single(context.Background(), i*7919%size)
		if err != nil {
			b.Fatal(err)
		}
		parsed, err := evidence.ParseSingle(s.Marshal())
		if err != nil {
			b.Fatal(err)
		}
		rep, err := evidence.VerifySingle(parsed, evidence.VerifyOptions{Keys: []string{key}})
		if err != nil || !rep.OK {
			b.Fatal(rep.Findings, err)
		}
	}
}

// What is kept of a real log file is its newest checkpoint, although the file is asked for each only once.
func TestKeptOfALogFile(t *testing.T) {
	bn := newBench(t)
	l := bn.open()
	bn.day(l, "a", 5)
	var k evidence.Kept
	keep := func(src evidence.Source) bool {
		v := []evidence.Verdict{evidence.VerifySource("log", src, evidence.VerifyOptions{Kept: &k})}
		next := k.Apply(v)
		if v[0].Holds() {
			k = next
		}
		return v[0].Holds()
	}
	kept := func() string {
		b, err := k.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if !keep(l.Source()) || !bytes.Contains([]byte(kept()), fmt.Appendf(nil, `\n%d\n`, l.Size())) {
		t.Fatalf("kept %s of %d records", kept(), l.Size())
	}
	older, before := l.Source(), kept()
	bn.append(l, sampleProgress(1))
	if _, err := l.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !keep(l.Source()) || kept() == before {
		t.Errorf("a longer log: kept %s", kept())
	}
	before = kept()
	if keep(older) || kept() != before {
		t.Errorf("a shorter log: kept %s", kept())
	}
}
