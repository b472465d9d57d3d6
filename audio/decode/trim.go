package decode

import "loaxa/audio"

const (
	cutFade  = audio.Rate / 200 // frames of the fade at an edge that was cut: 5 ms keep it from clicking
	leastCut = audio.Rate       // frames that a part must have
)

// possible refuses a span that no sound can have.
func possible(s audio.Span) *Refusal {
	if !s.Whole() && (s.From < 0 || s.Until < 0 || s.Until > 0 && s.Until-s.From < leastCut) {
		return refuse(CodeBadTrim, "%v", s)
	}
	return nil
}

// cutter lets the frames of a span through, faded where there was sound beyond: at its start unless that is the sound's
// own, and likewise at its end. What it does depends on the sound and the span alone.
type cutter struct {
	span audio.Span
	at   int64   // frames heard
	tail []int16 // the last frames before span.Until: only what follows tells whether they end the sound
	cut  bool    // more followed
}

func (c *cutter) take(frames []int16, keep func([]int16) error) error {
	at := c.at
	c.at += int64(len(frames))
	if c.span.Whole() {
		return keep(frames)
	}
	_, frames, at = split(frames, at, c.span.From)
	if c.span.From > 0 {
		first, _, _ := split(frames, at, c.span.From+cutFade)
		audio.FadeInBlock(first, at-c.span.From, cutFade)
	}
	if c.span.Until == 0 {
		return keep(frames)
	}
	body, frames, at := split(frames, at, c.span.Until-cutFade)
	if err := keep(body); err != nil {
		return err
	}
	last, beyond, _ := split(frames, at, c.span.Until)
	c.tail = append(c.tail, last...)
	if len(beyond) == 0 || c.cut {
		return nil
	}
	c.cut = true
	audio.FadeOutBlock(c.tail, 0, cutFade)
	return keep(c.tail)
}

// end is called when the sound is over.
func (c *cutter) end(keep func([]int16) error) error {
	until := c.span.Until
	if until == 0 {
		until = c.at
	}
	switch {
	case c.span.Whole():
		return nil
	case until > c.at || until-c.span.From < leastCut:
		return refuse(CodeBadTrim, "%v of %d frames", c.span, c.at)
	case c.cut:
		return nil
	}
	return keep(c.tail)
}

// split divides frames, the first of which is number at, before frame number where; it also gives the number of the
// first behind.
func split(frames []int16, at, where int64) (before, behind []int16, next int64) {
	n := min(max(where-at, 0), int64(len(frames)))
	return frames[:n], frames[n:], at + n
}
