package clock

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// hardwareClock is the clock that a battery keeps going while the machine is off.
type hardwareClock interface {
	// read is an error, fit to be shown, when there is none, when it does not answer, or when nothing shows that its
	// battery held.
	read() (hardwareTime, error)
}

// hardwareTime is the start of the second that the hardware clock names, UTC.
type hardwareTime struct{ at time.Time }

// rtcDevice is the kernel's first hardware clock. It is only read.
type rtcDevice struct{}

const (
	rtcPath   = "/dev/rtc0"
	rtcReport = "/proc/driver/rtc"
)

func (rtcDevice) read() (hardwareTime, error) {
	f, err := os.OpenFile(rtcPath, os.O_RDONLY|unix.O_CLOEXEC, 0)
	if errors.Is(err, os.ErrNotExist) {
		return hardwareTime{}, errors.New("there is no hardware clock")
	}
	if err != nil {
		return hardwareTime{}, fmt.Errorf("the hardware clock cannot be read (%w)", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	fd := int(f.Fd())
	if err := batteryHeld(fd); err != nil {
		return hardwareTime{}, err
	}
	t, err := unix.IoctlGetRTCTime(fd)
	if err != nil {
		return hardwareTime{}, fmt.Errorf("the hardware clock does not tell its time (%w)", err)
	}
	return rtcTime(t), nil
}

// rtcTime is the time of a hardware clock that keeps UTC, as Linux sets it. One that keeps local time differs by hours
// from the wall clock and is not believed.
func rtcTime(t *unix.RTCTime) hardwareTime {
	return hardwareTime{time.Date(int(t.Year)+1900, time.Month(t.Mon+1), int(t.Mday), int(t.Hour), int(t.Min), int(t.Sec), 0, time.UTC)}
}

// batteryHeld asks for the low-voltage flag: by ioctl, or, where the driver has none (that of PCs), in its report. Without
// either the clock may have begun anew with the power, and is not believed.
func batteryHeld(fd int) error {
	flags, err := unix.IoctlGetUint32(fd, unix.RTC_VL_READ)
	if err == nil {
		if flags != 0 {
			return errors.New("the hardware clock's battery is low or was empty")
		}
		return nil
	}
	report, err := os.ReadFile(rtcReport)
	if err != nil {
		return errors.New("nothing tells whether the hardware clock's battery held")
	}
	return reported(string(report))
}

// reported reads the line "batt_status : okay".
func reported(text string) error {
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(key) != "batt_status" {
			continue
		}
		if strings.TrimSpace(value) == "okay" {
			return nil
		}
		return errors.New("the hardware clock's battery is dead")
	}
	return errors.New("nothing tells whether the hardware clock's battery held")
}
