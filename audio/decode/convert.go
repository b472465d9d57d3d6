package decode

import (
	"io"
	"time"

	"loaxa/audio"
)

// stream is the sound of a foreign file, whatever its type.
type stream interface {
	codec() string
	rate() int // Hz
	channels() int
	read(out []float32) ([]float32, error) // appends mono samples, finite; what goes beyond -1..1 is cut behind; io.EOF ends
	position() (done, total int64)         // in any unit
	warnings() []string                    // complete after the end
}

const (
	silentBelow    = 10                          // of 32768: -70 dBFS
	veryQuietLUFS  = -16.0 - audio.MaxPlayGainDB // below this the gain at play does not reach the usual loudness
	clippedPerHour = 3600                        // flat tops an hour that are called overdriven: one a second
	longLead       = audio.Rate                  // frames of silence that a listener takes for a fault: at the start,
	longTrail      = 2 * audio.Rate              // and at the end
)

// convert writes the part of in that span says as a canonical WAV to out and measures it on the way, in memory that does
// not grow with its length.
func convert(in input, out io.WriteSeeker, maxDuration time.Duration, span audio.Span, progress func(done, total int64)) (Facts, error) {
	if refusal := possible(span); refusal != nil {
		return Facts{}, refusal
	}
	s, err := open(in, maxDuration)
	if err != nil {
		return Facts{}, err
	}
	defer s.close()
	w, err := audio.NewWAVWriter(out)
	if err != nil {
		return Facts{}, err
	}
	p := newPipe(w, s.rate(), audio.FramesIn(maxDuration), span)
	if err := pump(s, p, progress); err != nil {
		return Facts{}, err
	}
	if err := p.finish(); err != nil {
		return Facts{}, err
	}
	return judge(s, p)
}

// judge says what came out of the pipe, or that nobody would hear it.
func judge(s *opened, p *pipe) (Facts, error) {
	cancels := s.cancels()
	if top := p.meter.SamplePeak(); top < silentBelow {
		if cancels {
			return Facts{}, refuse(CodeOutOfPhase, "the loudest sample of the sum of %d channels is %d of 32768", s.channels(), top)
		}
		return Facts{}, refuse(CodeSilent, "the loudest sample is %d of 32768", top)
	}
	facts := Facts{Codec: s.codec(), SourceRate: s.rate(), Channels: s.channels(),
		Frames: p.out.Frames(), Loudness: p.meter.Result(), Warnings: s.warnings()}
	s.describe(&facts)
	facts.LeadSilence, facts.TrailSilence = p.meter.Silences()
	for _, w := range []struct {
		code string
		is   bool
	}{
		{WarnClipped, float64(p.tops.flat)*float64(time.Hour/time.Second) > clippedPerHour*float64(facts.Frames)/audio.Rate},
		{WarnVeryQuiet, facts.Loudness.IntegratedLUFS < veryQuietLUFS},
		{WarnLeadSilence, facts.LeadSilence >= longLead},
		{WarnTrailSilence, facts.TrailSilence >= longTrail},
		{WarnOutOfPhase, cancels},
	} {
		if w.is {
			facts.Warnings = append(facts.Warnings, w.code)
		}
	}
	return facts, nil
}
