package sheet

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"loaxa/admin/report"
)

// apart are the standings that are counted beside what counts.
var apart = []report.Standing{report.Cut, report.Silent, report.Emergency, report.Rehearsal, report.Unproven, report.Virtual, report.Open}

const (
	keyWidth  = 40
	rowsWidth = 40
)

// totalWidths are the columns of a table of totals: of what, how many, how long, in minutes, items, times aired, the
// standings apart, the rows.
func totalWidths() []float64 {
	out := []float64{keyWidth, 11, 12, 11, 10, 10}
	for range apart {
		out = append(out, 11)
	}
	return append(out, rowsWidth)
}

// table is one dimension's totals, and how its keys are shown.
type table struct {
	title  string
	of     report.Dimension
	key    func(t report.Total) excelize.Cell
	shared bool // a row can stand in several totals, or in one with a part of its time
}

// summary is the sheet of all totals but those by week and day, which can be long and have their own.
func (b *book) summary(ctx context.Context) error {
	s, err := b.sheet(b.names.summary, totalWidths(), 0, "")
	if err != nil {
		return err
	}
	if err := b.heading(s, "sheet.summary.title"); err != nil {
		return err
	}
	if err := b.standings(s); err != nil {
		return err
	}
	tables := b.tables()
	for n, t := range tables {
		if err := b.o.step(ctx, 0.6+0.2*float64(n)/float64(len(tables))); err != nil {
			return err
		}
		s.row++
		if err := s.add([]any{in(b.style.group, t.title)}); err != nil {
			return err
		}
		if err := b.totals(s, t); err != nil {
			return err
		}
	}
	return s.Flush()
}

func (b *book) tables() []table {
	w := b.o.Words
	named := func(key string) func(report.Total) excelize.Cell {
		return func(t report.Total) excelize.Cell {
			return b.text(b.style.wrapped, firstOf(t.Title, t.Key, w.Or("sheet.none."+key, w.T("sheet.none"))))
		}
	}
	out := []table{
		{title: w.T("sheet.of.month"), of: report.ByMonth, key: b.dated("2006-01", b.style.month)},
		{title: w.T("sheet.of.class"), of: report.ByClass, key: func(t report.Total) excelize.Cell {
			return b.text(b.style.wrapped, firstOf(b.tell.Class(t.Key), w.T("sheet.none")))
		}},
	}
	for _, axis := range b.o.Taxonomy.Axes {
		out = append(out, table{title: w.T("sheet.of.topic", axis.ID, axis.Title), of: report.ByAxis(axis.ID), shared: true, key: func(t report.Total) excelize.Cell {
			if t.Key == "" {
				return in(b.style.wrapped, w.T("sheet.none.topic"))
			}
			return b.text(b.style.wrapped, strings.TrimSpace(t.Key+" "+b.o.Taxonomy.Title(t.Key)))
		}})
	}
	return append(out,
		table{title: w.T("sheet.of.campaign"), of: report.ByCampaign, key: named("campaign")},
		table{title: w.T("sheet.of.agency"), of: report.ByAgency, key: named("agency")},
		table{title: w.T("sheet.of.programme"), of: report.ByProgramme, key: named("programme")},
		table{title: w.T("sheet.of.clip"), of: report.ByClip, key: named("clip"), shared: true},
		table{title: w.T("sheet.of.source"), of: report.BySource, key: named("source"), shared: true})
}

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// dated shows a key that is a date as one.
func (b *book) dated(form string, style int) func(report.Total) excelize.Cell {
	return func(t report.Total) excelize.Cell {
		day, err := time.ParseInLocation(form, t.Key, b.o.Zone)
		if err != nil {
			return b.text(style, t.Key)
		}
		return in(style, b.serial(day))
	}
}

func (b *book) weeks(ctx context.Context) error {
	return b.apart(ctx, b.names.weeks, table{title: "sheet.weeks.title", of: report.ByWeek, key: b.dated(time.DateOnly, b.style.day)})
}

func (b *book) days(ctx context.Context) error {
	return b.apart(ctx, b.names.days, table{title: "sheet.days.title", of: report.ByDay, key: b.dated(time.DateOnly, b.style.day)})
}

// apart is a sheet with one table; its title is the key of the sheet's.
func (b *book) apart(ctx context.Context, name string, t table) error {
	if err := b.o.step(ctx, 0.8); err != nil {
		return err
	}
	widths := totalWidths()
	last, err := excelize.ColumnNumberToName(len(widths))
	if err != nil {
		return err
	}
	list := b.account.Totals(t.of, b.o.Zone)
	s, err := b.sheet(name, widths, headRow, fmt.Sprintf("A%d:%s%d", headRow, last, headRow+len(list)))
	if err != nil {
		return err
	}
	if err := b.heading(s, t.title); err != nil {
		return err
	}
	if err := b.listed(s, t, list); err != nil {
		return err
	}
	return s.Flush()
}

