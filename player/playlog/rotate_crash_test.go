package playlog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/sys/unix"

	"loaxa/player/playlog/evidence"
)

const (
	rotatingEnv   = "LOAXA_PLAYLOG_TEST_ROTATING"
	rotatingCount = "LOAXA_PLAYLOG_TEST_ROTATIONS"
)

// TestKeyChangesChild is the program that the tests below kill or whose calls they refuse: records, and a change of key
// after every second one. By itself it does nothing.
func TestKeyChangesChild(t *testing.T) {
	dir := os.Getenv(rotatingEnv)
	if dir == "" {
		return
	}
	runtime.LockOSThread() // strace counts calls by thread
	n, err := strconv.Atoi(os.Getenv(rotatingCount))
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	b.opts.Path, b.opts.AnchorDir, b.opts.KeyPath = filepath.Join(dir, "playlog.db"), filepath.Join(dir, "anchors"), filepath.Join(dir, "keys", "log.key")
	b.opts.MayInit = false
	boot := fmt.Sprint("boot-", os.Getpid())
	b.opts.Stamp = func() evidence.Stamp {
		st := b.stamp()
		st.Boot = boot
		return st
	}
	b.opts.Raise = func(code, detail string) { fmt.Println("alarm", code, detail) }
	l := b.open()
	for i := range n {
		ref, err := l.Append("station", evidence.Operator{What: "visit", Object: strconv.Itoa(i), Result: "done"})
		switch {
		case errors.Is(err, ErrQueued):
			fmt.Println("queued", i)
		case err != nil:
			t.Fatal(err)
		default:
			fmt.Println("ack", ref.Index, i)
		}
		if i%2 == 0 {
			continue
		}
		if v, err := l.RotateKey(t.Context(), "user:a", "yearly"); err != nil {
			fmt.Println("refused", err)
		} else {
			fmt.Println("key", i, v)
		}
	}
	b.close(l)
}

// Killed at any moment of its changes of key, the station goes on with one key, and every key that it announced is the
// log's. The control: with an old key in its place the log does not go on.
func TestKilledStationKeepsItsKeys(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 3)) //nolint:gosec // a test's dice
	b := newBench(t)
	l := b.open()
	first, held := l.PublicKey(), [][]byte{l.LatestCheckpoint()}
	b.close(l)
	b.opts.MayInit = false
	oldKey, err := os.ReadFile(b.opts.KeyPath)
	if err != nil {
		t.Fatal(err)
	}
	acked, announced, left := map[int64]string{}, map[string]bool{}, 0
	for round := range 8 {
		killRotating(t, b.dir, time.Duration(10+r.IntN(60))*time.Millisecond, acked, announced)
		if _, err := os.Lstat(b.opts.nextKey()); err == nil {
			left++
		}
		l := b.open()
		if len(b.ever) != 0 || l.Epoch() != 1 {
			t.Fatalf("round %d: alarms %v", round, b.ever)
		}
		b.oneKey(l)
		if missing := lostOf(t, l, acked); missing != "" {
			t.Fatalf("round %d: acknowledged and lost: %s", round, missing)
		}
		for _, k := range l.store.keys {
			delete(announced, k.vkey)
		}
		if len(announced) != 0 {
			t.Fatalf("round %d: announced and lost: %v", round, announced)
		}
		b.verify(l, evidence.VerifyOptions{Keys: []string{first}, Held: held})
		held = append(held, l.LatestCheckpoint())
		b.close(l)
	}
	l = b.open()
	t.Logf("%d records acknowledged, %d keys, %d kills in the middle of a change", len(acked), len(l.store.keys), left)
	if len(l.store.keys) < 3 {
		t.Fatal("the key hardly changed: the test shows nothing")
	}
	b.close(l)
	if err := os.WriteFile(b.opts.KeyPath, oldKey, 0o600); err != nil {
		t.Fatal(err)
	}
	if l := b.open(); l.Epoch() != 2 || !strings.HasPrefix(b.on["LOG-02"], "key_lost") {
		t.Fatalf("control: the log went on under an old key: %v", b.on)
	}
}

