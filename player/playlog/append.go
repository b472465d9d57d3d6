package playlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	bolt "go.etcd.io/bbolt"

	"loaxa/player/playlog/evidence"
)

// retryEvery is how often Run tries to write what waits in memory.
const retryEvery = 10 * time.Second

// request is one call of Append; whoever holds mu answers it.
type request struct {
	drafts   []evidence.Draft
	outcomes []string // broadcasts that it decides
	ref      Ref
	err      error
	done     bool
}

// doubt is a transaction whose commit failed: some of it may have reached the file.
type doubt struct {
	first int64  // index of its first record
	raw   []byte // of its first record
	lost  int64  // losses that it stated
}

// Append writes records that happen now. See AppendEntries.
func (l *Log) Append(actor string, bodies ...evidence.Body) (Ref, error) {
	st := l.opts.Stamp()
	entries := make([]Entry, len(bodies))
	for i, b := range bodies {
		entries[i] = Entry{Stamp: st, Actor: actor, Body: b}
	}
	return l.AppendEntries(entries...)
}

// AppendEntries writes all of the entries in one transaction, or none, and returns when they are durable. Calls that
// come together share a transaction. An error that is ErrQueued means that the records wait in memory; ErrDecided that
// an entry is a second outcome; any other error that an entry can never be written. A change that is on record
// already is left out without error: the outbox may be played again.
func (l *Log) AppendEntries(entries ...Entry) (Ref, error) {
	req := &request{ref: Ref{Index: -1}}
	for _, e := range entries {
		switch e.Body.(type) {
		case evidence.Epoch, evidence.Key: // the log writes them itself, see RotateKey
			return req.ref, fmt.Errorf("appending to log: a record of kind %s is not for the caller to write", e.Body.Kind())
		}
		d, err := evidence.NewDraft(e.Actor, e.Stamp, e.Body)
		if err != nil {
			return req.ref, fmt.Errorf("appending to log: %w", err)
		}
		req.drafts = append(req.drafts, d)
		if o, ok := e.Body.(evidence.OutcomeBody); ok {
			req.outcomes = append(req.outcomes, o.Broadcast)
		}
	}
	if len(req.drafts) == 0 {
		return req.ref, nil
	}
	l.joining.Lock()
	l.waiting = append(l.waiting, req)
	l.joining.Unlock()

	l.mu.Lock()
	defer l.mu.Unlock()
	if !req.done {
		l.joining.Lock()
		batch := l.waiting
		l.waiting = nil
		l.joining.Unlock()
		l.serve(batch)
	}
	return req.ref, req.err
}

// serve writes a batch of requests, after what waits in memory. Callers hold mu.
func (l *Log) serve(batch []*request) {
	live := batch[:0:0]
	for _, r := range batch {
		r.done = true
		switch {
		case l.closed:
			r.err = fmt.Errorf("appending to log: %w", ErrClosed)
		case l.anyPending(r.outcomes):
			r.err = fmt.Errorf("appending to log: %w", ErrDecided)
		default:
			live = append(live, r)
		}
	}
	if len(live) == 0 {
		return
	}
	cause := l.write(live)
	if errors.Is(cause, errDamaged) { // set aside, and once more into the new epoch
		cause = l.write(live)
	}
	if l.giveUpReserve(cause) {
		cause = l.onceMore(live, cause)
	}
	if cause == nil {
		l.afterOutcomes(live)
		return
	}
	for _, r := range live {
		l.queue.push(r.drafts, l.now(), cause)
	}
	l.markDoubtful()
	for _, r := range live {
		l.setPending(r.outcomes)
		r.ref, r.err = Ref{Index: -1}, fmt.Errorf("appending to log: %w: %w", ErrQueued, cause)
	}
	l.raise(cause)
}

// flush writes what waits in memory. Callers hold mu.
func (l *Log) flush() error {
	err := l.write(nil)
	if errors.Is(err, errDamaged) {
		err = l.write(nil)
	}
	if l.giveUpReserve(err) {
		l.markDoubtful()
		err = l.write(nil)
	}
	if err != nil {
		l.markDoubtful()
		l.raise(err)
		return fmt.Errorf("writing waiting records: %w", err)
	}
	return nil
}

// onceMore writes requests again after cause, now that there is room. When the transaction that failed is in the file
// after all, its sync failed: then they wait like others whose sync failed.
func (l *Log) onceMore(reqs []*request, cause error) error {
	if err := l.ensure(); err != nil {
		return err
	}
	if l.doubt != nil && l.reached(l.doubt) {
		return cause
	}
	return l.write(reqs)
}

