package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// Entry is one file in an archive.
type Entry struct {
	Name string `json:"name"` // cleaned, without folders: a label. Two entries may have the same
	Size int64  `json:"size"` // unpacked, as the archive says; what the reader gives may be less, and never more than the limits
}

// Contents is what Unpack met.
type Contents struct {
	Files   int       `json:"files"` // handed out and read without an error of the archive
	Bytes   int64     `json:"bytes"` // unpacked
	Skipped []Skipped `json:"skipped"`
}

// archiveHead is how many bytes IsArchive wants to see.
const archiveHead = 512

// IsArchive says whether a file that begins with head (512 bytes, or all of it) is one that Unpack reads: ZIP, tar or
// anything in gzip.
func IsArchive(head []byte) bool {
	return isZip(head) || isGzip(head) || isTar(head)
}

func isZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

func isGzip(head []byte) bool { return bytes.HasPrefix(head, []byte("\x1f\x8b\x08")) }

// isTar checks the sum of the first header, which also the oldest form has.
func isTar(head []byte) bool {
	if len(head) < archiveHead {
		return false
	}
	field := strings.Trim(string(head[148:156]), " \x00")
	want, err := strconv.ParseInt(field, 8, 64)
	if err != nil {
		return false
	}
	sum := int64(8 * ' ')
	for i, b := range head[:archiveHead] {
		if i < 148 || i >= 156 {
			sum += int64(b)
		}
	}
	return sum == want && head[0] != 0
}

// Unpack hands every file of a ZIP, tar or tar.gz, told by its content, to each, one after the other; archives inside it
// are files like others. Nothing is written anywhere. A file that breaks a limit or is damaged ends with an error of its
// reader and is in Contents.Skipped, whatever each makes of it; any other error of each ends the whole.
//
// The error is a *Refusal when the archive as a whole is damaged or too large, or wraps that of ctx or of each. Contents
// tells what came before it.
func Unpack(ctx context.Context, f *os.File, size int64, l Limits, each func(Entry, io.Reader) error) (Contents, error) {
	return unpack(ctx, f, size, l, each)
}

func unpack(ctx context.Context, f io.ReaderAt, size int64, l Limits, each func(Entry, io.Reader) error) (Contents, error) {
	head := make([]byte, min(size, archiveHead))
	if n, err := f.ReadAt(head, 0); n < len(head) {
		return Contents{}, fmt.Errorf("reading the head of an archive: %w", err)
	}
	u := &unpacking{ctx: ctx, l: l.filled(), each: each}
	var err error
	switch {
	case isZip(head):
		err = u.zip(f, size)
	case isGzip(head):
		err = u.gzip(f, size)
	case isTar(head):
		err = u.tar(io.NewSectionReader(f, 0, size))
	default:
		err = refuse(CodeNotArchive, "it begins with % x", head[:min(len(head), 8)])
	}
	return u.contents, err
}

// unpacking is one archive being read.
type unpacking struct {
	ctx      context.Context
	l        Limits
	each     func(Entry, io.Reader) error
	contents Contents
	headers  int
	files    int
}

// header counts one entry of any kind.
func (u *unpacking) header() error {
	if err := u.ctx.Err(); err != nil {
		return fmt.Errorf("unpacking: %w", context.Cause(u.ctx))
	}
	if u.headers++; u.headers > u.l.headers() {
		return refuse(CodeArchiveEntries, "more than %d entries", u.l.headers())
	}
	return nil
}

func (u *unpacking) skip(name, why, format string, args ...any) {
	u.contents.Skipped = append(u.contents.Skipped, Skipped{Name: name, Why: why, Detail: fmt.Sprintf(format, args...)})
}

// hand gives one file to each, and then judges what became of it. packed is its size in the archive, or -1 when that is
// not known for one file.
func (u *unpacking) hand(e Entry, r io.Reader, packed int64) error {
	if u.files++; u.files > u.l.Entries {
		return refuse(CodeArchiveEntries, "more than %d files", u.l.Entries)
	}
	if e.Size > u.l.EntryBytes {
		u.skip(e.Name, SkipTooLarge, "%d bytes, at most %d", e.Size, u.l.EntryBytes)
		return nil
	}
	m := &metered{u: u, r: r, packed: packed}
	err := u.each(e, m)
	var own *entryError
	switch {
	case m.err == nil && err == nil:
		u.contents.Files++
		return nil
	case m.err == nil:
		return fmt.Errorf("unpacking %q: %w", e.Name, err)
	case errors.As(m.err, &own):
		u.skip(e.Name, own.why, "%v", own.err)
		return nil
	default:
		return m.err
	}
}

// entryError is an error of one file alone.
type entryError struct {
	why string
	err error
}

func (e *entryError) Error() string { return "unpacking: " + e.why + ": " + e.err.Error() }
func (e *entryError) Unwrap() error { return e.err }

// metered reads one file within the limits and keeps the first error, so that each cannot swallow it.
type metered struct {
	u      *unpacking
	r      io.Reader
	packed int64
	n      int64
	err    error
}

func (m *metered) Read(b []byte) (int, error) {
	if m.err != nil {
		return 0, m.err
	}
	if m.u.ctx.Err() != nil {
		m.err = fmt.Errorf("unpacking: %w", context.Cause(m.u.ctx))
		return 0, m.err
	}
	n, err := m.r.Read(b)
	m.n += int64(n)
	m.u.contents.Bytes += int64(n)
	switch l := m.u.l; {
	case m.u.contents.Bytes > l.TotalBytes:
		m.err = refuse(CodeArchiveTotal, "more than %d bytes in all", l.TotalBytes)
	case m.packed >= 0 && m.n > l.RatioFree && m.n/l.Ratio > m.packed:
		m.err = refuse(CodeArchiveBomb, "%d bytes out of %d", m.n, m.packed)
	case m.n > l.EntryBytes:
		m.err = &entryError{SkipTooLarge, fmt.Errorf("more than %d bytes", l.EntryBytes)}
	case err == nil || err == io.EOF: //nolint:errorlint // readers return io.EOF itself
		return n, err
	case asRefusal(err) != nil:
		m.err = err
	default:
		m.err = &entryError{SkipDamaged, err}
	}
	return 0, m.err
}
