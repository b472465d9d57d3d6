package decode

import "math"

// places are the loudspeakers of a file's channels, in its order: L and R the front, l and r the sides or the back, C the
// centre, c the back centre, F the bass effects.
type places string

// mixer makes one channel of several and notes whether they cancel each other.
type mixer struct {
	downmix
	weights []float32
}

// newMixer weighs the channels as ITU-R BS.775 does when it makes two of them, and then halves those; bass effects are
// left out. The sum of all weights is 1, so nothing can be overdriven.
func newMixer(l places) *mixer {
	m := &mixer{weights: make([]float32, len(l))}
	sum := float32(0)
	for i, place := range l {
		switch place {
		case 'L', 'R':
			m.weights[i] = 0.5
		case 'C':
			m.weights[i] = math.Sqrt2 / 2
		case 'l', 'r', 'c':
			m.weights[i] = math.Sqrt2 / 4
		}
		sum += m.weights[i]
	}
	for i := range m.weights {
		if sum > 0 {
			m.weights[i] /= sum
		}
	}
	return m
}

// mono appends the mix of interleaved samples. What is no number is silence, and nothing leaves -1..1.
func (m *mixer) mono(out, interleaved []float32) []float32 {
	n := len(m.weights)
	for i := 0; i+n <= len(interleaved); i += n {
		var sum, each float32
		for c, v := range interleaved[i : i+n] {
			v = bounded(v) * m.weights[c]
			sum += v
			each += v * v
		}
		out = append(out, sum)
		m.sum += float64(sum * sum)
		m.each += float64(each)
	}
	return out
}

func bounded(v float32) float32 {
	switch {
	case v != v:
		return 0
	case v > 1:
		return 1
	case v < -1:
		return -1
	}
	return v
}

// usualPlaces is that of WAV, FLAC and ffmpeg for 1 to 8 channels.
func usualPlaces(channels int) places {
	return [...]places{"", "C", "LR", "LRC", "LRlr", "LRClr", "LRCFlr", "LRCFclr", "LRCFlrlr"}[channels]
}

// vorbisPlaces is that of Vorbis, which puts the centre in the middle (Vorbis I, 4.3.9).
func vorbisPlaces(channels int) places {
	return [...]places{"", "C", "LR", "LCR", "LRlr", "LCRlr", "LCRlrF", "LCRlrcF", "LCRlrlrF"}[channels]
}
