package decode

import (
	"bufio"
	"encoding/binary"
	"io"
)

const (
	searchBytes = 256 << 10 // how far into a file the first frame is looked for
	maxTags     = 16        // ID3 tags in a row
)

// mp3Frames reads the frames of an MP3 file one after the other: no tag, no junk between frames, no frame of another kind,
// no half frame. So the length in samples is known by counting.
type mp3Frames struct {
	r       *bufio.Reader
	at, end int64 // of what is not yet read
	first   mpegHeader
	over    int64 // bytes before the next frame that belong to none

	count    int64 // frames given
	declared int64 // frames that the file's own header speaks of; 0 where it says nothing
	bytes    int64 // in frames
	skipped  int64 // between frames
	silenced int64 // frames that could not be decoded
	others   int64 // bytes in frames of another kind
	cut      bool  // the last frame is not whole
}

// newMP3Frames finds the first frame of Layer III, or says what else the file is.
func newMP3Frames(f io.ReaderAt, size int64) (*mp3Frames, *Refusal) {
	start, refusal := skipID3(f, size)
	if refusal != nil {
		return nil, refusal
	}
	end := trimTags(f, start, size)
	head := make([]byte, min(end-start, searchBytes))
	if n, err := f.ReadAt(head, start); n < len(head) {
		return nil, refuse(CodeDamaged, "reading at byte %d: %v", start, err)
	}
	at, first, ok := firstFrame(head, end-start)
	if !ok {
		if adts(head) {
			return nil, refuse(CodeUnsupported, "AAC")
		}
		if start > 0 {
			return nil, refuse(CodeDamaged, "no MP3 frame after the ID3 tag of %d bytes", start)
		}
		return nil, refuse(CodeNotAudio, "neither a known file type nor MP3 frames")
	}
	if first.layer != 3 || first.version == 25 {
		return nil, refuse(CodeUnsupported, "%s, %d Hz", first.name(), first.rate)
	}
	start += int64(at)
	m := &mp3Frames{
		r:  bufio.NewReaderSize(io.NewSectionReader(f, start, end-start), 4*maxMPEGFrame),
		at: start, end: end, first: first,
	}
	m.takeInfoFrame()
	return m, nil
}

// firstFrame looks for a header that is followed by another of its kind at the distance it says, or by the end.
func firstFrame(head []byte, left int64) (int, mpegHeader, bool) {
	for at := 0; at+mpegHeaderBytes <= len(head); at++ {
		h, ok := parseMPEG(head[at:])
		if !ok {
			continue
		}
		next := at + h.size
		if int64(next) == left {
			return at, h, true
		}
		if next+mpegHeaderBytes <= len(head) {
			if after, ok := parseMPEG(head[next:]); ok && after.follows(h) {
				return at, h, true
			}
		}
	}
	return 0, mpegHeader{}, false
}

// adts recognises raw AAC: two headers of it at the distance the first says.
func adts(head []byte) bool {
	if len(head) < 7 || head[0] != 0xFF || head[1]&0xF6 != 0xF0 {
		return false
	}
	next := int(head[3]&3)<<11 | int(head[4])<<3 | int(head[5]>>5)
	return next >= 7 && next+1 < len(head) && head[next] == 0xFF && head[next+1]&0xF6 == 0xF0
}

// skipID3 is where the tags at the start end.
func skipID3(f io.ReaderAt, size int64) (int64, *Refusal) {
	at := int64(0)
	for range maxTags {
		var b [id3HeadBytes]byte
		n, _ := f.ReadAt(b[:], at)
		switch length, possible := id3Bytes(b[:n]); {
		case !possible:
			return 0, refuse(CodeDamaged, "the ID3 tag at byte %d has an impossible length", at)
		case length == 0:
			return at, nil
		case length > size-at:
			return 0, refuse(CodeTruncated, "the ID3 tag says %d bytes, %d are left", length, size-at)
		default:
			at += length
		}
	}
	return 0, refuse(CodeDamaged, "more than %d ID3 tags", maxTags)
}

