package crash

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRefusingDisk: the disk refuses one write, one growth of the file or one sync, at a random place. TestSoakRefusingDisk
// does so 200 times.
func TestRefusingDisk(t *testing.T) { refusals(t, 8) }

// TestSoakRefusingDisk is the same 200 times.
func TestSoakRefusingDisk(t *testing.T) {
	if !soak() {
		t.Skip("200 places: LOAXA_SOAK=1; some are in TestRefusingDisk")
	}
	refusals(t, 200)
}

func refusals(t *testing.T, rounds int) {
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	const records = 30
	failures := []struct {
		call, errno string
		calls       int // about so many does a child make
	}{
		{"pwrite64", "ENOSPC", 150}, {"pwrite64", "EIO", 150}, {"ftruncate", "ENOSPC", 3}, {"ftruncate", "EIO", 3},
		{"fdatasync", "EIO", 70}, {"fsync", "EIO", 20},
	}
	acked, queued, hit := 0, 0, 0
	for round := range rounds {
		f := failures[round%len(failures)]
		when, dir := 1+r.IntN(f.calls), t.TempDir()
		prepare(t, dir)
		heard := refuse(t, dir, f.call, f.errno, fmt.Sprint(when), records)
		if slices.ContainsFunc(heard.alarms, func(a string) bool { return !strings.Contains(a, "LOG-01") }) {
			t.Fatalf("%s %s at call %d: %q", f.call, f.errno, when, heard.alarms)
		}
		if err := judge(dir, heard.acked, false); err != nil {
			t.Fatalf("%s %s at call %d, %d acknowledged: %v", f.call, f.errno, when, len(heard.acked), err)
		}
		acked, queued = acked+len(heard.acked), queued+len(heard.queued)
		if len(heard.alarms) > 0 {
			hit++
		}
	}
	t.Logf("%d places, the log noticed %d, %d records acknowledged, 0 lost, %d waited", rounds, hit, acked, queued)
	if hit < rounds/4 || queued == 0 {
		t.Fatal("control: hardly a refusal hit the log")
	}
	dir := t.TempDir()
	prepare(t, dir)
	heard := refuse(t, dir, "pwrite64", "EIO", "40+", records, childEarly+"=1")
	if err := judge(dir, heard.acked, false); !errors.Is(err, errLost) {
		t.Fatalf("control: acknowledged before it was written, on a disk that refuses for good, and not lost: %v", err)
	}
}

// prepare makes a log without a refusal: a first start that fails is an error and no lost record.
func prepare(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = environment(dir, childRecords+"=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// refuse runs a child whose disk refuses calls number when (as strace says it: 7, 7+ or 7..9).
func refuse(t *testing.T, dir, call, errno, when string, records int, more ...string) *words {
	t.Helper()
	cmd := exec.Command(strace(t), "-f", "-qq", "-o", os.DevNull, "-e", "signal=none", "-e", "trace="+call,
		"-e", fmt.Sprintf("inject=%s:error=%s:when=%s", call, errno, when), os.Args[0])
	cmd.Env = environment(dir, append(more, fmt.Sprintf("%s=%d", childRecords, records))...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && !strings.Contains(errs.String(), errnoText(errno)) {
		t.Fatalf("%v\n%s%s", err, errs.String(), out.String())
	}
	w := newWords()
	if err := w.hearAll(&out); err != nil {
		t.Fatal(err)
	}
	return w
}

// errnoText is how the child names the failure when it ends with records that it could not write.
func errnoText(errno string) string {
	if errno == "ENOSPC" {
		return "no space left"
	}
	return "input/output error"
}
