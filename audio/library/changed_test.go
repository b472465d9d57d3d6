package library_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"loaxa/audio/library"
)

// Whoever keeps a copy of something of all clips follows the changes by this; a change that is not told leaves the copy, and
// with it a page of the station, wrong until the next start.
func TestChangesAreTold(t *testing.T) {
	s := newStation(t)
	start := s.Version()
	a, b := s.short(300), s.short(310)
	ids, now, ok := s.Changed(start)
	if !ok || now != s.Version() || !slices.Equal(ids, []string{a.ID, b.ID}) {
		t.Errorf("after two imports: %v %v %v", ids, now, ok)
	}
	title := "khác"
	_, err := s.Edit("lan", a.ID, library.Edit{Title: &title})
	must(t, err)
	must(t, s.Remove("lan", b.ID))
	_, err = s.Submit("lan", a.ID)
	must(t, err)
	if ids, _, ok := s.Changed(now); !ok || !slices.Equal(ids, []string{a.ID, b.ID}) {
		t.Errorf("after an edit, a removal and a submission: %v %v", ids, ok)
	}
	if ids, _, ok := s.Changed(s.Version()); !ok || len(ids) != 0 {
		t.Errorf("since now: %v %v", ids, ok)
	}
	for _, since := range []int64{-1, s.Version() + 1} {
		if _, _, ok := s.Changed(since); ok {
			t.Errorf("version %d, which never was, is known", since)
		}
	}
	for i := range 2100 { // more than are remembered
		title = fmt.Sprintf("tên %d", i)
		if _, err := s.Edit("lan", a.ID, library.Edit{Title: &title}); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, ok := s.Changed(start); ok {
		t.Error("changes that are forgotten are told as if they were all")
	}
	if ids, _, ok := s.Changed(s.Version() - 1000); !ok || !slices.Equal(ids, []string{a.ID}) {
		t.Errorf("the last thousand: %v %v", ids, ok)
	}
}

// Two people edit one clip: the second one must not put back what the first one changed without having seen it.
func TestEditOfWhatSomebodyElseChanged(t *testing.T) {
	s := newStation(t)
	c := s.short(300)
	text := func(s string) *string { return &s }
	was := library.Edit{Title: text(c.Title), Source: text(c.Source)}
	_, err := s.Edit("minh", c.ID, library.Edit{Title: text("Tên của Minh"), Was: &was})
	must(t, err)
	if _, err := s.Edit("lan", c.ID, library.Edit{Title: text("Tên của Lan"), Source: text("Công an xã"), Was: &was}); !errors.Is(err, library.ErrMeanwhile) {
		t.Errorf("the second title: %v", err)
	}
	// What the other one did not touch, and what both want alike, goes through.
	now, err := s.Edit("lan", c.ID, library.Edit{Title: text("Tên của Minh"), Source: text("Công an xã"), Was: &was})
	must(t, err)
	if now.Title != "Tên của Minh" || now.Source != "Công an xã" {
		t.Errorf("%+v", now)
	}
}
