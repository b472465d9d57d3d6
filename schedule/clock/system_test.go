package clock

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"
)

// run runs s until the test ends.
func run(t *testing.T, s *System) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

func await[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(20 * time.Second):
		t.Fatalf("%s never came", what)
		panic("not reached")
	}
}

// setClockToItself is a step to the kernel, though the time stays the same.
func setClockToItself(t *testing.T) {
	t.Helper()
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_REALTIME, &now); err != nil {
		t.Fatal(err)
	}
	if err := unix.ClockSettime(unix.CLOCK_REALTIME, &now); errors.Is(err, unix.EPERM) {
		t.Skip("setting the clock is not permitted here")
	} else if err != nil {
		t.Fatal(err)
	}
}

func TestSystemAlarmIsNotEarly(t *testing.T) {
	for name, waker := range wakers(t) {
		t.Run(name, func(t *testing.T) {
			s := NewSystem(Options{Offset: -5 * time.Hour})
			s.waker = waker
			run(t, s)
			late := s.Alarm(s.Now().Add(time.Hour))
			await(t, s.Alarm(s.Now().Add(-time.Second)).C, "alarm in the past")
			at := s.Now().Add(50 * time.Millisecond)
			await(t, s.Alarm(at).C, "alarm")
			if now := s.Now(); now.Before(at) {
				t.Errorf("woken at %v for %v", now, at)
			}
			if fired(late) {
				t.Error("an alarm an hour away has fired")
			}
			late.Stop()
		})
	}
}

func wakers(t *testing.T) map[string]waiter {
	t.Helper()
	fd, err := newTimerfd()
	if err != nil {
		t.Logf("no timerfd here, only polling is tried: %v", err)
		return map[string]waiter{"polling": newPoller()}
	}
	return map[string]waiter{"timerfd": fd, "polling": newPoller()}
}

// TestTimerfdWakesOnStep: a setting of the clock ends a wait for a far-off time at once, also one that happened
// between two waits (arming then reports the step).
func TestTimerfdWakesOnStep(t *testing.T) {
	fd, err := newTimerfd()
	if err != nil {
		t.Skipf("no timerfd here: %v", err)
	}
	wait := func() <-chan error {
		done := make(chan error, 1)
		go func() { done <- fd.wait(time.Now().Add(time.Hour)) }()
		return done
	}
	setClockToItself(t)
	if err := await(t, wait(), "wake by the step before the wait"); err != nil {
		t.Fatal(err)
	}
	done := wait()
	select {
	case err := <-done:
		t.Fatalf("woken without a step: %v", err)
	case <-time.After(50 * time.Millisecond): // control: nothing happened, nothing may wake
	}
	setClockToItself(t)
	if err := await(t, done, "wake by the step during the wait"); err != nil {
		t.Fatal(err)
	}
	if err := fd.close(); err != nil {
		t.Fatal(err)
	}
}

// shifted is a system whose wall clock can be stepped without stepping the machine's.
func shifted() (*System, *atomic.Int64) {
	var by atomic.Int64
	s := NewSystem(Options{})
	s.wall = func() time.Time { return time.Now().Add(time.Duration(by.Load())) }
	return s, &by
}

// TestSystemStep: after the kernel's notice subscribers hear of a step and alarms are judged by the new time.
func TestSystemStep(t *testing.T) {
	s, by := shifted()
	steps, end := s.Steps()
	defer end()
	run(t, s)
	a := s.Alarm(s.Now().Add(time.Hour))
	by.Store(int64(2 * time.Hour))
	setClockToItself(t)
	await(t, a.C, "alarm that the step went past")
	step := await(t, steps, "word of the step")
	if d := step.After.Sub(step.Before); d < 2*time.Hour-time.Second || d > 2*time.Hour+time.Second {
		t.Errorf("told of a step of %v, it was 2h", d)
	}
	by.Add(int64(100 * time.Millisecond)) // too small to be told of by itself
	setClockToItself(t)
	by.Add(-int64(5 * time.Hour))
	setClockToItself(t)
	step = await(t, steps, "word of the step back")
	if d := step.After.Sub(step.Before); d > -4*time.Hour {
		t.Errorf("told of a step of %v, it was −5h", d)
	}
}

// TestPollerNoticesStep: without a timerfd a step is found within about a second.
func TestPollerNoticesStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s, by := shifted()
		s.waker = newPoller()
		s.uptime = func() time.Duration { return time.Since(began) }
		s.between = s.difference()
		steps, end := s.Steps()
		defer end()
		a := s.Alarm(s.Now().Add(time.Hour))
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			if err := s.Run(ctx); err != nil {
				t.Error(err)
			}
		}()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if len(steps) > 0 || fired(a) {
			t.Fatal("a step was told of that never was")
		}
		by.Store(int64(3 * time.Hour))
		time.Sleep(pollEvery)
		synctest.Wait()
		if len(steps) != 1 || !fired(a) {
			t.Errorf("after a second: %d steps told of, alarm fired: %v", len(steps), fired(a))
		}
		cancel()
		synctest.Wait()
	})
}

func TestSystemStamp(t *testing.T) {
	s := NewSystem(Options{Offset: time.Hour})
	stamp := s.Stamp()
	if raw, err := os.ReadFile(bootIDPath); err == nil && stamp.Boot != strings.TrimSpace(string(raw)) {
		t.Errorf("boot %q, the kernel says %q", stamp.Boot, raw)
	}
	if stamp.Up <= 0 || s.Stamp().Up < stamp.Up {
		t.Errorf("uptime %v does not go on", stamp.Up)
	}
	if d := time.Until(stamp.Wall); d < 59*time.Minute || d > time.Hour {
		t.Errorf("a clock shifted by an hour is off by %v", d)
	}
	if stamp.Trust != Doubtful || s.TrustNote() == "" {
		t.Errorf("a shifted clock is %s (%s)", stamp.Trust, s.TrustNote())
	}
	s.MarkSet()
	if got := s.Stamp().Trust; got != Set {
		t.Errorf("after a person set the clock it is %s", got)
	}
	if stamp.Wall.Location().String() != "Asia/Ho_Chi_Minh" {
		t.Errorf("zone %s", stamp.Wall.Location())
	}
	s.SetZone(time.UTC)
	if s.Now().Location() != time.UTC {
		t.Error("the zone cannot be changed")
	}
	if strings.Contains(s.Now().String(), "m=") {
		t.Error("Now carries a monotonic reading: comparing it would not see steps")
	}
}
