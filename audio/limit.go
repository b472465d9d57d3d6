package audio

import "math"

const (
	lookAhead   = 240      // frames in which a reduction comes down before a peak: 5 ms
	releaseTime = 0.1      // seconds in which about two thirds of a reduction are given back
	nearlyWhole = 1 - 1e-5 // a reduction smaller than this is over: 0.0001 dB
	limitBlock  = 1024     // frames read from the source at once

	// Peaks are searched twice: coarsely as the meter does, and where that comes near the ceiling with 8 points a sample
	// and a filter for all that lies under 23 kHz. What converters give out above that depends on their own filters.
	limitHalf   = 48
	limitPairs  = 3
	limitBeta   = 9.0
	nearCeiling = 0.7 // of the ceiling
	// Under this part of the ceiling a peak may stay, 0.18 dB: by so much it may rise between two of the 8 points and in
	// what lies above 23 kHz. Where it may not, it is put 0.05 dB lower, for what the moving gain and the rounding add.
	atCeiling    = 0.979
	belowCeiling = 0.974
)

// Amplify is s raised by gainDB with its true peak held at or under ceilingDBTP, for every sound under 22 kHz. It adds no
// delay and no frames: it reads ahead of what it gives. Where the gain is 0 dB and no peak comes within 0.2 dB of the
// ceiling, the frames pass bit by bit.
//
// The gain a peak needs is held for the 5 ms before it, given back slowly, and averaged over 5 ms: so it has come down
// fully when the peak arrives, without a corner that would click.
func Amplify(s Source, gainDB, ceilingDBTP float64) Source {
	l := &limiter{
		src: s, gain: ratioOf(gainDB), ceiling: ratioOf(ceilingDBTP) * 32768,
		coarse: newPeakBetweener(), fine: newBetweener(limitHalf, limitPairs, limitBeta),
		release: math.Exp(-1 / (releaseTime * Rate)), held: 1,
		in: make([]int16, limitBlock),
		// The silence before the first frame, in which a reduction for the first frames comes down unheard.
		wave: make([]float64, limitHalf+lookAhead-1), skip: lookAhead - 1,
		next: limitHalf, pushed: limitHalf,
	}
	l.need = make([]float64, limitHalf, cap(l.wave))
	return l
}

// limiter holds one stretch of the sound: wave[:next] has been given, need is known for wave[:len(need)].
type limiter struct {
	src           Source
	gain, ceiling float64
	coarse, fine  *betweener
	release       float64 // what remains of a reduction one frame later

	in    []int16
	ended error // how the source ended

	wave []float64 // amplified samples
	need []float64 // the gain that each may have
	gap  float64   // peak between the last frame of need and the one after it, where it matters
	next int
	skip int // frames to be given to nobody

	pushed int      // need[:pushed] has been through least
	least  []wanted // the least needs of need[next:pushed]: ascending in place and in need

	held   float64
	recent [lookAhead]float64 // what the held gains of the last frames lacked to 1, a ring
	at     int
	lacks  float64 // sum of recent
	lacked int     // how many of recent are not 0
}

type wanted struct {
	index int
	need  float64
}

func (l *limiter) Frames() (int64, bool) { return l.src.Frames() }

func (l *limiter) ReadFrames(dst []int16) (int, error) {
	for l.ready() == 0 {
		if l.ended != nil {
			return 0, l.ended
		}
		l.fetch()
	}
	n := min(len(dst), l.ready())
	for i := range n {
		dst[i] = l.give()
	}
	return n, nil
}

// ready is how many frames have their whole look-ahead.
func (l *limiter) ready() int { return max(0, len(l.need)-(lookAhead-1)-l.next) }

// fetch reads one block and finds what gain its frames need.
func (l *limiter) fetch() {
	l.forget()
	n, err := l.src.ReadFrames(l.in)
	for _, v := range l.in[:n] {
		l.wave = append(l.wave, float64(v)*l.gain)
	}
	if err != nil {
		l.ended = err
		l.wave = append(l.wave, make([]float64, limitHalf+lookAhead-1)...)
	}
	l.search()
	for l.skip > 0 && l.ready() > 0 {
		l.give()
		l.skip--
	}
}

// forget drops what has been given and is no longer under the filter.
func (l *limiter) forget() {
	drop := l.next - limitHalf
	l.wave = l.wave[:copy(l.wave, l.wave[drop:])]
	l.need = l.need[:copy(l.need, l.need[drop:])]
	l.next -= drop
	l.pushed -= drop
	for i := range l.least {
		l.least[i].index -= drop
	}
}

// search extends need as far as the filter has samples on both sides.
func (l *limiter) search() {
	for from, to := len(l.need), len(l.wave)-limitHalf; from < to; {
		end := min(from+peakStretch, to)
		quiet := loudest(l.wave[from-peakHalf+1:end+peakHalf])*l.coarse.most <= l.ceiling*nearCeiling
		for i := from; i < end; i++ {
			if quiet {
				l.gap = 0
				l.need = append(l.need, 1)
				continue
			}
			after := l.between(i)
			peak := max(math.Abs(l.wave[i]), l.gap, after)
			l.gap = after
			if peak <= l.ceiling*atCeiling {
				l.need = append(l.need, 1)
			} else {
				l.need = append(l.need, l.ceiling*belowCeiling/peak)
			}
		}
		from = end
	}
}

// between is the peak behind sample i, or 0 where it is far from the ceiling.
func (l *limiter) between(i int) float64 {
	coarse := l.coarse.peak(l.wave[i-peakHalf+1:])
	if coarse < l.ceiling*nearCeiling {
		return 0
	}
	return max(coarse, l.fine.peak(l.wave[i-limitHalf+1:]))
}

// give is the next frame with its gain.
func (l *limiter) give() int16 {
	v := math.Round(l.wave[l.next] * l.gainNow())
	l.next++
	return int16(max(math.MinInt16, min(math.MaxInt16, v)))
}

// gainNow moves the gain on by one frame. It is 1 exactly when nothing has been reduced for the last 5 ms.
func (l *limiter) gainNow() float64 {
	l.held = 1 - (1-l.held)*l.release
	if l.held > nearlyWhole {
		l.held = 1
	}
	l.held = min(l.held, l.leastAhead())

	lack := 1 - l.held
	l.lacks += lack - l.recent[l.at]
	if l.recent[l.at] != 0 {
		l.lacked--
	}
	if lack != 0 {
		l.lacked++
	}
	l.recent[l.at] = lack
	l.at = (l.at + 1) % lookAhead
	if l.lacked == 0 {
		l.lacks = 0
	}
	return 1 - l.lacks/lookAhead
}

// leastAhead is the least need of the next lookAhead frames.
func (l *limiter) leastAhead() float64 {
	for ; l.pushed < l.next+lookAhead; l.pushed++ {
		need := l.need[l.pushed]
		for len(l.least) > 0 && l.least[len(l.least)-1].need >= need {
			l.least = l.least[:len(l.least)-1]
		}
		l.least = append(l.least, wanted{l.pushed, need})
	}
	for l.least[0].index < l.next {
		l.least = l.least[:copy(l.least, l.least[1:])]
	}
	return l.least[0].need
}

// loudest is the greatest absolute sample.
func loudest(x []float64) float64 {
	top := 0.0
	for _, v := range x {
		top = max(top, math.Abs(v))
	}
	return top
}
