package audio

import "math"

// True peak is read from four points a sample, as BS.1770-4 Annex 2 asks, with a longer filter than its example.
const (
	peakHalf  = 12 // samples on either side of a gap that shape its points
	peakTaps  = 2 * peakHalf
	peakPairs = 1   // points in a gap: at 1/4, 1/2 and 3/4
	peakBeta  = 7.0 // Kaiser window: about 70 dB
)

func newPeakBetweener() *betweener { return newBetweener(peakHalf, peakPairs, peakBeta) }

// peakStretch is how many gaps are looked at together: where no sample near them comes near the peak that is looked
// for, the points in them are not computed.
const peakStretch = 32

// loudest is the greatest absolute sample.
func loudest(x []float64) float64 {
	top := 0.0
	for _, v := range x {
		top = max(top, math.Abs(v))
	}
	return top
}

// peakFinder finds the true peak of the frames it hears.
type peakFinder struct {
	between *betweener
	window  []float64 // the samples under the filter, then those not yet searched
	peak    float64
	sample  float64 // the greatest absolute sample
}

func newPeakFinder() *peakFinder {
	return &peakFinder{between: newPeakBetweener(), window: make([]float64, peakTaps-1, 4096+peakTaps)}
}

func (f *peakFinder) hear(frames []int16) {
	for len(frames) > 0 {
		part := frames[:min(len(frames), 4096)]
		frames = frames[len(part):]
		for _, v := range part {
			f.window = append(f.window, float64(v)/fullScale)
		}
		f.search()
	}
}

// search looks at every gap that has its samples on both sides, and forgets what is no longer under the filter.
func (f *peakFinder) search() {
	gaps := max(0, len(f.window)-(peakTaps-1))
	for from := 0; from < gaps; from += peakStretch {
		end := min(from+peakStretch, gaps)
		near := loudest(f.window[from : end+peakTaps-1])
		f.sample = max(f.sample, near)
		if f.peak = max(f.peak, near); near*f.between.most <= f.peak {
			continue
		}
		for i := from; i < end; i++ {
			f.peak = max(f.peak, f.between.peak(f.window[i:]))
		}
	}
	f.window = f.window[:copy(f.window, f.window[gaps:])]
}

// atEnd is the peak if silence follows: the gaps after the last samples have neighbours on the right only then.
func (f *peakFinder) atEnd() float64 {
	end := *f
	end.window = append([]float64(nil), f.window...)
	end.hear(make([]int16, peakTaps))
	return end.peak
}
