package decode

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"loaxa/audio"
)

// The child inherits the two files under these numbers.
const (
	inFD  = 3
	outFD = 4
)

const (
	dataLimit   = 256 << 20 // bytes that the child may allocate beyond what it starts with
	softLimit   = 64 << 20  // bytes from which the collector works harder
	collectAt   = 400       // per cent that the heap may grow between collections
	niceness    = 10        // what is on air goes first
	progressPer = 200       // lines of progress for a file
)

// line is what the child says on its standard output, one JSON object a line: progress any number of times, then
// either facts or a refusal, or a failure that is not the file's fault.
type line struct {
	Done    int64    `json:"done,omitempty"`
	Total   int64    `json:"total,omitempty"`
	Facts   *Facts   `json:"facts,omitempty"`
	Refusal *Refusal `json:"refusal,omitempty"`
	Failure string   `json:"failure,omitempty"`
}

// Main is the whole of the child process: it takes its limits on itself, decodes file 3 into file 4, and says on
// standard output what came of it. The exit code is 0 whenever the last line was said, also for a refusal.
func Main(args []string) int {
	flags := flag.NewFlagSet("decode", flag.ContinueOnError)
	maxDuration := flags.Duration("max-duration", 0, "longest clip")
	cpuSeconds := flags.Uint64("cpu-seconds", 0, "processor time")
	var span audio.Span
	flags.Int64Var(&span.From, "from", 0, "first frame that is kept")
	flags.Int64Var(&span.Until, "until", 0, "first frame that is kept no more; 0 = the end")
	ffmpeg := flags.String("ffmpeg", "", "program for what Go cannot decode")
	if err := flags.Parse(args); err != nil || *maxDuration <= 0 || *cpuSeconds == 0 || flags.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "loaxa decode is started by the station itself; use: loaxa clip import FILE")
		return 2
	}
	if err := limit(*maxDuration, *cpuSeconds); err != nil {
		return say(line{Failure: err.Error()})
	}
	in, out := os.NewFile(inFD, "input"), os.NewFile(outFD, "output")
	syscall.CloseOnExec(inFD) // what is started from here gets what it is given
	syscall.CloseOnExec(outFD)
	facts, err := decodeFiles(in, out, *ffmpeg, *maxDuration, span)
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		return say(line{Refusal: refusal})
	case err != nil:
		return say(line{Failure: err.Error()})
	}
	return say(line{Facts: &facts})
}

func say(l line) int {
	if err := json.NewEncoder(os.Stdout).Encode(l); err != nil {
		return 1
	}
	return 0
}

func decodeFiles(in, out *os.File, ffmpeg string, maxDuration time.Duration, span audio.Span) (facts Facts, err error) {
	defer recovered("decoding", &err)
	info, err := in.Stat()
	if err != nil {
		return Facts{}, fmt.Errorf("looking at the file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return Facts{}, errors.New("looking at the file: not a regular file")
	}
	// Positioned reads and writes: the parent's own offsets in these files stay where they are.
	next := int64(0)
	foreign := input{ReaderAt: in, size: info.Size(), file: in, ffmpeg: ffmpeg}
	return convert(foreign, io.NewOffsetWriter(out, 0), maxDuration, span, func(done, total int64) {
		if done >= next {
			say(line{Done: done, Total: total}) // where nobody listens any more, the signal of the broken pipe ends this process
			next = done + total/progressPer + 1
		}
	})
}

// limit takes from this process what a foreign file could abuse. RLIMIT_AS is not used: the runtime reserves more
// address space than any sensible value of it.
func limit(maxDuration time.Duration, cpuSeconds uint64) error {
	debug.SetMemoryLimit(softLimit)
	debug.SetGCPercent(collectAt) // decoders make much garbage and keep little
	for _, l := range []struct {
		name  string
		which int
		value uint64
	}{
		{"memory", syscall.RLIMIT_DATA, dataLimit + startsWith()},
		{"processor time", syscall.RLIMIT_CPU, cpuSeconds},
		{"file size", syscall.RLIMIT_FSIZE, uint64(audio.FramesIn(maxDuration)*2 + 1<<20)},
		{"core dump", syscall.RLIMIT_CORE, 0},
	} {
		if err := syscall.Setrlimit(l.which, &syscall.Rlimit{Cur: l.value, Max: l.value}); err != nil {
			return fmt.Errorf("limiting %s: %w", l.name, err)
		}
	}
	yieldToOthers()
	return nil
}

// startsWith is how many bytes count against RLIMIT_DATA already; 0 where the system does not tell. A program with the
// race detector begins with gigabytes.
func startsWith() uint64 {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(statm))
	if len(fields) < 6 {
		return 0
	}
	pages, err := strconv.ParseUint(fields[5], 10, 64)
	if err != nil {
		return 0
	}
	return pages * uint64(os.Getpagesize())
}

// yieldToOthers lowers the priority of every thread there is; later ones inherit it. It is a courtesy: where it fails,
// the file is decoded all the same.
func yieldToOthers() {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	for _, t := range threads {
		if id, err := strconv.Atoi(t.Name()); err == nil {
			_ = syscall.Setpriority(syscall.PRIO_PROCESS, id, niceness)
		}
	}
}
