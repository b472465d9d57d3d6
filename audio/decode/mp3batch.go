package decode

import (
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/hajimehoshi/go-mp3"
	"golang.org/x/sync/errgroup"
)

// go-mp3 is the slowest part of an import, and one decoder uses one core. But a frame's sound follows from few bytes: its
// own, those of the frames before it in which its bits begin, and the sound of the 16 to 18 sub-band samples before, which
// again follows from one granule more. So a stream can be cut into runs of frames that are decoded at the same time, each
// by a decoder that is given some frames before its run to warm up with, and what comes out is the same bit by bit as if
// one decoder had gone through it all. Where that is not sure (see warmUp), a run goes on with the decoder of the run
// before it.
const (
	runFrames = 64
	batchRuns = 4 // more would make the wait for the last one shorter, and the blocks larger
)

// mp3Frame is what of a frame decides where a decoder may begin.
type mp3Frame struct {
	from, to int // in the batch
	channels int
	begin    int // bytes before its own at which its bits begin
	own      int // bytes of sound bits in it
	// kept is how many bytes of sound bits go-mp3 v0.3.4 holds after this frame: always the last of all there were. Next
	// to header and side information they are all that its parser goes by.
	kept int

	mixed downmix // once it is decoded
}

// mp3Batch is some frames in a row on their way through go-mp3.
type mp3Batch struct {
	data    []byte
	frames  []mp3Frame
	done    int64 // frames before this batch
	kept    int   // after the last frame there was
	twoEver bool  // a frame of two channels was seen before this batch, or in it before its last run
	lane    *mp3Lane
	spread  bool // on several cores
}

func newMP3Batch() *mp3Batch { return &mp3Batch{kept: -1, spread: runtime.GOMAXPROCS(0) > 1} }

// fill takes the next frames in place of those there were. An error other than io.EOF may come with some.
func (b *mp3Batch) fill(from *mp3Frames) error {
	b.done += int64(len(b.frames))
	b.data, b.frames = b.data[:0], b.frames[:0]
	for len(b.frames) < batchRuns*runFrames {
		at := len(b.data)
		var err error
		if b.data, err = from.give(b.data); err != nil {
			return err
		}
		f, ok := layout(b.data[at:])
		if !ok {
			return refuse(CodeDamaged, "frame %d cannot be read", b.done+int64(len(b.frames))+1)
		}
		f.from, f.to = at, len(b.data)
		f.kept = keptAfter(b.kept, f)
		b.kept = f.kept
		b.frames = append(b.frames, f)
	}
	return nil
}

// layout reads how a frame is laid out.
func layout(frame []byte) (mp3Frame, bool) {
	h, ok := parseMPEG(frame)
	at := mpegHeaderBytes
	if h.guarded {
		at += 2
	}
	if !ok || h.size != len(frame) || at+h.sideBytes() > len(frame) {
		return mp3Frame{}, false
	}
	f := mp3Frame{channels: h.channels, begin: int(frame[at]), own: len(frame) - at - h.sideBytes()}
	if h.version == 1 {
		f.begin = f.begin<<1 | int(frame[at+1]>>7)
	}
	return f, true
}

// keptAfter follows go-mp3's store of sound bits over a frame; before is -1 where there was none. Bits that are not there
// do not make it drop the frame: it then reads from the start of what it has.
func keptAfter(before int, f mp3Frame) int {
	switch {
	case before < 0:
		return f.own
	case f.begin > before:
		return before + f.own
	default:
		return f.begin + f.own
	}
}

// warmUp finds where a new decoder begins so that it gives frame at as one does that has heard everything: from is its
// first frame, and the frames before heard are silenced, since their bits may be missing.
//
// Two granules before the frame have to be heard whole. The first leaves the overlap of the transform as it should be, the
// second the 16 sub-band samples of the synthesis window. For that heard must find the same sound bits in store, which are
// the same if they are as many. A second channel keeps its past while frames have one channel, so it must be in the
// frames heard if it ever was there.
func (b *mp3Batch) warmUp(at, granules int, twoBefore bool) (from, heard int, ok bool) {
	heard = at - 2/granules
	if heard < 0 {
		return 0, 0, false
	}
	for _, f := range b.frames[heard:at] {
		if twoBefore && f.channels == 1 {
			return 0, 0, false
		}
	}
	for from = heard; from >= max(0, at-runFrames); from-- {
		kept := -1
		for _, f := range b.frames[from : heard+1] {
			kept = keptAfter(kept, f)
		}
		if kept == b.frames[heard].kept {
			return from, heard, true
		}
	}
	return 0, 0, false
}

// mp3Run is a part of a batch that one decoder goes through.
type mp3Run struct {
	from, to int // frames
	lane     *mp3Lane
}

