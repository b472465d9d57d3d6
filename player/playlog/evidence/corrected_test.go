package evidence

import (
	"testing"
	"time"
)

// An inspector who reads that a clip sounded at 3 in the morning must learn that the clock, not the station, was wrong.
func TestCorrectedTimes(t *testing.T) {
	hour := time.Hour
	stamp := func(boot string, up time.Duration, off time.Duration, state string) Stamp {
		// The true time is moment(0) + uptime.
		return Stamp{Wall: At(moment(0).Add(up + off)), Boot: boot, UpMS: up.Milliseconds(), Clock: Clock{State: state}}
	}
	wrong13 := []Stamp{
		stamp("a", time.Minute, -13*hour, "doubtful"), stamp("a", hour, -13*hour, "doubtful"),
		stamp("a", 2*hour, 0, "synchronised"), stamp("a", 3*hour, 0, "synchronised"),
	}
	for _, c := range []struct {
		name   string
		stamps []Stamp
		of     Stamp
		state  string
		true   time.Duration // after moment(0)
	}{
		{"13 hours behind, then synchronised", wrong13, wrong13[1], ByUptime, hour},
		{"trusted when it was written", wrong13, wrong13[3], AsWritten, 3 * hour},
		{"set by a person", []Stamp{wrong13[0], stamp("a", hour, 0, "set")}, wrong13[0], ByUptime, time.Minute},
		{"never trusted", wrong13[:2], wrong13[1], Inconclusive, 0},
		{"another boot's trust says nothing", []Stamp{wrong13[0], stamp("b", hour, 0, "synchronised")}, wrong13[0], Inconclusive, 0},
		{"stepped in between, still in doubt", []Stamp{wrong13[0], stamp("a", hour, -2*hour, "doubtful"), wrong13[2]}, wrong13[0], ByUptime, time.Minute},
		{"after the step, still in doubt", []Stamp{wrong13[0], stamp("a", hour, -2*hour, "doubtful"), wrong13[2]}, stamp("a", hour, -2*hour, "doubtful"), ByUptime, hour},
		{"trust lost and not regained", []Stamp{wrong13[2], stamp("a", 3*hour, hour, "doubtful")}, stamp("a", 3*hour, hour, "doubtful"), Inconclusive, 0},
		{"trust lost and regained", []Stamp{wrong13[2], stamp("a", 3*hour, hour, "doubtful"), stamp("a", 4*hour, 0, "set")}, stamp("a", 3*hour, hour, "doubtful"), ByUptime, 3 * hour},
		{"a record written late", []Stamp{wrong13[2], wrong13[0]}, wrong13[0], ByUptime, time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			times := NewCorrectedTimes()
			for _, s := range c.stamps {
				times.Add(s)
			}
			got := times.Of(c.of)
			if got.State != c.state || !got.Written.Equal(c.of.Wall.Time) {
				t.Fatalf("got %s of %s, want %s", got.State, got.Written, c.state)
			}
			if c.state == Inconclusive {
				if !got.True.IsZero() || got.Off() != 0 {
					t.Errorf("a time is claimed that nothing shows: %s", got.True)
				}
				return
			}
			if want := moment(0).Add(c.true); !got.True.Equal(want) {
				t.Errorf("true time %s, want %s", got.True, want)
			}
		})
	}
}

func TestCorrectedMomentBeforeItsRecord(t *testing.T) {
	times := NewCorrectedTimes()
	doubtful := Stamp{Wall: At(moment(0).Add(-time.Hour)), Boot: "a", UpMS: 60000, Clock: Clock{State: "doubtful"}}
	times.Add(doubtful)
	times.Add(Stamp{Wall: At(moment(0).Add(time.Minute)), Boot: "a", UpMS: 120000, Clock: Clock{State: "set"}})
	got := times.Near(doubtful, At(doubtful.Wall.Add(-5*time.Second)))
	if want := moment(0).Add(-5 * time.Second); !got.True.Equal(want) || got.Off() != -time.Hour {
		t.Errorf("true time %s (off by %s), want %s", got.True, got.Off(), want)
	}
}
