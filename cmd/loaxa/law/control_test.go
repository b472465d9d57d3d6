package law

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// src is a file of package p with the given imports and body.
func src(path, body string, imports ...string) file {
	var b strings.Builder
	b.WriteString("package p\n")
	for _, i := range imports {
		b.WriteString("import " + i + "\n")
	}
	b.WriteString(body + "\n")
	return file{path, []byte(b.String())}
}

// accused judges invented files alone: the real exceptions have nothing to do with them.
func accused(f file) []breach {
	return slices.DeleteFunc(judge([]file{f}), func(b breach) bool { return b.rule == "exception" })
}

// The control: a judge that finds these innocent proves nothing about the tree.
func TestTheGuiltyAreFound(t *testing.T) {
	cases := []struct {
		name string
		file file
		rule string
	}{
		{"plan reaches for the sound", src("schedule/a.go", "", `"loaxa/audio"`), "room"},
		{"plan reaches for the player", src("schedule/a.go", "", `"loaxa/player"`), "room"},
		{"plan reaches for a clock", src("schedule/a.go", "", `"loaxa/schedule/clock"`), "room"},
		{"a leaf's own subfolder is not the leaf", src("audio/a.go", "", `"loaxa/audio/decode"`), "room"},
		{"player knows the pages", src("player/a.go", "", `"loaxa/admin"`), "room"},
		{"player knows systemd", src("player/a.go", "", `"loaxa/systemd/notify"`), "room"},
		{"player opens the rulebook", src("player/a.go", "", `"loaxa/schedule/rulebook"`), "room"},
		{"judge writes the log", src("player/judge/a.go", "", `"loaxa/player/playlog"`), "room"},
		{"log knows the alarms", src("player/playlog/a.go", "", `"loaxa/player/alarm"`), "room"},
		{"verifier knows the log's database", src("player/playlog/evidence/a.go", "", `"loaxa/player/playlog"`), "room"},
		{"the verifier page opens the log's database", src("player/playlog/offline/a.go", "", `"loaxa/player/playlog"`), "room"},
		{"the program carries the core a second time", src("player/playlog/offline/page/a.go", "", `"loaxa/player/playlog/offline"`), "room"},
		{"the browser gets the whole station", src("cmd/verifier/a.go", "", `"loaxa/player"`), "room"},
		{"speaker knows the player", src("player/speaker/a.go", "", `"loaxa/player"`), "room"},
		{"pages play by themselves", src("admin/page/a.go", "", `"loaxa/player/speaker"`), "room"},
		{"a screen knows another", src("admin/page/diary/a.go", "", `"loaxa/admin/page/lookup"`), "room"},
		{"a screen knows what puts it together", src("admin/page/diary/a.go", "", `"loaxa/admin/page"`), "room"},
		{"a new screen knows another", src("admin/page/billing/a.go", "", `"loaxa/admin/page/diary"`), "room"},
		{"a test of a screen knows another", src("admin/page/diary/a_test.go", "", `"loaxa/admin/page/lookup"`), "room"},
		{"the frame knows a screen", src("admin/page/frame/a.go", "", `"loaxa/admin/page/home"`), "room"},
		{"the words for a broadcast know a screen", src("admin/page/airing/a.go", "", `"loaxa/admin/page/diary"`), "room"},
		{"report knows the player", src("admin/report/a.go", "", `"loaxa/player"`), "room"},
		{"accounts know the pages", src("admin/account/a.go", "", `"loaxa/admin"`), "room"},
		{"a new room of the pages keeps the pages' law", src("admin/route/a.go", "", `"loaxa/player/speaker"`), "room"},
		{"systemd knows the player", src("systemd/notify/a.go", "", `"loaxa/player"`), "room"},
		{"a room without a rule", src("billing/a.go", "", `"loaxa/audio"`), "room"},
		{"any room imports the program", src("admin/a.go", "", `"loaxa/cmd/loaxa"`), "room"},
		{"a test keeps the law, too", src("schedule/a_test.go", "", `"loaxa/player"`), "room"},
		{"renamed imports count", src("player/a.go", "", `x "loaxa/admin"`), "room"},
		{"blank imports count", src("player/a.go", "", `_ "loaxa/admin"`), "room"},

		{"oto in the player", src("player/a.go", "", `"github.com/ebitengine/oto/v3"`), "library"},
		{"oto in a test of the wiring", src("cmd/loaxa/a_test.go", "", `"github.com/ebitengine/oto/v3"`), "library"},
		{"gin in the wiring", src("cmd/loaxa/a.go", "", `"github.com/gin-gonic/gin"`), "library"},
		{"gin's parts in the player", src("player/a.go", "", `"github.com/gin-gonic/gin/binding"`), "library"},
		{"bbolt in the pages", src("admin/page/a.go", "", `"go.etcd.io/bbolt"`), "library"},
		{"bbolt in the verifier", src("player/playlog/evidence/a.go", "", `"go.etcd.io/bbolt"`), "library"},
		{"cron in the player", src("player/a.go", "", `"github.com/robfig/cron/v3"`), "library"},
		{"mp3 decoded in the station", src("audio/library/a.go", "", `"github.com/hajimehoshi/go-mp3"`), "library"},
		{"a program started by the pages", src("admin/a.go", "", `"os/exec"`), "library"},
		{"the verifier's judgement asks the browser", src("player/playlog/offline/a.go", "", `"syscall/js"`), "library"},
		{"a station carries the test harness", src("cmd/loaxa/a.go", "", `"loaxa/player/speaker/pulsetest"`), "library"},
		{"a station carries package testing", src("player/a.go", "", `"testing"`), "library"},

		{"the time of day in the player", src("player/a.go", "var x = time.Now()", `"time"`), "wall clock"},
		{"handed on as a function", src("cmd/loaxa/a.go", "var x = time.Now", `"time"`), "wall clock"},
		{"under another name", src("player/a.go", "var x = t.Now()", `t "time"`), "wall clock"},
		{"without a name", src("player/a.go", "var x = Now()", `. "time"`), "wall clock"},
		{"since a time that may be a wall time", src("admin/a.go", "var x = time.Since(y)", `"time"`), "wall clock"},
		{"from the kernel directly", src("player/a.go", "var x = unix.ClockGettime", `"golang.org/x/sys/unix"`), "wall clock"},

		{"a bare goroutine", src("player/a.go", "func f() { go f() }"), "goroutine"},
		{"a bare goroutine in a closure", src("admin/a.go", "var x = func() { for { go func() {}() } }"), "goroutine"},
		{"init", src("audio/a.go", "func init() {}"), "init"},
		{"init in a test", src("audio/a_test.go", "func init() {}"), "init"},
		{"an empty name as a folder", src("audio/util/a.go", ""), "name"},
		{"an empty name as a package", file{"audio/a.go", []byte("package helpers\n")}, "name"},
		{"no end of it", src("audio/a.go", strings.Repeat("\n", maxLines)), "length"},
		{"not Go", file{"audio/a.go", []byte("packag audio")}, "readable"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := accused(c.file)
			if len(got) != 1 || got[0].rule != c.rule {
				t.Errorf("found %v, want one breach of %q", got, c.rule)
			}
		})
	}
}

