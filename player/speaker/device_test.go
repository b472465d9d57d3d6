package speaker

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loaxa/audio"
	"loaxa/player/speaker/pulsetest"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "speaker" {
		os.Exit(Main(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// needDevice skips unless the device tests are asked for: they measure time and must run alone.
func needDevice(t *testing.T) {
	t.Helper()
	if os.Getenv("LOAXA_DEVICE") == "" {
		t.Skip("device tests run alone: set LOAXA_DEVICE=1 (make test does)")
	}
	pulsetest.Need(t, "pulseaudio", "parec", "pactl")
}

// chirp is a sound that is found again in one place only.
func chirp(n int) []int16 {
	out := make([]int16, n)
	x := uint32(1)
	for i := range out {
		x = x*1664525 + 1013904223
		out[i] = int16(x>>18) - 8192 //nolint:gosec // the low bits are what is wanted
	}
	return out
}

func openDevice(t testing.TB, env []string) *Line {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	l, err := Open(context.Background(), Options{Exe: exe, Device: "auto", Env: env})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// alsaEnv leads a program to the same server through ALSA's own pulse plug-in, and to nothing else.
func alsaEnv(t testing.TB, s *pulsetest.Server) []string {
	t.Helper()
	var socket string
	for _, e := range s.Env() {
		if v, ok := strings.CutPrefix(e, "PULSE_SERVER="); ok {
			socket = v
		}
	}
	conf := filepath.Join(t.TempDir(), "asound.conf")
	text := fmt.Sprintf("pcm.!default { type pulse server %q device %q fallback \"\" handle_underrun 0 }\n", socket, pulsetest.SinkName)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return append(s.Env(), "ALSA_CONFIG_PATH="+conf, "PULSE_SERVER=unix:/nonexistent")
}

// A first frame placed at a moment sounds at that moment, every time, and every frame arrives unchanged.
func TestPlacedFramesSoundOnTime(t *testing.T) {
	needDevice(t)
	for name, env := range map[string]func(testing.TB, *pulsetest.Server) []string{
		"pulse": func(_ testing.TB, s *pulsetest.Server) []string { return s.Env() },
		"alsa":  alsaEnv,
	} {
		t.Run(name, func(t *testing.T) {
			pulsetest.Steadily(t, 4, func(t testing.TB) {
				s := pulsetest.Start(t)
				placedOnTime(t, s, env(t, s))
			})
		})
	}
}

// where says which stretches of the sound are in the capture, for the log of a failed test.
func where(got, sound []int16) string {
	var out []string
	for i := 0; i+480 <= len(sound); i += 480 {
		if at := pulsetest.Find(got, sound[i:i+480], 2); at >= 0 {
			out = append(out, fmt.Sprintf("%d@%d", i, at-i))
		} else {
			out = append(out, fmt.Sprintf("%d missing", i))
		}
	}
	return strings.Join(out, " ")
}

func placedOnTime(t testing.TB, s *pulsetest.Server, env []string) {
	c := s.Capture(t)
	sound := chirp(audio.Rate / 2)
	for i := range 10 {
		from := c.Len()
		l := openDevice(t, env)
		wait := time.Duration(900+137*i) * time.Millisecond
		due := time.Now().Add(wait)
		if err := l.Place(wait); err != nil {
			t.Fatal(err)
		}
		if err := l.Write(context.Background(), sound); err != nil {
			t.Fatal(err)
		}
		if err := l.End(); err != nil {
			t.Fatal(err)
		}
		var last Event
		for ev := range l.Events() {
			last = ev
		}
		if last.State != Drained || last.Taken != int64(len(sound)) {
			t.Fatalf("ended %s (%s) with %d of %d frames taken", last.State, last.Detail, last.Taken, len(sound))
		}
		heard := time.Now()
		for c.TimeOf(c.Len()).Before(heard) {
			time.Sleep(5 * time.Millisecond) // the capture arrives some milliseconds after the sound
		}
		got := c.SamplesFrom(from)
		at := pulsetest.Find(got, sound, 2)
		if at < 0 {
			t.Fatalf("broadcast %d: the sound is not in the capture, or changed by more than 2: %s", i, where(got, sound))
		}
		off := c.TimeOf(from + at).Sub(due)
		t.Logf("onset %+.1f ms; line says %+.1f ms; rate %.3f output %+v underruns %d", float64(off)/1e6, float64(time.Since(due)-last.OnsetAgo)/1e6, last.Rate, last.Info, last.Underrun)
		if off > 20*time.Millisecond || off < -20*time.Millisecond {
			t.Errorf("broadcast %d sounded %v off its moment", i, off)
		}
	}
}
