package decode

import (
	"encoding/binary"
	"io"
)

// kind is what the bytes of a file say it is; its name is never asked.
type kind int

const (
	kindWAV kind = iota
	kindMP3
	kindFLAC
	kindVorbis
	kindADTS
	kindMP4
	kindForeign  // audio that Go does not read
	kindNotAudio // recognised as something else
)

// finding is what sniff makes of a file.
type finding struct {
	kind    kind
	name    string // for people
	demuxer string // what ffmpeg is told that it is; "" = it is not asked
	at      int64  // where it begins, behind ID3 tags and junk
}

const sniffBytes = 4096

// sniff says what a file is, or refuses it by name.
func sniff(f io.ReaderAt, size int64) (finding, *Refusal) {
	if size == 0 {
		return finding{}, refuse(CodeEmpty, "0 bytes")
	}
	start, refusal := skipID3(f, size)
	if refusal != nil {
		return finding{}, refusal
	}
	head := make([]byte, min(size-start, sniffBytes))
	if n, err := f.ReadAt(head, start); n < len(head) {
		return finding{}, refuse(CodeDamaged, "reading the start: %v", err)
	}
	found, ok := byMagic(head, magics)
	switch {
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WAVE":
		// The walker of chunks begins at byte 0.
		if start > 0 {
			return finding{}, refuse(CodeDamaged, "a WAV file after an ID3 tag of %d bytes", start)
		}
		found = finding{kind: kindWAV, name: "WAV", demuxer: "wav"}
	case len(head) >= 4 && string(head[:4]) == "OggS":
		found = sniffOgg(f, start, size)
	case isMP4(head):
		found, refusal = sniffMP4(head)
	case ok:
	default:
		found, refusal = sniffFrames(f, head, start, size)
	}
	found.at += start
	if start > 0 && found.kind == kindForeign {
		found.demuxer = "" // which of them look behind a tag is not known
	}
	if refusal == nil && found.kind == kindNotAudio {
		refusal = refuse(CodeNotAudio, "%s", found.name)
	}
	return found, refusal
}

func byMagic(head []byte, list []magic) (finding, bool) {
	for _, m := range list {
		if len(head) >= m.at+len(m.bytes) && string(head[m.at:m.at+len(m.bytes)]) == m.bytes {
			return finding{kind: m.kind, name: m.name, demuxer: m.demuxer}, true
		}
	}
	return finding{}, false
}

// isMP4 recognises the first box: recorders and editors begin with different ones.
func isMP4(head []byte) bool {
	if len(head) < 8 {
		return false
	}
	size := binary.BigEndian.Uint32(head)
	switch string(head[4:8]) {
	case "ftyp", "styp", "moov":
		return size >= 8 || size == 1
	case "mdat", "wide", "free", "skip", "pnot", "moof", "uuid":
		return size >= 8 || size <= 1
	}
	return false
}

// sniffMP4 looks at the brand: pictures of phones come in the same boxes.
func sniffMP4(head []byte) (finding, *Refusal) {
	found := finding{kind: kindMP4, name: "MP4", demuxer: "mov"}
	if len(head) < 12 || string(head[4:8]) != "ftyp" {
		return found, nil
	}
	switch brand := string(head[8:12]); {
	case brand == "heic" || brand == "heix" || brand == "mif1" || brand == "avif" || brand == "hevc" || brand == "crx ":
		return finding{kind: kindNotAudio, name: "picture"}, nil
	case brand[:3] == "M4A" || brand[:3] == "M4B":
		found.name = "M4A"
	case brand[:2] == "3g":
		found.name = "3GP"
	case brand == "qt  ":
		found.name = "QuickTime"
	}
	return found, nil
}

// sniffOgg looks at the first page of every stream in the file: they all stand at the start.
func sniffOgg(f io.ReaderAt, start, size int64) finding {
	const maxStreams = 16
	pages := newOggPages(f, start, size)
	other := finding{kind: kindForeign, name: "Ogg", demuxer: "ogg"}
	for range maxStreams {
		page, err := pages.next()
		if err != nil || page.flags&oggFirst == 0 {
			break
		}
		if found, ok := byMagic(page.body, oggCodecs); ok {
			return found
		}
	}
	return other
}

// sniffFrames looks for what has no magic: MPEG frames, transport streams, and texts.
func sniffFrames(f io.ReaderAt, head []byte, start, size int64) (finding, *Refusal) {
	if name, page := looksLikeText(head); page {
		return finding{}, refuse(CodeWebPage, "%s", name)
	} else if name != "" {
		return finding{kind: kindNotAudio, name: name}, nil
	}
	if isTransport(head) {
		return finding{kind: kindForeign, name: "MPEG-TS", demuxer: "mpegts"}, nil
	}
	wide := make([]byte, min(size-start, searchBytes))
	if n, err := f.ReadAt(wide, start); n < len(wide) {
		return finding{}, refuse(CodeDamaged, "reading the start: %v", err)
	}
	mp3At, _, isMP3 := firstFrame(wide, trimTags(f, start, size)-start)
	aacAt, isAAC := firstADTS(wide, size-start)
	if isAAC && (!isMP3 || aacAt < mp3At) {
		return finding{kind: kindADTS, name: "AAC", demuxer: "aac", at: int64(aacAt)}, nil
	}
	if !isMP3 && len(head) > 3 && binary.BigEndian.Uint16(head)&0xFFE0 == 0x56E0 {
		return finding{kind: kindForeign, name: "AAC (LATM)", demuxer: "loas"}, nil
	}
	return finding{kind: kindMP3, name: "MP3", demuxer: "mp3"}, nil // or nothing: the search for its frames will tell
}

// isTransport recognises the packets of broadcast video.
func isTransport(head []byte) bool {
	const packet = 188
	for i := range 4 {
		if at := i * packet; at >= len(head) || head[at] != 0x47 {
			return false
		}
	}
	return true
}
