package decode

// dot is plainDot with the vectors that every amd64 processor has: bit by bit the same sum in a third of the time, and the
// filter of the resampler is the greater part of the import of a WAV file.
func dot(a, b []float32) float32 {
	b = b[:len(a)]
	if len(a) < dotWidth {
		return 0
	}
	return dotVectors(&a[0], &b[0], len(a))
}

// dotVectors takes n samples, rounded down to a multiple of dotWidth, of which there is at least one.
//
//go:noescape
func dotVectors(a, b *float32, n int) float32
