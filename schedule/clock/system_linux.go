package clock

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	_ "time/tzdata" // the station's zone must be known on a machine without zone files

	"golang.org/x/sys/unix"
)

// stepThreshold is the difference between wall time and uptime from which on a change is called a step. Slewing does
// not show here at all: the kernel slews CLOCK_BOOTTIME along with the wall clock.
const stepThreshold = 250 * time.Millisecond

const bootIDPath = "/proc/sys/kernel/random/boot_id"

// Options of NewSystem. The zero value is the station's clock.
type Options struct {
	// Zone of Now; default Asia/Ho_Chi_Minh. SetZone changes it later.
	Zone *time.Location
	// Offset shifts the wall clock by a constant, for trials that must run at another hour of the day. A shifted
	// clock is never called synchronised.
	Offset time.Duration
}

// System is the machine's clock. Run must run for alarms in the future to fire and steps to be noticed.
type System struct {
	zone   atomic.Pointer[time.Location]
	offset time.Duration
	boot   string
	vouch  voucher
	waker  waiter

	// Sources of time; they differ from the kernel's only in this package's tests.
	wall    func() time.Time      // without Offset
	uptime  func() time.Duration  // CLOCK_BOOTTIME
	settime func(time.Time) error // without Offset

	mu      sync.Mutex // guards what follows; never held while waiting
	alarms  map[*pending]struct{}
	watch   watchers
	between time.Duration // wall time less uptime when last told; a step changes it
}

// waiter sleeps until a wall time (without Offset), a step or a wake, whichever comes first. It may return early.
type waiter interface {
	wait(until time.Time) error
	wake()
}

// NewSystem never fails: what the machine refuses to tell makes the clock doubtful, not absent.
func NewSystem(o Options) *System {
	if o.Zone == nil {
		o.Zone = defaultZone()
	}
	s := &System{
		offset: o.Offset, boot: bootID(), alarms: map[*pending]struct{}{},
		wall: time.Now, uptime: bootTime, settime: clockSettime, vouch: newVoucher(kernelSays, rtcDevice{}),
	}
	s.zone.Store(o.Zone)
	if t, err := newTimerfd(); err == nil {
		s.waker = t
	} else {
		s.waker = newPoller()
	}
	s.between = s.difference()
	return s
}

// defaultZone cannot fail with the zones embedded; if it does, Viet Nam is seven hours east all the same.
func defaultZone() *time.Location {
	loc, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		return time.FixedZone("+07", 7*3600)
	}
	return loc
}

// bootID without /proc is new for each process: then no broadcast is taken to have begun under the same boot.
func bootID() string {
	raw, err := os.ReadFile(bootIDPath)
	if id := strings.TrimSpace(string(raw)); err == nil && id != "" {
		return id
	}
	return "unknown-" + rand.Text()
}

func bootTime() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return 0 // cannot happen since Linux 2.6.39
	}
	return time.Duration(ts.Nano())
}

// SetZone changes the zone of Now.
func (s *System) SetZone(loc *time.Location) { s.zone.Store(loc) }

// Now is the wall time in the station's zone, without a monotonic reading.
func (s *System) Now() time.Time { return s.wall().Round(0).Add(s.offset).In(s.zone.Load()) }

// Alarm fires when the wall clock reaches t.
func (s *System) Alarm(t time.Time) *Alarm {
	p := &pending{at: t.Round(0), c: make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.Now().Before(p.at) {
		close(p.c)
		return &Alarm{C: p.c}
	}
	s.alarms[p] = struct{}{}
	s.waker.wake()
	return &Alarm{C: p.c, stop: func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.alarms, p)
	}}
}

// Steps tells of steps as they are noticed.
func (s *System) Steps() (<-chan Step, func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.watch.add(&s.mu)
}

// Run waits on behalf of all alarms until ctx ends, which is not an error. It must run once.
func (s *System) Run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, s.waker.wake)
	defer stop()
	for ctx.Err() == nil {
		if err := s.waker.wait(s.judge().Add(-s.offset)); err != nil {
			return fmt.Errorf("waiting by the wall clock: %w", err)
		}
	}
	// Alarm may still be called: the waker stays open, its descriptors go with the process.
	return nil
}

// farOff is armed when there is no alarm, so that steps are still noticed.
const farOff = 24 * time.Hour

// judge tells of a step, fires what is due and returns when to look again.
func (s *System) judge() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	if between := s.difference(); (between - s.between).Abs() > stepThreshold {
		s.watch.tell(Step{Before: now.Add(s.between - between), After: now})
		if (between - s.between).Abs() > agrees {
			s.vouch.forget() // somebody else set the clock: what vouched for the time before does not vouch for this one
		}
		s.between = between
	}
	next := now.Add(farOff)
	for p := range s.alarms {
		if !now.Before(p.at) {
			close(p.c)
			delete(s.alarms, p)
			continue
		}
		if p.at.Before(next) {
			next = p.at
		}
	}
	return next
}

// difference is wall time less uptime. Steps too small to be told of add up in it until they are.
func (s *System) difference() time.Duration {
	return time.Duration(s.wall().UnixNano()) - s.uptime()
}