// runs cuts the batch. The first run goes on with the last decoder of the batch before.
func (b *mp3Batch) runs(granules int) []mp3Run {
	if len(b.frames) == 0 {
		return nil
	}
	if b.lane == nil {
		b.lane = &mp3Lane{}
	}
	runs := []mp3Run{{to: len(b.frames), lane: b.lane}}
	b.lane.in.left = nil
	for at := runFrames; ; at += runFrames {
		last := &runs[len(runs)-1]
		for _, f := range b.frames[max(0, at-runFrames):min(at, len(b.frames))] {
			b.twoEver = b.twoEver || f.channels == 2
		}
		if at >= len(b.frames) {
			break
		}
		if !b.spread {
			continue
		}
		if from, heard, ok := b.warmUp(at, granules, b.twoEver); ok {
			last.to = at
			lane := &mp3Lane{ahead: at - from}
			for _, f := range b.frames[from:heard] {
				lane.in.left = appendSilenced(lane.in.left, b.data[f.from:f.to])
			}
			lane.in.left = append(lane.in.left, b.data[b.frames[heard].from:b.frames[at].from]...)
			runs = append(runs, mp3Run{from: at, to: len(b.frames), lane: lane})
		}
	}
	for i := range runs {
		r := &runs[i]
		r.lane.in.left = append(r.lane.in.left, b.data[b.frames[r.from].from:b.frames[r.to-1].to]...)
	}
	b.lane = runs[len(runs)-1].lane
	return runs
}

// appendSilenced appends a frame that says nothing but where its bits begin.
func appendSilenced(out, frame []byte) []byte {
	at := len(out)
	out = append(out, frame...)
	h, _ := parseMPEG(frame)
	side := out[at+mpegHeaderBytes:]
	if h.guarded {
		side = side[2:]
	}
	side = side[:h.sideBytes()]
	if h.version == 1 {
		side[1] &= 0x80
		clear(side[2:])
	} else {
		clear(side[1:])
	}
	return out
}

// decode appends the sound of the batch to out, mixed to mono within -1..1.
func (b *mp3Batch) decode(out []float32, first mpegHeader) ([]float32, error) {
	runs := b.runs(first.samples / granuleSamples)
	start, samples := len(out), first.samples
	out = slices.Grow(out, len(b.frames)*samples)[:start+len(b.frames)*samples]
	failures := make([]error, len(runs))
	var g errgroup.Group
	for i, r := range runs {
		to := out[start+r.from*samples : start+r.to*samples]
		g.Go(func() error {
			failures[i] = r.lane.decode(to, b.frames[r.from:r.to], samples, b.done+int64(r.from))
			return nil
		})
	}
	_ = g.Wait()                   // failures has what failed
	for _, err := range failures { // the first in the file, whichever came first
		if err != nil {
			return out[:start], err
		}
	}
	return out, nil
}

// mixed is what mixing the batch to mono showed. It is summed frame by frame, so that where the batch was cut has no part
// in how it is rounded.
func (b *mp3Batch) mixed() downmix {
	var all downmix
	for _, f := range b.frames {
		all.add(f.mixed)
	}
	return all
}

const granuleSamples = 576

// mp3Lane is a decoder and what it is to read next.
type mp3Lane struct {
	in    frameBytes
	dec   *mp3.Decoder
	ahead int // frames to warm up with
	buf   []byte
}

// frameBytes are whole frames that a decoder reads.
type frameBytes struct{ left []byte }

func (f *frameBytes) Read(p []byte) (int, error) {
	if len(f.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p, f.left)
	f.left = f.left[n:]
	return n, nil
}

// decode fills out with the sound of frames, of samples each. No more is asked of the decoder than there is, since at an
// end it forgets everything; before is how many frames of the file come before these.
func (l *mp3Lane) decode(out []float32, frames []mp3Frame, samples int, before int64) (err error) {
	frame := before - int64(l.ahead)
	defer func() {
		if p := recover(); p != nil { // go-mp3 panics on some damaged frames
			err = refuse(CodeDamaged, "frame %d: %v", frame, p)
		}
	}()
	if len(l.buf) == 0 {
		l.buf = make([]byte, samples*stereoBytes)
	}
	for i := -l.ahead; i < len(frames); i++ {
		frame++
		if l.dec == nil {
			if l.dec, err = mp3.NewDecoder(&l.in); err != nil {
				return asRefusal(err, fmt.Sprintf("frame %d", frame))
			}
		}
		if _, err := io.ReadFull(l.dec, l.buf); err != nil {
			return asRefusal(err, fmt.Sprintf("frame %d", frame))
		}
		if i >= 0 {
			mixStereo(out[i*samples:(i+1)*samples], l.buf)
			frames[i].mixed.compareStereo16(l.buf)
		}
	}
	l.ahead = 0
	return nil
}

// mixStereo is the mean of two channels of 16 bits.
func mixStereo(out []float32, raw []byte) {
	for i := range out {
		b := raw[i*stereoBytes : i*stereoBytes+stereoBytes : i*stereoBytes+stereoBytes]
		left := int16(uint16(b[0]) | uint16(b[1])<<8)
		right := int16(uint16(b[2]) | uint16(b[3])<<8)
		out[i] = float32(int(left)+int(right)) / (2 << 15)
	}
}
