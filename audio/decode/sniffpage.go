package decode

import (
	"bytes"
	"encoding/json"
	"unicode/utf16"
	"unicode/utf8"
)

// looksLikeText recognises what a web site gives instead of a file: a page, an error document, the raw answer of a
// server. Any other text has a name, too, and is no page.
func looksLikeText(head []byte) (name string, page bool) {
	text := bytes.TrimLeft(decodeText(head), " \t\r\n\x00")
	low := bytes.ToLower(text)
	for _, start := range []string{"<!doctype", "<html", "<head", "<body", "<?xml", "<script", "<!--", "<meta", "<title", "<?php", "<svg", "<error", "<h1"} {
		if bytes.HasPrefix(low, []byte(start)) {
			return "it begins as HTML or XML does", true
		}
	}
	if bytes.HasPrefix(low, []byte("http/1.")) || bytes.HasPrefix(low, []byte("http/2 ")) {
		return "it is the raw answer of a web server", true
	}
	if looksLikeJSON(text) {
		return "it is a JSON document", true
	}
	if len(text) > 0 && isPlain(text) {
		return "text", false
	}
	return "", false
}

// decodeText takes off a byte order mark, and UTF-16 with it.
func decodeText(head []byte) []byte {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")) && len(head) > 3 && head[3] == 0:
		return fromUTF16(head[2:], 1, 0)
	case bytes.HasPrefix(head, []byte("\xfe\xff")) && len(head) > 2 && head[2] == 0:
		return fromUTF16(head[2:], 0, 1)
	default:
		return bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	}
}

// fromUTF16 takes pairs of bytes whose high one stands at hi.
func fromUTF16(b []byte, hi, lo int) []byte {
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i+hi])<<8|uint16(b[i+lo]))
	}
	return []byte(string(utf16.Decode(units)))
}

// looksLikeJSON asks the first words, since the head may end anywhere.
func looksLikeJSON(text []byte) bool {
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return false
	}
	words := json.NewDecoder(bytes.NewReader(text))
	for range 3 {
		if _, err := words.Token(); err != nil {
			return false
		}
	}
	return true
}

// isPlain says whether there is nothing in it but written words.
func isPlain(text []byte) bool {
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n == 1 && len(text) >= utf8.UTFMax { // else cut at the end of the head
			return false
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' {
			return false
		}
		text = text[n:]
	}
	return true
}
