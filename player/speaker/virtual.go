package speaker

import (
	"context"
	"errors"
	"time"

	"loaxa/audio"
)

// VirtualOptions says how the virtual speaker behaves.
type VirtualOptions struct {
	// Tick is how often frames are taken; 0 is 10 ms. A simulation takes long ticks.
	Tick time.Duration
	// Tap receives every frame that "sounds", silence included; nil for none. It must not block.
	Tap func(frames []int16)
}

// Virtual is a speaker of no substance: it takes frames by the clock. It serves demo, tests and rehearsals of a set-up,
// and is never chosen by itself.
type Virtual struct {
	*credit
	tl     *timeline
	opts   VirtualOptions
	events chan Event
	cancel context.CancelFunc
	done   chan struct{}
}

// OpenVirtual opens a virtual line; it ends when ctx does.
func OpenVirtual(ctx context.Context, opts VirtualOptions) *Virtual {
	if opts.Tick == 0 {
		opts.Tick = 10 * time.Millisecond
	}
	start := time.Now()
	mono := func() int64 { return int64(time.Since(start)) }
	ctx, cancel := context.WithCancel(ctx)
	v := &Virtual{
		credit: newCredit(max(creditFrames, 4*audio.FramesIn(opts.Tick))), tl: newTimeline(mono, 0), opts: opts,
		events: make(chan Event, 64), cancel: cancel, done: make(chan struct{}),
	}
	go v.run(ctx, mono)
	return v
}

// run takes frames by the clock until the content has drained or ctx ends.
func (v *Virtual) run(ctx context.Context, mono func() int64) {
	defer close(v.done)
	defer close(v.events)
	defer v.fail(errors.New("the virtual speaker was closed"))
	tick := time.NewTicker(v.opts.Tick)
	defer tick.Stop()
	buf := make([]int16, 0, audio.FramesIn(v.opts.Tick)+1)
	var taken int64
	var lastEvent int64 = -1 << 62
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := mono()
		n := now*audio.Rate/int64(time.Second) - taken
		for n > 0 {
			m := min(n, int64(cap(buf)))
			buf = buf[:m]
			v.tl.read(buf, 0)
			if v.opts.Tap != nil {
				v.opts.Tap(buf)
			}
			taken += m
			n -= m
		}
		r, drained := v.tl.status(0)
		v.took(r.Taken)
		if now-lastEvent < int64(statusEvery) && !drained {
			continue
		}
		lastEvent = now
		ev := eventOf(r, v.Written(), v.Info())
		ev.Rate = 1
		if drained {
			ev.State = Drained
		}
		if drained {
			deliver(ctx, v.events, ev)
			return
		}
		offer(v.events, ev)
	}
}

// Info says that nothing reaches a loudspeaker.
func (v *Virtual) Info() Info {
	return Info{Device: "virtual", Driver: "virtual", Output: "virtual"}
}

// Place lets the next frame sound after in; it may be repeated until the frame has sounded.
func (v *Virtual) Place(in time.Duration) error {
	v.tl.place(v.tl.mono() + int64(in))
	return nil
}

// Write hands over frames, waiting while the credit is used up.
func (v *Virtual) Write(ctx context.Context, frames []int16) error {
	return v.pay(ctx, frames, func(part []int16) error {
		if !v.tl.push(part) {
			return errors.New("writing to the virtual speaker: ring full")
		}
		return nil
	})
}

// Fade fades out and drops what was handed over but not taken.
func (v *Virtual) Fade() error { v.tl.fade(); return nil }

// End says that nothing more will come; Drained follows.
func (v *Virtual) End() error { v.tl.end(); return nil }

// Events is closed when the line is over.
func (v *Virtual) Events() <-chan Event { return v.events }

// Close ends the line at once.
func (v *Virtual) Close() error {
	v.cancel()
	<-v.done
	return nil
}
