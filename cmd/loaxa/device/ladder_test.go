package device

import (
	"math"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/player/speaker/pulsetest"
	"loaxa/schedule"
)

// hum is a sine of so many hertz that begins and ends at zero, so that every step in it is its own slope.
func hum(hz, length int) []int16 {
	out := make([]int16, length*pulsetest.Rate)
	for i := range out {
		out[i] = int16(math.Round(9000 * math.Sin(2*math.Pi*float64(hz)*float64(i)/pulsetest.Rate)))
	}
	return out
}

// steepest is the largest step from one sample to the next.
func steepest(samples []int16) (step, at int) {
	for i := 1; i < len(samples); i++ {
		if d := int(samples[i]) - int(samples[i-1]); max(d, -d) > step {
			step, at = max(d, -d), i
		}
	}
	return step, at
}

// spans are the stretches of sound, apart by at least 60 ms of silence: [from, until) in samples.
func spans(samples []int16) [][2]int {
	const quiet = 60 * pulsetest.Rate / 1000
	var out [][2]int
	last := -quiet - 1
	for i, v := range samples {
		if v > -sound/4 && v < sound/4 {
			continue
		}
		if i-last > quiet {
			out = append(out, [2]int{i, i})
		}
		out[len(out)-1][1], last = i+1, i
	}
	return out
}

// clickFree holds every step in the capture against those in the middle of what was played: a hard cut or a hard start
// would stand out. The control cuts the same capture hard and must be caught.
func clickFree(t testing.TB, got []int16, sounds [][2]int) {
	t.Helper()
	own := 0
	for _, s := range sounds {
		middle := (s[0] + s[1]) / 2
		step, _ := steepest(got[middle-pulsetest.Rate/4 : middle+pulsetest.Rate/4])
		own = max(own, step)
	}
	limit := own + own/10 + 8
	step, at := steepest(got)
	t.Logf("the steepest step is %d, in the middle of the clips %d", step, own)
	if step > limit {
		t.Errorf("a step of %d samples' height at %.3f s, the clips have none above %d: a click", step, seconds(at), own)
	}
	hard := append([]int16(nil), got...)
	peak := sounds[0][0] + pulsetest.Rate/2
	for hard[peak] < 4*int16(own) { //nolint:gosec // a slope is small
		peak++
	}
	clear(hard[peak:])
	if step, _ := steepest(hard); step <= limit {
		t.Errorf("the control, cut hard at a height of %d, has no step above %d: this test sees nothing", hard[peak-1], limit)
	}
}

// contender plans one start with everything that the ladder asks for.
func (s *station) contender(playlist string, class schedule.Class, resume bool, start time.Time) string {
	s.t.Helper()
	var made schedule.Programme
	s.must("POST", "/programmes?confirm=night", map[string]any{
		"title": "Chương trình " + string(class), "playlist_id": playlist, "starts": []time.Time{start}, "class": class,
		"lateness_s": 60, "volume_percent": 100, "zone": "main", "resume_after_cut": resume,
	}, &made)
	return made.ID
}

// The dyke is about to break while the news is on: the warning is on air within a second, and the news goes on at the item
// that was cut, without a click in the loudspeakers.
func TestEmergencyOnAirWithinASecond(t *testing.T) {
	needDevice(t)
	pulsetest.Steadily(t, 4, emergencyCuts)
}

