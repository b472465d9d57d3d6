package decode

import (
	"bytes"
	"io"
)

// kind is what the first bytes of a file say it is; its name is never asked.
type kind int

const (
	kindUnknown kind = iota
	kindWAV
	kindMP3
	kindWebPage
	kindNamed // recognised, and not read
)

const sniffBytes = 4096

// magics are audio, video and other files that people try to import, by the bytes they begin with.
var magics = []struct {
	at    int
	bytes string
	name  string
	audio bool
}{
	{4, "ftyp", "M4A/MP4/3GP", true},
	{0, "OggS", "OGG", true},
	{0, "fLaC", "FLAC", true},
	{0, "#!AMR", "AMR", true},
	{0, "FORM", "AIFF", true},
	{0, "caff", "CAF", true},
	{0, "RF64", "RF64 WAV", true},
	{0, "RIFX", "RIFX WAV", true},
	{0, "MThd", "MIDI", true},
	{0, ".snd", "AU", true},
	{0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMA", true},
	{0, "\x1a\x45\xdf\xa3", "WebM/Matroska", true},
	{0, "ADIF", "AAC", true},
	{0, "MAC ", "Monkey's Audio", true},
	{0, "wvpk", "WavPack", true},
	{0, "PK\x03\x04", "ZIP or Office document", false},
	{0, "Rar!", "RAR archive", false},
	{0, "7z\xbc\xaf", "7z archive", false},
	{0, "%PDF", "PDF document", false},
	{0, "\x89PNG", "PNG picture", false},
	{0, "\xff\xd8\xff", "JPEG picture", false},
	{0, "MZ", "Windows program", false},
	{0, "\x7fELF", "Linux program", false},
}

// sniff says what a file is, or refuses it by name.
func sniff(f io.ReaderAt, size int64) (kind, *Refusal) {
	if size == 0 {
		return kindUnknown, refuse(CodeEmpty, "0 bytes")
	}
	head := make([]byte, min(size, sniffBytes))
	if _, err := f.ReadAt(head, 0); err != nil && err != io.EOF {
		return kindUnknown, refuse(CodeDamaged, "reading the start: %v", err)
	}
	if len(head) >= 12 && string(head[:4]) == "RIFF" {
		if string(head[8:12]) == "WAVE" {
			return kindWAV, nil
		}
		return kindUnknown, refuse(CodeNotAudio, "a RIFF file of type %q", head[8:12])
	}
	for _, m := range magics {
		if len(head) < m.at+len(m.bytes) || string(head[m.at:m.at+len(m.bytes)]) != m.bytes {
			continue
		}
		if m.audio {
			return kindNamed, refuse(CodeUnsupported, "%s", m.name)
		}
		return kindNamed, refuse(CodeNotAudio, "%s", m.name)
	}
	if looksLikeWebPage(head) {
		return kindWebPage, refuse(CodeWebPage, "it begins as HTML or XML does")
	}
	return kindMP3, nil // or nothing: the search for its frames will tell
}

func looksLikeWebPage(head []byte) bool {
	text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"))
	for _, start := range []string{"<!doctype", "<html", "<head", "<body", "<?xml", "<script", "<!--"} {
		if bytes.HasPrefix(text, []byte(start)) {
			return true
		}
	}
	return false
}
