package decode

// dotWidth divides the length of what dot multiplies.
const dotWidth = 8

// plainDot is the sum of the products of two rows of equal length. Eight sums run side by side, since one would wait for
// itself at every sample; pointers to arrays spare a check at each of them.
func plainDot(a, b []float32) float32 {
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	for len(a) >= dotWidth && len(b) >= dotWidth {
		x, y := (*[dotWidth]float32)(a), (*[dotWidth]float32)(b)
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
		s4 += x[4] * y[4]
		s5 += x[5] * y[5]
		s6 += x[6] * y[6]
		s7 += x[7] * y[7]
		a, b = a[dotWidth:], b[dotWidth:]
	}
	return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7))
}
