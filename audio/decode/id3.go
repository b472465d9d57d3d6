package decode

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf8"
)

// The title is read here: dhowden/tag takes memory for every frame on the word of the tag, pictures included.

const (
	maxID3Bytes  = 1 << 20 // of a tag that are looked at: titles stand before the pictures, or are not needed
	maxID3Frames = 500
)

// readID3 takes title and artist from the tag at the start, and what is missing from the old one at the end.
func readID3(f io.ReaderAt, size int64) about {
	a := about{}
	var head [10]byte
	if n, _ := f.ReadAt(head[:], 0); n == len(head) && string(head[:3]) == "ID3" {
		b := make([]byte, min(synchsafe(head[6:]), maxID3Bytes, size-int64(len(head))))
		n, _ := f.ReadAt(b, int64(len(head)))
		a = readID3v2(b[:n], head[3], head[5])
	}
	var old [128]byte
	if size >= int64(len(old)) {
		if n, _ := f.ReadAt(old[:], size-int64(len(old))); n == len(old) && string(old[:3]) == "TAG" {
			a = a.or(about{title: oldField(old[3:33]), artist: oldField(old[33:63])})
		}
	}
	return a
}

// oldField ends at its first zero. Vietnamese programs wrote UTF-8 there, others Latin-1.
func oldField(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	if utf8.Valid(b) {
		return words(b)
	}
	return words(latin1(b))
}

// synchsafe is a number in four bytes of seven bits each.
func synchsafe(b []byte) int64 {
	return int64(b[0]&0x7F)<<21 | int64(b[1]&0x7F)<<14 | int64(b[2]&0x7F)<<7 | int64(b[3]&0x7F)
}

// readID3v2 walks over the frames of a tag of version 2.2, 2.3 or 2.4.
func readID3v2(b []byte, version, flags byte) (a about) {
	if flags&0x80 != 0 && version < 4 {
		b = bytes.ReplaceAll(b, []byte{0xFF, 0}, []byte{0xFF}) // unsynchronised as a whole
	}
	if flags&0x40 != 0 && version >= 3 && len(b) >= 4 { // an extended header
		skip := int64(binary.BigEndian.Uint32(b)) + 4
		if version == 4 {
			skip = synchsafe(b)
		}
		b = b[min(skip, int64(len(b))):]
	}
	nameBytes, headBytes := 4, 10
	if version == 2 {
		nameBytes, headBytes = 3, 6
	}
	for range maxID3Frames {
		if len(b) < headBytes || b[0] == 0 {
			break
		}
		size := id3FrameSize(b, version)
		if size > int64(len(b)-headBytes) {
			break
		}
		body := b[headBytes : headBytes+int(size)]
		switch string(b[:nameBytes]) {
		case "TIT2", "TT2":
			a = a.or(about{title: id3Text(body, version, b)})
		case "TPE1", "TP1":
			a = a.or(about{artist: id3Text(body, version, b)})
		}
		b = b[headBytes+int(size):]
	}
	return a
}

// id3FrameSize reads the length of a frame; of version 2.4 in bytes of seven bits, which some programs never learned.
func id3FrameSize(b []byte, version byte) int64 {
	switch version {
	case 2:
		return int64(b[3])<<16 | int64(b[4])<<8 | int64(b[5])
	case 3:
		return int64(binary.BigEndian.Uint32(b[4:]))
	}
	plain, safe := int64(binary.BigEndian.Uint32(b[4:])), synchsafe(b[4:])
	if after := 10 + safe; plain != safe && after+4 <= int64(len(b)) && !frameName(b[after:]) &&
		10+plain+4 <= int64(len(b)) && frameName(b[10+plain:]) {
		return plain
	}
	return safe
}

// frameName says whether another frame or the padding begins here.
func frameName(b []byte) bool {
	for _, c := range b[:4] {
		if c != 0 && (c < '0' || c > '9' && c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// id3Text is the first line of a text frame; head is its header. Encrypted and compressed ones are not read.
func id3Text(body []byte, version byte, head []byte) string {
	if version == 4 {
		if head[9]&0x0C != 0 {
			return ""
		}
		if head[9]&0x01 != 0 && len(body) >= 4 { // the length once more
			body = body[4:]
		}
		if head[9]&0x02 != 0 {
			body = bytes.ReplaceAll(body, []byte{0xFF, 0}, []byte{0xFF})
		}
	} else if version == 3 && head[9]&0xC0 != 0 {
		return ""
	}
	if len(body) < 1 {
		return ""
	}
	encoding, text := body[0], body[1:]
	text = text[:min(len(text), 8*maxWords)]
	switch encoding {
	case 1, 2: // UTF-16, with a mark of its order or big-endian
		hi, lo := 0, 1
		if bytes.HasPrefix(text, []byte{0xFF, 0xFE}) {
			hi, lo = 1, 0
		}
		if encoding == 1 && len(text) >= 2 {
			text = text[2:]
		}
		text = fromUTF16(text, hi, lo)
	case 0:
		if !utf8.Valid(text) { // many programs write UTF-8 and say Latin-1
			text = latin1(text)
		}
	}
	text, _, _ = bytes.Cut(text, []byte{0})
	return words(text)
}

func latin1(b []byte) []byte {
	var out []byte
	for _, c := range b {
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}
