package decode

import (
	"bufio"
	"errors"
	"io"
)

// adtsHeader is what opens every unit of a bare AAC file, unpacked.
type adtsHeader struct {
	object, rateIndex, channels int
	header, size                int // bytes: of the header, and with it
	blocks                      int // units in the frame
}

const (
	adtsBytes   = 7
	adtsMaxSize = 1<<13 - 1
	adtsChain   = 4 // headers in a row that are no chance
)

// parseADTS unpacks a header. Its layer bits are 0, which no MPEG layer has: MP3 is never taken for it.
func parseADTS(b []byte) (adtsHeader, bool) {
	if len(b) < adtsBytes || b[0] != 0xFF || b[1]&0xF6 != 0xF0 {
		return adtsHeader{}, false
	}
	h := adtsHeader{
		object: int(b[2]>>6) + 1, rateIndex: int(b[2] >> 2 & 15), channels: int(b[2]&1)<<2 | int(b[3]>>6),
		header: adtsBytes, size: int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5]>>5), blocks: int(b[6]&3) + 1,
	}
	if b[1]&1 == 0 {
		h.header += 2 // a checksum
	}
	return h, h.rateIndex < 13 && h.size > h.header
}

// follows says whether a frame may stand in the same stream as first.
func (h adtsHeader) follows(first adtsHeader) bool {
	return h.object == first.object && h.rateIndex == first.rateIndex && h.channels == first.channels
}

// firstADTS looks for a chain of headers, each at the distance that the one before says, or to the end.
func firstADTS(head []byte, left int64) (int, bool) {
	for at := 0; at+adtsBytes <= len(head); at++ {
		if head[at] == 0xFF && adtsChained(head, at, left) {
			return at, true
		}
	}
	return 0, false
}

func adtsChained(head []byte, at int, left int64) bool {
	first, ok := parseADTS(head[at:])
	if !ok {
		return false
	}
	for i := 1; ; i++ {
		h, ok := parseADTS(head[at:])
		if !ok || !h.follows(first) {
			return false
		}
		at += h.size
		if i == adtsChain || int64(at) == left && i > 1 {
			return true
		}
		if at+adtsBytes > len(head) {
			return false
		}
	}
}

// adtsUnits reads the units of a bare AAC file.
type adtsUnits struct {
	r              *bufio.Reader
	first          adtsHeader
	begin, at, end int64
	in, skipped    int64 // bytes in units and between them
	over           int64 // bytes since the last unit
	cut            bool
}

func newADTSStream(f io.ReaderAt, start, size int64) (*aacStream, *Refusal) {
	end := trimTags(f, start, size)
	var b [adtsBytes]byte
	if n, _ := f.ReadAt(b[:], start); n < len(b) {
		return nil, refuse(CodeTruncated, "the first AAC frame at byte %d", start)
	}
	first, ok := parseADTS(b[:])
	switch {
	case !ok:
		return nil, refuse(CodeDamaged, "the first AAC frame at byte %d", start)
	case first.blocks > 1:
		return nil, refuse(CodeUnsupported, "AAC, several units in a frame")
	}
	again := func() (units, *Refusal) {
		return &adtsUnits{r: bufio.NewReaderSize(io.NewSectionReader(f, start, end-start), 4*(adtsMaxSize+1)),
			first: first, begin: start, at: start, end: end}, nil
	}
	asc := []byte{byte(first.object<<3 | first.rateIndex>>1), byte(first.rateIndex<<7 | first.channels<<3)}
	return newAACStream(again, asc, "AAC")
}

func (u *adtsUnits) position() (done, total int64) { return u.at - u.begin, u.end - u.begin }

func (u *adtsUnits) discard(n int) {
	got, _ := u.r.Discard(n) // an error comes again at the next Peek
	u.at += int64(got)
}

// next moves to the next whole unit, over whatever does not belong to the stream.
func (u *adtsUnits) next() ([]byte, error) {
	for {
		b, err := u.r.Peek(adtsBytes)
		if len(b) < adtsBytes {
			if err != nil && !errors.Is(err, io.EOF) {
				return nil, refuse(CodeDamaged, "reading at byte %d: %v", u.at, err)
			}
			return nil, io.EOF
		}
		h, ok := parseADTS(b)
		if !ok || !h.follows(u.first) || u.over > 0 && !u.confirmed(h) {
			u.discard(1)
			u.over++
			continue
		}
		whole, _ := u.r.Peek(h.size)
		if len(whole) < h.size {
			u.cut = true
			return nil, io.EOF
		}
		unit := append([]byte(nil), whole[h.header:]...)
		u.discard(h.size)
		u.in += int64(h.size)
		u.skipped += u.over // junk behind the last unit never gets here: it takes nothing from the sound
		u.over = 0
		return unit, nil
	}
}

// confirmed says whether another header stands where this frame ends: after junk one alone may be chance.
func (u *adtsUnits) confirmed(h adtsHeader) bool {
	if u.at+int64(h.size) == u.end {
		return true
	}
	b, _ := u.r.Peek(h.size + adtsBytes)
	if len(b) < h.size+adtsBytes {
		return false
	}
	after, ok := parseADTS(b[h.size:])
	return ok && after.follows(u.first)
}

func (u *adtsUnits) finish() *Refusal {
	switch {
	case u.skipped > u.in/10:
		return refuse(CodeDamaged, "%d bytes between the units, %d in them", u.skipped, u.in)
	case u.cut:
		return refuse(CodeTruncated, "the last unit, at byte %d, is not whole", u.at)
	}
	return nil
}
