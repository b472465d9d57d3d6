package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A clip that a playlist plays must not go unseen: the commands refuse, say who plays it, and name the flag.
func TestClipInUseNamesTheFlag(t *testing.T) {
	t.Setenv("GORACE", "atexit_sleep_ms=50") // as in the scripts
	dir := t.TempDir()
	data, file := filepath.Join(dir, "d"), filepath.Join(dir, "tieng.wav")
	if err := os.WriteFile(file, quietStart(), 0o600); err != nil {
		t.Fatal(err)
	}
	loaxa := func(want int, args ...string) string {
		t.Helper()
		cmd := exec.Command(loaxaFile(t), append(args, "--data", data)...)
		out, err := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != want {
			t.Fatalf("%v: exit code %d, want %d: %v\n%s", args, code, want, err, out)
		}
		return string(out)
	}
	loaxa(exitDone, "init", "--name", "Đài thử", "--code", "T")
	id, _, _ := strings.Cut(loaxa(exitDone, "clip", "import", file, "--approve"), " ")
	a := &app{stdio: stdio{os.Stdin, discard{}, discard{}}, data: data}
	err := a.reach(t.Context(), func(s *client) error {
		items := []map[string]string{{"clip_id": id}}
		return s.call(t.Context(), "POST", "/playlists", map[string]any{"title": "Sáng", "items": items}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, act := range [][]string{{"retire", id}, {"trim", id, "--silence"}} {
		said := loaxa(exitRefused, append([]string{"clip"}, act...)...)
		if !strings.Contains(said, "Sáng") || !strings.Contains(said, "--even-if-used") {
			t.Errorf("%v: %s", act, said)
		}
	}
	if list := loaxa(exitDone, "clip", "list", "--state", "approved"); !strings.Contains(list, fmt.Sprintf("%s  approved", id)) || !strings.Contains(list, "used 1×") {
		t.Errorf("%s", list)
	}
	if shown := loaxa(exitDone, "clip", "show", id); !strings.Contains(shown, "playlist Sáng") {
		t.Errorf("%s", shown)
	}
	loaxa(exitDone, "clip", "retire", id, "--even-if-used")
	if list := loaxa(exitDone, "clip", "list", "--state", "retired"); !strings.Contains(list, id) {
		t.Errorf("%s", list)
	}
}
