package decode

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxWords is how much of a title is taken, in runes: what is longer is no title.
const maxWords = 300

// words makes a line of text of foreign bytes: valid UTF-8, no controls, no line breaks.
func words(b []byte) string {
	b = b[:min(len(b), 4*maxWords)]
	clean := strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return -1
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(b), ""))
	clean = strings.Join(strings.Fields(clean), " ")
	if runes := []rune(clean); len(runes) > maxWords {
		clean = strings.TrimSpace(string(runes[:maxWords]))
	}
	return clean
}

// vorbisComments reads the comments of Vorbis and FLAC: a length before each, NAME=value in UTF-8. Where a length leads
// out of b, nothing follows.
func vorbisComments(b []byte) (a about) {
	_, b, ok := cutLength(b) // who made the file
	if !ok || len(b) < 4 {
		return a
	}
	b = b[4:] // how many there are: the bytes tell
	for {
		var comment []byte
		if comment, b, ok = cutLength(b); !ok {
			return a
		}
		name, value, _ := bytes.Cut(comment, []byte("="))
		switch strings.ToUpper(string(name[:min(len(name), 16)])) {
		case "TITLE":
			a = a.or(about{title: words(value)})
		case "ARTIST":
			a = a.or(about{artist: words(value)})
		}
	}
}

func cutLength(b []byte) (first, rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, nil, false
	}
	n := binary.LittleEndian.Uint32(b)
	if b = b[4:]; uint64(n) > uint64(len(b)) {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}
