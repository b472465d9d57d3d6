// Package pulsetest gives tests a real sound server without a sound card: a private PulseAudio with a null sink that
// paces in real time, and a recorder on that sink's monitor that gets exactly the samples that were played.
//
// It is support for tests and is imported by tests only. Every program it starts is ended by its own process ID when the
// test ends. The sink is a null sink, so a station playing into it must call its output "unproven".
package pulsetest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Need ends the test when one of the programs is not installed: as skipped, with their names, or as failed where
// LOAXA_TEST_ALL=1 says that nothing may be left out.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	var missing []string
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return
	}
	what := strings.Join(missing, ", ")
	if os.Getenv("LOAXA_TEST_ALL") == "1" {
		t.Fatalf("looking for programs: %s not installed, and LOAXA_TEST_ALL=1 allows no skipping", what)
	}
	t.Skipf("needs %s, which this machine does not have", what)
}
