package playlog

import (
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"loaxa/player/playlog/evidence"
)

// briefs are those of all time.
func briefs(t *testing.T, l *Log) []Brief {
	t.Helper()
	var out []Brief
	if err := l.Briefs(time.Unix(0, 0), start().AddDate(10, 0, 0), func(b Brief) error {
		out = append(out, b)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// The diary counts by briefs what the proof counts by records: they must say the same, also where an earlier version of
// the program wrote the index.
func TestBriefsSayWhatTheRecordsSay(t *testing.T) {
	b := newBench(t)
	l := b.open()
	words := []evidence.Outcome{evidence.Full, evidence.Late, evidence.Partial, evidence.Preempted, evidence.Missed, evidence.Skipped, evidence.Cancelled}
	outputs := []evidence.Output{evidence.Hardware, evidence.Unproven, evidence.Virtual, ""}
	for i, w := range words {
		o := outcome("a", i)
		o.Outcome, o.Output, o.AiredMS, o.Programme = w, string(outputs[i%len(outputs)]), int64(i)*1000, "chương trình"
		b.append(l, o)
	}
	check := func(when string) {
		t.Helper()
		got := briefs(t, l)
		if len(got) != len(words) {
			t.Fatalf("%s: %d briefs of %d outcomes", when, len(got), len(words))
		}
		i := 0
		err := l.Outcomes(time.Unix(0, 0), start().AddDate(10, 0, 0), func(r evidence.Record, o evidence.OutcomeBody) error {
			want := Brief{Idx: r.Idx, Due: got[i].Due, Outcome: o.Outcome, Output: evidence.Output(o.Output), Why: o.Why, Programme: o.Programme,
				AiredMS: o.AiredMS, PlannedMS: o.PlannedMS}
			if got[i] != want || !got[i].Due.Equal(o.Due.Time) {
				t.Errorf("%s: the brief says %+v, the record %+v", when, got[i], o)
			}
			i++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	check("as written")
	idx, ok := l.OutcomeOf("a@3")
	if _, none := l.OutcomeOf("a@99"); !ok || none || idx < 1 {
		t.Errorf("the outcome of a@3 stands at %d, %v; a@99 has one: %v", idx, ok, none)
	}
	l.mu.Lock()
	err := l.store.db.Update(func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketOutcome)
		var keys [][]byte
		if err := c.ForEach(func(k, _ []byte) error { keys = append(keys, append([]byte{}, k...)); return nil }); err != nil {
			return err
		}
		for _, k := range keys {
			if err := c.Put(k, []byte{}); err != nil {
				return err
			}
		}
		return nil
	})
	l.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	check("from an index without briefs")
}
