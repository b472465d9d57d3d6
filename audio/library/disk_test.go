package library_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"loaxa/audio/library"
)

// A full disk is an error in words, and the half that fitted is removed.
func TestTheDiskIsFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: a small file system is mounted")
	}
	s := newStation(t)
	for _, dir := range []string{"originals", "clips"} {
		path := filepath.Join(s.dir, dir)
		if err := syscall.Mount("tmpfs", path, "tmpfs", 0, "size=256k"); err != nil {
			t.Skipf("mounting a small file system: %v", err)
		}
		t.Cleanup(func() { must(t, syscall.Unmount(path, syscall.MNT_DETACH)) })
	}
	for name, file := range map[string][]byte{
		"no room for the original":  tone(t, 440, 5*time.Second),
		"no room for the canonical": eightBit(t, 5*time.Second), // a twelfth of its canonical form
	} {
		_, _, err := s.Import(context.Background(), "lan", library.Import{Reader: bytes.NewReader(file), Name: "a.wav"}, nil)
		var refusal *library.Refusal
		if err == nil || (errors.As(err, &refusal) && refusal.Code == "damaged") {
			t.Errorf("%s: %v: the file is not to blame", name, err)
		}
		s.nothing(0)
	}
	s.bring("a.wav", tone(t, 440, time.Second)) // what fits is taken
}

// eightBit is a WAV file of 8 kHz and 8 bits.
func eightBit(t testing.TB, length time.Duration) []byte {
	t.Helper()
	n := int(length.Seconds() * 8000)
	out := slices.Clone(tone(t, 1, time.Millisecond)[:44])
	size := func(at, v int) {
		out[at], out[at+1], out[at+2], out[at+3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
	}
	size(4, 36+n)
	size(24, 8000)
	size(28, 8000)
	out[32], out[34] = 1, 8
	size(40, n)
	for i := range n {
		out = append(out, byte(128+60*(i/10%2)))
	}
	return out
}
