package decode

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/jfreymuth/vorbis"
)

// vorbisStream is the sound of an Ogg Vorbis file.
type vorbisStream struct {
	packets *oggPackets
	dec     vorbis.Decoder
	*mixer
	buf   []float32
	words about

	begin, size int64
	said        int64 // samples up to the end
	ended       bool  // the last page is marked as such

	early   []float32 // sound of the first page, which is decoded at once: it says where the sound begins
	started bool
	base    int64 // granule at which the sound begins
	given   int64
	over    bool // the end is reached
	bad     int64
	good    int64
	notes   []string
}

const vorbisMagic = "\x01vorbis"

func newVorbisStream(f io.ReaderAt, start, size int64) (*vorbisStream, *Refusal) {
	s := &vorbisStream{packets: &oggPackets{pages: newOggPages(f, start, size)}, begin: start, size: size}
	headers, err := s.headers()
	if err != nil {
		return nil, asRefusal(err, "headers")
	}
	ident := headers[0]
	if refusal := checkVorbisIdent(ident); refusal != nil {
		return nil, refusal
	}
	if refusal := checkVorbisSetup(headers[2], int(ident[11])); refusal != nil {
		return nil, refusal
	}
	s.words = vorbisComments(headers[1][min(len(headers[1]), len(vorbisMagic)):])
	// The decoder reads only two of the three headers: it would take memory for as many comments as the file says.
	for _, h := range [][]byte{ident, headers[2]} {
		switch err := s.dec.ReadHeader(h); {
		case err != nil && ident[11] > 2: // it stumbles over libvorbis' set-up of six channels (v1.0.2)
			return nil, refuse(CodeUnsupported, "Ogg Vorbis of several channels")
		case err != nil:
			return nil, refuse(CodeDamaged, "headers: %v", err)
		}
	}
	s.mixer = newMixer(vorbisPlaces(s.dec.Channels()))
	s.buf = make([]float32, s.dec.BufferSize())
	s.said, s.ended = lastGranule(f, start, size, s.packets.serial)
	if !s.ended {
		return nil, refuse(CodeTruncated, "the last page is not marked as the end")
	}
	for !s.started && !s.over && len(s.early) < 1<<20 {
		if s.early, err = s.page(s.early); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, asRefusal(err, "first page")
		}
	}
	return s, nil
}

// headers gives the three packets before the sound. The last of them ends its page.
func (s *vorbisStream) headers() ([][]byte, error) {
	var all [][]byte
	for len(all) < 3 {
		packets, _, err := s.packets.page(vorbisMagic)
		if errors.Is(err, io.EOF) {
			return nil, refuse(CodeTruncated, "%d of 3 header packets", len(all))
		}
		if err != nil {
			return nil, err
		}
		all = append(all, packets...)
	}
	return all[:3], nil
}

// checkVorbisIdent bounds what the decoder takes memory for.
func checkVorbisIdent(h []byte) *Refusal {
	if len(h) < 30 {
		return refuse(CodeDamaged, "identification header of %d bytes", len(h))
	}
	channels, rate := int(h[11]), binary.LittleEndian.Uint32(h[12:])
	short, long := h[28]&15, h[28]>>4
	switch {
	case channels < 1 || channels > maxChannels:
		return refuse(CodeUnsupported, "Ogg Vorbis, %d channels", channels)
	case rate < minRate || rate > maxRate:
		return refuse(CodeUnsupported, "Ogg Vorbis, %d samples a second", rate)
	case short < 6 || long > 13 || short > long:
		return refuse(CodeDamaged, "blocks of 2^%d and 2^%d samples", short, long)
	}
	return nil
}

func (s *vorbisStream) codec() string      { return "vorbis" }
func (s *vorbisStream) rate() int          { return s.dec.SampleRate() }
func (s *vorbisStream) channels() int      { return s.dec.Channels() }
func (s *vorbisStream) warnings() []string { return s.notes }
func (s *vorbisStream) about() about       { return s.words }
func (s *vorbisStream) announced() int64   { return max(0, s.said-s.base) }

func (s *vorbisStream) position() (done, total int64) {
	return s.packets.pages.at - s.begin, s.size - s.begin
}

// read gives the sound of one page.
func (s *vorbisStream) read(out []float32) ([]float32, error) {
	if len(s.early) > 0 {
		out, s.early = append(out, s.early...), nil
		return out, nil
	}
	return s.page(out)
}

// page appends the sound of the next page: only at its end it is known how much of it counts.
func (s *vorbisStream) page(out []float32) ([]float32, error) {
	if s.over {
		return out, s.finish()
	}
	packets, page, err := s.packets.page(vorbisMagic)
	if errors.Is(err, io.EOF) {
		return out, s.finish()
	}
	if err != nil {
		return out, err
	}
	from := len(out)
	for _, p := range packets {
		out = s.decode(out, p)
	}
	last := page.flags&oggLast != 0
	if len(packets) > 0 && page.granule >= 0 {
		out = s.fit(out, from, page.granule, last)
	}
	s.given += int64(len(out) - from)
	s.over = last
	return out, nil
}

// decode appends a packet's sound. A damaged packet is left out and counted.
func (s *vorbisStream) decode(out []float32, packet []byte) []float32 {
	block, err := s.packet(packet)
	if err != nil {
		s.bad++
		s.dec.Clear()
		return out
	}
	s.good++
	return s.mono(out, block)
}

func (s *vorbisStream) packet(packet []byte) (_ []float32, err error) {
	defer recovered("packet", &err)
	return s.dec.DecodeInto(packet, s.buf)
}

// fit cuts what a page's packets gave to what its granule says: at the start some of the first block, at the end some
// of the last (Vorbis I, appendix A.2). A first page that says more than it holds is a recording that began in the
// middle of a broadcast.
func (s *vorbisStream) fit(out []float32, from int, granule int64, last bool) []float32 {
	decoded := int64(len(out) - from)
	if !s.started {
		s.started = true
		switch first := granule - decoded; {
		case first > 0 && !last:
			s.base = first
		case first < 0 && !last:
			cut := min(-first, decoded)
			out = append(out[:from], out[from+int(cut):]...)
			decoded -= cut
		}
	}
	if left := granule - s.base - s.given; last && left < decoded {
		out = out[:from+int(max(0, left))]
	}
	return out
}

// finish ends the sound, unless too much of it was damaged.
func (s *vorbisStream) finish() error {
	skipped := s.packets.pages.skipped
	if s.bad > 1+s.good/10 || skipped > (s.size-s.begin)/10 {
		return refuse(CodeDamaged, "%d of %d packets, %d bytes between pages", s.bad, s.bad+s.good, skipped)
	}
	if s.bad > 0 || skipped > 0 {
		s.notes = append(s.notes, WarnPartsSkipped)
	}
	return io.EOF
}
