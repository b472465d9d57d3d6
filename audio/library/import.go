package library

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.etcd.io/bbolt"

	"loaxa/audio"
	"loaxa/audio/decode"
)

// Import is a file and what its bringer says about it.
type Import struct {
	Reader io.Reader
	Title  string // "" = from Name
	Name   string // the file's name where it came from; folders in it are dropped
	Tags   []string
	Source string
}

// Import stores a file and its canonical form. A file that is here already, by its hash, gives the clip as it stands and
// existed = true; if the files of that clip were lost or damaged they are put back from the one brought. A file that
// cannot become a clip gives a *Refusal, wrong text about it an *InputError, a full disk ErrNoRoom; after any error
// nothing of it is left. Progress, which may be nil, is told how much of the original is decoded, in the decoder's units;
// it is called from one goroutine at a time, and not after Import returned.
func (l *Library) Import(ctx context.Context, actor string, in Import, progress func(done, total int64)) (clip Clip, existed bool, err error) {
	clip, existed, err = l.bring(ctx, actor, in, progress)
	if err != nil {
		return Clip{}, false, fmt.Errorf("importing clip %q: %w", cut(clean(in.Name), maxTitle), err)
	}
	return clip, existed, nil
}

func (l *Library) bring(ctx context.Context, actor string, in Import, progress func(done, total int64)) (clip Clip, existed bool, err error) {
	clip, err = described(in)
	if err != nil {
		return Clip{}, false, err
	}
	original, err := newPart(l.files.originals)
	if err != nil {
		return Clip{}, false, err
	}
	defer func() { err = errors.Join(err, original.drop()) }()
	if clip.SHA256, clip.Size, err = l.receive(ctx, original, in.Reader); err != nil {
		return Clip{}, false, err
	}
	if known, ok, err := l.known(ctx, clip.SHA256); err != nil || ok {
		return known, ok, err
	}
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return Clip{}, false, ctx.Err()
	}
	if known, ok, err := l.known(ctx, clip.SHA256); err != nil || ok { // while waiting, another may have brought it
		return known, ok, err
	}
	canonical, err := newPart(l.files.clips)
	if err != nil {
		return Clip{}, false, err
	}
	defer func() { err = errors.Join(err, canonical.drop()) }()
	if err := l.decode(ctx, original, canonical, &clip, progress); err != nil {
		return Clip{}, false, err
	}
	clip, err = l.keep(actor, clip, original, canonical)
	return clip, false, err
}

// receive copies the foreign bytes to disk, hashing on the way.
func (l *Library) receive(ctx context.Context, to *part, from io.Reader) (sum string, size int64, err error) {
	const chunk = 8 << 20
	h := sha256.New()
	bounded := io.LimitReader(&attentive{ctx: ctx, r: from}, l.o.MaxFileBytes+1)
	for {
		if err := l.room(); err != nil {
			return "", 0, err
		}
		n, err := io.CopyN(io.MultiWriter(to.file, h), bounded, chunk)
		size += n
		if size > l.o.MaxFileBytes {
			return "", 0, &Refusal{Code: decode.CodeTooLarge, Detail: fmt.Sprintf("more than %d bytes", l.o.MaxFileBytes)}
		}
		if errors.Is(err, io.EOF) {
			return hex.EncodeToString(h.Sum(nil)), size, nil
		}
		if err != nil {
			return "", 0, fmt.Errorf("receiving the file: %w", err)
		}
	}
}

// room tells whether the disk may be filled further.
func (l *Library) room() error {
	if l.o.MinFreeBytes < 0 {
		return nil
	}
	free, err := l.files.free()
	if err == nil && free < l.o.MinFreeBytes {
		err = fmt.Errorf("%d MB free, %d MB are kept: %w", free>>20, l.o.MinFreeBytes>>20, ErrNoRoom)
	}
	return err
}

// known gives the clip that has this original and whose files are as they should be.
func (l *Library) known(ctx context.Context, sum string) (c Clip, ok bool, err error) {
	err = l.o.DB.View(func(tx *bbolt.Tx) (err error) {
		c, ok, err = byHash(tx, sum)
		return err
	})
	if err != nil || !ok {
		return Clip{}, false, err
	}
	if ok, err = l.intact(ctx, c); err != nil || !ok {
		return Clip{}, false, err
	}
	return c, true, nil
}

