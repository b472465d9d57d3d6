package clock

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// timerfd waits in the kernel by wall clock and is told of every setting of the clock.
type timerfd struct{ timer, event int }

func newTimerfd() (*timerfd, error) {
	timer, err := unix.TimerfdCreate(unix.CLOCK_REALTIME, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("creating timerfd: %w", err)
	}
	event, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("creating eventfd: %w", err), unix.Close(timer))
	}
	t := &timerfd{timer: timer, event: event}
	// Tried now, so that a refusal leads to polling and not to a clock that does not wake.
	if err := t.arm(time.Now().Add(time.Hour)); err != nil {
		return nil, errors.Join(fmt.Errorf("arming timerfd: %w", err), t.close())
	}
	return t, nil
}

// arm succeeds also with ECANCELED: a step that was not read yet is reported by arming, and the timer is armed.
func (t *timerfd) arm(until time.Time) error {
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(max(until.UnixNano(), 1))} // 0 would disarm
	err := unix.TimerfdSettime(t.timer, unix.TFD_TIMER_ABSTIME|unix.TFD_TIMER_CANCEL_ON_SET, &spec, nil)
	if errors.Is(err, unix.ECANCELED) {
		t.wake() // judge again before sleeping: until was reckoned before the step
		return nil
	}
	return err
}

func (t *timerfd) wait(until time.Time) error {
	if err := t.arm(until); err != nil {
		return err
	}
	fds := []unix.PollFd{
		{Fd: int32(t.timer), Events: unix.POLLIN}, //nolint:gosec // descriptors are small
		{Fd: int32(t.event), Events: unix.POLLIN}, //nolint:gosec // as above
	}
	for {
		_, err := unix.Poll(fds, -1)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("polling: %w", err)
		}
		return errors.Join(drain(t.timer), drain(t.event))
	}
}

// drain reads a counter away. ECANCELED is how a timerfd tells of a step; the caller judges anew in any case.
func drain(fd int) error {
	var counter [8]byte
	_, err := unix.Read(fd, counter[:])
	if err == nil || errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.ECANCELED) || errors.Is(err, unix.EINTR) {
		return nil
	}
	return err
}

func (t *timerfd) wake() {
	one := [8]byte{1, 1, 1, 1, 1, 1, 1, 0} // any number but zero, in either byte order
	// The only failure left is a counter that is full: then it is readable already.
	_, _ = unix.Write(t.event, one[:])
}

func (t *timerfd) close() error { return errors.Join(unix.Close(t.timer), unix.Close(t.event)) }

// poller looks once a second. It is for systems that refuse a timerfd.
type poller struct{ woken chan struct{} }

const pollEvery = time.Second

func newPoller() *poller { return &poller{woken: make(chan struct{}, 1)} }

func (p *poller) wait(until time.Time) error {
	timer := time.NewTimer(min(max(time.Until(until.Round(0)), 0), pollEvery))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.woken:
	}
	return nil
}

func (p *poller) wake() {
	select {
	case p.woken <- struct{}{}:
	default: // a wake is waiting already
	}
}
