package library

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"loaxa/audio"
)

// maxBins bounds what one call gives; a page shows one or two for each of its pixels.
const maxBins = 20_000

// Peaks is the shape of a clip's sound for drawing it, in at most bins pairs. It is computed at import and kept beside
// the sound; a file of it that is lost or damaged is made anew. It proves nothing.
func (l *Library) Peaks(id string, bins int) (audio.PeakLevel, error) {
	if bins < 1 || bins > maxBins {
		return audio.PeakLevel{}, fmt.Errorf("drawing clip %s: %w", id, wrong("bins", "must be 1 to %d", maxBins))
	}
	c, err := l.Get(id)
	if err != nil {
		return audio.PeakLevel{}, err
	}
	level, err := l.storedPeaks(c, bins)
	if err != nil {
		level, err = l.freshPeaks(id, bins)
	}
	if err != nil {
		return audio.PeakLevel{}, fmt.Errorf("drawing clip %s: %w", id, err)
	}
	return level, nil
}

func (l *Library) storedPeaks(c Clip, bins int) (_ audio.PeakLevel, err error) {
	f, err := openFile(l.files.peaks(c))
	if err != nil {
		return audio.PeakLevel{}, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return audio.PeakLevel{}, err
	}
	p, err := audio.ReadPeaks(f, info.Size())
	if err != nil {
		return audio.PeakLevel{}, err
	}
	if p.Frames() != c.Frames {
		return audio.PeakLevel{}, fmt.Errorf("peaks of %d frames for a clip of %d", p.Frames(), c.Frames)
	}
	return p.Level(bins), nil
}

// freshPeaks computes the peaks from the sound, and keeps them where that is possible.
func (l *Library) freshPeaks(id string, bins int) (_ audio.PeakLevel, err error) {
	o, err := l.Open(id)
	if err != nil {
		return audio.PeakLevel{}, err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	meter, err := shape(context.Background(), o.Source)
	if err != nil {
		return audio.PeakLevel{}, err
	}
	var raw bytes.Buffer // 1/100 of the sound
	if _, err := meter.WriteTo(&raw); err != nil {
		return audio.PeakLevel{}, err
	}
	p, err := audio.ReadPeaks(bytes.NewReader(raw.Bytes()), int64(raw.Len()))
	if err != nil {
		return audio.PeakLevel{}, err
	}
	_ = l.keepPeaks(o.Clip, raw.Bytes()) // else they are computed the next time
	return p.Level(bins), nil
}

// keepPeaks stores peaks, unless the clip has other sound by now.
func (l *Library) keepPeaks(c Clip, raw []byte) (err error) {
	if err := l.room(int64(len(raw))); err != nil {
		return err
	}
	p, err := newPart(l.files.clips)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.drop()) }()
	if _, err := p.file.Write(raw); err != nil {
		return err
	}
	l.filing.Lock()
	defer l.filing.Unlock()
	if now, err := l.Get(c.ID); err != nil || stem(now) != stem(c) || now.CanonicalSHA256 != c.CanonicalSHA256 {
		return err
	}
	return p.place(l.files.peaks(c))
}

// shape looks at all frames of a source.
func shape(ctx context.Context, s audio.Source) (*audio.PeakMeter, error) {
	meter := audio.NewPeakMeter()
	buf := make([]int16, 4096)
	for {
		n, err := s.ReadFrames(buf)
		meter.Write(buf[:n])
		if errors.Is(err, io.EOF) {
			return meter, nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
	}
}
