package decode

import (
	"errors"
	"fmt"
	"io"

	aac "github.com/tphakala/go-aac/pcm"
)

// units gives the access units of AAC, one a time, without the headers of their container; io.EOF ends them.
type units interface {
	next() ([]byte, error)
	position() (done, total int64)
	finish() *Refusal // judges the container at the end
}

// aacStream is the sound of AAC-LC in one or two channels, whatever the container.
type aacStream struct {
	*mixer
	units units
	asc   []byte // AudioSpecificConfig, ISO 14496-3
	dec   *aac.Decoder
	feed  feeder
	info  aac.Info
	where string // container, for people
	words about

	skip int64 // samples still to come that only warm the decoder up
	left int64 // samples that count, from there; -1 = all
	said int64
	wide []float32
	pcm  [2 * 2 * aacUnitSamples]byte

	good, bad int64
	notes     []string
}

const (
	aacUnitSamples = 1024
	aacMaxUnit     = 16 << 10 // bytes; the standard allows 768 a channel
	aacProbed      = 8        // units that are tried before the file is called readable
)

// feeder hands one unit to the decoder, behind its length. The decoder fills its buffer by a single Read where it is
// empty, so it never holds more than the unit that it works on.
type feeder struct{ b []byte }

func (f *feeder) Read(p []byte) (int, error) {
	if len(f.b) == 0 {
		return 0, io.EOF
	}
	n := copy(p, f.b)
	f.b = f.b[n:]
	return n, nil
}

// newAACStream tries a few units, since HE-AAC is not seen before. again gives the same units anew.
func newAACStream(again func() (units, *Refusal), asc []byte, where string) (*aacStream, *Refusal) {
	if name := unreadAAC(asc); name != "" {
		return nil, refuse(CodeUnsupported, "%s, %s", where, name)
	}
	trial, refusal := again()
	if refusal != nil {
		return nil, refusal
	}
	s := &aacStream{units: trial, asc: asc, where: where, left: -1}
	if err := s.reset(); err != nil {
		return nil, s.refusal(err)
	}
	s.info = s.dec.Info()
	s.mixer = newMixer(usualPlaces(s.info.Channels))
	for range aacProbed {
		unit, err := trial.next()
		if err != nil {
			break // it comes again
		}
		if _, err := s.decode(unit); errors.Is(err, aac.ErrUnsupported) {
			return nil, s.refusal(err)
		}
	}
	if s.units, refusal = again(); refusal != nil {
		return nil, refusal
	}
	if err := s.reset(); err != nil {
		return nil, s.refusal(err)
	}
	return s, nil
}

// unreadAAC names what go-aac does not decode; "" = it should.
func unreadAAC(asc []byte) string {
	if len(asc) < 2 {
		return "AAC without its configuration"
	}
	switch object := asc[0] >> 3; object {
	case 2:
	case 5, 29:
		return "HE-AAC"
	default:
		return fmt.Sprintf("AAC, object type %d", object)
	}
	if rate := asc[0]&7<<1 | asc[1]>>7; rate != 15 {
		if channels := asc[1] >> 3 & 15; channels < 1 || channels > 2 {
			return "AAC of several channels"
		}
	}
	return ""
}

func (s *aacStream) refusal(err error) *Refusal {
	if errors.Is(err, aac.ErrUnsupported) {
		return refuse(CodeUnsupported, "%s, AAC of another kind than LC", s.where)
	}
	return asRefusal(err, "AAC")
}

func (s *aacStream) reset() (err error) {
	defer recovered("AAC", &err)
	if s.dec == nil {
		s.dec, err = aac.NewDecoder(&s.feed, aac.WithRawStream(s.asc))
		return err
	}
	return s.dec.Reset(&s.feed, aac.WithRawStream(s.asc))
}

func (s *aacStream) codec() string      { return "aac" }
func (s *aacStream) rate() int          { return s.info.SampleRate }
func (s *aacStream) channels() int      { return s.info.Channels }
func (s *aacStream) warnings() []string { return s.notes }
func (s *aacStream) about() about       { return s.words }
func (s *aacStream) announced() int64   { return s.said }

func (s *aacStream) position() (done, total int64) { return s.units.position() }

// decode gives the bytes of one unit's sound.
func (s *aacStream) decode(unit []byte) (_ []byte, err error) {
	defer recovered("AAC", &err)
	if len(unit) > aacMaxUnit {
		return nil, refuse(CodeDamaged, "a unit of %d bytes", len(unit))
	}
	s.feed.b = append(append(s.feed.b[:0], byte(len(unit)>>8), byte(len(unit))), unit...)
	want := s.info.Channels * 2 * aacUnitSamples
	n, err := io.ReadFull(s.dec, s.pcm[:want])
	return s.pcm[:n], err
}

// read gives the sound of the next unit. A damaged one is silence of its length and is counted.
func (s *aacStream) read(out []float32) ([]float32, error) {
	if s.left == 0 {
		return out, s.end()
	}
	unit, err := s.units.next()
	if errors.Is(err, io.EOF) {
		return out, s.end()
	}
	if err != nil {
		return out, err
	}
	from := len(out)
	pcm, err := s.decode(unit)
	switch {
	case errors.Is(err, aac.ErrUnsupported):
		return out, s.refusal(err)
	case err != nil:
		s.bad++
		if err := s.reset(); err != nil {
			return out, s.refusal(err)
		}
		out = append(out, make([]float32, aacUnitSamples)...)
	default:
		s.good++
		out = s.mono(out, s.samples(pcm))
	}
	return s.fit(out, from), nil
}

// samples turns the decoder's 16-bit numbers into ours.
func (s *aacStream) samples(pcm []byte) []float32 {
	s.wide = s.wide[:0]
	for i := 0; i+2 <= len(pcm); i += 2 {
		s.wide = append(s.wide, float32(int16(uint16(pcm[i])|uint16(pcm[i+1])<<8))/(1<<15))
	}
	return s.wide
}

// fit takes from out, which begins to be new at from, what stands before the start or behind the end.
func (s *aacStream) fit(out []float32, from int) []float32 {
	if cut := int(min(s.skip, int64(len(out)-from))); cut > 0 {
		s.skip -= int64(cut)
		out = append(out[:from], out[from+cut:]...)
	}
	if s.left >= 0 {
		out = out[:from+int(min(s.left, int64(len(out)-from)))]
		s.left -= int64(len(out) - from)
	}
	return out
}

func (s *aacStream) end() error {
	if refusal := s.units.finish(); refusal != nil {
		return refusal
	}
	if s.bad > 1+s.good/10 {
		return refuse(CodeDamaged, "%d of %d units", s.bad, s.bad+s.good)
	}
	if s.bad > 0 {
		s.notes = append(s.notes, WarnPartsSkipped)
	}
	return io.EOF
}
