package intake

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

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

// The inbox is a folder that others write to. Whatever lies there under the report's name must not stop the station's
// imports, nor fill its memory.
func TestReportThatIsNoReport(t *testing.T) {
	for name, put := range map[string]func(path string) error{
		"a pipe":      func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"a link":      func(path string) error { return os.Symlink("/etc/hostname", path) },
		"a huge file": func(path string) error { return errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, 1<<40)) },
	} {
		dir := t.TempDir()
		must(t, put(filepath.Join(dir, reportFile)))
		must(t, os.WriteFile(filepath.Join(dir, "a.mp3"), []byte("sound"), 0o600))
		in := running(t, Options{Library: newShelf(), Inbox: dir})
		i, err := in.OrderInbox(t.Context(), "user:lan", About{})
		must(t, err)
		await(t, in, i.ID, StateDone)
		report, err := os.ReadFile(filepath.Join(dir, reportFile))
		must(t, err)
		if info, err := os.Lstat(filepath.Join(dir, reportFile)); err != nil || !info.Mode().IsRegular() || len(report) > 2*reportMost || !strings.Contains(string(report), "ĐÃ NHẬP          a.mp3") {
			t.Errorf("%s: %v, the report has %d bytes: %.200q", name, err, len(report), report)
		}
	}
}

// A file that cannot be set aside is not brought again and again: each time it would be decoded anew, and push the
// imports that people look for out of the list.
func TestFileThatCannotBeSetAsideIsLeftInPeace(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "bad.mp3"), []byte("no sound"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, refusedFolder), []byte("a file where the folder should be"), 0o600))
	must(t, os.Chtimes(filepath.Join(dir, refusedFolder), time.Time{}, time.Now())) // still being written
	now := time.Now()
	d := &desk{o: Options{Inbox: dir, Now: func() time.Time { return now }, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}}
	bad := func() []string {
		var out []string
		for range 2 {
			now, out = now.Add(time.Minute), nil
			for _, f := range d.inbox.look(d.o, now) {
				out = append(out, f.Path)
			}
		}
		return slices.DeleteFunc(out, func(name string) bool { return name == refusedFolder })
	}
	if found := bad(); !slices.Equal(found, []string{"bad.mp3"}) {
		t.Fatalf("at first %q", found)
	}
	j := &job{Import: Import{Via: ViaInbox, State: StateDone, Items: []Item{{Name: "bad.mp3", Refused: &Note{Code: "damaged"}}}}, inboxed: d.inbox.all(d.o)}
	d.end(j)
	if found := bad(); len(found) > 0 {
		t.Errorf("it would be brought again: %q", found)
	}
	must(t, os.WriteFile(filepath.Join(dir, "bad.mp3"), []byte("another, with sound"), 0o600))
	if found := bad(); !slices.Equal(found, []string{"bad.mp3"}) {
		t.Errorf("after it was replaced %q", found)
	}
}
