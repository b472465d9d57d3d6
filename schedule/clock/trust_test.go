package clock

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// battery is a hardware clock of the test's own.
type battery struct {
	at  time.Time
	err error
}

func (b *battery) read() (hardwareTime, error) { return hardwareTime{b.at}, b.err }

// trial is a system on which the kernel, the hardware clock, the time and the privilege are the test's.
type trial struct {
	*System
	kernel  kernelWord
	battery battery
	off     atomic.Int64 // of the wall clock
	up      time.Duration
}

func newTrial() *trial {
	t := &trial{System: NewSystem(Options{}), battery: battery{err: errors.New("there is no hardware clock")}, up: time.Minute}
	t.vouch.kernel = func() kernelWord { return t.kernel }
	t.vouch.hardware = &t.battery
	t.uptime = func() time.Duration { return t.up }
	t.wall = func() time.Time { return start.Add(t.up + time.Duration(t.off.Load())) }
	t.settime = func(to time.Time) error { t.off.Store(int64(to.Sub(start.Add(t.up)))); return nil }
	t.between = t.difference()
	return t
}

func (t *trial) want(test *testing.T, when string, want Trust) {
	test.Helper()
	if got := t.Stamp().Trust; got != want {
		test.Errorf("%s: %s (%s), want %s", when, got, t.TrustNote(), want)
	}
}

// TestRestoredTimeIsDoubtful: a clock that nothing vouches for stays doubtful however long it runs: the station must not
// sound by it.
func TestRestoredTimeIsDoubtful(t *testing.T) {
	s := newTrial()
	s.want(t, "at boot", Doubtful)
	s.up += 30 * 24 * time.Hour
	s.want(t, "a month later", Doubtful)
}

// TestSynchronisedOnceIsEnough: the kernel takes its word back nine hours after the network went; the station plays on.
func TestSynchronisedOnceIsEnough(t *testing.T) {
	s := newTrial()
	s.kernel = kernelWord{synchronised: true, errUS: 900}
	s.want(t, "with a time server", Synchronised)
	s.kernel = kernelWord{}
	s.up += 10 * time.Hour
	s.want(t, "ten hours without", Synchronised)
	if e := s.Stamp().ErrUS; e < 3_500_000 || e > 3_700_000 {
		t.Errorf("after ten hours the error is stated as %d µs; 100 ppm are 3.6 s", e)
	}
	s.off.Add(int64(time.Hour)) // somebody else sets the clock
	s.judge()
	s.want(t, "after a foreign step", Doubtful)
}

// TestHardwareClock: it vouches when its battery held and it agrees, and not otherwise.
func TestHardwareClock(t *testing.T) {
	for name, c := range map[string]struct {
		off  time.Duration // of the hardware clock against the wall clock
		err  error
		want Trust
	}{
		"agrees":         {off: 0, want: RTC},
		"within":         {off: 1400 * time.Millisecond, want: RTC},
		"apart":          {off: 3 * time.Second, want: Doubtful},
		"13 hours":       {off: -13 * time.Hour, want: Doubtful},
		"the year 2000":  {off: -26 * 365 * 24 * time.Hour, want: Doubtful},
		"battery is low": {err: errors.New("low"), want: Doubtful},
	} {
		s := newTrial()
		s.battery = battery{at: s.wall().Add(c.off).Truncate(time.Second), err: c.err}
		s.want(t, name, c.want)
		s.up += 48 * time.Hour // by now they have drifted apart, and nobody set the clock
		s.want(t, name+", two days later", c.want)
	}
}

// TestHardwareClockIsAskedAgain: one that could not be read, or that was set right meanwhile, is believed later.
func TestHardwareClockIsAskedAgain(t *testing.T) {
	s := newTrial()
	s.want(t, "without", Doubtful)
	s.battery = battery{at: s.wall().Add(askAgain)}
	s.want(t, "too soon", Doubtful)
	s.up += askAgain
	s.want(t, "later", RTC)
}

func TestHardwareReports(t *testing.T) {
	for text, ok := range map[string]bool{
		"rtc_time\t: 05:20:00\nbatt_status\t: okay\n": true,
		"rtc_time\t: 05:20:00\nbatt_status\t: dead\n": false,
		"rtc_time\t: 05:20:00\n":                      false,
	} {
		if err := reported(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
	got := rtcTime(&unix.RTCTime{Year: 126, Mon: 10, Mday: 24, Hour: 22, Min: 20, Sec: 5}).at
	if want := time.Date(2026, 11, 24, 22, 20, 5, 0, time.UTC); !got.Equal(want) {
		t.Errorf("read %s, want %s", got, want)
	}
}

// TestSetTime: a person sets the clock; the step is told once, the clock is trusted, and waiters go by the new time.
func TestSetTime(t *testing.T) {
	s := newTrial()
	steps, end := s.Steps()
	defer end()
	a := s.Alarm(s.Now().Add(20 * time.Minute))
	to := s.Now().Add(30 * time.Minute)
	if err := s.SetTime(to); err != nil {
		t.Fatal(err)
	}
	s.want(t, "set by a person", Set)
	if !s.Now().Equal(to) {
		t.Errorf("it is %s, set to %s", s.Now(), to)
	}
	s.judge()
	if len(steps) != 1 || !fired(a) {
		t.Errorf("%d steps told of, want 1; alarm fired: %v", len(steps), fired(a))
	}
	s.want(t, "after the step was noticed", Set) // it was no foreign one
	s.off.Add(int64(-time.Hour))
	s.judge()
	s.want(t, "after somebody else set it", Doubtful)
}

// TestSetTimeWithoutPrivilege: nothing is shifted silently, and the error says what to do.
func TestSetTimeWithoutPrivilege(t *testing.T) {
	s := newTrial()
	s.settime = func(time.Time) error { return unix.EPERM }
	before := s.Now()
	if err := s.SetTime(before.Add(time.Hour)); !errors.Is(err, ErrNotAllowed) {
		t.Errorf("got %v, want ErrNotAllowed", err)
	}
	if !s.Now().Equal(before) {
		t.Error("the time moved all the same")
	}
	s.want(t, "after the refusal", Doubtful)
	if err := NewSystem(Options{Offset: time.Hour}).SetTime(before); !errors.Is(err, ErrShifted) {
		t.Errorf("a shifted clock: %v, want ErrShifted", err)
	}
}
