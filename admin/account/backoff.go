package account

import (
	"sync"
	"time"
)

// Wrong passwords and codes: a few are free, then each costs a longer wait. What is counted is always tied to an
// address: nobody can lock a login for the others, wherever they sit.
const (
	pairTries       = 5 // for one login from one address
	pairWait        = 30 * time.Second
	sourceTries     = 20 // from one address, whatever the login
	sourceWait      = time.Minute
	longestWait     = 15 * time.Minute
	rememberedTries = 4096
	// forgiveAfter is how long without a wrong try it takes until all is forgotten.
	forgiveAfter = time.Hour
)

// Backoff counts wrong tries per key and lets each wait longer than the one before, once the free ones are used up. Its
// memory is bounded: with more keys than it holds, the one that failed longest ago is forgotten.
type Backoff struct {
	now         func() time.Time
	free, keys  int
	first, most time.Duration

	mu    sync.Mutex
	tries map[string]tries
}

type tries struct {
	count int
	last  time.Time
	until time.Time
}

// NewBackoff allows free wrong tries of each of at most keys keys; the next one waits first, then twice as long, at most
// most.
func NewBackoff(now func() time.Time, free int, first, most time.Duration, keys int) *Backoff {
	return &Backoff{now: now, free: free, first: first, most: most, keys: keys, tries: make(map[string]tries)}
}

// Wait is how long key must wait before it may try again; 0 when it may try now.
func (b *Backoff) Wait(key string) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, ok := b.tries[key]
	now := b.now()
	switch {
	case !ok:
		return 0
	case now.Before(t.last) || now.Sub(t.last) > forgiveAfter: // a clock that was set locks nobody out
		delete(b.tries, key)
		return 0
	}
	return max(0, t.until.Sub(now))
}

// Fail counts a wrong try of key.
func (b *Backoff) Fail(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	t, ok := b.tries[key]
	if ok && (now.Before(t.last) || now.Sub(t.last) > forgiveAfter) {
		t = tries{}
	}
	if !ok && len(b.tries) >= b.keys {
		b.forgetOldest()
	}
	t.count++
	t.last = now
	if over := t.count - b.free; over >= 0 {
		t.until = now.Add(min(b.most, b.first<<min(over, 16)))
	}
	b.tries[key] = t
}

// Forget is for a key that has shown the right secret.
func (b *Backoff) Forget(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.tries, key)
}

func (b *Backoff) forgetOldest() {
	var oldest string
	var at time.Time
	first := true
	for k, t := range b.tries {
		if first || t.last.Before(at) {
			oldest, at, first = k, t.last, false
		}
	}
	delete(b.tries, oldest)
}
