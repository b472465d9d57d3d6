package library_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"loaxa/audio/library"
)

// mountSmall puts a small file system at a folder of the station, or skips the test.
func (s *station) mountSmall(dir, size string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, dir)
	if os.Geteuid() != 0 {
		s.t.Skip("needs root: a small file system is mounted")
	}
	if err := syscall.Mount("tmpfs", path, "tmpfs", 0, "size="+size); err != nil {
		s.t.Skipf("mounting a small file system: %v", err)
	}
	s.t.Cleanup(func() { must(s.t, syscall.Unmount(path, syscall.MNT_DETACH)) })
	return path
}

// A disk that runs full in the middle is said in words, and the half that fitted is removed.
func TestTheDiskRunsFull(t *testing.T) {
	s := newStation(t)
	for _, dir := range []string{"originals", "clips", "photos"} {
		s.mountSmall(dir, "256k")
	}
	for name, file := range map[string][]byte{
		"no room for the original":  tone(t, 440, 5*time.Second),
		"no room for the canonical": eightBit(t, 5*time.Second), // a twelfth of its canonical form
	} {
		_, _, err := s.Import(t.Context(), "lan", library.Import{Reader: bytes.NewReader(file), Name: "a.wav"}, nil)
		var refusal *library.Refusal
		if !errors.Is(err, library.ErrNoRoom) || errors.As(err, &refusal) {
			t.Errorf("%s: %v: the file is not to blame", name, err)
		}
		s.nothing(0)
	}
	large := append(picture(t, 40, 30), make([]byte, 300<<10)...)
	if _, err := s.KeepPhoto(t.Context(), bytes.NewReader(large)); !errors.Is(err, library.ErrNoRoom) {
		t.Errorf("no room for a photo: %v", err)
	}
	s.nothing(0)
	c := s.into(s.bring("a.wav", tone(t, 440, 1500*time.Millisecond)), library.StateApproved) // what fits is taken
	if _, err := s.Trim(t.Context(), "lan", c.ID, 0, 1200, false, nil); !errors.Is(err, library.ErrNoRoom) {
		t.Errorf("no room for the trimmed sound beside the old: %v", err)
	}
	if got, err := s.Get(c.ID); err != nil || !same(got, c) {
		t.Errorf("it is %+v, %v", got, err)
	}
	s.holds(c)
}

// The log goes on when the disk is full, on what it holds in reserve and on what imports leave free. A station whose
// imports eat that is silent in the books.
func TestImportsLeaveTheLogItsRoom(t *testing.T) {
	const keep = 3 << 20
	s := newStation(t)
	must(t, s.db.Close())
	s.mountSmall("", "8m")
	reserve, held := filepath.Join(s.dir, "reserve"), noise(1<<20, 9) // as the log's
	must(t, os.WriteFile(reserve, held, 0o600))
	s.open(func(o *library.Options) { o.MinFreeBytes = keep })
	least := int64(1 << 40)
	look := func(_, _ int64) {
		var st syscall.Statfs_t
		must(t, syscall.Statfs(s.dir, &st))
		least = min(least, int64(st.Bavail)*st.Bsize)
	}
	for name, file := range map[string][]byte{
		"no room for the original":  tone(t, 440, 50*time.Second),
		"no room for the canonical": eightBit(t, 50*time.Second),
	} {
		_, _, err := s.Import(t.Context(), "lan", library.Import{Reader: bytes.NewReader(file), Name: "a.wav"}, look)
		if !errors.Is(err, library.ErrNoRoom) {
			t.Errorf("%s: %v", name, err)
		}
		s.nothing(0)
	}
	look(0, 0)
	c := s.bring("a.wav", tone(t, 440, 12*time.Second))
	s.bring("b.wav", tone(t, 441, 2*time.Second))
	for hertz := 442.0; ; hertz++ {
		_, _, err := s.Import(t.Context(), "lan", library.Import{Reader: bytes.NewReader(tone(t, hertz, 2*time.Second)), Name: "a.wav"}, look)
		if errors.Is(err, library.ErrNoRoom) {
			break
		}
		if must(t, err); hertz > 500 {
			t.Fatal("the disk never was full")
		}
	}
	if _, err := s.Trim(t.Context(), "lan", c.ID, 0, 11_500, false, look); !errors.Is(err, library.ErrNoRoom) {
		t.Errorf("trimmed with %d kB free: %v", least>>10, err)
	}
	if _, err := s.KeepPhoto(t.Context(), bytes.NewReader(picture(t, 40, 30))); !errors.Is(err, library.ErrNoRoom) {
		t.Errorf("a photo with %d kB free: %v", least>>10, err)
	}
	// A refusal comes one chunk of the decoder's late, not more.
	t.Logf("at least %d kB were free, %d are kept", least>>10, keep>>10)
	if least < keep-1<<20 {
		t.Errorf("%d kB were free, %d are kept for the log", least>>10, keep>>10)
	}
	if now, err := os.ReadFile(reserve); err != nil || !bytes.Equal(now, held) {
		t.Errorf("the log's reserve was touched: %v", err)
	}
	all, err := s.All()
	must(t, err)
	s.holds(all...)
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
