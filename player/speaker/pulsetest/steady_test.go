package pulsetest

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// judge is a testing.TB that remembers what Fatalf said.
type judge struct {
	testing.TB
	said string
}

func (j *judge) Helper()                   {}
func (j *judge) Logf(string, ...any)       {}
func (j *judge) Fatalf(f string, _ ...any) { j.said = f; runtime.Goexit() }

// A trial that fails on a steady machine must fail the test; on one that stood still it is made again, and not for ever.
func TestSteadily(t *testing.T) {
	for _, c := range []struct {
		name   string
		stood  time.Duration
		good   int // the trial that succeeds, 0 for none
		trials int
		said   string
	}{
		{"well at once", 0, 1, 1, ""},
		{"well, whatever the machine did", time.Second, 1, 1, ""},
		{"wrong on a steady machine", time.Millisecond, 2, 1, "ran steadily"},
		{"wrong while it stood still, then well", time.Second, 3, 3, ""},
		{"never well", time.Second, 0, 4, "never ran steadily"},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := &judge{TB: t}
			trials, cleaned := 0, 0
			trial := func(a testing.TB) {
				trials++
				a.Cleanup(func() { cleaned++ })
				if trials != c.good {
					a.Fatalf("wrong")
				}
			}
			watch := func() func() time.Duration { return func() time.Duration { return c.stood } }
			done := make(chan struct{})
			go func() {
				defer close(done)
				steadily(j, 4, trial, watch)
			}()
			<-done
			if trials != c.trials || cleaned != trials || (c.said == "") != (j.said == "") || !strings.Contains(j.said, c.said) {
				t.Errorf("%d trials, %d cleaned up, said %q; want %d and %q", trials, cleaned, j.said, c.trials, c.said)
			}
		})
	}
}

func TestMetronomeSeesNoStallWhereThereIsNone(t *testing.T) {
	m := newMetronome()
	if stood := m.stop(); stood < 0 {
		t.Errorf("stood still for %s", stood)
	}
}
