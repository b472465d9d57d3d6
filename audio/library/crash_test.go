package library_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"loaxa/audio/library"
)

// Whatever the moment of a power cut or kill: what was said to be done is done, what was begun is done or not, the files
// and the index agree both ways, and nothing that was approved is lost. The control is that the kills do leave something
// for the next start to remove.
func TestKilledInTheMiddleOfWork(t *testing.T) {
	killMany(t, 5, 400*time.Millisecond, 2)
}

// TestSoakKilledInTheMiddleOfWork is the same at 150 random moments and at each kind of change, before and after it.
func TestSoakKilledInTheMiddleOfWork(t *testing.T) {
	if os.Getenv("LOAXA_SOAK") != "1" {
		t.Skip("164 kills: LOAXA_SOAK=1; some are in TestKilledInTheMiddleOfWork")
	}
	killMany(t, 150, 2*time.Second, 7)
}

// killMany kills at random moments within longest, and then in and after the first changes.
func killMany(t *testing.T, moments int, longest time.Duration, changes int) {
	exe, err := os.Executable()
	must(t, err)
	folder := t.TempDir()
	for i := range 30 {
		must(t, os.WriteFile(filepath.Join(folder, fmt.Sprintf("%02d.wav", i)), tone(t, 200+float64(i), 2*time.Second), 0o600))
	}
	must(t, os.WriteFile(filepath.Join(folder, "photo.png"), picture(t, 40, 30), 0o600))
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	left, inFlight := 0, map[string]int{}
	round := func(fatal string, delay time.Duration) {
		s := newStation(t)
		must(t, s.db.Close())
		said := runUntilKilled(t, exec.Command(exe, "work-until-killed", s.dir, folder, decoder(t), fatal), delay)
		before := s.files()
		s.open(nil)
		a := understood(t, said)
		a.compare(s)
		inFlight[a.act]++
		if len(before) != len(s.files()) {
			left++
		}
		must(t, s.db.Close())
	}
	for range moments {
		round("", time.Duration(random.Int64N(int64(longest))))
	}
	atRandom := left
	for i := range changes {
		fatal := i + 1
		if changes < 7 { // some of the seven
			fatal = 1 + random.IntN(7)
		}
		round(fmt.Sprintf("%d in", fatal), time.Minute)
		round(fmt.Sprintf("%d after", fatal), time.Minute)
	}
	t.Logf("%d of %d kills at random moments and %d of %d at a change left something to remove; in the middle of %v",
		atRandom, moments, left-atRandom, 2*changes, inFlight)
	if left == 0 {
		t.Error("no kill left anything to remove: the test proves nothing")
	}
}

// account is what a killed worker had said.
type account struct {
	clips  map[string]library.Clip // as they were when the last act on them had returned
	photos []string
	act    string // what it was in the middle of; "" = nothing
	on     string // the clip of it
}

func understood(t *testing.T, said []string) account {
	t.Helper()
	a := account{clips: map[string]library.Clip{}}
	for _, line := range said {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "doing":
			a.act, a.on, _ = strings.Cut(rest, " ")
		case "did":
			var c library.Clip
			must(t, json.Unmarshal([]byte(rest), &c))
			a.clips[c.ID], a.act = c, ""
		case "gone":
			delete(a.clips, rest)
			a.act = ""
		case "kept":
			a.photos = append(a.photos, rest)
			a.act = ""
		}
	}
	return a
}

// compare looks whether a library that was opened after the kill is what the worker had said, or one act further.
func (a account) compare(s *station) {
	t := s.t
	t.Helper()
	all, err := s.All()
	must(t, err)
	s.holds(all...)
	further := 0
	for _, c := range all {
		was, ok := a.clips[c.ID]
		switch {
		case ok && same(was, c):
		case !ok && a.act == "import" && c.State == library.StateDraft, ok && a.act != "" && a.on == c.ID && a.furthered(was, c):
			further++
		default:
			t.Errorf("in the middle of %q of %s: clip is %+v, was %+v", a.act, a.on, c, was)
		}
		delete(a.clips, c.ID)
	}
	for id := range a.clips {
		if further++; a.act != "remove" || id != a.on {
			t.Errorf("in the middle of %q of %s: clip %s is lost", a.act, a.on, id)
		}
	}
	if further > 1 {
		t.Errorf("%d clips are one act further", further)
	}
	for _, sum := range a.photos {
		f, err := s.Photo(sum)
		must(t, err)
		must(t, f.Close())
	}
	if n := len(s.photos()); n > len(a.photos)+1 || n == len(a.photos)+1 && a.act != "photo" {
		t.Errorf("%d photos were kept, %d are there", len(a.photos), n)
	}
}

// furthered tells whether the act that was cut off made this clip of that one.
func (a account) furthered(was, c library.Clip) bool {
	want := map[string]string{
		"submit": library.StateSubmitted, "approve": library.StateApproved, "trim": library.StateDraft, "retire": library.StateRetired,
	}[a.act]
	trimmed := (c.CanonicalSHA256 != was.CanonicalSHA256) == (a.act == "trim")
	return c.State == want && trimmed && (c.Approval != nil) == (c.State == library.StateApproved || was.Approval != nil && a.act == "retire")
}

func (s *station) photos() []string {
	s.t.Helper()
	return slices.DeleteFunc(s.files(), func(name string) bool { return !strings.HasPrefix(name, "photos/") })
}

// runUntilKilled gives the lines that the process had said when it was killed, delay after it was ready.
func runUntilKilled(t *testing.T, cmd *exec.Cmd, delay time.Duration) []string {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "said"))
	must(t, err)
	defer func() { must(t, out.Close()) }()
	in, hold, err := os.Pipe()
	must(t, err)
	defer func() { must(t, errors.Join(in.Close(), hold.Close())) }()
	cmd.Stdin, cmd.Stdout = in, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // its child goes with it, as in a power cut
	must(t, cmd.Start())
	text := func() string {
		raw, err := os.ReadFile(out.Name())
		must(t, err)
		return string(raw)
	}
	for start := time.Now(); !strings.Contains(text(), "ready\n"); time.Sleep(time.Millisecond) {
		if time.Since(start) > 20*time.Second {
			t.Error("not ready after 20 s")
			break
		}
	}
	timer := time.AfterFunc(delay, func() { // its pid stays its own until Wait returns
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	})
	if err := cmd.Wait(); err == nil {
		t.Error("ended by itself")
	}
	timer.Stop()
	if strings.Contains(text(), "failed") {
		t.Fatal(text())
	}
	lines := strings.Split(text(), "\n")
	return lines[:len(lines)-1] // the last may be half of one
}
