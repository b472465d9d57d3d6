package diary

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/report"
	"loaxa/admin/report/paper"
	"loaxa/admin/report/wording"
	"loaxa/schedule"
)

// Options say how the diary is told. Words and Zone are needed.
type Options struct {
	Words      locale.Words   // Vietnamese, for a book that is handed in
	Zone       *time.Location // of the station
	Station    string         // its name today, for a period without a broadcast
	Letterhead schedule.Letterhead
	History    report.History // names who approved what; without it nobody is named
	Step       report.Step    // nil: nobody asks how far it is
}

// Sizes of letters, in points.
const (
	sizeTable = 9.5
	sizeText  = 12
	sizeTitle = 15
)

// PDF writes the diary, on landscape A4.
func PDF(ctx context.Context, w io.Writer, a *report.Account, o Options) error {
	b := &book{Options: o, ctx: ctx, account: a, tell: wording.New(wording.Options{Words: o.Words, Zone: o.Zone, History: o.History})}
	b.code, b.name = b.tell.Station(a, o.Station)
	b.months = map[string]report.Total{}
	for _, t := range a.Totals(report.ByMonth, o.Zone) {
		b.months[t.Key] = t
	}
	title := o.Words.T("book.title")
	// The file says when its log was read, not when it was printed: printed again it is the same.
	b.Paper = paper.New(ctx, paper.Options{Title: title, Subject: b.name, Made: a.Read, Section: paper.Section{Landscape: true,
		Margins: paper.Margins{Top: 14, Bottom: 16, Left: 18, Right: 12}, Numbers: paper.FootNumber, NumberWord: o.Words.T("book.page"), NumberSize: 10,
		NumberOf: true, Foot: o.Words.T("book.foot", wording.Short(b.name, 60), b.tell.Span(a.From, a.Until))}})
	b.head(title)
	b.Table(b.table(), b.lines)
	b.sums()
	b.proof()
	b.signatures()
	if _, err := b.WriteTo(w); err != nil {
		return fmt.Errorf("writing the diary: %w", err)
	}
	return b.step(1)
}

// book is a diary in the making.
type book struct {
	Options
	*paper.Paper
	ctx        context.Context
	account    *report.Account
	tell       *wording.Teller
	code, name string // of the station, as the newest row has them
	months     map[string]report.Total
}

func (b *book) step(share float64) error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	if b.Step == nil {
		return nil
	}
	return b.Step(share)
}

func style(size float64) paper.Style { return paper.Style{Size: size} }
func bold(size float64) paper.Style  { return paper.Style{Size: size, Bold: true} }

// head is the top of the first page.
func (b *book) head(title string) {
	issuer := []paper.Paragraph{}
	if s := paper.Line(b.Letterhead.Parent); s != "" {
		issuer = append(issuer, paper.P(strings.ToUpper(s), style(sizeText), paper.Centred))
	}
	if s := paper.Line(b.Letterhead.Issuer); s != "" {
		p := paper.P(strings.ToUpper(s), bold(sizeText), paper.Centred)
		p.Rule = 0.4
		issuer = append(issuer, p)
	}
	if len(issuer) > 0 {
		b.Beside(paper.Pane{Width: 1, Paragraphs: issuer}, paper.Pane{Width: 1.6})
		b.Space(4)
	}
	b.Write(paper.P(title, bold(sizeTitle), paper.Centred))
	for _, s := range b.stations() {
		b.Write(paper.P(s, bold(sizeText), paper.Centred))
	}
	period := paper.P(b.Words.T("book.period", b.tell.Span(b.account.From, b.account.Until)), style(sizeText), paper.Centred)
	period.After = 8
	b.Write(period)
}

// stations are the names that the station had in the period, as its records have them.
func (b *book) stations() []string {
	var out []string
	seen := map[[2]string]bool{}
	for _, r := range b.account.Rows {
		key := [2]string{r.StationCode, r.StationName}
		if r.StationName == "" || seen[key] || len(seen) == 10 {
			continue
		}
		seen[key] = true
		out = append(out, b.Words.T("book.station", wording.Line(r.StationName), wording.Line(r.StationCode)))
	}
	switch {
	case len(out) > 0:
		return out
	case b.name != "":
		return []string{b.Words.T("book.station", b.name, b.code)}
	}
	return []string{b.Words.T("book.station.none")}
}

// table is the shape of the book: the columns of the paper one.
func (b *book) table() paper.Table {
	t := paper.Table{Size: sizeTable, Pad: 0.8}
	for _, c := range []struct {
		key   string
		width float64
		align paper.Align
	}{{"n", 11, paper.Centred}, {"day", 18, paper.Centred}, {"time", 22, paper.Centred}, {"content", 58, paper.AtLeft}, {"source", 30, paper.AtLeft}, {"length", 15, paper.Centred},
		{"person", 21, paper.AtLeft}, {"approver", 24, paper.AtLeft}, {"machine", 27, paper.AtLeft}, {"note", 34, paper.AtLeft}, {"sign", 12, paper.Centred}} {
		t.Columns = append(t.Columns, paper.Column{Title: b.Words.T("book.col." + c.key), Width: c.width, Align: c.align})
	}
	return t
}

// cells are those of one row.
func (b *book) cells(n int, r report.Row) []string {
	length := ""
	if r.AiredMS > 0 {
		length = wording.Length(r.AiredMS)
	}
	return []string{fmt.Sprint(n + 1), wording.Day(r.Moment().In(b.Zone)), b.times(r), b.tell.Content(r), b.tell.Source(r), length,
		b.tell.Person(r), b.tell.Approver(r), b.tell.Machine(r), b.note(r), ""}
}

// times are when it sounded, or when it should have.
func (b *book) times(r report.Row) string {
	if r.AiredMS <= 0 || r.Start.Written.IsZero() {
		return b.Words.T("book.due", wording.Clock(r.Due.In(b.Zone)))
	}
	if r.Start.True.IsZero() {
		return b.Words.T("book.doubt", wording.Clock(r.Start.Written.In(b.Zone)))
	}
	text := wording.Clock(r.Start.True.In(b.Zone)) + "–"
	if !r.End.True.IsZero() {
		text += wording.Clock(r.End.True.In(b.Zone))
	}
	return text
}

// note is the outcome with its reason, and what else has to be known.
func (b *book) note(r report.Row) string {
	text := b.tell.Outcome(r)
	if reason := b.tell.Reason(r); reason != "" {
		text += ": " + reason
	}
	if note := b.tell.Note(r); note != "" {
		text += "; " + note
	}
	return text
}
