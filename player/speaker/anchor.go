package speaker

import (
	"math"
	"time"

	"loaxa/audio"
)

// anchorWindow is how far back the device's pulls are looked at to tell where its timeline stands.
const anchorWindow = 1500 * time.Millisecond

// holeSettle is how long a device is looked at after it found nothing, to see how much later its timeline stands; a
// shift below holeLeast is none.
const (
	holeSettle = 200 * time.Millisecond
	holeLeast  = time.Millisecond
)

// anchor is one look at the device: frame 0 would have been pulled at t0, as seen at the moment at.
type anchor struct{ at, t0 int64 }

// hole is a moment at which the device wanted frames and found none.
type hole struct {
	before int64 // where the timeline stood
	until  int64 // when it is settled anew
	inside bool  // content was under way
}

// observe takes a look at how far the device is. The timeline's lock is held.
func (t *timeline) observe(buffered int64) {
	now := t.mono()
	consumed := t.pos - buffered
	t.consumed = max(t.consumed, consumed)
	if t.starves && buffered <= 0 && t.pos > 0 {
		t.starved(now)
	}
	t.anchors = append(t.anchors, anchor{now, now - consumed*int64(time.Second)/audio.Rate})
	cut := 0
	for cut < len(t.anchors)-1 && t.anchors[cut].at < now-int64(anchorWindow) {
		cut++
	}
	t.anchors = t.anchors[cut:]
	t.settle(now)
}

// starved begins to measure a hole: the looks from before it say nothing about the timeline after it.
func (t *timeline) starved(now int64) {
	if t.hole == nil {
		t.hole = &hole{before: t.origin()}
	}
	t.hole.until = now + int64(holeSettle)
	t.hole.inside = t.hole.inside || t.firstPos >= 0 && t.consumed > t.firstPos && !t.stopped && !(t.ended && len(t.ring) == 0)
	t.anchors = nil
}

// settle puts a hole to account once the timeline is known anew.
func (t *timeline) settle(now int64) {
	h := t.hole
	if h == nil || now < h.until {
		return
	}
	t.hole = nil
	shift := t.origin() - h.before
	if h.inside && h.before != math.MaxInt64 && shift >= int64(holeLeast) {
		t.underrun += shift * audio.Rate / int64(time.Second)
	}
}

// origin is when frame 0 was pulled. A look right after a pull tells the truth, a later one is late by the time since;
// so the smallest of the window is the best.
func (t *timeline) origin() int64 {
	best := int64(math.MaxInt64)
	for _, a := range t.anchors {
		best = min(best, a.t0)
	}
	return best
}

// onset is when the first frame of content sounds or has sounded; what happens to the timeline later does not move it.
func (t *timeline) onset(now int64) int64 {
	if t.firstAt == 0 {
		at := t.soundsAt(t.firstPos)
		if t.hole != nil || now < at {
			return at
		}
		t.firstAt = at
	}
	return t.firstAt
}
