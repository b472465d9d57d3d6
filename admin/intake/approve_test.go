package intake

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"loaxa/audio/library"
)

// uploaded is a file as a form leaves it.
func uploaded(t *testing.T, name, content string) File {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, []byte(content), 0o600))
	f, err := os.Open(path)
	must(t, err)
	return File{Name: name, File: f}
}

// A clip was withdrawn: its number to call was wrong. The stick with the old files is brought once more, to be approved on
// the way in; the withdrawn one must not come back on air with the others.
func TestImportDoesNotBringBackWhatWasRetired(t *testing.T) {
	s := newShelf()
	old := idOf([]byte("withdrawn"))
	s.clips[old] = library.Clip{ID: old, State: library.StateRetired}
	in := running(t, Options{Library: s})
	i, err := in.Order(t.Context(), Order{Actor: "user:hoa", About: About{Approve: true},
		Files: []File{uploaded(t, "old.mp3", "withdrawn"), uploaded(t, "new.mp3", "new")}})
	must(t, err)
	i = await(t, in, i.ID, StateDone, StateFailed)
	if s.clips[old].State != library.StateRetired || !slices.Equal(s.approved, []string{idOf([]byte("new"))}) {
		t.Errorf("approved %v; the withdrawn clip is %s", s.approved, s.clips[old].State)
	}
	if i.Problem == nil || i.Problem.Code != CodeOthers || i.Problem.In("vi") == "" || i.Problem.In("en") == "" {
		t.Errorf("nobody is told: %s, %+v", i.State, i.Problem)
	}
}

// The letter says until April; the same file was here already, without an end. It must not be approved for ever under the
// letter's name, nor under another letter's.
func TestImportApprovesOnlyWhatItSays(t *testing.T) {
	letter := library.Letter{Agency: "Công an xã", Number: "12/CV"}
	for name, c := range map[string]struct {
		was  library.Clip
		left bool
	}{
		"the same":         {library.Clip{Letter: letter, ValidUntil: "2026-04-30"}, false},
		"without an end":   {library.Clip{Letter: letter}, true},
		"of another":       {library.Clip{Letter: library.Letter{Number: "9/CV"}, ValidUntil: "2026-04-30"}, true},
		"without a letter": {library.Clip{ValidUntil: "2026-04-30"}, true},
	} {
		s := newShelf()
		id := idOf([]byte("sound"))
		c.was.ID, c.was.State = id, library.StateSubmitted
		s.clips[id] = c.was
		in := running(t, Options{Library: s})
		i, err := in.Order(t.Context(), Order{Actor: "user:hoa", About: About{Approve: true, Letter: letter, ValidUntil: "2026-04-30"},
			Files: []File{uploaded(t, "a.mp3", "sound")}})
		must(t, err)
		i = await(t, in, i.ID, StateDone, StateFailed)
		if left := s.clips[id].State != library.StateApproved; left != c.left || (i.Problem != nil) != c.left {
			t.Errorf("%s: left alone %v, told %+v", name, left, i.Problem)
		}
	}
}

// "The wrong stick!" Whoever cancels in the last moment must not find its clips approved.
func TestCancelledImportApprovesNothing(t *testing.T) {
	s := newShelf()
	in := running(t, Options{Library: s})
	s.came = func() {
		if _, err := in.Cancel(context.Background(), "i-1"); err != nil {
			t.Error(err)
		}
	}
	i, err := in.Order(t.Context(), Order{Actor: "user:hoa", About: About{Approve: true}, Files: []File{uploaded(t, "a.mp3", "sound")}})
	must(t, err)
	i = await(t, in, i.ID, StateDone, StateCancelled, StateFailed)
	if i.State != StateCancelled || len(s.approved) != 0 {
		t.Errorf("it is %s, approved %v", i.State, s.approved)
	}
}

// A stick of two hours takes its time. What somebody changes meanwhile about a clip that came in the first minute was not
// before the approver, who had ordered all of it.
func TestClipChangedDuringAnImportIsNotApprovedWithIt(t *testing.T) {
	s := newShelf()
	first := idOf([]byte("first"))
	s.came = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.brought) == 2 {
			c := s.clips[first]
			c.CanonicalSHA256 = "trimmed by somebody"
			s.clips[first] = c
		}
	}
	in := running(t, Options{Library: s})
	i, err := in.Order(t.Context(), Order{Actor: "user:hoa", About: About{Approve: true},
		Files: []File{uploaded(t, "a.mp3", "first"), uploaded(t, "b.mp3", "second")}})
	must(t, err)
	i = await(t, in, i.ID, StateDone, StateFailed)
	if !slices.Equal(s.approved, []string{idOf([]byte("second"))}) || i.Problem == nil || i.Problem.Code != CodeOthers || i.Problem.Detail != first {
		t.Errorf("approved %v, of %s and another: %+v", s.approved, first, i.Problem)
	}
}
