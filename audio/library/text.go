package library

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Bounds of what people write about a clip, in characters: a title is read aloud by a screen reader and printed in one
// cell of a report.
const (
	maxTitle  = 200
	maxSource = 500
	maxTag    = 60
	maxTags   = 30
	maxAgency = 200
	maxNumber = 60
	maxVia    = 30
	maxLink   = 2000
	maxHost   = 255
)

// clean gives text as it is stored: NFC, since decomposed Vietnamese prints broken; one line, single spaces, and nothing
// that does not show, so that two titles that look alike are alike and no title turns a report's text around.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	// Last, since what was dropped may have stood between a letter and its accent.
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}

func cleanWithin(field, s string, limit int) (string, error) {
	s = clean(s)
	if n := utf8.RuneCountInString(s); n > limit {
		return "", &InputError{Field: field, Message: fmt.Sprintf("is %d characters long; at most %d fit", n, limit)}
	}
	return s, nil
}

// cut shortens what nobody typed here, such as a file's name.
func cut(s string, limit int) string {
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit])
	}
	return s
}

// cleanTags keeps the order and drops what is empty or given twice.
func cleanTags(tags []string) ([]string, error) {
	out := []string{}
	seen := make(map[string]bool)
	for _, tag := range tags {
		tag, err := cleanWithin("tags", tag, maxTag)
		if err != nil {
			return nil, err
		}
		if tag == "" || seen[tag] {
			continue
		}
		seen[tag] = true
		if out = append(out, tag); len(out) > maxTags {
			return nil, &InputError{Field: "tags", Message: fmt.Sprintf("are more than %d", maxTags)}
		}
	}
	return out, nil
}
