package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"loaxa/audio/decode"
	"loaxa/audio/library"
)

// Every phone calls its first recording the same. A second file that cannot be taken must not push the first one off the
// disk: it may be the only copy there is.
func TestRefusedFilesOfOneNameAreAllKept(t *testing.T) {
	dir := t.TempDir()
	s := newShelf()
	s.refuse["Ghi âm.m4a"] = &library.Refusal{Code: decode.CodeDamaged}
	in := running(t, Options{Library: s, Inbox: dir})
	contents := []string{"first", "second", "third"}
	for _, content := range contents {
		must(t, os.WriteFile(filepath.Join(dir, "Ghi âm.m4a"), []byte(content), 0o600))
		i, err := in.OrderInbox(t.Context(), "user:lan", About{})
		must(t, err)
		await(t, in, i.ID, StateDone)
	}
	kept, err := filepath.Glob(filepath.Join(dir, refusedFolder, "*.m4a"))
	must(t, err)
	var found []string
	for _, name := range kept {
		content, err := os.ReadFile(name)
		must(t, err)
		found = append(found, string(content))
	}
	if len(found) != 3 || !strings.Contains(strings.Join(found, " "), "first") {
		t.Errorf("%q hold %q", kept, found)
	}
}
