package audio

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// The signals of EBU Tech 3341 (2023, table 1) and Tech 3342 (table 1), made from their written definitions. They are
// stereo, the same sine in both channels, and BS.1770 adds the power of the channels: a stereo sine of x dBFS reads what
// a mono sine of x + 3.01 dBFS does. This meter hears one channel, so the loudness signals are given to it 3.01 dB
// higher; true peaks are per channel and given as they are. Left out: 3341-6, which tests the weights of five channels,
// and 3341-7, 3341-8, 3342-5 and 3342-6, which are programmes the EBU recorded and cannot be made from a definition.

// part is a stretch of a 1 kHz sine; off is silence.
type part struct{ dbfs, seconds float64 }

var off = math.Inf(-1)

const stereo = 3.0103 // dB

// parts is such stretches in a row, the sine running on through them.
func parts(ps ...part) []int16 {
	var out []int16
	for _, p := range ps {
		var period [Rate / 1000]int16 // every stretch is of whole milliseconds
		for i := range period {
			period[i] = int16(math.Round(ratioOf(p.dbfs+stereo) * fullScale * math.Sin(2*math.Pi*float64(i)/float64(len(period)))))
		}
		out = append(out, slices.Repeat(period[:], int(math.Round(p.seconds*1000)))...)
	}
	return out
}

func within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %.2f, want %.2f ± %.1f", what, got, want, tolerance)
	}
}

func TestTech3341IntegratedLoudness(t *testing.T) {
	for _, c := range []struct {
		number int
		want   float64
		all    []int16
	}{
		{1, -23, parts(part{-23, 20})},
		{2, -33, parts(part{-33, 20})},
		{3, -23, parts(part{-36, 10}, part{-23, 60}, part{-36, 10})},
		{4, -23, parts(part{-72, 10}, part{-36, 10}, part{-23, 60}, part{-36, 10}, part{-72, 10})},
		{5, -23, parts(part{-26, 20}, part{-20, 20.1}, part{-26, 20})},
	} {
		got := measured(c.all)
		within(t, fmt.Sprintf("signal %d, I", c.number), got.IntegratedLUFS, c.want, 0.1)
		if c.number <= 2 {
			within(t, fmt.Sprintf("signal %d, M", c.number), got.MomentaryMaxLUFS, c.want, 0.1)
			within(t, fmt.Sprintf("signal %d, S", c.number), got.ShortTermMaxLUFS, c.want, 0.1)
		}
	}
}

// Signals 9 and 12 alternate so that the window always holds the same power: the reading must stand still.
func TestTech3341ConstantReadings(t *testing.T) {
	for _, c := range []struct {
		number  int
		all     []int16
		after   int64 // ticks
		reading func(*Meter) float64
	}{
		{9, parts(slices.Repeat([]part{{-20, 1.34}, {-30, 1.66}}, 5)...), 300,
			func(m *Meter) float64 { return m.shortTerm / (shortTermTicks * tickFrames) }},
		{12, parts(slices.Repeat([]part{{-20, 0.18}, {-30, 0.22}}, 25)...), 100,
			func(m *Meter) float64 { return m.momentary / (momentaryTicks * tickFrames) }},
	} {
		m, readings := NewMeter(), 0
		for tick := range slices.Chunk(c.all, tickFrames) {
			if m.Write(tick); m.ticks > c.after {
				within(t, fmt.Sprintf("signal %d after %d ms", c.number, m.ticks*10), lufs(c.reading(m)), -23, 0.1)
				readings++
			}
		}
		if readings < 800 {
			t.Errorf("signal %d: only %d readings", c.number, readings)
		}
	}
}