// A judge that finds everyone guilty would be switched off.
func TestTheInnocentGoFree(t *testing.T) {
	cases := []struct {
		name string
		file file
	}{
		{"the wiring uses everything", src("cmd/loaxa/wire.go", "", `"loaxa/admin"`, `"loaxa/player/speaker"`, `"go.etcd.io/bbolt"`)},
		{"pages use rules, plan, player and log", src("admin/page/a.go", "", `"loaxa/schedule/rulebook"`, `"loaxa/player"`, `"loaxa/player/playlog"`)},
		{"the pages put screens together", src("admin/page/a.go", "", `"loaxa/admin/page/frame"`, `"loaxa/admin/page/diary"`)},
		{"a screen stands in its frame", src("admin/page/diary/a.go", "", `"loaxa/admin/page/frame"`, `"loaxa/admin/page/airing"`, `"loaxa/admin/api"`)},
		{"player uses its rooms", src("player/a.go", "", `"loaxa/player/speaker"`, `"loaxa/player/playlog/evidence"`, `"loaxa/audio/library"`)},
		{"gin in a page", src("admin/page/a.go", "", `"github.com/gin-gonic/gin"`)},
		{"oto in the speaker", src("player/speaker/a.go", "", `"github.com/ebitengine/oto/v3"`)},
		{"a test outside the package imports it", src("schedule/a_test.go", "", `"loaxa/schedule"`)},
		{"a test uses the fake clock", src("player/playlog/a_test.go", "", `"loaxa/schedule/clock"`)},
		{"a test looks at the clock and starts a program", src("admin/a_test.go", "func f() { go f(); time.Now() }", `"time"`, `"os/exec"`)},
		{"the clock reads the clock", src("schedule/clock/a.go", "var x = time.Now()", `"time"`)},
		{"durations are no clock", src("player/a.go", "var x = time.Second", `"time"`)},
		{"another package's Now", src("player/a.go", "var x = clock.Now()", `"loaxa/schedule/clock"`)},
		{"a method named init", src("player/a.go", "type x struct{}\nfunc (x) init() {}")},
		{"a room whose name only begins alike", src("audio/modelling/a.go", "")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := accused(c.file); len(got) != 0 {
				t.Errorf("found %v, want nothing", got)
			}
		})
	}
}

// An exception outlives its cause, and the next bare goroutine in that file goes unseen.
func TestExceptionsThatNothingNeeds(t *testing.T) {
	f := src("player/speaker/pulsetest/process.go", "") // starts no goroutine here
	found := slices.ContainsFunc(judge([]file{f}), func(b breach) bool {
		return b.rule == "exception" && b.where == f.path
	})
	if !found {
		t.Error("a file that needs no exception keeps it")
	}
}

// Files that the judge never gets to see are free to do anything.
func TestReadSeesEveryFile(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		p := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := read(root); err == nil {
		t.Error("a folder without go.mod passes for the module")
	}
	write("go.mod", "module loaxa\n")
	write("player/deep/er/a_windows.go", "//go:build windows\n\npackage er\n\nimport _ \"loaxa/admin\"\n")
	write("player/testdata/a.go", "package not_go")
	write(".ci/lint/a.go", "package lint")
	write("elsewhere/go.mod", "module elsewhere\n")
	write("elsewhere/a.go", "package elsewhere")
	files, err := read(root)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.path)
	}
	if want := []string{"player/deep/er/a_windows.go"}; !slices.Equal(got, want) {
		t.Fatalf("read %v, want %v", got, want)
	}
	if b := accused(files[0]); len(b) == 0 {
		t.Error("a file for another system escapes the law")
	}
}
