package main

import (
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"loaxa/audio"
	"loaxa/audio/library"
	"loaxa/schedule/rulebook"
)

// A faint clip and a loud one leave the station at the loudness that its staff set, -16 LUFS until they do, and under its
// ceiling.
func TestClipsLeaveAtTheStationsLoudness(t *testing.T) {
	dir := t.TempDir()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	loaxa := filepath.Join(dir, "loaxa") // by this name the test binary is the program
	if err := os.Symlink(exe, loaxa); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(filepath.Join(dir, "state.db"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // a test file
	now := func() time.Time { return time.Unix(1764000000, 0) }
	book, err := rulebook.Open(rulebook.Options{DB: db, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	lib, err := library.Open(library.Options{DB: db, Dir: dir, Exe: loaxa, Now: now, Record: book.Outbox().Record})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, peak := range []float64{0.02, 0.9} {
		path := filepath.Join(dir, "tone.wav")
		writeTone(t, path, peak)
		in, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		clip, _, err := lib.Import(t.Context(), "user:lan", library.Import{Reader: in, Name: "tone.wav"}, nil)
		if err := errors.Join(err, in.Close()); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, clip.ID)
	}
	facts, err := newFacts(lib, book)
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range []float64{0, -22} { // 0: what a new station has
		if target != 0 {
			s := book.Settings()
			s.LoudnessLUFS = target
			if _, err := book.PutSettings("user:lan", s); err != nil {
				t.Fatal(err)
			}
		} else {
			target = -16
		}
		for _, id := range ids {
			in := facts.input()
			o, err := lib.Open(id)
			if err != nil {
				t.Fatal(err)
			}
			got := measuredAt(t, audio.Amplify(o.Source, in.Clips[id].GainDB, in.Settings.TruePeakDBTP))
			if err := o.Close(); err != nil {
				t.Fatal(err)
			}
			if math.Abs(got.IntegratedLUFS-target) > 0.1 || got.TruePeakDBTP > -1 {
				t.Errorf("clip %s, station at %.0f LUFS: %+v", id, target, got)
			}
		}
	}
}

// writeTone writes two seconds of 1 kHz.
func writeTone(t *testing.T, path string, peak float64) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := audio.NewWAVWriter(f)
	if err != nil {
		t.Fatal(err)
	}
	all := make([]int16, 2*audio.Rate)
	for i := range all {
		all[i] = int16(peak * 32767 * math.Sin(2*math.Pi*1000*float64(i)/audio.Rate))
	}
	if err := errors.Join(w.Write(all), w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func measuredAt(t *testing.T, s audio.Source) audio.Loudness {
	t.Helper()
	m, buf := audio.NewMeter(), make([]int16, 4096)
	for {
		n, err := s.ReadFrames(buf)
		if m.Write(buf[:n]); errors.Is(err, io.EOF) {
			return m.Result()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
