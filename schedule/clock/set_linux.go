package clock

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// ErrNotAllowed says that this program lacks the privilege to set the clock. Its text says what to do.
var ErrNotAllowed = errors.New("this program may not set the machine's clock: let the technician set it on the machine" +
	" (sudo date -s \"2026-11-23 07:12:00\"), then confirm here that the time shown is right")

// ErrShifted says that the clock is shifted for a trial: setting it would shift it once more.
var ErrShifted = errors.New("the clock is shifted for a trial and cannot be set")

// SetTime sets the machine's clock and vouches for it as MarkSet does. Nothing is shifted silently: when the kernel
// refuses, the time stays as it was, and the error is ErrNotAllowed or the kernel's.
func (s *System) SetTime(t time.Time) error {
	if s.offset != 0 {
		return fmt.Errorf("setting the clock: %w", ErrShifted)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.uptime()
	if err := s.settime(t); err != nil {
		if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
			return fmt.Errorf("setting the clock: %w", ErrNotAllowed)
		}
		return fmt.Errorf("setting the clock: %w", err)
	}
	// Told here and not by judge, which takes every step that it finds for somebody else's.
	between := time.Duration(t.UnixNano()) - asked
	after := s.Now()
	if (between - s.between).Abs() > stepThreshold {
		s.watch.tell(Step{Before: after.Add(s.between - between), After: after})
	}
	s.between = between
	s.vouch.forget()
	s.vouch.person()
	s.waker.wake()
	return nil
}

func clockSettime(t time.Time) error {
	ts, err := unix.TimeToTimespec(t)
	if err != nil {
		return err
	}
	return unix.ClockSettime(unix.CLOCK_REALTIME, &ts)
}