// decode fills canonical from original and the clip with what was found.
func (l *Library) decode(ctx context.Context, original, canonical *part, c *Clip, progress func(done, total int64)) error {
	if _, err := original.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	limited, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	facts, err := decode.Run(limited, l.decodeOptions(), original.file, canonical.file, func(done, total int64) {
		if err := l.room(); err != nil {
			stop(err)
			return
		}
		if progress != nil {
			progress(done, total)
		}
	})
	if err != nil {
		if cause := context.Cause(limited); cause != nil && ctx.Err() == nil {
			return cause
		}
		return err
	}
	if c.CanonicalSHA256, err = checked(ctx, canonical, facts); err != nil {
		return err
	}
	c.Frames, c.DurationMS = facts.Frames, audio.Duration(facts.Frames).Milliseconds()
	c.LoudnessLUFS, c.TruePeakDBTP = facts.Loudness.IntegratedLUFS, facts.Loudness.TruePeakDBTP
	c.Codec, c.SourceRate, c.Channels = facts.Codec, facts.SourceRate, facts.Channels
	c.Warnings = append([]string{}, facts.Warnings...)
	return nil
}

// checked reads what the child wrote as the player will, and hashes it: its word alone is not enough.
func checked(ctx context.Context, canonical *part, facts decode.Facts) (sum string, err error) {
	info, err := canonical.file.Stat()
	if err != nil {
		return "", err
	}
	wav, err := audio.NewWAVReader(canonical.file, info.Size())
	if err != nil {
		return "", fmt.Errorf("checking what was decoded: %w", err)
	}
	if n, _ := wav.Frames(); n != facts.Frames || n == 0 {
		return "", fmt.Errorf("checking what was decoded: %d frames in the file, %d announced", n, facts.Frames)
	}
	return hashOf(ctx, canonical.file)
}

// keep puts both files in place and then the clip into the index. A note in the index, made first, lets sweep remove the
// files if the program ends in between.
func (l *Library) keep(actor string, c Clip, original, canonical *part) (Clip, error) {
	sum := []byte(c.SHA256)
	err := l.o.DB.Update(func(tx *bbolt.Tx) error { return bucket(tx, bucketPending).Put(sum, nil) })
	if err != nil {
		return Clip{}, fmt.Errorf("preparing the index: %w", err)
	}
	err = original.place(l.files.original(c.SHA256))
	if err == nil {
		err = canonical.place(l.files.canonical(c.SHA256))
	}
	if err == nil {
		err = l.o.DB.Update(func(tx *bbolt.Tx) error {
			before, err := l.admit(tx, actor, &c)
			if err == nil {
				err = write(tx, c)
			}
			if err == nil {
				err = l.record(tx, actor, c.ID, before, c)
			}
			if err == nil {
				err = bucket(tx, bucketPending).Delete(sum)
			}
			return err
		})
	}
	if err != nil {
		return Clip{}, errors.Join(err, l.settle(sum))
	}
	return c, nil
}

// admit makes the clip complete: a new one gets its ID and is approved by who brought it; one whose files are put back
// keeps all but what was found in them. Before is nil for a new one.
func (l *Library) admit(tx *bbolt.Tx, actor string, c *Clip) (before any, err error) {
	old, ok, err := byHash(tx, c.SHA256)
	if err != nil {
		return nil, err
	}
	if ok {
		found := *c
		*c = old
		c.CanonicalSHA256, c.Frames, c.DurationMS = found.CanonicalSHA256, found.Frames, found.DurationMS
		c.LoudnessLUFS, c.TruePeakDBTP, c.Warnings = found.LoudnessLUFS, found.TruePeakDBTP, found.Warnings
		return old, nil
	}
	now := l.stamp()
	c.ID = newID(tx, c.SHA256)
	if c.Title == "" {
		c.Title = c.ID
	}
	c.State, c.ImportedBy, c.ImportedAt, c.ApprovedBy, c.ApprovedAt = StateApproved, actor, now, actor, now
	return nil, nil
}

// sweep removes what interrupted imports left: parts, and files in place whose clip never came into the index. Other
// files that the index does not know stay: they may belong to a newer copy of the database.
func (l *Library) sweep() error {
	if err := l.files.removeParts(); err != nil {
		return err
	}
	var pending [][]byte
	err := l.o.DB.View(func(tx *bbolt.Tx) error {
		return bucket(tx, bucketPending).ForEach(func(sum, _ []byte) error {
			pending = append(pending, slices.Clone(sum))
			return nil
		})
	})
	for _, sum := range pending {
		err = errors.Join(err, l.settle(sum))
	}
	return err
}

// settle ends a pending import: the files of one that did not come into the index are removed, then the note.
func (l *Library) settle(sum []byte) error {
	return l.o.DB.Update(func(tx *bbolt.Tx) error {
		if _, ok, err := byHash(tx, string(sum)); err != nil {
			return err
		} else if !ok {
			if err := l.files.removePlaced(string(sum)); err != nil {
				return err
			}
		}
		return bucket(tx, bucketPending).Delete(sum)
	})
}
