package audio

import "math"

// What is reported where there is no sound to measure.
const (
	SilentLUFS = -70.0  // the absolute gate of BS.1770-4
	SilentDBTP = -100.0 // below the smallest step of 16 bits
)

// MaxPlayGainDB keeps a clip that is all but silent from becoming a roar of noise.
const MaxPlayGainDB = 24.0

// Loudness is what a clip measures. A clip shorter than a window, 400 ms or 3 s, is measured as one window of its own
// length.
type Loudness struct {
	IntegratedLUFS float64 `json:"integrated_lufs"` // gated, after ITU-R BS.1770-4; never below SilentLUFS
	TruePeakDBTP   float64 `json:"true_peak_dbtp"`  // of the 4 times oversampled signal; never below SilentDBTP

	// The loudest 400 ms and the loudest 3 s after EBU Tech 3341, ungated, in windows that move by 10 ms; never below
	// SilentLUFS.
	MomentaryMaxLUFS float64 `json:"momentary_max_lufs"`
	ShortTermMaxLUFS float64 `json:"short_term_max_lufs"`

	RangeLU float64 `json:"range_lu"` // loudness range after EBU Tech 3342; 0 for a clip shorter than 3 s
}

// PlayGain is the gain in dB that brings a clip to targetLUFS, at most 24 dB up. A silent clip gets none.
func PlayGain(l Loudness, targetLUFS float64) float64 {
	if l.IntegratedLUFS <= SilentLUFS || math.IsNaN(l.IntegratedLUFS) {
		return 0
	}
	return min(targetLUFS-l.IntegratedLUFS, MaxPlayGainDB)
}

const loudOffset = -0.691 // of BS.1770-4: a 997 Hz sine at full scale reads -3.01 LUFS

// lufs of a mean square; -Inf for silence.
func lufs(meanSquare float64) float64 { return loudOffset + 10*math.Log10(meanSquare) }
