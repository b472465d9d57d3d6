package library_test

import (
	"os"
	"path/filepath"
	"testing"

	"loaxa/audio/library"
)

// Folders have odd names. What was removed must be gone there, too, and what an interruption left.
func TestFolderWithBracketsIsSwept(t *testing.T) {
	s := newStation(t)
	dir := filepath.Join(s.dir, "loa [xã] *")
	s.reopen(func(o *library.Options) { o.Dir = dir })
	c := s.short(440)
	must(t, s.Remove("lan", c.ID))
	part := filepath.Join(dir, "clips", "import-1.part")
	must(t, os.WriteFile(part, []byte("half"), 0o600))
	s.reopen(func(o *library.Options) { o.Dir = dir })
	var left []string
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			left = append(left, path)
		}
		return err
	}))
	if len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
