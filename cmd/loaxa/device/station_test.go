package device

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	patience = 15 * time.Second      // for what a healthy station does in a fraction of a second
	pollStep = 20 * time.Millisecond // between two looks
)

// station is one data folder and, most of the time, the program that runs on it.
type station struct {
	t      testing.TB
	dir    string
	env    []string // whole environment of the program
	client *http.Client
	proc   *process
}

// newStation makes a data folder. The program gets the given environment and nothing of the person's own.
func newStation(t testing.TB, env ...string) *station {
	t.Helper()
	// Not t.TempDir: it carries the test's name, and a socket's path may have 107 bytes only.
	dir, err := os.MkdirTemp("", "loaxa")
	if err != nil {
		t.Fatalf("making a data folder: %v", err)
	}
	s := &station{t: t, dir: filepath.Join(dir, "data"), env: append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C"}, env...)}
	s.client = &http.Client{Timeout: patience, Transport: &http.Transport{
		DisableKeepAlives: true, // the station is killed again and again
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", s.path("loaxa.sock"))
		},
	}}
	t.Cleanup(func() {
		s.kill()
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("removing the data folder: %v", err)
		}
	})
	s.mustCLI("init", "--name", "Đài thử", "--code", "T")
	return s
}

func (s *station) path(name string) string { return filepath.Join(s.dir, name) }

// process is one run of `loaxa serve`; done is closed after it was reaped, so its process ID is never signalled later.
type process struct {
	cmd  *exec.Cmd
	link string // the page that signs in
	done chan struct{}

	mu     sync.Mutex // guards stderr
	stderr bytes.Buffer
}

// Write keeps what the program says.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stderr.Write(b)
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.stderr.String()
	return b[max(0, len(b)-6000):]
}

// serve starts the station and returns when it is ready.
func (s *station) serve(args ...string) {
	s.t.Helper()
	p := &process{done: make(chan struct{})}
	p.cmd = exec.Command(os.Getenv(programs), append([]string{"serve", "--data", s.dir, "--listen", "127.0.0.1:0"}, args...)...)
	p.cmd.Env, p.cmd.Stderr = s.env, p
	// A test binary that dies in a panic runs no cleanup; the kernel then ends the station.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		s.t.Fatalf("starting the station: %v", err)
	}
	s.proc = p
	ready := make(chan string, 1)
	go func() { // ends with the program's output
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, link, ok := strings.Cut(lines.Text(), "(ready): "); ok {
				ready <- link
			}
		}
		_ = p.cmd.Wait() // killed on purpose most of the time; who wants the status asks for it
		close(p.done)
	}()
	select {
	case p.link = <-ready:
	case <-p.done:
		s.t.Fatalf("starting the station: it ended at once:\n%s", p.said())
	case <-time.After(patience):
		s.t.Fatalf("starting the station: not ready after %s:\n%s", patience, p.said())
	}
}

// kill is SIGKILL; it returns when the program is gone.
func (s *station) kill() {
	if s.proc == nil {
		return
	}
	p := s.proc
	s.proc = nil
	if s.t.Failed() {
		s.t.Logf("the station said:\n%s", p.said())
	}
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Errorf("killing the station: %v", err)
	}
	<-p.done
}

// quit is SIGINT, as Ctrl-C; it returns how long the program took to end and its exit code.
func (s *station) quit() (took time.Duration, code int) {
	s.t.Helper()
	began := time.Now()
	if err := s.proc.cmd.Process.Signal(os.Interrupt); err != nil {
		s.t.Fatalf("ending the station: %v", err)
	}
	select {
	case <-s.proc.done:
	case <-time.After(patience):
		s.t.Fatalf("ending the station: still there after %s:\n%s", patience, s.proc.said())
	}
	took, code = time.Since(began), s.proc.cmd.ProcessState.ExitCode()
	if code != 0 {
		s.t.Errorf("the station ended with code %d:\n%s", code, s.proc.said())
	}
	s.proc = nil
	return took, code
}

// cli runs one command on the data folder.
func (s *station) cli(args ...string) (out, errs string, code int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Getenv(programs), append(args, "--data", s.dir)...)
	cmd.Env = s.env
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatalf("running loaxa %v: %v", args, err)
	}
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}

func (s *station) mustCLI(args ...string) string {
	s.t.Helper()
	out, errs, code := s.cli(args...)
	if code != 0 {
		s.t.Fatalf("loaxa %v: exit code %d: %s", args, code, errs)
	}
	return out
}

// ask sends one request over the station's socket; an answer of 400 and above is an error.
func (s *station) ask(method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, "http://localhost/api/v1"+path, body)
	if err != nil {
		return err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end below
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode >= 400 {
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, text)
	}
	if raw, ok := out.(*[]byte); ok {
		*raw = text
		return nil
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

func (s *station) must(method, path string, in, out any) {
	s.t.Helper()
	if err := s.ask(method, path, in, out); err != nil {
		s.t.Fatal(err)
	}
}

// await looks until look finds nothing missing, or fails the test with what was missing last.
func await(t testing.TB, within time.Duration, what string, look func() error) {
	t.Helper()
	deadline := time.Now().Add(within)
	for {
		err := look()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waiting until %s: %v after %s", what, err, within)
		}
		time.Sleep(pollStep)
	}
}
