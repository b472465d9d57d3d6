package audio

import "math"

// FadeFrames is the length of the fade that keeps a start or a stop from clicking: 20 ms.
const FadeFrames = 960

// FadeGain is the raised cosine that rises from 0 at frame 0 to 1 at frame length and stays there; its mirror image
// falls. Its slope is zero at both ends, so the seam with what is not faded is not heard.
func FadeGain(frame, length int64) float64 {
	switch {
	case frame >= length:
		return 1
	case frame <= 0:
		return 0
	}
	return 0.5 - 0.5*math.Cos(math.Pi*float64(frame)/float64(length))
}

// FadeInBlock scales the frames of block in place as part of a rise of length frames of which done have passed, and
// returns how many have passed after it.
func FadeInBlock(block []int16, done, length int64) int64 {
	for i := range block {
		if g := FadeGain(done+int64(i), length); g < 1 {
			block[i] = scaled(block[i], g)
		}
	}
	return done + int64(len(block))
}

// FadeOutBlock is the mirror image of FadeInBlock: silent once length frames have passed.
func FadeOutBlock(block []int16, done, length int64) int64 {
	for i := range block {
		block[i] = scaled(block[i], FadeGain(length-done-int64(i), length))
	}
	return done + int64(len(block))
}

// scaled multiplies a sample by a gain of at most 1, rounded to the nearest.
func scaled(v int16, gain float64) int16 { return int16(math.Round(float64(v) * gain)) }

// FadeIn is s with its first frames raised from silence; the rest passes unchanged. Its length is that of s.
func FadeIn(s Source, frames int64) Source { return &fadeIn{src: s, length: frames} }

type fadeIn struct {
	src          Source
	done, length int64
}

func (f *fadeIn) ReadFrames(dst []int16) (int, error) {
	n, err := f.src.ReadFrames(dst)
	if f.done < f.length {
		f.done = FadeInBlock(dst[:n], f.done, f.length)
	}
	return n, err
}

func (f *fadeIn) Frames() (int64, bool) { return f.src.Frames() }
