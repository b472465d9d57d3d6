package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"loaxa/audio/fetch"
	"loaxa/audio/library"
)

// Progress is told in steps, so that telling is not the most of the work: so many of a known total, else so many bytes.
const (
	reportSteps = 200
	reportBytes = 512 << 10
)

// work is one turn of an import, on the worker's goroutine.
type work struct {
	o         Options
	ctx       context.Context
	order     Order
	found     *fetch.Found
	confirmed string
	inboxed   []fetch.File
	report    func(func(*job))

	paused bool // a person must say that the host is right; nothing was taken yet

	next  int64          // progress from which it is told again
	clips []library.Clip // that came, in order, as they were then
}

// run does what can be done now, and returns the state that the import is in then.
func (w *work) run() (state string, problem *Note) {
	err := w.bring()
	if err == nil {
		err = w.ctx.Err() // cancelled while the last file came, or the answer to the look
	}
	if err == nil && w.paused {
		return StateConfirm, nil
	}
	if err == nil {
		err = w.finish()
	}
	err = errors.Join(err, w.then())
	switch {
	case errors.Is(context.Cause(w.ctx), errCancelled):
		return StateCancelled, nil
	case err == nil:
		return StateDone, nil
	}
	var told *failure
	if errors.As(err, &told) {
		return StateFailed, told.note
	}
	n, _ := noteOf(err)
	if n.Code == CodeInternal {
		w.o.Logger.Error("importing", "via", w.order.via(), "err", err)
	}
	return StateFailed, n
}

// then hands on the clips that came, unless somebody gave the import up.
func (w *work) then() error {
	if w.order.Then == nil || len(w.clips) == 0 || w.ctx.Err() != nil {
		return nil
	}
	ids := make([]string, len(w.clips))
	for i, c := range w.clips {
		ids[i] = c.ID
	}
	if err := w.order.Then(ids); err != nil {
		return fail(CodeNotTaken, err.Error())
	}
	return nil
}

// failure ends an import with words of its own.
type failure struct{ note *Note }

func (f *failure) Error() string { return f.note.Code + ": " + f.note.Detail }

func fail(code, detail string) error { return &failure{&Note{Code: code, Detail: detail}} }

func (w *work) hostIsRight() bool {
	if w.confirmed == w.found.Host {
		return true
	}
	if w.o.Trusted == nil {
		return false
	}
	return slices.ContainsFunc(w.o.Trusted(), func(t string) bool {
		return t == w.found.Host || strings.HasPrefix(t, ".") && strings.HasSuffix(w.found.Host, t)
	})
}

func (w *work) bring() error {
	switch {
	case w.order.Link != "":
		return w.bringLink()
	case len(w.order.Files) > 0:
		for _, f := range w.order.Files {
			if err := w.bringFile(f.Name, f.File, ViaUpload); err != nil {
				return err
			}
		}
		return nil
	case w.order.Trim != nil:
		return w.trim(*w.order.Trim)
	case w.inboxed != nil:
		return w.bringListed(w.inboxed, ViaInbox)
	}
	files, passed, err := fetch.Files(w.order.Folder, fetch.Limits{})
	w.note(passed)
	if err == nil && len(files) == 0 {
		return fail(CodeNothing, w.order.Folder)
	}
	var refused *fetch.Refusal
	if err != nil && !errors.As(err, &refused) { // the rest of it could not be listed
		err = fail(CodeUnreadable, err.Error())
	}
	return errors.Join(w.bringListed(files, ViaStick), err)
}

