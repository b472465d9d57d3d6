package device

import (
	"slices"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/player/speaker/pulsetest"
	"loaxa/schedule"
)

const (
	away    = 3 * time.Second // how long the device is gone
	faultAt = 5 * time.Second // of the clip
	leeway  = pulsetest.Rate  // what may be repeated or missing at a loss, samples
)

// A card that is pulled out and put back costs the commune a moment, not the broadcast: it goes on where it was, is
// whole at the end, and the log says that it happened.
func TestDeviceFaults(t *testing.T) {
	needDevice(t)
	t.Parallel()
	for _, f := range []struct {
		name string
		// strike takes the device away and gives it back; it returns what was heard before and what records it.
		strike func(*pulsetest.Server, *pulsetest.Capture, testing.TB) *pulsetest.Capture
		tells  []string // one of these device records must stand
	}{
		{"server killed and started again", func(s *pulsetest.Server, _ *pulsetest.Capture, t testing.TB) *pulsetest.Capture {
			s.Kill()
			pass(away)
			s.Restart()
			return s.Capture(t)
		}, []string{"lost"}},
		{"sink unloaded and loaded again", func(s *pulsetest.Server, _ *pulsetest.Capture, t testing.TB) *pulsetest.Capture {
			s.UnloadSink()
			pass(away)
			s.LoadSink()
			return s.Capture(t)
		}, []string{"lost", "stalled"}},
		{"server stopped and continued", func(s *pulsetest.Server, c *pulsetest.Capture, _ testing.TB) *pulsetest.Capture {
			s.Pause()
			pass(away)
			s.Continue()
			return c
		}, []string{"stalled", "lost"}},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			pulsetest.Steadily(t, 3, func(t testing.TB) { struck(t, f.strike, f.tells) })
		})
	}
}

// struck lets one fault happen in the middle of a broadcast and compares what was heard, and what the log says of it.
func struck(t testing.TB, strike func(*pulsetest.Server, *pulsetest.Capture, testing.TB) *pulsetest.Capture, tells []string) {
	server := pulsetest.Start(t)
	before := server.Capture(t)
	s := newStation(t, server.Env()...)
	s.serve()
	long := s.bring("dai", noise(20*pulsetest.Rate, 3))
	s.anyHour(map[string]any{"loudness_lufs": long.LUFS, "warm_up_ms": 1500})
	id := s.programme(s.playlist(schedule.ModeAll, long), 60, every(2*time.Second, time.Second, 1)...)
	at := before.AwaitSound(0, sound, patience)
	for before.Len() < at+int(faultAt.Seconds()*pulsetest.Rate) {
		time.Sleep(pollStep)
	}
	after := strike(server, before, t)
	outcomes := s.awaitOutcomes(id, 1, time.Minute)
	awaitAfter(after)
	heard := stretches(before.Samples(), long.samples)
	if after != before {
		heard = append(heard, stretches(after.Samples(), long.samples)...)
	}
	judgeHeard(t, heard, len(long.samples))
	lines := s.mustLog()
	t.Logf("device records: %v", said(lines))
	if !slices.ContainsFunc(said(lines), func(w string) bool { return slices.Contains(tells, w) }) {
		t.Errorf("device records %v, want one of %v", said(lines), tells)
	}
	opened := 0
	for _, w := range said(lines) {
		if w == "opened" {
			opened++
		}
	}
	if opened < 2 {
		t.Errorf("the device was opened %d times by the log, want at least 2", opened)
	}
	if len(outcomes) != 1 {
		t.Fatalf("%d outcomes, want 1", len(outcomes))
	}
	o := outcomes[0]
	t.Logf("outcome %s (%s), aired %d of %d ms, rate %.3f, underruns %d", o.Outcome, o.Reason, o.AiredMS, o.PlannedMS, o.Rate, o.Underruns)
	if o.Outcome != evidence.Full || o.Reason != "resumed" || o.AiredMS != 20000 {
		t.Errorf("outcome %s (%s), aired %d ms; want full (resumed), 20000 ms", o.Outcome, o.Reason, o.AiredMS)
	}
	s.verify()
}

// pass lets the time of a fault go by: it is the fault itself, not a wait for luck.
func pass(d time.Duration) { <-time.After(d) }

// awaitAfter waits until the capture holds what sounded up to now.
func awaitAfter(c *pulsetest.Capture) {
	for end := c.Len() + pulsetest.Rate/2; c.Len() < end; {
		select {
		case <-c.Done():
			return
		default:
			time.Sleep(pollStep)
		}
	}
}

// judgeHeard wants the whole clip: from its beginning to its end, at each seam at most a second twice or missing.
func judgeHeard(t testing.TB, heard []stretch, n int) {
	t.Helper()
	t.Logf("heard of the clip:%s", tell(heard))
	if len(heard) < 2 {
		t.Fatal("the fault left no seam: nothing is shown")
	}
	if heard[0].from != 0 {
		t.Errorf("it begins at %.3f s of the clip", seconds(heard[0].from))
	}
	for i := 1; i < len(heard); i++ {
		seam := heard[i].from - heard[i-1].until()
		if seam > leeway || seam < -leeway {
			t.Errorf("at %.3f s it goes on %.3f s further, more than a second", seconds(heard[i-1].until()), seconds(seam))
		}
	}
	if missing := n - heard[len(heard)-1].until(); missing != 0 {
		t.Errorf("it ends %.3f s before the clip does", seconds(missing))
	}
}
