package library

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"loaxa/audio"
)

// Opened is a clip ready to be played. SHA256 is the hash, taken now, of the canonical bytes in the very file that Source
// reads: replacing the file on disk afterwards changes neither.
//
// BUG(library): who may write the file in place after it was hashed changes what sounds and not the hash.
type Opened struct {
	Source audio.Source
	SHA256 string // hex; equal to Clip.CanonicalSHA256
	Clip   Clip
	file   *os.File
}

// Close ends the use of Source.
func (o *Opened) Close() error {
	if err := o.file.Close(); err != nil {
		return fmt.Errorf("closing clip %s: %w", o.Clip.ID, err)
	}
	return nil
}

// Open gives the sound of a clip in any state; whether it may go on air is the plan's and the player's to say. A file
// that is gone is ErrMissing, one with other bytes than were imported ErrChanged.
func (l *Library) Open(id string) (*Opened, error) {
	c, err := l.Get(id)
	if err != nil {
		return nil, err
	}
	for {
		o, err := l.openCanonical(c)
		if err == nil {
			return o, nil
		}
		// It may have been trimmed between the look at the index and that at the file; a trim that keeps everything gives
		// the same bytes another name.
		now, again := l.Get(id)
		if again != nil || stem(now) == stem(c) && now.CanonicalSHA256 == c.CanonicalSHA256 {
			return nil, fmt.Errorf("opening clip %s: %w", id, err)
		}
		c = now
	}
}

func (l *Library) openCanonical(c Clip) (o *Opened, err error) {
	f, err := openFile(l.files.canonical(c))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	sum, err := hashOf(context.Background(), f)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", f.Name(), err)
	}
	if sum != c.CanonicalSHA256 {
		return nil, fmt.Errorf("%s: %w", f.Name(), ErrChanged)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	source, err := audio.NewWAVReader(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name(), err)
	}
	return &Opened{Source: source, SHA256: sum, Clip: c, file: f}, nil
}

// Played gives the canonical file, for hearing what a broadcast will play; the error is as Open's. The caller closes it.
func (l *Library) Played(id string) (*os.File, Clip, error) {
	o, err := l.Open(id)
	if err != nil {
		return nil, Clip{}, err
	}
	if _, err := o.file.Seek(0, io.SeekStart); err != nil {
		return nil, Clip{}, errors.Join(fmt.Errorf("opening clip %s: %w", id, err), o.Close())
	}
	return o.file, o.Clip, nil
}

// Original gives the file as it was imported, for sending it to someone. The caller closes it. Its bytes are not hashed
// here: they are what SHA256 of the clip says unless the disk was tampered with.
func (l *Library) Original(id string) (*os.File, Clip, error) {
	c, err := l.Get(id)
	if err != nil {
		return nil, Clip{}, err
	}
	f, err := openFile(l.files.original(c.SHA256))
	if err != nil {
		return nil, Clip{}, fmt.Errorf("opening the original of clip %s: %w", id, err)
	}
	return f, c, nil
}

// openOriginal opens a clip's original after a look at its bytes.
func (l *Library) openOriginal(ctx context.Context, c Clip) (*os.File, error) {
	f, err := openFile(l.files.original(c.SHA256))
	if err != nil {
		return nil, err
	}
	sum, err := hashOf(ctx, f)
	if err == nil && sum != c.SHA256 {
		err = fmt.Errorf("%s: %w", f.Name(), ErrChanged)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func openFile(path string) (*os.File, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", path, ErrMissing)
	}
	return f, err
}

// whole tells which files of a clip are there with the bytes that they should have.
type whole struct{ original, canonical bool }

func (w whole) all() bool { return w.original && w.canonical }

func (l *Library) intact(ctx context.Context, c Clip) (w whole, err error) {
	if w.original, err = sameBytes(ctx, l.files.original(c.SHA256), c.SHA256); err != nil {
		return w, err
	}
	w.canonical, err = sameBytes(ctx, l.files.canonical(c), c.CanonicalSHA256)
	return w, err
}

func sameBytes(ctx context.Context, path, want string) (bool, error) {
	f, err := openFile(path)
	if errors.Is(err, ErrMissing) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	sum, err := hashOf(ctx, f)
	if err := errors.Join(err, f.Close()); err != nil {
		return false, fmt.Errorf("reading %s: %w", path, err)
	}
	return sum == want, nil
}