// standings count the rows by how they count. The numbers are formulas over the sheet of rows, so that whoever filters or
// doubts can follow them.
func (b *book) standings(s *sheetWriter) error {
	w := b.o.Words
	s.row++
	if err := s.add([]any{in(b.style.group, w.T("sheet.of.all"))}); err != nil {
		return err
	}
	if err := s.add([]any{in(b.style.head, w.T("sheet.col.standing")), in(b.style.head, w.T("sheet.total.count")), in(b.style.head, w.T("sheet.total.time")), in(b.style.head, w.T("sheet.total.minutes"))}); err != nil {
		return err
	}
	span := func(column string) string {
		return fmt.Sprintf("'%s'!$%s$%d:$%s$%d", b.names.journal, column, headRow+1, column, headRow+max(1, len(b.account.Rows)))
	}
	sum, first := b.account.Sum(), s.row+1
	var all report.Tally
	for _, standing := range report.Standings() {
		t := sum.By[standing]
		all.N, all.AiredMS = all.N+t.N, all.AiredMS+t.AiredMS
		row := s.row + 1
		err := s.add([]any{
			in(b.style.text, b.tell.Standing(standing)),
			excelize.Cell{StyleID: b.style.number, Value: t.N, Formula: fmt.Sprintf("COUNTIF(%s,A%d)", span(columnStanding), row)},
			excelize.Cell{StyleID: b.style.length, Value: length(t.AiredMS), Formula: fmt.Sprintf("SUMIF(%s,A%d,%s)", span(columnStanding), row, span(columnAired))},
			excelize.Cell{StyleID: b.style.minutes, Value: minutes(t.AiredMS), Formula: fmt.Sprintf("C%d*1440", row)},
		})
		if err != nil {
			return err
		}
	}
	return s.add([]any{in(b.style.sum, w.T("sheet.total.sum")),
		b.sum(b.style.sum, "B", first, s.row, all.N), b.sum(b.style.sumLength, "C", first, s.row, length(all.AiredMS)), b.sum(b.style.sumMinutes, "D", first, s.row, minutes(all.AiredMS))})
}

func minutes(ms int64) float64 { return float64(ms) / 60_000 }

// sum is a formula over a column, with what it comes to: some programs show a workbook without reckoning.
func (b *book) sum(style int, column string, first, last int, value any) excelize.Cell {
	if last < first {
		return in(style, value)
	}
	return excelize.Cell{StyleID: style, Value: value, Formula: fmt.Sprintf("SUM(%s%d:%s%d)", column, first, column, last)}
}

func (b *book) totals(s *sheetWriter, t table) error {
	return b.listed(s, t, b.account.Totals(t.of, b.o.Zone))
}

// listed writes a table: heads, one row for each total, and the sum where the column may be added up.
func (b *book) listed(s *sheetWriter, t table, list []report.Total) error {
	w := b.o.Words
	heads := []any{in(b.style.head, w.T("sheet.total.key"))}
	for _, key := range []string{"n", "time", "minutes", "clips", "plays"} {
		heads = append(heads, in(b.style.head, w.T("sheet.total."+key)))
	}
	for _, standing := range apart {
		heads = append(heads, in(b.style.head, capital(b.tell.Standing(standing))))
	}
	heads = append(heads, in(b.style.head, w.T("sheet.total.rows")))
	if err := s.add(heads, excelize.RowOpts{Height: 32}); err != nil {
		return err
	}
	first := s.row + 1
	var all report.Total
	for _, x := range list {
		counted := x.Counted()
		key := t.key(x)
		cells := []any{key, in(b.style.number, counted.N), in(b.style.length, length(counted.AiredMS)), in(b.style.minutes, minutes(counted.AiredMS)),
			in(b.style.number, x.Clips), in(b.style.number, x.Plays)}
		for _, standing := range apart {
			cells = append(cells, in(b.style.number, x.By[standing].N))
		}
		rows := in(b.style.wrapped, ranges(x.Rows))
		// A few lines high, however many rows there are: the cell holds them all.
		lines := max(linesOf(key, keyWidth), min(linesOf(rows, rowsWidth), 3))
		if err := s.add(append(cells, rows), high(lines)); err != nil {
			return err
		}
		for i := range all.By {
			all.By[i].N += x.By[i].N
			all.By[i].AiredMS += x.By[i].AiredMS
		}
		all.Plays += x.Plays
	}
	if t.shared {
		return s.add([]any{in(b.style.about, w.T("sheet.shared"))})
	}
	return b.summed(s, first, all)
}

// summed writes the sum under a table. Items are not added up: the same one counts in several totals.
func (b *book) summed(s *sheetWriter, first int, all report.Total) error {
	last := s.row
	cells := []any{in(b.style.sum, b.o.Words.T("sheet.total.sum")), b.sum(b.style.sum, "B", first, last, all.Counted().N),
		b.sum(b.style.sumLength, "C", first, last, length(all.Counted().AiredMS)), b.sum(b.style.sumMinutes, "D", first, last, minutes(all.Counted().AiredMS)),
		in(b.style.sum, nil), b.sum(b.style.sum, "F", first, last, all.Plays)}
	for _, standing := range apart {
		column, err := excelize.ColumnNumberToName(len(cells) + 1)
		if err != nil {
			return err
		}
		cells = append(cells, b.sum(b.style.sum, column, first, last, all.By[standing].N))
	}
	return s.add(append(cells, in(b.style.sum, nil)))
}

// capital begins a head with a capital letter.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// maxCell is how long a text is that every spreadsheet takes; the format ends at 32,767.
const maxCell = 32_000

// ranges names rows by their number on the sheet of rows: "1–5, 8".
func ranges(rows []int32) string {
	var out strings.Builder
	for i := 0; i < len(rows); {
		k := i
		for k+1 < len(rows) && rows[k+1] == rows[k]+1 {
			k++
		}
		if out.Len() > 0 {
			out.WriteString(", ")
		}
		if out.Len() > maxCell {
			out.WriteString("…")
			break
		}
		out.WriteString(strconv.Itoa(int(rows[i]) + 1))
		if k > i {
			out.WriteString("–" + strconv.Itoa(int(rows[k])+1))
		}
		i = k + 1
	}
	return out.String()
}
