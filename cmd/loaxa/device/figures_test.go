package device

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"loaxa/player/speaker/pulsetest"
)

// ticks is the kernel's unit of CPU time in /proc/PID/stat, for all architectures that Go knows.
const ticks = time.Second / 100

// use is what processes have taken so far.
type use struct {
	cpu     time.Duration
	rssAnon int64 // bytes
}

// usage reads what one process has taken.
func usage(t testing.TB, pid int) use {
	t.Helper()
	dir := fmt.Sprintf("/proc/%d/", pid)
	stat := string(readFile(t, dir+"stat"))
	f := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:]) // the name may hold spaces
	var u use
	for _, field := range []string{f[11], f[12]} { // utime, stime
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			t.Fatalf("reading %sstat: %v", dir, err)
		}
		u.cpu += time.Duration(n) * ticks
	}
	_, rest, ok := strings.Cut(string(readFile(t, dir+"status")), "RssAnon:")
	if _, err := fmt.Sscanf(rest, "%d kB", &u.rssAnon); !ok || err != nil {
		t.Fatalf("reading %sstatus: %v", dir, err)
	}
	u.rssAnon <<= 10
	return u
}

// children are the processes that a process started and that live.
func children(t testing.TB, pid int) []int {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for _, path := range lists {
		b, err := os.ReadFile(path)
		if err != nil {
			continue // the thread has just ended
		}
		for _, s := range strings.Fields(string(b)) {
			n, err := strconv.Atoi(s)
			if err != nil {
				t.Fatalf("reading %s: %v", path, err)
			}
			out = append(out, n)
		}
	}
	return out
}

// A station stands beside an amplifier for years, on the smallest PC: at rest it must cost next to nothing, on air
// little. The bounds are generous for busy machines; the figures are in the output.
func TestSoakFigures(t *testing.T) {
	needDevice(t)
	span := 5 * time.Second
	if os.Getenv("LOAXA_SOAK") == "1" {
		span = time.Minute
	}
	server := pulsetest.Start(t)
	s := newStation(t, server.Env()...)
	s.serve()
	s.anyHour(nil)
	long := s.bring("dai", noise(int((span+10*time.Second).Seconds())*pulsetest.Rate, 8))
	pid := s.proc.cmd.Process.Pid
	await(t, patience, "the station rests", func() error {
		if c := children(t, pid); len(c) > 0 {
			return fmt.Errorf("it has the children %v", c)
		}
		return nil
	})

	before := usage(t, pid)
	pass(span)
	if c := children(t, pid); len(c) > 0 {
		t.Errorf("at rest it has the children %v", c)
	}
	after := usage(t, pid)
	rest := float64(after.cpu-before.cpu) / float64(span) * 60
	t.Logf("at rest for %s: %.2f s CPU a minute, RssAnon %.1f MB, no child", span, rest, mb(after.rssAnon))
	if rest > 0.6 || after.rssAnon > 60<<20 {
		t.Errorf("at rest: %.2f s CPU a minute and %.1f MB, more than 0.6 and 60", rest, mb(after.rssAnon))
	}

	s.mustCLI("play", long.ID, "--rehearse")
	await(t, patience, "the clip sounds", func() error {
		if n := s.now(); n.State != "playing" {
			return fmt.Errorf("it is %s", n.State)
		}
		return nil
	})
	kids := children(t, pid)
	if len(kids) != 1 {
		t.Fatalf("on air it has the children %v, want one", kids)
	}
	daemon, child := usage(t, pid), usage(t, kids[0])
	pass(span)
	daemon2, child2 := usage(t, pid), usage(t, kids[0])
	share := func(a, b use) float64 { return 100 * float64(b.cpu-a.cpu) / float64(span) }
	both := share(daemon, daemon2) + share(child, child2)
	t.Logf("on air for %s: %.1f %% of a core (daemon %.1f, child %.1f), RssAnon %.1f MB (daemon %.1f, child %.1f)", span, both,
		share(daemon, daemon2), share(child, child2), mb(daemon2.rssAnon+child2.rssAnon), mb(daemon2.rssAnon), mb(child2.rssAnon))
	if both > 12 || daemon2.rssAnon+child2.rssAnon > 90<<20 {
		t.Errorf("on air: %.1f %% of a core and %.1f MB, more than 12 and 90", both, mb(daemon2.rssAnon+child2.rssAnon))
	}
}

func mb(bytes int64) float64 { return float64(bytes) / (1 << 20) }
