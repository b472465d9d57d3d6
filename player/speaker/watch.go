package speaker

import (
	"time"

	"loaxa/audio"
)

// The bounds of a true rate, and how long it is looked at.
const (
	rateLow    = 0.9
	rateHigh   = 1.1
	rateWindow = 2 * time.Second
	stallAfter = time.Second
	// burst is what a device may take at once when it opens, before its pace can be judged.
	burst = audio.Rate
)

// watch compares frames taken with time: too fast is no real output, too slow or nothing is a hanging one.
type watch struct {
	seen []look
	grew int64 // ns of the last growth
}

type look struct{ at, consumed int64 }

// see takes one look and says the rate over the window (0 while unknown) and what to make of it.
func (w *watch) see(at, consumed int64) (float64, State) {
	if len(w.seen) == 0 || consumed > w.seen[len(w.seen)-1].consumed {
		w.grew = at
	}
	w.seen = append(w.seen, look{at, consumed})
	for len(w.seen) > 2 && w.seen[1].at <= at-int64(rateWindow) {
		w.seen = w.seen[1:]
	}
	first := w.seen[0]
	if at-w.grew >= int64(stallAfter) {
		return w.rate(first, at, consumed), Stalled
	}
	elapsed := at - first.at
	if consumed-first.consumed > burst+elapsed*2*audio.Rate/int64(time.Second) {
		return w.rate(first, at, consumed), Fast
	}
	if elapsed < int64(rateWindow) {
		return 0, Running
	}
	switch r := w.rate(first, at, consumed); {
	case r > rateHigh:
		return r, Fast
	case r < rateLow:
		return r, Slow
	default:
		return r, Running
	}
}

func (w *watch) rate(first look, at, consumed int64) float64 {
	elapsed := float64(at-first.at) / float64(time.Second)
	if elapsed <= 0 {
		return 0
	}
	return float64(consumed-first.consumed) / audio.Rate / elapsed
}
