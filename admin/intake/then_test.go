package intake

import (
	"errors"
	"slices"
	"testing"
)

// The officer sends the files of a letter and puts the phone away: what came is handed on by itself, also when one of the
// files was none, and the import is found again by what it was for.
func TestClipsGoToWhatTheyCameFor(t *testing.T) {
	s := newShelf()
	s.refuse["hỏng.mp3"] = errors.New("no room in this test")
	in := running(t, Options{Library: s})
	var got []string
	order := func(then func([]string) error, names ...string) Import {
		o := Order{Actor: "user:hoa", For: "k-1", Then: then}
		for _, n := range names {
			o.Files = append(o.Files, uploaded(t, n, n))
		}
		i, err := in.Order(t.Context(), o)
		must(t, err)
		return await(t, in, i.ID, StateDone, StateFailed)
	}
	i := order(func(ids []string) error { got = append(got, ids...); return nil }, "một.mp3", "hai.mp3", "hỏng.mp3", "ba.mp3")
	if want := []string{idOf([]byte("một.mp3")), idOf([]byte("hai.mp3"))}; !slices.Equal(got, want) || i.For != "k-1" {
		t.Errorf("of an import that broke off after two, %v came for %q, want %v", got, i.For, want)
	}
	i = order(func([]string) error { return errors.New("it was approved meanwhile") }, "bốn.mp3")
	if i.Problem == nil || i.Problem.Code != CodeNotTaken || i.Problem.In("vi") == "" || i.Problem.In("en") == "" {
		t.Errorf("nobody is told that the clips were not taken: %s, %+v", i.State, i.Problem)
	}
	order(func([]string) error { t.Error("told of no clips"); return nil }, "hỏng.mp3")
}
