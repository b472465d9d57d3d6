//go:build !amd64

package decode

func dot(a, b []float32) float32 { return plainDot(a, b) }
