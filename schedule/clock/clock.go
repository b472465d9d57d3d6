package clock

import "time"

// Trust says how far the wall time can be believed.
type Trust string

// Synchronised: the kernel says so, or said so since boot and nobody has set the clock since. Set: a signed-in person set
// it since boot. RTC: a hardware clock read by this program agrees. Doubtful: none of these; time that was restored from
// disk at boot is never more.
const (
	Synchronised Trust = "synchronised"
	Set          Trust = "set"
	RTC          Trust = "rtc"
	Doubtful     Trust = "doubtful"
)

// Stamp is a moment as the station knows it.
type Stamp struct {
	Wall  time.Time
	Boot  string        // boot ID of the kernel
	Up    time.Duration // since boot, suspend included (CLOCK_BOOTTIME)
	Trust Trust
	ErrUS int64 // the kernel's estimate of the maximum error, microseconds
}

// Step is a change of the wall clock that was not the passing of time.
type Step struct {
	Before, After time.Time
}

// Clock is the wall clock. System is the machine's; Fake is for tests.
type Clock interface {
	// Now is the wall time in the station's zone; it carries no monotonic reading.
	Now() time.Time
	Stamp() Stamp
	// Alarm fires once when the wall clock reaches t, or at once when it has. A step of the wall clock re-judges it.
	Alarm(t time.Time) *Alarm
	// Steps tells of steps; one subscriber per call, unsubscribed by the returned function.
	Steps() (<-chan Step, func())
}

// Setter sets the clock in a signed-in person's name.
type Setter interface {
	// SetTime sets the wall clock to t, which counts as Set from then on. A step is told to the subscribers.
	SetTime(t time.Time) error
	// MarkSet says that the time as it is now is right.
	MarkSet()
}

// Alarm is one pending wake-up. C is closed when the time has come. Stop releases it; it may be called twice.
type Alarm struct {
	C    <-chan struct{}
	stop func()
}

// Stop releases the alarm.
func (a *Alarm) Stop() {
	if a != nil && a.stop != nil {
		a.stop()
	}
}

// pending is an alarm that has not fired.
type pending struct {
	at time.Time
	c  chan struct{}
}
