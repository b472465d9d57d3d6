package intake

import (
	"os"
	"path/filepath"
	"testing"
)

// A title is of one file. Five clips of one name in the list of a programme are five that nobody can tell apart.
func TestTitleIsOfASingleFile(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"một.mp3", "hai.mp3"} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600))
	}
	for name, c := range map[string]struct {
		order Order
		title string
	}{
		"one upload":  {Order{Files: []File{uploaded(t, "a.mp3", "a")}}, "Cảnh báo"},
		"two uploads": {Order{Files: []File{uploaded(t, "b.mp3", "b"), uploaded(t, "c.mp3", "c")}}, ""},
		"a stick":     {Order{Folder: dir}, ""},
	} {
		s := newShelf()
		in := running(t, Options{Library: s})
		c.order.Actor, c.order.About.Title = "user:lan", "Cảnh báo"
		i, err := in.Order(t.Context(), c.order)
		must(t, err)
		await(t, in, i.ID, StateDone)
		if len(s.brought) == 0 {
			t.Errorf("%s: nothing came", name)
		}
		for _, b := range s.brought {
			if b.Title != c.title {
				t.Errorf("%s: %s is titled %q", name, b.Name, b.Title)
			}
		}
	}
}
