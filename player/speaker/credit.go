package speaker

import (
	"context"
	"fmt"
	"sync"
	"time"

	"loaxa/audio"
)

// creditFrames is how many frames may be under way to the device beyond what it took.
const creditFrames = 400 * audio.Rate / 1000

// statusEvery is how often a line tells of itself.
const statusEvery = 50 * time.Millisecond

// credit holds a writer back so that little is under way.
type credit struct {
	mu      sync.Mutex
	changed chan struct{} // closed and replaced at each change
	limit   int64
	written int64
	taken   int64
	err     error
}

func newCredit(limit int64) *credit { return &credit{limit: limit, changed: make(chan struct{})} }

// Written is how many frames were handed over.
func (c *credit) Written() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.written
}

func (c *credit) took(n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n > c.taken {
		c.taken = n
		c.wake()
	}
}

func (c *credit) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
		c.wake()
	}
}

func (c *credit) wake() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// pay hands frames to send in parts that the credit allows.
func (c *credit) pay(ctx context.Context, frames []int16, send func([]int16) error) error {
	for len(frames) > 0 {
		c.mu.Lock()
		n, err, changed := min(c.limit-(c.written-c.taken), int64(len(frames))), c.err, c.changed
		if err == nil && n > 0 {
			c.written += n
		}
		c.mu.Unlock()
		if err != nil {
			return fmt.Errorf("writing to the speaker: %w", err)
		}
		if n <= 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-changed:
			}
			continue
		}
		if err := send(frames[:n]); err != nil {
			return err
		}
		frames = frames[n:]
	}
	return nil
}
