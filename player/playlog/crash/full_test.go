package crash

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// TestFullDisk fills a small file system with records until no more fit: those that were acknowledged are there, those
// that came after wait in memory, and when there is room again they are written behind a gap record, none lost. Where
// nothing can be mounted, the disk is full for a while by injected ENOSPC.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Logf("a small file system cannot be mounted here (%v): the disk is full by injection", err)
		fullByInjection(t)
		return
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	filler := filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 700<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	var alarms []string
	opts := options(dir, func(code, _ string) { alarms = append(alarms, code) })
	l, err := playlog.Open(opts)
	if err != nil {
		t.Fatal(err)
	}
	acked, waiting := map[int64]int{}, 0
	for i := 0; i < 5000 && waiting < 50; i++ {
		ref, err := l.Append("station", evidence.Operator{What: "visit", Object: strconv.Itoa(i), Result: strings.Repeat("x", 2000)})
		switch {
		case errors.Is(err, playlog.ErrQueued):
			waiting++
		case err != nil:
			t.Fatal(err)
		case waiting > 0:
			t.Fatalf("record %d was written before those that wait", i)
		default:
			acked[ref.Index] = i
		}
	}
	if waiting == 0 || len(acked) == 0 || !slices.Contains(alarms, "LOG-01") {
		t.Fatalf("control: the disk never was full: %d acknowledged, %d waiting, alarms %v", len(acked), waiting, alarms)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	before := l.Size()
	ref, err := l.Append("station", evidence.Operator{What: "visit", Object: strconv.Itoa(len(acked) + waiting), Result: "done"})
	if err != nil {
		t.Fatal(err)
	}
	if l.Waiting() != 0 || ref.Index < int64(waiting) {
		t.Fatalf("%d still wait", l.Waiting())
	}
	checkGap(t, l, before, waiting, acked)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	acked[ref.Index] = len(acked) + waiting
	if err := judgeFull(dir, acked); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d acknowledged, %d waited for room, 0 lost", len(acked), waiting)
	if err := judgeFull(dir, map[int64]int{1 << 20: 1}); !errors.Is(err, errLost) {
		t.Fatalf("control: a record that is not there was not missed: %v", err)
	}
}

// judgeFull is judge for records that carry no outcomes.
func judgeFull(dir string, acked map[int64]int) error {
	l, err := playlog.Open(options(dir, func(string, string) {}))
	if err != nil {
		return err
	}
	err = sound(l)
	lost := errLost
	found := map[int64]string{}
	err = errors.Join(err, l.Read(0, l.Size(), func(idx int64, raw []byte) error {
		if rec, err := evidence.Decode(raw); err != nil {
			return err
		} else if body, err := evidence.DecodeBody(rec); err != nil {
			return err
		} else if o, ok := body.(evidence.Operator); ok {
			found[idx] = o.Object
		}
		return nil
	}))
	for idx, i := range acked {
		if found[idx] != strconv.Itoa(i) {
			err = errors.Join(err, lost)
			break
		}
	}
	return errors.Join(err, l.Close())
}

// checkGap demands that the gap record states how many records came late, and that they follow it.
func checkGap(t *testing.T, l *playlog.Log, from int64, waiting int, acked map[int64]int) {
	t.Helper()
	late := map[string]bool{}
	var gaps []evidence.Gap
	err := l.Read(from, l.Size(), func(_ int64, raw []byte) error {
		rec, err := evidence.Decode(raw)
		if err != nil {
			return err
		}
		body, err := evidence.DecodeBody(rec)
		switch x := body.(type) {
		case evidence.Gap:
			gaps = append(gaps, x)
		case evidence.Operator:
			late[x.Object] = true
		}
		return err
	})
	if err != nil || len(gaps) != 1 || gaps[0].Delayed != int64(waiting) || gaps[0].Lost != 0 {
		t.Fatalf("%v, gaps %+v, %d waited", err, gaps, waiting)
	}
	for i := range waiting {
		if !late[strconv.Itoa(len(acked)+i)] {
			t.Fatalf("record %d, which waited, was not written", len(acked)+i)
		}
	}
}

// fullByInjection: every write is refused with ENOSPC for a while. What waits is written at the next record.
func fullByInjection(t *testing.T) {
	dir := t.TempDir()
	prepare(t, dir)
	heard := refuse(t, dir, "pwrite64", "ENOSPC", "40..60", 60)
	if len(heard.queued) == 0 {
		t.Fatal("control: the disk never was full")
	}
	if err := judge(dir, heard.acked, false); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d acknowledged, %d waited for room, 0 lost", len(heard.acked), len(heard.queued))
}
