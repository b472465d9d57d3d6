package pulsetest

import (
	"bytes"
	"encoding/binary"
	"math"
	"os/exec"
	"testing"
	"time"
)

// chirp rises from 200 to 4,000 Hz: no part of it is like another, so a lost or doubled sample shows.
func chirp(seconds float64) []int16 {
	n := int(seconds * Rate)
	out := make([]int16, n)
	for i := range out {
		at := float64(i) / Rate
		phase := 2 * math.Pi * (200*at + (4000-200)/(2*seconds)*at*at)
		out[i] = int16(12000 * math.Cos(phase))
	}
	return out
}

// play plays clip with the sound server's own player and returns when it has drained. The generous latency keeps a busy
// machine from starving it.
func play(t *testing.T, s *Server, clip []int16) {
	t.Helper()
	raw, err := binary.Append(nil, binary.LittleEndian, clip)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "pacat", "-d", SinkName, "--raw", "--format=s16le", "--rate=48000",
		"--channels=1", "--latency-msec=500")
	cmd.Env = s.programEnv()
	cmd.Stdin = bytes.NewReader(raw)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("playing: %v: %s", err, out)
	}
}

// awaitDone fails the test when the capture does not notice its end.
func awaitDone(t *testing.T, c *Capture) {
	t.Helper()
	select {
	case <-c.Done():
	case <-time.After(patience):
		t.Fatal("the capture goes on without its sink")
	}
}

// If the harness changed one sample, or did not see a wrong one, no statement about the player would hold.
func TestPlayedIsCaptured(t *testing.T) {
	Need(t, "pacat")
	s := Start(t)
	c := s.Capture(t)
	clip := chirp(0.5)
	before := time.Now()
	from := 0
	for i := range 3 {
		play(t, s, clip)
		at := c.AwaitSound(from, 1000, patience)
		got := c.SamplesFrom(from)
		found := Find(got, clip, 0)
		if found < 0 {
			gaps := Gaps(got, 0, 48)
			t.Fatalf("play %d: the capture (sound from sample %d on) does not hold the chirp bit for bit; gaps %v", i, at, gaps)
		}
		sounded := c.TimeOf(from + found)
		if sounded.Before(before) || sounded.After(time.Now()) {
			t.Errorf("play %d: sounded %s after the call, not between call and now", i, sounded.Sub(before))
		}
		t.Logf("play %d: sample %d, %s after the first call", i, from+found, sounded.Sub(before).Round(time.Millisecond/10))
		from += found + len(clip)
	}
	wrong := chirp(0.5)
	wrong[len(wrong)/2] ^= 1
	if at := Find(c.Samples(), wrong, 0); at >= 0 {
		t.Errorf("a chirp with one wrong bit was found at %d: the comparison is blind", at)
	}
	c.Stop()
	middle, most, worst := c.Jitter()
	t.Logf("arrivals later than the most prompt one: middle %s, 95 %% below %s, worst %s, of %d samples",
		middle, most, worst, c.Len())
}

// A stopped server must not bend the timeline: what sounds after it would be timed wrong by as much.
func TestTimelineThroughPause(t *testing.T) {
	Need(t, "pacat")
	const pause = 3 * time.Second
	s := Start(t)
	c := s.Capture(t)
	first := c.TimeOf(0)
	s.Pause()
	stopped := c.Len()
	<-time.After(pause) // the fault itself, not a wait for luck
	if grown := c.Len() - stopped; grown > Rate/2 {
		t.Errorf("the stopped server went on for %d samples", grown)
	}
	s.Continue()
	clip := chirp(0.2)
	play(t, s, clip)
	at := Find(c.Samples(), clip, 0)
	if at < 0 {
		t.Fatal("the chirp after the pause is not in the capture")
	}
	c.Stop()
	// Timed from the arrivals around it alone, the chirp must lie where the timeline before the pause puts it.
	var local time.Time
	for _, a := range c.arrivals {
		if a.end > at && (local.IsZero() || a.zero().Before(local)) {
			local = a.zero()
		}
	}
	bend := local.Sub(first)
	t.Logf("timeline after a pause of %s: off by %s", pause, bend)
	if bend.Abs() > 50*time.Millisecond {
		t.Errorf("the timeline bends by %s at the pause", bend)
	}
}

// The faults that device tests are made of: each must take the sound away and give it back.
func TestFaults(t *testing.T) {
	Need(t, "pacat")
	s := Start(t)
	clip := chirp(0.2)
	audible := func(when string) {
		t.Helper()
		c := s.Capture(t)
		defer c.Stop()
		play(t, s, clip)
		if Find(c.Samples(), clip, 0) < 0 {
			t.Errorf("%s: the chirp is not in the capture", when)
		}
	}
	c := s.Capture(t)
	s.UnloadSink()
	awaitDone(t, c)
	s.LoadSink()
	audible("after the sink came back")

	c = s.Capture(t)
	s.Kill()
	awaitDone(t, c)
	if out, err := s.pactl("info"); err == nil {
		t.Errorf("the killed server answers: %s", out)
	}
	s.Restart()
	audible("after the server came back")
}

// Find must not cost a test of a ten-minute capture its time.
func BenchmarkFind(b *testing.B) {
	clip := chirp(1)
	captured := append(make([]int16, 600*Rate), clip...)
	for b.Loop() {
		if Find(captured, clip, 2) != 600*Rate {
			b.Fatal("not found")
		}
	}
}
