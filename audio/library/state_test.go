package library_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"loaxa/audio/library"
)

// short is a clip of its own for each hertz, quickly made.
func (s *station) short(hertz float64) library.Clip {
	s.t.Helper()
	return s.bring(fmt.Sprintf("%v.wav", hertz), tone(s.t, hertz, 600*time.Millisecond))
}

// into brings a draft into a state, by the ways that people have.
func (s *station) into(c library.Clip, state string) library.Clip {
	s.t.Helper()
	switch state {
	case library.StateSubmitted:
		_, err := s.Submit("lan", c.ID)
		must(s.t, err)
	case library.StateApproved:
		_, err := s.Approve("minh", []string{c.ID}, nil)
		must(s.t, err)
	case library.StateRetired:
		_, err := s.Retire("lan", c.ID, false)
		must(s.t, err)
	}
	got, err := s.Get(c.ID)
	must(s.t, err)
	if got.State != state {
		s.t.Fatalf("%s became %s, not %s", c.State, got.State, state)
	}
	return got
}

var allStates = []string{library.StateDraft, library.StateSubmitted, library.StateApproved, library.StateRetired}

// What may be done to a clip: a way past the approver, or a clip that cannot be brought to air any more, would be the loss.
func TestEveryTransition(t *testing.T) {
	gone, refused := "gone", "refused"
	acts := []struct {
		name string
		do   func(s *station, id string) error
		want [4]string // from draft, submitted, approved, retired; "" = stays, and nothing is recorded
	}{
		{"submit", func(s *station, id string) error { _, err := s.Submit("an", id); return err },
			[4]string{library.StateSubmitted, "", refused, refused}},
		{"reject", func(s *station, id string) error { _, err := s.Reject("an", id, "nghe không rõ"); return err },
			[4]string{refused, library.StateDraft, refused, refused}},
		{"approve", func(s *station, id string) error { _, err := s.Approve("an", []string{id}, nil); return err },
			[4]string{library.StateApproved, library.StateApproved, "", library.StateApproved}},
		{"retire", func(s *station, id string) error { _, err := s.Retire("an", id, false); return err },
			[4]string{library.StateRetired, library.StateRetired, library.StateRetired, ""}},
		{"remove", func(s *station, id string) error { return s.Remove("an", id) },
			[4]string{gone, gone, refused, gone}},
	}
	s := newStation(t)
	hertz := 300.0
	for _, act := range acts {
		for i, from := range allStates {
			hertz++
			before := s.into(s.short(hertz), from)
			records := len(s.records)
			err := act.do(s, before.ID)
			after, getErr := s.Get(before.ID)
			name, want := act.name+" a clip that is "+from, act.want[i]
			switch want {
			case gone:
				if err != nil || !errors.Is(getErr, library.ErrNotFound) {
					t.Errorf("%s: %v, still there: %v", name, err, getErr)
				}
			case refused:
				if !errors.Is(err, library.ErrState) || after.State != from {
					t.Errorf("%s: %v, it is %s", name, err, after.State)
				}
			case "":
				if err != nil || !same(after, before) {
					t.Errorf("%s: %v, from %+v to %+v", name, err, before, after)
				}
			default:
				if err != nil || after.State != want {
					t.Errorf("%s: %v, it is %s", name, err, after.State)
				}
			}
			changed := want != "" && want != refused
			if recorded := len(s.records) - records; (recorded == 1) != changed || recorded > 1 {
				t.Errorf("%s: %d records", name, recorded)
			}
			if changed {
				s.recorded(name, before)
			}
		}
	}
}

