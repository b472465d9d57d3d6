package decode

import (
	"io"
	"math"
)

// mp4Units reads the samples of a track, one access unit each, by the three tables that say where they lie.
type mp4Units struct {
	f     io.ReaderAt
	file  int64 // bytes
	chunk func() (at int64, ok bool)
	runs  table // which chunks hold how many samples
	sizes *table
	fixed int64 // bytes of every sample; 0 = as sizes says

	count, given int64
	at           int64 // of the next sample
	inChunk      int64 // samples left in this chunk
	number       int64 // of this chunk, from 1
	perChunk     int64
	next1        [3]uint32 // first run that is not in use yet
	have1        bool
	buf          []byte
}

// newMP4Units opens the tables below an stbl box.
func newMP4Units(m *mp4File, stbl box) (*mp4Units, *Refusal) {
	u := &mp4Units{f: m.f, file: m.size}
	stsz, ok1 := m.find(stbl, "stsz")
	stsc, ok2 := m.find(stbl, "stsc")
	if !ok1 || !ok2 {
		return nil, refuse(CodeUnsupported, "MP4 in fragments")
	}
	var refusal *Refusal
	if refusal = u.readSizes(m, stsz); refusal != nil {
		return nil, refusal
	}
	if u.runs, refusal = m.table(stsc, 0, 3); refusal != nil {
		return nil, refusal
	}
	u.have1 = u.runs.next(u.next1[:])
	if stco, ok := m.find(stbl, "stco"); ok {
		t, refusal := m.table(stco, 0, 1)
		u.chunk = func() (int64, bool) {
			var e [1]uint32
			ok := t.next(e[:])
			return int64(e[0]), ok
		}
		return u, refusal
	}
	co64, ok := m.find(stbl, "co64")
	if !ok {
		return nil, refuse(CodeDamaged, "no table of chunks")
	}
	t, refusal := m.table(co64, 0, 2)
	u.chunk = func() (int64, bool) {
		var e [2]uint32
		ok := t.next(e[:])
		return int64(e[0]&math.MaxInt32)<<32 | int64(e[1]), ok
	}
	return u, refusal
}

// readSizes takes either the one size of all samples, or the table of them.
func (u *mp4Units) readSizes(m *mp4File, stsz box) *Refusal {
	head := newEntryReader(m.f, stsz.at+4, 8)
	var e [2]uint32
	if stsz.size < 12 || !head.read(e[:]) {
		return refuse(CodeDamaged, "box %q of %d bytes", stsz.name, stsz.size)
	}
	u.fixed, u.count = int64(e[0]), int64(e[1])
	if u.fixed > 0 {
		if u.count > m.size/u.fixed {
			return refuse(CodeTruncated, "%d samples of %d bytes in a file of %d", u.count, u.fixed, m.size)
		}
		return nil
	}
	t, refusal := m.table(stsz, 4, 1)
	u.sizes = &t
	return refusal
}

// next gives the bytes of the next sample.
func (u *mp4Units) next() ([]byte, error) {
	if u.given == u.count {
		return nil, io.EOF
	}
	for u.inChunk == 0 {
		if refusal := u.nextChunk(); refusal != nil {
			return nil, refusal
		}
	}
	size := u.fixed
	if u.sizes != nil {
		var e [1]uint32
		if !u.sizes.next(e[:]) {
			return nil, refuse(CodeTruncated, "the size of sample %d of %d", u.given, u.count)
		}
		size = int64(e[0])
	}
	switch {
	case size > aacMaxUnit:
		return nil, refuse(CodeDamaged, "sample %d says %d bytes", u.given, size)
	case u.at < 0 || size > u.file-u.at:
		return nil, refuse(CodeTruncated, "sample %d of %d would end at byte %d of %d", u.given, u.count, u.at+size, u.file)
	}
	u.buf = append(u.buf[:0], make([]byte, size)...)
	if n, err := u.f.ReadAt(u.buf, u.at); n < len(u.buf) {
		return nil, refuse(CodeDamaged, "reading at byte %d: %v", u.at, err)
	}
	u.at += size
	u.inChunk--
	u.given++
	return u.buf, nil
}

func (u *mp4Units) nextChunk() *Refusal {
	at, ok := u.chunk()
	if !ok {
		return refuse(CodeDamaged, "%d of %d samples stand in chunks", u.given, u.count)
	}
	u.at = at
	u.number++
	for u.have1 && int64(u.next1[0]) <= u.number {
		u.perChunk = int64(u.next1[1])
		u.have1 = u.runs.next(u.next1[:])
	}
	u.inChunk = u.perChunk
	return nil
}

func (u *mp4Units) position() (done, total int64) { return u.given, u.count }

func (u *mp4Units) finish() *Refusal { return nil }
