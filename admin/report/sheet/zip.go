package sheet

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// parts takes the parts of a workbook in whatever order they come, compresses each at once, and writes them out by name:
// excelize gives the sheets in the order of a map, and the same account must give the same bytes. Only the compressed parts
// are held in memory, a tenth of the sheets.
type parts struct {
	ctx  context.Context
	to   io.Writer
	list []*part
	open *part
}

type part struct {
	name string
	size uint64
	sum  hash.Hash32
	body bytes.Buffer
	by   *flate.Writer
}

func (p *part) Write(b []byte) (int, error) {
	n, err := p.by.Write(b)
	p.size += uint64(n) //nolint:gosec // not negative
	p.sum.Write(b[:n])
	return n, err
}

// Create begins a part; the one before it is complete.
func (z *parts) Create(name string) (io.Writer, error) {
	if err := z.ctx.Err(); err != nil {
		return nil, err
	}
	if err := z.end(); err != nil {
		return nil, err
	}
	z.open = &part{name: name, sum: crc32.NewIEEE()}
	var err error
	z.open.by, err = flate.NewWriter(&z.open.body, flate.BestSpeed)
	return z.open, err
}

func (z *parts) end() error {
	if z.open == nil {
		return nil
	}
	p := z.open
	z.open, z.list = nil, append(z.list, p)
	err := p.by.Close()
	p.by = nil
	return err
}

// AddFS is never asked for.
func (z *parts) AddFS(fs.FS) error { return errors.New("no folder belongs into this workbook") }

// Close writes the file.
func (z *parts) Close() error {
	if err := z.end(); err != nil {
		return err
	}
	slices.SortFunc(z.list, func(a, b *part) int { return strings.Compare(a.name, b.name) }) // "[Content_Types].xml" is first
	out := zip.NewWriter(z.to)
	for _, p := range z.list {
		if err := z.ctx.Err(); err != nil {
			return err
		}
		w, err := out.CreateRaw(&zip.FileHeader{Name: p.name, Method: zip.Deflate, CRC32: p.sum.Sum32(),
			CompressedSize64: uint64(p.body.Len()), UncompressedSize64: p.size}) //nolint:gosec // not negative
		if err != nil {
			return err
		}
		if _, err := p.body.WriteTo(w); err != nil {
			return err
		}
	}
	return out.Close()
}
