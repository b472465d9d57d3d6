package playlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/tlog"

	"loaxa/player/playlog/evidence"
)

// One look into the database takes at most this much; callbacks run between looks, so that a slow reader never makes
// the writer wait.
const (
	chunkRecords = 256
	chunkBytes   = 1 << 20
)

type indexed struct {
	idx int64
	raw []byte
}

// view runs fn on the open store. Callers must not hold mu's work up: fn is short.
func (l *Log) view(fn func(*store) error) error {
	l.storeMu.RLock()
	defer l.storeMu.RUnlock()
	if l.store == nil {
		return errNotOpen
	}
	err := guarded(func() error { return fn(l.store) })
	if errors.Is(err, errDamaged) {
		l.store.poisoned.Store(true)
	}
	return err
}

// chunk copies records from index from on, below until.
func (s *store) chunk(from, until int64) (out []indexed, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		n := 0
		c := tx.Bucket(bucketRecord).Cursor()
		for k, v := c.Seek(key64(from)); k != nil && len(out) < chunkRecords && n < chunkBytes; k, v = c.Next() {
			if len(k) != 8 || int64Of(k) >= until {
				break
			}
			out = append(out, indexed{int64Of(k), bytes.Clone(v)})
			n += len(v)
		}
		return nil
	})
	return out, err
}

// Read calls fn with the stored bytes of each record from index from up to, not including, until.
func (l *Log) Read(from, until int64, fn func(idx int64, raw []byte) error) error {
	return readAll(l.view, max(0, from), until, fn)
}

func readAll(view func(func(*store) error) error, from, until int64, fn func(idx int64, raw []byte) error) error {
	for from < until {
		var part []indexed
		err := view(func(s *store) error {
			var err error
			part, err = s.chunk(from, until)
			return err
		})
		if err != nil {
			return fmt.Errorf("reading log from record %d: %w", from, err)
		}
		if len(part) == 0 {
			return nil
		}
		for _, r := range part {
			if err := fn(r.idx, r.raw); err != nil {
				return stopped(err)
			}
		}
		from = part[len(part)-1].idx + 1
	}
	return nil
}

func stopped(err error) error {
	if errors.Is(err, ErrStop) {
		return nil
	}
	return err
}

// Backwards calls fn with each record from the newest to the first.
func (l *Log) Backwards(fn func(idx int64, raw []byte) error) error {
	for until := l.Size(); until > 0; {
		from := max(0, until-chunkRecords)
		var part []indexed
		err := l.Read(from, until, func(idx int64, raw []byte) error {
			part = append(part, indexed{idx, raw})
			return nil
		})
		if err != nil {
			return err
		}
		for i := len(part) - 1; i >= 0; i-- {
			if err := fn(part[i].idx, part[i].raw); err != nil {
				return stopped(err)
			}
		}
		until = from
	}
	return nil
}

// Last is the newest record of a kind.
func (l *Log) Last(kind evidence.Kind) (idx int64, raw []byte, ok bool) {
	err := l.view(func(s *store) error {
		return s.db.View(func(tx *bolt.Tx) error {
			if v := tx.Bucket(bucketLast).Get([]byte(kind)); len(v) == 8 {
				idx = int64Of(v)
				raw = bytes.Clone(tx.Bucket(bucketRecord).Get(v))
				ok = raw != nil
			}
			return nil
		})
	})
	return idx, raw, ok && err == nil
}

// EachSince calls fn with every record from the newest one of that kind (included) to the end, in order; from record 0
// when there is none of that kind.
func (l *Log) EachSince(kind evidence.Kind, fn func(evidence.Record, evidence.Body) error) error {
	from, _, ok := l.Last(kind)
	if !ok {
		from = 0
	}
	return l.Read(from, l.Size(), func(_ int64, raw []byte) error {
		rec, body, err := decode(raw)
		if err != nil {
			return err
		}
		return fn(rec, body)
	})
}

