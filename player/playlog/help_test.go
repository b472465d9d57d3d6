package playlog

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
)

// bench is a station's log in a folder of its own, with a clock that moves one second a record and a board of alarms.
type bench struct {
	t    testing.TB
	dir  string
	opts Options
	mu   sync.Mutex
	up   time.Duration
	on   map[string]string
	ever map[string]int
}

func newBench(t testing.TB) *bench {
	b := &bench{t: t, dir: t.TempDir(), on: map[string]string{}, ever: map[string]int{}}
	b.opts = Options{Path: filepath.Join(b.dir, "playlog.db"), AnchorDir: filepath.Join(b.dir, "anchors"),
		KeyPath: filepath.Join(b.dir, "keys", "log.key"), StationCode: "XA-01", StationName: "Đài truyền thanh xã", Device: "may-1",
		Stamp: b.stamp, Raise: b.raise, Clear: b.clear, MayInit: true}
	return b
}

func (b *bench) stamp() evidence.Stamp {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.up += time.Second
	return evidence.Stamp{Wall: evidence.At(start().Add(b.up)), Boot: "boot-1", UpMS: b.up.Milliseconds(), Clock: evidence.Clock{State: "synchronised"}}
}

func start() time.Time { return time.Date(2026, 3, 2, 5, 0, 0, 0, time.FixedZone("", 7*3600)) }

func (b *bench) raise(code, detail string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.on[code] = detail
	b.ever[code]++
}

func (b *bench) clear(code string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.on, code)
}

func (b *bench) alarm(code string) (string, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d, ok := b.on[code]
	return d, ok
}

func (b *bench) open() *Log {
	b.t.Helper()
	l, err := Open(b.opts)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = l.Close() }) // tests that care close by themselves
	return l
}

func (b *bench) close(l *Log) {
	b.t.Helper()
	if err := l.Close(); err != nil {
		b.t.Fatal(err)
	}
}

// day writes a plan of n occurrences and their outcomes.
func (b *bench) day(l *Log, name string, n int) {
	b.t.Helper()
	at := start()
	p := evidence.Plan{From: evidence.At(at), Until: evidence.At(at.AddDate(0, 0, 7)), Why: "daily",
		Programmes: []evidence.PlannedProgramme{{ID: "p", Title: "Bản tin", LatenessMS: 600000}}}
	for i := range n {
		p.Occurrences = append(p.Occurrences, evidence.Planned{ID: fmt.Sprintf("%s@%d", name, i), Programme: "p", Due: evidence.At(at.Add(time.Duration(i) * time.Minute)), LengthMS: 30000, Verdict: "airs"})
	}
	b.append(l, p)
	for i := range n {
		b.append(l, outcome(name, i))
	}
}

func outcome(name string, i int) evidence.OutcomeBody {
	id := fmt.Sprintf("%s@%d", name, i)
	return evidence.OutcomeBody{Broadcast: id, Occurrence: id, Why: "scheduled", Outcome: evidence.Full, Due: evidence.At(start().Add(time.Duration(i) * time.Minute)),
		AiredMS: 30000, PlannedMS: 30000, Output: "hardware", Rate: 1, Evidence: 2}
}

func (b *bench) append(l *Log, bodies ...evidence.Body) Ref {
	b.t.Helper()
	ref, err := l.Append("station", bodies...)
	if err != nil {
		b.t.Fatal(err)
	}
	return ref
}

// verify demands that the log verifies.
func (b *bench) verify(l *Log, opts evidence.VerifyOptions) evidence.Report {
	b.t.Helper()
	rep, err := evidence.Verify(l.Source(), opts)
	if err != nil {
		b.t.Fatal(err)
	}
	if !rep.OK {
		b.t.Fatalf("an honest log does not verify: %+v", rep.Findings)
	}
	return rep
}

// epochRecord is the record that opens the log.
func (b *bench) epochRecord(l *Log) evidence.Epoch {
	b.t.Helper()
	var e evidence.Epoch
	err := l.Read(0, 1, func(_ int64, raw []byte) error {
		_, body, err := decode(raw)
		if err != nil {
			return err
		}
		var ok bool
		if e, ok = body.(evidence.Epoch); !ok {
			b.t.Errorf("record 0 is %T", body)
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return e
}

// needStrace is the program that makes system calls fail; without it a test is left out, where that is allowed.
func needStrace(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("strace")
	switch {
	case err == nil:
		return path
	case os.Getenv("LOAXA_TEST_ALL") == "1":
		t.Fatal("strace is not installed, and LOAXA_TEST_ALL=1 allows no skipping")
	}
	t.Skip("strace is not installed")
	return ""
}
