package decode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// wavStream is the samples of a WAV file. What walkWAV found was checked against the length of the file, so all that is
// left is to turn bytes into numbers; go-audio/wav v1.1.0, which believes every size it reads, took four times as long.
type wavStream struct {
	downmix
	layout wavLayout
	f      io.ReaderAt
	raw    []byte
	wide   []float32
	given  int64 // bytes of samples
}

const wavFrames = 4096 // decoded at once

func newWAVStream(f io.ReaderAt, size int64) (*wavStream, *Refusal) {
	layout, refusal := walkWAV(f, size)
	if refusal != nil {
		return nil, refusal
	}
	return &wavStream{layout: layout, f: f, raw: make([]byte, wavFrames*layout.channels*layout.bits/8)}, nil
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
	if s.layout.bits == 16 && s.layout.channels <= 2 { // nearly every file: no step between
		return s.mix16(out, raw), nil
	}
	s.wide = appendPCM(s.wide[:0], raw, s.layout.bits)
	return s.mono(out, s.wide, s.layout.channels), nil
}

// mix16 appends 16-bit samples of one or two channels.
func (s *wavStream) mix16(out []float32, raw []byte) []float32 {
	if s.layout.channels == 2 {
		s.compareStereo16(raw)
		at := len(out)
		out = slices.Grow(out, len(raw)/stereoBytes)[:at+len(raw)/stereoBytes]
		mixStereo(out[at:], raw)
		return out
	}
	for ; len(raw) >= 2; raw = raw[2:] {
		out = append(out, float32(int16(binary.LittleEndian.Uint16(raw)))/(1<<15))
	}
	return out
}

// appendPCM appends integer samples as numbers within -1..1.
func appendPCM(out []float32, raw []byte, bits int) []float32 {
	le := binary.LittleEndian
	switch bits {
	case 8: // unsigned
		for _, v := range raw {
			out = append(out, float32(int(v)-1<<7)/(1<<7))
		}
	case 16:
		for ; len(raw) >= 2; raw = raw[2:] {
			out = append(out, float32(int16(le.Uint16(raw)))/(1<<15))
		}
	case 24:
		for ; len(raw) >= 3; raw = raw[3:] {
			v := int32(uint32(raw[0])<<8|uint32(raw[1])<<16|uint32(raw[2])<<24) >> 8
			out = append(out, float32(v)/(1<<23))
		}
	case 32:
		for ; len(raw) >= 4; raw = raw[4:] {
			out = append(out, float32(int32(le.Uint32(raw)))/(1<<31))
		}
	}
	return out
}
