package library_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"loaxa/audio"
	"loaxa/audio/decode"
	"loaxa/audio/library"
)

func (s *station) trim(c library.Clip, from, until int64) library.Clip {
	s.t.Helper()
	got, err := s.Trim(context.Background(), "an", c.ID, from, until, false, nil)
	must(s.t, err)
	return got
}

// holds fails unless the folders hold just the files of these clips, and each is what the index says.
func (s *station) holds(clips ...library.Clip) {
	s.t.Helper()
	var want []string
	for _, c := range clips {
		name := "clips/" + c.SHA256
		if c.Trim != nil {
			name += "." + c.CanonicalSHA256[:12]
		}
		want = append(want, "originals/"+c.SHA256, name+".wav", name+".peaks")
		o, err := s.Open(c.ID)
		must(s.t, err)
		if n, _ := o.Source.Frames(); n != c.Frames || o.SHA256 != c.CanonicalSHA256 {
			s.t.Errorf("%d frames of %d, hash %s", n, c.Frames, o.SHA256)
		}
		must(s.t, o.Close())
	}
	got := slices.DeleteFunc(s.files(), func(name string) bool { return strings.HasPrefix(name, "photos/") })
	slices.Sort(got)
	if slices.Sort(want); !slices.Equal(got, want) {
		s.t.Errorf("files %v, want %v", got, want)
	}
}

// A long silence at the start of an agency's file is cut off here and nowhere else: the original stays, nobody's
// approval reaches the new sound, and it can be undone.
func TestTrimChangesTheSoundAndNotTheOriginal(t *testing.T) {
	s := newStation(t)
	file := tone(t, 440, 4*time.Second)
	first := s.bring("a.wav", file)
	approved := s.into(first, library.StateApproved)
	c := s.trim(first, 1000, 2500)
	if c.ID != first.ID || c.SHA256 != first.SHA256 || c.CanonicalSHA256 == first.CanonicalSHA256 || c.Frames != 72_000 || c.DurationMS != 1500 ||
		c.State != library.StateDraft || c.Approval != nil || *c.Trim != (library.Trim{FromMS: 1000, UntilMS: 2500}) {
		t.Errorf("trimmed to %+v", c)
	}
	s.holds(c)
	last := s.records[len(s.records)-1]
	if !bytes.Contains(last.before, []byte(approved.Approval.Batch)) || !bytes.Contains(last.after, []byte(`"trim":{"from_ms":1000,"until_ms":2500}`)) {
		t.Errorf("recorded %s → %s", last.before, last.after)
	}
	if level, err := s.Peaks(c.ID, 1000); err != nil || int64(len(level.High))*level.FramesPerBin > c.Frames+4*level.FramesPerBin {
		t.Errorf("peaks of %d bins, %v", len(level.High), err)
	}
	records := len(s.records)
	if again := s.trim(c, 1000, 2500); !same(again, c) || len(s.records) != records {
		t.Errorf("trimmed as it was, and changed: %+v", again)
	}
	tail := s.trim(c, 3000, 0) // counted from the untrimmed clip
	if tail.Frames != 48_000 || tail.State != library.StateDraft {
		t.Errorf("trimmed to %+v", tail)
	}
	s.holds(tail)
	s.into(tail, library.StateApproved)
	whole := s.trim(tail, 0, 0)
	if whole.Trim != nil || whole.CanonicalSHA256 != first.CanonicalSHA256 || whole.State != library.StateDraft || whole.Approval != nil {
		t.Errorf("undone to %+v", whole)
	}
	s.holds(whole)
	if kept, err := os.ReadFile(filepath.Join(s.dir, "originals", c.SHA256)); err != nil || !bytes.Equal(kept, file) {
		t.Errorf("the original is another: %v", err)
	}
}

// A clip on air while it is trimmed is heard to its end, and its hash is the one that was heard.
func TestABroadcastKeepsTheSoundThatItBegan(t *testing.T) {
	s := newStation(t)
	c := s.bring("a.wav", tone(t, 440, 3*time.Second))
	o, err := s.Open(c.ID)
	must(t, err)
	trimmed := s.trim(c, 0, 1000)
	if n := count(t, o); n != c.Frames || o.SHA256 != c.CanonicalSHA256 {
		t.Errorf("%d frames of %d", n, c.Frames)
	}
	must(t, o.Close())
	s.holds(trimmed)
}

