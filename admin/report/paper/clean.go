package paper

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// missing stands for a character that no page of ours can show.
const missing = '□'

// Clean is text from people as it may stand on paper: composed letters (decomposed Vietnamese prints broken), lines ended by
// "\n" alone, no control characters, and nothing unseen that would turn or join the words around it.
func Clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r == '\v' || r == '\f':
			return '\n'
		case r == '\t':
			return ' '
		case r == utf8.RuneError:
			return missing
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Co, unicode.Variation_Selector) || r&0xFFFE == 0xFFFE:
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}

// Line is Clean for what must stay in one line.
func Line(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

// drawn is clean text as the PDF library can take it: it knows no character beyond the first 65,535.
func drawn(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 0xFFFF {
			return missing
		}
		return r
	}, Clean(s))
}
