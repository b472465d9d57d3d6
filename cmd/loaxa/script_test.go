package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"loaxa/player/playlog/offline/page"
)

// The scripts run this very program as a process of its own, so that its children are itself too.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"loaxa": main})
}

// TestScripts walks each subcommand as a person would: what is printed, where, and with which exit code.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true, Setup: setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "await": await, "site": site},
		Condition: func(cond string) (bool, error) {
			if cond != "page" {
				return false, fmt.Errorf("condition %q is not known", cond)
			}
			_, err := page.Made() // whether this program carries the verifier page
			return err == nil, nil
		},
	})
}

// exits CODE COMMAND… runs a command and wants its exit code; what it prints is kept for stdout and stderr.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("running %v: %v", args[1:], err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// await COMMAND… runs a command again and again until it succeeds, for at most 20 s.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: await COMMAND…")
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		err := ts.Exec(args[0], args[1:]...)
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%v did not succeed in time: %v", args, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// The program ends cleanly on a signal also when it runs inside a test.
func TestRunStopsWithItsContext(t *testing.T) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGUSR2)
	defer stop()
	if code := run(ctx, []string{"version"}, os.Environ(), stdio{os.Stdin, discard{}, discard{}}); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// setUp tells the scripts where the demo's clips are, and gives them one that is over in a second.
func setUp(env *testscript.Env) error {
	sound := second()
	short := filepath.Join(env.WorkDir, "short.wav")
	if err := os.WriteFile(short, sound, 0o600); err != nil {
		return err
	}
	env.Setenv("SHORT", short)
	env.Setenv("SHORTCLIP", fmt.Sprintf("c-%x", sha256.Sum256(sound))[:14])
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	env.Setenv("DEMO", filepath.Join(dir, "demo"))
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("GORACE", "atexit_sleep_ms=50") // under the race detector, else each of hundreds of commands sleeps a second
	return clipFiles(env)
}

// second is a WAV file of one second.
func second() []byte {
	const rate = 8000
	b := []byte("RIFF")
	b = binary.LittleEndian.AppendUint32(b, 36+2*rate)
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	for _, v := range []uint16{1, 1, rate, 0, 2 * rate, 0, 2, 16} { // PCM, mono, frames and bytes a second
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, 2*rate)
	for i := range rate {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(8000*math.Sin(2*math.Pi*440*float64(i)/rate)))) //nolint:gosec // its bits
	}
	return b
}
