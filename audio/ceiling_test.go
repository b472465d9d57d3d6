package audio

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// finePeak is the true peak in dBTP of sound with silence around it, read from 16 points a sample through a filter five
// times as long as the limiter's: what a converter with a steep filter gives out.
func finePeak(all []int16) float64 {
	const half, points, beta = 64, 16, 12.0
	var taps [points][2 * half]float64
	for p := range taps {
		for k := range taps[p] {
			taps[p][k] = WindowedSinc(float64(k-half+1)-float64(p)/points, half, beta)
		}
	}
	wave := make([]float64, half, len(all)+2*half)
	for _, v := range all {
		wave = append(wave, float64(v)/fullScale)
	}
	wave = append(wave, make([]float64, half)...)
	top := 0.0
	for i := range len(wave) - 2*half + 1 {
		if near := max(math.Abs(wave[i+half-1]), math.Abs(wave[min(i+half, len(wave)-1)])); near < top/4 && near < 0.2 {
			continue // a gap so far under the peak does not hold it
		}
		for p := range taps {
			sum := 0.0
			for k, x := range wave[i : i+2*half] {
				sum += x * taps[p][k]
			}
			top = max(top, math.Abs(sum))
		}
	}
	return decibels(top)
}

// music is a chord of square-like waves, clipped as an overdriven desk does.
func music(seconds float64) []int16 {
	out := make([]int16, int(seconds*Rate))
	for i := range out {
		x, s := float64(i)/Rate, 0.0
		for k, hertz := range []float64{110, 220.5, 329.6, 880.3, 2637} {
			s += math.Tanh(8*math.Sin(2*math.Pi*hertz*x+float64(k))) / 3
		}
		out[i] = int16(32767 * max(-1, min(1, 1.6*s)))
	}
	return out
}

// alternating is the worst case between samples: signs that turn at every sample but one.
func alternating(n int) []int16 {
	out := make([]int16, 2*n)
	for i := range out {
		out[i] = 32767
		if (i < n) == (i%2 == 0) {
			out[i] = -32768
		}
	}
	return slices.Concat(make([]int16, 1000), out, make([]int16, 1000))
}

// bursts is loud noise of a few ms at a time in nearly nothing.
func bursts(seconds float64, rng *rand.Rand) []int16 {
	out := noise(0.01, seconds, rng.Uint64())
	for range int(20 * seconds) {
		copy(out[rng.IntN(len(out)-480):], noise(1, 0.01, rng.Uint64())[:1+rng.IntN(480)])
	}
	return out
}

// An amplifier behind the station has its own limit: what passes it is heard as rasping in every street.
func TestNothingPassesTheCeilingAtAnyGain(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name string
		all  []int16
		over float64 // dB that are let pass
	}{
		{"clipped music", music(0.2), 0},
		{"bursts", bursts(0.2, rng), 0},
		{"white noise", noise(1, 0.1, 5), 0},
		{"signs that turn at every sample but one", alternating(3), 0},
		{"12 kHz beside the samples", shifted(12000, 0.03), 0},
		{"17 kHz", shifted(17000, 0.03), 0},
		{"22 kHz", shifted(22000, 0.03), 0},
		{"1 kHz", tone(997, 1, 0.03), 0},
		// Above 22 kHz nothing is promised: it is converters that say what comes out. This much is true all the same.
		{"23.5 kHz", shifted(23500, 0.03), 0.1},
		{"half the rate, turning", alternating(50), 0.2},
	} {
		for _, gain := range []float64{0, 24} {
			got, err := contract(Amplify(&frames{all: c.all, chunk: 999}, gain, -1), 3)
			if err != nil {
				t.Fatal(err)
			}
			before, coarse, fine := finePeak(c.all)+gain, measured(got).TruePeakDBTP, finePeak(got)
			t.Logf("%s, %.0f dB: from %.2f to %.3f dBTP, %.3f with 16 points", c.name, gain, before, coarse, fine)
			if before <= -0.9 {
				t.Errorf("%s: %.2f dBTP needs no limiter", c.name, before)
			}
			if coarse > -1 || fine > -1+c.over {
				t.Errorf("%s at %.0f dB: %.3f dBTP, %.3f with 16 points", c.name, gain, coarse, fine)
			}
			if coarse < -4 {
				t.Errorf("%s at %.0f dB: held down to %.2f dBTP", c.name, gain, coarse)
			}
		}
	}
}

// Any mixture of what programmes are made of, at any gain and under any ceiling.
func TestSoakAnyMixtureStaysUnderTheCeiling(t *testing.T) {
	const seed = 20261125
	rounds := 30
	if os.Getenv("LOAXA_SOAK") == "1" {
		rounds = 5000
	}
	worst := math.Inf(-1)
	for round := range rounds {
		rng := rand.New(rand.NewPCG(seed, uint64(round)))
		sounds := [][]int16{tone(50+rng.Float64()*8000, 1, 0.1), shifted(2000+rng.Float64()*18000, 0.1),
			noise(1, 0.1, rng.Uint64()), bursts(0.1, rng), music(0.1), make([]int16, Rate/10)}
		all := make([]int16, Rate/10)
		a, b, x, y := sounds[rng.IntN(len(sounds))], sounds[rng.IntN(len(sounds))], rng.Float64(), rng.Float64()
		from := rng.IntN(len(all))
		for i := range all {
			v := x * float64(a[i])
			if i > from {
				v += y * float64(b[i])
			}
			all[i] = int16(max(-32768, min(32767, v)))
		}
		gain, ceiling := rng.Float64()*24, -1-rng.Float64()*5
		got, err := contract(Amplify(&frames{all: all, chunk: 1 + rng.IntN(5000)}, gain, ceiling), rng.Uint64())
		if err != nil || len(got) != len(all) {
			t.Fatalf("round %d of seed %d: %d frames of %d, error %v", round, seed, len(got), len(all), err)
		}
		over := finePeak(got) - ceiling
		worst = max(worst, over)
		if over > 0 {
			t.Errorf("round %d of seed %d: %.3f dB over a ceiling of %.1f dBTP at %.1f dB", round, seed, over, ceiling, gain)
		}
	}
	t.Logf("seed %d, %d rounds: the nearest was %.3f dB from the ceiling", seed, rounds, worst)
}
