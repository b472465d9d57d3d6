package audio

import "math"

// What is reported where there is no sound to measure.
const (
	SilentLUFS = -70.0  // the absolute gate of BS.1770-4
	SilentDBTP = -100.0 // below the smallest step of 16 bits
)

// maxPlayGainDB keeps a clip that is all but silent from becoming a roar of noise.
const maxPlayGainDB = 24.0

// Loudness is what a clip measures.
type Loudness struct {
	IntegratedLUFS float64 `json:"integrated_lufs"` // gated, after ITU-R BS.1770-4; never below SilentLUFS
	TruePeakDBTP   float64 `json:"true_peak_dbtp"`  // of the 4 times oversampled signal; never below SilentDBTP
}

// PlayGain is the gain in dB that brings a clip to targetLUFS, at most 24 dB up. A silent clip gets none.
func PlayGain(l Loudness, targetLUFS float64) float64 {
	if l.IntegratedLUFS <= SilentLUFS || math.IsNaN(l.IntegratedLUFS) {
		return 0
	}
	return min(targetLUFS-l.IntegratedLUFS, maxPlayGainDB)
}

const (
	blockSteps = 4         // a gating block is 400 ms, a step of it 100 ms: blocks overlap by 75 %
	stepFrames = Rate / 10 // frames in a step
	binsPerLU  = 100       // resolution of the histogram that stands for the list of blocks
	topLUFS    = 10.0      // louder than a full-scale square wave can read
	loudOffset = -0.691    // of BS.1770-4: a 997 Hz sine at full scale reads -3.01 LUFS
)

// Meter measures integrated loudness and true peak of the mono it hears, in constant memory: gating blocks are kept as
// a histogram of 0.01 LU with the exact energy in each bin, so only the bin that the relative gate cuts is approximate.
type Meter struct {
	shelf, pass biquad

	step       float64 // energy of the step being heard
	stepLength int
	last       [blockSteps]float64 // energies of the last whole steps, a ring
	steps      int64
	total      float64 // energy of everything, for what is shorter than a block

	count  []int64
	energy []float64

	between *betweener
	window  []float64 // the samples under the filter, then those not yet searched
	peak    float64
}

// NewMeter is a meter that has heard nothing.
func NewMeter() *Meter {
	bins := int((topLUFS-SilentLUFS)*binsPerLU) + 1
	return &Meter{
		// The two filters of BS.1770-4 at 48 kHz: the shelf of a head, then the high-pass of low hearing.
		shelf: biquad{b0: 1.53512485958697, b1: -2.69169618940638, b2: 1.19839281085285,
			a1: -1.69065929318241, a2: 0.73248077421585},
		pass: biquad{b0: 1, b1: -2, b2: 1, a1: -1.99004745483398, a2: 0.99007225036621},

		count: make([]int64, bins), energy: make([]float64, bins),
		between: newBetweener(),
		window:  make([]float64, peakTaps-1, 4096+peakTaps),
	}
}

// Write hears frames.
func (m *Meter) Write(frames []int16) {
	for len(frames) > 0 {
		part := frames[:min(len(frames), 4096)]
		m.hear(part)
		m.search(part)
		frames = frames[len(part):]
	}
}

func (m *Meter) hear(frames []int16) {
	for _, v := range frames {
		y := m.pass.next(m.shelf.next(float64(v) / 32768))
		m.step += y * y
		if m.stepLength++; m.stepLength == stepFrames {
			m.endStep()
		}
	}
}

func (m *Meter) endStep() {
	m.last[m.steps%blockSteps] = m.step
	m.total += m.step
	m.steps++
	m.step, m.stepLength = 0, 0
	if m.steps < blockSteps {
		return
	}
	sum := 0.0
	for _, e := range m.last {
		sum += e
	}
	m.gate(sum / (blockSteps * stepFrames))
}

// gate counts a block of mean square e unless it lies under the absolute gate.
func (m *Meter) gate(e float64) {
	if l := lufs(e); l > SilentLUFS {
		bin := min(int((l-SilentLUFS)*binsPerLU), len(m.count)-1)
		m.count[bin]++
		m.energy[bin] += e
	}
}

// search looks for the true peak around the given frames.
func (m *Meter) search(frames []int16) {
	loudest := 0.0
	for _, v := range frames {
		x := float64(v) / 32768
		m.window = append(m.window, x)
		m.peak = max(m.peak, math.Abs(x))
	}
	for _, x := range m.window {
		loudest = max(loudest, math.Abs(x))
	}
	if loudest*m.between.most > m.peak {
		for i := range len(frames) {
			m.peak = max(m.peak, m.between.peak(m.window[i:]))
		}
	}
	m.window = m.window[:copy(m.window, m.window[len(m.window)-(peakTaps-1):])]
}

// Result is the loudness of all heard so far. Sound shorter than a gating block is measured as one block.
func (m *Meter) Result() Loudness {
	// The last samples have no right-hand neighbours yet: their gaps are those of sound that ends in silence.
	end := *m
	end.window = append([]float64(nil), m.window...)
	end.search(make([]int16, peakTaps))
	return Loudness{
		IntegratedLUFS: max(lufs(m.integrated()), SilentLUFS),
		TruePeakDBTP:   max(decibels(end.peak), SilentDBTP),
	}
}

// integrated is the mean square of the blocks that pass both gates.
func (m *Meter) integrated() float64 {
	if m.steps < blockSteps {
		heard := m.steps*stepFrames + int64(m.stepLength)
		if heard == 0 {
			return 0
		}
		return (m.total + m.step) / float64(heard)
	}
	mean := m.meanFrom(0)
	relative := lufs(mean) - 10
	return m.meanFrom(max(0, int(math.Round((relative-SilentLUFS)*binsPerLU))))
}

func (m *Meter) meanFrom(bin int) float64 {
	n, sum := int64(0), 0.0
	for i := bin; i < len(m.count); i++ {
		n += m.count[i]
		sum += m.energy[i]
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// lufs of a mean square; -Inf for silence.
func lufs(meanSquare float64) float64 { return loudOffset + 10*math.Log10(meanSquare) }

// biquad is a second-order filter in transposed direct form II.
type biquad struct{ b0, b1, b2, a1, a2, s1, s2 float64 }

func (q *biquad) next(x float64) float64 {
	y := q.b0*x + q.s1
	q.s1 = q.b1*x - q.a1*y + q.s2
	q.s2 = q.b2*x - q.a2*y
	return y
}
