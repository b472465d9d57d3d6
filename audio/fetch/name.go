package fetch

import (
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// maxName bounds a name, in characters.
const maxName = 120

// cleanName gives a name as a label: no folders, nothing that does not show, NFC, bounded, its ending kept. "" stands for
// a name of which nothing is left.
func cleanName(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	s = norm.NFC.String(strings.Join(strings.Fields(s), " "))
	if strings.Trim(s, ". ") == "" {
		return ""
	}
	runes := []rune(s)
	if len(runes) <= maxName {
		return s
	}
	end := []rune(path.Ext(s))
	if len(end) > 10 {
		end = nil
	}
	return string(runes[:maxName-len(end)]) + string(end)
}

// nameOf gives the name that an answer proposes, else the last part of its address, else "".
func nameOf(h http.Header, u *url.URL) string {
	if name := cleanName(disposition(h.Get("Content-Disposition"))); name != "" {
		return name
	}
	p := strings.TrimRight(u.Path, "/")
	if path.Ext(p) == "" {
		return "" // "/download", "/uc", a short link: no name of a file
	}
	return cleanName(p)
}

// disposition gives the file's name of a Content-Disposition (RFC 6266). Servers send it encoded (RFC 5987), as encoded
// words (RFC 2047, which is wrong), percent-encoded (wrong, too), or as raw UTF-8 or Latin bytes.
func disposition(header string) string {
	if header == "" {
		return ""
	}
	_, params, err := mime.ParseMediaType(header)
	name := params["filename"]
	if err != nil || name == "" {
		name = looseFilename(header)
	}
	if strings.HasPrefix(name, "=?") {
		if s, err := new(mime.WordDecoder).DecodeHeader(name); err == nil {
			name = s
		}
	}
	if strings.Contains(name, "%") {
		if s, err := url.PathUnescape(name); err == nil && utf8.ValidString(s) {
			name = s
		}
	}
	return legacyText(remade(name))
}

// looseFilename reads what mime refuses: raw bytes, unquoted spaces, broken parameters beside the name.
func looseFilename(header string) string {
	lower := strings.ToLower(header)
	if i := strings.Index(lower, "filename*="); i >= 0 && len(lower) == len(header) {
		value, _, _ := strings.Cut(header[i+len("filename*="):], ";")
		parts := strings.SplitN(strings.Trim(strings.TrimSpace(value), `"`), "'", 3)
		if s, err := url.PathUnescape(parts[len(parts)-1]); err == nil && s != "" {
			return s
		}
	}
	i := strings.Index(lower, "filename=")
	if i < 0 || len(lower) != len(header) {
		return ""
	}
	value := strings.TrimSpace(header[i+len("filename="):])
	if rest, quoted := strings.CutPrefix(value, `"`); quoted {
		name, _, _ := strings.Cut(rest, `"`)
		return name
	}
	name, _, _ := strings.Cut(value, ";")
	return strings.TrimSpace(name)
}

// remade undoes UTF-8 that was read as Latin-1 on the way and encoded again: "BÃ i" is "Bài".
func remade(s string) string {
	raw := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return s
		}
		raw = append(raw, byte(r))
	}
	if len(raw) == len(s) || !utf8.Valid(raw) {
		return s
	}
	return string(raw)
}

// legacyText gives text of an unnamed encoding as UTF-8. Vietnamese Windows writes names in Windows-1258, old ZIP
// programs in CP437; the reading with more letters is the likelier one.
func legacyText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	best, most := "", -1
	for _, m := range []*charmap.Charmap{charmap.Windows1258, charmap.CodePage437} {
		text, err := m.NewDecoder().String(s)
		if err != nil {
			continue
		}
		letters := 0
		for _, r := range text {
			if r > unicode.MaxASCII && (unicode.Is(unicode.Latin, r) || unicode.Is(unicode.Mn, r)) {
				letters++
			}
		}
		if letters > most {
			best, most = text, letters
		}
	}
	return best
}
