package decode

import (
	"errors"
	"io"
)

// mp3Stream is the sound of an MP3 file.
type mp3Stream struct {
	downmix
	frames *mp3Frames
	start  int64
	batch  *mp3Batch
	end    error // why no more frames come
	got    int64 // samples decoded, in each channel
	notes  []string
}

func newMP3Stream(f io.ReaderAt, size int64) (*mp3Stream, *Refusal) {
	frames, refusal := newMP3Frames(f, size)
	if refusal != nil {
		return nil, refusal
	}
	return &mp3Stream{frames: frames, start: frames.at, batch: newMP3Batch(frames.first.rate)}, nil
}

// asRefusal keeps a refusal and takes any other error of a decoder for damage.
func asRefusal(err error, where string) *Refusal {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return refuse(CodeDamaged, "%s: %v", where, err)
}

func (s *mp3Stream) codec() string      { return "mp3" }
func (s *mp3Stream) rate() int          { return s.frames.first.rate }
func (s *mp3Stream) channels() int      { return s.frames.first.channels }
func (s *mp3Stream) warnings() []string { return s.notes }

func (s *mp3Stream) position() (done, total int64) {
	return s.frames.at - s.start, s.frames.end - s.start
}

// read appends the next samples, mixed to mono; an encoder's overshoot may leave -1..1. io.EOF ends them.
func (s *mp3Stream) read(out []float32) ([]float32, error) {
	if s.end == nil {
		s.end = s.batch.fill(s.frames)
		before := len(out)
		var err error
		if out, err = s.batch.decode(out); err != nil {
			return out, err
		}
		if got := len(out) - before; got > 0 {
			s.got += int64(got)
			mixed, broken := s.batch.found()
			s.add(mixed)
			s.frames.silenced += broken
			return out, nil
		}
	}
	if !errors.Is(s.end, io.EOF) {
		return out, asRefusal(s.end, "MP3")
	}
	if refusal := s.judge(); refusal != nil {
		return out, refusal
	}
	return out, io.EOF
}

// judge compares, at the end, what was decoded with what the file said and held.
func (s *mp3Stream) judge() *Refusal {
	f := s.frames
	inFrames := f.count * int64(f.first.samples)
	second := int64(f.first.rate)
	switch missing := (f.declared - f.count) * int64(f.first.samples); {
	case f.others > f.bytes/10:
		return refuse(CodeUnsupported, "MP3, %d bytes in frames of another kind than %s, %d Hz", f.others, f.first.name(), f.first.rate)
	case f.declared > 0 && missing > second:
		return refuse(CodeTruncated, "the file says %d frames and holds %d", f.declared, f.count)
	case inFrames-s.got > second:
		return refuse(CodeDamaged, "%d of %d samples could be decoded", s.got, inFrames)
	case f.silenced > f.count/10:
		return refuse(CodeDamaged, "%d of %d frames cannot be decoded", f.silenced, f.count)
	case f.skipped > f.bytes/10:
		return refuse(CodeDamaged, "%d bytes between the frames, %d in them", f.skipped, f.bytes)
	case f.cut || f.declared > 0 && missing > int64(f.first.samples):
		s.notes = append(s.notes, WarnEndMissing)
	}
	if f.skipped > 0 || f.others > 0 || f.silenced > 0 || inFrames != s.got {
		s.notes = append(s.notes, WarnPartsSkipped)
	}
	return nil
}
