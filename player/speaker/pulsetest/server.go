package pulsetest

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	// Rate is the sink's sample rate in Hz; it is mono, 16 bits.
	Rate = 48000
	// SinkName is the name of the one sink.
	SinkName = "pa"

	patience = 10 * time.Second      // for anything that a healthy machine does in a fraction of a second
	pollStep = 20 * time.Millisecond // between two looks
)

// Server is a private sound server. Its methods fail the test that started it when the server does not obey; they are
// for the test's own goroutine.
type Server struct {
	t    testing.TB
	dir  string
	proc *process
	logs *os.File
}

// Start starts a sound server of this test's own and returns when it answers. It ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	Need(t, "pulseaudio", "pactl", "parec")
	// Not t.TempDir: it carries the test's name, and a socket's path may have 107 bytes only.
	dir, err := os.MkdirTemp("", "pulse")
	if err != nil {
		t.Fatalf("making the sound server's folder: %v", err)
	}
	logs, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatalf("making the sound server's log: %v", err)
	}
	s := &Server{t: t, dir: dir, logs: logs}
	t.Cleanup(s.end)
	// An empty file: ALSA then knows no device at all, so a program that cannot reach this server finds nothing else.
	if err := os.WriteFile(s.alsaConfig(), nil, 0o600); err != nil {
		t.Fatalf("writing ALSA's configuration: %v", err)
	}
	s.Restart()
	return s
}

func (s *Server) end() {
	if s.proc != nil {
		if err := s.proc.kill(); err != nil {
			s.t.Errorf("ending the sound server: %v", err)
		}
	}
	if s.t.Failed() {
		s.t.Logf("the sound server's log:\n%s", s.log())
	}
	// Both are leftovers of a test that has its verdict already; the folder lies in the system's temporary one.
	_ = s.logs.Close()
	_ = os.RemoveAll(s.dir)
}

func (s *Server) log() string {
	b, err := os.ReadFile(s.logs.Name())
	if err != nil {
		return err.Error()
	}
	return string(b[max(0, len(b)-4000):])
}

func (s *Server) socket() string     { return filepath.Join(s.dir, "pulse.sock") }
func (s *Server) alsaConfig() string { return filepath.Join(s.dir, "asound.conf") }

// Env is what leads a program to this server and to no other sound device: append it to the program's environment.
// HOME and XDG_RUNTIME_DIR point into the server's own folder.
func (s *Server) Env() []string {
	return []string{
		"PULSE_SERVER=unix:" + s.socket(),
		"PULSE_RUNTIME_PATH=" + filepath.Join(s.dir, "runtime"),
		"PULSE_STATE_PATH=" + filepath.Join(s.dir, "state"),
		"XDG_RUNTIME_DIR=" + s.dir,
		"XDG_CONFIG_HOME=" + filepath.Join(s.dir, "config"),
		"HOME=" + s.dir,
		"ALSA_CONFIG_PATH=" + s.alsaConfig(),
		"DBUS_SESSION_BUS_ADDRESS=",
		"DISPLAY=",
	}
}

// programEnv is the whole environment of the sound programs: nothing of the person's own settings reaches them.
func (s *Server) programEnv() []string {
	return append(s.Env(), "PATH="+os.Getenv("PATH"), "LC_ALL=C")
}

// sinkArguments describe the sink. Without norewinds an idle null sink renders two seconds ahead, and whatever is played
// next begins up to 1.6 s late.
func sinkArguments() []string {
	return []string{"module-null-sink", "sink_name=" + SinkName, "rate=48000", "channels=1", "format=s16le", "norewinds=1"}
}

// Restart starts the server; one that still runs is killed first. It returns when the new one answers.
func (s *Server) Restart() {
	s.t.Helper()
	if s.proc != nil {
		s.Kill()
	}
	// The socket of a killed server stays behind.
	if err := os.Remove(s.socket()); err != nil && !os.IsNotExist(err) {
		s.t.Fatalf("removing the old socket: %v", err)
	}
	proc, err := startProcess(s.programEnv(), s.logs, discard, "pulseaudio", "-n", "--exit-idle-time=-1",
		"--daemonize=no", "--use-pid-file=no", "--disallow-exit", "--realtime=no", "--high-priority=no",
		"-L", strings.Join(sinkArguments(), " "),
		"-L", "module-native-protocol-unix socket="+s.socket()+" auth-anonymous=1")
	if err != nil {
		s.t.Fatalf("starting the sound server: %v", err)
	}
	s.proc = proc
	s.await("the sound server answers", func() error {
		if proc.ended() {
			s.t.Fatalf("starting the sound server: it ended at once:\n%s", s.log())
		}
		return s.sinkThere(true)
	})
}

// Kill is SIGKILL: the server is gone without a word to its clients.
func (s *Server) Kill() {
	s.t.Helper()
	if err := s.proc.kill(); err != nil {
		s.t.Fatalf("killing the sound server: %v", err)
	}
}

// Pause is SIGSTOP: the server neither answers nor takes anything, and its clients see no error.
func (s *Server) Pause() { s.t.Helper(); s.signal(syscall.SIGSTOP) }

// Continue is SIGCONT, after Pause.
func (s *Server) Continue() { s.t.Helper(); s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.proc.signal(sig); err != nil {
		s.t.Fatalf("sound server: %v", err)
	}
}

// UnloadSink takes the sound card away while the server lives. Captures of it end.
func (s *Server) UnloadSink() {
	s.t.Helper()
	if out, err := s.pactl("unload-module", "module-null-sink"); err != nil {
		s.t.Fatalf("unloading the sink: %v: %s", err, out)
	}
	s.await("the sink is gone", func() error { return s.sinkThere(false) })
}

// LoadSink brings the sound card back.
func (s *Server) LoadSink() {
	s.t.Helper()
	if out, err := s.pactl(append([]string{"load-module"}, sinkArguments()...)...); err != nil {
		s.t.Fatalf("loading the sink: %v: %s", err, out)
	}
	s.await("the sink is back", func() error { return s.sinkThere(true) })
}

func (s *Server) sinkThere(want bool) error {
	out, err := s.pactl("list", "short", "sinks")
	if err != nil {
		return fmt.Errorf("asking for the sinks: %w: %s", err, out)
	}
	if there := strings.Contains(out, "\t"+SinkName+"\t"); there != want {
		return fmt.Errorf("sink %s there: %t, want %t", SinkName, there, want)
	}
	return nil
}

func (s *Server) pactl(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "pactl", args...)
	cmd.Env = s.programEnv()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// await looks until look finds nothing missing, or fails the test with what was missing last.
func (s *Server) await(what string, look func() error) {
	s.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		err := look()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("waiting until %s: %v after %s", what, err, patience)
		}
		time.Sleep(pollStep)
	}
}

// discard reads a program's output to its end, so that the program never waits for a reader.
func discard(r io.Reader) { _, _ = io.Copy(io.Discard, r) }
