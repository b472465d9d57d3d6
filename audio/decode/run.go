package decode

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"loaxa/audio"
)

// Options say how files are decoded.
type Options struct {
	Exe          string        // this very program, which knows the subcommand decode; required
	MaxFileBytes int64         // 0 = 500 MB
	MaxDuration  time.Duration // 0 = 2 h
	Timeout      time.Duration // 0 = 10 min
	FFmpeg       string        // path of ffmpeg, for what Go cannot decode; "" = none

	// Trim is the part of the sound that is kept, in canonical frames of the whole; the zero value keeps everything. A
	// part shorter than a second or not wholly inside the sound is refused with CodeBadTrim.
	Trim audio.Span
}

const (
	defaultMaxFileBytes = 500 << 20
	defaultMaxDuration  = 2 * time.Hour
	defaultTimeout      = 10 * time.Minute

	maxSaid   = 256 << 10 // bytes of the child's output that are read
	maxCry    = 4 << 10   // bytes of what it says when it dies
	afterKill = 5 * time.Second
	leastCPU  = time.Second
)

// Facts are what was found in a file that became a clip.
type Facts struct {
	Codec      string         `json:"codec"`
	SourceRate int            `json:"source_rate"` // Hz
	Channels   int            `json:"channels"`
	Frames     int64          `json:"frames"`             // canonical
	Declared   int64          `json:"declared,omitempty"` // canonical frames that the container announces; 0 = it does not say
	Title      string         `json:"title,omitempty"`    // what the file says of itself: foreign words, valid UTF-8, no controls
	Artist     string         `json:"artist,omitempty"`
	Via        string         `json:"via,omitempty"` // "" = decoded in Go, else the program that did it
	Loudness   audio.Loudness `json:"loudness"`
	Warnings   []string       `json:"warnings,omitempty"` // stable codes

	LeadSilence  int64 `json:"lead_silence_frames,omitempty"`  // canonical, at the start of what is kept
	TrailSilence int64 `json:"trail_silence_frames,omitempty"` // likewise, at its end
}

// Run decodes the regular file in, from its start, into out: an empty file open for writing (not for appending) that
// becomes a canonical WAV. It is neither synced nor closed, and after an error its content means nothing. progress may
// be nil; its numbers only mean something beside each other.
//
// A file that cannot become a clip gives a *Refusal, also when it made the child die. Other errors are this machine's.
func Run(ctx context.Context, o Options, in, out *os.File, progress func(done, total int64)) (Facts, error) {
	if o.Exe == "" {
		return Facts{}, errors.New("decoding audio: Options.Exe is missing")
	}
	o = o.withDefaults()
	if refusal, err := admit(in, o.MaxFileBytes); err != nil {
		return Facts{}, err
	} else if refusal != nil {
		return Facts{}, refusal
	}
	if progress == nil {
		progress = func(int64, int64) {}
	}
	limited, done := context.WithTimeout(ctx, o.Timeout)
	defer done()
	life, end := context.WithCancel(limited)
	defer end()

	cmd := exec.CommandContext(life, o.Exe, o.arguments()...)
	cmd.Env = []string{"GOTRACEBACK=none"} // nothing of ours is its business
	cmd.ExtraFiles = []*os.File{inFD - 3: in, outFD - 3: out}
	cmd.WaitDelay = afterKill
	// It has a group of its own, so that what it starts ends with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cry := &head{max: maxCry}
	cmd.Stderr = cry
	said, err := cmd.StdoutPipe()
	if err != nil {
		return Facts{}, fmt.Errorf("decoding audio: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return Facts{}, fmt.Errorf("decoding audio: starting the decoder: %w", err)
	}
	last, listenErr := listen(said, progress)
	if listenErr != nil {
		end() // it says what it should not
	}
	died := cmd.Wait()

	switch {
	case ctx.Err() != nil:
		return Facts{}, fmt.Errorf("decoding audio: %w", context.Cause(ctx))
	case limited.Err() != nil:
		return Facts{}, refuse(CodeTooSlow, "not done after %v", o.Timeout)
	case listenErr != nil:
		return Facts{}, refuse(CodeDamaged, "the decoder went astray: %v", listenErr)
	case last.Refusal != nil:
		return Facts{}, last.Refusal
	case last.Failure != "":
		return Facts{}, fmt.Errorf("decoding audio: %s", last.Failure)
	case died != nil:
		return Facts{}, refuse(CodeDamaged, "the decoder died: %v: %s", died, cry)
	case last.Facts == nil:
		return Facts{}, refuse(CodeDamaged, "the decoder ended without a result: %s", cry)
	}
	return *last.Facts, nil
}

// arguments are what the child is started with.
func (o Options) arguments() []string {
	return []string{"decode",
		"-max-duration", o.MaxDuration.String(),
		"-cpu-seconds", strconv.FormatInt(int64(max(o.Timeout, leastCPU)/time.Second), 10),
		"-from", strconv.FormatInt(o.Trim.From, 10), "-until", strconv.FormatInt(o.Trim.Until, 10), "-ffmpeg", o.FFmpeg,
	}
}

func (o Options) withDefaults() Options {
	if o.MaxFileBytes <= 0 {
		o.MaxFileBytes = defaultMaxFileBytes
	}
	if o.MaxDuration <= 0 {
		o.MaxDuration = defaultMaxDuration
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	return o
}

// admit looks at what needs no child to be seen.
func admit(in *os.File, maxBytes int64) (*Refusal, error) {
	info, err := in.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("decoding audio: %w", err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("decoding audio: %s is not a regular file", in.Name())
	case info.Size() == 0:
		return refuse(CodeEmpty, "0 bytes"), nil
	case info.Size() > maxBytes:
		return refuse(CodeTooLarge, "%d bytes, %d are allowed", info.Size(), maxBytes), nil
	}
	return nil, nil
}

// listen reads what the child says until it ends, and returns the last line of it.
func listen(r io.Reader, progress func(done, total int64)) (line, error) {
	var last line
	limited := &io.LimitedReader{R: r, N: maxSaid}
	lines := bufio.NewScanner(limited)
	var err error
	for err == nil && lines.Scan() {
		last = line{}
		if err = json.Unmarshal(lines.Bytes(), &last); err == nil && last.Total > 0 {
			progress(last.Done, last.Total)
		}
	}
	switch err = errors.Join(err, lines.Err()); {
	case limited.N <= 0:
		return line{}, fmt.Errorf("it says more than %d bytes", maxSaid)
	case err != nil:
		return line{}, fmt.Errorf("reading its result: %w", err)
	}
	return last, nil
}

// head keeps the first bytes written to it.
type head struct {
	max  int
	kept []byte
}

func (h *head) Write(p []byte) (int, error) {
	h.kept = append(h.kept, p[:min(len(p), h.max-len(h.kept))]...)
	return len(p), nil
}

// String is the first line.
func (h *head) String() string {
	first, _, _ := bytes.Cut(bytes.TrimSpace(h.kept), []byte("\n"))
	return string(first)
}
