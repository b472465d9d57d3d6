package speaker

import (
	"math"
	"sync"
	"time"

	"loaxa/audio"
)

// fadeFrames is the length of the fade at a stop.
const fadeFrames = 20 * audio.Rate / 1000

// drainTail is how much longer than reckoned a device is kept open after the last frame: closing it cuts what it still
// holds, and a card may hold more than the drivers' constants say.
const drainTail = 150 * time.Millisecond

// timeline is what the device pulls frames from: silence, then the content from the frame that was asked for.
//
// It is the one place that knows which frame of the device's time is which frame of the content. All methods may be
// called from any goroutine.
type timeline struct {
	mono    func() int64  // elapsed nanoseconds on any steady clock
	latency time.Duration // from being pulled by the device side to being heard
	starves bool          // a device that finds nothing buffered plays a hole of its own, which only its pace shows

	mu       sync.Mutex
	ring     []int16 // what is queued, a window into store
	store    []int16
	placed   bool
	placeAt  int64 // mono ns
	open     bool
	ended    bool
	fading   int // frames of the fade still to play; -1 when no fade was asked for
	stopped  bool
	pos      int64 // frames handed out, silence included
	consumed int64 // frames the device side has pulled
	content  int64 // frames of content handed out
	underrun int64
	runs     []run
	anchors  []anchor
	hole     *hole // being measured
	firstPos int64 // pos of the first frame of content, -1 before
	firstAt  int64 // mono ns at which it sounded, once it has
	endPos   int64 // pos after the last frame of content
}

// run is a stretch of content inside the device's time.
type run struct{ pos, content, n int64 }

func newTimeline(mono func() int64, latency time.Duration) *timeline {
	return &timeline{mono: mono, latency: latency, fading: -1, firstPos: -1}
}

// push queues content; it reports false when the ring is over its limit.
func (t *timeline) push(frames []int16) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended || t.stopped || t.fading >= 0 {
		return true
	}
	if len(t.ring)+len(frames) > ringLimit {
		return false
	}
	if cap(t.ring)-len(t.ring) < len(frames) {
		// The room before the ring's head is used again, so that a long broadcast does not grow a new ring each second.
		moved := t.store
		if need := len(t.ring) + len(frames); cap(moved) < 2*need {
			moved = make([]int16, 0, 4*need)
		}
		t.ring = append(moved[:0], t.ring...)
		t.store = t.ring[:0]
	}
	t.ring = append(t.ring, frames...)
	return true
}

// place opens the gate so that the next frame of content sounds at mono time at; ignored once it is open.
func (t *timeline) place(at int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.open {
		t.placed, t.placeAt = true, at
	}
}

// fade lets the content go to silence over fadeFrames and drops the rest.
func (t *timeline) fade() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.fading >= 0 || t.stopped {
		return
	}
	if !t.open || len(t.ring) == 0 {
		t.stop()
		return
	}
	t.fading = fadeFrames
}

func (t *timeline) stop() {
	t.stopped, t.ended, t.ring = true, true, nil
}

func (t *timeline) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
}

// read fills dst for a device that still holds buffered frames of what was handed out before.
func (t *timeline) read(dst []int16, buffered int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.observe(buffered)
	for len(dst) > 0 {
		n := t.silence(dst)
		if n == 0 {
			n = t.play(dst)
		}
		t.pos += int64(n)
		dst = dst[n:]
	}
}

// silence fills the part of dst that lies before the gate and opens the gate when its frame is reached.
func (t *timeline) silence(dst []int16) int {
	if t.open {
		return 0
	}
	n := int64(len(dst))
	if t.placed {
		target := t.frameAt(t.placeAt)
		if target <= t.pos {
			t.open = true
			return 0
		}
		n = min(n, target-t.pos)
	}
	clear(dst[:n])
	return int(n)
}

// play copies content, or silence where there is none.
func (t *timeline) play(dst []int16) int {
	if len(t.ring) == 0 {
		if t.fading > 0 {
			t.stop()
		}
		if !t.ended && t.firstPos >= 0 {
			t.underrun += int64(len(dst))
		}
		clear(dst)
		return len(dst)
	}
	n := min(len(dst), len(t.ring))
	if t.fading >= 0 {
		n = min(n, t.fading)
	}
	copy(dst[:n], t.ring[:n])
	t.ring = t.ring[n:]
	t.note(int64(n))
	if t.fading >= 0 {
		t.ramp(dst[:n])
		if t.fading == 0 {
			t.stop()
		}
	}
	return n
}

func (t *timeline) ramp(dst []int16) {
	for i := range dst {
		x := float64(t.fading) / fadeFrames
		dst[i] = int16(math.Round(float64(dst[i]) * 0.5 * (1 - math.Cos(math.Pi*x))))
		t.fading--
	}
}

// note remembers that n frames of content stand at the present position.
func (t *timeline) note(n int64) {
	if t.firstPos < 0 {
		t.firstPos = t.pos
	}
	if k := len(t.runs) - 1; k >= 0 && t.runs[k].pos+t.runs[k].n == t.pos {
		t.runs[k].n += n
	} else {
		t.runs = append(t.runs, run{t.pos, t.content, n})
	}
	t.content += n
	t.endPos = t.pos + n
}

// frameAt is the position whose frame sounds at mono time at.
func (t *timeline) frameAt(at int64) int64 {
	if len(t.anchors) == 0 {
		return math.MaxInt64
	}
	d := at - t.origin() - int64(t.latency)
	return int64(math.Round(float64(d) * audio.Rate / float64(time.Second)))
}

// soundsAt is the mono time at which the frame at a position is heard.
func (t *timeline) soundsAt(pos int64) int64 {
	return t.origin() + int64(t.latency) + pos*int64(time.Second)/audio.Rate
}

// status says how far the device is; buffered as for read. drained is true when the last frame of content was heard.
func (t *timeline) status(buffered int64) (r report, drained bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.observe(buffered)
	now := t.mono()
	r = report{What: "status", NowNS: now, Consumed: t.consumed, Underrun: t.underrun, Taken: t.taken()}
	if t.firstPos >= 0 {
		r.Begun, r.FirstNS = true, t.onset(now)
	}
	drained = t.ended && len(t.ring) == 0 && t.consumed >= t.endPos && (t.firstPos < 0 || now >= t.soundsAt(t.endPos)+int64(drainTail))
	return r, drained
}

// taken counts the content before the consumed position, and forgets runs that lie wholly before it.
func (t *timeline) taken() int64 {
	for len(t.runs) > 1 && t.runs[0].pos+t.runs[0].n <= t.consumed {
		t.runs = t.runs[1:]
	}
	if len(t.runs) == 0 {
		return 0
	}
	r := t.runs[0]
	return r.content + max(0, min(r.n, t.consumed-r.pos))
}
