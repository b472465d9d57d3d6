package player

import (
	"context"
	"fmt"
	"math"

	"loaxa/audio"
	"loaxa/schedule"
)

// items opens the items of a broadcast ahead of their time, for one line.
type items struct {
	p        *Player
	b        *broadcast
	settings schedule.Settings
	from     cursor
	soften   bool // the item at from begins with a fade: it goes on in the middle, or again
}

// prepared is an item opened ahead of its time, so that joining needs no waiting.
type prepared struct {
	source audio.Source
	sha256 string
	close  func()
	err    error
}

// prepare opens item i in a goroutine of its own; an answer that is not taken before ctx ends is closed. It is not waited
// for: hashing a long clip takes seconds, a dying disk for ever, and a stop or a lost device must not wait with it.
func (s items) prepare(ctx context.Context, i int) <-chan prepared {
	answer := make(chan prepared)
	go func() { // ends with the opening of one file
		it := s.open(ctx, i)
		select {
		case answer <- it:
		case <-ctx.Done():
			if it.close != nil {
				it.close()
			}
		}
	}()
	return answer
}

// offset is the first frame that sounds of item i.
func (s items) offset(i int) int64 {
	if i == s.from.item {
		return s.from.offset
	}
	return 0
}

// open opens an item where it begins, with its gain and, where it does not begin for the first time, a fade in.
func (s items) open(ctx context.Context, i int) prepared {
	item, offset := s.b.item(i), s.offset(i)
	if item.Kind == schedule.KindSilence {
		return prepared{source: audio.Silence(item.Frames - offset), close: func() {}}
	}
	clip, err := s.p.opts.OpenClip(item.Clip.ID)
	if err != nil {
		return prepared{err: fmt.Errorf("opening clip %s: %w", item.Clip.ID, err)}
	}
	closeClip := func() {
		if err := clip.Close(); err != nil {
			s.p.opts.Logger.Warn("closing clip", "id", item.Clip.ID, "err", err)
		}
	}
	if err := skip(ctx, clip.Source, offset); err != nil {
		closeClip()
		return prepared{err: fmt.Errorf("opening clip %s at frame %d: %w", item.Clip.ID, offset, err)}
	}
	src := audio.Amplify(clip.Source, s.gain(i), s.settings.TruePeakDBTP)
	if i == s.from.item && s.soften {
		src = audio.FadeIn(src, audio.FadeFrames)
	}
	return prepared{source: src, sha256: clip.SHA256, close: closeClip}
}

// skip reads frames away.
func skip(ctx context.Context, s audio.Source, frames int64) error {
	buf := make([]int16, 4096)
	for frames > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := s.ReadFrames(buf[:min(int64(len(buf)), frames)])
		if err != nil {
			return err
		}
		frames -= int64(n)
	}
	return nil
}

// gain is what brings item i to the station's loudness at the programme's volume, in dB.
func (s items) gain(i int) float64 {
	return s.b.item(i).Clip.GainDB + 20*math.Log10(float64(s.b.percent())/100)
}

// percent is the volume that was asked for, 1 to 100.
func (b *broadcast) percent() int {
	if b.volume <= 0 || b.volume > 100 {
		return 100
	}
	return b.volume
}
