package decode

import (
	"math"

	"loaxa/audio"
)

// The resampler is our own, a polyphase Kaiser-windowed sinc. 80 dB of signal to noise are wanted from 8 to 96 kHz;
// gopxl/beep v2.1.1, which interpolates with polynomials and does not filter before it goes down, measured 29 dB at 0.4
// of the source rate with quality 16 and 76 dB with quality 64, and at 96 kHz it folds 25 kHz back at full strength.
const (
	sincHalf = 40   // zero crossings on either side, at the lower of the two rates
	sincBeta = 8.96 // 90 dB
	// passBand is the middle of the filter's slope as a part of the lower Nyquist frequency; the slope ends at 1, so
	// nothing folds back, and begins at 0.86.
	passBand = 0.9286
	// mirrorBand is the middle of a slope twice as wide, which needs half the work. It begins at 0.86 too; sound between
	// there and 1 is let through more weakly, and a rest of it is mirrored beyond 1. That is done only where all of this
	// lies beyond what people hear, and where 0.86 and 1.14 still are on either side of what the canonical rate holds.
	mirrorBand = 1
	mirrorFrom = 40_000 // Hz: the mirror begins at 20 kHz
)

// shape is the width and the middle of the filter for a rate.
func shape(rate int) (crossings, middle float64) {
	if rate >= mirrorFrom && rate < audio.Rate {
		return sincHalf / 2, mirrorBand
	}
	return sincHalf, passBand
}

// resampler turns mono of one rate into mono of audio.Rate, in constant memory. Its output is not delayed: frame n of
// it lies at time n / audio.Rate of the input.
type resampler struct {
	up, down int64 // out / in, without common factors
	half     int   // input samples on either side
	taps     [][]float32

	in    []float32 // samples still under the filter; in[half-1] is at or before the next output
	skip  int       // input samples still to come that no output needs
	phase int64     // of the next output between in[half-1] and in[half], in 1/up
	heard int64     // input samples so far
	given int64
}

func newResampler(rate int) *resampler {
	g := gcd(int64(rate), audio.Rate)
	r := &resampler{up: audio.Rate / g, down: int64(rate) / g}
	crossings, middle := shape(rate)
	cut := middle * min(1, float64(r.up)/float64(r.down))
	r.half = (int(math.Ceil(crossings*middle/cut)) + 3) / 4 * 4 // rows of a multiple of dotWidth
	r.taps = make([][]float32, r.up)
	row := make([]float64, 2*r.half)
	for p := range r.taps {
		sum := 0.0
		for k := range row {
			x := float64(k-r.half+1) - float64(p)/float64(r.up)
			row[k] = audio.WindowedSinc(cut*x, cut*float64(r.half), sincBeta)
			sum += row[k]
		}
		r.taps[p] = make([]float32, len(row))
		for k, v := range row {
			r.taps[p][k] = float32(v / sum) // a constant stays a constant
		}
	}
	r.in = make([]float32, r.half-1)
	return r
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// push takes samples in and appends to out what can be told already.
func (r *resampler) push(out, in []float32) []float32 {
	r.heard += int64(len(in))
	return r.filter(out, in)
}

// flush appends the rest, as if silence followed. The whole output is as long as the input, rounded up to a frame.
func (r *resampler) flush(out []float32) []float32 {
	whole := (r.heard*r.up + r.down - 1) / r.down
	from, before := len(out), r.given
	out = r.filter(out, make([]float32, 2*r.half))
	return out[:from+int(whole-before)]
}

func (r *resampler) filter(out, in []float32) []float32 {
	r.in = append(r.in, in...)
	start, before := r.skip, len(out)
	step, rest := int(r.down/r.up), r.down%r.up
	for start+2*r.half <= len(r.in) {
		out = append(out, dot(r.in[start:start+2*r.half], r.taps[r.phase]))
		start += step
		if r.phase += rest; r.phase >= r.up { // a division would cost as much as a quarter of the filter
			r.phase -= r.up
			start++
		}
	}
	r.given += int64(len(out) - before)
	// A step may be longer than what is here; what is missing of it is taken from the next portion.
	drop := min(start, len(r.in))
	r.in = r.in[:copy(r.in, r.in[drop:])]
	r.skip = start - drop
	return out
}
