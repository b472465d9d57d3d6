package decode

import (
	"errors"
	"fmt"
	"io"

	"github.com/hajimehoshi/go-mp3"
)

// mp3Stream is the sound of an MP3 file. go-mp3 always gives two channels of 16 bits.
type mp3Stream struct {
	downmix
	frames *mp3Frames
	start  int64
	dec    *mp3.Decoder
	buf    [16 << 10]byte
	got    int64 // samples decoded, in each channel
	notes  []string
}

const stereoBytes = 4 // of one sample in both channels

func newMP3Stream(f io.ReaderAt, size int64) (s *mp3Stream, refusal *Refusal) {
	frames, refusal := newMP3Frames(f, size)
	if refusal != nil {
		return nil, refusal
	}
	defer func() {
		if p := recover(); p != nil { // go-mp3 panics on some damaged frames
			s, refusal = nil, refuse(CodeDamaged, "first frame: %v", p)
		}
	}()
	s = &mp3Stream{frames: frames, start: frames.at}
	dec, err := mp3.NewDecoder(frames)
	if err != nil {
		return nil, asRefusal(err, "first frame")
	}
	s.dec = dec
	return s, nil
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

// read appends the next samples, mixed to mono within -1..1; io.EOF ends them.
func (s *mp3Stream) read(out []float32) (_ []float32, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = refuse(CodeDamaged, "frame %d: %v", s.frames.count, p)
		}
	}()
	n, err := io.ReadFull(s.dec, s.buf[:])
	for i := 0; i+stereoBytes <= n; i += stereoBytes {
		left := int16(uint16(s.buf[i]) | uint16(s.buf[i+1])<<8)
		right := int16(uint16(s.buf[i+2]) | uint16(s.buf[i+3])<<8)
		out = append(out, float32(int(left)+int(right))/(2<<15))
	}
	s.compareStereo16(s.buf[:n])
	s.got += int64(n / stereoBytes)
	switch {
	case err == nil || (errors.Is(err, io.ErrUnexpectedEOF) && n > 0):
		return out, nil
	case !errors.Is(err, io.EOF):
		return out, asRefusal(err, fmt.Sprintf("frame %d", s.frames.count))
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
	case f.declared > 0 && missing > second:
		return refuse(CodeTruncated, "the file says %d frames and holds %d", f.declared, f.count)
	case inFrames-s.got > second:
		return refuse(CodeDamaged, "%d of %d samples could be decoded", s.got, inFrames)
	case f.silenced > f.count/10:
		return refuse(CodeDamaged, "%d of %d frames lack their bits", f.silenced, f.count)
	case f.skipped > f.bytes/10:
		return refuse(CodeDamaged, "%d bytes between the frames, %d in them", f.skipped, f.bytes)
	case f.cut || f.declared > 0 && missing > int64(f.first.samples):
		s.notes = append(s.notes, WarnEndMissing)
	}
	if f.skipped > 0 || f.silenced > 0 || inFrames != s.got {
		s.notes = append(s.notes, WarnPartsSkipped)
	}
	return nil
}