func decode(raw []byte) (evidence.Record, evidence.Body, error) {
	rec, err := evidence.Decode(raw)
	if err != nil {
		return rec, nil, err
	}
	body, err := evidence.DecodeBody(rec)
	return rec, body, err
}

// Decided reports whether a broadcast (of the schedule: the occurrence's ID) has its outcome, in the log or waiting in
// memory.
func (l *Log) Decided(broadcast string) bool {
	l.storeMu.RLock()
	waits := l.pending[broadcast]
	l.storeMu.RUnlock()
	if waits {
		return true
	}
	found := false
	err := l.view(func(s *store) error {
		return s.db.View(func(tx *bolt.Tx) error {
			found = tx.Bucket(bucketDecided).Get(decidedKey(broadcast)) != nil
			return nil
		})
	})
	return err == nil && found
}

// Outcomes calls fn with each outcome that was due in [from, until), by due time.
func (l *Log) Outcomes(from, until time.Time, fn func(evidence.Record, evidence.OutcomeBody) error) error {
	at, end := outcomeKey(from, 0), outcomeKey(until, 0)
	for {
		var part []indexed
		err := l.view(func(s *store) error {
			return s.db.View(func(tx *bolt.Tx) error {
				c := tx.Bucket(bucketOutcome).Cursor()
				for k, _ := c.Seek(at); k != nil && bytes.Compare(k, end) < 0 && len(part) < chunkRecords; k, _ = c.Next() {
					part = append(part, indexed{int64Of(k[8:]), bytes.Clone(tx.Bucket(bucketRecord).Get(k[8:]))})
					at = append(bytes.Clone(k), 0)
				}
				return nil
			})
		})
		if err != nil {
			return fmt.Errorf("reading outcomes: %w", err)
		}
		if len(part) == 0 {
			return nil
		}
		for _, p := range part {
			rec, body, err := decode(p.raw)
			if err != nil {
				return fmt.Errorf("reading outcomes: %w", err)
			}
			o, ok := body.(evidence.OutcomeBody)
			if !ok {
				return fmt.Errorf("reading outcomes: record %d is no outcome", p.idx)
			}
			if err := fn(rec, o); err != nil {
				return stopped(err)
			}
		}
	}
}

// Proof shows that record index is in the tree over the first size records.
func (l *Log) Proof(index, size int64) (proof tlog.RecordProof, err error) {
	if size < 1 || size > l.Size() || index < 0 || index >= size {
		return nil, fmt.Errorf("proving record %d of %d: the log has %d records", index, size, l.Size())
	}
	err = l.tree(func(r tlog.HashReader) error {
		proof, err = tlog.ProveRecord(size, index, r)
		return err
	})
	return proof, err
}

// Consistency shows that the tree over to records goes on from the tree over from records.
func (l *Log) Consistency(from, to int64) (proof tlog.TreeProof, err error) {
	if from < 1 || from > to || to > l.Size() {
		return nil, fmt.Errorf("proving consistency from %d to %d: the log has %d records", from, to, l.Size())
	}
	err = l.tree(func(r tlog.HashReader) error {
		proof, err = tlog.ProveTree(to, from, r)
		return err
	})
	return proof, err
}

func (l *Log) tree(fn func(tlog.HashReader) error) error {
	return l.view(func(s *store) error {
		return s.db.View(func(tx *bolt.Tx) error { return fn(hashReader(tx.Bucket(bucketHash))) })
	})
}

// Snapshot writes a consistent copy of the database file. Appending goes on meanwhile, except that a log which must be
// reopened after a failed write waits for the copy to end: hand in a file, not a slow connection.
func (l *Log) Snapshot(w io.Writer) error {
	l.storeMu.RLock()
	s := l.store
	l.storeMu.RUnlock()
	if s == nil {
		return fmt.Errorf("copying log: %w", errNotOpen)
	}
	err := guarded(func() error {
		return s.db.View(func(tx *bolt.Tx) error {
			_, err := tx.WriteTo(w)
			return err
		})
	})
	if err != nil {
		return fmt.Errorf("copying log: %w", err)
	}
	return nil
}
