package crash

import (
	"bufio"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestSoakKill: 200 times kill -9 at a random moment, of a station that appends to one log all the time. What the kernel
// has taken survives that, so that NoSync does not matter here; the control is a station that acknowledges before it
// writes.
func TestSoakKill(t *testing.T) {
	if !soak() {
		t.Skip("200 kills: LOAXA_SOAK=1; 20 are in TestKilledStationKeepsAcknowledgedRecords of package playlog")
	}
	const rounds = 200
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	dir, acked := t.TempDir(), map[int64]int{}
	for round := range rounds {
		heard := runAndKill(t, time.Duration(5+r.IntN(120))*time.Millisecond, environment(dir))
		for idx, i := range heard.acked {
			acked[idx] = i
		}
		if err := judge(dir, acked, true); err != nil || len(heard.alarms) > 0 {
			t.Fatalf("round %d: %v, alarms %q", round, err, heard.alarms)
		}
	}
	t.Logf("%d kills, %d acknowledged records, 0 lost", rounds, len(acked))
	if len(acked) < rounds {
		t.Fatal("hardly a record was acknowledged: this shows nothing")
	}
	for range 50 { // the control
		dir := t.TempDir()
		heard := runAndKill(t, time.Duration(5+r.IntN(60))*time.Millisecond, environment(dir, childEarly+"=1"))
		if errors.Is(judge(dir, heard.acked, true), errLost) {
			return
		}
	}
	t.Fatal("control: a station that acknowledges before it writes lost nothing")
}

// runAndKill kills the child some time after its first word.
func runAndKill(t *testing.T, after time.Duration, env []string) *words {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env, cmd.Stderr = env, os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	w, sc := newWords(), bufio.NewScanner(out)
	var timer *time.Timer
	for sc.Scan() {
		if err := w.hear(sc.Text()); err != nil {
			t.Error(err)
		}
		if timer == nil { // counted from the first word on, so that slow machines write some too
			timer = time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // it may have ended by itself
		}
	}
	if timer == nil {
		_ = cmd.Process.Kill() // as above
	}
	var ended *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &ended) || ended.Success() || ended.ExitCode() >= 0 {
		t.Fatalf("child ended by itself: %v", err)
	}
	return w
}
