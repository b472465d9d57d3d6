// Package hook runs the command that an administrator named in the configuration when something is to be told: to send a
// message, to light a lamp. It is the only program that the station starts beside its own children, and never through a
// shell.
package hook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Most is how long a command may take. It is killed then, with all that it started.
const Most = 30 * time.Second

// keep is how much of what it prints goes into the error.
const keep = 300

// Run starts argv with input on its standard input and env beside this program's, and waits for its end.
func Run(ctx context.Context, argv, env []string, input []byte, most time.Duration) error {
	if len(argv) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...) //nolint:gosec // the administrator's own command, no shell
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(input), &limited{&out}, &limited{&out}
	cmd.Env = append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // what it started may hold its output open
	err := cmd.Run()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("running %s: not done within %v", argv[0], most)
	}
	if err != nil {
		return fmt.Errorf("running %s: %w: %s", argv[0], err, strings.TrimSpace(out.String()))
	}
	return nil
}

// limited keeps the first bytes and drops the rest.
type limited struct{ to *bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	l.to.Write(p[:min(len(p), max(0, keep-l.to.Len()))])
	return len(p), nil
}
