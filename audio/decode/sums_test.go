package decode

import "testing"

// longSums leaves out, under the race detector, what compares long sums of one goroutine: it takes minutes there and finds
// nothing. `make test` runs this package once more without the detector, where nothing is left out.
func longSums(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("compares sums of one goroutine: runs without the race detector")
	}
}
