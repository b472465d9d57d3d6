package library_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loaxa/audio/library"
)

func (s *station) canonical(c library.Clip) string {
	return filepath.Join(s.dir, "clips", c.SHA256+".wav")
}

func count(t *testing.T, o *library.Opened) (frames int64) {
	t.Helper()
	buf := make([]int16, 1000)
	for {
		n, err := o.Source.ReadFrames(buf)
		frames += int64(n)
		if errors.Is(err, io.EOF) {
			return frames
		}
		must(t, err)
	}
}

// The log states the hash of what sounded: a file that was changed on disk must not sound under the old name.
func TestAChangedFileIsNotPlayed(t *testing.T) {
	s := newStation(t)
	c := s.bring("a.wav", tone(t, 440, time.Second))
	o, err := s.Open(c.ID)
	must(t, err)
	if o.SHA256 != c.CanonicalSHA256 || o.Clip.ID != c.ID {
		t.Errorf("opened %s of %s", o.SHA256, o.Clip.ID)
	}

	raw, err := os.ReadFile(s.canonical(c))
	must(t, err)
	raw[len(raw)/2] ^= 1
	must(t, os.WriteFile(s.canonical(c)+".new", raw, 0o600))
	must(t, os.Rename(s.canonical(c)+".new", s.canonical(c)))
	if n := count(t, o); n != c.Frames {
		t.Errorf("what was open already gave %d frames of %d", n, c.Frames)
	}
	must(t, o.Close())
	if _, err := s.Open(c.ID); !errors.Is(err, library.ErrChanged) {
		t.Errorf("one bit changed: %v", err)
	}
	must(t, os.Truncate(s.canonical(c), 1000))
	if _, err := s.Open(c.ID); !errors.Is(err, library.ErrChanged) {
		t.Errorf("cut off: %v", err)
	}
	must(t, os.Remove(s.canonical(c)))
	if _, err := s.Open(c.ID); !errors.Is(err, library.ErrMissing) {
		t.Errorf("removed: %v", err)
	}
	if _, err := s.Open("c-none"); !errors.Is(err, library.ErrNotFound) {
		t.Errorf("never there: %v", err)
	}
}

// "Import the clip again" is the remedy that people are told: it must bring the clip back under its ID, as it was.
func TestImportingAgainPutsLostFilesBack(t *testing.T) {
	s := newStation(t)
	file := tone(t, 440, time.Second)
	c := s.bring("a.wav", file)
	if _, err := s.Retire("lan", c.ID, false); err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func() error{
		"canonical removed":   func() error { return os.Remove(s.canonical(c)) },
		"canonical cut":       func() error { return os.Truncate(s.canonical(c), 1000) },
		"original removed":    func() error { return os.Remove(filepath.Join(s.dir, "originals", c.SHA256)) },
		"original emptied":    func() error { return os.Truncate(filepath.Join(s.dir, "originals", c.SHA256), 0) },
		"nothing (a control)": func() error { return nil },
	} {
		must(t, damage())
		before := len(s.records)
		again := s.bring("another name.wav", file)
		if again.ID != c.ID || again.Title != c.Title || again.State != library.StateRetired || !again.ImportedAt.Equal(c.ImportedAt) {
			t.Errorf("%s: became %+v", name, again)
		}
		if repaired := len(s.records) > before; repaired == (name == "nothing (a control)") {
			t.Errorf("%s: recorded %v", name, repaired)
		}
		o, err := s.Open(c.ID)
		must(t, err)
		if n := count(t, o); n != c.Frames {
			t.Errorf("%s: %d frames", name, n)
		}
		must(t, o.Close())
	}
	if list, err := s.All(); err != nil || len(list) != 1 {
		t.Errorf("%d clips, %v", len(list), err)
	}
}
