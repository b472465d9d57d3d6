package playlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"loaxa/player/playlog/evidence"
)

// smallDisk is a file system of its own, of so many kB.
func smallDisk(t *testing.T, kB int) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dk", kB)); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fillAndAppend fills the log's disk and appends records of a page each until one must wait. It returns what was
// acknowledged, by index.
func fillAndAppend(t *testing.T, b *bench, l *Log) (acked map[int64]string, queued error) {
	t.Helper()
	fill(t, filepath.Join(filepath.Dir(b.opts.Path), "filler"))
	acked = map[int64]string{}
	for i := range 1000 {
		ref, err := l.Append("station", evidence.Operator{What: "visit", Object: strconv.Itoa(i), Reason: strings.Repeat("x", 4000), Result: "done"})
		if errors.Is(err, ErrQueued) {
			return acked, err
		}
		if err != nil {
			t.Fatal(err)
		}
		acked[ref.Index] = strconv.Itoa(i)
	}
	t.Fatal("control: the disk never was full")
	return nil, nil
}

// A disk that is full to the last byte: the reserve takes the records, an alarm says so until there is a reserve again,
// and the log is sound also where it could not grow. The control, without a reserve, keeps them in memory at once.
func TestFullDiskUsesTheReserve(t *testing.T) {
	const reserve = 256 << 10
	bare := newBench(t)
	bare.opts.Path = filepath.Join(smallDisk(t, 2048), "playlog.db")
	without, err := fillAndAppend(t, bare, bare.open())
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("control: %v", err)
	}

	b := newBench(t)
	dir := smallDisk(t, 2048)
	b.opts.Path, b.opts.Reserve = filepath.Join(dir, "playlog.db"), reserve
	l := b.open()
	name := b.opts.reserve()
	if info, err := os.Stat(name); err != nil || held(info) < reserve || info.Mode().Perm() != 0o600 {
		t.Fatalf("no reserve: %v", err)
	}
	acked, err := fillAndAppend(t, b, l)
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if gained := len(acked) - len(without); gained < reserve/4096/2 {
		t.Fatalf("%d records were acknowledged, %d without a reserve", len(acked), len(without))
	}
	t.Logf("%d records of 4 kB on the full disk, %d without the reserve of %d kB", len(acked), len(without), reserve>>10)
	if detail, on := b.alarm("LOG-01"); !on || !strings.Contains(detail, "the reserve of 256 kB was given up") || !strings.Contains(detail, "1 records wait") {
		t.Fatalf("alarm %v %q", on, detail)
	}
	l.keepReserve()
	if _, err := os.Stat(name); err == nil {
		t.Fatal("the reserve was made again on a full disk")
	}
	b.close2(l) // what waits cannot be written
	b.opts.MayInit = false
	if err := inspect(b.opts.Path, true); err != nil {
		t.Fatal(err)
	}
	l = b.open()
	if missing := lostOf(t, l, acked); missing != "" || l.Epoch() != 1 {
		t.Fatalf("epoch %d, lost after reopening: %s", l.Epoch(), missing)
	}
	b.verify(l, evidence.VerifyOptions{})
	if detail, on := b.alarm("LOG-01"); !on || !strings.Contains(detail, "no reserve") {
		t.Fatalf("opened on a full disk: alarm %v %q", on, detail)
	}

	if err := os.Remove(filepath.Join(dir, "filler")); err != nil {
		t.Fatal(err)
	}
	b.append(l, evidence.Shutdown{Why: "room again"})
	if _, on := b.alarm("LOG-01"); !on {
		t.Fatal("the alarm went before there was a reserve")
	}
	l.keepReserve()
	if _, on := b.alarm("LOG-01"); on {
		t.Fatal("the alarm stands with a reserve and nothing waiting")
	}
	if info, err := os.Stat(name); err != nil || held(info) < reserve {
		t.Fatalf("no new reserve: %v", err)
	}

	// Once more, this time with room before the log is closed: what waited is written, the reserve is still to be made.
	if _, err := fillAndAppend(t, b, l); !full(err) {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "filler")); err != nil {
		t.Fatal(err)
	}
	b.append(l, evidence.Shutdown{Why: "room again"})
	if detail, on := b.alarm("LOG-01"); !on || !strings.HasPrefix(detail, "the disk is full") || l.Waiting() != 0 {
		t.Fatalf("alarm %v %q, %d wait", on, detail, l.Waiting())
	}
	b.verify(l, evidence.VerifyOptions{})
}

