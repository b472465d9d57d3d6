package audio

import "math"

// True peak is read from the signal between the samples: each gap is filled with three points by a Kaiser-windowed
// sinc, which is the 4 times oversampling of BS.1770-4 Annex 2 with a longer filter than its example.
const (
	peakHalf  = 12           // samples on either side of a gap that shape its points
	peakTaps  = 2 * peakHalf // samples under the filter
	peakPhase = 3            // points in a gap: at 1/4, 1/2 and 3/4
	peakBeta  = 7.0          // Kaiser window: about 70 dB
)

// betweener finds the peaks between samples.
type betweener struct {
	taps [peakPhase][peakTaps]float64
	// most is how far a point may stand above the loudest sample under the filter; where even that stays under what is
	// looked for, the points need not be computed.
	most float64
}

func newBetweener() *betweener {
	b := &betweener{}
	for p := range b.taps {
		at := float64(p+1) / (peakPhase + 1)
		sum, size := 0.0, 0.0
		for k := range peakTaps {
			x := float64(k-peakHalf+1) - at
			b.taps[p][k] = WindowedSinc(x, peakHalf, peakBeta)
			sum += b.taps[p][k]
		}
		for k := range peakTaps {
			b.taps[p][k] /= sum // a constant stays a constant
			size += math.Abs(b.taps[p][k])
		}
		b.most = max(b.most, size)
	}
	return b
}

// peak is the greatest absolute point in the gap in the middle of x: between x[peakHalf-1] and x[peakHalf].
func (b *betweener) peak(x []float64) float64 {
	x = x[:peakTaps]
	var a0, a1, a2 float64
	for k, v := range x {
		a0 += v * b.taps[0][k]
		a1 += v * b.taps[1][k]
		a2 += v * b.taps[2][k]
	}
	return max(math.Abs(a0), math.Abs(a1), math.Abs(a2))
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
