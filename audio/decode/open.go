package decode

import (
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"loaxa/audio"
)

// WarnLengthMismatch says that the file holds a little less, or more, than it announces.
const WarnLengthMismatch = "length_mismatch"

// input is a foreign file and what else may be used to read it.
type input struct {
	io.ReaderAt
	size   int64
	file   *os.File // the same file, for a program that reads it itself; nil where there is none
	ffmpeg string   // path of that program; "" = none
}

// announcer is a stream whose file says how long it is.
type announcer interface {
	announced() int64 // samples in each channel, at the stream's rate; 0 = it does not say
}

// author is a stream whose container says what it holds.
type author interface{ about() about }

// closer is a stream that holds something which does not end by itself.
type closer interface{ close() }

// opened is a stream with what the file says of itself. It holds the decoded length against the announced one.
type opened struct {
	stream
	about about
	via   string
	slack int64 // samples by which a container's word may be off without being worth one of ours

	got   int64 // samples so far
	notes []string
}

// about is what people wrote into a file.
type about struct{ title, artist string }

// or fills what is missing.
func (a about) or(b about) about {
	if a.title == "" {
		a.title = b.title
	}
	if a.artist == "" {
		a.artist = b.artist
	}
	return a
}

// open finds the type of a file by its content and starts to read it. What Go cannot decode goes to ffmpeg.
func open(in input, maxDuration time.Duration) (_ *opened, err error) {
	defer recovered("opening", &err)
	found, refusal := sniff(in, in.size)
	if refusal != nil {
		return nil, refusal
	}
	s, refusal := openNative(in, found)
	if refusal != nil && refusal.Code == CodeUnsupported && !refusal.final && found.demuxer != "" {
		s, refusal, err = openForeign(in, found, refusal)
	}
	switch {
	case err != nil:
		return nil, err
	case refusal != nil:
		return nil, refusal
	}
	if seconds := float64(s.announced()) / float64(s.rate()); seconds > maxDuration.Seconds() {
		s.close()
		return nil, refuse(CodeTooLong, "%.0f s, %v is allowed", seconds, maxDuration)
	}
	return s, nil
}

// openNative reads what Go can decode; a refusal with CodeUnsupported says that something else may.
func openNative(in input, found finding) (*opened, *Refusal) {
	s, refusal := decoderOf(in, found)
	if refusal != nil {
		return nil, refusal
	}
	if s.rate() < minRate || s.rate() > maxRate { // the resampler's memory grows with it
		return nil, refuse(CodeUnsupported, "%s, %d samples a second", found.name, s.rate())
	}
	o := &opened{stream: s, slack: int64(s.rate()) / 50}
	if a, ok := s.(author); ok {
		o.about = a.about()
	}
	o.about = o.about.or(readID3(in, in.size))
	return o, nil
}

func decoderOf(in input, found finding) (stream, *Refusal) {
	switch found.kind {
	case kindWAV:
		return newWAVStream(in, in.size)
	case kindMP3:
		return newMP3Stream(in, in.size)
	case kindFLAC:
		return newFLACStream(in, found.at, in.size)
	case kindVorbis:
		return newVorbisStream(in, found.at, in.size)
	case kindADTS:
		return newADTSStream(in, found.at, in.size)
	case kindMP4:
		return newMP4Stream(in, found.at, in.size, found.name)
	default:
		return nil, refuse(CodeUnsupported, "%s", found.name)
	}
}

// recovered turns the panic of a decoder into a refusal. Every call of one stands below it, in whichever goroutine.
func recovered(doing string, err *error) {
	if p := recover(); p != nil {
		*err = refuse(CodeDamaged, "%s: decoder: %v", doing, p)
	}
}

func (o *opened) announced() int64 {
	if a, ok := o.stream.(announcer); ok {
		return a.announced()
	}
	return 0
}

func (o *opened) close() {
	if c, ok := o.stream.(closer); ok {
		c.close()
	}
}

// cancels says, at the end, whether the channels cancel each other in mono.
func (o *opened) cancels() bool {
	c, ok := o.stream.(interface{ cancels() bool })
	return ok && c.cancels()
}

func (o *opened) warnings() []string { return append(slices.Clone(o.stream.warnings()), o.notes...) }

// read counts what it passes on. At the end the file must have held what it announced.
func (o *opened) read(out []float32) (_ []float32, err error) {
	defer recovered("reading", &err)
	before := len(out)
	out, err = o.stream.read(out)
	o.got += int64(len(out) - before)
	if errors.Is(err, io.EOF) {
		if refusal := o.judge(); refusal != nil {
			return out, refusal
		}
	}
	return out, err
}

// judge refuses a file of which more than a second is missing, or half of it.
func (o *opened) judge() *Refusal {
	said := o.announced()
	missing := said - o.got
	switch {
	case o.got == 0:
		return refuse(CodeSilent, "no samples")
	case said == 0:
	case missing > max(int64(o.rate()), said/200) || missing > said/2: // a phone's clock may differ from its sound card's
		return refuse(CodeTruncated, "the file says %d samples and holds %d", said, o.got)
	case max(missing, -missing) > o.slack && !slices.Contains(o.stream.warnings(), WarnEndMissing):
		o.notes = append(o.notes, WarnLengthMismatch)
	}
	return nil
}

// describe adds to the facts what only the file knows.
func (o *opened) describe(facts *Facts) {
	facts.Title, facts.Artist, facts.Via = o.about.title, o.about.artist, o.via
	facts.Declared = int64(float64(o.announced()) / float64(o.rate()) * audio.Rate)
}

// announced of a WAV file was held against the file's size when it was opened.
func (s *wavStream) announced() int64 { return s.frames() }

// announced of an MP3 file is what its encoder wrote into the first frame.
func (s *mp3Stream) announced() int64 { return s.frames.declared * int64(s.frames.first.samples) }
