package decode

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"loaxa/audio"
)

// resampled runs a sine through the resampler in portions, and back to 16 bits.
func resampled(rate int, hertz, seconds float64, seed uint64) []int16 {
	in := make([]float32, int(float64(rate)*seconds))
	for i := range in {
		in[i] = float32(0.9 * math.Sin(2*math.Pi*hertz*float64(i)/float64(rate)))
	}
	r := newResampler(rate)
	rng := rand.New(rand.NewPCG(seed, 0))
	var wide []float32
	for len(in) > 0 {
		n := min(len(in), 1+rng.IntN(3000))
		wide = r.push(wide, in[:n])
		in = in[n:]
	}
	wide = r.flush(wide)
	out := make([]int16, len(wide))
	for i, v := range wide {
		out[i] = int16(math.Round(float64(v) * 32768))
	}
	return out
}

func TestResamplingAddsLessThan80dB(t *testing.T) {
	for _, rate := range []int{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44056, 44100, 47952, 88200, 96000, 192000} {
		for _, part := range []float64{0.02, 0.2, 0.42} { // of the lower of the two rates
			hertz := math.Round(part * float64(min(rate, audio.Rate)))
			t.Run(fmt.Sprintf("%d Hz at %d", int(hertz), rate), func(t *testing.T) {
				out := resampled(rate, hertz, 0.2, 1)
				if got := snr(out[1500:8000], hertz); got < 80 {
					t.Errorf("%.1f dB", got)
				}
			})
		}
	}
}

func TestWhatTheCanonicalRateCannotHoldIsSilenced(t *testing.T) {
	for _, c := range []struct {
		rate  int
		hertz float64
	}{{96000, 25000}, {96000, 40000}, {88200, 30000}, {192000, 60000}} {
		loudest := 0
		for _, v := range resampled(c.rate, c.hertz, 0.2, 1)[1500:8000] {
			loudest = max(loudest, int(v), -int(v))
		}
		if loudest > 3 {
			t.Errorf("%.0f Hz at %d folds back with %d of 32768", c.hertz, c.rate, loudest)
		}
	}
}

func TestResamplingKeepsLengthAndTime(t *testing.T) {
	longSums(t)
	for _, rate := range []int{8000, 22050, 44100, 96000, 191999} {
		n := rate / 3
		r := newResampler(rate)
		in := make([]float32, n)
		in[n/2] = 1
		out := r.flush(r.push(nil, in))
		if want := (int64(n)*audio.Rate + int64(rate) - 1) / int64(rate); int64(len(out)) != want {
			t.Errorf("%d samples at %d became %d, want %d", n, rate, len(out), want)
		}
		at := float64(slices.Index(out, slices.Max(out)))
		if want := float64(n/2) * audio.Rate / float64(rate); math.Abs(at-want) > 1 {
			t.Errorf("rate %d: a click at frame %.1f lies at %.0f", rate, want, at)
		}
	}
	if out := newResampler(44100).flush(nil); len(out) != 0 {
		t.Errorf("nothing became %d frames", len(out))
	}
}

func BenchmarkResampleOneSecondOf44100(b *testing.B) {
	in, r := make([]float32, 44100), newResampler(44100)
	var out []float32
	for b.Loop() {
		out = r.push(out[:0], in)
	}
}
