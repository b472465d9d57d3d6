package decode

import (
	"io"
	"math"
	"time"

	"loaxa/audio"
)

// stream is the sound of a foreign file, whatever its type.
type stream interface {
	codec() string
	rate() int // Hz
	channels() int
	read(out []float32) ([]float32, error) // appends mono samples within -1..1; io.EOF ends
	position() (done, total int64)         // in any unit
	warnings() []string                    // complete after the end
}

const (
	silentBelow    = 10     // of 32768: -70 dBFS
	veryQuietLUFS  = -45.0  // below this the gain at play is at its end and the noise comes up
	clippedAt      = 0.9995 // of full scale
	clippedRun     = 4      // samples in a row at full scale: a flat top, not a peak that just touches
	clippedPerHour = 3600   // flat tops an hour that are called overdriven: one a second
)

// convert writes in as a canonical WAV to out and measures it on the way, in memory that does not grow with its length.
func convert(in input, out io.WriteSeeker, maxDuration time.Duration, progress func(done, total int64)) (Facts, error) {
	s, err := open(in, maxDuration)
	if err != nil {
		return Facts{}, err
	}
	defer s.close()
	w, err := audio.NewWAVWriter(out)
	if err != nil {
		return Facts{}, err
	}
	p := &pipe{out: w, meter: audio.NewMeter(), most: audio.FramesIn(maxDuration)}
	if s.rate() != audio.Rate {
		p.resampler = newResampler(s.rate())
	}
	if err := pump(s, p, progress); err != nil {
		return Facts{}, err
	}
	if err := p.finish(); err != nil {
		return Facts{}, err
	}
	if p.loudest < silentBelow {
		return Facts{}, refuse(CodeSilent, "the loudest sample is %d of 32768", p.loudest)
	}
	facts := Facts{Codec: s.codec(), SourceRate: s.rate(), Channels: s.channels(),
		Frames: w.Frames(), Loudness: p.meter.Result(), Warnings: s.warnings()}
	s.describe(&facts)
	if float64(p.flat)*float64(time.Hour/time.Second) > clippedPerHour*float64(facts.Frames)/audio.Rate {
		facts.Warnings = append(facts.Warnings, WarnClipped)
	}
	if facts.Loudness.IntegratedLUFS < veryQuietLUFS {
		facts.Warnings = append(facts.Warnings, WarnVeryQuiet)
	}
	return facts, nil
}

// pipe is the way from mono samples of any rate to the canonical file.
type pipe struct {
	resampler *resampler // nil where the rate is right already
	meter     *audio.Meter
	out       *audio.WAVWriter
	most      int64 // frames

	wide    []float32
	narrow  []int16
	loudest int
	run     int   // samples in a row at full scale
	flat    int64 // flat tops so far
}

func (p *pipe) take(block []float32) error {
	for _, v := range block {
		if v < clippedAt && v > -clippedAt {
			p.run = 0
		} else if p.run++; p.run == clippedRun {
			p.flat++
		}
	}
	if p.resampler == nil {
		return p.write(block)
	}
	p.wide = p.resampler.push(p.wide[:0], block)
	return p.write(p.wide)
}

func (p *pipe) finish() error {
	if p.resampler != nil {
		if err := p.write(p.resampler.flush(nil)); err != nil {
			return err
		}
	}
	return p.out.Close()
}

func (p *pipe) write(wide []float32) error {
	p.narrow = p.narrow[:0]
	for _, v := range wide {
		n := int(max(math.MinInt16, min(math.MaxInt16, math.Round(float64(v)*32768))))
		p.loudest = max(p.loudest, n, -n)
		p.narrow = append(p.narrow, int16(n))
	}
	if p.out.Frames()+int64(len(p.narrow)) > p.most {
		return refuse(CodeTooLong, "more than %v", audio.Duration(p.most))
	}
	p.meter.Write(p.narrow)
	return p.out.Write(p.narrow)
}
