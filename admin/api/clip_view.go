package api

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/audio/library"
)

// ClipAnswer is a clip with what the station knows around it.
type ClipAnswer struct {
	library.Clip
	Uses     []library.Use `json:"uses"`                // what plays it
	DaysLeft *int          `json:"days_left,omitempty"` // until its last day, which is 0; negative once it is past
	Notes    []string      `json:"notes"`               // the warnings as sentences
}

// clipEntry is a clip in a list.
type clipEntry struct {
	library.Clip
	UseCount int  `json:"use_count"` // playlists and programmes that play it
	DaysLeft *int `json:"days_left,omitempty"`
}

func (a *API) clipAnswer(words locale.Words, c library.Clip) ClipAnswer {
	out := ClipAnswer{Clip: c, Uses: notNil(a.o.Library.Uses(c.ID)), DaysLeft: daysLeft(c, a.o.Now()), Notes: []string{}}
	for _, w := range c.Warnings {
		out.Notes = append(out.Notes, words.T("warning."+w))
	}
	return out
}

// daysLeft counts calendar days at the station.
func daysLeft(c library.Clip, now time.Time) *int { return daysUntil(c.ValidUntil, now) }

func daysUntil(day string, now time.Time) *int {
	last, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil
	}
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	n := int(last.Sub(today) / (24 * time.Hour))
	return &n
}

// clipFilter is what GET /clips is asked for.
type clipFilter struct {
	state, tag string
	words      []string // folded; all must occur
	within     int64    // days in which it expires; -1 = whatever
	inUse      bool     // not those that are retired
	now        time.Time
}

func (a *API) filterOf(c *route.Call) (clipFilter, error) {
	f, err := a.filter(c.Query("state"), c.Query("tag"), c.Query("q"))
	if err == nil && c.Query("expiring") != "" {
		f.within, err = c.Int("expiring", 0, 0, 3650)
	}
	return f, err
}

func (a *API) filter(state, tag, q string) (clipFilter, error) {
	f := clipFilter{state: state, tag: norm.NFC.String(tag), within: -1, now: a.o.Now()}
	switch f.state {
	case "", library.StateDraft, library.StateSubmitted, library.StateApproved, library.StateRetired:
	default:
		return f, &library.InputError{Field: "state", Message: "must be draft, submitted, approved or retired"}
	}
	const longest = 200 // bytes of a search
	if len(q) > longest {
		return f, &library.InputError{Field: "q", Message: "is longer than " + strconv.Itoa(longest) + " bytes"}
	}
	f.words = wordsOf(q)
	return f, nil
}

func (f clipFilter) keeps(c shelved) bool {
	if f.state != "" && c.state != f.state || f.inUse && c.state == library.StateRetired || f.tag != "" && !slices.Contains(c.tags, f.tag) {
		return false
	}
	if f.within >= 0 {
		left := daysUntil(c.validUntil, f.now)
		if left == nil || int64(*left) > f.within || c.state == library.StateRetired {
			return false
		}
	}
	for _, w := range f.words {
		if !strings.Contains(c.text, w) {
			return false
		}
	}
	return true
}

// keepsClip is keeps for a clip that is read from the index in any case.
func (f clipFilter) keepsClip(c library.Clip) bool {
	if len(f.words) == 0 { // folding its text would cost more than the reading
		return f.keeps(shelved{state: c.State, tags: c.Tags, validUntil: c.ValidUntil})
	}
	return f.keeps(shelve(c))
}

// folded is text as people search for it: lower case, without accents, đ as d.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ' || r == 'Đ':
			return 'd'
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

// wordsOf are the words of a search, as text is folded.
func wordsOf(q string) []string { return strings.Fields(folded(q)) }
