package library_test

import (
	"slices"
	"strings"

	"pgregory.net/rapid"

	"loaxa/audio/library"
)

// check compares the library with the model.
func (m *machine) check(rt *rapid.T) {
	all, err := m.s.All()
	is(rt, err, nil)
	if len(all) != len(m.order) || int64(len(m.s.records)) != m.changes {
		rt.Fatalf("%d clips of %d, %d records of %d", len(all), len(m.order), len(m.s.records), m.changes)
	}
	var files []string
	for i, c := range all {
		want := m.order[i]
		if c.ID != want.id || c.State != want.state || c.Letter.Number != want.letter || c.Title != want.title || c.CanonicalSHA256 != want.sum ||
			(c.Trim == nil) != (want.trim == [2]int64{}) || (want.ever && c.ApprovedAt.IsZero()) {
			rt.Fatalf("clip is %+v, want %+v", c, want)
		}
		a := c.Approval
		if holds := a != nil && a.SHA256 == c.SHA256 && a.CanonicalSHA256 == c.CanonicalSHA256; (c.State == library.StateApproved && !holds) || (a != nil && !holds) {
			rt.Fatalf("%s with approval %+v of %s", c.State, a, c.CanonicalSHA256)
		}
		files = append(files, want.files()...)
		o, err := m.s.Open(c.ID)
		if want.damage == "canonical" {
			is(rt, err, library.ErrMissing)
			continue
		}
		is(rt, err, nil)
		is(rt, o.Close(), nil)
	}
	got := m.s.files()
	slices.Sort(got)
	if slices.Sort(files); !slices.Equal(got, files) {
		rt.Fatalf("files\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(files, "\n"))
	}
	m.checkLists(rt)
}

// files are those that must be there.
func (c *model) files() []string {
	out := []string{c.stem() + ".peaks"}
	if c.damage != "canonical" {
		out = append(out, c.stem()+".wav")
	}
	if c.damage != "original" {
		out = append(out, "originals/"+c.sha)
	}
	return out
}

// checkLists leafs through the clips, newest first.
func (m *machine) checkLists(rt *rapid.T) {
	state := rapid.SampledFrom(append([]string{""}, allStates...)).Draw(rt, "state")
	var want, got []string
	for _, c := range slices.Backward(m.order) {
		if state == "" || c.state == state {
			want = append(want, c.id)
		}
	}
	for cursor := ""; ; {
		page, next, err := m.s.List(cursor, 2, state)
		is(rt, err, nil)
		for _, c := range page {
			got = append(got, c.ID)
		}
		if cursor = next; next == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		rt.Fatalf("%q lists %v, want %v", state, got, want)
	}
}
