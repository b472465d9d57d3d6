package clock

import (
	"sync"
	"time"
)

// Fake is a clock for tests, inside testing/synctest and outside. Time passes as time.Now does; the wall clock is
// off by what NewFake and Step say. It needs no Run.
type Fake struct {
	mu     sync.Mutex
	zone   *time.Location
	offset time.Duration
	booted time.Time // by time.Now
	stamp  Stamp     // Boot, Trust and ErrUS
	alarms map[*pending]*time.Timer
	watch  watchers
}

// NewFake shows start now, in start's zone, booted just now (boot "boot-1") and synchronised.
func NewFake(start time.Time) *Fake {
	now := time.Now()
	return &Fake{
		zone: start.Location(), offset: start.Sub(now.Round(0)), booted: now,
		stamp: Stamp{Boot: "boot-1", Trust: Synchronised}, alarms: map[*pending]*time.Timer{},
	}
}

// Now is the faked wall time.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now()
}

func (f *Fake) now() time.Time { return time.Now().Round(0).Add(f.offset).In(f.zone) }

// Stamp is the moment with what SetTrust and Reboot said.
func (f *Fake) Stamp() Stamp {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.stamp
	s.Wall, s.Up = f.now(), time.Since(f.booted)
	return s
}

// SetTrust says what the stamps say from now on.
func (f *Fake) SetTrust(t Trust, errUS int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stamp.Trust, f.stamp.ErrUS = t, errUS
}

// SetTime steps the wall clock to t and trusts it, as a person does.
func (f *Fake) SetTime(t time.Time) error {
	f.MarkSet()
	f.Step(t.Sub(f.Now()))
	return nil
}

// MarkSet trusts the time as it is.
func (f *Fake) MarkSet() { f.SetTrust(Set, 0) }

// SetUp sets the uptime, which then goes on.
func (f *Fake) SetUp(up time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.booted = time.Now().Add(-up)
}

// Reboot starts a new boot with uptime zero. Alarms are a process's own: end the process's part of the test as well.
func (f *Fake) Reboot(boot string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stamp.Boot, f.booted = boot, time.Now()
}

// Step moves the wall clock by d at once: alarms are judged anew, subscribers told. Unlike System it tells of steps
// of any size.
func (f *Fake) Step(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	before := f.now()
	f.offset += d
	f.watch.tell(Step{Before: before, After: before.Add(d)})
	for p := range f.alarms {
		f.judge(p)
	}
}

// Suspend is a machine that slept for d and has just woken: wall time and uptime have gone on, time.Now has not. No step
// is told, since there was none.
func (f *Fake) Suspend(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.offset += d
	f.booted = f.booted.Add(-d)
	for p := range f.alarms {
		f.judge(p)
	}
}

// Alarm fires when the faked wall clock reaches t.
func (f *Fake) Alarm(t time.Time) *Alarm {
	p := &pending{at: t.Round(0), c: make(chan struct{})}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.alarms[p] = nil
	f.judge(p)
	return &Alarm{C: p.c, stop: func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.forget(p)
	}}
}

// judge fires an alarm that is due and sets the timer of one that is not. The mutex is held.
func (f *Fake) judge(p *pending) {
	timer, waiting := f.alarms[p]
	if !waiting {
		return
	}
	if timer != nil {
		timer.Stop()
	}
	left := p.at.Sub(f.now())
	if left <= 0 {
		close(p.c)
		delete(f.alarms, p)
		return
	}
	f.alarms[p] = time.AfterFunc(left, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.judge(p)
	})
}

func (f *Fake) forget(p *pending) {
	if timer := f.alarms[p]; timer != nil {
		timer.Stop()
	}
	delete(f.alarms, p)
}

// Steps tells of every Step.
func (f *Fake) Steps() (<-chan Step, func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.watch.add(&f.mu)
}
