package playlog

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"loaxa/player/playlog/evidence"
)

// index enters one record in the derived buckets, except change, which only its writer needs.
func index(tx *bolt.Tx, idx int64, kind evidence.Kind, st evidence.Stamp, data []byte) error {
	if err := tx.Bucket(bucketLast).Put([]byte(kind), key64(idx)); err != nil {
		return fmt.Errorf("indexing record %d: %w", idx, err)
	}
	switch kind {
	case evidence.KindKey:
		return indexKey(tx, idx, data)
	case evidence.KindOutcome:
	default:
		return nil
	}
	var o evidence.OutcomeBody
	if err := json.Unmarshal(data, &o); err != nil {
		return fmt.Errorf("indexing record %d: %w", idx, err)
	}
	if err := tx.Bucket(bucketDecided).Put(decidedKey(o.Broadcast), key64(idx)); err != nil {
		return fmt.Errorf("indexing record %d: %w", idx, err)
	}
	due := o.Due.Time
	if due.IsZero() {
		due = st.Wall.Time // an emergency has no due time of its own
	}
	if err := tx.Bucket(bucketOutcome).Put(outcomeKey(due, idx), packBrief(o)); err != nil {
		return fmt.Errorf("indexing record %d: %w", idx, err)
	}
	return nil
}

func indexKey(tx *bolt.Tx, idx int64, data []byte) error {
	var k evidence.Key
	if err := json.Unmarshal(data, &k); err != nil {
		return fmt.Errorf("indexing record %d: %w", idx, err)
	}
	if err := tx.Bucket(bucketKey).Put(key64(idx), []byte(k.PublicKey)); err != nil {
		return fmt.Errorf("indexing record %d: %w", idx, err)
	}
	return nil
}

// decidedKey bounds the key's length: bbolt takes at most 32 KB.
func decidedKey(broadcast string) []byte {
	sum := sha256.Sum256([]byte(broadcast))
	return sum[:16]
}

// outcomeKey sorts by due time, then by index; times before 1970 count as 1970.
func outcomeKey(due time.Time, idx int64) []byte {
	return append(key64(max(0, due.UnixMilli())), key64(idx)...)
}

// reindex makes the derived buckets again when one is missing or not up to date.
func (s *store) reindex() error {
	current, keys := false, false
	err := s.db.View(func(tx *bolt.Tx) error {
		keys = tx.Bucket(bucketKey) != nil && s.keysIndexed(tx)
		for _, name := range derived() {
			if bytes.Equal(name, bucketKey) {
				continue // it came later than the others, and is made by itself
			}
			if tx.Bucket(name) == nil {
				return nil
			}
		}
		rec, err := evidence.Decode(tx.Bucket(bucketRecord).Get(key64(s.size - 1)))
		if err != nil {
			return damaged("%v", err)
		}
		v := tx.Bucket(bucketLast).Get([]byte(rec.Kind))
		current = len(v) == 8 && int64Of(v) == s.size-1
		return nil
	})
	if err != nil || current && keys {
		return err
	}
	if current {
		return s.db.Update(s.indexKeys)
	}
	return s.db.Update(func(tx *bolt.Tx) error {
		for _, name := range derived() {
			if tx.Bucket(name) != nil {
				if err := tx.DeleteBucket(name); err != nil {
					return fmt.Errorf("clearing index %s: %w", name, err)
				}
			}
			if _, err := tx.CreateBucket(name); err != nil {
				return fmt.Errorf("making index %s: %w", name, err)
			}
		}
		return tx.Bucket(bucketRecord).ForEach(func(_, raw []byte) error {
			rec, err := evidence.Decode(raw)
			if err != nil {
				return damaged("%v", err)
			}
			if rec.Kind == evidence.KindChange {
				var c evidence.Change
				if err := json.Unmarshal(rec.Data, &c); err != nil {
					return damaged("%v", err)
				}
				sum := sha256.Sum256(rec.Data)
				if err := tx.Bucket(bucketChange).Put(key64(c.Seq), sum[:]); err != nil {
					return fmt.Errorf("indexing record %d: %w", rec.Idx, err)
				}
			}
			return index(tx, rec.Idx, rec.Kind, rec.Stamp, rec.Data)
		})
	})
}

func derived() [][]byte {
	return [][]byte{bucketDecided, bucketOutcome, bucketLast, bucketChange, bucketKey}
}
