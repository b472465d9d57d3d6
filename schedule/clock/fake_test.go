package clock

import (
	"testing"
	"testing/synctest"
	"time"
)

func fired(a *Alarm) bool {
	select {
	case <-a.C:
		return true
	default:
		return false
	}
}

var start = time.Date(2026, 3, 1, 6, 0, 0, 0, time.FixedZone("+07", 7*3600))

func TestFakeAlarmComesAtItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewFake(start)
		past, soon, later := f.Alarm(start), f.Alarm(start.Add(time.Hour)), f.Alarm(start.Add(2*time.Hour))
		if !fired(past) {
			t.Error("an alarm for now does not fire at once")
		}
		time.Sleep(time.Hour - time.Nanosecond)
		synctest.Wait()
		if fired(soon) {
			t.Error("an alarm fires before its time")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if !fired(soon) || fired(later) {
			t.Error("at one hour the wrong alarms fired")
		}
		later.Stop()
		later.Stop()
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if fired(later) {
			t.Error("a stopped alarm fires")
		}
		if got := f.Now(); !got.Equal(start.Add(3*time.Hour)) || got.Location() != start.Location() {
			t.Errorf("now is %v", got)
		}
	})
}

func TestFakeStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewFake(start)
		steps, end := f.Steps()
		a, b := f.Alarm(start.Add(time.Hour)), f.Alarm(start.Add(3*time.Hour))
		f.Step(2 * time.Hour)
		if !fired(a) || fired(b) {
			t.Error("a step forward over an alarm must fire it, and only it")
		}
		if s := <-steps; !s.Before.Equal(start) || !s.After.Equal(start.Add(2*time.Hour)) {
			t.Errorf("told of %v", s)
		}
		f.Step(-10 * time.Hour) // now −8 h: b is 11 h away
		time.Sleep(10 * time.Hour)
		synctest.Wait()
		if fired(b) {
			t.Error("a step back did not put the alarm off")
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if !fired(b) {
			t.Error("the alarm was lost by the step back")
		}
		if up := f.Stamp().Up; up != 11*time.Hour {
			t.Errorf("uptime %v followed the wall clock", up)
		}
		end()
		<-steps
		f.Step(time.Hour)
		select {
		case s := <-steps:
			t.Errorf("told of %v after unsubscribing", s)
		default:
		}
	})
}

func TestFakeStamp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := NewFake(start)
		f.SetUp(time.Hour)
		time.Sleep(time.Minute)
		if s := f.Stamp(); s.Up != time.Hour+time.Minute || s.Boot != "boot-1" || s.Trust != Synchronised {
			t.Errorf("stamp %+v", s)
		}
		f.SetTrust(Doubtful, 16_000_000)
		f.Reboot("boot-2")
		time.Sleep(time.Second)
		if s := f.Stamp(); s.Up != time.Second || s.Boot != "boot-2" || s.Trust != Doubtful || s.ErrUS != 16_000_000 {
			t.Errorf("stamp after the power cut %+v", s)
		}
	})
}

// TestFakeOutside: the fake works on real time as well.
func TestFakeOutside(t *testing.T) {
	f := NewFake(start)
	select {
	case <-f.Alarm(start.Add(20 * time.Millisecond)).C:
	case <-time.After(10 * time.Second):
		t.Fatal("the alarm never came")
	}
	if f.Now().Before(start.Add(20 * time.Millisecond)) {
		t.Error("the alarm came early")
	}
}

var (
	_, _ Clock  = (*System)(nil), (*Fake)(nil)
	_, _ Setter = (*System)(nil), (*Fake)(nil)
)
