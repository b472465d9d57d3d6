package audio

import (
	"slices"
	"testing"
)

// speechLike is noise under an envelope that rises and falls as syllables and pauses do: its peaks are few, as in speech.
func speechLike(seconds float64) []int16 {
	out := noise(1, seconds, 4)
	for i := range out {
		syllable := FadeGain(int64(i%9600), 4800) * FadeGain(int64(9600-i%9600), 9600)
		phrase := []float64{0.9, 0.5, 0.3, 0.7, 0, 0.2, 0.6, 0.4}[i/9600%8]
		out[i] = int16(float64(out[i]) * syllable * phrase * 0.9)
	}
	return out
}

// Ten minutes at once: the figure is how long the measuring of such a clip takes at import, from the frames on.
func BenchmarkMeterTenMinutesOfSpeech(b *testing.B) {
	ten := slices.Repeat(speechLike(20), 30)
	b.SetBytes(int64(2 * len(ten)))
	for b.Loop() {
		m := NewMeter()
		m.Write(ten)
		m.Result()
	}
}

// The dearest sound there is for the search of true peaks: every sample near the greatest.
func BenchmarkMeterTenMinutesOfFullScaleNoise(b *testing.B) {
	ten := slices.Repeat(noise(1, 20, 1), 30)
	b.SetBytes(int64(2 * len(ten)))
	for b.Loop() {
		m := NewMeter()
		m.Write(ten)
		m.Result()
	}
}

// What playing costs: one second through the limiter.
func BenchmarkAmplifyOneSecond(b *testing.B) {
	for name, all := range map[string][]int16{"speech": speechLike(1), "noise": noise(1, 1, 1)} {
		b.Run(name, func(b *testing.B) {
			dst := make([]int16, 960)
			for b.Loop() {
				s := Amplify(&frames{all: all, chunk: 4096}, 6, -1)
				for {
					if _, err := s.ReadFrames(dst); err != nil {
						break
					}
				}
			}
		})
	}
}
