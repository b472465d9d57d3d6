package library

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"loaxa/audio"
)

// What may be kept of a clip, in milliseconds.
const (
	leastKept = 1000 // as in decode
	lastTrim  = 24 * 60 * 60 * 1000
)

// Trim keeps only the part from fromMS to untilMS of the untrimmed clip; untilMS 0 is its end, and 0, 0 undoes an
// earlier trim. The original is decoded anew and stays as it is. The bytes change, so the clip becomes a draft and its
// approval is void; one that is still to be played gives an *InUseError, unless evenIfUsed. A broadcast that reads the
// old bytes goes on with them. Trimming a clip as it is trimmed already changes nothing.
//
// What cannot be a part of any clip is an *InputError, what is none of this one or is silence a *Refusal.
func (l *Library) Trim(ctx context.Context, actor, id string, fromMS, untilMS int64, evenIfUsed bool, progress func(done, total int64)) (Clip, error) {
	trim, err := newTrim(fromMS, untilMS)
	if err != nil {
		return Clip{}, fmt.Errorf("trimming clip %s: %w", id, err)
	}
	unused := func() error { return l.unused(id) }
	if evenIfUsed {
		unused = func() error { return nil }
	}
	c, err := l.trim(ctx, actor, id, trim, unused, progress)
	if err != nil {
		return Clip{}, fmt.Errorf("trimming clip %s: %w", id, asNoRoom(err))
	}
	return c, nil
}

func (l *Library) trim(ctx context.Context, actor, id string, trim *Trim, unused func() error, progress func(done, total int64)) (after Clip, err error) {
	if _, err := l.mayTrim(id, trim, unused); err != nil { // at once, not after others have been decoded
		return Clip{}, err
	}
	release, err := l.takeTurn(ctx)
	if err != nil {
		return Clip{}, err
	}
	defer release()
	before, err := l.mayTrim(id, trim, unused)
	if err != nil || before.Trim.equal(trim) {
		return before, err
	}
	original, err := l.openOriginal(ctx, before)
	if err != nil {
		return Clip{}, err
	}
	defer func() { err = errors.Join(err, original.Close()) }()
	if err := l.room(0); err != nil {
		return Clip{}, err
	}
	r, err := l.render(ctx, original, trim, progress)
	if err != nil {
		return Clip{}, err
	}
	defer func() { err = errors.Join(err, r.drop()) }()
	err = l.place(arrival{sum: before.SHA256, files: r.files(l.files, before, trim)}, func(tx *bbolt.Tx) (err error) {
		after, err = l.changeIn(tx, actor, id, func(_ *bbolt.Tx, c *Clip) (bool, error) {
			if err := unused(); err != nil {
				return false, err
			}
			return true, c.become(r, before, trim)
		})
		return err
	})
	return after, err
}

// mayTrim gives the clip as it is before.
func (l *Library) mayTrim(id string, trim *Trim, unused func() error) (Clip, error) {
	c, err := l.Get(id)
	if err != nil || c.Trim.equal(trim) {
		return c, err
	}
	return c, unused()
}

// newTrim is nil for the whole clip.
func newTrim(fromMS, untilMS int64) (*Trim, error) {
	switch {
	case fromMS < 0 || fromMS > lastTrim:
		return nil, wrong("from_ms", "must be 0 to %d", lastTrim)
	case untilMS < 0 || untilMS > lastTrim:
		return nil, wrong("until_ms", "must be 0, which is the end, to %d", lastTrim)
	case untilMS > 0 && untilMS-fromMS < leastKept:
		return nil, wrong("until_ms", "must be at least %d after from_ms", leastKept)
	case fromMS == 0 && untilMS == 0:
		return nil, nil
	}
	return &Trim{FromMS: fromMS, UntilMS: untilMS}, nil
}

func (t *Trim) equal(u *Trim) bool {
	if t == nil || u == nil {
		return t == u
	}
	return *t == *u
}

// span is the trim in frames.
func (t *Trim) span() audio.Span {
	if t == nil {
		return audio.Span{}
	}
	return audio.Span{From: framesOf(t.FromMS), Until: framesOf(t.UntilMS)}
}

func framesOf(ms int64) int64 { return audio.FramesIn(time.Duration(ms) * time.Millisecond) }
