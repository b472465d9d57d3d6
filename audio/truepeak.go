package audio

import "math"

// peakStretch is how many frames are looked at together: where none of them comes near the peak found already, the
// points between them are not computed.
const peakStretch = 32

// peakFinder finds the true peak of the frames it hears.
type peakFinder struct {
	between *betweener
	window  []float64 // the samples under the filter, then those not yet searched
	tops    []float64 // the greatest absolute sample in each stretch of window
	peak    float64
	sample  float64 // the greatest absolute sample
}

func newPeakFinder() *peakFinder {
	return &peakFinder{between: newBetweener(), window: make([]float64, peakTaps-1, 4096+peakTaps)}
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
	f.tops = f.tops[:0]
	for rest := f.window; len(rest) > 0; {
		part := rest[:min(len(rest), peakStretch)]
		rest = rest[len(part):]
		top := 0.0
		for _, x := range part {
			top = max(top, math.Abs(x))
		}
		f.tops = append(f.tops, top)
		f.sample = max(f.sample, top)
	}
	f.peak = max(f.peak, f.sample)
	gaps := len(f.window) - (peakTaps - 1)
	for from := 0; from < gaps; from += peakStretch {
		at := from / peakStretch
		near := max(f.tops[at], f.tops[min(at+1, len(f.tops)-1)]) // peakTaps-1 < peakStretch: the filter reaches no further
		if near*f.between.most <= f.peak {
			continue
		}
		for i := from; i < min(from+peakStretch, gaps); i++ {
			f.peak = max(f.peak, f.between.peak(f.window[i:]))
		}
	}
	f.window = f.window[:copy(f.window, f.window[max(0, gaps):])]
}

// atEnd is the peak if silence follows: the gaps after the last samples have neighbours on the right only then.
func (f *peakFinder) atEnd() float64 {
	end := *f
	end.window = append([]float64(nil), f.window...)
	end.tops = nil
	end.hear(make([]int16, peakTaps))
	return end.peak
}
