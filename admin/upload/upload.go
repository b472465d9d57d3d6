package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/handler"
	xslog "golang.org/x/exp/slog"
)

// Limits of what is kept at once.
const (
	maxOpen    = 50      // uploads, of everybody together
	maxWaiting = 2 << 30 // bytes that all of them may grow to
	keepFor    = 24 * time.Hour
	maxName    = 255              // bytes of a file's name
	pieceTime  = 15 * time.Second // without a byte: the line is dead, and whoever comes back may go on
)

// ErrNotFound is an upload that is not there, or somebody else's.
var ErrNotFound = errors.New("no such upload")

// ErrUnfinished is an upload of which a part has not come yet.
var ErrUnfinished = errors.New("the upload is not complete")

// Options of New. All are required.
type Options struct {
	Dir      string // on the data disk; made if it is not there
	Path     string // of the addresses: "/api/v1/uploads/"
	MaxBytes int64  // of one file
	Room     func() error
	Now      func() time.Time // station time, for the names in the log
	Logger   *slog.Logger
}

func (o Options) missing() string {
	switch {
	case o.Dir == "":
		return "Dir"
	case o.Path == "":
		return "Path"
	case o.MaxBytes <= 0:
		return "MaxBytes"
	case o.Room == nil:
		return "Room"
	case o.Now == nil:
		return "Now"
	case o.Logger == nil:
		return "Logger"
	}
	return ""
}

// Uploads are the files that are arriving. Safe for concurrent use.
type Uploads struct {
	o     Options
	store filestore.FileStore
	tus   *handler.UnroutedHandler
}

// Metadata of an upload beside the file's name.
const (
	metaName  = "filename"
	metaOwner = "owner"
)

type ownerKey struct{}

// New prepares the folder and sweeps what is old.
func New(o Options) (*Uploads, error) {
	if f := o.missing(); f != "" {
		return nil, errors.New("preparing uploads: Options." + f + " is missing")
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("preparing uploads: %w", err)
	}
	u := &Uploads{o: o, store: filestore.FileStore{Path: o.Dir, DirModePerm: 0o700, FileModePerm: 0o600}}
	composer := handler.NewStoreComposer()
	composer.UseCore(u.store)
	composer.UseTerminater(u.store)
	composer.UseLocker(&locker{held: make(map[string]chan struct{})})
	var err error
	u.tus, err = handler.NewUnroutedHandler(handler.Config{
		StoreComposer: composer, MaxSize: o.MaxBytes, BasePath: o.Path, DisableDownload: true, DisableConcatenation: true,
		Cors:           &handler.CorsConfig{Disable: true}, // pages of this server only, which the server sees to
		NetworkTimeout: pieceTime, AcquireLockTimeout: 2 * pieceTime, PreUploadCreateCallback: u.admit,
		Logger: xslog.New(xslog.NewTextHandler(io.Discard, nil)), // the server logs its requests itself
	})
	if err != nil {
		return nil, fmt.Errorf("preparing uploads: %w", err)
	}
	return u, u.Sweep()
}

// Create begins an upload for owner.
func (u *Uploads) Create(w http.ResponseWriter, r *http.Request, owner string) error {
	if err := u.Sweep(); err != nil {
		return err
	}
	u.serve(w, r, owner, "", u.tus.PostFile)
	return nil
}

// Head tells how much has come, Patch takes more, Delete ends an upload.
func (u *Uploads) Head(w http.ResponseWriter, r *http.Request, owner, id string) error {
	return u.owned(w, r, owner, id, u.tus.HeadFile)
}

// Patch takes the next piece.
func (u *Uploads) Patch(w http.ResponseWriter, r *http.Request, owner, id string) error {
	if err := u.o.Room(); err != nil {
		return err
	}
	return u.owned(w, r, owner, id, u.tus.PatchFile)
}

// Delete ends an upload and removes what came of it.
func (u *Uploads) Delete(w http.ResponseWriter, r *http.Request, owner, id string) error {
	return u.owned(w, r, owner, id, u.tus.DelFile)
}

func (u *Uploads) owned(w http.ResponseWriter, r *http.Request, owner, id string, f http.HandlerFunc) error {
	if _, err := u.info(r.Context(), owner, id); err != nil {
		return err
	}
	u.serve(w, r, owner, id, f)
	return nil
}

// serve hands a request to the library, which takes what stands in the address for the ID.
func (u *Uploads) serve(w http.ResponseWriter, r *http.Request, owner, id string, f http.HandlerFunc) {
	r = r.Clone(context.WithValue(r.Context(), ownerKey{}, owner))
	r.URL.Path = "/" + id
	r.Body = u.piece(r.Body)
	u.tus.Middleware(f).ServeHTTP(w, r)
}

