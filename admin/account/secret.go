package account

import (
	"crypto/rand"
	"strings"
)

// codeLetters are what codes on paper are made of: no 0 and O, no 1 and I, so that nobody reads one for the other.
const codeLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// Codes that people type: groups of four, 5 bits a letter. 12 letters (60 bits) for what lives for days, 16 (80 bits)
// for the recovery sheet, which lives for years. Tries are limited per address, and a stolen database is not worth 2^60
// guesses before such a code has expired.
const (
	groupLetters   = 4
	passGroups     = 3
	visitGroups    = 3
	recoveryGroups = 4
)

// newCode makes a code as it is printed: "K7QM-2XWA-9FHT".
func newCode(groups int) string {
	b := make([]byte, groups*groupLetters)
	rand.Read(b) //nolint:errcheck // never fails, by its documentation
	var out strings.Builder
	for i, v := range b {
		if i > 0 && i%groupLetters == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(codeLetters[int(v)%len(codeLetters)]) // 32 letters divide 256: no letter is likelier
	}
	return out.String()
}

// plainCode is a code as it was typed, without what people add or leave out: case, spaces, dashes and dots.
func plainCode(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -.\t\u00a0\u2013\u2014", r) {
			return -1
		}
		return r
	}, strings.ToUpper(strings.TrimSpace(s)))
}
