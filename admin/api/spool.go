package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"loaxa/admin/route"
	"loaxa/admin/upload"
	"loaxa/audio/library"
)

// Copies of the log that are made on the disk before they are sent: how many at once, what they leave free for the log
// itself, and after how many bytes that is looked at again.
const (
	maxCopies = 2
	copyKeeps = 64 << 20
	copyStep  = 8 << 20
)

// nameless is a temporary file on the data disk without a name: it is gone when it is closed, or when the program dies.
func (a *API) nameless() (*os.File, error) {
	f, err := os.CreateTemp(a.o.SpoolDir, ".spool-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// spool puts what a person sends into a nameless file, and leaves it at its start.
func (a *API) spool(part io.Reader) (*os.File, error) {
	f, err := a.nameless()
	if err != nil {
		return nil, fmt.Errorf("receiving the upload: %w", err)
	}
	_, err = io.Copy(f, upload.Bounded(part, a.room))
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, fmt.Errorf("receiving the upload: %w", errors.Join(err, f.Close()))
	}
	return f, nil
}

// logCopy is a nameless file for a copy of the log. It stops growing while the disk still has room for the log.
type logCopy struct {
	file    *os.File              // not embedded: its ReadFrom would go past Write
	room    func() (int64, error) // bytes free on its disk
	written int64                 // since room was asked
	done    func()
}

// logCopy begins a copy, or refuses it while others are being made or sent: a few impatient clicks must not fill the disk
// on which the log itself has to grow.
func (a *API) logCopy() (*logCopy, error) {
	select {
	case a.copies <- struct{}{}:
	default:
		return nil, &route.Problem{Status: http.StatusServiceUnavailable, Code: "busy_log", Retry: 30 * time.Second, Detail: fmt.Sprintf("%d copies of the log are being made", maxCopies)}
	}
	f, err := a.nameless()
	if err != nil {
		<-a.copies
		return nil, err
	}
	return &logCopy{file: f, room: roomOf(f), written: copyStep, done: sync.OnceFunc(func() { <-a.copies })}, nil
}

func (c *logCopy) Write(b []byte) (int, error) {
	if c.written >= copyStep {
		free, err := c.room()
		if err != nil {
			return 0, fmt.Errorf("asking for free disk space: %w", err)
		}
		if free < copyKeeps {
			return 0, fmt.Errorf("%d MB free, %d MB are kept for the log: %w", free>>20, copyKeeps>>20, library.ErrNoRoom)
		}
		c.written = 0
	}
	n, err := c.file.Write(b)
	c.written += int64(n)
	return n, err
}

func (c *logCopy) Read(b []byte) (int, error) { return c.file.Read(b) }

func (c *logCopy) Seek(offset int64, whence int) (int64, error) { return c.file.Seek(offset, whence) }

func (c *logCopy) Close() error {
	defer c.done()
	return c.file.Close()
}

func roomOf(f *os.File) func() (int64, error) {
	return func() (int64, error) {
		var st unix.Statfs_t
		err := unix.Fstatfs(int(f.Fd()), &st)
		return int64(st.Bavail) * int64(st.Bsize), err //nolint:gosec,unconvert // the types differ between machines
	}
}
