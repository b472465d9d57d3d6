package library_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"loaxa/audio/library"
)

// importUntilKilled is another process: it imports the files of a folder, one after the other, into a data folder, and
// then waits to be killed. It kills itself in the fatal'th change, counted from 1, when the files are in place and the
// index does not know them yet.
func importUntilKilled(data, folder, fatal string) int {
	complain := func(err error) int {
		fmt.Println("failed:", err)
		return 1
	}
	db, err := bbolt.Open(filepath.Join(data, "state.db"), 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return complain(err)
	}
	exe, err := os.Executable()
	if err != nil {
		return complain(err)
	}
	changes := 0
	record := func(*bbolt.Tx, string, string, string, any, any) error {
		if changes++; strconv.Itoa(changes) == fatal {
			return syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
		return nil
	}
	l, err := library.Open(library.Options{DB: db, Dir: data, Exe: exe, Now: time.Now, MinFreeBytes: -1, Record: record})
	if err != nil {
		return complain(err)
	}
	paths, err := filepath.Glob(filepath.Join(folder, "*.wav"))
	if err != nil {
		return complain(err)
	}
	fmt.Println("ready")
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return complain(err)
		}
		c, _, err := l.Import(context.Background(), "lan", library.Import{Reader: f, Name: path}, nil)
		if err := errors.Join(err, f.Close()); err != nil {
			return complain(err)
		}
		fmt.Println("imported", c.ID)
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // ends with the test, if that forgets to kill
	return 0
}

// Whatever the moment of a power cut or kill: what was said to be imported is there and whole, and after the next start
// nothing of the rest is. The control is that the kills do leave something for the start to remove.
func TestKilledInTheMiddleOfImports(t *testing.T) {
	exe, err := os.Executable()
	must(t, err)
	folder := t.TempDir()
	for i := range 40 {
		must(t, os.WriteFile(filepath.Join(folder, fmt.Sprintf("%02d.wav", i)), tone(t, 200+float64(i), 2*time.Second), 0o600))
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	left := 0
	for round := range 12 {
		s := newStation(t)
		must(t, s.db.Close())
		fatal, delay := 0, time.Duration(random.IntN(400))*time.Millisecond
		if round%3 == 0 {
			fatal, delay = 1+random.IntN(4), 30*time.Second
		}
		said := runUntilKilled(t, exec.Command(exe, "import-until-killed", s.dir, folder, strconv.Itoa(fatal)), delay)
		before := s.files()
		s.open(nil)
		all, err := s.All()
		must(t, err)
		var files []string
		for _, c := range all {
			o, err := s.Open(c.ID)
			must(t, err)
			must(t, o.Close())
			files = append(files, "originals/"+c.SHA256, "clips/"+c.SHA256+".wav", "clips/"+c.SHA256+".peaks")
			said = slices.DeleteFunc(said, func(id string) bool { return id == c.ID })
		}
		if len(said) > 0 {
			t.Errorf("said to be imported and not there: %v", said)
		}
		slices.Sort(files)
		after := s.files()
		slices.Sort(after)
		if !slices.Equal(files, after) {
			t.Errorf("files %v, clips %v", after, files)
		}
		if len(before) != len(after) {
			left++
		}
		if fatal > 0 && (len(all) != fatal-1 || len(before) != len(after)+3) {
			t.Errorf("killed in change %d: %d clips, %d files and %d after the next start", fatal, len(all), len(before), len(after))
		}
	}
	t.Logf("%d kills left something to remove", left)
	if left <= 4 {
		t.Error("no kill at a random moment left anything to remove: the test proves nothing")
	}
}

// runUntilKilled gives what the process said it had imported when it was killed, delay after it was ready.
func runUntilKilled(t *testing.T, cmd *exec.Cmd, delay time.Duration) (said []string) {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "said"))
	must(t, err)
	defer func() { must(t, out.Close()) }()
	in, hold, err := os.Pipe()
	must(t, err)
	defer func() { must(t, errors.Join(in.Close(), hold.Close())) }()
	cmd.Stdin, cmd.Stdout = in, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // its child goes with it, as in a power cut
	must(t, cmd.Start())
	text := func() string {
		raw, err := os.ReadFile(out.Name())
		must(t, err)
		return string(raw)
	}
	for start := time.Now(); !strings.Contains(text(), "ready\n"); time.Sleep(time.Millisecond) {
		if time.Since(start) > 20*time.Second {
			t.Error("not ready after 20 s")
			break
		}
	}
	timer := time.AfterFunc(delay, func() { // its pid stays its own until Wait returns
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	})
	if err := cmd.Wait(); err == nil {
		t.Error("ended by itself")
	}
	timer.Stop()
	if strings.Contains(text(), "failed") {
		t.Fatal(text())
	}
	for line := range strings.SplitSeq(text(), "\n") {
		if id, ok := strings.CutPrefix(line, "imported "); ok {
			said = append(said, id)
		}
	}
	return said
}

