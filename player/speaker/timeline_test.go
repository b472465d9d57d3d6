package speaker

import (
	"testing"
	"time"

	"loaxa/audio"
)

// card is a device made of arithmetic: oto's buffer of 60 ms before it, from which it pulls a block every 10 ms, late by
// some jitter. What it finds missing it plays as silence, as oto's mixer does.
type card struct {
	now    int64 // ns
	tl     *timeline
	buffer []int16
	played []int16
	asleep bool // the child gets no time to fill the buffer
}

const (
	cardBlock  = audio.Rate / 100
	cardBuffer = 6 * cardBlock
)

func newCard(latency time.Duration) *card {
	c := &card{}
	c.tl = newTimeline(func() int64 { return c.now }, latency)
	c.tl.starves = true
	c.fill()
	return c
}

func (c *card) fill() {
	for len(c.buffer) < cardBuffer {
		buf := make([]int16, cardBlock)
		c.tl.read(buf, int64(len(c.buffer)))
		c.buffer = append(c.buffer, buf...)
	}
}

// pass lets d go by in steps of one block.
func (c *card) pass(d time.Duration, jitter func(i int) time.Duration) {
	for i := range int(d / (10 * time.Millisecond)) {
		block := make([]int16, cardBlock)
		n := copy(block, c.buffer)
		c.buffer = c.buffer[n:]
		c.played = append(c.played, block...)
		base := c.now
		c.now = base + int64(jitter(i))
		if !c.asleep {
			c.fill()
		}
		c.now = base + int64(10*time.Millisecond)
	}
}

func (c *card) status() (report, bool) {
	return c.tl.status(int64(len(c.buffer)))
}

func steady(int) time.Duration { return 0 }

func ramp(n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(1000 + i%20000) //nolint:gosec // below 32768
	}
	return out
}

func firstNonZero(s []int16) int {
	for i, v := range s {
		if v != 0 {
			return i
		}
	}
	return -1
}

// The card above pulls at once what stands first in oto's buffer, so a frame sounds latency after its pull.
func TestFirstFrameStandsAtItsMoment(t *testing.T) {
	late := func(i int) time.Duration { return time.Duration(i*7919%9) * time.Millisecond } // up to 8 ms late, sometimes prompt
	c := newCard(40 * time.Millisecond)
	c.tl.push(ramp(4800))
	c.pass(500*time.Millisecond, late)
	c.tl.place(int64(1700 * time.Millisecond))
	c.pass(2*time.Second, late)
	// A look right after a pull sees the block as taken, so frame n counts as pulled 10 ms before n/48 ms.
	want := int((1700 - 40 + 10) * 48)
	if got := firstNonZero(c.played); got != want {
		t.Errorf("first frame at %d, want %d (%.2f ms off)", got, want, float64(got-want)/48)
	}
}

func TestNothingIsLostOrRepeatedAcrossTheRing(t *testing.T) {
	c := newCard(0)
	sound := ramp(3 * audio.Rate)
	c.tl.place(int64(150 * time.Millisecond))
	for i := 0; i < len(sound); i += 4800 {
		if !c.tl.push(sound[i : i+4800]) {
			t.Fatal("the ring refused frames within its limit")
		}
		c.pass(100*time.Millisecond, steady)
	}
	c.tl.end()
	c.pass(time.Second, steady)
	at := firstNonZero(c.played)
	for i, want := range sound {
		if c.played[at+i] != want {
			t.Fatalf("frame %d: played %d, want %d", i, c.played[at+i], want)
		}
	}
	if r, drained := c.status(); r.Taken != int64(len(sound)) || r.Underrun != 0 || !drained {
		t.Errorf("taken %d of %d, underrun %d, drained %v", r.Taken, len(sound), r.Underrun, drained)
	}
}

func TestTakenCountsOnlyWhatTheDevicePulled(t *testing.T) {
	c := newCard(0)
	c.tl.push(ramp(4800))
	c.tl.place(0)
	c.pass(100*time.Millisecond, steady)
	pulled := 0
	for _, v := range c.played {
		if v != 0 {
			pulled++
		}
	}
	r, _ := c.status()
	if r.Taken != int64(pulled) || pulled == 0 || pulled == 4800 {
		t.Errorf("taken %d while the device pulled %d", r.Taken, pulled)
	}
	if again, _ := c.tl.status(int64(len(c.buffer)) + 500); again.Taken < r.Taken {
		t.Errorf("taken went back from %d to %d", r.Taken, again.Taken)
	}
}

