package decode

import (
	"encoding/binary"
	"fmt"
	"io"

	goaudio "github.com/go-audio/audio"
	"github.com/go-audio/wav"
)

// wavStream is the samples of a WAV file. go-audio/wav turns bytes into numbers; since it believes every size it reads,
// it is shown a plain header of our own and the samples alone, never the file's own header.
type wavStream struct {
	downmix
	layout wavLayout
	dec    *wav.Decoder
	buf    goaudio.IntBuffer
	given  int64 // bytes of samples
}

const wavFrames = 2048 // decoded at once

func newWAVStream(f io.ReaderAt, size int64) (*wavStream, *Refusal) {
	layout, refusal := walkWAV(f, size)
	if refusal != nil {
		return nil, refusal
	}
	shown := io.NewSectionReader(&headed{header: plainHeader(layout), f: f, dataAt: layout.dataAt},
		0, plainHeaderBytes+layout.dataBytes)
	return &wavStream{
		layout: layout,
		dec:    wav.NewDecoder(shown),
		buf:    goaudio.IntBuffer{Data: make([]int, wavFrames*layout.channels)},
	}, nil
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
	if s.given == s.layout.dataBytes {
		return out, io.EOF
	}
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
