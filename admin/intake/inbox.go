package intake

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"loaxa/audio/fetch"
)

// What the inbox folder holds beside files that wait: those that could not be taken, and what became of all of them.
const (
	refusedFolder = "khong-nhap-duoc"
	reportFile    = "BAO-CAO.txt"
	reportMost    = 256 << 10 // bytes; the older half goes when it is full
)

// inbox remembers how the waiting files looked the last time.
type inbox struct {
	seen map[string]fetch.File
	left map[string]fetch.File // that could be neither removed nor set aside: not brought again until they change
	told error                 // the last trouble with the folder, so that it is logged once
	rest time.Time
}

// all lists the files that wait.
func (b *inbox) all(o Options) []fetch.File {
	if o.Inbox == "" {
		return nil
	}
	files, _, err := fetch.Files(o.Inbox, fetch.Limits{})
	if err != nil && (b.told == nil || b.told.Error() != err.Error()) {
		o.Logger.Warn("looking into the inbox", "err", err)
	}
	b.told = err
	return slices.DeleteFunc(files, func(f fetch.File) bool {
		return f.Path == reportFile || strings.HasPrefix(f.Path, refusedFolder+"/")
	})
}

// look lists the files that have not changed for a while: what is still being copied is left alone.
func (b *inbox) look(o Options, now time.Time) []fetch.File {
	files := b.all(o)
	before := b.seen
	b.seen = make(map[string]fetch.File, len(files))
	var still []fetch.File
	for _, f := range files {
		b.seen[f.Path] = f
		old, ok := before[f.Path]
		if ok && same(old, f) && now.Sub(f.Modified).Abs() >= inboxStill && !same(b.left[f.Path], f) {
			still = append(still, f)
		}
	}
	maps.DeleteFunc(b.left, func(path string, f fetch.File) bool { return !same(b.seen[path], f) })
	return still
}

func same(a, b fetch.File) bool { return a.Size == b.Size && a.Modified.Equal(b.Modified) }

// clear takes what became clips out of the inbox, sets the rest aside, and writes down what became of each. Originals
// are kept by the library byte for byte, so nothing is lost with the files removed here.
func (b *inbox) clear(o Options, j *job) {
	if err := b.tidy(o, j); err != nil {
		o.Logger.Error("clearing the inbox", "import", j.ID, "err", err)
	}
}

func (b *inbox) tidy(o Options, j *job) error {
	root, err := os.OpenRoot(o.Inbox)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // a folder
	var errs []error
	if j.State == StateDone {
		if b.left == nil {
			b.left = make(map[string]fetch.File)
		}
		for _, f := range j.inboxed {
			delete(b.left, f.Path)
			if err := putAway(root, f, refusedIn(j.Items, f)); err != nil {
				b.left[f.Path] = f
				errs = append(errs, err)
			}
		}
	}
	if len(j.Items) > 0 || j.Problem != nil {
		errs = append(errs, writeReport(root, j))
	}
	return errors.Join(errs...)
}

// refusedIn tells whether anything of a file was refused. An archive's entries go by their own names, so a file without
// an item of its own is an archive; it is set aside as soon as anything was refused.
func refusedIn(items []Item, f fetch.File) bool {
	own, any := false, false
	for _, i := range items {
		if i.Name == f.Path {
			own = true
			if i.Refused != nil {
				return true
			}
		}
		any = any || i.Refused != nil
	}
	return !own && any
}

func putAway(root *os.Root, f fetch.File, refused bool) error {
	info, err := root.Lstat(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Size() != f.Size || !info.ModTime().Equal(f.Modified) {
		return nil // changed meanwhile: it is looked at anew
	}
	if !refused {
		return root.Remove(f.Path)
	}
	to := path.Join(refusedFolder, f.Path)
	if err := root.MkdirAll(path.Dir(to), 0o770); err != nil {
		return err
	}
	to, err = unused(root, to, f)
	if err != nil {
		return err
	}
	return root.Rename(f.Path, to)
}

// unused is name, or with a number behind it where another file has that already: it may be the only copy there is.
func unused(root *os.Root, name string, f fetch.File) (string, error) {
	end := path.Ext(name)
	for n, try := 2, name; ; n++ {
		there, err := root.Lstat(try)
		if errors.Is(err, fs.ErrNotExist) || err == nil && there.Size() == f.Size && there.ModTime().Equal(f.Modified) {
			return try, nil // the same one brought again replaces itself
		}
		if err != nil {
			return "", err
		}
		try = strings.TrimSuffix(name, end) + " (" + strconv.Itoa(n) + ")" + end
	}
}

// In is the refusal in words of a language, or at least its code.
func (n *Note) In(language string) string {
	if n.Sentence != nil {
		return n.Sentence(language)
	}
	vi, en := ownWords(n.Code)
	if vi == "" {
		return strings.TrimSuffix(n.Code+": "+n.Detail, ": ")
	}
	if language == "vi" {
		return vi
	}
	return en
}
