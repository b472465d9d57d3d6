package decode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	goaudio "github.com/go-audio/audio"
	"github.com/go-audio/wav"
)

// wavStream is the samples of a WAV file. Nearly every file has 16 bits and one or two channels: what walkWAV found was
// checked against the length of the file, so its bytes are numbers as they stand, which is four times as fast. For the
// rest go-audio/wav turns bytes into numbers; since it believes every size it reads, it is shown a plain header of our own
// and the samples alone, never the file's own header.
type wavStream struct {
	downmix
	layout wavLayout
	given  int64 // bytes of samples

	f   io.ReaderAt // of the plain kind
	raw []byte

	dec *wav.Decoder // of any other
	buf goaudio.IntBuffer
}

const wavFrames = 4096 // decoded at once

func newWAVStream(f io.ReaderAt, size int64) (*wavStream, *Refusal) {
	layout, refusal := walkWAV(f, size)
	if refusal != nil {
		return nil, refusal
	}
	s := &wavStream{layout: layout, f: f}
	if layout.bits == 16 && layout.channels <= 2 {
		s.raw = make([]byte, wavFrames*layout.channels*2)
		return s, nil
	}
	s.dec = wav.NewDecoder(io.NewSectionReader(&headed{header: plainHeader(layout), f: f, dataAt: layout.dataAt},
		0, plainHeaderBytes+layout.dataBytes))
	s.buf.Data = make([]int, wavFrames*layout.channels)
	return s, nil
}

func (s *wavStream) codec() string      { return fmt.Sprintf("wav pcm %d-bit", s.layout.bits) }
func (s *wavStream) rate() int          { return s.layout.rate }
func (s *wavStream) channels() int      { return s.layout.channels }
func (s *wavStream) warnings() []string { return s.layout.warnings }

func (s *wavStream) position() (done, total int64) { return s.given, s.layout.dataBytes }

// frames is how many frames of its own rate the file holds.
func (s *wavStream) frames() int64 {
	return s.layout.dataBytes / int64(s.layout.channels*s.layout.bits/8)
}

// read appends the next samples, mixed to mono within -1..1; io.EOF ends them.
func (s *wavStream) read(out []float32) ([]float32, error) {
	switch {
	case s.given == s.layout.dataBytes:
		return out, io.EOF
	case s.dec == nil:
		return s.readPlain(out)
	}
	return s.readOther(out)
}

func (s *wavStream) readPlain(out []float32) ([]float32, error) {
	raw := s.raw[:min(int64(len(s.raw)), s.layout.dataBytes-s.given)]
	n, err := s.f.ReadAt(raw, s.layout.dataAt+s.given)
	switch {
	case n == len(raw):
	case err == nil || errors.Is(err, io.EOF):
		return out, refuse(CodeTruncated, "samples end at byte %d", s.layout.dataAt+s.given+int64(n))
	default:
		return out, refuse(CodeDamaged, "samples at byte %d: %v", s.layout.dataAt+s.given, err)
	}
	s.given += int64(n)
	if s.layout.channels == 2 {
		s.compareStereo16(raw)
		at := len(out)
		out = slices.Grow(out, len(raw)/stereoBytes)[:at+len(raw)/stereoBytes]
		mixStereo(out[at:], raw)
		return out, nil
	}
	for ; len(raw) >= 2; raw = raw[2:] {
		out = append(out, float32(int16(binary.LittleEndian.Uint16(raw)))/(1<<15))
	}
	return out, nil
}

func (s *wavStream) readOther(out []float32) ([]float32, error) {
	width := int64(s.layout.bits / 8)
	s.buf.Data = s.buf.Data[:min(int64(cap(s.buf.Data)), (s.layout.dataBytes-s.given)/width)]
	n, err := s.dec.PCMBuffer(&s.buf)
	if err != nil {
		return out, refuse(CodeDamaged, "samples at byte %d: %v", s.layout.dataAt+s.given, err)
	}
	if n < len(s.buf.Data) {
		return out, refuse(CodeTruncated, "samples end at byte %d", s.layout.dataAt+s.given+int64(n)*width)
	}
	s.given += int64(n) * width
	centre := 0
	if s.layout.bits == 8 {
		centre = 128 // 8-bit samples are unsigned
	}
	compare(&s.downmix, s.buf.Data[:n], s.layout.channels, centre)
	scale := 1 / (float64(s.layout.channels) * float64(int64(1)<<(s.layout.bits-1)))
	for i := 0; i < n; i += s.layout.channels {
		sum := int64(0) // 32-bit samples of several channels
		for _, v := range s.buf.Data[i : i+s.layout.channels] {
			sum += int64(v - centre)
		}
		out = append(out, float32(float64(sum)*scale))
	}
	return out, nil
}

const plainHeaderBytes = 44

// plainHeader describes the samples in the shortest form there is.
func plainHeader(w wavLayout) []byte {
	le := binary.LittleEndian
	align := w.channels * w.bits / 8
	h := []byte("RIFF")
	h = le.AppendUint32(h, uint32(plainHeaderBytes-8+w.dataBytes))
	h = append(h, "WAVEfmt "...)
	h = le.AppendUint32(h, 16)
	h = le.AppendUint16(h, tagPCM)
	h = le.AppendUint16(h, uint16(w.channels))
	h = le.AppendUint32(h, uint32(w.rate))
	h = le.AppendUint32(h, uint32(w.rate*align))
	h = le.AppendUint16(h, uint16(align))
	h = le.AppendUint16(h, uint16(w.bits))
	h = append(h, "data"...)
	return le.AppendUint32(h, uint32(w.dataBytes))
}

// headed is a header followed by what lies in f from dataAt.
type headed struct {
	header []byte
	f      io.ReaderAt
	dataAt int64
}

func (h *headed) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	if off < int64(len(h.header)) {
		n = copy(p, h.header[off:])
		if n == len(p) {
			return n, nil
		}
	}
	m, err := h.f.ReadAt(p[n:], h.dataAt+off+int64(n)-int64(len(h.header)))
	return n + m, err
}
