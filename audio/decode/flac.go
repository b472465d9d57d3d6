package decode

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/mewkiz/flac/frame"
)

// flacStream is the sound of a FLAC file. mewkiz/flac decodes the frames; what stands before them is read here, since
// it believes the lengths of comments and pictures.
type flacStream struct {
	info flacInfo
	r    *bufio.Reader
	in   *counter
	*mixer
	wide  []float32
	words about
	given int64
	size  int64
	notes []string
}

// flacInfo is the block that opens every FLAC file.
type flacInfo struct {
	rate, channels, bits int
	samples              int64 // in each channel; 0 = not known
	frames               int64 // where the first frame begins
}

const (
	flacMaxBlocks   = 1024
	flacInfoBytes   = 34
	maxCommentBytes = 1 << 20
)

func newFLACStream(f io.ReaderAt, start, size int64) (*flacStream, *Refusal) {
	info, words, refusal := walkFLAC(f, start, size)
	if refusal != nil {
		return nil, refusal
	}
	in := &counter{r: io.NewSectionReader(f, info.frames, size-info.frames), n: info.frames}
	return &flacStream{info: info, r: bufio.NewReaderSize(in, 64<<10), in: in,
		mixer: newMixer(usualPlaces(info.channels)), words: words, size: size}, nil
}

// walkFLAC reads the blocks before the sound. It allocates nothing that the file asks for but its comments.
func walkFLAC(f io.ReaderAt, start, size int64) (info flacInfo, words about, refusal *Refusal) {
	at := start + int64(len("fLaC"))
	for i := range flacMaxBlocks {
		var head [4]byte
		if n, _ := f.ReadAt(head[:], at); n < len(head) {
			return info, words, refuse(CodeTruncated, "block %d at byte %d", i, at)
		}
		last, which := head[0]&0x80 != 0, head[0]&0x7F
		length := int64(binary.BigEndian.Uint32(head[:]) & 0xFFFFFF)
		at += int64(len(head))
		if length > size-at {
			return info, words, refuse(CodeTruncated, "block %d at byte %d says %d bytes, %d are left", i, at, length, size-at)
		}
		switch {
		case i == 0 && which != 0 || i > 0 && which == 0 || which == 127:
			return info, words, refuse(CodeDamaged, "block %d is of type %d", i, which)
		case i == 0:
			if info, refusal = readFLACInfo(f, at, length); refusal != nil {
				return info, words, refusal
			}
		case which == 4 && length <= maxCommentBytes:
			b := make([]byte, length)
			if n, _ := f.ReadAt(b, at); n == len(b) {
				words = words.or(vorbisComments(b))
			}
		}
		if at += length; last {
			info.frames = at
			return info, words, nil
		}
	}
	return info, words, refuse(CodeDamaged, "more than %d blocks", flacMaxBlocks)
}

func readFLACInfo(f io.ReaderAt, at, length int64) (flacInfo, *Refusal) {
	var b [flacInfoBytes]byte
	if n, _ := f.ReadAt(b[:], at); n < len(b) || length < flacInfoBytes {
		return flacInfo{}, refuse(CodeDamaged, "first block of %d bytes", length)
	}
	v := binary.BigEndian.Uint64(b[10:]) // 20 bits of rate, 3 of channels, 5 of width, 36 of length
	info := flacInfo{rate: int(v >> 44), channels: int(v>>41&7) + 1, bits: int(v>>36&31) + 1, samples: int64(v & (1<<36 - 1))}
	if info.bits > 24 { // mewkiz/flac v1.0.14 counts in 32 bits, in which their differences have no room
		return info, refuse(CodeUnsupported, "FLAC, %d-bit samples", info.bits)
	}
	if info.rate < minRate || info.rate > maxRate {
		return info, refuse(CodeUnsupported, "FLAC, %d samples a second", info.rate)
	}
	return info, nil
}

func (s *flacStream) codec() string      { return fmt.Sprintf("flac %d-bit", s.info.bits) }
func (s *flacStream) rate() int          { return s.info.rate }
func (s *flacStream) channels() int      { return s.info.channels }
func (s *flacStream) warnings() []string { return s.notes }
func (s *flacStream) about() about       { return s.words }
func (s *flacStream) announced() int64   { return s.info.samples }

func (s *flacStream) position() (done, total int64) {
	return s.in.n - s.info.frames, s.size - s.info.frames
}

// read gives the sound of one frame. What follows the announced end is not looked at: tags stand there.
func (s *flacStream) read(out []float32) ([]float32, error) {
	if s.info.samples > 0 && s.given >= s.info.samples {
		return out, io.EOF
	}
	f, err := frame.Parse(s.r)
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		if s.info.samples > s.given {
			return out, refuse(CodeTruncated, "the file says %d samples and holds %d", s.info.samples, s.given)
		}
		return out, io.EOF
	case errors.Is(err, frame.ErrInvalidSync) && s.info.samples == 0 && s.given > 0:
		s.notes = append(s.notes, WarnLengthGuessed) // a tag, or damage: nothing says which
		return out, io.EOF
	case err != nil:
		return out, refuse(CodeDamaged, "after %d samples: %v", s.given, err)
	}
	if out, err = s.add(out, f); err != nil {
		return out, err
	}
	return out, nil
}

func (s *flacStream) add(out []float32, f *frame.Frame) ([]float32, error) {
	width := int(f.BitsPerSample)
	if width == 0 {
		width = s.info.bits
	}
	if len(f.Subframes) != s.info.channels || f.SampleRate != 0 && int(f.SampleRate) != s.info.rate || width != s.info.bits {
		return out, refuse(CodeDamaged, "after %d samples the sound is of another kind", s.given)
	}
	n := len(f.Subframes[0].Samples)
	scale := 1 / float32(int64(1)<<(width-1))
	s.wide = s.wide[:0]
	for i := range n {
		for _, c := range f.Subframes {
			s.wide = append(s.wide, float32(c.Samples[i])*scale)
		}
	}
	s.given += int64(n)
	return s.mono(out, s.wide), nil
}

// counter knows how far a reader has got.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
