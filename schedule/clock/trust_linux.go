package clock

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// agrees is how far two clocks may be apart and still say the same.
const agrees = 2 * time.Second

// crystal is how far a clock that nobody corrects may go astray, as a part of the time passed: 100 ppm.
const crystal = 100e-6

// askAgain is how long the hardware clock's "no" stands before it is read again.
const askAgain = 10 * time.Minute

// voucher knows who vouches for the wall clock. What vouched for it once since boot goes on doing so while nobody sets
// the clock: it is the same clock, and drifts by seconds a day. The kernel takes its word back after nine hours without
// a time server, and a hardware clock drifts apart from it within a day or two; neither must silence a station whose
// network is down. ErrUS says how far it may have drifted.
type voucher struct {
	kernel   func() kernelWord
	hardware hardwareClock

	mu    sync.Mutex // guards what follows
	by    Trust      // Synchronised or RTC; Doubtful while nothing has vouched since boot or the last step
	at    time.Duration
	errUS int64 // at that uptime
	set   bool  // a signed-in person set the clock
	asked time.Duration
	last  string // what the hardware clock said then; "" before it was asked
}

// kernelWord is what the kernel says of its clock.
type kernelWord struct {
	synchronised bool
	errUS        int64
	err          error // it does not answer
}

func newVoucher(kernel func() kernelWord, hardware hardwareClock) voucher {
	return voucher{kernel: kernel, hardware: hardware, by: Doubtful}
}

func kernelSays() kernelWord {
	var tx unix.Timex
	state, err := unix.Adjtimex(&tx)
	if err != nil {
		return kernelWord{err: err}
	}
	return kernelWord{
		synchronised: state != unix.TIME_ERROR && tx.Status&unix.STA_UNSYNC == 0,
		errUS:        int64(tx.Maxerror), //nolint:unconvert // 32 bits wide on 32-bit machines
	}
}

// forget is called when the clock was set by somebody else: whoever vouched has to do it again.
func (v *voucher) forget() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.by, v.set, v.last = Doubtful, false, ""
}

// person says that a signed-in person vouches for the time as it is now.
func (v *voucher) person() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.by, v.set = Doubtful, true
}

// trust is how far the wall time can be believed at uptime up, with the largest error in microseconds and a sentence.
func (v *voucher) trust(wall func() time.Time, up time.Duration) (Trust, int64, string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	k := v.kernel()
	switch {
	case k.err == nil && k.synchronised:
		v.by, v.at, v.errUS = Synchronised, up, k.errUS
		return Synchronised, k.errUS, fmt.Sprintf("the kernel says synchronised, within %d µs", k.errUS)
	case v.by == Doubtful && !v.set:
		v.askHardware(wall, up)
	}
	errUS := v.errUS + int64(float64((up-v.at).Microseconds())*crystal)
	switch {
	case v.set:
		return Set, k.errUS, "a signed-in person set the clock"
	case v.by == Synchronised:
		return Synchronised, errUS, fmt.Sprintf("synchronised until %v ago, and nobody set the clock since", (up - v.at).Round(time.Minute))
	case v.by == RTC:
		return RTC, errUS, "it agrees with the hardware clock"
	case k.err != nil:
		return Doubtful, 0, fmt.Sprintf("asking the kernel whether the clock is synchronised: %v; %s; nobody has set the clock", k.err, v.last)
	}
	return Doubtful, k.errUS, "the kernel says not synchronised, " + v.last + ", and nobody has set the clock"
}

// askHardware compares the wall clock with the hardware clock, now and then.
func (v *voucher) askHardware(wall func() time.Time, up time.Duration) {
	if v.last != "" && up-v.asked < askAgain {
		return
	}
	v.asked = up
	h, err := v.hardware.read()
	if err != nil {
		v.last = err.Error()
		return
	}
	now := wall()
	// It tells whole seconds: the time is somewhere in the one that it names.
	d := now.Sub(h.at.Add(time.Second / 2))
	if d.Abs() > agrees {
		v.last = fmt.Sprintf("the hardware clock says %s", h.at.In(now.Location()).Format(time.DateTime))
		return
	}
	v.by, v.at, v.errUS = RTC, up, agrees.Microseconds()
}

// MarkSet says that a signed-in person vouches for the time as it is now: it counts as set until the process or the
// machine ends, or somebody else sets the clock.
func (s *System) MarkSet() { s.vouch.person() }

// Stamp tells the moment and how far to trust it.
func (s *System) Stamp() Stamp {
	trust, errUS, _ := s.trust()
	return Stamp{Wall: s.Now(), Boot: s.boot, Up: s.uptime(), Trust: trust, ErrUS: errUS}
}

// TrustNote says in a sentence why the clock is trusted or not, for doctor.
func (s *System) TrustNote() string {
	_, _, note := s.trust()
	return note
}

// trust of a clock that is shifted for a trial is a person's at most.
func (s *System) trust() (Trust, int64, string) {
	if s.offset == 0 {
		return s.vouch.trust(s.wall, s.uptime())
	}
	s.vouch.mu.Lock()
	defer s.vouch.mu.Unlock()
	if s.vouch.set {
		return Set, 0, "a signed-in person set the clock"
	}
	return Doubtful, 0, fmt.Sprintf("the clock is shifted by %v for a trial", s.offset)
}
