package crash

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The kernel's own crash test: FS_IOC_SHUTDOWN without flushing the journal. Everything that had not reached the disk is
// gone, as after a power cut. _IOR('X', 125, u32) on amd64, arm and arm64.
const (
	ioctlShutdown = 0x8004587d
	noLogFlush    = 2
)

// TestSoakFilesystemShutdown: 30 times the file system under a station that appends goes away in the middle of it, on an
// ext4 image of its own. Mounted again, the log has every acknowledged record and verifies; with NoSync it must not.
func TestSoakFilesystemShutdown(t *testing.T) {
	if !soak() {
		t.Skip("30 rounds on an ext4 image, as root: LOAXA_SOAK=1")
	}
	const rounds = 30
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	fs, acked := newImage(t), map[int64]int{}
	for round := range rounds {
		heard := fs.runAndShutDown(time.Duration(20+r.IntN(400))*time.Millisecond, environment(fs.log()))
		for idx, i := range heard.acked {
			acked[idx] = i
		}
		fs.mount()
		if err := judge(fs.log(), acked, false); err != nil {
			t.Fatalf("round %d, %d acknowledged: %v", round, len(acked), err)
		}
	}
	t.Logf("%d shutdowns, %d acknowledged records, 0 lost", rounds, len(acked))
	if len(acked) < rounds {
		t.Fatal("hardly a record was acknowledged: this shows nothing")
	}
	lost := 0
	for range 5 { // the control
		fs := newImage(t)
		heard := fs.runAndShutDown(time.Duration(100+r.IntN(400))*time.Millisecond, environment(fs.log(), childNoSync+"=1"))
		fs.mount()
		if err := judge(fs.log(), heard.acked, false); err != nil {
			lost++
			t.Logf("control, NoSync, %d acknowledged: %.200v", len(heard.acked), err)
		}
	}
	if lost == 0 {
		t.Fatal("control: without syncs nothing was lost")
	}
}

// image is an ext4 file system in a file.
type image struct {
	t    *testing.T
	file string
	dir  string
	on   bool
}

func newImage(t *testing.T) *image {
	t.Helper()
	dir := t.TempDir()
	fs := &image{t: t, file: filepath.Join(dir, "image"), dir: filepath.Join(dir, "mounted")}
	f, err := os.Create(fs.file)
	if err == nil {
		err = errors.Join(f.Truncate(128<<20), f.Close(), os.Mkdir(fs.dir, 0o700))
	}
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfs.ext4", "-q", "-F", fs.file).CombinedOutput(); err != nil {
		without(t, fmt.Sprintf("making an ext4 image: %v: %s", err, out))
	}
	t.Cleanup(fs.unmount)
	fs.mount()
	return fs
}

func (fs *image) log() string { return filepath.Join(fs.dir, "station") }

// mount takes the image as it is: what was not on the disk does not come back.
func (fs *image) mount() {
	fs.t.Helper()
	fs.unmount()
	if out, err := exec.Command("mount", "-o", "loop", fs.file, fs.dir).CombinedOutput(); err != nil {
		without(fs.t, fmt.Sprintf("mounting an ext4 image: %v: %s", err, out))
	}
	fs.on = true
}

func (fs *image) unmount() {
	if !fs.on {
		return
	}
	fs.on = false
	if out, err := exec.Command("umount", fs.dir).CombinedOutput(); err != nil {
		fs.t.Errorf("unmounting: %v: %s", err, out)
	}
}

// runAndShutDown takes the file system away some time after the child's first word. What the child says after that
// counts too: an acknowledgement is an acknowledgement.
func (fs *image) runAndShutDown(after time.Duration, env []string) *words {
	fs.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = env
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		fs.t.Fatal(err)
	}
	w, sc := newWords(), bufio.NewScanner(out)
	gone := make(chan error, 1)
	started := false
	for sc.Scan() {
		if err := w.hear(sc.Text()); err != nil {
			fs.t.Error(err)
		}
		if !started {
			started = true
			time.AfterFunc(after, func() {
				gone <- fs.shutDown()
				time.Sleep(20 * time.Millisecond) // the child runs into it
				_ = cmd.Process.Kill()            // it may have ended by itself
			})
		}
	}
	_ = cmd.Wait() // killed, or gone by itself without a disk
	if !started {
		fs.t.Fatal("the child said nothing")
	}
	if err := <-gone; err != nil {
		without(fs.t, fmt.Sprintf("shutting the file system down: %v", err))
	}
	return w
}

func (fs *image) shutDown() error {
	d, err := os.Open(fs.dir)
	if err != nil {
		return err
	}
	return errors.Join(unix.IoctlSetPointerInt(int(d.Fd()), ioctlShutdown, noLogFlush), d.Close())
}
