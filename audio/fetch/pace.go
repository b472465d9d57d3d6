package fetch

import (
	"context"
	"sync"
	"time"
)

// rateWindow is over how many idle times the mean rate is taken.
const rateWindow = 4

// stall is why a silent connection is ended; the download may be continued on another one.
type stall struct{ refusal *Refusal }

func (s *stall) Error() string { return s.refusal.Error() }
func (s *stall) Unwrap() error { return s.refusal }

// pace ends a context when bytes stop coming, or come too slowly.
type pace struct {
	mu     sync.Mutex
	idle   *time.Timer
	window *time.Timer
	bytes  int64 // in this window
	cancel context.CancelCauseFunc
	every  time.Duration
}

// newPace watches from now on. minRate, in bytes per second, may be 0.
func newPace(ctx context.Context, idle time.Duration, minRate int64) (context.Context, *pace) {
	ctx, cancel := context.WithCancelCause(ctx)
	p := &pace{cancel: cancel, every: idle}
	p.mu.Lock() // a timer may fire before it is stored
	defer p.mu.Unlock()
	p.idle = time.AfterFunc(idle, func() { cancel(&stall{refuse(CodeTooSlow, "nothing came for %v", idle)}) })
	if minRate > 0 {
		span := rateWindow * idle
		least := int64(float64(minRate) * span.Seconds())
		p.window = time.AfterFunc(span, func() { p.judge(span, least) })
	}
	return ctx, p
}

func (p *pace) judge(span time.Duration, least int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bytes < least {
		p.cancel(refuse(CodeTooSlow, "%d bytes in %v, at least %d", p.bytes, span, least))
		return
	}
	p.bytes = 0
	if p.window != nil {
		p.window.Reset(span)
	}
}

// came counts n bytes.
func (p *pace) came(n int) {
	if n <= 0 {
		return
	}
	p.idle.Reset(p.every)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bytes += int64(n)
}

func (p *pace) stop() {
	p.idle.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.window != nil {
		p.window.Stop()
		p.window = nil
	}
	p.cancel(nil)
}
