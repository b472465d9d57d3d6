package audio

// Windows of the meter, in ticks of 10 ms. A finer tick than the 100 ms that gating asks for finds the loudest 400 ms
// wherever it begins: at 100 ms a burst of that length may read 0.6 LU too low.
const (
	tickFrames     = Rate / 100
	momentaryTicks = 40  // 400 ms: also the gating block
	shortTermTicks = 300 // 3 s
	gatingTicks    = 10  // between gating blocks: they overlap by 75 %
)

// Meter measures the loudness and the true peak of the mono it hears, in constant memory: gating blocks are kept as
// histograms of 0.01 LU.
type Meter struct {
	weight weighting

	tick   float64 // energy of the tick being heard
	length int     // frames in it
	ticks  int64   // whole ones so far
	total  float64 // energy of all of them, for what is shorter than a window

	recent               [shortTermTicks]float64 // energies of the last ticks, a ring
	momentary, shortTerm float64                 // energy of the window that ends with the last tick
	momentaryMax         float64
	shortTermMax         float64
	blocks, spread       *histogram // of 400 ms for the integrated loudness, of 3 s for its range

	edges edges
	peak  *peakFinder
}

// NewMeter is a meter that has heard nothing.
func NewMeter() *Meter {
	return &Meter{weight: newWeighting(), blocks: newHistogram(), spread: newHistogram(), edges: newEdges(), peak: newPeakFinder()}
}

// Write hears frames.
func (m *Meter) Write(frames []int16) {
	m.peak.hear(frames)
	for len(frames) > 0 {
		part := frames[:min(len(frames), tickFrames-m.length)]
		frames = frames[len(part):]
		m.tick += m.weight.energy(part)
		if m.length += len(part); m.length == tickFrames {
			m.endTick()
		}
	}
}

// back is the energy of the tick n before the last.
func (m *Meter) back(n int64) float64 { return m.recent[(m.ticks+shortTermTicks-n)%shortTermTicks] }

func (m *Meter) endTick() {
	m.weight.rest()
	m.edges.hear(m.ticks, m.tick/tickFrames)
	m.momentary += m.tick - m.back(momentaryTicks)
	m.shortTerm += m.tick - m.back(shortTermTicks)
	m.recent[m.ticks%shortTermTicks] = m.tick
	m.total += m.tick
	m.ticks++
	m.tick, m.length = 0, 0

	gates := m.ticks%gatingTicks == 0
	if gates {
		m.sumAnew()
	}
	if m.ticks >= momentaryTicks {
		m.momentaryMax = max(m.momentaryMax, m.momentary)
		if gates {
			m.blocks.add(m.momentary / (momentaryTicks * tickFrames))
		}
	}
	if m.ticks >= shortTermTicks {
		m.shortTermMax = max(m.shortTermMax, m.shortTerm)
		if gates {
			m.spread.add(m.shortTerm / (shortTermTicks * tickFrames))
		}
	}
}

// sumAnew keeps the rounding of the running sums from piling up.
func (m *Meter) sumAnew() {
	m.momentary, m.shortTerm = 0, 0
	for n := int64(1); n <= shortTermTicks; n++ {
		m.shortTerm += m.back(n)
		if n == momentaryTicks {
			m.momentary = m.shortTerm
		}
	}
}

// Result is the loudness of all heard so far; the meter can hear more afterwards.
func (m *Meter) Result() Loudness {
	whole := m.whole()
	integrated, momentary, shortTerm := whole, whole, whole
	if m.ticks >= momentaryTicks {
		integrated = m.blocks.gatedMean()
		momentary = m.momentaryMax / (momentaryTicks * tickFrames)
	}
	if m.ticks >= shortTermTicks {
		shortTerm = m.shortTermMax / (shortTermTicks * tickFrames)
	}
	return Loudness{
		IntegratedLUFS:   max(lufs(integrated), SilentLUFS),
		TruePeakDBTP:     max(decibels(m.peak.atEnd()), SilentDBTP),
		MomentaryMaxLUFS: max(lufs(momentary), SilentLUFS),
		ShortTermMaxLUFS: max(lufs(shortTerm), SilentLUFS),
		RangeLU:          m.spread.spread(),
	}
}

// SamplePeak is the loudest sample, 0 to 32768.
func (m *Meter) SamplePeak() int { return int(m.peak.sample * fullScale) }

// whole is the mean square of everything.
func (m *Meter) whole() float64 {
	if heard := m.heard(); heard > 0 {
		return (m.total + m.tick) / float64(heard)
	}
	return 0
}

func (m *Meter) heard() int64 { return m.ticks*tickFrames + int64(m.length) }

// Silences is how many frames at the start and at the end of all heard so far are silent: stretches of 10 ms that lie
// more than 40 LU under the integrated loudness. Of sound that is silent altogether both are its length.
//
// The measure is relative, since it is at play that silence matters: played at -16 LUFS such a stretch lies under
// -56 LUFS, about the room noise of a fair recording and less than a listener outdoors can hear, while the quietest sounds
// of speech lie some 30 dB under its loudest. It is taken behind the weighting filter, so neither hum nor an offset of
// the sound card counts as sound.
func (m *Meter) Silences() (lead, trail int64) {
	heard := m.heard()
	last := m.edges
	if m.length > 0 {
		last = last.clone()
		last.hear(m.ticks, m.tick/float64(m.length))
	}
	first, end, sounds := last.above(m.Result().IntegratedLUFS - silentUnderLU)
	if !sounds {
		return heard, heard
	}
	return first * tickFrames, max(0, heard-(end+1)*tickFrames)
}