// trimTags is where the tags at the end begin.
func trimTags(f io.ReaderAt, start, end int64) int64 {
	var b [32]byte
	if end-start >= 128 {
		if _, err := f.ReadAt(b[:3], end-128); err == nil && string(b[:3]) == "TAG" {
			end -= 128
		}
	}
	if end-start >= int64(len(b)) {
		if _, err := f.ReadAt(b[:], end-int64(len(b))); err == nil && string(b[:8]) == "APETAGEX" {
			length := int64(binary.LittleEndian.Uint32(b[12:]))
			if binary.LittleEndian.Uint32(b[20:])&(1<<31) != 0 {
				length += int64(len(b)) // a header
			}
			if length >= int64(len(b)) && length <= end-start {
				end -= length
			}
		}
	}
	return end
}

// takeInfoFrame drops the silent first frame in which encoders write how many frames follow. LAME leaves no room for a
// checksum before it, even where it writes one.
func (m *mp3Frames) takeInfoFrame() {
	b, err := m.r.Peek(m.first.size)
	if err != nil {
		return
	}
	at := mpegHeaderBytes + m.first.sideBytes()
	for range 1 + btoi(m.first.guarded) {
		if at+12 <= len(b) && (string(b[at:at+4]) == "Xing" || string(b[at:at+4]) == "Info") {
			if binary.BigEndian.Uint32(b[at+4:])&1 != 0 {
				m.declared = int64(binary.BigEndian.Uint32(b[at+8:]))
			}
			m.discard(m.first.size)
			return
		}
		at += 2
	}
}

func (m *mp3Frames) discard(n int) {
	got, _ := m.r.Discard(n) // an error comes again at the next Peek
	m.at += int64(got)
}

// give appends the next whole frame to buf; io.EOF ends them.
func (m *mp3Frames) give(buf []byte) ([]byte, mpegHeader, error) {
	h, err := m.next()
	if err != nil {
		return buf, h, err
	}
	b, err := m.r.Peek(h.size)
	if err != nil {
		return buf, h, refuse(CodeDamaged, "reading at byte %d: %v", m.at, err)
	}
	buf = append(buf, b...)
	m.discard(h.size)
	m.count++
	m.bytes += int64(h.size)
	m.skipped += m.over // junk behind the last frame never gets here: it takes nothing from the sound
	return buf, h, nil
}

// next moves to the next whole frame, over whatever does not belong to the stream.
func (m *mp3Frames) next() (mpegHeader, error) {
	m.over = 0
	for {
		b, err := m.r.Peek(mpegHeaderBytes)
		if len(b) < mpegHeaderBytes {
			if err == io.EOF {
				return mpegHeader{}, io.EOF
			}
			return mpegHeader{}, refuse(CodeDamaged, "reading at byte %d: %v", m.at, err)
		}
		h, ok := parseMPEG(b)
		if ok && h.follows(m.first) && (m.over == 0 || m.confirmed(h)) {
			if m.at+int64(h.size) > m.end {
				m.cut = true
				return mpegHeader{}, io.EOF
			}
			return h, nil
		}
		if n := m.tag(); n > 0 && m.over == 0 {
			if err := m.pass(n); err != nil {
				return mpegHeader{}, err
			}
			continue
		}
		if ok && !h.follows(m.first) {
			m.others += m.stranger(h)
		}
		m.discard(1)
		m.over++
	}
}

// confirmed says whether another header stands where this frame ends: after junk one alone may be chance.
func (m *mp3Frames) confirmed(h mpegHeader) bool {
	if m.at+int64(h.size) == m.end {
		return true
	}
	b, _ := m.r.Peek(h.size + mpegHeaderBytes)
	if len(b) < h.size+mpegHeaderBytes {
		return false
	}
	after, ok := parseMPEG(b[h.size:])
	return ok && after.follows(m.first)
}
