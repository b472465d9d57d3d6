package playlog

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/tlog"

	"loaxa/player/playlog/evidence"
)

// writing is the state of one transaction.
type writing struct {
	log      *Log
	store    *store
	next     int64
	first    int64
	firstRaw []byte
	length   int64
	keys     keyring // named by the transaction's records
	rec      *bolt.Bucket
	hash     *bolt.Bucket
	tx       *bolt.Tx
}

func (w *writing) all(tx *bolt.Tx, reqs []*request) error {
	w.tx, w.rec, w.hash = tx, tx.Bucket(bucketRecord), tx.Bucket(bucketHash)
	w.rec.FillPercent, w.hash.FillPercent = 1, 1 // keys only ever grow
	q := w.log.queue
	if q.len() > 0 || q.lost > 0 {
		if err := w.gap(q); err != nil {
			return err
		}
	}
	for _, r := range reqs {
		r.ref, r.err = Ref{Index: -1}, nil
		if w.anyDecided(r.outcomes) {
			r.err = fmt.Errorf("appending to log: %w", ErrDecided)
			continue
		}
		for _, d := range r.drafts {
			idx, err := w.put(d)
			if err != nil {
				return err
			}
			if idx >= 0 {
				r.ref.Index = idx
			}
		}
	}
	w.length = tx.Size()
	return nil
}

// gap says what could not be written in time and writes what could be kept. Second outcomes are left out: memory alone
// could not tell that a broadcast was decided before.
func (w *writing) gap(q *queue) error {
	gap := evidence.Gap{From: evidence.At(q.since), Until: evidence.At(w.log.now()), Delayed: int64(q.len()), Lost: q.lost, Why: q.why}
	d, err := evidence.NewDraft("station", w.log.opts.Stamp(), gap)
	if err != nil {
		return err
	}
	if _, err := w.put(d); err != nil {
		return err
	}
	for _, d := range q.drafts {
		if d.Kind() == evidence.KindOutcome {
			var o evidence.OutcomeBody
			if err := json.Unmarshal(d.Data(), &o); err != nil {
				return fmt.Errorf("reading waiting outcome: %w", err)
			}
			if w.anyDecided([]string{o.Broadcast}) {
				continue
			}
		}
		if _, err := w.put(d); err != nil {
			return err
		}
	}
	return nil
}

func (w *writing) anyDecided(broadcasts []string) bool {
	for i, b := range broadcasts {
		if w.tx.Bucket(bucketDecided).Get(decidedKey(b)) != nil {
			return true
		}
		for _, other := range broadcasts[:i] {
			if other == b {
				return true
			}
		}
	}
	return false
}

// put writes one record with its hashes and its places in the indexes; -1 for a change that is on record already.
func (w *writing) put(d evidence.Draft) (int64, error) {
	var seq int64
	if d.Kind() == evidence.KindChange {
		var known bool
		var err error
		if seq, known, err = w.changeKnown(d); err != nil || known {
			return -1, err
		}
	}
	idx := w.next
	raw, err := d.Bytes(idx)
	if err != nil {
		return -1, err
	}
	if w.firstRaw == nil {
		w.first, w.firstRaw = idx, raw
	}
	if err := w.rec.Put(key64(idx), raw); err != nil {
		return -1, fmt.Errorf("writing record %d: %w", idx, err)
	}
	hashes, err := tlog.StoredHashes(idx, raw, hashReader(w.hash))
	if err != nil {
		return -1, damaged("hashing record %d: %v", idx, err)
	}
	at := tlog.StoredHashIndex(0, idx)
	for i, h := range hashes {
		if err := w.hash.Put(key64(at+int64(i)), h[:]); err != nil {
			return -1, fmt.Errorf("writing hash of record %d: %w", idx, err)
		}
	}
	if err := index(w.tx, idx, d.Kind(), d.Stamp(), d.Data()); err != nil {
		return -1, err
	}
	if d.Kind() == evidence.KindChange {
		sum := sha256.Sum256(d.Data())
		if err := w.tx.Bucket(bucketChange).Put(key64(seq), sum[:]); err != nil {
			return -1, fmt.Errorf("indexing record %d: %w", idx, err)
		}
	}
	if d.Kind() == evidence.KindKey {
		w.keys = append(w.keys, namedKey{idx, keyNamed(raw)})
	}
	w.next++
	return idx, nil
}

// changeKnown reports whether this very change is on record. The sequence number alone does not tell: a state that was
// restored from a backup numbers its new changes like those made since that backup.
func (w *writing) changeKnown(d evidence.Draft) (seq int64, known bool, err error) {
	var c evidence.Change
	if err := json.Unmarshal(d.Data(), &c); err != nil {
		return 0, false, fmt.Errorf("reading change: %w", err)
	}
	sum := sha256.Sum256(d.Data())
	return c.Seq, bytes.Equal(w.tx.Bucket(bucketChange).Get(key64(c.Seq)), sum[:]), nil
}
