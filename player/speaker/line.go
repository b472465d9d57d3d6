package speaker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Options says which device to open and how.
type Options struct {
	Exe    string   // this program; the child is Exe with the argument "speaker"
	Device string   // auto, pulse:SINK or alsa:CARD
	Env    []string // the child's environment; nil takes this process's
	// ConnectTimeout bounds the time until the device is open; 0 is 6 s.
	ConnectTimeout time.Duration
}

// Line is an open device: one child process, for one broadcast.
type Line struct {
	*credit
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stderr *tail
	events chan Event
	cancel context.CancelFunc
	done   chan struct{}

	mu   sync.Mutex // guards stdin and info
	info Info
}

// Open starts a child and waits until its device is open. The error says why it is not; the child is gone then.
func Open(ctx context.Context, opts Options) (*Line, error) {
	if opts.Exe == "" {
		return nil, errors.New("opening the speaker: Options.Exe is missing")
	}
	if opts.ConnectTimeout == 0 {
		opts.ConnectTimeout = 6 * time.Second
	}
	ctx, cancel := context.WithCancel(ctx)
	l, stdout, err := start(ctx, opts)
	if err != nil {
		cancel()
		return nil, err
	}
	l.cancel = cancel
	lines := make(chan report, 16)
	go l.scan(stdout, lines)
	if err := l.awaitReady(ctx, lines, opts.ConnectTimeout); err != nil {
		go func() {
			defer close(l.done)
			defer cancel()
			l.bury(lines)
		}()
		if stuck := l.gone(); stuck != nil {
			err = fmt.Errorf("%w; %w", err, stuck)
		}
		return nil, fmt.Errorf("opening the speaker: %w", err)
	}
	go l.run(ctx, lines)
	return l, nil
}

func start(ctx context.Context, opts Options) (*Line, io.Reader, error) {
	cmd := exec.CommandContext(ctx, opts.Exe, "speaker") //nolint:gosec // Exe is this program itself
	env := opts.Env
	if env == nil {
		env = os.Environ()
	}
	// One processor: the child wakes hundreds of times a second for a moment each, and with two most of its work was
	// handing that over between threads.
	cmd.Env = append(slices.Clone(env), envDevice+"="+opts.Device, "GOMAXPROCS=1", "GOMEMLIMIT=24MiB")
	if card, ok := strings.CutPrefix(opts.Device, "alsa:"); ok {
		cmd.Env = append(cmd.Env, "ALSA_CARD="+card)
	}
	last := &tail{}
	cmd.Stderr = last
	// A group of its own: a Ctrl-C at the terminal reaches the station, which lets the sound fade, and not the child.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, fmt.Errorf("opening the speaker: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, fmt.Errorf("opening the speaker: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, fmt.Errorf("opening the speaker: %w", err)
	}
	return &Line{
		credit: newCredit(creditFrames), cmd: cmd, stdin: stdin, stderr: last,
		events: make(chan Event, 64), done: make(chan struct{}),
	}, stdout, nil
}

// scan turns the child's lines into reports; it ends with the child's stdout.
func (l *Line) scan(stdout io.Reader, to chan<- report) {
	defer close(to)
	s := bufio.NewScanner(stdout)
	for s.Scan() {
		var r report
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			r = report{What: "lost", Detail: "the speaker child spoke nonsense: " + err.Error()}
		}
		to <- r
	}
}

func (l *Line) awaitReady(ctx context.Context, lines <-chan report, limit time.Duration) error {
	timeout := time.NewTimer(limit)
	defer timeout.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timeout.C:
		return fmt.Errorf("the device did not answer within %s", limit)
	case r, ok := <-lines:
		switch {
		case !ok:
			return errors.New("the speaker child ended without a word" + l.stderr.crash())
		case r.What != "ready":
			return errors.New(r.Detail)
		}
		l.info = Info{Device: r.Device, Driver: r.Driver, Output: r.Output}
		return nil
	}
}

