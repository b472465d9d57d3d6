package fetch

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// gzip unpacks a tar inside gzip.
func (u *unpacking) gzip(f io.ReaderAt, size int64) error {
	packed := &counting{r: io.NewSectionReader(f, 0, size)}
	z, err := gzip.NewReader(packed)
	if err != nil {
		return refuse(CodeArchiveDamaged, "%v", err)
	}
	r := bufio.NewReaderSize(&stream{u: u, r: z, packed: packed}, 64<<10)
	head, err := r.Peek(archiveHead)
	if refusal := asRefusal(err); refusal != nil {
		return refusal
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return refuse(CodeArchiveDamaged, "%v", err)
	}
	if !isTar(head) {
		return refuse(CodeNotArchive, "in gzip, but not a tar")
	}
	return u.tar(r)
}

func (u *unpacking) tar(r io.Reader) error {
	t := tar.NewReader(r)
	for {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.Is(err, tar.ErrInsecurePath): // no path is used
			return u.broken(err)
		}
		if err := u.header(); err != nil {
			return err
		}
		if err := u.tarred(h, t); err != nil {
			return err
		}
	}
}

// broken gives a refusal of what went wrong between entries, unless it is one, or the caller's own.
func (u *unpacking) broken(err error) error {
	if u.ctx.Err() != nil {
		return fmt.Errorf("unpacking: %w", context.Cause(u.ctx))
	}
	if r := asRefusal(err); r != nil {
		return r
	}
	return refuse(CodeArchiveDamaged, "%v", err)
}

func (u *unpacking) tarred(h *tar.Header, t *tar.Reader) error {
	raw := legacyText(h.Name)
	if h.Typeflag == tar.TypeDir || strings.HasSuffix(raw, "/") || h.Typeflag == tar.TypeXGlobalHeader || litterPath(raw) {
		return nil
	}
	name := cleanName(raw)
	switch {
	case name == "":
		u.skip("?", SkipNameless, "%q", clip(raw, 100))
		return nil
	case h.Typeflag == tar.TypeSymlink || h.Typeflag == tar.TypeLink:
		u.skip(name, SkipLink, "type %q", h.Typeflag)
		return nil
	case h.Typeflag != tar.TypeReg:
		u.skip(name, SkipSpecial, "type %q", h.Typeflag)
		return nil
	}
	return u.hand(Entry{Name: name, Size: h.Size}, t, -1)
}

// counting counts what is read.
type counting struct {
	r io.Reader
	n int64
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// stream bounds what comes out of gzip, also what is only passed over between two files.
type stream struct {
	u      *unpacking
	r      io.Reader
	packed *counting
	n      int64
}

func (s *stream) Read(b []byte) (int, error) {
	if s.u.ctx.Err() != nil {
		return 0, fmt.Errorf("unpacking: %w", context.Cause(s.u.ctx))
	}
	n, err := s.r.Read(b)
	s.n += int64(n)
	switch l := s.u.l; {
	case s.n > l.TotalBytes+int64(l.headers())*1024:
		return 0, refuse(CodeArchiveTotal, "more than %d bytes in all", l.TotalBytes)
	case s.n > l.RatioFree && s.n/l.Ratio > s.packed.n:
		return 0, refuse(CodeArchiveBomb, "%d bytes out of %d", s.n, s.packed.n)
	}
	return n, err
}
