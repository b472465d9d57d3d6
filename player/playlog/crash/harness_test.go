package crash

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// The test binary is its own child, a small station that appends until it is stopped. What the child is told:
const (
	childDir     = "LOAXA_CRASH_DIR"     // where its log lies
	childRecords = "LOAXA_CRASH_RECORDS" // how many records it appends; endless without
	childNoSync  = "LOAXA_CRASH_NOSYNC"  // a control: nothing is synced
	childEarly   = "LOAXA_CRASH_EARLY"   // a control: acknowledges before it writes
	childWait    = "LOAXA_CRASH_WAIT"    // after its records it waits to be killed
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := station(dir, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func options(dir string, raise func(code, detail string)) playlog.Options {
	boot, begin := fmt.Sprintf("boot-%d-%d", os.Getpid(), time.Now().UnixNano()), time.Now()
	return playlog.Options{Path: filepath.Join(dir, "playlog.db"), AnchorDir: filepath.Join(dir, "anchors"),
		KeyPath: filepath.Join(dir, "keys", "log.key"), StationCode: "XA-01", Device: "may-1", MayInit: true,
		Stamp: func() evidence.Stamp {
			up := time.Since(begin)
			return evidence.Stamp{Wall: evidence.At(time.Date(2026, 3, 2, 5, 0, 0, 0, time.FixedZone("", 7*3600)).Add(up)), Boot: boot, UpMS: up.Milliseconds()}
		},
		Raise: raise, Clear: func(string) {}}
}

// station appends records and says of each whether it was acknowledged, and where, or waits in memory.
func station(dir string, out io.Writer) error {
	opts := options(dir, func(code, detail string) { fmt.Fprintf(out, "alarm %s %q\n", code, detail) })
	opts.NoSync = os.Getenv(childNoSync) != ""
	l, err := playlog.Open(opts)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(os.Getenv(childRecords))
	if err != nil {
		n = 1 << 30
	}
	early, next := os.Getenv(childEarly) != "", l.Size()
	for i := range n {
		body := evidence.Body(evidence.Operator{What: "visit", Object: strconv.Itoa(i), Result: "done"})
		if decides(i) { // with its checkpoint and anchor
			id := fmt.Sprintf("rehearsal:%s-%d", opts.Stamp().Boot, i)
			body = evidence.OutcomeBody{Broadcast: id, Why: "rehearsal", Outcome: evidence.Full, Output: "virtual"}
		}
		if early {
			fmt.Fprintln(out, "ack", 1, next+int64(i), i)
		}
		ref, err := l.Append("station", body)
		switch {
		case errors.Is(err, playlog.ErrQueued):
			fmt.Fprintln(out, "queued", i)
		case err != nil:
			return err
		case !early:
			fmt.Fprintln(out, "ack", ref.Epoch, ref.Index, i)
		}
	}
	if os.Getenv(childWait) != "" {
		fmt.Fprintln(out, "done")
		time.Sleep(time.Minute) // it is killed long before
	}
	return l.Close()
}

func decides(i int) bool { return i%5 == 0 }

// words are what a child said.
type words struct {
	acked  map[int64]int // index → which record
	queued map[int]bool
	alarms []string
}

func newWords() *words { return &words{acked: map[int64]int{}, queued: map[int]bool{}} }

// hear takes one line; it is no error when the last line was cut off.
func (w *words) hear(line string) error {
	f := strings.Fields(line)
	switch {
	case len(f) == 4 && f[0] == "ack" && f[1] == "1":
		idx, err := strconv.ParseInt(f[2], 10, 64)
		i, err2 := strconv.Atoi(f[3])
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		w.acked[idx] = i
	case len(f) == 2 && f[0] == "queued":
		i, err := strconv.Atoi(f[1])
		if err != nil {
			return err
		}
		w.queued[i] = true
	case len(f) > 1 && f[0] == "alarm":
		w.alarms = append(w.alarms, line)
	case len(f) == 1 && f[0] == "done":
	default:
		return fmt.Errorf("child says %q", line)
	}
	return nil
}

func (w *words) hearAll(r io.Reader) error {
	sc := bufio.NewScanner(r)
	for sc.Scan() {
		if err := w.hear(sc.Text()); err != nil {
			return err
		}
	}
	return sc.Err()
}

func environment(dir string, more ...string) []string {
	return append(os.Environ(), append([]string{childDir + "=" + dir}, more...)...)
}

// judge opens the log that is left in dir as the station would, and says what is wrong with it: it must open as the same
// epoch without alarm, hold every acknowledged record at its place, with signed the checkpoint of every acknowledged
// outcome, too, verify, be whole as a file, and take another record. An outcome whose checkpoint the disk refused is
// acknowledged all the same, with an alarm: the next checkpoint covers it.
func judge(dir string, acked map[int64]int, signed bool) (err error) {
	var alarms []string
	opts := options(dir, func(code, detail string) { alarms = append(alarms, code+": "+detail) })
	opts.NoSync = true // what the judge adds need not last
	l, err := playlog.Open(opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	if len(alarms) != 0 || l.Epoch() != 1 {
		return fmt.Errorf("epoch %d, alarms %q", l.Epoch(), alarms)
	}
	if err := complete(l, acked, signed); err != nil {
		return err
	}
	if err := sound(l); err != nil {
		return err
	}
	if _, err := l.Append("station", evidence.Shutdown{Why: "judged"}); err != nil {
		return fmt.Errorf("appending after the crash: %w", err)
	}
	if err := sound(l); err != nil {
		return err
	}
	return l.Check(context.Background())
}

// complete says which acknowledged record is lost.
func complete(l *playlog.Log, acked map[int64]int, checkpoints bool) error {
	found := map[int64]int{}
	err := l.Read(0, l.Size(), func(idx int64, raw []byte) error {
		rec, err := evidence.Decode(raw)
		if err != nil {
			return err
		}
		body, err := evidence.DecodeBody(rec)
		if err != nil {
			return err
		}
		var n string
		switch x := body.(type) {
		case evidence.Operator:
			n = x.Object
		case evidence.OutcomeBody:
			n = x.Broadcast[strings.LastIndex(x.Broadcast, "-")+1:]
		default:
			return nil
		}
		found[idx], err = strconv.Atoi(n)
		return err
	})
	if err != nil {
		return err
	}
	signed := int64(0)
	if cp, err := evidence.PeekCheckpoint(l.LatestCheckpoint()); err == nil {
		signed = cp.Size
	}
	lost := 0
	var first error
	for idx, i := range acked {
		at, ok := found[idx]
		if ok && at == i && (!checkpoints || !decides(i) || signed > idx) {
			continue
		}
		if lost++; first == nil {
			first = fmt.Errorf("record %d (the child's %d) of a log of %d, signed up to %d", idx, i, l.Size(), signed)
		}
	}
	if lost > 0 {
		return fmt.Errorf("%w: %d, such as %w", errLost, lost, first)
	}
	return nil
}

var errLost = errors.New("acknowledged and lost")

func sound(l *playlog.Log) error {
	opts := evidence.VerifyOptions{Keys: []string{l.PublicKey()}}
	if cp := l.LatestCheckpoint(); cp != nil { // an epoch cut off while it opened has none yet
		opts.Held = append(opts.Held, cp)
	}
	rep, err := evidence.Verify(l.Source(), opts)
	if err != nil {
		return err
	}
	if !rep.OK {
		return fmt.Errorf("it does not verify: %+v", rep.Findings)
	}
	return nil
}

func soak() bool { return os.Getenv("LOAXA_SOAK") == "1" }

// without leaves a test out because the machine lacks something, where that is allowed.
func without(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("LOAXA_TEST_ALL") == "1" {
		t.Fatalf("%s, and LOAXA_TEST_ALL=1 allows no skipping", what)
	}
	t.Skip(what)
}
