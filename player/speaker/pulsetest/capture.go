package pulsetest

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"
)

const (
	maxCapture  = 30 * 60 * Rate   // samples; half an hour, 172 MB
	envelopeRun = int64(10 * Rate) // TimeOf looks at the arrivals of this many samples on either side
)

// Capture records the sink's monitor: what was played, sample for sample, and when each piece arrived.
//
// It lasts as long as the sink: after Kill, Restart or UnloadSink it is at its end and another must be started.
type Capture struct {
	t    testing.TB
	proc *process

	mu       sync.Mutex // guards what follows
	samples  []int16
	arrivals []arrival
}

// arrival says that all samples before end were there at at.
type arrival struct {
	end int
	at  time.Time // wall and monotonic
}

// zero is the moment of sample 0 as this arrival would have it.
func (a arrival) zero() time.Time { return a.at.Add(-span(a.end)) }

// Capture starts recording and returns when the first samples have come. It stops with the test at the latest.
func (s *Server) Capture(t testing.TB) *Capture {
	t.Helper()
	c := &Capture{t: t}
	proc, err := startProcess(s.programEnv(), s.logs, c.record, "parec", "-d", SinkName+".monitor", "--raw",
		"--format=s16le", "--rate=48000", "--channels=1", "--latency-msec=5")
	if err != nil {
		t.Fatalf("starting the capture: %v", err)
	}
	c.proc = proc
	t.Cleanup(c.Stop)
	s.await("the capture runs", func() error {
		if proc.ended() {
			t.Fatalf("starting the capture: parec ended at once:\n%s", s.log())
		}
		if c.Len() == 0 {
			return fmt.Errorf("no sample yet")
		}
		return nil
	})
	return c
}

// record is the only writer of the samples; it runs until parec's output ends.
func (c *Capture) record(r io.Reader) {
	buf := make([]byte, 1<<16)
	held := 0 // a sample's first byte left over from the read before
	for {
		n, err := r.Read(buf[held:])
		at := time.Now()
		n += held
		c.mu.Lock()
		if n > 1 && len(c.samples) < maxCapture {
			for i := 0; i+1 < n; i += 2 {
				c.samples = append(c.samples, int16(binary.LittleEndian.Uint16(buf[i:])))
			}
			c.arrivals = append(c.arrivals, arrival{len(c.samples), at})
		}
		c.mu.Unlock()
		held = n % 2
		buf[0] = buf[max(n-1, 0)]
		if err != nil {
			return
		}
	}
}

// Stop ends the recording; what was recorded stays. It may be called again.
func (c *Capture) Stop() {
	if err := c.proc.kill(); err != nil {
		c.t.Errorf("stopping the capture: %v", err)
	}
}

// Done is closed when the recording is at its end, by Stop or because the sink or the server is gone.
func (c *Capture) Done() <-chan struct{} { return c.proc.read }

// Len is the number of samples so far.
func (c *Capture) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.samples)
}

// Samples is a copy of all samples so far.
func (c *Capture) Samples() []int16 { return c.SamplesFrom(0) }

// SamplesFrom is a copy of the samples from index from on, for a test that looks again and again.
func (c *Capture) SamplesFrom(from int) []int16 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.samples[min(max(from, 0), len(c.samples)):])
}

// TimeOf is when sample index was played. No sample arrives before it was played, and of many arrivals some are prompt:
// so the earliest moment that any arrival within ten seconds allows for the sample is the best one. What remains is a
// constant of one rendering block of the sink (a few milliseconds), the same for every sample; see Jitter for how far
// the arrivals lie apart. The timeline is continuous through Pause and Continue: the sink renders what it missed.
func (c *Capture) TimeOf(index int) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	var best time.Time
	for _, a := range c.arrivals {
		if far := int64(a.end - index); far < -envelopeRun || far > envelopeRun {
			continue
		}
		if z := a.zero(); best.IsZero() || z.Before(best) {
			best = z
		}
	}
	if best.IsZero() {
		c.t.Errorf("timing sample %d: the capture has %d", index, len(c.samples))
		return best
	}
	return best.Add(span(index))
}

// Jitter says how late the arrivals were against the most prompt one: the middle, the 95th of 100, and the worst.
func (c *Capture) Jitter() (middle, most, worst time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.arrivals) == 0 {
		return 0, 0, 0
	}
	base := c.arrivals[0].zero()
	late := make([]time.Duration, len(c.arrivals))
	for i, a := range c.arrivals {
		late[i] = a.zero().Sub(base)
	}
	slices.Sort(late)
	at := func(share float64) time.Duration { return late[int(share*float64(len(late)-1))] - late[0] }
	return at(0.5), at(0.95), at(1)
}

// AwaitSound waits until a sample louder than threshold is at or after index from, and returns its index. It fails the
// test after within, or at the end of the recording.
func (c *Capture) AwaitSound(from int, threshold int16, within time.Duration) int {
	c.t.Helper()
	deadline := time.Now().Add(within)
	for {
		over := false
		select {
		case <-c.Done():
			over = true
		default:
		}
		samples := c.SamplesFrom(from)
		if i := FirstSound(samples, threshold); i >= 0 {
			return from + i
		}
		if over || time.Now().After(deadline) {
			c.t.Fatalf("waiting %s for sound from sample %d on: none; the capture has %d samples, ended: %t",
				within, from, c.Len(), over)
		}
		from += len(samples)
		time.Sleep(pollStep)
	}
}

// span is how long n samples last. Ten years of samples fit.
func span(n int) time.Duration { return time.Duration(n) * time.Second / Rate }