// close2 closes a log with records that cannot be written.
func (b *bench) close2(l *Log) {
	b.t.Helper()
	if err := l.Close(); !full(err) {
		b.t.Fatal(err)
	}
}

// The same with a file that cannot be opened for want of room as long as the reserve is there, at the start and later;
// and Run makes the reserve again by itself.
func TestReserveOnADiskThatRefuses(t *testing.T) {
	for _, reserve := range []int64{0, 64 << 10} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			b.close(b.open())
			b.opts.MayInit, b.opts.Reserve = false, 64<<10
			b.close(b.open())
			name := b.opts.reserve()
			b.opts.Reserve = reserve
			refuse := true
			b.opts.OpenFile = func(path string, flag int, mode os.FileMode) (*os.File, error) {
				if _, err := os.Stat(name); err == nil && refuse {
					return nil, &os.PathError{Op: "open", Path: path, Err: syscall.ENOSPC}
				}
				return os.OpenFile(path, flag, mode)
			}
			l := b.open()
			_, err := l.Append("station", evidence.Boot{Version: "1"})
			detail, on := b.alarm("LOG-01")
			if reserve == 0 {
				if !errors.Is(err, ErrQueued) || !errors.Is(err, syscall.ENOSPC) || !on || strings.Contains(detail, "reserve") {
					t.Fatalf("control: without a reserve: %v, alarm %q", err, detail)
				}
				return
			}
			if err != nil || l.Size() != 2 || l.Epoch() != 1 {
				t.Fatalf("%d records, %v", l.Size(), err)
			}
			if !on || !strings.Contains(detail, "was given up") {
				t.Fatalf("alarm %v %q", on, detail)
			}
			refuse = false
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- l.Run(ctx) }()
			time.Sleep(2 * retryEvery) // of the bubble's clock
			synctest.Wait()
			if _, err := os.Stat(name); err != nil {
				t.Fatal(err)
			}
			if _, on := b.alarm("LOG-01"); on {
				t.Fatal("the alarm stands though the reserve is there again")
			}
			cancel()
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			b.verify(l, evidence.VerifyOptions{})
			b.close(l)
		})
	}
}

const (
	refusedEnv     = "LOAXA_PLAYLOG_TEST_REFUSED"
	refusedReserve = "LOAXA_PLAYLOG_TEST_RESERVE"
	refusedRecords = 20
)

// TestRefusedWritesChild is the program whose writes the next test refuses; by itself it does nothing.
func TestRefusedWritesChild(t *testing.T) {
	dir := os.Getenv(refusedEnv)
	if dir == "" {
		return
	}
	runtime.LockOSThread() // strace counts calls by thread
	b := newBench(t)
	b.opts.Path, b.opts.AnchorDir, b.opts.KeyPath = filepath.Join(dir, "playlog.db"), filepath.Join(dir, "anchors"), filepath.Join(dir, "keys", "log.key")
	b.opts.Raise = func(code, detail string) { fmt.Println("alarm", code, detail) }
	b.opts.MayInit = false
	var err error
	if b.opts.Reserve, err = strconv.ParseInt(os.Getenv(refusedReserve), 10, 64); err != nil {
		t.Fatal(err)
	}
	l := b.open()
	for i := range refusedRecords {
		body := evidence.Body(evidence.Operator{What: "visit", Object: strconv.Itoa(i), Reason: strings.Repeat("x", 3000), Result: "done"})
		if i%4 == 3 {
			body = evidence.OutcomeBody{Broadcast: fmt.Sprintf("rehearsal:-%d", i), Why: "rehearsal", Outcome: evidence.Full, Output: "virtual"}
		}
		ref, err := l.Append("station", body)
		switch {
		case errors.Is(err, ErrQueued):
			fmt.Println("queued", i)
		case err != nil:
			t.Fatal(err)
		default:
			fmt.Println("ack", ref.Index, i)
		}
	}
	b.close(l)
}

