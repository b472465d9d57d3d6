package audio

import (
	"math"
	"slices"
	"testing"
)

// The levels that EBU Tech 3341 asks of a meter, here for one channel: a sine of x dBFS in one channel reads x - 3.01
// at 997 Hz and x - 3.0 at 1 kHz.
func TestMeterReadsKnownSignals(t *testing.T) {
	level := func(dbfs, seconds float64) []int16 { return tone(1000, ratioOf(dbfs)*32768/32767, seconds) }
	for _, c := range []struct {
		name string
		all  []int16
		want float64
	}{
		{"sine at -20 dBFS", level(-20, 5), -23.01},
		{"sine at -30 dBFS", level(-30, 5), -33.01},
		{"quiet parts fall under the relative gate", slices.Concat(level(-36, 3), level(-20, 15), level(-36, 3)), -23.01},
		{"silence falls under the absolute gate", slices.Concat(level(-72, 3), level(-20, 15), level(-72, 3)), -23.01},
		{"shorter than a block", level(-20, 0.3), -23.01},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := measured(c.all).IntegratedLUFS; math.Abs(got-c.want) > 0.1 {
				t.Errorf("%.2f LUFS, want %.2f", got, c.want)
			}
		})
	}
}

func TestMeterFindsPeaksBetweenTheSamples(t *testing.T) {
	for _, c := range []struct {
		name      string
		all       []int16
		want, tol float64
	}{
		{"samples on the peaks", tone(12000, 0.5, 0.1), -6.02, 0.05},
		{"samples 3 dB beside the peaks", shifted(12000, 0.1), 0, 0.15},
		{"low tone", tone(997, 0.5, 0.1), -6.02, 0.05},
		{"last sample", append(make([]int16, 999), 32767), 0, 0.05},
	} {
		t.Run(c.name, func(t *testing.T) {
			// The abrupt ends of a tone ring a little; that is in the signal, not in the meter.
			if got := measured(c.all).TruePeakDBTP; math.Abs(got-c.want) > c.tol+0.1 {
				t.Errorf("%.3f dBTP, want %.3f", got, c.want)
			}
		})
	}
}

func TestSilenceIsANumber(t *testing.T) {
	silent := Loudness{IntegratedLUFS: SilentLUFS, TruePeakDBTP: SilentDBTP, MomentaryMaxLUFS: SilentLUFS, ShortTermMaxLUFS: SilentLUFS}
	for _, all := range [][]int16{nil, make([]int16, 10), make([]int16, 3*Rate)} {
		if got := measured(all); got != silent {
			t.Errorf("%d frames of silence: %+v", len(all), got)
		}
	}
	if g := PlayGain(silent, -16); g != 0 {
		t.Errorf("silence raised by %.1f dB", g)
	}
}

func TestMeterHearsTheSameInAnyPortions(t *testing.T) {
	all := slices.Concat(noise(0.4, 1.37, 4), tone(300, 0.7, 0.9))
	want := measured(all)
	m := NewMeter()
	for i, n := 0, 1; i < len(all); n = n*3%4999 + 1 {
		end := min(i+n, len(all))
		m.Write(all[i:end])
		i = end
		if i%7 == 0 {
			m.Result() // looking must not change what is measured
		}
	}
	if got := m.Result(); math.Abs(got.IntegratedLUFS-want.IntegratedLUFS) > 1e-9 || got.TruePeakDBTP != want.TruePeakDBTP {
		t.Errorf("%+v in portions, %+v at once", got, want)
	}
}

func TestPlayGainBringsAClipToTheTarget(t *testing.T) {
	for _, c := range []struct{ lufs, want float64 }{{-23, 7}, {-10, -6}, {-16, 0}, {-60, 24}} {
		if got := PlayGain(Loudness{IntegratedLUFS: c.lufs}, -16); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%.0f LUFS: gain %.2f dB, want %.0f", c.lufs, got, c.want)
		}
	}
}

func BenchmarkMeterOneSecond(b *testing.B) {
	all := noise(0.5, 1, 1)
	m := NewMeter()
	for b.Loop() {
		m.Write(all)
	}
}
