package decode

import (
	"math"

	"loaxa/audio"
)

// pipe is the way from mono samples of any rate to the canonical file.
type pipe struct {
	tops      flatTops
	resampler *resampler // nil where the rate is right already
	narrow    []int16
	heard     int64 // canonical frames
	most      int64 // of them
	cut       cutter
	meter     *audio.Meter
	out       *audio.WAVWriter
}

func newPipe(out *audio.WAVWriter, rate int, most int64, span audio.Span) *pipe {
	p := &pipe{out: out, most: most, meter: audio.NewMeter(), cut: cutter{span: span}, tops: flatTopsIn(span, rate)}
	if rate != audio.Rate {
		p.resampler = newResampler(rate)
	}
	return p
}

// resample gives the samples of block at the canonical rate: block itself, or in room.
func (p *pipe) resample(block, room []float32) []float32 {
	p.tops.count(block)
	if p.resampler == nil {
		return block
	}
	return p.resampler.push(room[:0], block)
}

func (p *pipe) finish() error {
	if p.resampler != nil {
		if err := p.write(p.resampler.flush(nil)); err != nil {
			return err
		}
	}
	if err := p.cut.end(p.keep); err != nil {
		return err
	}
	return p.out.Close()
}

func (p *pipe) write(wide []float32) error {
	if p.heard += int64(len(wide)); p.heard > p.most {
		return refuse(CodeTooLong, "more than %v", audio.Duration(p.most))
	}
	p.narrow = narrowed(p.narrow[:0], wide)
	return p.cut.take(p.narrow, p.keep)
}

// keep takes canonical frames that belong to the clip.
func (p *pipe) keep(frames []int16) error {
	p.meter.Write(frames)
	return p.out.Write(frames)
}

// narrowed appends samples as 16 bits, rounded to the nearest, halves away from zero. What is no number is silence.
func narrowed(out []int16, wide []float32) []int16 {
	for _, v := range wide {
		x := float64(v) * 32768
		switch {
		case x >= math.MinInt16 && x <= math.MaxInt16:
			out = append(out, int16(int32(x+math.Copysign(0.5, x))))
		case x > math.MaxInt16:
			out = append(out, math.MaxInt16)
		case x < math.MinInt16:
			out = append(out, math.MinInt16)
		default:
			out = append(out, 0)
		}
	}
	return out
}
