package library_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"loaxa/audio/library"
)

// The waveform is where people hear with their eyes where a clip begins; without its file it must still be there.
func TestPeaksAreMadeAtImportAndAgainWhenLost(t *testing.T) {
	s := newStation(t)
	c := s.bring("a.wav", tone(t, 440, 3*time.Second))
	path := filepath.Join(s.dir, "clips", c.SHA256+".peaks")
	stored, err := os.ReadFile(path)
	must(t, err)
	want, err := s.Peaks(c.ID, 100)
	must(t, err)
	// 8000 of 32768, in 127 steps, is 31.
	if n := len(want.High); n < 25 || n > 100 || slices.Max(want.High) != 32 && slices.Max(want.High) != 31 || int64(n)*want.FramesPerBin < c.Frames {
		t.Errorf("peaks of %d bins, %d frames each, up to %d", n, want.FramesPerBin, slices.Max(want.High))
	}
	other := s.bring("b.wav", tone(t, 441, 2*time.Second))
	for name, damage := range map[string]func() error{
		"removed": func() error { return os.Remove(path) },
		"emptied": func() error { return os.Truncate(path, 0) },
		"cut":     func() error { return os.Truncate(path, int64(len(stored)-3)) },
		"a byte": func() error {
			raw := slices.Clone(stored)
			raw[len(raw)/2] ^= 1
			return os.WriteFile(path, raw, 0o600)
		},
		"nonsense": func() error { return os.WriteFile(path, noise(len(stored), 5), 0o600) },
		"of another clip": func() error {
			raw, err := os.ReadFile(filepath.Join(s.dir, "clips", other.SHA256+".peaks"))
			return errors.Join(err, os.WriteFile(path, raw, 0o600))
		},
	} {
		must(t, damage())
		got, err := s.Peaks(c.ID, 100)
		must(t, err)
		again, err := os.ReadFile(path)
		if err != nil || !reflect.DeepEqual(got, want) || !slices.Equal(again, stored) {
			t.Errorf("%s: not made anew: %v", name, err)
		}
	}
	if len(s.records) != 2 || len(s.files()) != 6 {
		t.Errorf("%d records, files %v", len(s.records), s.files())
	}
}

func TestPeaksOfAFullDiskAreStillDrawn(t *testing.T) {
	s := newStation(t)
	c := s.short(440)
	must(t, os.Remove(filepath.Join(s.dir, "clips", c.SHA256+".peaks")))
	s.reopen(func(o *library.Options) { o.MinFreeBytes = 1 << 60 })
	if level, err := s.Peaks(c.ID, 10); err != nil || len(level.High) == 0 {
		t.Errorf("peaks %+v, %v", level, err)
	}
	if files := s.files(); len(files) != 2 {
		t.Errorf("files %v", files)
	}
	must(t, os.Remove(s.canonical(c)))
	if _, err := s.Peaks(c.ID, 10); !errors.Is(err, library.ErrMissing) {
		t.Errorf("without the sound: %v", err)
	}
	for _, bins := range []int{0, -1, 1 << 30} {
		var wrong *library.InputError
		if _, err := s.Peaks(c.ID, bins); !errors.As(err, &wrong) {
			t.Errorf("%d bins: %v", bins, err)
		}
	}
}
