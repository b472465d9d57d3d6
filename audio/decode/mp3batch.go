package decode

import (
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Decoding is the greater part of an import, and one decoder uses one core. But a frame's sound follows from few bytes: its
// own, those of the frames before it in which its bits begin, and the last samples of the subbands, which again follow from
// one granule more. So a stream can be cut into runs of frames that are decoded at the same time, each by a decoder that is
// given some frames before its run to warm up with, and what comes out is the same bit by bit as if one decoder had gone
// through it all. Where the frames to warm up with do not suffice, a run goes on with the decoder of the run before it.
const (
	runFrames = 64
	batchRuns = 4 // more would make the wait for the last one shorter, and the blocks larger
)

// mp3Frame is a frame in a batch.
type mp3Frame struct {
	mpegHeader
	from, to int // in the batch's bytes
	own      int // bytes of sound bits in it

	mixed  downmix // once it is decoded
	broken bool
}

// mp3Batch is some frames in a row on their way through decoders.
type mp3Batch struct {
	data   []byte
	frames []mp3Frame
	before int64   // frames before this batch
	last   *layer3 // has heard all of them
	spread bool    // on several cores
}

func newMP3Batch(rate int) *mp3Batch {
	return &mp3Batch{last: &layer3{t: newLayer3Tables(rate)}, spread: runtime.GOMAXPROCS(0) > 1}
}

// fill takes the next frames in place of those there were. An error other than io.EOF may come with some.
func (b *mp3Batch) fill(from *mp3Frames) error {
	b.before += int64(len(b.frames))
	b.data, b.frames = b.data[:0], b.frames[:0]
	for len(b.frames) < batchRuns*runFrames {
		at := len(b.data)
		var h mpegHeader
		var err error
		if b.data, h, err = from.give(b.data); err != nil {
			return err
		}
		_, own := splitFrame(b.data[at:], h)
		b.frames = append(b.frames, mp3Frame{mpegHeader: h, from: at, to: len(b.data), own: len(own)})
	}
	return nil
}

// warmUp finds where a new decoder begins so that it gives frame at as one does that has heard everything. From heard on
// it decodes: of the two granules before at, the first leaves the overlap of the transform as it should be, the second the
// subbands' past. The frames before that only fill its store of sound bits.
func (b *mp3Batch) warmUp(at int) (from, heard int, ok bool) {
	heard = at - 2*lines/b.frames[at].samples
	stored := 0
	for from = heard; from > at-runFrames; from-- {
		if stored >= layer3Store {
			return from, heard, true
		}
		stored += b.frames[from-1].own
	}
	return 0, 0, false
}

// mp3Run is a part of a batch that one decoder goes through.
type mp3Run struct {
	held, heard, from, to int // frames: from held on stored, from heard on decoded, from from on kept
	decoder               *layer3
}

// runs cuts the batch. The first run goes on with the last decoder of the batch before.
func (b *mp3Batch) runs() []mp3Run {
	runs := []mp3Run{{to: len(b.frames), decoder: b.last}}
	for at := runFrames; b.spread && at < len(b.frames); at += runFrames {
		if held, heard, ok := b.warmUp(at); ok {
			runs[len(runs)-1].to = at
			runs = append(runs, mp3Run{held, heard, at, len(b.frames), &layer3{t: b.last.t}})
		}
	}
	b.last = runs[len(runs)-1].decoder
	return runs
}

// decode appends the sound of the batch to out, mixed to mono.
func (b *mp3Batch) decode(out []float32) ([]float32, error) {
	if len(b.frames) == 0 {
		return out, nil
	}
	start, samples := len(out), b.frames[0].samples
	out = slices.Grow(out, len(b.frames)*samples)[:start+len(b.frames)*samples]
	var g errgroup.Group
	for _, r := range b.runs() {
		g.Go(func() error { return b.decodeRun(r, out[start+r.from*samples:start+r.to*samples]) })
	}
	if err := g.Wait(); err != nil {
		return out[:start], err
	}
	return out, nil
}

func (b *mp3Batch) decodeRun(r mp3Run, out []float32) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = refuse(CodeDamaged, "between frames %d and %d: %v", b.before+1, b.before+int64(len(b.frames)), p)
		}
	}()
	for i := r.held; i < r.heard; i++ {
		f := &b.frames[i]
		r.decoder.hold(b.data[f.from:f.to], f.mpegHeader)
	}
	lost := make([]float32, b.frames[0].samples)
	for i := r.heard; i < r.from; i++ {
		f := &b.frames[i]
		r.decoder.decode(lost, b.data[f.from:f.to], f.mpegHeader, &downmix{})
	}
	for i := r.from; i < r.to; i++ {
		f := &b.frames[i]
		f.broken = !r.decoder.decode(out[:f.samples], b.data[f.from:f.to], f.mpegHeader, &f.mixed)
		out = out[f.samples:]
	}
	return nil
}

// found is what mixing the batch to mono showed, and how many frames could not be decoded. It is summed frame by frame, so
// that where the batch was cut has no part in how it is rounded.
func (b *mp3Batch) found() (mixed downmix, broken int64) {
	for _, f := range b.frames {
		mixed.add(f.mixed)
		broken += int64(btoi(f.broken))
	}
	return mixed, broken
}

const stereoBytes = 4 // of one sample in both channels

// mixStereo is the mean of two channels of 16 bits.
func mixStereo(out []float32, raw []byte) {
	for i := range out {
		b := raw[i*stereoBytes : i*stereoBytes+stereoBytes : i*stereoBytes+stereoBytes]
		left := int16(uint16(b[0]) | uint16(b[1])<<8)
		right := int16(uint16(b[2]) | uint16(b[3])<<8)
		out[i] = float32(int(left)+int(right)) / (2 << 15)
	}
}
