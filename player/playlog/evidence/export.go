package evidence

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// The files of an export, in the order in which they stand in the zip.
const (
	ExportRecords    = "nhat-ky.ndjson"
	ExportManifest   = "manifest.json"
	ExportCheckpoint = "checkpoint.txt"
	ExportKey        = "public-key.txt"
	ExportContents   = "MUC-LUC.txt"
)

// ErrExport says that a file is no export, or one that was damaged or made to exhaust its reader.
var ErrExport = errors.New("not an export of this program")

// What an export may ask of its reader.
const (
	maxEntries    = 16
	maxDirectory  = 64 << 10
	maxSmallEntry = 1 << 20
	maxRecords    = 4 << 30 // bytes of records in one export
	maxRatio      = 200     // bytes out for each byte in; honest records reach about 30
	endLength     = 22      // of the zip's end record, which carries no comment
)

// Manifest says which part of which log an export holds. Nothing in it is signed: whatever matters is checked against
// the records and the checkpoint.
type Manifest struct {
	V         int      `json:"v"` // 1
	Origin    string   `json:"origin"`
	First     int64    `json:"first"`      // index of the first record
	End       int64    `json:"end"`        // index after the last record
	PublicKey string   `json:"public_key"` // the log's key when the first record was written
	Frontier  []string `json:"frontier"`   // roots of the perfect subtrees under First, largest first, base64
	Handovers []string `json:"handovers"`  // checkpoints signed by a key that a record in the export replaces
	From      Time     `json:"from"`       // the period that was asked for
	Until     Time     `json:"until"`
}

// Export is a part of a log, from a file that somebody handed in. It is a Source for Verify.
type Export struct {
	manifest Manifest
	frontier []tlog.Hash
	newest   []byte
	notes    map[int64][]byte
	records  *zip.File
}

// IsExport reports whether a file that starts with head is a zip, as exports are.
func IsExport(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

// OpenExport reads all of an export but its records. It takes a bounded amount of memory, whatever r holds.
func OpenExport(r io.ReaderAt, size int64) (*Export, error) {
	if err := modest(r, size); err != nil {
		return nil, fmt.Errorf("opening export: %w", err)
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("opening export: %w: %w", ErrExport, err)
	}
	e := &Export{notes: map[int64][]byte{}}
	small := map[string][]byte{}
	for _, f := range z.File {
		if f.Name == ExportRecords && e.records == nil {
			e.records = f
			continue
		}
		if _, twice := small[f.Name]; twice || f.Name == ExportRecords {
			return nil, fmt.Errorf("opening export: %w: two files are named %.40q", ErrExport, f.Name)
		}
		if small[f.Name], err = readEntry(f); err != nil {
			return nil, fmt.Errorf("opening export: reading %.40q: %w: %w", f.Name, ErrExport, err)
		}
	}
	if e.records == nil || small[ExportManifest] == nil || small[ExportCheckpoint] == nil {
		return nil, fmt.Errorf("opening export: %w: %s, %s or %s is missing", ErrExport, ExportRecords, ExportManifest, ExportCheckpoint)
	}
	if n := e.records.UncompressedSize64; n > maxRecords || n > maxRatio*e.records.CompressedSize64+maxSmallEntry {
		return nil, fmt.Errorf("opening export: %w: %d bytes of records are too many for %d bytes of file", ErrExport, n, e.records.CompressedSize64)
	}
	if err := e.read(small[ExportManifest], small[ExportCheckpoint]); err != nil {
		return nil, fmt.Errorf("opening export: %w: %w", ErrExport, err)
	}
	return e, nil
}

// modest looks at the zip's end record before anything is allocated from it.
func modest(r io.ReaderAt, size int64) error {
	if size < endLength {
		return fmt.Errorf("%w: it has %d bytes", ErrExport, size)
	}
	var end [endLength]byte
	if _, err := r.ReadAt(end[:], size-endLength); err != nil {
		return err
	}
	n, dir := binary.LittleEndian.Uint16(end[10:]), binary.LittleEndian.Uint32(end[12:])
	if !bytes.HasPrefix(end[:], []byte("PK\x05\x06")) || n > maxEntries || dir > maxDirectory {
		return fmt.Errorf("%w: it was cut short, or has more in it than an export", ErrExport)
	}
	return nil
}

func readEntry(f *zip.File) (b []byte, err error) {
	rc, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rc.Close()) }()
	b, err = io.ReadAll(io.LimitReader(rc, maxSmallEntry+1))
	if err == nil && len(b) > maxSmallEntry {
		err = errors.New("it is too long")
	}
	return b, err
}

