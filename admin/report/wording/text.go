package wording

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"loaxa/admin/report"
	"loaxa/player/playlog/evidence"
)

// Line makes one line of a text that people wrote: NFC, for decomposed letters print broken; no control characters, and
// nothing that turns the direction of writing, with which a name can be made to read as another.
func Line(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar, r == '\ufeff', r&0xfffe == 0xfffe:
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(strings.TrimSpace(s))
}

// Short cuts a text after most characters.
func Short(s string, most int) string {
	n := 0
	for i := range s {
		if n == most {
			return strings.TrimRight(s[:i], " ") + "…"
		}
		n++
	}
	return s
}

// Day is a date as it is written: 02/03/2026.
func Day(t time.Time) string { return t.Format("02/01/2006") }

// Clock is a time of the day: 05:30.
func Clock(t time.Time) string { return t.Format("15:04") }

// Length is a duration as broadcasters write it: 4'05"; 1h04'05" from an hour on. It is rounded to the second.
func Length(ms int64) string {
	s := (ms + 500) / 1000
	if s < 3600 {
		return fmt.Sprintf("%d'%02d\"", s/60, s%60)
	}
	return fmt.Sprintf("%dh%02d'%02d\"", s/3600, s/60%60, s%60)
}

// join puts the different texts that are not empty beside each other.
func join(by string, texts ...string) string {
	var out []string
	for _, s := range texts {
		if s == "" {
			continue
		}
		known := false
		for _, o := range out {
			known = known || o == s
		}
		if !known {
			out = append(out, s)
		}
	}
	return strings.Join(out, by)
}

// Span is a period in words: whole days as such, "từ 16/10/2025 đến 15/04/2026", else with the times.
func (t *Teller) Span(from, until time.Time) string {
	from, until = from.In(t.zone), until.In(t.zone)
	if Clock(from) != "00:00" || Clock(until) != "00:00" {
		return t.words.T("record.span", from.Format("15:04 02/01/2006"), until.Format("15:04 02/01/2006"))
	}
	last := until.AddDate(0, 0, -1)
	if last.Equal(from) {
		return t.words.T("record.span.day", Day(from))
	}
	return t.words.T("record.span", Day(from), Day(last))
}

// Station is the station's code and name over an account: those of its newest row, or otherwise where it has none.
func (t *Teller) Station(a *report.Account, otherwise string) (code, name string) {
	code, name = evidence.CodeOf(a.Origin), t.line(otherwise)
	for i := len(a.Rows) - 1; i >= 0; i-- {
		if r := a.Rows[i]; r.StationName != "" {
			return t.line(r.StationCode), t.line(r.StationName)
		}
	}
	return code, name
}

// Uncovered says which parts of the period the log knows nothing of.
func (t *Teller) Uncovered(a *report.Account) []string {
	var out []string
	if a.From.Before(a.Begins) {
		out = append(out, t.words.T("record.uncovered.before", a.Begins.In(t.zone).Format("15:04 02/01/2006")))
	}
	if a.Until.After(a.Read) {
		out = append(out, t.words.T("record.uncovered.after", a.Read.In(t.zone).Format("15:04 02/01/2006")))
	}
	return out
}
