package audio

import "math"

// betweener finds the peaks between samples: each gap is filled with points by a Kaiser-windowed sinc.
type betweener struct {
	half int // samples on either side of a gap that shape its points

	// The point in the middle of the gap, and those on either side of it in pairs. The taps of a pair are each other's
	// mirror image, so both come of the sums and the differences of mirrored samples: even taps of the one and odd ones
	// of the other.
	middle []float64
	pairs  []pair

	// most is how far a point may stand above the loudest sample under the filter; where even that stays under what is
	// looked for, the points need not be computed.
	most float64

	sums, differences []float64
}

type pair struct{ even, odd []float64 }

// newBetweener fills a gap with 1 + 2 × pairs points, equally far from each other.
func newBetweener(half, pairs int, beta float64) *betweener {
	b := &betweener{half: half, sums: make([]float64, half), differences: make([]float64, half)}
	b.middle, _ = b.taps(0.5, beta)
	for p := range pairs {
		left, right := b.taps(float64(p+1)/float64(2*pairs+2), beta)
		odd := make([]float64, half)
		for k := range left {
			left[k], odd[k] = (left[k]+right[k])/2, (left[k]-right[k])/2
		}
		b.pairs = append(b.pairs, pair{left, odd})
	}
	return b
}

// taps is the filter for a point of the gap, those of the samples before it and, outermost first too, those behind.
func (b *betweener) taps(at, beta float64) (left, right []float64) {
	left, right = make([]float64, b.half), make([]float64, b.half)
	sum, size := 0.0, 0.0
	for k := range b.half {
		outward := float64(b.half - 1 - k)
		left[k] = WindowedSinc(outward+at, float64(b.half), beta)
		right[k] = WindowedSinc(outward+1-at, float64(b.half), beta)
		sum += left[k] + right[k]
		size += math.Abs(left[k]) + math.Abs(right[k])
	}
	for k := range b.half { // a constant stays a constant
		left[k] /= sum
		right[k] /= sum
	}
	b.most = max(b.most, size/sum)
	return left, right
}

// peak is the greatest absolute point in the gap in the middle of x, which is between x[half-1] and x[half].
func (b *betweener) peak(x []float64) float64 {
	x = x[:2*b.half]
	sums, differences := b.sums, b.differences[:len(b.sums)]
	for k := range sums {
		left, right := x[k], x[len(x)-1-k]
		sums[k], differences[k] = left+right, left-right
	}
	top := math.Abs(dot(sums, b.middle))
	for _, p := range b.pairs {
		top = max(top, math.Abs(dot(sums, p.even))+math.Abs(dot(differences, p.odd)))
	}
	return top
}

// dot is the sum of products. Four sums run side by side, since one would wait for itself at every sample.
func dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// WindowedSinc is sin(πx)/(πx) under a Kaiser window that ends at ±half: the shape of every filter here that must pass
// what is below a frequency and stop what is above. beta trades steepness for attenuation.
func WindowedSinc(x, half, beta float64) float64 {
	switch {
	case x == 0:
		return 1
	case math.Abs(x) >= half:
		return 0
	}
	window := bessel0(beta*math.Sqrt(1-x*x/(half*half))) / bessel0(beta)
	return math.Sin(math.Pi*x) / (math.Pi * x) * window
}

// bessel0 is the modified Bessel function of the first kind and order zero, by its power series.
func bessel0(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-17; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}

func decibels(ratio float64) float64 { return 20 * math.Log10(ratio) }

func ratioOf(db float64) float64 { return math.Pow(10, db/20) }
