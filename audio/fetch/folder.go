package fetch

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// File is an ordinary file in a folder, as it was when it was listed.
type File struct {
	Path     string    `json:"path"` // below the root, with slashes; for Open
	Name     string    `json:"name"` // cleaned: a label
	Size     int64     `json:"size"` // bytes
	Modified time.Time `json:"modified"`
}

// Files lists the ordinary files below root, in the order in which a person counts, and what was passed over. It follows
// no links, and never leaves root. The error is a *Refusal when there are more files than allowed; the lists then hold
// what was met before.
func Files(root string, l Limits) ([]File, []Skipped, error) {
	r, err := os.OpenRoot(root)
	if err != nil {
		return nil, nil, fmt.Errorf("listing %s: %w", root, err)
	}
	defer r.Close() //nolint:errcheck // nothing was written
	w := &listing{root: r, l: l.filled()}
	err = w.folder(".", 0)
	slices.SortFunc(w.files, func(a, b File) int { return natural(a.Path, b.Path) })
	slices.SortFunc(w.skipped, func(a, b Skipped) int { return natural(a.Name, b.Name) })
	if err != nil && asRefusal(err) == nil {
		err = fmt.Errorf("listing %s: %w", root, err)
	}
	return w.files, w.skipped, err
}

// Open opens a file that Files listed. It refuses what has become anything else meanwhile: a link, a pipe, a device.
func Open(root string, f File) (*os.File, error) {
	r, err := os.OpenRoot(root)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", root, err)
	}
	defer r.Close() //nolint:errcheck // nothing was written
	// Lstat first: a device is not even opened. O_NONBLOCK, so that a pipe put there since does not hold us up.
	before, err := r.Lstat(f.Path)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", f.Name, err)
	}
	if !before.Mode().IsRegular() {
		return nil, fmt.Errorf("opening %s: it is no ordinary file any more: %v", f.Name, before.Mode().Type())
	}
	file, err := r.OpenFile(f.Path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", f.Name, err)
	}
	if now, err := file.Stat(); err != nil || !os.SameFile(before, now) {
		return nil, errors.Join(fmt.Errorf("opening %s: it was replaced meanwhile", f.Name), err, file.Close())
	}
	return file, nil
}

// listing is one walk.
type listing struct {
	root    *os.Root
	l       Limits
	files   []File
	skipped []Skipped
	seen    int
}

func (w *listing) skip(p, why string, err error) {
	s := Skipped{Name: cleanName(p), Why: why}
	if err != nil {
		s.Detail = err.Error()
	}
	w.skipped = append(w.skipped, s)
}

// batch is how many names of a folder are read at once: a damaged stick may show millions.
const batch = 256

func (w *listing) folder(dir string, depth int) error {
	f, err := w.root.Open(dir)
	if err == nil {
		defer f.Close() //nolint:errcheck // nothing was written
	} else if dir == "." {
		return err
	} else {
		w.skip(dir, SkipUnreadable, err)
		return nil
	}
	for {
		entries, err := f.ReadDir(batch)
		for _, e := range entries {
			if err := w.entry(path.Join(dir, e.Name()), e, depth); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			if dir == "." {
				return err
			}
			w.skip(dir, SkipUnreadable, err)
			return nil
		}
	}
}

func (w *listing) entry(p string, e fs.DirEntry, depth int) error {
	if w.seen++; w.seen > w.l.headers() {
		return refuse(CodeArchiveEntries, "more than %d entries", w.l.headers())
	}
	if litter(e.Name()) {
		return nil
	}
	info, err := w.root.Lstat(p) // some file systems do not tell the type with the name
	if err != nil {
		w.skip(p, SkipUnreadable, err)
		return nil
	}
	switch mode := info.Mode(); {
	case mode&fs.ModeSymlink != 0:
		w.skip(p, SkipLink, nil)
	case mode.IsDir() && depth+1 >= w.l.Depth:
		w.skip(p, SkipTooDeep, nil)
	case mode.IsDir():
		return w.folder(p, depth+1)
	case !mode.IsRegular():
		w.skip(p, SkipSpecial, nil)
	case info.Size() > w.l.EntryBytes:
		w.skip(p, SkipTooLarge, nil)
	default:
		return w.file(p, info)
	}
	return nil
}

func (w *listing) file(p string, info fs.FileInfo) error {
	if len(w.files) >= w.l.Entries {
		return refuse(CodeArchiveEntries, "more than %d files", w.l.Entries)
	}
	f := File{Path: p, Name: cleanName(p), Size: info.Size(), Modified: info.ModTime()}
	if f.Name == "" {
		w.skip("?", SkipNameless, nil)
		return nil
	}
	w.files = append(w.files, f)
	return nil
}