func killRotating(t *testing.T, dir string, after time.Duration, acked map[int64]string, announced map[string]bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKeyChangesChild$")
	cmd.Env = append(os.Environ(), rotatingEnv+"="+dir, rotatingCount+"=1000000")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var timer *time.Timer
	for sc := bufio.NewScanner(out); sc.Scan(); {
		f := strings.Fields(sc.Text())
		if len(f) != 3 || (f[0] != "ack" && f[0] != "key") {
			t.Errorf("child says %q", sc.Text())
			break
		}
		if f[0] == "key" {
			announced[f[2]] = true
			if timer == nil { // so that slow machines change the key, too
				timer = time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // it may have ended by itself
			}
			continue
		}
		idx, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		acked[idx] = f[2]
	}
	_ = cmd.Process.Kill() // it was, unless it said something else
	if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("child ended by itself: %v", err)
	}
}

// The disk refuses one call in the middle of a change of key: the change is made or refused, never half of it, and no
// record is lost or written twice.
func TestChangeOfKeyOnADiskThatRefuses(t *testing.T) {
	long(t)
	strace := needStrace(t)
	const records = 6
	for _, c := range []struct {
		inject  string
		refused bool // else it is finished in spite of the failure
	}{
		{"fsync:error=EIO:when=1", true},         // the new key
		{"pwrite64:error=ENOSPC:when=15", false}, // a page of the record or of its neighbours
		{"fdatasync:error=EIO:when=5", true},     // the record's pages
		{"fdatasync:error=EIO:when=6", false},    // its meta page, which is there all the same
		{"fdatasync:error=EIO:when=7", false},    // the old key's checkpoint
		{"fsync:error=EIO:when=3", false},        // the anchor
		{"renameat:error=EIO:when=2", false},     // the new key to its place
	} {
		b := newBench(t)
		l := b.open()
		first := l.PublicKey()
		b.close(l)
		text := refusing(t, strace, c.inject, "TestKeyChangesChild", rotatingEnv+"="+b.dir, fmt.Sprint(rotatingCount, "=", records))
		refused, changed := strings.Count(text, "refused"), strings.Count(text, "\nkey")
		if refused+changed != records/2 || (refused == 1) != c.refused && !strings.HasPrefix(c.inject, "pwrite64") {
			t.Fatalf("%s: refused %d, changed %d:\n%s", c.inject, refused, changed, text)
		}
		b.opts.MayInit = false
		l = b.open()
		if len(b.ever) != 0 || len(l.store.keys) != 1+changed {
			t.Fatalf("%s: %d keys, alarms %v:\n%s", c.inject, len(l.store.keys), b.ever, text)
		}
		b.oneKey(l)
		b.verify(l, evidence.VerifyOptions{Keys: []string{first}})
		b.once(l, c.inject, records)
	}
}

// The sync of the change fails, the file cannot be opened for a while, and records wait meanwhile: the change is found in
// the file, and the records are not taken for part of it.
func TestChangeOfKeyInDoubt(t *testing.T) {
	b := newBench(t)
	broken := false
	b.opts.OpenFile = func(name string, flag int, mode os.FileMode) (*os.File, error) {
		if broken {
			return nil, &os.PathError{Op: "open", Path: name, Err: unix.EIO}
		}
		return os.OpenFile(name, flag, mode)
	}
	l := b.open()
	old := l.PublicKey()
	b.day(l, "a", 1)
	r := &rotation{log: l, actor: "user:a", why: "yearly"}
	at := l.Size()
	l.mu.Lock()
	if err := errors.Join(r.stage(), r.record()); err != nil {
		t.Fatal(err)
	}
	// What a failed sync leaves: the bytes are there, nobody knows it, and the file is closed.
	var raw []byte
	if err := l.store.db.View(func(tx *bolt.Tx) error {
		raw = bytes.Clone(tx.Bucket(bucketRecord).Get(key64(at)))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	l.doubt = &doubt{first: at, raw: raw}
	broken = true
	if err := errors.Join(l.shut(), r.failed(unix.EIO)); err == nil {
		t.Fatal("control: the file can be opened")
	}
	l.mu.Unlock()
	if _, err := l.Append("station", evidence.Operator{What: "visit", Object: "0"}); !errors.Is(err, ErrQueued) {
		t.Fatal(err)
	}
	broken = false
	b.append(l, evidence.Operator{What: "visit", Object: "1"})
	if l.PublicKey() != r.vkey {
		t.Fatal("the change of key was lost")
	}
	b.oneKey(l)
	b.verify(l, evidence.VerifyOptions{Keys: []string{old}})
	times := 0
	if err := l.EachSince(evidence.KindKey, func(_ evidence.Record, body evidence.Body) error {
		if _, ok := body.(evidence.Operator); ok {
			times++
		}
		return nil
	}); err != nil || times != 2 {
		t.Fatalf("%d of 2 records after the change, %v", times, err)
	}
}