func TestTech3341Maxima(t *testing.T) {
	short := func(l Loudness) float64 { return l.ShortTermMaxLUFS }
	moment := func(l Loudness) float64 { return l.MomentaryMaxLUFS }
	live10, live14 := NewMeter(), NewMeter()
	for i := range 20 {
		x := float64(i)
		within(t, fmt.Sprintf("signal 10-%d", i+1), short(measured(parts(part{off, 0.15 * x}, part{-23, 3}, part{off, 1}))), -23, 0.1)
		within(t, fmt.Sprintf("signal 13-%d", i+1), moment(measured(parts(part{off, 0.02 * x}, part{-23, 0.4}, part{off, 1}))), -23, 0.1)

		// Signals 11 and 14 are for meters whose reading is watched: each tone is louder than the last, so the maximum
		// so far is its own.
		live10.Write(parts(part{off, 0.15 * x}, part{-38 + x, 3}, part{off, 3 - 0.15*x}))
		within(t, fmt.Sprintf("signal 11, tone %d", i+1), short(live10.Result()), -38+x, 0.1)
		live14.Write(parts(part{off, 0.02 * x}, part{-38 + x, 0.4}, part{off, 0.4 - 0.02*x}))
		within(t, fmt.Sprintf("signal 14, tone %d", i+1), moment(live14.Result()), -38+x, 0.1)
	}
}

// tapered is half a second of a sine with 10 ms of fade at both ends, as the true-peak signals are given.
func tapered(hertz, peak, degrees float64) []int16 {
	out := make([]int16, Rate/2)
	for i := range out {
		g := FadeGain(int64(min(i, len(out)-1-i)), Rate/100)
		out[i] = int16(math.Round(fullScale * peak * g * math.Sin(2*math.Pi*hertz*float64(i)/Rate+degrees*math.Pi/180)))
	}
	return out
}

// burst is a sine of a sixth of the rate at half of full scale that holds one period of a fourth of the rate at full
// scale; made at four times the rate, filtered, and brought down beginning with sample number offset.
func burst(offset int) []int16 {
	const up, length, at = 4, Rate / 2, Rate / 4
	fine := make([]float64, length*up)
	for i, turns := 0, 0.0; i < len(fine); i++ {
		inside := i >= at*up && i < (at+4)*up
		peak, per := 0.5, 1.0/(6*up)
		if inside {
			peak, per = 1, 1.0/(4*up)
		}
		g := FadeGain(int64(min(i, len(fine)-1-i)), Rate*up/100)
		fine[i] = g * peak * math.Sin(2*math.Pi*turns)
		turns += per
	}
	const half, cut = 128, 0.45 / up // of the filter in fine samples; its edge is 0.45 of the rate
	var taps [2*half + 1]float64
	for k := range taps {
		taps[k] = 2 * cut * WindowedSinc(2*cut*float64(k-half), 2*cut*half, 8)
	}
	out := make([]int16, length)
	for i := range out {
		sum := 0.0
		for k, tap := range taps {
			if j := i*up + offset + k - half; j >= 0 && j < len(fine) {
				sum += fine[j] * tap
			}
		}
		out[i] = int16(max(math.MinInt16, min(math.MaxInt16, math.Round(sum*fullScale))))
	}
	return out
}

func TestTech3341TruePeak(t *testing.T) {
	for _, c := range []struct {
		number int
		all    []int16
		want   float64
	}{
		{15, tapered(Rate/4, 0.5, 0), -6},
		{16, tapered(Rate/4, 0.5, 45), -6},
		{17, tapered(Rate/6, 0.5, 60), -6},
		{18, tapered(Rate/8, 0.5, 67.5), -6},
		{19, tapered(Rate/4, 1.41, 45), 3},
		{20, burst(0), 0},
		{21, burst(1), 0},
		{22, burst(2), 0},
		{23, burst(3), 0},
	} {
		got := measured(c.all).TruePeakDBTP
		t.Logf("signal %d: %.2f dBTP, want %.0f", c.number, got, c.want)
		if got > c.want+0.2 || got < c.want-0.4 {
			t.Errorf("signal %d: %.2f dBTP, want %.1f +0.2 -0.4", c.number, got, c.want)
		}
	}
}

func TestTech3342LoudnessRange(t *testing.T) {
	for number, c := range map[int]struct {
		want float64
		all  []int16
	}{
		1: {10, parts(part{-20, 20}, part{-30, 20})},
		2: {5, parts(part{-20, 20}, part{-15, 20})},
		3: {20, parts(part{-40, 20}, part{-20, 20})},
		4: {15, parts(part{-50, 20}, part{-35, 20}, part{-20, 20}, part{-35, 20}, part{-50, 20})},
	} {
		within(t, fmt.Sprintf("signal %d", number), measured(c.all).RangeLU, c.want, 1)
	}
}