// run turns reports into events until the child is done, lost or silent.
func (l *Line) run(ctx context.Context, lines <-chan report) {
	defer close(l.done)
	defer close(l.events)
	last := l.follow(ctx, lines)
	l.fail(errors.New("the speaker is closed"))
	if last.State == Lost || last.State == Drained {
		deliver(ctx, l.events, last) // first: a child that hangs in its driver may never be buried
	}
	l.bury(lines)
}

// bury ends the child and waits until it is gone.
func (l *Line) bury(lines <-chan report) {
	l.kill()
	for range lines { //nolint:revive // drained so that scan can end
	}
	l.reap()
}

// dieWait is how long a killed child is waited for. One that hangs in a driver cannot be killed; the station goes on
// without it.
const dieWait = 2 * time.Second

// gone waits until the child is gone; the error says that it is not.
func (l *Line) gone() error {
	patience := time.NewTimer(dieWait)
	defer patience.Stop()
	select {
	case <-l.done:
		return nil
	case <-patience.C:
		return fmt.Errorf("closing the speaker: child %d was killed and does not end", l.cmd.Process.Pid)
	}
}

// follow returns the last event: Drained, Lost, or none when ctx ended.
func (l *Line) follow(ctx context.Context, lines <-chan report) Event {
	var w watch
	silence := time.NewTimer(childSilence)
	defer silence.Stop()
	ev := Event{State: Running, Info: l.info}
	for {
		select {
		case <-ctx.Done():
			return Event{}
		case <-silence.C:
			ev.State, ev.Detail = Lost, fmt.Sprintf("the speaker child said nothing for %s", childSilence)
			return ev
		case r, ok := <-lines:
			if !ok {
				ev.State, ev.Detail = Lost, "the speaker child ended"+l.stderr.crash()
				return ev
			}
			silence.Reset(childSilence)
			switch r.What {
			case "lost":
				ev.State, ev.Detail = Lost, r.Detail
				return ev
			case "moved":
				l.setInfo(Info{Device: r.Device, Driver: r.Driver, Output: r.Output})
				continue
			}
			l.took(r.Taken)
			ev = eventOf(r, l.Written(), l.Info())
			ev.Rate, ev.State = w.see(r.NowNS, r.Consumed)
			if r.What == "drained" {
				ev.State = Drained
				return ev
			}
			offer(l.events, ev)
		}
	}
}

// childSilence is how long a child may say nothing; it speaks every 50 ms.
const childSilence = 2 * time.Second

func (l *Line) setInfo(i Info) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.info = i
}

// Info says where the frames go now.
func (l *Line) Info() Info {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.info
}

func (l *Line) send(kind byte, payload []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return writeMessage(l.stdin, kind, payload)
}

// Place lets the next frame sound after in; it may be repeated until the frame has sounded.
func (l *Line) Place(in time.Duration) error {
	return l.send(msgPlace, placePayload(monotonic()+int64(in)))
}

// Write hands over frames, waiting while the credit is used up.
func (l *Line) Write(ctx context.Context, frames []int16) error {
	return l.pay(ctx, frames, func(part []int16) error { return l.send(msgFrames, framesToBytes(part)) })
}

// Fade fades out and drops what was handed over but not taken; Drained follows.
func (l *Line) Fade() error { return l.send(msgFade, nil) }

// End says that nothing more will come; Drained follows.
func (l *Line) End() error { return l.send(msgEnd, nil) }

// Events tells of the line; it is closed when the line is over, after a last Drained or Lost.
func (l *Line) Events() <-chan Event { return l.events }

// Close ends the line at once and waits until the child is gone, but not for ever.
func (l *Line) Close() error {
	l.cancel()
	return l.gone()
}

func (l *Line) kill() {
	// The only error there can be is that it has ended already, which is what is wanted.
	_ = l.cmd.Process.Kill() //nolint:errcheck // see above
}

// reap collects the child. Its exit code says nothing that its last line did not.
func (l *Line) reap() {
	_ = l.cmd.Wait() //nolint:errcheck // a killed child always reports an error
}
