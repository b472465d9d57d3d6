package player

import (
	"sync/atomic"
	"time"

	"loaxa/audio"
	"loaxa/schedule"
)

// rounds repeats what a person asked for. No list of all the items is ever made: item i follows from its number, and the
// broadcast grows by one round when the round before it is handed over.
type rounds struct {
	one   []schedule.PlannedItem // the first round
	again []schedule.PlannedItem // each round after it: the pause, then the same items
	times int                    // how many rounds; 0: until the end
}

func newRounds(one []schedule.PlannedItem, pause time.Duration, times int) *rounds {
	again := one
	if pause > 0 {
		rest := schedule.PlannedItem{Kind: schedule.KindSilence, Part: schedule.PartPause, Frames: audio.FramesIn(pause)}
		again = append([]schedule.PlannedItem{rest}, one...)
	}
	return &rounds{one: one, again: again, times: times}
}

// item is the item of that number.
func (r *rounds) item(i int) schedule.PlannedItem {
	if i < len(r.one) {
		return r.one[i]
	}
	return r.again[(i-len(r.one))%len(r.again)]
}

// size is how many items a further round has.
func (r *rounds) size() int { return len(r.again) }

// another reports whether a round begins at item i, with so much time left. One that could not sound to its end does not
// begin: an emergency ends with whole words.
func (r *rounds) another(i int, left time.Duration) bool {
	if r.times > 0 && (i-len(r.one))/len(r.again)+1 >= r.times {
		return false
	}
	var frames int64
	for _, it := range r.again {
		frames += it.Frames
	}
	return audio.Duration(frames)+underWay <= left
}

// underWay is how much sound a line holds that is handed over and not heard yet, and some time to end.
const underWay = 600 * time.Millisecond

// item is the item of that number. A broadcast that repeats has as many as are asked for.
func (b *broadcast) item(i int) schedule.PlannedItem {
	if b.rounds != nil {
		return b.rounds.item(i)
	}
	return b.items[i]
}

// grow makes room for the figures of n items.
func (b *broadcast) grow(n int) {
	for i := len(b.items); i < n; i++ {
		b.items = append(b.items, b.rounds.item(i))
		b.taken, b.done, b.failed = append(b.taken, 0), append(b.done, false), append(b.failed, "")
	}
}

// term is when an emergency ends, by elapsed time: the wall clock may be wrong just then. It may be put off while the
// sound goes on, and the feeder asks it before each round.
type term struct {
	span atomic.Int64 // ns
	from atomic.Int64 // ns on the player's elapsed time; 0 before it takes the air
}

func newTerm(span time.Duration) *term {
	t := &term{}
	t.span.Store(int64(span))
	return t
}

// begin counts from now on.
func (t *term) begin(elapsed time.Duration) { t.from.CompareAndSwap(0, int64(max(elapsed, 1))) }

func (t *term) extend(by time.Duration) { t.span.Add(int64(by)) }

// left is how much time remains; all of it before it takes the air.
func (t *term) left(elapsed time.Duration) time.Duration {
	from := t.from.Load()
	if from == 0 {
		return time.Duration(t.span.Load())
	}
	return time.Duration(from+t.span.Load()) - elapsed
}
