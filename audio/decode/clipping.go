package decode

import (
	"math"

	"loaxa/audio"
)

const (
	clippedAt  = 0.9995 // of full scale
	clippedRun = 4      // samples in a row at full scale: a flat top, not a peak that just touches
)

// flatTops counts what an overdriven recording shows, in samples as the file has them: behind a resampler a flat top is
// flat no more.
type flatTops struct {
	from, until int64 // of the samples that count
	at          int64
	run         int // samples in a row at full scale
	flat        int64
}

// flatTopsIn counts in a span of a sound of the given rate.
func flatTopsIn(span audio.Span, rate int) flatTops {
	t := flatTops{from: span.From * int64(rate) / audio.Rate, until: math.MaxInt64}
	if span.Until > 0 {
		t.until = span.Until * int64(rate) / audio.Rate
	}
	return t
}

func (t *flatTops) count(block []float32) {
	low := min(max(t.from-t.at, 0), int64(len(block)))
	high := max(min(t.until-t.at, int64(len(block))), low)
	t.at += int64(len(block))
	for _, v := range block[low:high] {
		if v < clippedAt && v > -clippedAt {
			t.run = 0
		} else if t.run++; t.run == clippedRun {
			t.flat++
		}
	}
}
