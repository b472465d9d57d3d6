package speaker

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// lingering is a program that says what is given and leaves something behind that holds its pipes open after it was
// killed, as a child does that hangs in its driver and cannot be killed at all.
func lingering(t *testing.T, says string) string {
	dir := t.TempDir()
	path, pid := filepath.Join(dir, "speaker.sh"), filepath.Join(dir, "pid")
	script := fmt.Sprintf("#!/bin/sh\nsleep 60 &\necho $! > %s\n%s\nexec sleep 60\n", pid, says)
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil { //nolint:gosec // a script is to be run
		t.Fatal(err)
	}
	t.Cleanup(func() {
		text, err := os.ReadFile(pid)
		if err != nil {
			t.Fatal(err)
		}
		n, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(n, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	})
	return path
}

// A child that cannot be killed must not hold up the station: the next one is tried, and what comes after it.
func TestCloseDoesNotWaitForAChildThatCannotDie(t *testing.T) {
	exe := lingering(t, `echo '{"what":"ready","device":"d","driver":"alsa","output":"hardware"}'`)
	l, err := Open(context.Background(), Options{Exe: exe, Device: "auto"})
	if err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, func() {
		if err := l.Close(); err == nil {
			t.Error("closing a line whose child does not end says nothing of it")
		}
	})
}

func TestOpenDoesNotWaitForAChildThatCannotDie(t *testing.T) {
	exe := lingering(t, `echo '{"what":"lost","detail":"no card"}'`)
	within(t, 10*time.Second, func() {
		if _, err := Open(context.Background(), Options{Exe: exe, Device: "auto"}); err == nil {
			t.Error("opened")
		}
	})
}

func within(t *testing.T, limit time.Duration, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	select {
	case <-done:
	case <-time.After(limit):
		t.Fatalf("not done after %s", limit)
	}
}