// same tells whether two clips are told alike.
func same(a, b library.Clip) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// recorded looks whether the last record tells of a change by an of a clip that was as in before.
func (s *station) recorded(name string, before library.Clip) {
	s.t.Helper()
	last := s.records[len(s.records)-1]
	var was library.Clip
	must(s.t, json.Unmarshal(last.before, &was))
	if last.id != before.ID || last.actor != "an" || was.State != before.State {
		s.t.Errorf("%s: recorded %+v", name, last)
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	s := newStation(t)
	for name, err := range map[string]error{
		"submit":  second(s.Submit("an", "c-none")),
		"reject":  second(s.Reject("an", "c-none", "x")),
		"approve": second(s.Approve("an", []string{"c-none"}, nil)),
		"retire":  second(s.Retire("an", "c-none", true)),
		"remove":  s.Remove("an", "c-none"),
		"edit":    second(s.Edit("an", "c-none", library.Edit{})),
		"trim":    second(s.Trim(t.Context(), "an", "c-none", 0, 1000, true, nil)),
		"peaks":   second(s.Peaks("c-none", 10)),
	} {
		if !errors.Is(err, library.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(s.records) > 0 {
		t.Errorf("recorded %+v", s.records)
	}
}

func second[T any](_ T, err error) error { return err }

// Who brought a clip must learn why it was not allowed, until it is submitted anew.
func TestARejectionSaysWhy(t *testing.T) {
	s := newStation(t)
	c := s.into(s.short(440), library.StateSubmitted)
	if c.SubmittedBy != "lan" || c.SubmittedAt.IsZero() {
		t.Errorf("submitted by %q at %v", c.SubmittedBy, c.SubmittedAt)
	}
	for _, why := range []string{"", " \u200b", strings.Repeat("a", 501)} {
		var wrong *library.InputError
		if _, err := s.Reject("minh", c.ID, why); !errors.As(err, &wrong) || wrong.Field != "why" {
			t.Errorf("rejected because of %q: %v", why, err)
		}
	}
	c, err := s.Reject("minh", c.ID, " tiếng\nnhỏ ")
	must(t, err)
	if c.RejectedBy != "minh" || c.RejectedAt.IsZero() || c.RejectedWhy != "tiếng nhỏ" {
		t.Errorf("rejected %+v", c)
	}
	again, err := s.Submit("lan", c.ID)
	must(t, err)
	if c = again[0]; c.RejectedBy != "" || !c.RejectedAt.IsZero() || c.RejectedWhy != "" {
		t.Errorf("submitted anew, and still rejected: %+v", c)
	}
}

// A clip that vanishes from under a programme is a silence that nobody planned.
func TestAClipInUseDoesNotVanish(t *testing.T) {
	s := newStation(t)
	uses := []library.Use{
		{Kind: "playlist", ID: "l1", Title: "Sáng"}, {Kind: "playlist", ID: "l2", Title: "Chiều"},
		{Kind: "programme", ID: "p1", Title: "Bản tin"}, {Kind: "programme", ID: "p2", Title: "Tin tối"},
	}
	used := ""
	s.reopen(func(o *library.Options) {
		o.Uses = func(id string) []library.Use {
			if id == used {
				return uses
			}
			return nil
		}
	})
	c := s.short(440)
	used = c.ID
	records := len(s.records)
	for name, err := range map[string]error{
		"retire": second(s.Retire("an", c.ID, false)),
		"remove": s.Remove("an", c.ID),
		"trim":   second(s.Trim(t.Context(), "an", c.ID, 0, 1000, false, nil)),
	} {
		var in *library.InUseError
		if !errors.As(err, &in) || in.ID != c.ID || len(in.Uses) != 4 {
			t.Fatalf("%s: %v", name, err)
		}
		for _, want := range []string{"dùng trong 4 lịch", "Sáng (l1)", "Bản tin (p1)", "và 1 lịch khác"} {
			if !strings.Contains(in.Sentence("vi"), want) {
				t.Errorf("%s: %q does not say %q", name, in.Sentence("vi"), want)
			}
		}
		if en := in.Sentence("en"); !strings.Contains(en, "4 places") || strings.Contains(en, "p2") {
			t.Errorf("%s: %q", name, en)
		}
	}
	if got, err := s.Get(c.ID); err != nil || got.State != library.StateDraft || len(s.records) != records {
		t.Errorf("it is %s, %v", got.State, err)
	}
	if got, err := s.Retire("an", c.ID, true); err != nil || got.State != library.StateRetired {
		t.Errorf("retired all the same: %s, %v", got.State, err)
	}
	used = ""
	must(t, s.Remove("an", c.ID))
	if files := s.files(); len(files) > 0 {
		t.Errorf("removed, and its files are there: %v", files)
	}
}

// Removed by mistake, a clip comes back from the same file, as a new one.
func TestARemovedClipCanBeBroughtAgain(t *testing.T) {
	s := newStation(t)
	c := s.into(s.short(440), library.StateSubmitted)
	other := s.short(441)
	must(t, s.Remove("an", c.ID))
	again := s.short(440)
	if again.ID != c.ID || again.State != library.StateDraft || again.SubmittedBy != "" || !again.ImportedAt.After(c.ImportedAt) {
		t.Errorf("brought again: %+v", again)
	}
	all, err := s.All()
	must(t, err)
	if len(all) != 2 || all[0].ID != other.ID {
		t.Errorf("%d clips", len(all))
	}
}
