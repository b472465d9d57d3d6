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
	"loaxa/schedule"
)

// clipAnswer is a clip with what the station knows around it.
type clipAnswer struct {
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

func (a *API) clipAnswer(words locale.Words, c library.Clip) clipAnswer {
	out := clipAnswer{Clip: c, Uses: notNil(a.o.Library.Uses(c.ID)), DaysLeft: daysLeft(c, a.o.Now()), Notes: []string{}}
	for _, w := range c.Warnings {
		out.Notes = append(out.Notes, words.T("warning."+w))
	}
	return out
}

// daysLeft counts calendar days at the station.
func daysLeft(c library.Clip, now time.Time) *int {
	last, err := time.Parse(time.DateOnly, c.ValidUntil)
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
	now        time.Time
}

func (a *API) filterOf(c *route.Call) (clipFilter, error) {
	f := clipFilter{state: c.Query("state"), tag: norm.NFC.String(c.Query("tag")), within: -1, now: a.o.Now()}
	switch f.state {
	case "", library.StateDraft, library.StateSubmitted, library.StateApproved, library.StateRetired:
	default:
		return f, &library.InputError{Field: "state", Message: "must be draft, submitted, approved or retired"}
	}
	const longest = 200 // bytes of a search
	q := c.Query("q")
	if len(q) > longest {
		return f, &library.InputError{Field: "q", Message: "is longer than " + strconv.Itoa(longest) + " bytes"}
	}
	f.words = wordsOf(q)
	if c.Query("expiring") != "" {
		n, err := c.Int("expiring", 0, 0, 3650)
		if err != nil {
			return f, err
		}
		f.within = n
	}
	return f, nil
}

func (f clipFilter) keeps(c library.Clip) bool {
	if f.state != "" && c.State != f.state || f.tag != "" && !slices.Contains(c.Tags, f.tag) {
		return false
	}
	if f.within >= 0 {
		left := daysLeft(c, f.now)
		if left == nil || int64(*left) > f.within || c.State == library.StateRetired {
			return false
		}
	}
	if len(f.words) == 0 {
		return true
	}
	text := folded(strings.Join(append([]string{c.Title, c.Source, c.Letter.Agency, c.Letter.Number, c.OriginalName, c.ID}, c.Tags...), "\n"))
	for _, w := range f.words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
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

// useCounts tells how many playlists and programmes play each clip.
func useCounts(in schedule.Input) map[string]int {
	programmes := make(map[string]int) // of a playlist
	for _, p := range in.Programmes {
		programmes[p.PlaylistID]++
	}
	out := make(map[string]int)
	for _, l := range in.Playlists {
		seen := make(map[string]bool)
		for _, it := range l.Items {
			if it.Kind == schedule.KindClip && !seen[it.ClipID] {
				seen[it.ClipID] = true
				out[it.ClipID] += 1 + programmes[l.ID]
			}
		}
	}
	return out
}

// wordsOf are the words of a search, as text is folded.
func wordsOf(q string) []string { return strings.Fields(folded(q)) }