// admit is asked before an upload begins.
func (u *Uploads) admit(hook handler.HookEvent) (handler.HTTPResponse, handler.FileInfoChanges, error) {
	no := func(code, message string, status int) (handler.HTTPResponse, handler.FileInfoChanges, error) {
		return handler.HTTPResponse{}, handler.FileInfoChanges{}, handler.NewError(code, message, status)
	}
	if err := u.o.Room(); err != nil {
		return no("no_room", err.Error(), http.StatusInsufficientStorage)
	}
	open, bytes, err := u.waiting()
	if err != nil {
		u.o.Logger.Error("looking at the uploads", "err", err)
		return no("internal", "the uploads cannot be listed", http.StatusInternalServerError)
	}
	if open >= maxOpen || bytes+hook.Upload.Size > maxWaiting {
		return no("busy", "too much is being uploaded already; finish or delete some of it first", http.StatusServiceUnavailable)
	}
	owner, _ := hook.Context.Value(ownerKey{}).(string)
	name := cleanName(hook.Upload.MetaData[metaName])
	return handler.HTTPResponse{}, handler.FileInfoChanges{MetaData: handler.MetaData{metaName: name, metaOwner: owner}}, nil
}

func cleanName(s string) string {
	s = path.Base(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), `\`, "/"))
	for len(s) > maxName {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s
}

// idForm is what the store calls its files; nothing else ever reaches the disk.
var idForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

func (u *Uploads) info(ctx context.Context, owner, id string) (handler.FileInfo, error) {
	none := fmt.Errorf("upload %q: %w", id, ErrNotFound)
	if !idForm.MatchString(id) {
		return handler.FileInfo{}, none
	}
	up, err := u.store.GetUpload(ctx, id)
	if err != nil {
		return handler.FileInfo{}, none
	}
	info, err := up.GetInfo(ctx)
	if err != nil || info.MetaData[metaOwner] != owner {
		return handler.FileInfo{}, none
	}
	return info, nil
}

// Whole is a complete upload, open for reading. The file lives as long as it is open, also after Forget.
type Whole struct {
	Name string
	File *os.File
}

// Open opens a complete upload. It stays one, so that nobody has to send it again when what it was meant for comes to
// nothing.
func (u *Uploads) Open(ctx context.Context, owner, id string) (Whole, error) {
	info, err := u.info(ctx, owner, id)
	if err != nil {
		return Whole{}, err
	}
	if info.Offset != info.Size {
		return Whole{}, fmt.Errorf("upload %s: %d of %d bytes have come: %w", id, info.Offset, info.Size, ErrUnfinished)
	}
	f, err := os.Open(u.file(id))
	if errors.Is(err, fs.ErrNotExist) { // forgotten meanwhile
		err = ErrNotFound
	}
	if err != nil {
		return Whole{}, fmt.Errorf("opening upload %s: %w", id, err)
	}
	return Whole{Name: info.MetaData[metaName], File: f}, nil
}

// Forget removes the names of an upload that Open gave.
func (u *Uploads) Forget(id string) error {
	if err := u.remove(id); err != nil {
		return fmt.Errorf("removing upload %s: %w", id, err)
	}
	return nil
}

func (u *Uploads) file(id string) string { return filepath.Join(u.o.Dir, id) }

func (u *Uploads) remove(id string) error {
	var errs []error
	for _, name := range []string{u.file(id), u.file(id) + ".info"} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Sweep removes uploads to which nothing was added for a day.
func (u *Uploads) Sweep() error {
	entries, err := os.ReadDir(u.o.Dir)
	if err != nil {
		return fmt.Errorf("sweeping uploads: %w", err)
	}
	var errs []error
	for _, e := range entries {
		id, _, _ := strings.Cut(e.Name(), ".")
		newest, ok := u.touched(id)
		if ok && u.o.Now().Sub(newest).Abs() > keepFor {
			errs = append(errs, u.remove(id))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("sweeping uploads: %w", err)
	}
	return nil
}

// touched is when the file of an upload was last written; of one without its file, when it was noted.
func (u *Uploads) touched(id string) (time.Time, bool) {
	if !idForm.MatchString(id) {
		return time.Time{}, false
	}
	for _, name := range []string{u.file(id), u.file(id) + ".info"} {
		if info, err := os.Stat(name); err == nil {
			return info.ModTime(), true
		}
	}
	return time.Time{}, false
}

// waiting counts the uploads and what they may grow to.
func (u *Uploads) waiting() (open int, bytes int64, err error) {
	entries, err := os.ReadDir(u.o.Dir)
	if err != nil {
		return 0, 0, err
	}
	for _, e := range entries {
		id, isInfo := strings.CutSuffix(e.Name(), ".info")
		if !isInfo {
			continue
		}
		up, err := u.store.GetUpload(context.Background(), id)
		if err != nil {
			continue // deleted meanwhile
		}
		if info, err := up.GetInfo(context.Background()); err == nil {
			open++
			bytes += info.Size
		}
	}
	return open, bytes, nil
}
