package player

import (
	"math"
	"time"

	"loaxa/schedule"
)

// fader lowers what is handed over to the volume of the hour. It moves in steps too small to be heard: within each block
// the gain runs in a straight line from where the last one left it.
type fader struct {
	settings schedule.Settings
	b        *broadcast
	gain     float64 // at the end of the last block; what it was before the first is not known
	begun    bool
}

// target is the gain at a moment, on top of the programme's own volume: 1 is as it was asked for.
func (f *fader) target(at time.Time) float64 {
	if f.b.kind == Emergency {
		return 1
	}
	own := f.b.percent()
	return min(1, schedule.PercentAt(f.settings, own, at)/float64(own))
}

// db is that gain in decibels, not below -100.
func (f *fader) db(at time.Time) float64 { return max(-100, 20*math.Log10(f.target(at))) }

// apply scales a block that will be heard at a moment.
func (f *fader) apply(block []int16, at time.Time) {
	to := f.target(at)
	if !f.begun {
		f.begun, f.gain = true, to
	}
	from := f.gain
	f.gain = to
	if from == 1 && to == 1 {
		return
	}
	for i := range block {
		g := from + (to-from)*float64(i+1)/float64(len(block))
		block[i] = int16(math.Round(float64(block[i]) * g))
	}
}
