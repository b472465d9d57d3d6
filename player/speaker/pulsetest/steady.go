package pulsetest

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"
)

// stallLeast is how long the machine must have stood still for a measurement of time to say nothing: more than the
// sound server's and the player's buffers forgive.
const stallLeast = 10 * time.Millisecond

// Steadily runs a trial that measures time, and counts only what it says while the machine itself ran steadily: a trial
// that fails although a thread of this process was given its time every 2 ms fails the test; one that fails while the
// machine stood still is made again, at most `most` times in all, and said so in the log.
func Steadily(t *testing.T, most int, trial func(t testing.TB)) {
	t.Helper()
	steadily(t, most, trial, func() func() time.Duration { return newMetronome().stop })
}

func steadily(t testing.TB, most int, trial func(t testing.TB), start func() (stop func() time.Duration)) {
	t.Helper()
	for i := 1; ; i++ {
		stop := start()
		a := &attempt{TB: t}
		a.run(trial)
		stood := stop()
		switch {
		case len(a.faults) == 0:
			return
		case stood < stallLeast:
			t.Fatalf("the machine ran steadily (longest wait %s), and: %s", stood, a.text())
		case i == most:
			t.Fatalf("in %d trials the machine never ran steadily (at the last it stood still for %s), and: %s", most, stood, a.text())
		}
		t.Logf("trial %d says nothing: the machine stood still for %s meanwhile; it said: %s", i, stood, a.text())
	}
}

// attempt is one trial's testing.TB: what fails is kept, and what is to be cleaned up is cleaned up when it ends.
type attempt struct {
	testing.TB
	mu       sync.Mutex
	faults   []string
	cleanups []func()
}

func (a *attempt) run(trial func(testing.TB)) {
	done := make(chan struct{})
	go func() { // ends with the trial, which is waited for
		defer close(done)
		defer a.clean()
		trial(a)
	}()
	<-done
}

func (a *attempt) clean() {
	for i := len(a.cleanups) - 1; i >= 0; i-- {
		a.cleanups[i]()
	}
}

func (a *attempt) note(text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults = append(a.faults, text)
}

func (a *attempt) text() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return fmt.Sprint(len(a.faults), " faults, the first: ", a.faults[0])
}

// Failed and the rest stand for those of testing.TB.
func (a *attempt) Failed() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.faults) > 0
}

func (a *attempt) Cleanup(f func())             { a.cleanups = append(a.cleanups, f) }
func (a *attempt) Fail()                        { a.note("failed") }
func (a *attempt) FailNow()                     { a.note("failed"); runtime.Goexit() }
func (a *attempt) Error(args ...any)            { a.note(fmt.Sprint(args...)) }
func (a *attempt) Errorf(f string, args ...any) { a.note(fmt.Sprintf(f, args...)) }
func (a *attempt) Fatal(args ...any)            { a.note(fmt.Sprint(args...)); runtime.Goexit() }
func (a *attempt) Fatalf(f string, args ...any) { a.note(fmt.Sprintf(f, args...)); runtime.Goexit() }

// metronome wakes every 2 ms and remembers the longest time by which it was woken late.
type metronome struct {
	end  chan struct{}
	done chan time.Duration
}

func newMetronome() *metronome {
	m := &metronome{end: make(chan struct{}), done: make(chan time.Duration, 1)}
	go m.tick() // ended by stop
	return m
}

func (m *metronome) tick() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const beat = 2 * time.Millisecond
	var worst time.Duration
	for {
		select {
		case <-m.end:
			m.done <- worst
			return
		default:
		}
		before := time.Now()
		time.Sleep(beat)
		worst = max(worst, time.Since(before)-beat)
	}
}

func (m *metronome) stop() time.Duration {
	close(m.end)
	return <-m.done
}
