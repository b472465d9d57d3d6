package clock

import "sync"

// watchers is who wants to hear of steps. Its owner's mutex guards it.
type watchers struct{ all map[chan Step]struct{} }

// stepsKept is how many steps wait for a subscriber that is slow; one that leaves more than that unread has died.
const stepsKept = 64

// add is called with mu held; the returned function takes it.
func (w *watchers) add(mu *sync.Mutex) (<-chan Step, func()) {
	if w.all == nil {
		w.all = map[chan Step]struct{}{}
	}
	c := make(chan Step, stepsKept)
	w.all[c] = struct{}{}
	return c, func() {
		mu.Lock()
		defer mu.Unlock()
		delete(w.all, c)
	}
}

func (w *watchers) tell(s Step) {
	for c := range w.all {
		select {
		case c <- s:
		default:
		}
	}
}
