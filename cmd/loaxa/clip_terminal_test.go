package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a command that runs on a pseudo-terminal of its own, with its output beside.
type terminal struct {
	t      *testing.T
	cmd    *exec.Cmd
	person *os.File // what the person types, and sees
	out    bytes.Buffer

	mu   sync.Mutex
	seen bytes.Buffer
	read chan struct{} // closed when the terminal has ended
}

// onTerminal starts this program as a person would who sits before it.
func onTerminal(t *testing.T, dir string, args ...string) *terminal {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("pseudo-terminals: %v", err)
	}
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, person: person, cmd: exec.Command(loaxaFile(t), args...), read: make(chan struct{})}
	x.cmd.Dir, x.cmd.Stdin, x.cmd.Stderr, x.cmd.Stdout = dir, tty, tty, &x.out
	if err := errors.Join(x.cmd.Start(), tty.Close()); err != nil {
		t.Fatal(err)
	}
	go func() { // ends when nobody has the terminal open any more
		defer close(x.read)
		_, _ = io.Copy(x, person) // EIO is its end
	}()
	t.Cleanup(func() {
		_ = x.cmd.Process.Kill()
		_ = person.Close()
	})
	return x
}

func (x *terminal) Write(p []byte) (int, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.seen.Write(p)
}

func (x *terminal) shows() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.seen.String()
}

// await waits until the person sees a text.
func (x *terminal) await(text string) {
	x.t.Helper()
	for end := time.Now().Add(30 * time.Second); !strings.Contains(x.shows(), text); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			x.t.Fatalf("%q is not shown:\n%s", text, x.shows())
		}
	}
}

func (x *terminal) ends() int {
	x.t.Helper()
	err := x.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		x.t.Fatal(err)
	}
	<-x.read
	return x.cmd.ProcessState.ExitCode()
}

// loaxaFile is this program under the name by which it is itself, and not its tests.
func loaxaFile(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("loaxa") // testscript.Main put it there
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// linkStation makes a data folder whose station takes links from a site that never ends its file, or does at once.
func linkStation(t *testing.T) (dir, link string) {
	t.Helper()
	dir = t.TempDir()
	cert, ca, err := siteCertificate()
	if err != nil {
		t.Fatal(err)
	}
	release := make(chan struct{})
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sound := second()
		if r.URL.Path == "/cham.wav" {
			w.Header().Set("Content-Length", strconv.Itoa(len(sound)))
			if r.Method == http.MethodHead {
				return
			}
			_, _ = w.Write(sound[:8000])
			_ = http.NewResponseController(w).Flush()
			select {
			case <-r.Context().Done():
			case <-release:
			}
			return
		}
		_, _ = w.Write(sound)
	}))
	conf := startSite(srv, cert, filepath.Join(dir, "ca.pem"))
	t.Cleanup(func() { close(release); srv.Close() })
	err = errors.Join(os.WriteFile(filepath.Join(dir, "ca.pem"), ca, 0o600), os.WriteFile(filepath.Join(dir, "c.toml"), []byte(conf), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	if code := run(t.Context(), []string{"init", "--data", filepath.Join(dir, "d"), "--name", "Đài thử", "--code", "T"}, nil, stdio{os.Stdin, discard{}, discard{}}); code != exitDone {
		t.Fatalf("init: %d", code)
	}
	return dir, srv.URL
}

// On a terminal a person is shown where a link leads and asked; "no" takes nothing.
func TestLinkIsAskedAboutOnATerminal(t *testing.T) {
	dir, link := linkStation(t)
	for _, answer := range []struct {
		typed string
		code  int
		came  bool
	}{{"n\n", exitRefused, false}, {"\n", exitRefused, false}, {"y\n", exitDone, true}} {
		x := onTerminal(t, dir, "clip", "import", link+"/tieng.wav", "--data", "d", "--config", "c.toml")
		x.await("Take the file from 127.0.0.1? [y/N] ")
		if _, err := x.person.WriteString(answer.typed); err != nil {
			t.Fatal(err)
		}
		if code := x.ends(); code != answer.code || strings.Contains(x.out.String(), "draft") != answer.came {
			t.Errorf("%q: exit code %d\n%s\n%s", answer.typed, code, x.shows(), &x.out)
		}
	}
}

// Ctrl-C ends an import that a station works on, and leaves nothing; a person sees how far it is meanwhile.
func TestInterruptedImportIsCancelled(t *testing.T) {
	dir, link := linkStation(t)
	station := exec.Command(loaxaFile(t), "serve", "--data", "d", "--config", "c.toml", "--device", "virtual", "--listen", "127.0.0.1:0")
	station.Dir = dir
	if err := station.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(station.Process.Signal(os.Interrupt), station.Wait()); err != nil {
			t.Error(err)
		}
	}()
	for end := time.Now().Add(30 * time.Second); !running(filepath.Join(dir, "d/loaxa.sock")); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the station did not start")
		}
	}
	x := onTerminal(t, dir, "clip", "import", link+"/cham.wav", "--yes-host", "127.0.0.1", "--data", "d", "--config", "c.toml")
	x.await("fetching 8 kB of 16 kB")
	if err := x.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := x.ends(); code != exitFailed || !strings.Contains(x.shows(), "stopped") {
		t.Errorf("exit code %d\n%s", code, x.shows())
	}
	s := dial(filepath.Join(dir, "d/loaxa.sock"), "")
	var list struct {
		Imports []importView `json:"imports"`
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if err := s.call(t.Context(), "GET", "/imports", nil, &list); err != nil {
			t.Fatal(err)
		}
		if len(list.Imports) == 1 && list.Imports[0].State == "cancelled" {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%+v", list)
		}
	}
	if left, err := os.ReadDir(filepath.Join(dir, "d/originals")); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// Who approves at a terminal sees what it is, and nothing else is approved; "no" approves nothing.
func TestApprovalIsAskedAboutOnATerminal(t *testing.T) {
	dir, link := linkStation(t)
	loaxa := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), loaxaFile(t), append(args, "--data", "d", "--config", "c.toml")...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return string(out)
	}
	id, _, _ := strings.Cut(loaxa("clip", "import", link+"/tieng.wav", "--yes-host", "127.0.0.1"), " ")
	for _, answer := range []struct {
		typed string
		code  int
		word  string
	}{{"n\n", exitRefused, "draft"}, {"y\n", exitDone, "approved"}} {
		x := onTerminal(t, dir, "clip", "approve", id, "--data", "d", "--config", "c.toml")
		x.await("Allow this on air? [y/N] ")
		if !strings.Contains(x.shows(), "played      sha256 ") {
			t.Errorf("asked without being shown:\n%s", x.shows())
		}
		if _, err := x.person.WriteString(answer.typed); err != nil {
			t.Fatal(err)
		}
		if code := x.ends(); code != answer.code {
			t.Errorf("%q: exit code %d\n%s", answer.typed, code, x.shows())
		}
		if list := loaxa("clip", "list"); !strings.Contains(list, answer.word) {
			t.Errorf("%q: %s", answer.typed, list)
		}
	}
}
