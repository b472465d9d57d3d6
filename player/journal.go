package player

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule/clock"
)

// journal stands between the player and the log, so that a slow disk never holds up the sound: records are stamped when
// they happen, kept in order and written by one goroutine.
type journal struct {
	log    *playlog.Log
	stamp  func() clock.Stamp
	logger *slog.Logger

	dead atomic.Bool // the simulated machine has lost its power: nothing is written any more

	mu      sync.Mutex
	waiting []entry
	last    <-chan struct{} // of the entry put last
	filled  chan struct{}   // one token: something is waiting
}

type entry struct {
	playlog.Entry
	written chan struct{} // closed when the log has it, or has queued it itself
}

func newJournal(log *playlog.Log, stamp func() clock.Stamp, logger *slog.Logger) *journal {
	return &journal{log: log, stamp: stamp, logger: logger, filled: make(chan struct{}, 1)}
}

// StampOf turns the clock's stamp into the one that records carry.
func StampOf(s clock.Stamp) evidence.Stamp {
	return evidence.Stamp{
		Wall: evidence.At(s.Wall), Boot: s.Boot, UpMS: s.Up.Milliseconds(),
		Clock: evidence.Clock{State: string(s.Trust), ErrUS: s.ErrUS},
	}
}

// put records what happened now; it does not wait.
func (j *journal) put(actor string, body evidence.Body) <-chan struct{} {
	e := entry{
		Entry:   playlog.Entry{Stamp: StampOf(j.stamp()), Actor: actor, Body: body},
		written: make(chan struct{}),
	}
	j.mu.Lock()
	j.waiting, j.last = append(j.waiting, e), e.written
	j.mu.Unlock()
	select {
	case j.filled <- struct{}{}:
	default:
	}
	return e.written
}

// commit records and waits until the log has it, but not longer than patience: to stay on air ranks above the log.
func (j *journal) commit(ctx context.Context, patience time.Duration, actor string, body evidence.Body) {
	written := j.put(actor, body)
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-written:
	case <-t.C:
		j.logger.Warn("the log is slow; going on without waiting", "kind", body.Kind())
	case <-ctx.Done():
	}
}

// settle waits until all that was put so far has been handed to the log, but not longer than patience.
func (j *journal) settle(ctx context.Context, patience time.Duration) {
	j.mu.Lock()
	written := j.last
	j.mu.Unlock()
	if written == nil {
		return
	}
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-written:
	case <-t.C:
	case <-ctx.Done():
	}
}

// run writes until ctx ends, then what is left.
func (j *journal) run(ctx context.Context) error {
	for {
		select {
		case <-j.filled:
			j.flush()
		case <-ctx.Done():
			j.flush()
			return nil
		}
	}
}

// flush writes all that waits, as one transaction where several came together. The log keeps what it cannot write and
// raises the alarm itself; here that is only worth a line.
func (j *journal) flush() {
	for {
		j.mu.Lock()
		batch := j.waiting
		j.waiting = nil
		j.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		if !j.dead.Load() {
			j.write(batch)
		}
		for _, e := range batch {
			close(e.written)
		}
	}
}

// write appends a batch as one transaction. One that holds a second outcome for a broadcast, or a record that can never be
// written, is refused whole; its records are then written one by one, and only the offender is left out.
func (j *journal) write(batch []entry) {
	entries := make([]playlog.Entry, len(batch))
	for i, e := range batch {
		entries[i] = e.Entry
	}
	_, err := j.log.AppendEntries(entries...)
	if err != nil && !errors.Is(err, playlog.ErrQueued) && len(batch) > 1 {
		for i := range batch {
			j.write(batch[i : i+1])
		}
		return
	}
	if err != nil && !errors.Is(err, playlog.ErrQueued) {
		j.logger.Error("recording", "kind", batch[0].Body.Kind(), "err", err)
	}
}