// A decoder that dies costs one import, never the station.
func TestTheDecoderIsKilled(t *testing.T) {
	s := newStation(t)
	file := tone(t, 440, 10*time.Minute)
	killed := 0
	_, _, err := s.Import(context.Background(), "lan", library.Import{Reader: bytes.NewReader(file), Name: "a.wav"}, func(_, _ int64) {
		if killed > 0 {
			return
		}
		for _, pid := range children(t) {
			must(t, syscall.Kill(pid, syscall.SIGKILL))
			killed++
		}
	})
	var refusal *library.Refusal
	if killed != 1 || !errors.As(err, &refusal) {
		t.Errorf("%d decoders killed: %v", killed, err)
	}
	s.nothing(0)
	s.bring("a.wav", tone(t, 440, 300*time.Millisecond))
}

// children are the processes that this one started as decoders.
func children(t testing.TB) (pids []int) {
	t.Helper()
	lists, err := filepath.Glob("/proc/self/task/*/children")
	must(t, err)
	for _, list := range lists {
		raw, err := os.ReadFile(list)
		if err != nil {
			continue // the thread ended
		}
		for field := range strings.FieldsSeq(string(raw)) {
			line, err := os.ReadFile("/proc/" + field + "/cmdline")
			if err != nil || !bytes.Contains(line, []byte("\x00decode")) {
				continue
			}
			pid, err := strconv.Atoi(field)
			must(t, err)
			pids = append(pids, pid)
		}
	}
	return pids
}

// A full disk is an error in words, and the half that fitted is removed.
func TestTheDiskIsFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root: a small file system is mounted")
	}
	s := newStation(t)
	for _, dir := range []string{"originals", "clips"} {
		path := filepath.Join(s.dir, dir)
		if err := syscall.Mount("tmpfs", path, "tmpfs", 0, "size=256k"); err != nil {
			t.Skipf("mounting a small file system: %v", err)
		}
		t.Cleanup(func() { must(t, syscall.Unmount(path, syscall.MNT_DETACH)) })
	}
	for name, file := range map[string][]byte{
		"no room for the original":  tone(t, 440, 5*time.Second),
		"no room for the canonical": eightBit(t, 5*time.Second), // a twelfth of its canonical form
	} {
		_, _, err := s.Import(context.Background(), "lan", library.Import{Reader: bytes.NewReader(file), Name: "a.wav"}, nil)
		var refusal *library.Refusal
		if err == nil || (errors.As(err, &refusal) && refusal.Code == "damaged") {
			t.Errorf("%s: %v: the file is not to blame", name, err)
		}
		s.nothing(0)
	}
	s.bring("a.wav", tone(t, 440, time.Second)) // what fits is taken
}

// eightBit is a WAV file of 8 kHz and 8 bits.
func eightBit(t testing.TB, length time.Duration) []byte {
	t.Helper()
	n := int(length.Seconds() * 8000)
	out := slices.Clone(tone(t, 1, time.Millisecond)[:44])
	size := func(at, v int) {
		out[at], out[at+1], out[at+2], out[at+3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
	}
	size(4, 36+n)
	size(24, 8000)
	size(28, 8000)
	out[32], out[34] = 1, 8
	size(40, n)
	for i := range n {
		out = append(out, byte(128+60*(i/10%2)))
	}
	return out
}
