package device

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/player/speaker/pulsetest"
)

// Ctrl-C in the middle of a clip: it fades, the program is gone within two seconds, and the log says how far it came and
// that it was on purpose.
func TestInterrupt(t *testing.T) {
	needDevice(t)
	t.Parallel()
	s := newStation(t)
	recording := filepath.Join(filepath.Dir(s.dir), "recording.wav")
	s.serve("--device", "virtual", "--record", recording)
	long := s.bring("dai", noise(20*pulsetest.Rate, 5))
	s.anyHour(map[string]any{"loudness_lufs": long.LUFS, "rehearsal_percent": 100})
	s.mustCLI("play", long.ID, "--rehearse")
	await(t, patience, "a second of the clip has sounded", func() error {
		if n := s.now(); n.OnAir == nil || n.OnAir.PositionMS < 1000 {
			return fmt.Errorf("on air %+v", n.OnAir)
		}
		return nil
	})
	took, code := s.quit()
	t.Logf("SIGINT to the end: %.0f ms", ms(took))
	if took > 2*time.Second || code != 0 {
		t.Errorf("ended after %s with code %d, want within 2 s with 0", took, code)
	}
	if _, err := os.Lstat(s.path("loaxa.sock")); !os.IsNotExist(err) {
		t.Errorf("the socket is still there: %v", err)
	}
	got := readWAV(t, recording)
	heard := stretches(got, long.samples)
	if len(heard) != 1 {
		t.Fatalf("heard%s, want one stretch", tell(heard))
	}
	fade := pulsetest.LastSound(got, sound) + 1 - heard[0].at - heard[0].n
	t.Logf("heard%s, then a fade of %.0f ms", tell(heard), 1000*seconds(fade))
	if fade < pulsetest.Rate/100 || fade > pulsetest.Rate/20 {
		t.Errorf("the sound ends with a fade of %d samples, want about 20 ms", fade)
	}
	s.verify()

	s.bring("hai", noise(pulsetest.Rate, 6)) // a command while no station runs
	s.serve("--device", "virtual")
	outcomes := s.awaitOutcomes("", 1, patience)
	if len(outcomes) != 1 || outcomes[0].Outcome != evidence.Partial || outcomes[0].Reason != "shutdown" {
		t.Fatalf("outcomes %+v, want one: partial (shutdown)", outcomes)
	}
	boots := of[evidence.Boot](s.mustLog())
	if len(boots) != 2 || boots[0].Previous != "none" || boots[1].Previous != "clean" {
		t.Errorf("boots %+v, want two: after none, and after a clean end", boots)
	}
	if off := outcomes[0].AiredMS - int64(1000*seconds(heard[0].n)); off < -50 || off > 50 {
		t.Errorf("the log says that %d ms were aired; it was %.0f", outcomes[0].AiredMS, 1000*seconds(heard[0].n))
	}
	if err := s.proc.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.proc.done:
	case <-time.After(2 * time.Second):
		t.Error("SIGTERM: still there after 2 s")
	}
}
