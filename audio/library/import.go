package library

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"go.etcd.io/bbolt"

	"loaxa/audio/decode"
)

// Import is a file and what its bringer says about it.
type Import struct {
	Reader io.Reader
	Title  string // "" = what the file says of itself, else from Name
	Name   string // the file's name where it came from; folders in it are dropped
	Tags   []string
	Source string

	Letter                Letter
	Via                   string // how it came: upload, link, inbox, stick, archive, demo …
	Link, FinalHost       string // where it was fetched, as given and after all redirects
	ValidFrom, ValidUntil string // 2006-01-02, both inclusive; "" = open
}

// Check is an *InputError for what is said wrongly of a file, before the file has come.
func (in Import) Check() error {
	_, err := draftOf(in)
	return err
}

// Meets tells whether a clip that was here before may be submitted or approved along with what a letter brings: it was
// not retired, which says that somebody wanted it off the air, and it has the letter and the days that are said now, as
// far as they are. The import of its file changed none of them.
func (in Import) Meets(c Clip) bool {
	now, err := draftOf(in)
	return err == nil && c.State != StateRetired && (now.Letter == Letter{} || now.Letter == c.Letter) &&
		(now.ValidFrom == "" || now.ValidFrom == c.ValidFrom) && (now.ValidUntil == "" || now.ValidUntil == c.ValidUntil)
}

// Import stores a file and its canonical form as a draft. A file that is here already, by its hash, gives the clip as it
// stands and existed = true; if the files of that clip were lost or damaged they are put back from the one brought, and
// where that gives other sound than was approved, the approval is void. A file that cannot become a clip gives a
// *Refusal, wrong text about it an *InputError, a full disk ErrNoRoom; after any error nothing of it is left. Progress,
// which may be nil, is told how much of the original is decoded, in the decoder's units; it is called from one goroutine
// at a time, and not after Import returned.
func (l *Library) Import(ctx context.Context, actor string, in Import, progress func(done, total int64)) (clip Clip, existed bool, err error) {
	clip, existed, err = l.bring(ctx, actor, in, progress)
	if err != nil {
		return Clip{}, false, fmt.Errorf("importing clip %q: %w", cut(clean(in.Name), maxTitle), asNoRoom(err))
	}
	return clip, existed, nil
}

func (l *Library) bring(ctx context.Context, actor string, in Import, progress func(done, total int64)) (clip Clip, existed bool, err error) {
	clip, err = draftOf(in)
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
	if known, whole, err := l.known(ctx, clip.SHA256); err != nil || whole.all() {
		return known, true, err
	}
	release, err := l.takeTurn(ctx)
	if err != nil {
		return Clip{}, false, err
	}
	defer release()
	known, whole, err := l.known(ctx, clip.SHA256) // while waiting, another may have brought it
	switch {
	case err != nil || whole.all():
		return known, true, err
	case known.ID == "":
		clip, err = l.admit(ctx, actor, clip, original, progress)
	default:
		clip, err = l.putBack(ctx, actor, known, whole, original, progress)
	}
	return clip, false, err
}

// takeTurn waits until nothing else is being decoded.
func (l *Library) takeTurn(ctx context.Context) (release func(), err error) {
	select {
	case l.turn <- struct{}{}:
		return func() { <-l.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// receive copies the foreign bytes to disk, hashing on the way.
func (l *Library) receive(ctx context.Context, to *part, from io.Reader) (sum string, size int64, err error) {
	const chunk = 1 << 20
	h := sha256.New()
	bounded := io.LimitReader(&attentive{ctx: ctx, r: from}, l.o.MaxFileBytes+1)
	for {
		if err := l.room(chunk); err != nil {
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

// room tells whether more bytes may be put on the disk.
func (l *Library) room(more int64) error {
	if l.o.MinFreeBytes < 0 {
		return nil
	}
	free, err := free(l.files.originals)
	if err == nil && free < l.o.MinFreeBytes+more {
		err = fmt.Errorf("%d MB free, %d MB are kept: %w", free>>20, l.o.MinFreeBytes>>20, ErrNoRoom)
	}
	return err
}

// known gives the clip that has this original, and which of its files are as they should be; a Clip without ID where
// there is none.
func (l *Library) known(ctx context.Context, sum string) (c Clip, w whole, err error) {
	err = l.o.DB.View(func(tx *bbolt.Tx) (err error) {
		c, _, err = byHash(tx, sum)
		return err
	})
	if err == nil && c.ID != "" {
		w, err = l.intact(ctx, c)
	}
	return c, w, err
}

// admit makes a new clip of a file.
func (l *Library) admit(ctx context.Context, actor string, c Clip, original *part, progress func(done, total int64)) (_ Clip, err error) {
	r, err := l.render(ctx, original.file, nil, progress)
	if err != nil {
		return Clip{}, err
	}
	defer func() { err = errors.Join(err, r.drop()) }()
	r.describe(&c)
	if c.Title == "" {
		c.Title = titleOf(r.facts.Title, c.OriginalName)
	}
	files := append(r.files(l.files, c, nil), placing{original, l.files.original(c.SHA256)})
	err = l.place(arrival{sum: c.SHA256, files: files, fresh: true}, func(tx *bbolt.Tx) error {
		if _, ok, err := byHash(tx, c.SHA256); err != nil || ok {
			return cmp.Or(err, ErrMeanwhile)
		}
		c.ID, c.ImportedBy, c.ImportedAt = newID(tx, c.SHA256), actor, l.stamp()
		if c.Title == "" {
			c.Title = c.ID
		}
		if err := write(tx, c); err != nil {
			return err
		}
		return l.record(tx, actor, c.ID, nil, c)
	})
	return c, err
}

// putBack gives a clip the files that it lost. Sound that is still whole is not made anew: another version of a decoder
// may give other bytes, and nobody approved those.
func (l *Library) putBack(ctx context.Context, actor string, c Clip, w whole, original *part, progress func(done, total int64)) (after Clip, err error) {
	files := []placing{{original, l.files.original(c.SHA256)}}
	edit := func(*bbolt.Tx, *Clip) (bool, error) { return true, nil }
	if !w.canonical {
		r, err := l.render(ctx, original.file, c.Trim, progress)
		if err != nil {
			return Clip{}, err
		}
		defer func() { err = errors.Join(err, r.drop()) }()
		files = append(files, r.files(l.files, c, c.Trim)...)
		edit = func(_ *bbolt.Tx, now *Clip) (bool, error) { return true, now.become(r, c, c.Trim) }
	}
	err = l.place(arrival{sum: c.SHA256, files: files}, func(tx *bbolt.Tx) (err error) {
		after, err = l.changeIn(tx, actor, c.ID, edit)
		return err
	})
	return after, err
}
