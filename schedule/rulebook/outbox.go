package rulebook

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

var bucketOutbox = []byte("outbox") // sequence (8 bytes, big-endian) → JSON of Change

// drainBatch bounds the memory of Drain and how much is appended again after a crash.
const drainBatch = 64

// Change is one committed change of the state on its way to the log. Before and After are JSON, null where there is
// none.
type Change struct {
	Seq    int64           `json:"seq"` // from 1, ascending, never given twice
	What   string          `json:"what"`
	ID     string          `json:"id"`
	Actor  string          `json:"actor"`
	Made   time.Time       `json:"made"` // when the state changed
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

// Outbox holds, in state.db, every change that the log does not have yet. An entry is written in the transaction that
// makes the change, so that there is never one without the other.
type Outbox struct {
	db       *bbolt.DB
	now      func() time.Time
	ready    chan struct{}
	draining sync.Mutex // one Drain at a time keeps the order
}

func newOutbox(db *bbolt.DB, now func() time.Time) *Outbox {
	return &Outbox{db: db, now: now, ready: make(chan struct{}, 1)}
}

// Record adds a change in the caller's transaction. Other packages that keep their state in the same database use it
// as their own recorder.
func (o *Outbox) Record(tx *bbolt.Tx, actor, what, id string, before, after any) error {
	box := tx.Bucket(bucketOutbox)
	if box == nil {
		return fmt.Errorf("recording change of %s %s: no outbox in %s: it is another database", what, id, tx.DB().Path())
	}
	seq, err := box.NextSequence()
	if err != nil {
		return fmt.Errorf("recording change of %s %s: %w", what, id, err)
	}
	c := Change{Seq: int64(seq), What: what, ID: id, Actor: actor, Made: o.now()} //nolint:gosec // counts from 1
	if c.Before, err = json.Marshal(before); err != nil {
		return fmt.Errorf("recording change of %s %s: %w", what, id, err)
	}
	if c.After, err = json.Marshal(after); err != nil {
		return fmt.Errorf("recording change of %s %s: %w", what, id, err)
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("recording change of %s %s: %w", what, id, err)
	}
	if err := box.Put(binary.BigEndian.AppendUint64(nil, seq), raw); err != nil {
		return fmt.Errorf("recording change of %s %s: %w", what, id, err)
	}
	tx.OnCommit(o.wake)
	return nil
}

// Ready receives after a change was committed; several changes may give one signal. Drain once at start as well.
func (o *Outbox) Ready() <-chan struct{} { return o.ready }

func (o *Outbox) wake() {
	select {
	case o.ready <- struct{}{}:
	default: // a signal is waiting already
	}
}

// Pending is how many changes the log does not have yet.
func (o *Outbox) Pending() (int, error) {
	n := 0
	err := o.db.View(func(tx *bbolt.Tx) error {
		n = tx.Bucket(bucketOutbox).Stats().KeyN
		return nil
	})
	return n, err
}

// Drain hands every pending change to append, in order, and forgets what append took. It stops at append's first
// error. After a crash or a failed commit the same change is handed over again: the receiver tells by Seq.
func (o *Outbox) Drain(ctx context.Context, append func(Change) error) error {
	o.draining.Lock()
	defer o.draining.Unlock()
	for {
		batch, err := o.peek()
		if err != nil || len(batch) == 0 {
			return err
		}
		taken, err := hand(ctx, batch, append)
		if err := errors.Join(err, o.forget(batch[:taken])); err != nil {
			return fmt.Errorf("draining outbox: %w", err)
		}
	}
}

// hand returns how many changes were taken.
func hand(ctx context.Context, batch []Change, append func(Change) error) (int, error) {
	for i, c := range batch {
		if err := ctx.Err(); err != nil {
			return i, err
		}
		if err := append(c); err != nil {
			return i, fmt.Errorf("change %d (%s %s): %w", c.Seq, c.What, c.ID, err)
		}
	}
	return len(batch), nil
}

func (o *Outbox) peek() ([]Change, error) {
	var batch []Change
	err := o.db.View(func(tx *bbolt.Tx) error {
		cur := tx.Bucket(bucketOutbox).Cursor()
		for k, raw := cur.First(); k != nil && len(batch) < drainBatch; k, raw = cur.Next() {
			var c Change
			if err := json.Unmarshal(raw, &c); err != nil {
				return fmt.Errorf("reading outbox entry %x: %w", k, err)
			}
			batch = append(batch, c)
		}
		return nil
	})
	return batch, err
}

func (o *Outbox) forget(taken []Change) error {
	if len(taken) == 0 {
		return nil
	}
	return o.db.Update(func(tx *bbolt.Tx) error {
		for _, c := range taken {
			if err := tx.Bucket(bucketOutbox).Delete(binary.BigEndian.AppendUint64(nil, uint64(c.Seq))); err != nil { //nolint:gosec // counts from 1
				return fmt.Errorf("forgetting change %d: %w", c.Seq, err)
			}
		}
		return nil
	})
}
