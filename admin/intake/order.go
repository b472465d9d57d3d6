package intake

import (
	"errors"
	"fmt"
	"os"
	"time"

	"loaxa/audio/fetch"
	"loaxa/audio/library"
)

// The ways on which files come.
const (
	ViaLink   = "link"
	ViaUpload = "upload"
	ViaStick  = "stick"
	ViaInbox  = "inbox"
	ViaTrim   = "trim" // nothing comes: a clip is cut
)

// About is what the bringer says of all the files of one import.
type About struct {
	Title                 string // of a single file; archives and folders go by their names
	Source                string
	Tags                  []string
	Letter                library.Letter
	ValidFrom, ValidUntil string
	Submit, Approve       bool // what is done with the clips that come of it
	Paper                 *library.Paper
}

// Check is a *library.InputError for what could be said of no clip.
func (a About) Check() error { return a.of().Check() }

// of is an import with what is said of all files.
func (a About) of() library.Import {
	return library.Import{Title: a.Title, Tags: a.Tags, Source: a.Source, Letter: a.Letter, ValidFrom: a.ValidFrom, ValidUntil: a.ValidUntil}
}

// Trim asks for a part of a clip's sound, or with both times 0 for all of it.
type Trim struct {
	ClipID, Title   string
	FromMS, UntilMS int64
	EvenIfUsed      bool
}

// Order asks for an import. Exactly one of Link, Files, Folder and Trim is given.
type Order struct {
	Actor  string
	About  About
	Link   string
	Files  []File // taken over: they are closed when the import ends, also when the order was refused
	Folder string // of a stick
	Trim   *Trim
	// For names what the files are for, so that its imports are found again; Then, if set, is told of the clips that came,
	// also when others did not. It is called once, by the import's own goroutine.
	For  string
	Then func(clips []string) error
}

// File is an uploaded file, open at any position.
type File struct {
	Name string // as the bringer calls it; a label
	File *os.File
}

func (o Order) via() string {
	switch {
	case o.Link != "":
		return ViaLink
	case len(o.Files) > 0:
		return ViaUpload
	case o.Trim != nil:
		return ViaTrim
	}
	return ViaStick
}

// Close closes the files of an order that was not given.
func (o Order) Close() error {
	var errs []error
	for _, f := range o.Files {
		errs = append(errs, f.File.Close())
	}
	return errors.Join(errs...)
}

// The states of an import.
const (
	StateWaiting   = "waiting"   // others are before it
	StateLooking   = "looking"   // following the link
	StateConfirm   = "confirm"   // a person must say that the final host is right
	StateFetching  = "fetching"  // Done and Total are bytes
	StateImporting = "importing" // Done and Total are the decoder's units, of File
	StateDone      = "done"      // every file has its line in Items
	StateFailed    = "failed"    // Problem says why; what Items holds is done all the same
	StateCancelled = "cancelled"
)

// Import is what one import has come to: a snapshot.
type Import struct {
	ID      string
	State   string
	Actor   string
	Via     string
	Name    string       // the link, the file, the folder
	Created time.Time    // station time
	Ended   time.Time    // zero while it goes on
	Approve bool         // its clips are approved as they come
	For     string       // as ordered
	Found   *fetch.Found // of a link, once it was looked at
	File    string       // being worked on
	Done    int64
	Total   int64 // 0 = unknown
	Items   []Item
	Problem *Note
}

// Over tells whether nothing more will happen.
func (i Import) Over() bool {
	return i.State == StateDone || i.State == StateFailed || i.State == StateCancelled
}

// Item is what became of one file.
type Item struct {
	Name    string
	ClipID  string // "" when it was refused
	Title   string // of the clip
	Existed bool   // the clip was here already
	Refused *Note
}

// Note is a refusal with its words.
type Note struct {
	Code     string
	Detail   string                       // technical English
	Sentence func(language string) string // "vi" or "en"; nil when the pages' catalogue has it under Code
}

// The codes of what fails here and nowhere else.
const (
	CodeNoFetcher  = "no_fetching"   // links are not fetched by this program as it runs
	CodeNoRoom     = "no_room"       // the disk is nearly full
	CodeInternal   = "internal"      // the station's own fault; its journal says more
	CodeNothing    = "nothing_in_it" // no file was found
	CodeInvalid    = "invalid"       // what was said of the files
	CodeState      = "wrong_state"   // the clip is not there, or not in a state that allows it
	CodeNotClosing = "not_submitted" // clips came, and could not be submitted or approved
	CodeOthers     = "others_left"   // clips that were here before under other terms, or were changed meanwhile, were left alone
	CodeNotTaken   = "not_taken"     // clips came, and what they came for did not take them
	CodeUnreadable = "folder_unreadable"
)

// ErrNotFound is an import that nobody knows, or no longer.
var ErrNotFound = errors.New("no such import")

// ErrBusy is an order too many.
var ErrBusy = errors.New("too many imports wait already")

// ErrNotWaiting is a confirmation that nobody waits for, or of another host.
var ErrNotWaiting = errors.New("this import does not wait for that host to be confirmed")

// words is a Note of a refusal that brings its sentences.
func words(code, detail string, say func(string) string) *Note {
	return &Note{Code: code, Detail: detail, Sentence: say}
}

// noteOf turns an error into a Note; fatal tells that the whole import ends with it.
func noteOf(err error) (n *Note, fatal bool) {
	var clip *library.Refusal
	var link *fetch.Refusal
	var input *library.InputError
	var used *library.InUseError
	switch {
	case errors.As(err, &clip):
		return words(clip.Code, clip.Detail, clip.Sentence), false
	case errors.As(err, &link):
		return words(link.Code, link.Detail, link.Sentence), false
	case errors.As(err, &input):
		return &Note{Code: CodeInvalid, Detail: input.Error()}, true
	case errors.As(err, &used):
		return words("in_use", used.Error(), used.Sentence), true
	case errors.Is(err, library.ErrNoRoom):
		return &Note{Code: CodeNoRoom, Detail: err.Error()}, true
	case errors.Is(err, library.ErrNotFound), errors.Is(err, library.ErrState), errors.Is(err, library.ErrMeanwhile):
		return &Note{Code: CodeState, Detail: err.Error()}, true
	}
	return &Note{Code: CodeInternal, Detail: err.Error()}, true
}

func skipped(s fetch.Skipped) Item {
	return Item{Name: s.Name, Refused: words("skipped_"+s.Why, s.Detail, s.Sentence)}
}

func checkOrder(o Order) error {
	n := 0
	for _, given := range []bool{o.Link != "", len(o.Files) > 0, o.Folder != "", o.Trim != nil} {
		if given {
			n++
		}
	}
	if n != 1 || o.Actor == "" {
		return fmt.Errorf("ordering an import: one of a link, files, a folder and a clip to trim is needed, and who asks; %d given by %q", n, o.Actor)
	}
	return nil
}
