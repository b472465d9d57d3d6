package sheet

import (
	"context"
	"fmt"

	"github.com/xuri/excelize/v2"

	"loaxa/admin/report"
	"loaxa/player/playlog/evidence"
)

// headRow is the row of the column heads; the rows of the account follow it.
const headRow = 3

// journalColumn is a column of the sheet of rows.
type journalColumn struct {
	key   string
	width float64
	of    func(b *book, n int, r *report.Row) excelize.Cell
}

// The columns that formulas look at, and the last one that is printed: what follows is for sorting and for other systems, and
// with it nobody could read the paper.
const (
	columnAired    = "H"
	columnStanding = "K"
	columnPrinted  = "M"
)

func journalColumns() []journalColumn {
	text := func(key string, width float64, of func(b *book, r *report.Row) string) journalColumn {
		return journalColumn{key, width, func(b *book, _ int, r *report.Row) excelize.Cell { return b.text(b.style.wrapped, of(b, r)) }}
	}
	return []journalColumn{
		{"n", 5, func(b *book, n int, _ *report.Row) excelize.Cell { return in(b.style.number, n+1) }},
		{"day", 11, func(b *book, _ int, r *report.Row) excelize.Cell {
			return in(b.style.day, float64(int64(b.serial(r.Moment()))))
		}},
		{"due", 9, func(b *book, _ int, r *report.Row) excelize.Cell {
			return b.clock(r, evidence.CorrectedTime{True: evidence.Time{Time: r.Due}})
		}},
		{"start", 9, func(b *book, _ int, r *report.Row) excelize.Cell { return b.clock(r, r.Start) }},
		{"end", 9, func(b *book, _ int, r *report.Row) excelize.Cell { return b.ended(r) }},
		text("content", 38, func(b *book, r *report.Row) string { return b.tell.Content(*r) }),
		text("source", 18, func(b *book, r *report.Row) string { return b.tell.Source(*r) }),
		{"aired", 10, func(b *book, _ int, r *report.Row) excelize.Cell { return in(b.style.length, length(r.AiredMS)) }},
		{"planned", 10, func(b *book, _ int, r *report.Row) excelize.Cell { return in(b.style.length, length(r.PlannedMS)) }},
		text("outcome", 13, func(b *book, r *report.Row) string { return b.tell.Outcome(*r) }),
		text("standing", 13, func(b *book, r *report.Row) string { return b.tell.Standing(r.Standing()) }),
		text("reason", 18, func(b *book, r *report.Row) string { return b.tell.Reason(*r) }),
		text("note", 24, func(b *book, r *report.Row) string { return b.tell.Note(*r) }),
		text("output", 14, func(b *book, r *report.Row) string { return b.tell.Output(r.Output) }),
		{"level", 9, func(b *book, _ int, r *report.Row) excelize.Cell { return in(b.style.centred, r.Level) }},
		text("letter", 24, func(b *book, r *report.Row) string { return b.tell.Letter(*r) }),
		text("person", 18, func(b *book, r *report.Row) string { return b.tell.Person(*r) }),
		text("approver", 18, func(b *book, r *report.Row) string { return b.tell.Approver(*r) }),
		text("machine", 22, func(b *book, r *report.Row) string { return b.tell.Machine(*r) }),
		text("class", 13, func(b *book, r *report.Row) string { return b.tell.Class(r.Class) }),
		text("zone", 8, func(_ *book, r *report.Row) string { return r.Zone }),
		text("code", 10, func(_ *book, r *report.Row) string { return r.StationCode }),
		text("station", 24, func(_ *book, r *report.Row) string { return r.StationName }),
		{"record", 10, func(b *book, _ int, r *report.Row) excelize.Cell { return in(b.style.number, r.Index) }},
		text("broadcast", 38, func(_ *book, r *report.Row) string { return r.Broadcast }),
	}
}

// clock is a moment of a row: the time of day where it lies on the row's day, else with its date. What is not known for
// certain stays empty; the note says what the machine wrote.
func (b *book) clock(r *report.Row, at evidence.CorrectedTime) excelize.Cell {
	if at.True.IsZero() {
		return in(b.style.clock, nil)
	}
	value := b.serial(at.True.Time)
	if int64(value) != int64(b.serial(r.Moment())) {
		return in(b.style.moment, value)
	}
	return in(b.style.clock, value)
}

// ended is when it fell silent: of what made no sound there is no such time.
func (b *book) ended(r *report.Row) excelize.Cell {
	if r.AiredMS <= 0 {
		return in(b.style.clock, nil)
	}
	return b.clock(r, r.End)
}

// journal is the sheet of the rows.
func (b *book) journal(ctx context.Context) error {
	columns := journalColumns()
	widths := make([]float64, len(columns))
	heads := make([]any, len(columns))
	for i, c := range columns {
		widths[i], heads[i] = c.width, in(b.style.head, b.o.Words.T("sheet.col."+c.key))
	}
	last, err := excelize.ColumnNumberToName(len(columns))
	if err != nil {
		return err
	}
	s, err := b.sheet(b.names.journal, widths, headRow, fmt.Sprintf("A%d:%s%d", headRow, last, headRow+len(b.account.Rows)))
	if err != nil {
		return err
	}
	printed := excelize.DefinedName{Name: "_xlnm.Print_Area", Scope: b.names.journal,
		RefersTo: fmt.Sprintf("'%s'!$A$1:$%s$%d", b.names.journal, columnPrinted, headRow+len(b.account.Rows))}
	if err := b.file.SetDefinedName(&printed); err != nil {
		return err
	}
	if err := b.heading(s, "sheet.journal.title"); err != nil {
		return err
	}
	if err := s.add(heads, excelize.RowOpts{Height: 32}); err != nil {
		return err
	}
	cells := make([]any, len(columns))
	err = b.o.each(ctx, b.account, 0, 0.6, func(n int, r report.Row) error {
		lines := 1
		for i, c := range columns {
			cell := c.of(b, n, &r)
			lines, cells[i] = max(lines, linesOf(cell, c.width)), cell
		}
		return s.add(cells, high(lines))
	})
	if err != nil {
		return err
	}
	return s.Flush()
}

// heading writes the two rows above a sheet's column heads: whose it is, and of what period by how much of the log.
func (b *book) heading(s *sheetWriter, title string) error {
	a := b.account
	_, station := b.tell.Station(a, b.o.Station)
	if err := s.add([]any{in(b.style.title, b.o.Words.T(title, station))}, excelize.RowOpts{Height: 22}); err != nil {
		return err
	}
	return s.add([]any{in(b.style.about, b.o.Words.T("sheet.about", b.tell.Span(a.From, a.Until), len(a.Rows), a.Size, a.Origin))})
}
