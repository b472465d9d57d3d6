package device

import (
	"slices"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/player/speaker/pulsetest"
	"loaxa/schedule"
)

const sound = 300 // louder than this is sound; a null sink adds nothing to what was played

// A commune hears the clips at the minute that was announced, whole, joined and unchanged; and the log says just that.
func TestOnTime(t *testing.T) {
	needDevice(t)
	pulsetest.Steadily(t, 4, onTime)
}

func onTime(t testing.TB) {
	const n, step = 11, 5 * time.Second
	server := pulsetest.Start(t)
	capture := server.Capture(t)
	s := newStation(t, server.Env()...)
	s.serve()
	one := s.bring("mot", noise(pulsetest.Rate*4/5, 1))
	two := s.bring("hai", inverted(noise(pulsetest.Rate*4/5, 1)))
	if one.LUFS != two.LUFS {
		t.Fatalf("the clips measure %v and %v LUFS; this test needs both at a gain of exactly 0 dB", one.LUFS, two.LUFS)
	}
	s.anyHour(map[string]any{"loudness_lufs": one.LUFS, "warm_up_ms": 1500})
	due := every(2*time.Second, step, n)
	id := s.programme(s.playlist(schedule.ModeAll, one, two), 30, due...)
	outcomes := s.awaitOutcomes(id, n, time.Duration(n+4)*step)
	s.verify() // while it runs
	s.quit()
	s.verify() // and after
	capture.Stop()

	offs := onsets(t, capture, slices.Concat(one.samples, two.samples), due)
	slices.Sort(offs)
	spread := offs[n-1] - offs[0]
	t.Logf("onset at the monitor minus due, %d broadcasts: min %.1f, median %.1f, max %.1f ms; spread %.1f ms",
		n, ms(offs[0]), ms(offs[n/2]), ms(offs[n-1]), ms(spread))
	if spread > 10*time.Millisecond {
		t.Errorf("onsets spread over %s, more than 10 ms", spread)
	}
	if len(outcomes) != n {
		t.Errorf("%d outcomes for %d occurrences", len(outcomes), n)
	}
	for i, o := range outcomes {
		if o.Outcome != evidence.Full || o.Reason != "" || o.Output != "unproven" || o.Evidence != 1 || o.Underruns != 0 {
			t.Errorf("broadcast %d: %s (%s), output %s, evidence %d, %d frames of underrun; want full, unproven, 1, 0", i,
				o.Outcome, o.Reason, o.Output, o.Evidence, o.Underruns)
		}
		if !o.Due.Equal(due[i]) || o.LatenessMS > 20 || o.LatenessMS < -20 {
			t.Errorf("broadcast %d: due %s, %d ms late by the log; want due %s and at most 20 ms off", i, o.Due, o.LatenessMS, due[i])
		}
		if o.AiredMS != 1600 || o.PlannedMS != 1600 {
			t.Errorf("broadcast %d: aired %d of %d ms, want 1600 of 1600", i, o.AiredMS, o.PlannedMS)
		}
	}
}

// onsets finds each broadcast in the capture, sample for sample within 2, and tells how far off its moment it began.
// A gap of one sample between the items, or one sample lost, and it is not found.
func onsets(t testing.TB, c *pulsetest.Capture, reference []int16, due []time.Time) []time.Duration {
	t.Helper()
	got := c.Samples()
	offs := make([]time.Duration, 0, len(due))
	at := 0
	for i, d := range due {
		found := pulsetest.Find(got[at:], reference, 2)
		if found < 0 {
			t.Fatalf("broadcast %d: its items, joined, are not in the capture from sample %d on; of them are there:%s", i, at,
				tell(stretches(got[at:min(at+8*pulsetest.Rate, len(got))], reference)))
		}
		if first := pulsetest.FirstSound(got[at:], sound); first < found-4 {
			t.Errorf("broadcast %d: something sounds %d samples before it", i, found-first)
		}
		off := c.TimeOf(at + found).Sub(d)
		if off.Abs() > 20*time.Millisecond {
			t.Errorf("broadcast %d sounded %.1f ms off its moment, more than 20", i, ms(off))
		}
		offs = append(offs, off)
		at += found + len(reference)
	}
	if pulsetest.FirstSound(got[at:], sound) >= 0 {
		t.Error("something sounds after the last broadcast")
	}
	return offs
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// The officer presses stop and the loudspeakers are silent before a breath is drawn; the log names who did it.
func TestStop(t *testing.T) {
	needDevice(t)
	pulsetest.Steadily(t, 4, stopped)
}

func stopped(t testing.TB) {
	const n, step = 5, 5 * time.Second
	server := pulsetest.Start(t)
	capture := server.Capture(t)
	s := newStation(t, server.Env()...)
	s.serve()
	s.anyHour(map[string]any{"warm_up_ms": 1500})
	long := s.bring("dai", noise(20*pulsetest.Rate, 2))
	due := every(2*time.Second, step, n)
	id := s.programme(s.playlist(schedule.ModeAll, long), 2, due...)
	var took []time.Duration
	for i := range due {
		from := capture.Len()
		at := capture.AwaitSound(from, sound, 2*step)
		for heard := at + pulsetest.Rate; capture.Len() < heard; { // a second of it
			time.Sleep(pollStep)
		}
		began := time.Now()
		s.mustCLI("stop", "--as", "lan")
		s.awaitOutcomes(id, i+1, patience)
		for end := capture.Len() + pulsetest.Rate/2; capture.Len() < end; { // nothing may come after it
			time.Sleep(pollStep)
		}
		last := at + pulsetest.LastSound(capture.SamplesFrom(at), sound)
		took = append(took, capture.TimeOf(last+1).Sub(began))
	}
	slices.Sort(took)
	t.Logf("from the command `loaxa stop` to silence at the monitor, %d times: min %.0f, median %.0f, max %.0f ms",
		n, ms(took[0]), ms(took[n/2]), ms(took[n-1]))
	if took[n-1] > 300*time.Millisecond || took[0] < 0 {
		t.Errorf("silence after %v, want 0 to 300 ms", took)
	}
	for i, o := range s.awaitOutcomes(id, n, patience) {
		if o.Outcome != evidence.Partial || o.Reason != "stopped" || o.Person != "user:lan" {
			t.Errorf("broadcast %d: %s (%s) by %q, want partial (stopped) by user:lan", i, o.Outcome, o.Reason, o.Person)
		}
		if o.AiredMS < 900 || o.AiredMS > 2000 {
			t.Errorf("broadcast %d: aired %d ms of the %d by the log; it sounded for little more than a second", i, o.AiredMS, o.PlannedMS)
		}
	}
	s.verify()
}
