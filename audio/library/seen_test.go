package library_test

import (
	"errors"
	"testing"
	"time"

	"loaxa/audio/library"
)

// An approver listens, somebody else cuts the clip or moves it under another letter, the approver presses the button: what
// nobody heard must not go on air.
func TestOnlyWhatWasSeenIsApproved(t *testing.T) {
	day := "2027-01-01"
	for name, change := range map[string]func(*station, string) error{
		"trimmed": func(s *station, id string) error {
			_, err := s.Trim(t.Context(), "lan", id, 0, 1200, false, nil)
			return err
		},
		"of another letter": func(s *station, id string) error {
			_, err := s.Edit("lan", id, library.Edit{Letter: &library.Letter{Agency: "Công an xã", Number: "13/CV"}})
			return err
		},
		"valid for longer": func(s *station, id string) error {
			_, err := s.Edit("lan", id, library.Edit{ValidUntil: &day})
			return err
		},
		"valid later": func(s *station, id string) error {
			_, err := s.Edit("lan", id, library.Edit{ValidFrom: &day})
			return err
		},
		"withdrawn": func(s *station, id string) error {
			_, err := s.Retire("lan", id, false)
			return err
		},
		"sent back by another": func(s *station, id string) error {
			_, err := s.Reject("hoa", id, "Sai số điện thoại")
			return err
		},
		"changed and approved by another": func(s *station, id string) error {
			_, err := s.Trim(t.Context(), "lan", id, 0, 1200, false, nil)
			if err == nil {
				_, err = s.Approve("hoa", []string{id}, nil)
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t)
			c, other := s.bring("a.wav", tone(t, 440, 2*time.Second)), s.short(550)
			_, err := s.Submit("lan", c.ID)
			must(t, err)
			c, err = s.Get(c.ID)
			must(t, err)
			seen := map[string]library.Seen{c.ID: library.SeenOf(c), other.ID: library.SeenOf(other)}
			must(t, change(s, c.ID))
			before, err := s.Get(c.ID)
			must(t, err)
			if _, err := s.ApproveAsSeen("minh", []string{other.ID, c.ID}, nil, seen); !errors.Is(err, library.ErrNotAsSeen) {
				t.Errorf("approved as it was not seen: %v", err)
			}
			for _, was := range []library.Clip{before, other} {
				if now, err := s.Get(was.ID); err != nil || now.State != was.State || now.ApprovedBy != was.ApprovedBy {
					t.Errorf("%s is %s by %q now: %v", was.ID, now.State, now.ApprovedBy, err)
				}
			}
			seen[c.ID] = library.SeenOf(before)
			all, err := s.ApproveAsSeen("minh", []string{other.ID, c.ID}, nil, seen)
			must(t, err)
			if all[0].State != library.StateApproved || all[1].State != library.StateApproved || all[1].Approval.CanonicalSHA256 != before.CanonicalSHA256 {
				t.Errorf("as seen: %+v", all)
			}
		})
	}
}

// Who sends half a comparison believes to be protected by a whole one.
func TestSeenMustSayWhat(t *testing.T) {
	s := newStation(t)
	c := s.short(440)
	for name, seen := range map[string]map[string]library.Seen{
		"nothing":           {c.ID: {}},
		"half a hash":       {c.ID: {SHA256: c.SHA256[:12]}},
		"of another clip":   {"c-none": library.SeenOf(c)},
		"a letter, no hash": {c.ID: {Letter: &c.Letter}},
	} {
		var wrong *library.InputError
		if _, err := s.ApproveAsSeen("minh", []string{c.ID}, nil, seen); !errors.As(err, &wrong) || wrong.Field != "seen" {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, seen := range []library.Seen{{SHA256: c.SHA256}, {CanonicalSHA256: c.CanonicalSHA256}} {
		if _, err := s.ApproveAsSeen("minh", []string{c.ID}, nil, map[string]library.Seen{c.ID: seen}); err != nil {
			t.Error(err)
		}
	}
}
