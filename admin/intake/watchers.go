package intake

import "sync"

// watchers are those who want to know that something changed.
type watchers struct {
	mu  sync.Mutex
	set map[chan struct{}]bool // nil once closed
}

func newWatchers() *watchers { return &watchers{set: make(map[chan struct{}]bool)} }

func (w *watchers) add() (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.set == nil {
		close(c)
		return c, func() {}
	}
	w.set[c] = true
	return c, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.set, c)
	}
}

// tell wakes everybody; who has not yet looked at the last change is told once.
func (w *watchers) tell() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.set {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

func (w *watchers) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.set {
		close(c)
	}
	w.set = nil
}
