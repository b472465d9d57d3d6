package audio

import "io"

// PeakMeter finds the peaks of the frames it hears. It keeps two bytes for every 10 ms: 1.4 MB for two hours.
type PeakMeter struct {
	frames    int64
	low, high int16 // of the bin being heard
	bins      []bin
}

// NewPeakMeter is a meter that has heard nothing.
func NewPeakMeter() *PeakMeter { return &PeakMeter{} }

// Write hears frames.
func (m *PeakMeter) Write(frames []int16) {
	for len(frames) > 0 {
		heard := m.frames % peakBinFrames
		part := frames[:min(int64(len(frames)), peakBinFrames-heard)]
		frames = frames[len(part):]
		low, high := m.low, m.high
		if heard == 0 {
			low, high = part[0], part[0]
		}
		for _, v := range part {
			low, high = min(low, v), max(high, v)
		}
		m.low, m.high = low, high
		m.frames += int64(len(part))
		if m.frames%peakBinFrames == 0 {
			m.bins = append(m.bins, m.open())
		}
	}
}

// open is the bin being heard.
func (m *PeakMeter) open() bin { return bin{seen(m.low), seen(m.high)} }

// WriteTo writes the peaks of all heard so far as a file for ReadPeaks, and returns its length in bytes. The meter can
// hear more afterwards.
func (m *PeakMeter) WriteTo(w io.Writer) (int64, error) {
	finest := m.bins
	if m.frames%peakBinFrames != 0 {
		finest = append(finest[:len(finest):len(finest)], m.open())
	}
	return writePeaks(w, m.frames, finest)
}
