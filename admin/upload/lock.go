package upload

import (
	"context"
	"sync"

	"github.com/tus/tusd/v2/pkg/handler"
)

// locker lets one request at a time work on an upload. Unlike the library's own it never interrupts the request that
// works: a piece whose connection was cut ends by itself at once, one whose line is dead after pieceTime, and the
// library's way of interrupting (v2.9.1) reads the request's body from another goroutine without a lock.
type locker struct {
	mu   sync.Mutex
	held map[string]chan struct{} // closed when the upload is free again
}

// NewLock is called by the library.
func (l *locker) NewLock(id string) (handler.Lock, error) { return &lock{l, id}, nil }

type lock struct {
	l  *locker
	id string
}

// Lock waits until the upload is free or ctx ends.
func (k *lock) Lock(ctx context.Context, _ func()) error {
	for {
		k.l.mu.Lock()
		busy, ok := k.l.held[k.id]
		if !ok {
			k.l.held[k.id] = make(chan struct{})
		}
		k.l.mu.Unlock()
		if !ok {
			return nil
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return handler.ErrLockTimeout
		}
	}
}

// Unlock frees the upload.
func (k *lock) Unlock() error {
	k.l.mu.Lock()
	defer k.l.mu.Unlock()
	if busy, ok := k.l.held[k.id]; ok {
		delete(k.l.held, k.id)
		close(busy)
	}
	return nil
}