// What cannot be trimmed stays as it is, approval and all.
func TestARefusedTrimChangesNothing(t *testing.T) {
	s := newStation(t)
	sound := tone(t, 440, 2*time.Second)
	copy(sound[44:], make([]byte, 2*audio.FramesIn(1500*time.Millisecond))) // silent but for its end
	c := s.into(s.bring("a.wav", sound), library.StateApproved)
	version, ctx := s.Version(), t.Context()
	for name, test := range map[string]struct {
		from, until int64
		field, code string
	}{
		"backwards":       {1500, 500, "until_ms", ""},
		"too short":       {500, 1400, "until_ms", ""},
		"negative":        {-1, 0, "from_ms", ""},
		"end before all":  {0, -1, "until_ms", ""},
		"years":           {1 << 60, 0, "from_ms", ""},
		"until years":     {0, 1 << 60, "until_ms", ""},
		"behind its end":  {500, 2001, "", decode.CodeBadTrim},
		"all behind":      {60_000, 0, "", decode.CodeBadTrim},
		"nothing is left": {1500, 0, "", decode.CodeBadTrim},
		"silence":         {0, 1400, "", decode.CodeSilent},
	} {
		_, err := s.Trim(ctx, "an", c.ID, test.from, test.until, false, nil)
		var wrong *library.InputError
		var refusal *library.Refusal
		switch {
		case test.field != "" && (!errors.As(err, &wrong) || wrong.Field != test.field):
			t.Errorf("%s: %v", name, err)
		case test.code != "" && (!errors.As(err, &refusal) || refusal.Code != test.code):
			t.Errorf("%s: %v", name, err)
		}
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Trim(cancelled, "an", c.ID, 0, 1800, false, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	s.fail = errors.New("the outbox is closed")
	if _, err := s.Trim(ctx, "an", c.ID, 0, 1800, false, nil); !errors.Is(err, s.fail) {
		t.Error(err)
	}
	s.fail = nil
	if got, err := s.Get(c.ID); err != nil || !same(got, c) || s.Version() != version {
		t.Errorf("changed to %+v, %v", got, err)
	}
	s.holds(c)

	original := filepath.Join(s.dir, "originals", c.SHA256)
	must(t, os.WriteFile(original, tone(t, 441, 2*time.Second), 0o600))
	if _, err := s.Trim(ctx, "an", c.ID, 0, 1800, false, nil); !errors.Is(err, library.ErrChanged) {
		t.Errorf("another original: %v", err)
	}
	must(t, os.Remove(original))
	if _, err := s.Trim(ctx, "an", c.ID, 0, 1800, false, nil); !errors.Is(err, library.ErrMissing) {
		t.Errorf("no original: %v", err)
	}
	must(t, os.WriteFile(original, sound, 0o600))
	s.reopen(func(o *library.Options) { o.MinFreeBytes = 1 << 60 })
	if _, err := s.Trim(ctx, "an", c.ID, 0, 1800, false, nil); !errors.Is(err, library.ErrNoRoom) {
		t.Errorf("no room: %v", err)
	}
	s.holds(c)
}

// While a long file is decoded, people go on working with its clip: nothing of that may be lost, and nothing approved
// that was not heard.
func TestAClipIsChangedWhileItIsTrimmed(t *testing.T) {
	s := newStation(t)
	title, hertz := "Tên khác", 300.0
	used := false
	s.reopen(func(o *library.Options) {
		o.Uses = func(string) []library.Use {
			if used {
				return []library.Use{{Kind: "playlist", ID: "l1", Title: "Sáng"}}
			}
			return nil
		}
	})
	for name, test := range map[string]struct {
		meanwhile func(id string) error
		good      func(c library.Clip, err error) bool
	}{
		"it gets a title": {
			func(id string) error { return second(s.Edit("lan", id, library.Edit{Title: &title})) },
			func(c library.Clip, err error) bool { return err == nil && c.Title == title && c.Trim != nil },
		},
		"it is approved": {
			func(id string) error { return second(s.Approve("minh", []string{id}, nil)) },
			func(c library.Clip, err error) bool {
				return err == nil && c.State == library.StateDraft && c.Approval == nil && c.ApprovedBy == "minh"
			},
		},
		"it is retired": {
			func(id string) error { return second(s.Retire("minh", id, false)) },
			func(c library.Clip, err error) bool {
				return err == nil && c.State == library.StateRetired && c.Trim != nil
			},
		},
		"it is removed": {
			func(id string) error { return s.Remove("lan", id) },
			func(_ library.Clip, err error) bool { return errors.Is(err, library.ErrNotFound) },
		},
		"it comes into a playlist": {
			func(string) error { used = true; return nil },
			func(_ library.Clip, err error) bool { var in *library.InUseError; return errors.As(err, &in) },
		},
	} {
		hertz++
		c := s.bring("a.wav", tone(t, hertz, 2*time.Second))
		did := false
		got, err := s.Trim(t.Context(), "an", c.ID, 0, 1500, false, func(_, _ int64) {
			if !did {
				did = true
				must(t, test.meanwhile(c.ID))
			}
		})
		if !did || !test.good(got, err) {
			t.Errorf("%s (%v): %+v, %v", name, did, got, err)
		}
		used = false
		if _, err := s.Retire("an", c.ID, false); err == nil { // makes room for the next
			_ = s.Remove("an", c.ID)
		}
	}
	all, err := s.All()
	must(t, err)
	s.holds(all...)
}
