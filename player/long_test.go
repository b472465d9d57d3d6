package player

import "testing"

// long is for tests that the race detector makes ten times as long and that have no concurrency of their own to show it:
// the run with the detector is told -short, and they follow in full without it.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("long: runs without -short")
	}
}