func (e *Export) read(manifest, newest []byte) error {
	if err := strict(manifest, &e.manifest); err != nil {
		return fmt.Errorf("reading %s: %w", ExportManifest, err)
	}
	m := e.manifest
	switch {
	case m.V != 1:
		return fmt.Errorf("version %d is not known, this program reads version 1", m.V)
	case m.First < 0 || m.End <= m.First || m.End > 1<<53:
		return fmt.Errorf("records %d to %d are no interval", m.First, m.End)
	case len(m.Frontier) != bits.OnesCount64(uint64(m.First)):
		return fmt.Errorf("%d frontier hashes for record %d, want %d", len(m.Frontier), m.First, bits.OnesCount64(uint64(m.First)))
	}
	if _, err := keyBytes(m.PublicKey); err != nil {
		return err
	}
	if _, err := EpochOf(m.Origin); err != nil {
		return err
	}
	for _, text := range m.Frontier {
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(b) != tlog.HashSize {
			return fmt.Errorf("reading frontier hash %.60q: want 32 bytes in base64", text)
		}
		e.frontier = append(e.frontier, tlog.Hash(b))
	}
	for _, text := range append([]string{string(newest)}, m.Handovers...) {
		c, err := PeekCheckpoint([]byte(text))
		if err != nil {
			return err
		}
		e.notes[c.Size] = []byte(text)
	}
	e.newest = newest
	return nil
}

// Manifest is what the export says of itself. Only Verify tells whether it is true.
func (e *Export) Manifest() Manifest { return e.manifest }

// Size is the index after the last record.
func (e *Export) Size() int64 { return e.manifest.End }

// Checkpoint is the signed checkpoint of that size, nil when the export has none.
func (e *Export) Checkpoint(size int64) ([]byte, error) { return e.notes[size], nil }

// Newest is the checkpoint that covers the export.
func (e *Export) Newest() ([]byte, error) { return e.newest, nil }

// Checkpoints are all signed checkpoints in the export.
func (e *Export) Checkpoints() [][]byte {
	out := make([][]byte, 0, len(e.notes))
	for _, n := range e.notes {
		out = append(out, n)
	}
	return out
}

// Records reads the records as they were stored.
func (e *Export) Records(fn func(idx int64, raw []byte) error) (err error) {
	rc, err := e.records.Open()
	if err != nil {
		return fmt.Errorf("reading export: %w", err)
	}
	defer func() { err = errors.Join(err, rc.Close()) }()
	lines := bufio.NewScanner(rc)
	lines.Buffer(make([]byte, 64<<10), MaxRecord+1)
	lines.Split(splitRecords)
	idx := e.manifest.First
	for lines.Scan() {
		if idx == e.manifest.End {
			return fmt.Errorf("reading export: %w: it has more records than it says", ErrExport)
		}
		if err := fn(idx, lines.Bytes()); err != nil {
			return err
		}
		idx++
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading export after record %d: %w: %w", idx, ErrExport, err)
	}
	return nil
}

// splitRecords cuts at each line feed and nowhere else: a carriage return belongs to the bytes that were hashed, and
// bytes after the last line feed are half a record.
func splitRecords(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return 0, nil, nil
}

// MarshalManifest spells the manifest as exports hold it.
func MarshalManifest(m Manifest) ([]byte, error) {
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", ExportManifest, err)
	}
	return append(b, '\n'), nil
}
