package fetch

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"strings"
	"sync/atomic"
	"unicode/utf8"
)

// errBudget is a directory that is larger than it may be.
var errBudget = errors.New("the directory is larger than is allowed")

// budgeted lets archive/zip read so many bytes for the directory and its search. The library holds the whole directory in
// memory and goes on until the headers end, whatever number was announced.
type budgeted struct {
	io.ReaderAt
	left atomic.Int64
	off  atomic.Bool
}

func (b *budgeted) ReadAt(p []byte, at int64) (int, error) {
	if !b.off.Load() && b.left.Add(-int64(len(p))) < 0 {
		return 0, errBudget
	}
	return b.ReaderAt.ReadAt(p, at)
}

// searchBytes are read at most to find the end record: 1 kB, then 65 kB, then the ZIP64 records, and what bufio reads
// beyond the directory.
const searchBytes = 80 << 10

func (u *unpacking) zip(f io.ReaderAt, size int64) error {
	if n, err := announced(f, size); err != nil {
		return err
	} else if n > uint64(u.l.headers()) {
		// archive/zip makes room for as many before it has seen one.
		return refuse(CodeArchiveEntries, "%d entries announced, at most %d", n, u.l.headers())
	}
	b := &budgeted{ReaderAt: f}
	b.left.Store(u.l.DirectoryBytes + searchBytes)
	z, err := zip.NewReader(b, size)
	switch {
	case errors.Is(err, errBudget):
		return refuse(CodeArchiveEntries, "a directory of more than %d bytes", u.l.DirectoryBytes)
	case err != nil && !errors.Is(err, zip.ErrInsecurePath): // no path is used
		return refuse(CodeArchiveDamaged, "%v", err)
	}
	b.off.Store(true)
	if isOffice(z) {
		return refuse(CodeOfficeFile, "it has [Content_Types].xml or mimetype")
	}
	for _, file := range z.File {
		if err := u.header(); err != nil {
			return err
		}
		if err := u.zipped(file); err != nil {
			return err
		}
	}
	return nil
}

func (u *unpacking) zipped(file *zip.File) error {
	raw := zipName(&file.FileHeader)
	if strings.HasSuffix(raw, "/") || strings.HasSuffix(raw, `\`) || file.Mode().IsDir() || litterPath(raw) {
		return nil
	}
	name := cleanName(raw)
	switch mode := file.Mode(); {
	case name == "":
		u.skip("?", SkipNameless, "%q", clip(raw, 100))
		return nil
	case mode&fs.ModeSymlink != 0:
		u.skip(name, SkipLink, "mode %v", mode)
		return nil
	case !mode.IsRegular():
		u.skip(name, SkipSpecial, "mode %v", mode)
		return nil
	case file.Flags&1 != 0:
		u.skip(name, SkipEncrypted, "flags %#x", file.Flags)
		return nil
	case file.UncompressedSize64 > uint64(u.l.EntryBytes):
		u.skip(name, SkipTooLarge, "%d bytes, at most %d", file.UncompressedSize64, u.l.EntryBytes)
		return nil
	}
	r, err := file.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		u.skip(name, SkipMethod, "method %d", file.Method)
		return nil
	}
	if err != nil {
		u.skip(name, SkipDamaged, "%v", err)
		return nil
	}
	defer r.Close() //nolint:errcheck // nothing was written
	return u.hand(Entry{Name: name, Size: int64(file.UncompressedSize64)}, r, int64(min(file.CompressedSize64, 1<<62)))
}

// isOffice tells office documents, which are ZIP files, too: OOXML (ECMA-376) and OpenDocument.
func isOffice(z *zip.Reader) bool {
	for i, file := range z.File {
		if file.Name == "[Content_Types].xml" || i == 0 && file.Name == "mimetype" {
			return true
		}
	}
	return false
}

// unicodePath is Info-ZIP's extra field with the name in UTF-8 (APPNOTE 4.6.9): version, CRC-32 of the other name, name.
const unicodePath = 0x7075

func zipName(h *zip.FileHeader) string {
	extra := h.Extra
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			break
		}
		field := extra[:n]
		extra = extra[n:]
		if id == unicodePath && n > 5 && field[0] == 1 && binary.LittleEndian.Uint32(field[1:]) == crc32.ChecksumIEEE([]byte(h.Name)) && utf8.Valid(field[5:]) {
			return string(field[5:])
		}
	}
	return legacyText(h.Name)
}
