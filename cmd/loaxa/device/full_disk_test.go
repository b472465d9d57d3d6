package device

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A disk that is full to its last block must not keep a warning from the village: it is on air within a second, also
// while another broadcast is, and once there is room the log says so.
func TestEmergencyOnAFullDisk(t *testing.T) {
	needDevice(t)
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=260m"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(small, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	t.Setenv("TMPDIR", small)
	s := newStation(t)
	s.serve("--device", "virtual")
	news, warning := s.bring("tin", hum(180, 20)), s.bring("lu", hum(260, 2))
	s.anyHour(nil)
	s.mustCLI("play", news.ID, "--emergency", "--reason", "thử", "--for", "1m")
	filler := filepath.Join(small, "filler")
	fillUp(t, filler)

	asked := time.Now()
	s.must("POST", "/play", map[string]any{"clip_id": warning.ID, "kind": "emergency", "reason": "vỡ đê", "request_id": "r", "replace": true}, nil)
	await(t, patience, "the warning plays", func() error {
		if n := s.now(); n.OnAir == nil || n.OnAir.Broadcast != "emergency:r" || n.State != "playing" {
			return fmt.Errorf("%s, on air %+v", n.State, n.OnAir)
		}
		return nil
	})
	took := time.Since(asked)
	t.Logf("on a full disk, from the request until it plays: %.0f ms", ms(took))
	if took > time.Second {
		t.Errorf("it plays %s after it was asked for, more than a second", took)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	outcomes := s.awaitOutcomes("", 2, patience)
	if o := outcomes[1]; o.Broadcast != "emergency:r" || o.AiredMS != 2000 {
		t.Errorf("the log says %+v", o)
	}
	s.verify()
}

// fillUp writes a file until the disk has no block left. The control: that happens.
func fillUp(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // its content is of no interest
	for _, piece := range []int{1 << 20, 4096, 1} {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, piece))
		}
		if !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, io.ErrShortWrite) {
			t.Fatalf("filling the disk: %v", err)
		}
	}
}
