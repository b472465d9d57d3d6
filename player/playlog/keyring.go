package playlog

import (
	"bytes"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"loaxa/player/playlog/evidence"
)

// namedKey is a verifier key and the record that names it: the epoch's own, or that of a change.
type namedKey struct {
	idx  int64
	vkey string
}

// keyring are the keys of one log, by record; the epoch's key comes first.
type keyring []namedKey

// at is the key that signs the checkpoint over size records. A record that names a new key is itself signed by the key
// before it.
func (k keyring) at(size int64) string {
	for i := len(k) - 1; i > 0; i-- {
		if k[i].idx+1 < size {
			return k[i].vkey
		}
	}
	return k[0].vkey
}

// now is the key that signs from here on.
func (k keyring) now() string { return k[len(k)-1].vkey }

// readKeys reads the keys from their index; when that is missing or does not agree with the records, from the records.
func (s *store) readKeys(tx *bolt.Tx) {
	first := keyring{{0, s.epoch.PublicKey}}
	if b := tx.Bucket(bucketKey); b != nil {
		ring, rec := first, tx.Bucket(bucketRecord)
		err := b.ForEach(func(k, v []byte) error {
			if len(k) != 8 || string(v) != keyNamed(rec.Get(k)) {
				return errors.New("not so on record")
			}
			ring = append(ring, namedKey{int64Of(k), string(v)})
			return nil
		})
		if err == nil {
			s.keys = ring
			return
		}
	}
	s.scanKeys(tx)
}

// scanKeys reads the keys from all records.
func (s *store) scanKeys(tx *bolt.Tx) {
	ring := keyring{{0, s.epoch.PublicKey}}
	mark := []byte(`,"kind":"` + string(evidence.KindKey) + `",`)
	c := tx.Bucket(bucketRecord).Cursor()
	for k, raw := c.First(); k != nil; k, raw = c.Next() {
		// The kind is the third field; the mark may stand in a later one as well.
		if len(k) != 8 || !bytes.Contains(raw[:min(len(raw), 64)], mark) {
			continue
		}
		if v := keyNamed(raw); v != "" {
			ring = append(ring, namedKey{int64Of(k), v})
		}
	}
	s.keys = ring
}

// keyNamed is the key that a key record names, "" for any other record.
func keyNamed(raw []byte) string {
	_, body, err := decode(raw)
	if err != nil {
		return ""
	}
	if k, ok := body.(evidence.Key); ok {
		return k.PublicKey
	}
	return ""
}

// keysIndexed reports whether the index of keys says what s.keys says.
func (s *store) keysIndexed(tx *bolt.Tx) bool {
	n := 0
	err := tx.Bucket(bucketKey).ForEach(func(k, v []byte) error {
		if n++; n >= len(s.keys) || len(k) != 8 || s.keys[n] != (namedKey{int64Of(k), string(v)}) {
			return errors.New("it differs")
		}
		return nil
	})
	return err == nil && n == len(s.keys)-1
}

// indexKeys makes the index of keys from s.keys.
func (s *store) indexKeys(tx *bolt.Tx) error {
	if tx.Bucket(bucketKey) != nil {
		if err := tx.DeleteBucket(bucketKey); err != nil {
			return fmt.Errorf("clearing index of keys: %w", err)
		}
	}
	b, err := tx.CreateBucket(bucketKey)
	if err != nil {
		return fmt.Errorf("making index of keys: %w", err)
	}
	for _, k := range s.keys[1:] {
		if err := b.Put(key64(k.idx), []byte(k.vkey)); err != nil {
			return fmt.Errorf("indexing key of record %d: %w", k.idx, err)
		}
	}
	return nil
}

// openNote checks a checkpoint's signature by the key in force at its size.
func (s *store) openNote(signed []byte) (evidence.Checkpoint, error) {
	cp, err := evidence.PeekCheckpoint(signed)
	if err != nil {
		return cp, err
	}
	return evidence.OpenCheckpoint(signed, s.keys.at(cp.Size))
}
