package decode

import (
	"encoding/binary"
	"io"
	"math"
)

// MP4 boxes are walked here: mp4ff v0.50.0 and go-mp4 v1.2.0 both take memory for as many entries as a table says, and
// build the whole tree. Here a table is only a place in the file until one entry of it is needed.

// box is where the content of an MP4 box lies.
type box struct {
	name     string
	at, size int64 // of the content
}

const (
	mp4MaxBoxes = 5000 // looked at in a file
	mp4MaxLeaf  = 64 << 10
)

// mp4File counts the boxes that are looked at, so that no nesting makes the walk long.
type mp4File struct {
	f      io.ReaderAt
	size   int64
	looked int
}

// boxes calls each for the boxes between from and to, until it says false. cut says that the last one reaches further.
func (m *mp4File) boxes(from, to int64, each func(box) bool) (cut bool, refusal *Refusal) {
	for at := from; at+8 <= to; {
		if m.looked++; m.looked > mp4MaxBoxes {
			return false, refuse(CodeDamaged, "more than %d boxes", mp4MaxBoxes)
		}
		var head [16]byte
		n, _ := m.f.ReadAt(head[:], at)
		if n < 8 {
			return true, nil
		}
		b := box{name: string(head[4:8]), at: at + 8, size: int64(binary.BigEndian.Uint32(head[:])) - 8}
		switch b.size + 8 {
		case 0: // to the end
			b.size = to - b.at
		case 1:
			long := binary.BigEndian.Uint64(head[8:])
			if n < len(head) || long < 16 || long > math.MaxInt64/2 {
				return false, refuse(CodeDamaged, "box %q at byte %d has an impossible length", b.name, at)
			}
			b.at, b.size = at+16, int64(long)-16
		}
		if b.size < 0 {
			if b.name == "\x00\x00\x00\x00" {
				return false, nil // zeros end the list in QuickTime files
			}
			return false, refuse(CodeDamaged, "box %q at byte %d has an impossible length", b.name, at)
		}
		if b.size > to-b.at {
			cut = true
			b.size = max(0, to-b.at)
		}
		if !each(b) {
			return cut, nil
		}
		at = b.at + b.size
	}
	return cut, nil
}

// find gives the first box of that way below b.
func (m *mp4File) find(b box, way ...string) (found box, ok bool) {
	for _, name := range way {
		ok = false
		// A box of another kind that cannot be walked hides the one that is looked for: then it is not there.
		_, _ = m.boxes(b.at, b.at+b.size, func(c box) bool {
			if c.name == name {
				found, ok = c, true
			}
			return !ok
		})
		if !ok {
			return found, false
		}
		b = found
	}
	return found, ok
}

// leaf reads the content of a small box, or the start of a large one.
func (m *mp4File) leaf(b box) []byte {
	content := make([]byte, min(b.size, mp4MaxLeaf, max(0, m.size-b.at)))
	n, _ := m.f.ReadAt(content, b.at)
	return content[:n]
}

// table is a list of entries in a box, behind the head of the box.
type table struct {
	r      *entryReader
	count  int64
	fields int // 32-bit numbers in an entry
}

// table finds the list of a box: version and flags, head-8 more bytes, the count, the entries.
func (m *mp4File) table(b box, skip int64, fields int) (table, *Refusal) {
	var head [4]byte
	at := b.at + 4 + skip
	if n, _ := m.f.ReadAt(head[:], at); n < len(head) || 8+skip > b.size {
		return table{}, refuse(CodeDamaged, "box %q of %d bytes", b.name, b.size)
	}
	t := table{count: int64(binary.BigEndian.Uint32(head[:])), fields: fields}
	if have := (b.size - 8 - skip) / int64(4*fields); t.count > have {
		return table{}, refuse(CodeDamaged, "box %q says %d entries and has room for %d", b.name, t.count, have)
	}
	t.r = newEntryReader(m.f, at+4, t.count*int64(4*fields))
	return t, nil
}

// next gives the entry that follows; false at the end.
func (t *table) next(entry []uint32) bool {
	if t.count == 0 {
		return false
	}
	t.count--
	return t.r.read(entry[:t.fields])
}

// entryReader reads 32-bit numbers through a small buffer.
type entryReader struct {
	f       io.ReaderAt
	at, end int64
	buf     [4096]byte
	have    []byte
}

func newEntryReader(f io.ReaderAt, at, bytes int64) *entryReader {
	return &entryReader{f: f, at: at, end: at + bytes}
}

func (e *entryReader) read(into []uint32) bool {
	for i := range into {
		if len(e.have) < 4 {
			n, _ := e.f.ReadAt(e.buf[:min(int64(len(e.buf)), e.end-e.at)], e.at)
			n -= n % 4
			e.have = e.buf[:n]
			e.at += int64(n)
			if n == 0 {
				return false
			}
		}
		into[i] = binary.BigEndian.Uint32(e.have)
		e.have = e.have[4:]
	}
	return true
}