func emergencyCuts(t testing.TB) {
	server := pulsetest.Start(t)
	capture := server.Capture(t)
	s := newStation(t, server.Env()...)
	s.serve()
	s.anyHour(map[string]any{"warm_up_ms": 1500})
	one, two, warning := s.bring("mot", hum(180, 4)), s.bring("hai", hum(200, 4)), s.bring("lu", hum(260, 3))
	due := every(3*time.Second, 0, 1)[0]
	id := s.contender(s.playlist(schedule.ModeAll, one, two), schedule.Ordinary, true, due)
	time.Sleep(time.Until(due.Add(6 * time.Second)))
	asked := time.Now()
	s.must("POST", "/play", map[string]any{"clip_id": warning.ID, "kind": "emergency", "reason": "vỡ đê", "request_id": "r"}, nil)
	out := s.awaitOutcomes(id, 1, time.Minute)
	time.Sleep(time.Second)
	s.verify()
	s.quit()
	capture.Stop()

	got := capture.Samples()
	sounds := spans(got)
	for i := 1; i < len(sounds); i++ {
		silent, onset := capture.TimeOf(sounds[i-1][1]).Sub(asked), capture.TimeOf(sounds[i][0]).Sub(asked)
		if silent < 0 || onset-silent < 150*time.Millisecond {
			continue
		}
		t.Logf("from the request to silence at the monitor %.0f ms, to the warning %.0f ms", ms(silent), ms(onset))
		if onset > time.Second {
			t.Errorf("the warning is heard %s after it was asked for, more than a second", onset)
		}
		break
	}
	if len(sounds) != 3 {
		t.Fatalf("%d stretches of sound, want the news, the warning and the rest of the news: %v", len(sounds), sounds)
	}
	t.Logf("from the warning's end to the news %.0f ms", 1000*seconds(sounds[2][0]-sounds[1][1]))
	for i, want := range []float64{6, 3, 4} {
		if d := seconds(sounds[i][1]-sounds[i][0]) - want; d < -0.1 || d > 0.5 {
			t.Errorf("stretch %d of sound lasts %.2f s, want about %.0f s", i, want+d, want)
		}
	}
	if o := out[0]; o.Outcome != evidence.Full || o.Reason != "after_cut" || o.AiredMS != 8000 {
		t.Errorf("the news: %s (%s), %d ms; want full (after_cut), 8000 ms", o.Outcome, o.Reason, o.AiredMS)
	}
	clickFree(t, got, sounds)
}

// A priority broadcast is heard at its minute, whatever ordinary one is on air.
func TestPriorityIsOnTime(t *testing.T) {
	needDevice(t)
	pulsetest.Steadily(t, 4, priorityCuts)
}

func priorityCuts(t testing.TB) {
	server := pulsetest.Start(t)
	capture := server.Capture(t)
	s := newStation(t, server.Env()...)
	s.serve()
	s.anyHour(map[string]any{"warm_up_ms": 1500})
	long, short := s.bring("dai", hum(180, 20)), s.bring("ngan", hum(260, 3))
	due := every(3*time.Second, 6*time.Second, 2)
	ordinary := s.contender(s.playlist(schedule.ModeAll, long), schedule.Ordinary, false, due[0])
	priority := s.contender(s.playlist(schedule.ModeAll, short), schedule.Priority, false, due[1])
	cut := s.awaitOutcomes(ordinary, 1, time.Minute)[0]
	on := s.awaitOutcomes(priority, 1, time.Minute)[0]
	time.Sleep(time.Second)
	s.verify()
	s.quit()
	capture.Stop()

	got := capture.Samples()
	sounds := spans(got)
	if len(sounds) != 2 {
		t.Fatalf("%d stretches of sound, want two: %v", len(sounds), sounds)
	}
	// The first loud sample of the hum comes a few samples after its first.
	off := capture.TimeOf(sounds[1][0]).Sub(due[1])
	t.Logf("the priority broadcast is heard %.1f ms off its moment; the ordinary one was silent %.0f ms before it", ms(off), ms(due[1].Sub(capture.TimeOf(sounds[0][1]))))
	if off.Abs() > 20*time.Millisecond {
		t.Errorf("the priority broadcast is heard %s off its moment", off)
	}
	if cut.Outcome != evidence.Preempted || on.Outcome != evidence.Full {
		t.Errorf("outcomes %s (%s) and %s (%s); want preempted and full", cut.Outcome, cut.Reason, on.Outcome, on.Reason)
	}
	clickFree(t, got, sounds)
}
