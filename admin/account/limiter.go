package account

import (
	"sync"
	"time"
)

// Limiter counts failures per key (an address) and refuses further tries for a while. Its memory is bounded: with
// more keys than it holds, the one that failed longest ago is forgotten.
type Limiter struct {
	now    func() time.Time
	tries  int
	window time.Duration
	keys   int

	mu     sync.Mutex
	failed map[string]failures
}

type failures struct {
	since time.Time // start of the window
	last  time.Time
	count int
}

// NewLimiter allows tries failures per window for each of at most keys keys.
func NewLimiter(now func() time.Time, tries int, window time.Duration, keys int) *Limiter {
	return &Limiter{now: now, tries: tries, window: window, keys: keys, failed: make(map[string]failures)}
}

// Wait is how long key must wait before it may try again; 0 when it may try now.
func (l *Limiter) Wait(key string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.failed[key]
	if !ok {
		return 0
	}
	now := l.now()
	age := now.Sub(f.since)
	if age >= l.window || age < 0 { // over, or the clock was set back: nobody is locked out by that
		delete(l.failed, key)
		return 0
	}
	if f.count < l.tries {
		return 0
	}
	return l.window - age
}

// Fail counts one failure of key.
func (l *Limiter) Fail(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	f, ok := l.failed[key]
	if !ok || now.Sub(f.since) >= l.window || now.Before(f.since) {
		if !ok && len(l.failed) >= l.keys {
			l.forgetOldest()
		}
		f = failures{since: now}
	}
	f.count++
	f.last = now
	l.failed[key] = f
}

func (l *Limiter) forgetOldest() {
	var oldest string
	var at time.Time
	first := true
	for k, f := range l.failed {
		if first || f.last.Before(at) {
			oldest, at, first = k, f.last, false
		}
	}
	delete(l.failed, oldest)
}
