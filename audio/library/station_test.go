package library_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"loaxa/audio"
	"loaxa/audio/decode"
	"loaxa/audio/library"
)

// The test binary is also the child that decodes, and the worker that is killed in the middle of its work.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "decode" {
		os.Exit(decode.Main(os.Args[2:]))
	}
	if len(os.Args) > 1 && os.Args[1] == "work-until-killed" {
		os.Exit(workUntilKilled(os.Args[2], os.Args[3], os.Args[4], os.Args[5]))
	}
	os.Exit(m.Run())
}

// noted is one change record.
type noted struct {
	actor, id     string
	before, after json.RawMessage
}

// station is a library with the state database around it.
type station struct {
	t       testing.TB
	dir     string
	db      *bbolt.DB
	options library.Options
	*library.Library

	mu      sync.Mutex
	now     time.Time
	records []noted
	fail    error // what Record returns
}

func newStation(t testing.TB) *station {
	t.Helper()
	s := &station{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 24, 5, 30, 0, 0, time.FixedZone("", 7*3600))}
	s.open(nil)
	return s
}

// open opens the database and the library in it, as a start of the program does.
func (s *station) open(adjust func(*library.Options)) {
	s.t.Helper()
	db, err := bbolt.Open(filepath.Join(s.dir, "state.db"), 0o600, &bbolt.Options{Timeout: time.Second, NoSync: true}) // nobody pulls a plug
	must(s.t, err)
	s.db = db
	s.options = library.Options{DB: db, Dir: s.dir, Exe: decoder(s.t), Now: s.tick, Record: s.record, MinFreeBytes: -1}
	if adjust != nil {
		adjust(&s.options)
	}
	s.Library, err = library.Open(s.options)
	if err != nil {
		must(s.t, db.Close())
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { must(s.t, db.Close()) })
}

// decoder is this test binary as the decoding child. Under the race detector a program sleeps for a second before it
// ends, unless told not to; the child gets no environment, so a script tells it.
func decoder(t testing.TB) string {
	t.Helper()
	exe, err := os.Executable()
	must(t, err)
	script := filepath.Join(t.TempDir(), "decoder")
	must(t, os.WriteFile(script, fmt.Appendf(nil, "#!/bin/sh\nGORACE=atexit_sleep_ms=0 exec '%s' \"$@\"\n", exe), 0o700))
	return script
}

func (s *station) reopen(adjust func(*library.Options)) {
	s.t.Helper()
	must(s.t, s.db.Close())
	s.open(adjust)
}

// tick is a clock that moves a second each time it is read.
func (s *station) tick() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(time.Second)
	return s.now
}

func (s *station) record(_ *bbolt.Tx, actor, what, id string, before, after any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	if what != library.What {
		s.t.Errorf("a change of %q is recorded by the library", what)
	}
	b, err := json.Marshal(before)
	must(s.t, err)
	a, err := json.Marshal(after)
	must(s.t, err)
	s.records = append(s.records, noted{actor, id, b, a})
	return nil
}

func (s *station) bring(name string, file []byte) library.Clip {
	s.t.Helper()
	c, _, err := s.Import(context.Background(), "lan", library.Import{Reader: bytes.NewReader(file), Name: name}, nil)
	must(s.t, err)
	return c
}

// files lists all files of the three folders.
func (s *station) files() []string {
	s.t.Helper()
	out := []string{}
	for _, dir := range []string{"originals", "clips", "photos"} {
		entries, err := os.ReadDir(filepath.Join(s.dir, dir))
		must(s.t, err)
		for _, e := range entries {
			out = append(out, dir+"/"+e.Name())
		}
	}
	return out
}

// nothing fails if anything of an import is left: a file, a clip, a change record or a new version.
func (s *station) nothing(version int64) {
	s.t.Helper()
	all, err := s.All()
	must(s.t, err)
	if files := s.files(); len(files) > 0 || len(all) > 0 || len(s.records) > 0 || s.Version() != version {
		s.t.Errorf("left behind: files %v, %d clips, %d records, version %d after %d", files, len(all), len(s.records), s.Version(), version)
	}
}

// tone is a canonical WAV file of a sine, other bytes for another frequency.
func tone(t testing.TB, hertz float64, length time.Duration) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tone.wav")
	f, err := os.Create(path)
	must(t, err)
	w, err := audio.NewWAVWriter(f)
	must(t, err)
	frames := make([]int16, audio.FramesIn(length))
	for i := range frames {
		frames[i] = int16(8000 * math.Sin(2*math.Pi*hertz*float64(i)/audio.Rate))
	}
	must(t, w.Write(frames))
	must(t, w.Close())
	must(t, f.Close())
	raw, err := os.ReadFile(path)
	must(t, err)
	return raw
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
