package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"loaxa/audio/fetch"
)

// One form brings so much at most: the station spools it whole before it works, and its limit is 50 files.
const (
	formFiles = 20
	formBytes = 256 << 20
)

// source is what one order brings: one of link, files, stick and inbox.
type source struct {
	link    string
	files   []sending
	stick   string
	inbox   bool
	archive bool // files is one archive
}

// sending is a file that is brought to the station.
type sending struct {
	shown string // the path as the person gave it
	base  string // as the station is told
	size  int64  // bytes
	open  func() (*os.File, error)
}

// label is what a source is called when something becomes of it.
func (s source) label() string {
	switch {
	case s.link != "":
		return s.link
	case s.stick != "":
		return "stick " + s.stick
	case s.inbox:
		return "the inbox"
	case len(s.files) == 1:
		return s.files[0].shown
	}
	return fmt.Sprintf("%d files", len(s.files))
}

// shown is the person's name for an item that the station names.
func (s source) shown(item string) string {
	if s.archive && item != s.files[0].base {
		return s.files[0].shown + ": " + item
	}
	for _, f := range s.files {
		if f.base == item {
			return f.shown
		}
	}
	if s.link != "" {
		return s.link + ": " + item
	}
	return item
}

// gatherer sorts what the command names into sources, in the order in which it was named.
type gatherer struct {
	sources []source
	passed  []imported // that lay in folders and cannot be sent
	open    source     // to which files are still added
	bytes   int64
}

// gather looks at everything before anything is sent.
func gather(words []string) (*gatherer, error) {
	g := &gatherer{}
	for _, word := range words {
		if err := g.add(word); err != nil {
			return nil, err
		}
	}
	g.close()
	return g, nil
}

func (g *gatherer) add(word string) error {
	if strings.Contains(word, "://") {
		g.close()
		g.sources = append(g.sources, source{link: word})
		return nil
	}
	if info, err := os.Stat(word); err == nil && info.IsDir() {
		return g.folder(word)
	}
	if err := checkFile("importing", word); err != nil {
		return err
	}
	info, err := os.Stat(word)
	if err != nil {
		return fmt.Errorf("importing %s: %w", word, err)
	}
	if err := g.file(sending{shown: word, base: filepath.Base(word), size: info.Size(), open: func() (*os.File, error) { return os.Open(word) }}); err != nil {
		return fmt.Errorf("importing %s: %w", word, err)
	}
	return nil
}

func (g *gatherer) folder(root string) error {
	files, passed, err := fetch.Files(root, fetch.Limits{})
	if err != nil {
		return fmt.Errorf("importing %s: %w", root, err)
	}
	for _, p := range passed {
		g.pass(filepath.Join(root, p.Name), p)
	}
	if len(files) == 0 && len(passed) == 0 {
		return failWith(exitFailed, "give another folder", "importing %s: there is no file in it", root)
	}
	for _, f := range files {
		s := sending{shown: filepath.Join(root, f.Path), base: filepath.Base(f.Path), size: f.Size,
			open: func() (*os.File, error) { return fetch.Open(root, f) }}
		if err := g.file(s); err != nil { // the others may be well
			g.pass(s.shown, fetch.Skipped{Name: f.Name, Why: fetch.SkipUnreadable, Detail: err.Error()})
		}
	}
	return nil
}

// pass notes a file that cannot be sent.
func (g *gatherer) pass(shown string, s fetch.Skipped) {
	g.passed = append(g.passed, imported{Name: shown, Refused: &noteView{Code: "skipped_" + s.Why, Detail: s.Detail, Do: s.Sentence("en")}})
}

// file puts a file into the open form. An archive goes alone, and so does a second file of one name: what becomes of
// them is told by names.
func (g *gatherer) file(f sending) error {
	archive, err := isArchive(f)
	if err != nil {
		return err
	}
	full := len(g.open.files) == formFiles || g.bytes+f.size > formBytes
	for _, o := range g.open.files {
		full = full || o.base == f.base
	}
	if full || archive {
		g.close()
	}
	g.open.files = append(g.open.files, f)
	g.bytes += f.size
	if archive {
		g.open.archive = true
		g.close()
	}
	return nil
}

func (g *gatherer) close() {
	if len(g.open.files) > 0 {
		g.sources = append(g.sources, g.open)
	}
	g.open, g.bytes = source{}, 0
}

func isArchive(f sending) (_ bool, err error) {
	file, err := f.open()
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	head := make([]byte, 512)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	return fetch.IsArchive(head[:n]), nil
}

// checkFile refuses what is no file before anything is sent.
func checkFile(doing, path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		hint := "check the path"
		if strings.HasPrefix(path, "www.") || strings.Contains(path, ".com/") || strings.Contains(path, ".vn/") {
			hint = "if it is a link, begin it with https://"
		}
		return failWith(exitFailed, hint, "%s %s: no such file", doing, path)
	case err != nil:
		return fmt.Errorf("%s %s: %w", doing, path, err)
	case !info.Mode().IsRegular():
		return failWith(exitFailed, "give a file", "%s %s: not a regular file", doing, path)
	}
	return nil
}