func (w *work) bringListed(files []fetch.File, via string) error {
	for _, listed := range files {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		f, err := fetch.Open(w.order.Folder, listed)
		if err != nil {
			w.unreadable(listed.Path, err)
			continue
		}
		err = w.bringFile(listed.Path, f, via)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) trim(t Trim) error {
	w.step(StateImporting, t.Title)
	clip, err := w.o.Library.Trim(w.ctx, w.order.Actor, t.ClipID, t.FromMS, t.UntilMS, t.EvenIfUsed, w.progress)
	if err == nil {
		w.item(Item{Name: t.Title, ClipID: clip.ID, Title: clip.Title, Existed: true})
	}
	return err
}

// bringLink looks where a link leads and, once the host is known to be right, takes what is there.
func (w *work) bringLink() (err error) {
	if w.o.Fetcher == nil {
		return fail(CodeNoFetcher, "")
	}
	if w.found == nil {
		w.step(StateLooking, w.order.Link)
		found, err := w.o.Fetcher.Look(w.ctx, w.order.Link)
		w.found = &found
		shown := found
		w.report(func(j *job) { j.Found = &shown })
		if err != nil {
			return err
		}
		if found.Page != nil {
			return found.Page
		}
	}
	if w.paused = !w.hostIsRight(); w.paused {
		return nil
	}
	to, err := w.o.Spool()
	if err != nil {
		return fmt.Errorf("fetching: %w", err)
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	w.step(StateFetching, w.found.Name)
	got, err := w.o.Fetcher.Get(w.ctx, *w.found, to, w.progress)
	if err != nil {
		return err
	}
	w.found.Host = got.Host
	return w.bringFile(got.Name, to, ViaLink)
}

// bringFile imports one file, or all that an archive holds.
func (w *work) bringFile(name string, f *os.File, via string) error {
	head := make([]byte, 512)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		w.unreadable(name, err)
		return nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	if !fetch.IsArchive(head[:n]) {
		return w.importRead(name, f, via, w.title())
	}
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	contents, err := fetch.Unpack(w.ctx, f, info.Size(), fetch.Limits{}, func(e fetch.Entry, r io.Reader) error {
		return w.importOne(e.Name, r, via, "")
	})
	w.note(contents.Skipped)
	var refused *fetch.Refusal
	if errors.As(err, &refused) { // this archive; the next file may be well
		w.item(Item{Name: name, Refused: words(refused.Code, refused.Detail, refused.Sentence)})
		return nil
	}
	if err == nil && contents.Files == 0 && len(contents.Skipped) == 0 {
		w.item(Item{Name: name, Refused: &Note{Code: CodeNothing, Detail: "the archive is empty"}})
	}
	return err
}

// title is that of a single file; of several, each goes by its name.
func (w *work) title() string {
	if w.order.Link != "" || len(w.order.Files) == 1 {
		return w.order.About.Title
	}
	return ""
}

// importRead is importOne for bytes from a disk of somebody else: one file on a bad spot of it does not end the import.
func (w *work) importRead(name string, r io.Reader, via, title string) error {
	a := &attended{r: r}
	err := w.importOne(name, a, via, title)
	if err == nil || a.err == nil || w.ctx.Err() != nil {
		return err
	}
	w.unreadable(name, a.err)
	return nil
}

// attended keeps the error with which reading ended.
type attended struct {
	r   io.Reader
	err error
}

func (a *attended) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		a.err = err
	}
	return n, err
}

func (w *work) unreadable(name string, err error) {
	w.item(Item{Name: name, Refused: words("skipped_"+fetch.SkipUnreadable, err.Error(),
		fetch.Skipped{Name: name, Why: fetch.SkipUnreadable}.Sentence)})
}

// importOne ends in an item, unless the whole import ends with it.
func (w *work) importOne(name string, r io.Reader, via, title string) error {
	w.step(StateImporting, name)
	in := w.order.About.of()
	in.Reader, in.Name, in.Title, in.Via = r, name, title, via
	if w.found != nil {
		in.Link, in.FinalHost = w.found.Link, w.found.Host
	}
	clip, existed, err := w.o.Library.Import(w.ctx, w.order.Actor, in, w.progress)
	if err != nil {
		if w.ctx.Err() != nil {
			return context.Cause(w.ctx)
		}
		n, fatal := noteOf(err)
		if fatal {
			return err
		}
		w.item(Item{Name: name, Refused: n})
		return nil
	}
	w.clips = append(w.clips, clip)
	w.item(Item{Name: name, ClipID: clip.ID, Title: clip.Title, Existed: existed})
	return nil
}

func (w *work) step(state, file string) {
	w.next = 0
	w.report(func(j *job) { j.State, j.File, j.Done, j.Total = state, file, 0, 0 })
}

func (w *work) progress(done, total int64) {
	if done < w.next {
		return
	}
	w.next = done + max(total/reportSteps, 1)
	if total <= 0 {
		w.next = done + reportBytes
	}
	w.report(func(j *job) { j.Done, j.Total = done, max(total, 0) })
}

func (w *work) item(i Item) { w.report(func(j *job) { j.Items = append(j.Items, i) }) }

func (w *work) note(passed []fetch.Skipped) {
	for _, s := range passed {
		w.item(skipped(s))
	}
}
