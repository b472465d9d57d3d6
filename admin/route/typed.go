package route

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Typed is what somebody wrote into a form as the station takes it: UTF-8, in NFC as Vietnamese prints, with the ends of
// its lines, and without what does not show, such as the marks that turn a line around.
func Typed(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\t':
			return r
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	// Last, since what was dropped may have stood between a letter and its accent.
	return norm.NFC.String(s)
}
