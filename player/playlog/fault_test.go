package playlog

import (
	"bufio"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loaxa/player/playlog/evidence"
)

const (
	childEnv   = "LOAXA_PLAYLOG_TEST_CHILD"
	childCount = "LOAXA_PLAYLOG_TEST_RECORDS"
)

// TestMain lets the test binary be the child that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		n := math.MaxInt
		if s := os.Getenv(childCount); s != "" {
			var err error
			if n, err = strconv.Atoi(s); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
		if err := appendMany(dir, n); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// appendMany appends n records and prints the index of each that was acknowledged, and those that wait in memory.
func appendMany(dir string, n int) error {
	boot, begin := fmt.Sprintf("boot-%d", os.Getpid()), time.Now()
	opts := Options{Path: filepath.Join(dir, "playlog.db"), AnchorDir: filepath.Join(dir, "anchors"), KeyPath: filepath.Join(dir, "keys", "log.key"),
		StationCode: "XA-01", Device: "may-1", MayInit: true,
		Stamp: func() evidence.Stamp {
			up := time.Since(begin)
			return evidence.Stamp{Wall: evidence.At(start().Add(up)), Boot: boot, UpMS: up.Milliseconds()}
		},
		Raise: func(code, detail string) { fmt.Println("alarm", code, detail) }, Clear: func(string) {}}
	l, err := Open(opts)
	if err != nil {
		return err
	}
	for i := range n {
		body := evidence.Body(evidence.Operator{What: "visit", Object: strconv.Itoa(i), Result: "done"})
		if i%5 == 0 { // with its checkpoint and anchor
			id := fmt.Sprintf("rehearsal:%s-%d", boot, i)
			body = evidence.OutcomeBody{Broadcast: id, Why: "rehearsal", Outcome: evidence.Full, Output: "virtual"}
		}
		ref, err := l.Append("station", body)
		if errors.Is(err, ErrQueued) {
			fmt.Println("queued", i)
			continue
		}
		if err != nil {
			return err
		}
		fmt.Println("ack", ref.Index, i)
	}
	return l.Close()
}

// Killed at any moment, the log keeps every record that it acknowledged, opens as the same epoch and verifies. The
// control: the same judgement on a copy from before the kill must find that acknowledged records are gone.
func TestKilledStationKeepsAcknowledgedRecords(t *testing.T) {
	rounds := 20
	if s := os.Getenv("LOAXA_KILL_ROUNDS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		rounds = n
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	b := newBench(t)
	b.close(b.open())
	acked := map[int64]string{}
	var older []byte
	for round := range rounds {
		if round == rounds/2 {
			var err error
			if older, err = os.ReadFile(b.opts.Path); err != nil {
				t.Fatal(err)
			}
		}
		runAndKill(t, b.dir, time.Duration(20+r.IntN(120))*time.Millisecond, acked)
		b.opts.MayInit = false
		l := b.open()
		if len(b.ever) != 0 || l.Epoch() != 1 {
			t.Fatalf("round %d: alarms %v", round, b.ever)
		}
		if missing := lostOf(t, l, acked); missing != "" {
			t.Fatalf("round %d: acknowledged and lost: %s", round, missing)
		}
		b.verify(l, evidence.VerifyOptions{})
		b.close(l)
	}
	if len(acked) < rounds {
		t.Fatalf("only %d records were acknowledged: the test shows nothing", len(acked))
	}
	t.Logf("%d kills, %d acknowledged records", rounds, len(acked))

	if err := os.WriteFile(b.opts.Path, older, 0o600); err != nil {
		t.Fatal(err)
	}
	l := b.open()
	if _, on := b.alarm("LOG-02"); !on || lostOf(t, l, acked) == "" {
		t.Fatal("control: a lost write was not noticed")
	}
}

func runAndKill(t *testing.T, dir string, after time.Duration, acked map[int64]string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(out)
	var timer *time.Timer
	for sc.Scan() {
		f := strings.Fields(sc.Text())
		if len(f) != 3 || f[0] != "ack" {
			t.Errorf("child says %q", sc.Text())
			break
		}
		idx, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		acked[idx] = f[2]
		if timer == nil { // counted from the first record on, so that slow machines write some too
			timer = time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // it may have ended by itself
		}
	}
	if timer == nil {
		_ = cmd.Process.Kill() // as above
	}
	if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("child ended by itself: %v", err)
	}
}

// lostOf names an acknowledged record that is not in the log, "" when all are.
func lostOf(t *testing.T, l *Log, acked map[int64]string) string {
	t.Helper()
	found := map[int64]bool{}
	err := l.Read(0, l.Size(), func(idx int64, raw []byte) error {
		i, ok := acked[idx]
		_, body, err := decode(raw)
		if err != nil || !ok {
			return err
		}
		switch x := body.(type) {
		case evidence.Operator:
			found[idx] = x.Object == i
		case evidence.OutcomeBody:
			found[idx] = strings.HasSuffix(x.Broadcast, "-"+i)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for idx := range acked {
		if !found[idx] {
			return fmt.Sprint("record ", idx)
		}
	}
	return ""
}

// A full disk: the sound goes on, the records wait with their own times, and when there is room again a gap record says
// what was delayed.
func TestFullDiskKeepsRecordsInMemory(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	b := newBench(t)
	b.opts.Path = filepath.Join(dir, "playlog.db")
	l := b.open()
	b.day(l, "a", 3)
	filler := filepath.Join(dir, "filler")
	fill(t, filler)

	var firstErr error
	var when time.Time
	n := int64(0)
	for i := 0; i < 400; i++ {
		st := b.stamp()
		_, err := l.AppendEntries(Entry{Stamp: st, Actor: "station", Body: evidence.Operator{What: "visit", Object: strings.Repeat("x", 4000), Result: strconv.Itoa(i)}})
		if err == nil {
			continue
		}
		if !errors.Is(err, ErrQueued) {
			t.Fatal(err)
		}
		if n++; firstErr == nil {
			firstErr, when = err, st.Wall.Time
		}
		if n == 5 {
			break
		}
	}
	if firstErr == nil {
		t.Fatal("control: the disk never was full")
	}
	if _, on := b.alarm("LOG-01"); !on || l.Waiting() != 5 {
		t.Fatalf("no alarm, or %d records wait", l.Waiting())
	}
	if _, err := l.Append("station", outcome("a", 9)); !errors.Is(err, ErrQueued) || !l.Decided("a@9") {
		t.Fatalf("an outcome that waits is not known: %v", err)
	}
	if _, err := l.Append("station", outcome("a", 9)); !errors.Is(err, ErrDecided) {
		t.Fatalf("a second outcome was taken while the first waits: %v", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	b.append(l, evidence.Shutdown{Why: "after"})
	if _, on := b.alarm("LOG-01"); on || l.Waiting() != 0 {
		t.Fatal("the alarm stands though all is written")
	}
	var gap evidence.Gap
	var late []evidence.Record
	err := l.EachSince(evidence.KindGap, func(rec evidence.Record, body evidence.Body) error {
		if g, ok := body.(evidence.Gap); ok {
			gap = g
		} else {
			late = append(late, rec)
		}
		return nil
	})
	if err != nil || gap.Delayed != 6 || gap.Lost != 0 || len(late) != 7 || gap.Why == "" {
		t.Fatalf("gap %+v, %d records, %v", gap, len(late), err)
	}
	if !late[0].Wall.Equal(when) {
		t.Fatal("a delayed record lost the time at which it happened")
	}
	if l.Epoch() != 1 {
		t.Fatal("a full disk must not cost the epoch")
	}
}

func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 4096)
	for err == nil {
		_, err = f.Write(b)
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// A disk that refuses to be opened for a while, from the start on.
func TestStationStartsWithoutItsDisk(t *testing.T) {
	b := newBench(t)
	b.close(b.open())
	b.opts.MayInit = false
	broken := true
	b.opts.OpenFile = func(name string, flag int, mode os.FileMode) (*os.File, error) {
		if broken {
			return nil, &os.PathError{Op: "open", Path: name, Err: unix.EIO}
		}
		return os.OpenFile(name, flag, mode)
	}
	l := b.open()
	if _, err := l.Append("station", evidence.Boot{Version: "1"}); !errors.Is(err, ErrQueued) || !errors.Is(err, unix.EIO) {
		t.Fatal(err)
	}
	if _, on := b.alarm("LOG-01"); !on || l.Epoch() != 0 || l.Size() != 0 {
		t.Fatal("no alarm")
	}
	broken = false
	b.append(l, evidence.Shutdown{Why: "x"})
	if _, on := b.alarm("LOG-01"); on || l.Epoch() != 1 || l.Size() != 4 { // epoch, gap, boot, shutdown
		t.Fatalf("epoch %d size %d", l.Epoch(), l.Size())
	}
	b.verify(l, evidence.VerifyOptions{})
}

func TestQueueDropsWhatMattersLeast(t *testing.T) {
	q := newQueue(3, 1<<20)
	b := newBench(t)
	for _, body := range []evidence.Body{outcome("a", 1), evidence.Progress{}, outcome("a", 2), evidence.Device{}, outcome("a", 3), outcome("a", 4)} {
		d, err := evidence.NewDraft("station", b.stamp(), body)
		if err != nil {
			t.Fatal(err)
		}
		q.push([]evidence.Draft{d}, start(), errors.New("full"))
	}
	if q.len() != 3 || q.lost != 3 {
		t.Fatalf("%d waiting, %d lost", q.len(), q.lost)
	}
	for _, d := range q.drafts {
		if d.Kind() != evidence.KindOutcome {
			t.Fatalf("%s was kept", d.Kind())
		}
	}
}

// The disk refuses one fdatasync, the kernel having taken the bytes: whether the transaction counts is not known until
// the file is read again. Every record must be in the log exactly once, and the log must verify.
func TestFailedSyncNeitherLosesNorRepeats(t *testing.T) {
	long(t)
	strace := needStrace(t)
	const records = 40
	queued := 0
	for _, when := range []int{9, 10, 11, 24, 25, 26, 37} {
		b := newBench(t)
		cmd := exec.Command(strace, "-f", "-qq", "-o", os.DevNull, "-e", "trace=fdatasync", "-e", fmt.Sprintf("inject=fdatasync:error=EIO:when=%d", when), os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+b.dir, fmt.Sprintf("%s=%d", childCount, records))
		out, err := cmd.CombinedOutput()
		if err != nil {
			if strings.Contains(string(out), "ptrace") {
				t.Skipf("strace may not trace here: %s", out)
			}
			t.Fatalf("fdatasync %d: %v\n%s", when, err, out)
		}
		if !strings.Contains(string(out), "alarm LOG-01") {
			t.Fatalf("fdatasync %d: control: nothing failed:\n%s", when, out)
		}
		queued += strings.Count(string(out), "queued")
		b.opts.MayInit = false
		l := b.open()
		times := map[string]int{}
		err = l.Read(0, l.Size(), func(_ int64, raw []byte) error {
			_, body, err := decode(raw)
			switch x := body.(type) {
			case evidence.Operator:
				times[x.Object]++
			case evidence.OutcomeBody:
				times[x.Broadcast[strings.LastIndex(x.Broadcast, "-")+1:]]++
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range records {
			if n := times[strconv.Itoa(i)]; n != 1 {
				t.Errorf("fdatasync %d: record %d is in the log %d times", when, i, n)
			}
		}
		b.verify(l, evidence.VerifyOptions{})
		b.close(l)
	}
	if queued == 0 {
		t.Fatal("control: no failed sync hit a record")
	}
}