// The kernel has no room for one page, for one meta page, or for a longer file: with a reserve the record is written all
// the same and once only. The control, without one, must wait. A sync that fails leaves the transaction in doubt, so that
// its records may wait in either case.
func TestRefusedPageCostsTheReserveOnly(t *testing.T) {
	long(t)
	strace := needStrace(t)
	for _, c := range []struct {
		inject, reserve string
		waits           bool
	}{
		{"pwrite64:error=ENOSPC:when=5", "65536", false},
		{"pwrite64:error=ENOSPC:when=17", "65536", false},
		{"pwrite64:error=EDQUOT:when=42", "65536", false},
		{"ftruncate:error=ENOSPC:when=1", "65536", false},
		{"fdatasync:error=ENOSPC:when=6", "65536", true},
		{"pwrite64:error=ENOSPC:when=5", "0", true},
		{"ftruncate:error=ENOSPC:when=1", "0", true},
	} {
		b := newBench(t)
		b.opts.Reserve = 64 << 10
		b.close(b.open())
		if err := os.Truncate(b.opts.Path, usedBytes(t, b.opts.Path)); err != nil { // the next record makes it grow
			t.Fatal(err)
		}
		text := refusing(t, strace, c.inject, "TestRefusedWritesChild", refusedEnv+"="+b.dir, refusedReserve+"="+c.reserve)
		if !strings.Contains(text, "alarm LOG-01") {
			t.Fatalf("%s: control: nothing failed:\n%s", c.inject, text)
		}
		if queued := strings.Count(text, "queued"); queued > 1 || (queued == 1) != c.waits {
			t.Fatalf("%s, reserve %s: %d records had to wait:\n%s", c.inject, c.reserve, queued, text)
		}
		if strings.Contains(text, "was given up") != (c.reserve != "0") {
			t.Fatalf("%s, reserve %s: the alarm says otherwise:\n%s", c.inject, c.reserve, text)
		}
		b.opts.MayInit, b.opts.Reserve = false, 0
		b.once(b.open(), c.inject, refusedRecords)
	}
}

// refusing runs a test of this binary as a program of its own whose system calls fail as inject says, and returns what
// it prints.
func refusing(t *testing.T, strace, inject, test string, env ...string) string {
	t.Helper()
	name, _, _ := strings.Cut(inject, ":")
	calls := filepath.Join(t.TempDir(), "calls")
	cmd := exec.Command(strace, "-f", "-qq", "-o", calls, "-e", "trace="+name, "-e", "inject="+inject, os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if made, _ := os.ReadFile(calls); err == nil && !strings.Contains(string(made), "(INJECTED)") { //nolint:errcheck // then it has none
		t.Fatalf("%s: control: nothing was refused:\n%s", inject, out)
	}
	if err != nil {
		if strings.Contains(string(out), "ptrace") {
			t.Skipf("strace may not trace here: %s", out)
		}
		t.Fatalf("%s: %v\n%s", inject, err, out)
	}
	return string(out)
}

// once demands that the log verifies and holds each of n numbered records exactly once.
func (b *bench) once(l *Log, what string, n int) {
	b.t.Helper()
	times := map[string]int{}
	err := l.Read(0, l.Size(), func(_ int64, raw []byte) error {
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
		b.t.Fatal(err)
	}
	for i := range n {
		if k := times[strconv.Itoa(i)]; k != 1 {
			b.t.Errorf("%s: record %d is in the log %d times", what, i, k)
		}
	}
	b.verify(l, evidence.VerifyOptions{})
	b.close(l)
}

func TestFullIsKnownByItsText(t *testing.T) {
	for _, e := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT} {
		if !full(fmt.Errorf("writing: %w", &os.PathError{Op: "write", Path: "x", Err: e})) || !full(errors.New("file resize error: "+e.Error())) {
			t.Errorf("%v is not known", e)
		}
	}
	if full(nil) || full(syscall.EIO) {
		t.Error("everything is a full disk")
	}
}
