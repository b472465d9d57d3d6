package audio

import (
	"errors"
	"math"
	"slices"
	"testing"
)

func TestWhatStaysUnderTheCeilingPassesBitByBit(t *testing.T) {
	for seed := range uint64(5) {
		all := noise(0.3, 0.7, seed)
		got, err := contract(Amplify(&frames{all: all, chunk: 700}, 0, -1), seed)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, all) {
			t.Fatalf("seed %d: a clip that needs no limiting was changed", seed)
		}
	}
}

func TestTruePeakStaysUnderTheCeiling(t *testing.T) {
	impulse := make([]int16, 3000)
	impulse[0], impulse[1500], impulse[2999] = 32767, -32768, 32767
	for _, c := range []struct {
		name    string
		all     []int16
		gain    float64
		ceiling float64
	}{
		{"impulses, also on the first and last frame", impulse, 12, -1},
		{"sine at a quarter of the rate, between its samples", shifted(12000, 0.5), 0, -1},
		{"loud sine", tone(997, 0.5, 1), 12, -1},
		{"full-scale noise", noise(1, 1, 7), 6, -1},
		{"bursts", slices.Concat(noise(0.05, 0.2, 1), noise(1, 0.01, 2), noise(0.05, 0.3, 3), tone(3000, 1, 0.1)), 9, -3},
		{"shorter than the look-ahead", tone(2000, 1, 0.002), 6, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := measured(c.all).TruePeakDBTP + c.gain
			if before <= c.ceiling {
				t.Fatalf("this case needs no limiter: %.2f dBTP", before)
			}
			got, err := contract(Amplify(&frames{all: c.all, chunk: 999}, c.gain, c.ceiling), 3)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(c.all) {
				t.Fatalf("%d frames in, %d out", len(c.all), len(got))
			}
			if after := measured(got).TruePeakDBTP; after > c.ceiling || after < c.ceiling-3 {
				t.Errorf("true peak %.3f dBTP under a ceiling of %.1f", after, c.ceiling)
			}
		})
	}
}

// shifted is a full-scale sine whose samples all lie 45 degrees off its peaks.
func shifted(hertz, seconds float64) []int16 {
	out := make([]int16, int(seconds*Rate))
	for i := range out {
		out[i] = int16(math.Round(32767 * math.Sin(2*math.Pi*hertz*float64(i)/Rate+math.Pi/4)))
	}
	return out
}

func TestGainIsWhatWasAsked(t *testing.T) {
	all := tone(440, 0.1, 1)
	got, err := contract(Amplify(&frames{all: all, chunk: 4096}, 6, -1), 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range got {
		if want := float64(all[i]) * math.Pow(10, 6.0/20); math.Abs(float64(v)-want) > 0.5 {
			t.Fatalf("frame %d: %d, want %.2f", i, v, want)
		}
	}
}

func TestSoundComesBackAfterAPeak(t *testing.T) {
	all := slices.Concat(tone(440, 0.2, 0.5), tone(440, 1, 0.1), tone(440, 0.2, 3))
	got, err := contract(Amplify(&frames{all: all, chunk: 4096}, 0, -6), 1)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got[2*Rate:], all[2*Rate:]) {
		t.Error("the reduction for one peak was never given back")
	}
}

func TestABrokenSourceIsHeardToItsEndAndThenReported(t *testing.T) {
	broken := errors.New("card removed")
	all := noise(0.2, 0.1, 1)
	got, err := contract(Amplify(&frames{all: all, chunk: 100, err: broken}, 0, -1), 1)
	if !errors.Is(err, broken) || !slices.Equal(got, all) {
		t.Fatalf("%d of %d frames, error %v", len(got), len(all), err)
	}
}
