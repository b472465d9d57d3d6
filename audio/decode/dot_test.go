package decode

import (
	"math/rand/v2"
	"testing"
)

// The same file must become the same clip, to the bit, whether the sum is taken with vectors or without.
func TestDotIsTheSameWithVectors(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 0))
	for n := 0; n <= 400; n += dotWidth {
		a, b := make([]float32, n+1), make([]float32, n+1)
		for i := range a {
			a[i], b[i] = rng.Float32()-0.5, rng.Float32()-0.5
		}
		// One off: the rows need not lie at a multiple of 16 bytes, and what follows them is not theirs.
		if got, want := dot(a[1:], b[1:]), plainDot(a[1:], b[1:]); got != want {
			t.Errorf("%d products: %v, want %v", n, got, want)
		}
		if n > 0 && dot(a[:n], b[:n]) == dot(a[:n], b[1:n+1]) {
			t.Errorf("%d products: it is the same for other rows", n)
		}
	}
}
