package library

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// said is what people say about a clip and may change later.
type said struct {
	Title, Source         string
	Tags                  []string
	Letter                Letter
	ValidFrom, ValidUntil string
}

func saidOf(c Clip) said {
	return said{c.Title, c.Source, c.Tags, c.Letter, c.ValidFrom, c.ValidUntil}
}

func (s said) describe(c *Clip) {
	c.Title, c.Source, c.Tags, c.Letter, c.ValidFrom, c.ValidUntil = s.Title, s.Source, s.Tags, s.Letter, s.ValidFrom, s.ValidUntil
}

func (s said) equal(t said) bool {
	return s.Title == t.Title && s.Source == t.Source && slices.Equal(s.Tags, t.Tags) && s.Letter == t.Letter &&
		s.ValidFrom == t.ValidFrom && s.ValidUntil == t.ValidUntil
}

// checked gives all of it as it is stored, or an *InputError.
func (s said) checked() (said, error) {
	for _, f := range []struct {
		field string
		text  *string
		limit int
	}{
		{"title", &s.Title, maxTitle}, {"source", &s.Source, maxSource},
		{"letter.agency", &s.Letter.Agency, maxAgency}, {"letter.number", &s.Letter.Number, maxNumber},
	} {
		var err error
		if *f.text, err = cleanWithin(f.field, *f.text, f.limit); err != nil {
			return said{}, err
		}
	}
	if _, err := checkDate("letter.date", s.Letter.Date); err != nil {
		return said{}, err
	}
	from, err := checkDate("valid_from", s.ValidFrom)
	if err != nil {
		return said{}, err
	}
	until, err := checkDate("valid_until", s.ValidUntil)
	if err != nil {
		return said{}, err
	}
	if s.ValidFrom != "" && s.ValidUntil != "" && until.Before(from) {
		return said{}, wrong("valid_until", "%s is before the first day, %s", s.ValidUntil, s.ValidFrom)
	}
	s.Tags, err = cleanTags(s.Tags)
	return s, err
}

// checkDate takes a day as 2006-01-02, or "".
func checkDate(field, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, s)
	if err != nil || day.Year() < 1945 || day.Year() > 2200 {
		return time.Time{}, wrong(field, "must be a day as YYYY-MM-DD, not %q", cut(clean(s), 20))
	}
	return day, nil
}

// draftOf checks and cleans all that an import says about its file. The title may be "" still: see titleOf.
func draftOf(in Import) (Clip, error) {
	s, err := said{in.Title, in.Source, in.Tags, in.Letter, in.ValidFrom, in.ValidUntil}.checked()
	if err != nil {
		return Clip{}, err
	}
	c := Clip{State: StateDraft}
	s.describe(&c)
	if in.Name != "" {
		c.OriginalName = cut(clean(filepath.Base(strings.ReplaceAll(in.Name, `\`, "/"))), maxTitle)
	}
	if c.Via, err = cleanWithin("via", in.Via, maxVia); err != nil {
		return Clip{}, err
	}
	if c.Link, err = cleanWithin("link", in.Link, maxLink); err != nil {
		return Clip{}, err
	}
	c.FinalHost, err = cleanWithin("final_host", in.FinalHost, maxHost)
	return c, err
}

// titleOf is the title of a clip to which nobody gave one: what the file says of itself, else its name, else "".
func titleOf(tag, name string) string {
	if tag = clean(tag); telling(tag) {
		return tag
	}
	return clean(strings.ReplaceAll(strings.TrimSuffix(name, filepath.Ext(name)), "_", " "))
}

// nameless are titles that programs write when nobody gave one.
const nameless = `(?i)^(audio |new )?(track|untitled|unknown|recording|voice|audio|không tên|ghi âm)( title)?[ _#-]*[0-9]*$`

// telling tells whether a file's own title says more than its name would. A title that holds the signs which old
// Vietnamese encodings leave behind when they are taken for Latin-1 is unreadable.
func telling(title string) bool {
	letters := 0
	for _, r := range title {
		if r == utf8.RuneError || (r >= 0x80 && r < 0xc0) {
			return false
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters >= 2 && utf8.RuneCountInString(title) <= maxTitle && !strings.Contains(title, "://") &&
		!regexp.MustCompile(nameless).MatchString(title)
}
