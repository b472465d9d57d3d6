package fetch

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// Parts of a ZIP's end (APPNOTE 4.3.14 to 4.3.16), little-endian.
const (
	endSize       = 22
	endSignature  = 0x06054b50
	loc64Size     = 20
	loc64Sig      = 0x07064b50
	end64Size     = 56
	end64Sig      = 0x06064b50
	maxZipComment = 1<<16 - 1
)

// announced reads how many entries a ZIP's end record announces. It searches as archive/zip does: from the end, the
// first signature whose comment fits, in the last kilobyte and then in all that a comment can fill.
func announced(f io.ReaderAt, size int64) (uint64, error) {
	for _, window := range []int64{1 << 10, endSize + maxZipComment + 1} {
		tail := make([]byte, min(window, size))
		if n, err := f.ReadAt(tail, size-int64(len(tail))); n < len(tail) {
			return 0, fmt.Errorf("reading the end of a ZIP: %w", err)
		}
		for i := len(tail) - endSize; i >= 0; i-- {
			if binary.LittleEndian.Uint32(tail[i:]) != endSignature || i+endSize+int(binary.LittleEndian.Uint16(tail[i+20:])) > len(tail) {
				continue
			}
			n := uint64(binary.LittleEndian.Uint16(tail[i+10:]))
			n64, err := announced64(f, size-int64(len(tail))+int64(i))
			return max(n, n64), err
		}
	}
	return 0, refuse(CodeArchiveDamaged, "no end record")
}

// announced64 reads the number in the ZIP64 end record that stands before the end record at, or 0.
func announced64(f io.ReaderAt, at int64) (uint64, error) {
	loc := make([]byte, loc64Size)
	if at < loc64Size {
		return 0, nil
	}
	if n, err := f.ReadAt(loc, at-loc64Size); n < len(loc) {
		return 0, fmt.Errorf("reading the end of a ZIP: %w", err)
	}
	if binary.LittleEndian.Uint32(loc) != loc64Sig {
		return 0, nil
	}
	end := make([]byte, end64Size)
	where := binary.LittleEndian.Uint64(loc[8:])
	if where >= uint64(at) {
		return 0, refuse(CodeArchiveDamaged, "its ZIP64 end record is at %d, after its locator", where)
	}
	if n, err := f.ReadAt(end, int64(where)); n < len(end) {
		return 0, fmt.Errorf("reading the ZIP64 end of a ZIP: %w", err)
	}
	if !bytes.HasPrefix(end, binary.LittleEndian.AppendUint32(nil, end64Sig)) {
		return 0, refuse(CodeArchiveDamaged, "no ZIP64 end record where it should be")
	}
	return max(binary.LittleEndian.Uint64(end[24:]), binary.LittleEndian.Uint64(end[32:])), nil
}