func TestUnderrunIsCountedAndNotTaken(t *testing.T) {
	c := newCard(0)
	c.tl.place(0)
	c.tl.push(ramp(480))
	c.pass(200*time.Millisecond, steady)
	c.tl.push(ramp(480))
	c.tl.end()
	c.pass(200*time.Millisecond, steady)
	r, _ := c.status()
	if r.Underrun == 0 || r.Underrun%480 != 0 || r.Taken != 960 {
		t.Errorf("underrun %d, taken %d; want whole blocks and 960", r.Underrun, r.Taken)
	}
}

// A child that gets no time leaves the device without frames. The hole is the device's own and must be seen all the same,
// and what is placed after it must stand at its moment.
func TestHoleOfTheDeviceIsSeen(t *testing.T) {
	c := newCard(0)
	sound := ramp(2 * audio.Rate)
	c.tl.push(sound)
	c.tl.place(int64(300 * time.Millisecond))
	c.pass(800*time.Millisecond, steady)
	before, _ := c.status()
	c.asleep = true
	c.pass(160*time.Millisecond, steady) // 60 ms are buffered
	c.asleep = false
	c.pass(500*time.Millisecond, steady)
	r, _ := c.status()
	if holes := r.Underrun * 1000 / audio.Rate; holes < 90 || holes > 110 {
		t.Errorf("a hole of 100 ms is seen as %d ms", holes)
	}
	if r.FirstNS != before.FirstNS {
		t.Errorf("the onset moved by %d ms", (r.FirstNS-before.FirstNS)/1e6)
	}
}

func TestHoleBeforeTheBroadcastMovesItsPlace(t *testing.T) {
	c := newCard(0)
	c.pass(500*time.Millisecond, steady)
	c.asleep = true
	c.pass(160*time.Millisecond, steady)
	c.asleep = false
	c.tl.push(ramp(4800))
	c.tl.end()
	c.tl.place(int64(1500 * time.Millisecond))
	c.pass(1500*time.Millisecond, steady)
	want := int((1500 + 10) * 48)
	if got := firstNonZero(c.played); got < want-10 || got > want+10 {
		t.Errorf("first frame at %d, want %d (%.2f ms off)", got, want, float64(got-want)/48)
	}
	if r, _ := c.status(); r.Underrun != 0 {
		t.Errorf("a hole before the content counts as %d frames inside it", r.Underrun)
	}
}

func TestFadeEndsInSilenceWithoutAClick(t *testing.T) {
	c := newCard(0)
	sound := make([]int16, audio.Rate)
	for i := range sound {
		sound[i] = 20000
	}
	c.tl.push(sound)
	c.tl.place(0)
	c.pass(200*time.Millisecond, steady)
	c.tl.fade()
	from := len(c.played)
	c.pass(200*time.Millisecond, steady)
	tail := c.played[from:]
	for i := 1; i < len(tail); i++ {
		if step := int(tail[i-1]) - int(tail[i]); step > 40 || step < 0 {
			t.Fatalf("step of %d at frame %d of the fade: a click", step, i)
		}
	}
	for _, v := range tail[cardBuffer+fadeFrames:] {
		if v != 0 {
			t.Fatal("sound after the fade")
		}
	}
}

func TestFullRingRefuses(t *testing.T) {
	c := newCard(0)
	if !c.tl.push(make([]int16, ringLimit)) || c.tl.push(make([]int16, 1)) {
		t.Error("the ring does not keep its limit")
	}
}

func TestWatchTellsFastSlowAndStalled(t *testing.T) {
	run := func(pace func(ms int64) int64, ms int64) State {
		var w watch
		var s State
		for at := int64(0); at <= ms; at += 50 {
			_, s = w.see(at*1e6, pace(at))
		}
		return s
	}
	for _, c := range []struct {
		name string
		pace func(ms int64) int64
		ms   int64
		want State
	}{
		{"true", func(ms int64) int64 { return ms * 48 }, 5000, Running},
		{"true with a burst at the start", func(ms int64) int64 { return 9600 + ms*48 }, 5000, Running},
		{"null device", func(ms int64) int64 { return ms * 48 * 4000 }, 200, Fast},
		{"a fifth too fast", func(ms int64) int64 { return ms * 58 }, 5000, Fast},
		{"half", func(ms int64) int64 { return ms * 24 }, 5000, Slow},
		{"hung after a second", func(ms int64) int64 { return min(ms, 1000) * 48 }, 2100, Stalled},
		{"never took anything", func(int64) int64 { return 0 }, 1100, Stalled},
		{"too early to tell", func(ms int64) int64 { return ms * 24 }, 900, Running},
	} {
		if got := run(c.pace, c.ms); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
