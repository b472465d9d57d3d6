package wording

import (
	"cmp"
	"strings"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/report"
	"loaxa/player/playlog/evidence"
)

// Options of a Teller.
type Options struct {
	Words locale.Words   // Vietnamese, for a paper that is handed in
	Zone  *time.Location // of the station
	// History names who approved what; without it nobody is named.
	History report.History
}

// Teller tells of rows. It is not safe for concurrent use: it remembers texts, because the same ones stand in thousands of
// rows.
type Teller struct {
	words     locale.Words
	zone      *time.Location
	history   report.History
	lines     map[string]string
	approvals map[[2]string][]report.Edit
}

// New makes a Teller.
func New(o Options) *Teller {
	return &Teller{words: o.Words, zone: o.Zone, history: o.History, lines: map[string]string{}, approvals: map[[2]string][]report.Edit{}}
}

// line is Line, remembered.
func (t *Teller) line(s string) string {
	if known, ok := t.lines[s]; ok {
		return known
	}
	out := Line(s)
	if len(t.lines) < 100_000 {
		t.lines[s] = out
	}
	return out
}

// Content is what was to be heard: the programme, and the clips of its own content.
func (t *Teller) Content(r report.Row) string {
	title := t.line(r.Title)
	if clips := t.Clips(r); clips != "" && clips != title {
		return join(": ", title, clips)
	}
	return title
}

// Clips are the titles of the content, as they sounded.
func (t *Teller) Clips(r report.Row) string {
	return t.perClip(r, func(c *evidence.Clip) string { return t.line(c.Title) })
}

// Source is where the content came from: who made the clips, else the agency whose letter asked for them.
func (t *Teller) Source(r report.Row) string {
	sources := t.perClip(r, func(c *evidence.Clip) string { return t.line(c.Source) })
	if sources == "" && r.Letter != nil {
		return t.line(r.Letter.Agency)
	}
	return sources
}

func (t *Teller) perClip(r report.Row, of func(*evidence.Clip) string) string {
	var texts []string
	for _, p := range r.Plays {
		if p.Clip != nil && p.Part == "" {
			texts = append(texts, of(p.Clip))
		}
	}
	return join("; ", texts...)
}

// Outcome is the one word on a row.
func (t *Teller) Outcome(r report.Row) string {
	if r.Outcome == "" {
		return t.words.T("record.open")
	}
	return t.words.Or("status."+string(r.Outcome), t.line(string(r.Outcome)))
}

// Standing is how a row counts, in words.
func (t *Teller) Standing(s report.Standing) string { return t.words.T("record.standing." + s.Name()) }

// Reason puts the row's reason into words; what follows its code (a clip's name, an error) stays as it is.
func (t *Teller) Reason(r report.Row) string {
	if r.Reason == "" {
		return ""
	}
	code, rest, found := strings.Cut(t.line(r.Reason), ":")
	text := t.words.Or("reason."+code, code)
	if found {
		text += ":" + rest
	}
	return text
}

// Class of the broadcast in words.
func (t *Teller) Class(class string) string {
	return t.words.Or("record.class."+class, t.line(class))
}

// Output is where the sound went; "" when there was none.
func (t *Teller) Output(o evidence.Output) string {
	if o == "" {
		return ""
	}
	return t.words.Or("record.output."+string(o), t.line(string(o)))
}

// Letter is the letter that asked for the broadcast, as an office cites it.
func (t *Teller) Letter(r report.Row) string {
	if r.Letter == nil {
		return ""
	}
	text := t.line(r.Letter.Agency)
	if r.Letter.Number != "" {
		text = join(" ", t.words.T("record.letter", t.line(r.Letter.Number)), text)
	}
	if day, err := time.Parse(time.DateOnly, r.Letter.Date); err == nil {
		text += ", " + Day(day)
	}
	return cmp.Or(text, t.line(r.Letter.Title))
}

// Actor is who did something in the log, as people say it.
func (t *Teller) Actor(actor string) string {
	if actor == "" {
		return ""
	}
	kind, name, ok := strings.Cut(t.line(actor), ":")
	switch {
	case !ok:
		return t.words.Or("actor."+kind, kind)
	case kind == "user":
		return name
	}
	return t.words.Or("actor."+kind, kind) + " " + name
}

// Person is who put the row on air, or took it off: whoever acted, else the machine by its schedule.
func (t *Teller) Person(r report.Row) string {
	switch {
	case r.Person != "":
		return t.Actor(r.Person)
	case r.Why == "scheduled" && r.AiredMS > 0:
		return t.words.T("record.automatic")
	}
	return ""
}