// markDoubtful notes that the transaction whose commit failed held all that waits now.
func (l *Log) markDoubtful() {
	if l.doubt != nil && l.queue.doubtful == 0 {
		l.queue.doubtful = l.queue.len()
	}
}

// Run writes what waits in memory whenever the disk lets it, and makes the reserve again when there is room, until ctx
// ends.
func (l *Log) Run(ctx context.Context) error {
	tick := time.NewTicker(retryEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			l.mu.Lock()
			if !l.closed && (l.queue.len() > 0 || l.raised) {
				_ = l.flush() // LOG-01 stands and says why; the next tick tries again
			}
			l.mu.Unlock()
			l.keepReserve()
		}
	}
}

// write is one transaction: a gap record and what waits, if anything does, then the requests. After an error the
// database is closed, to be opened again by the next write. Callers hold mu.
func (l *Log) write(reqs []*request) error {
	if err := l.ensure(); err != nil {
		return err
	}
	l.settleDoubt()
	w := &writing{log: l, store: l.store, next: l.store.size}
	if err := l.present(); err != nil {
		return l.broken(err, nil)
	}
	err := guarded(func() error { return l.store.db.Update(func(tx *bolt.Tx) error { return w.all(tx, reqs) }) })
	if err != nil {
		return l.broken(err, w)
	}
	l.storeMu.Lock()
	l.store.size = w.next
	l.store.keys = append(l.store.keys, w.keys...)
	l.store.length = max(l.store.length, w.length)
	clear(l.pending)
	l.storeMu.Unlock()
	l.queue.reset()
	for _, r := range reqs {
		r.ref.Epoch = l.store.epoch.Epoch
	}
	if l.raised {
		l.raised = false
		l.settled()
	}
	return nil
}

// present makes sure that the open file is still the one at its path and has not been cut: a mapped file that was
// deleted takes writes that nobody will ever read.
func (l *Log) present() error {
	info, err := os.Stat(l.opts.Path)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return damaged("the file is gone")
		}
		return err
	}
	if !os.SameFile(info, l.store.file) {
		return damaged("the file was replaced")
	}
	if info.Size() < l.store.length {
		return damaged("the file was truncated while in use")
	}
	l.storeMu.Lock()
	l.store.length = info.Size()
	l.storeMu.Unlock()
	return nil
}

// broken closes the database after a failed write and remembers what may have been written.
func (l *Log) broken(cause error, w *writing) error {
	if w != nil && w.firstRaw != nil {
		l.doubt = &doubt{first: w.first, raw: w.firstRaw, lost: l.queue.lost}
	}
	if errors.Is(cause, errDamaged) {
		l.distrust = cause.Error()
		l.store.poisoned.Store(true)
	}
	if err := l.shut(); err != nil {
		cause = fmt.Errorf("%w; closing: %w", cause, err)
	}
	return cause
}

// shut closes the database. Callers hold mu.
func (l *Log) shut() error {
	l.storeMu.Lock()
	defer l.storeMu.Unlock()
	if l.store == nil {
		return nil
	}
	s := l.store
	l.store = nil
	if s.poisoned.Load() {
		return nil
	}
	return guarded(s.db.Close)
}

// settleDoubt looks whether the transaction whose commit failed is in the file after all: then its records must not be
// written a second time.
func (l *Log) settleDoubt() {
	d := l.doubt
	l.doubt = nil
	if d == nil {
		return
	}
	if l.reached(d) {
		l.queue.forgetDoubtful(d.lost)
	}
	l.queue.doubtful = 0
}

// reached reports whether a doubtful transaction is in the file.
func (l *Log) reached(d *doubt) (found bool) {
	if l.store.size <= d.first {
		return false
	}
	err := guarded(func() error {
		return l.store.db.View(func(tx *bolt.Tx) error {
			found = bytes.Equal(tx.Bucket(bucketRecord).Get(key64(d.first)), d.raw)
			return nil
		})
	})
	return err == nil && found
}

func (l *Log) anyPending(broadcasts []string) bool {
	l.storeMu.RLock()
	defer l.storeMu.RUnlock()
	for _, b := range broadcasts {
		if l.pending[b] {
			return true
		}
	}
	return false
}

func (l *Log) setPending(broadcasts []string) {
	l.storeMu.Lock()
	defer l.storeMu.Unlock()
	for _, b := range broadcasts {
		l.pending[b] = true
	}
}
