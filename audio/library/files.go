package library

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// partPattern names files that are not complete. They stand in the folder they will stay in, so that a rename is enough.
const partPattern = "import-*.part"

// folder is the folders of files. What is in originals and clips is named after the hash of an original, what is in
// photos after its own; all but parts, which are not complete.
type folder struct{ originals, clips, photos string }

func openFolder(dir string) (folder, error) {
	f := folder{originals: filepath.Join(dir, "originals"), clips: filepath.Join(dir, "clips"), photos: filepath.Join(dir, "photos")}
	for _, d := range f.all() {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return f, err
		}
	}
	return f, syncFolder(dir)
}

func (f folder) all() []string { return []string{f.originals, f.clips, f.photos} }

func (f folder) original(sum string) string { return filepath.Join(f.originals, sum) }
func (f folder) photo(sum string) string    { return filepath.Join(f.photos, sum) }
func (f folder) canonical(c Clip) string    { return filepath.Join(f.clips, stem(c)+".wav") }
func (f folder) peaks(c Clip) string        { return filepath.Join(f.clips, stem(c)+".peaks") }

// stem is what the names of a clip's files in clips begin with. That of a trimmed clip tells its bytes too, so that the
// new ones and the old ones can stand side by side until the index says which are right.
func stem(c Clip) string {
	if c.Trim == nil {
		return c.SHA256
	}
	return c.SHA256 + "." + c.CanonicalSHA256[:12]
}

// free is how many bytes the disk of a folder has left for us.
func free(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("asking for free space at %s: %w", dir, err)
	}
	return int64(min(st.Bavail, 1<<40)) * int64(st.Bsize), nil //nolint:unconvert // Bsize is an int32 on some machines
}

// removeParts removes every file that was not completed.
func (f folder) removeParts() error {
	for _, dir := range f.all() {
		if err := removeAll(dir, partPattern, nil); err != nil {
			return err
		}
	}
	return nil
}

// removeOf removes the files of an original, but those in keep, durably.
func (f folder) removeOf(sum string, keep ...string) error {
	if original := f.original(sum); !slices.Contains(keep, original) {
		if err := removeIfThere(original); err != nil {
			return err
		}
	}
	if err := removeAll(f.clips, sum+".*", keep); err != nil {
		return err
	}
	return errors.Join(syncFolder(f.originals), syncFolder(f.clips))
}

// removeAll removes the files of a folder whose names match; the folder's own name may have brackets and stars in it.
func removeAll(dir, pattern string, keep []string) error {
	names, err := fs.Glob(os.DirFS(dir), pattern)
	if err != nil {
		return err
	}
	for _, name := range names {
		path := filepath.Join(dir, name)
		if slices.Contains(keep, path) {
			continue
		}
		if err := removeIfThere(path); err != nil {
			return err
		}
	}
	return nil
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// part is a file on its way. Exactly one of place and drop ends it; drop after place does nothing.
type part struct {
	file   *os.File
	placed bool
}

func newPart(dir string) (*part, error) {
	f, err := os.CreateTemp(dir, partPattern)
	if err != nil {
		return nil, err
	}
	return &part{file: f}, nil
}

// drop removes the file, unless it was placed, and closes it.
func (p *part) drop() error {
	var err error
	if !p.placed {
		err = removeIfThere(p.file.Name())
	}
	return errors.Join(err, p.file.Close())
}

// place gives the file its final name, durably: bytes first, then the name.
func (p *part) place(path string) error {
	if err := p.file.Sync(); err != nil {
		return err
	}
	if err := os.Rename(p.file.Name(), path); err != nil {
		return err
	}
	p.placed = true
	return syncFolder(filepath.Dir(path))
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// hashOf hashes a file from its start, whatever its position, in constant memory, and leaves it at its start.
func hashOf(ctx context.Context, f *os.File) (string, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	h := sha256.New()
	if _, err := io.Copy(h, &attentive{ctx: ctx, r: f}); err != nil {
		return "", err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// attentive is a reader that ends with its context.
type attentive struct {
	ctx context.Context
	r   io.Reader
}

func (a *attentive) Read(p []byte) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	return a.r.Read(p)
}
