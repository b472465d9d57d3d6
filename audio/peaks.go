package audio

// A waveform is drawn from the least and the greatest sample in each of many equal stretches. They are found once, for
// stretches of 10 ms and for those of 4, 16, 64 … times that, up to one that holds the whole clip; a drawing of any width
// is then made from a few thousand numbers, however long the clip is.
const (
	peakBinFrames = 480 // of the finest level: 10 ms
	peakFactor    = 4   // bins of one level in a bin of the next
)

// PeakLevel is a clip's waveform in one resolution. Bin i spans the frames from i × FramesPerBin; the last bin may be
// shorter. A value v stands for the sample v/127 of full scale, rounded away from zero: what is not silent is seen.
type PeakLevel struct {
	FramesPerBin int64  `json:"frames_per_bin"`
	Low          []int8 `json:"low"`  // -127..127
	High         []int8 `json:"high"` // likewise, never below Low
}

// bin is the range of the samples in one stretch.
type bin struct{ low, high int8 }

func (b bin) with(o bin) bin { return bin{min(b.low, o.low), max(b.high, o.high)} }

func (b bin) impossible() bool { return b.low > b.high || b.low < -127 }

// coarser is the next level.
func coarser(fine []bin) []bin {
	out := make([]bin, 0, binsIn(int64(len(fine)), peakFactor))
	return merged(out, fine, peakFactor)
}

// merged appends bins of n bins each.
func merged(out, fine []bin, n int) []bin {
	for len(fine) > 0 {
		group := fine[:min(n, len(fine))]
		fine = fine[len(group):]
		all := group[0]
		for _, b := range group[1:] {
			all = all.with(b)
		}
		out = append(out, all)
	}
	return out
}

// binsIn is how many stretches of per frames, the last perhaps shorter, hold frames.
func binsIn(frames, per int64) int64 { return (frames + per - 1) / per }

// levelSizes is the number of bins in each level of a clip, finest first.
func levelSizes(frames int64) []int64 {
	var sizes []int64
	for n := binsIn(frames, peakBinFrames); n > 0; n = binsIn(n, peakFactor) {
		if sizes = append(sizes, n); n == 1 {
			break
		}
	}
	return sizes
}

// seen is a sample as a part of 127, rounded away from zero.
func seen(v int16) int8 {
	if v < 0 {
		return int8(-((-int(v)*127 + 32767) / 32768))
	}
	return int8((int(v)*127 + 32766) / 32767)
}
