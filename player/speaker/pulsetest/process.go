package pulsetest

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// process is one child; done is closed after it was reaped, so its process ID is never signalled once it may belong to
// another program.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	read chan struct{} // closed when the reader of its output came to the end
}

// startProcess starts name with exactly env. Its standard output goes to read, which runs until the end of the output;
// its error output goes to the file errs.
func startProcess(env []string, errs *os.File, read func(io.Reader), name string, args ...string) (*process, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = env
	cmd.Stderr = errs
	// A test binary that dies in a panic runs no cleanup; the kernel then ends the child.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	p := &process{cmd: cmd, done: make(chan struct{}), read: make(chan struct{})}
	go func() {
		read(out)
		close(p.read)
		// The exit status of a program that is stopped by signals says nothing.
		_ = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// ended says whether the child is gone.
func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *process) signal(s syscall.Signal) error {
	if p.ended() {
		return fmt.Errorf("signalling process %d: it has ended", p.cmd.Process.Pid)
	}
	if err := p.cmd.Process.Signal(s); err != nil {
		return fmt.Errorf("signalling process %d: %w", p.cmd.Process.Pid, err)
	}
	return nil
}

// kill ends the child for certain and waits until it is gone.
func (p *process) kill() error {
	if p.ended() {
		return nil
	}
	if err := p.cmd.Process.Kill(); err != nil && !p.ended() {
		return fmt.Errorf("killing process %d: %w", p.cmd.Process.Pid, err)
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(patience):
		return fmt.Errorf("killing process %d: still there after %s", p.cmd.Process.Pid, patience)
	}
}
