package audio

import "slices"

// True peak is read from four points a sample, as BS.1770-4 Annex 2 asks, with a longer filter than its example.
const (
	peakHalf  = 12 // samples on either side of a gap that shape its points
	peakTaps  = 2 * peakHalf
	peakPairs = 1   // points in a gap: at 1/4, 1/2 and 3/4
	peakBeta  = 7.0 // Kaiser window: about 70 dB
)

func newPeakBetweener() *betweener { return newBetweener(peakHalf, peakPairs, peakBeta) }

// peakStretch is how many gaps are looked at together: where no sample near them comes near the peak that is looked
// for, the points in them are not computed. The filter of a gap reaches no further than the next stretch.
const peakStretch = 32

// peakFinder finds the true peak of the frames it hears, in samples of 16 bits until a stretch is worth more.
type peakFinder struct {
	between *betweener
	window  []int16 // the samples under the filter, then those not yet searched
	tops    []int   // the greatest absolute sample in each stretch of window
	wave    [peakStretch + peakTaps - 1]float64
	sample  int     // the greatest absolute sample so far
	peak    float64 // the greatest point
}

func newPeakFinder() *peakFinder {
	return &peakFinder{between: newPeakBetweener(), window: make([]int16, peakTaps-1, 4096+peakTaps)}
}

func (f *peakFinder) hear(frames []int16) {
	for len(frames) > 0 {
		part := frames[:min(len(frames), 4096)]
		frames = frames[len(part):]
		f.window = append(f.window, part...)
		f.search()
	}
}

// search looks at every gap that has its samples on both sides, and forgets what is no longer under the filter.
func (f *peakFinder) search() {
	f.tops = f.tops[:0]
	for part := range slices.Chunk(f.window, peakStretch) {
		f.tops = append(f.tops, loudest16(part))
	}
	f.sample = max(f.sample, slices.Max(f.tops))
	f.peak = max(f.peak, float64(f.sample))
	gaps := len(f.window) - (peakTaps - 1)
	for from := 0; from < gaps; from += peakStretch {
		at := from / peakStretch
		if near := max(f.tops[at], f.tops[min(at+1, len(f.tops)-1)]); float64(near)*f.between.most <= f.peak {
			continue
		}
		end := min(from+peakStretch, gaps)
		wave := f.wave[:end-from+peakTaps-1]
		for i := range wave {
			wave[i] = float64(f.window[from+i])
		}
		for i := range end - from {
			f.peak = max(f.peak, f.between.peak(wave[i:]))
		}
	}
	f.window = f.window[:copy(f.window, f.window[gaps:])]
}

// loudest16 is the greatest absolute sample.
func loudest16(x []int16) int {
	low, high := int16(0), int16(0)
	for _, v := range x {
		low, high = min(low, v), max(high, v)
	}
	return max(-int(low), int(high))
}

// atEnd is the peak, as a part of full scale, if silence follows: the gaps after the last samples have neighbours on the right only then.
func (f *peakFinder) atEnd() float64 {
	end := *f
	end.window, end.tops = slices.Clone(f.window), nil
	end.hear(make([]int16, peakTaps))
	return end.peak / fullScale
}
