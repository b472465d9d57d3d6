package library

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sync/errgroup"

	"loaxa/audio"
	"loaxa/audio/decode"
)

// rendering is what was made of an original: two parts, and what was found.
type rendering struct {
	canonical, peaks *part
	facts            decode.Facts
	sum              string // SHA-256 of the canonical part, hex
}

// render decodes an original. The caller has the turn, and drops the rendering.
func (l *Library) render(ctx context.Context, original *os.File, trim *Trim, progress func(done, total int64)) (r *rendering, err error) {
	r = &rendering{}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.drop())
			r = nil
		}
	}()
	if r.canonical, err = newPart(l.files.clips); err != nil {
		return r, err
	}
	if r.peaks, err = newPart(l.files.clips); err != nil {
		return r, err
	}
	if err = l.decode(ctx, original, trim, r, progress); err != nil {
		return r, err
	}
	meter, err := r.check(ctx)
	if err != nil {
		return r, fmt.Errorf("checking what was decoded: %w", err)
	}
	if err = l.room(0); err != nil {
		return r, err
	}
	_, err = meter.WriteTo(r.peaks.file)
	return r, err
}

func (l *Library) decode(ctx context.Context, original *os.File, trim *Trim, r *rendering, progress func(done, total int64)) error {
	if _, err := original.Seek(0, io.SeekStart); err != nil {
		return err
	}
	limited, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var err error
	r.facts, err = decode.Run(limited, l.decodeOptions(trim), original, r.canonical.file, func(done, total int64) {
		if err := l.room(0); err != nil {
			stop(err)
			return
		}
		if progress != nil {
			progress(done, total)
		}
	})
	if cause := context.Cause(limited); err != nil && cause != nil && ctx.Err() == nil {
		return cause
	}
	return err
}

// check reads what the child wrote as the player will, hashes it, and looks at its shape: the child's word alone is not
// enough.
func (r *rendering) check(ctx context.Context) (*audio.PeakMeter, error) {
	info, err := r.canonical.file.Stat()
	if err != nil {
		return nil, err
	}
	wav, err := audio.NewWAVReader(r.canonical.file, info.Size())
	if err != nil {
		return nil, err
	}
	if n, _ := wav.Frames(); n != r.facts.Frames || n == 0 {
		return nil, fmt.Errorf("%d frames in the file, %d announced", n, r.facts.Frames)
	}
	var meter *audio.PeakMeter
	both, ctx := errgroup.WithContext(ctx) // either takes a tenth of a second for ten minutes of sound
	both.Go(func() (err error) { r.sum, err = hashOf(ctx, r.canonical.file); return err })
	both.Go(func() (err error) { meter, err = shape(ctx, wav); return err })
	return meter, both.Wait()
}

// describe puts what was found into a clip. Trim stays: it was asked, not found.
func (r *rendering) describe(c *Clip) {
	f := r.facts
	c.CanonicalSHA256, c.Frames, c.DurationMS = r.sum, f.Frames, audio.Duration(f.Frames).Milliseconds()
	c.LoudnessLUFS, c.TruePeakDBTP = f.Loudness.IntegratedLUFS, f.Loudness.TruePeakDBTP
	c.MomentaryMaxLUFS, c.ShortTermMaxLUFS, c.RangeLU = f.Loudness.MomentaryMaxLUFS, f.Loudness.ShortTermMaxLUFS, f.Loudness.RangeLU
	c.LeadSilenceMS, c.TrailSilenceMS = audio.Duration(f.LeadSilence).Milliseconds(), audio.Duration(f.TrailSilence).Milliseconds()
	c.Codec, c.Decoder, c.SourceRate, c.Channels = f.Codec, f.Via, f.SourceRate, f.Channels
	c.Warnings = append([]string{}, f.Warnings...)
}

// files are where the parts belong for a clip with this trim.
func (r *rendering) files(f folder, c Clip, trim *Trim) []placing {
	c.CanonicalSHA256, c.Trim = r.sum, trim
	return []placing{{r.canonical, f.canonical(c)}, {r.peaks, f.peaks(c)}}
}

// drop removes the parts that were not placed.
func (r *rendering) drop() error {
	var errs []error
	for _, p := range []*part{r.canonical, r.peaks} {
		if p != nil {
			errs = append(errs, p.drop())
		}
	}
	return errors.Join(errs...)
}

// become gives a clip the sound of a rendering that was made for it when it was as in from. One that was changed since
// is left alone.
func (c *Clip) become(r *rendering, from Clip, trim *Trim) error {
	if c.CanonicalSHA256 != from.CanonicalSHA256 || !c.Trim.equal(from.Trim) {
		return ErrMeanwhile
	}
	r.describe(c)
	c.Trim = trim
	if c.CanonicalSHA256 != from.CanonicalSHA256 {
		c.void() // nobody approved these bytes
	}
	return nil
}
