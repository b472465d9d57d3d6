package decode

import "io"

const (
	id3HeadBytes = 10
	oldTagBytes  = 128
)

// id3Bytes is the length of the ID3 tag that begins with b, header and footer included; 0 where none begins, and possible
// is false where it says a length that cannot be.
func id3Bytes(b []byte) (length int64, possible bool) {
	if len(b) < id3HeadBytes || string(b[:3]) != "ID3" {
		return 0, true
	}
	if (b[6]|b[7]|b[8]|b[9])&0x80 != 0 {
		return 0, false
	}
	length = id3HeadBytes + synchsafe(b[6:])
	if b[5]&0x10 != 0 {
		length += id3HeadBytes // the footer
	}
	return length, true
}

// tag is the length of a tag that begins where the last frame ended: files that were joined keep theirs.
func (m *mp3Frames) tag() int64 {
	b, _ := m.r.Peek(id3HeadBytes)
	length, _ := id3Bytes(b)
	if len(b) >= 3 && string(b[:3]) == "TAG" {
		length = oldTagBytes
	}
	if length > m.end-m.at {
		return 0
	}
	return length
}

// stranger is the length of a frame of another kind, with another of its own behind it: the files that were joined here
// differ in their rate, and only those of the first one's kind are heard.
func (m *mp3Frames) stranger(h mpegHeader) int64 {
	b, _ := m.r.Peek(h.size + mpegHeaderBytes)
	if len(b) < h.size+mpegHeaderBytes {
		return 0
	}
	if after, ok := parseMPEG(b[h.size:]); ok && after.follows(h) {
		return int64(h.size)
	}
	return 0
}

// pass leaves n bytes out.
func (m *mp3Frames) pass(n int64) error {
	for n > 0 {
		got, err := m.r.Discard(int(min(n, 1<<20)))
		m.at += int64(got)
		n -= int64(got)
		if err == io.EOF {
			return io.EOF
		}
		if err != nil {
			return refuse(CodeDamaged, "reading at byte %d: %v", m.at, err)
		}
	}
	return nil
}
