package library_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"loaxa/audio/library"
)

// A trimmed clip whose files are lost comes back trimmed, and as approved as it was.
func TestATrimmedClipIsPutBack(t *testing.T) {
	s := newStation(t)
	file := tone(t, 440, 3*time.Second)
	c := s.into(s.trim(s.bring("a.wav", file), 500, 2000), library.StateApproved)
	for name, remove := range map[string][]string{
		"the sound": {"clips/" + c.SHA256 + "." + c.CanonicalSHA256[:12] + ".wav"}, "the original": {"originals/" + c.SHA256},
		"both": {"clips/" + c.SHA256 + "." + c.CanonicalSHA256[:12] + ".wav", "originals/" + c.SHA256},
	} {
		for _, path := range remove {
			must(t, os.Remove(filepath.Join(s.dir, path)))
		}
		if got := s.bring("a.wav", file); !same(got, c) {
			t.Errorf("%s: came back as %+v", name, got)
		}
		s.holds(c)
	}
}

// Another version of a decoder may make other bytes of the same original. Nobody approved those.
func TestFilesPutBackWithOtherSoundNeedApproval(t *testing.T) {
	for _, state := range allStates {
		s := newStation(t)
		file := tone(t, 440, time.Second)
		c := s.bring("a.wav", file)
		s.madeOtherwise(c, tone(t, 441, time.Second))
		before := s.into(c, state)
		must(t, os.Remove(filepath.Join(s.dir, "originals", c.SHA256)))
		if got := s.bring("a.wav", file); !same(got, before) { // the sound that was approved is whole, and stays
			t.Errorf("%s, the original alone was lost: %+v", state, got)
		}
		s.holds(before)
		must(t, os.Remove(s.canonical(c)))
		got := s.bring("a.wav", file)
		want := library.StateDraft
		if state == library.StateRetired {
			want = state
		}
		if got.State != want || got.Approval != nil || got.CanonicalSHA256 != c.CanonicalSHA256 || got.Title != c.Title {
			t.Errorf("%s: came back as %+v", state, got)
		}
		s.holds(got)
	}
}

// madeOtherwise makes the clip's sound another one, as if a decoder of that time had made it.
func (s *station) madeOtherwise(c library.Clip, sound []byte) {
	s.t.Helper()
	must(s.t, os.WriteFile(s.canonical(c), sound, 0o600))
	must(s.t, s.db.Update(func(tx *bbolt.Tx) error {
		clips := tx.Bucket([]byte("library")).Bucket([]byte("clip"))
		c.CanonicalSHA256 = sumOf(sound)
		raw, err := json.Marshal(c)
		must(s.t, err)
		return clips.Put([]byte(c.ID), raw)
	}))
}

// Whoever writes "approved" into the index has not approved anything.
func TestApprovedIsReadOnlyWithAnApprovalOfTheseBytes(t *testing.T) {
	s := newStation(t)
	c := s.into(s.short(440), library.StateApproved)
	s.madeOtherwise(c, tone(t, 441, time.Second))
	got, err := s.Get(c.ID)
	must(t, err)
	all, err := s.All()
	must(t, err)
	if got.State != library.StateDraft || got.Approval != nil || all[0].State != library.StateDraft {
		t.Errorf("it is %s, approval %+v", got.State, got.Approval)
	}
}

// A broadcast that begins in the very moment in which its clip is trimmed has one of the two sounds, and no error.
func TestOpenedWhileItIsTrimmed(t *testing.T) {
	s := newStation(t)
	c := s.bring("a.wav", tone(t, 440, 2*time.Second))
	id, done := c.ID, make(chan struct{})
	var all sync.WaitGroup
	opened := map[string]int{}
	all.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			o, err := s.Open(id)
			if err != nil {
				t.Error(err)
				return
			}
			opened[o.SHA256]++
			if err := o.Close(); err != nil || o.SHA256 != o.Clip.CanonicalSHA256 {
				t.Error(o.SHA256, err)
			}
			if _, err := s.Peaks(id, 100); err != nil {
				t.Error(err)
			}
		}
	})
	for i := range 5 {
		c = s.trim(c, 0, int64(1000+i%2*100))
	}
	close(done)
	all.Wait()
	s.holds(c)
	if len(opened) < 2 {
		t.Errorf("opened %v: not while it was trimmed", opened)
	}
}
