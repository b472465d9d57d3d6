package sheet

import (
	"context"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"loaxa/admin/report"
	"loaxa/admin/report/wording"
)

// XLSX writes the account as a workbook: the rows, their totals, and what they rest on. Dates and lengths are real ones;
// every text is a cell of text, whatever it begins with. The sheets pass through temporary files, not through memory.
func XLSX(ctx context.Context, w io.Writer, a *report.Account, o Options) (err error) {
	b := &book{file: excelize.NewFile(excelize.Options{TmpDir: o.Temp}), account: a, o: o, tell: o.teller()}
	defer func() { err = wrap(err, b.file.Close()) }()
	if err = b.prepare(); err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{b.journal, b.summary, b.weeks, b.days, b.proof} {
		if err = part(ctx); err != nil {
			return err
		}
	}
	b.file.SetActiveSheet(0)
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return &parts{ctx: ctx, to: w} })
	if err = b.file.Write(io.Discard); err != nil {
		return err
	}
	return o.step(ctx, 1)
}

// wrap says what failed; the first error counts.
func wrap(first, second error) error {
	if first == nil {
		first = second
	}
	if first != nil {
		return fmt.Errorf("writing workbook: %w", first)
	}
	return nil
}

// book is a workbook in the making.
type book struct {
	file    *excelize.File
	account *report.Account
	o       Options
	tell    *wording.Teller
	style   styles
	names   struct{ journal, summary, weeks, days, proof string }
}

// styles are IDs of cell formats.
type styles struct {
	title, about, head, text, wrapped, centred, number, minutes, day, clock, moment, length, mono, group, sum, sumLength, sumMinutes, month, fact, factMoment int
}

func (b *book) prepare() error {
	w := b.o.Words
	n := &b.names
	n.journal, n.summary, n.weeks, n.days, n.proof = w.T("sheet.journal"), w.T("sheet.summary"), w.T("sheet.weeks"), w.T("sheet.days"), w.T("sheet.proof")
	if err := b.file.SetSheetName("Sheet1", n.journal); err != nil {
		return err
	}
	for _, name := range []string{n.summary, n.weeks, n.days, n.proof} {
		if _, err := b.file.NewSheet(name); err != nil {
			return err
		}
	}
	_, station := b.tell.Station(b.account, b.o.Station)
	// The file says when its log was read, not when it was made: made again it is the same.
	read := b.account.Read.UTC().Format(time.RFC3339)
	if err := b.file.SetDocProps(&excelize.DocProperties{Title: w.T("sheet.journal.title", station), Creator: "loaxa", Language: string(w.Language), Created: read, Modified: read}); err != nil {
		return err
	}
	return b.formats()
}

const (
	grey = "E4E9ED"
	line = "9AA5AD"
	// centre is what the format calls it.
	centre = "center" //nolint:misspell // the format's word
)

func (b *book) formats() (err error) {
	var border []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		border = append(border, excelize.Border{Type: side, Color: line, Style: 1}) //nolint:misspell // the library's word
	}
	font := func(size float64, bold bool) *excelize.Font {
		return &excelize.Font{Family: "Times New Roman", Size: size, Bold: bold}
	}
	filled := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{grey}} //nolint:misspell // the library's word
	cell := func(horizontal, format string) *excelize.Style {
		s := &excelize.Style{Font: font(11, false), Border: border, Alignment: &excelize.Alignment{Horizontal: horizontal, Vertical: "top"}}
		if format != "" {
			s.CustomNumFmt = &format
		}
		if horizontal == "right" {
			s.Alignment.Indent = 1 // else a number sticks to the text in the next column
		}
		return s
	}
	wrapped := cell("left", "")
	wrapped.Alignment.WrapText = true
	head := &excelize.Style{Font: font(11, true), Border: border, Fill: filled, Alignment: &excelize.Alignment{Horizontal: centre, Vertical: centre, WrapText: true}}
	sum := func(format string) *excelize.Style {
		s := cell("right", format)
		s.Font, s.Fill = font(11, true), filled
		return s
	}
	for _, f := range []struct {
		id *int
		of *excelize.Style
	}{
		{&b.style.title, &excelize.Style{Font: font(14, true)}},
		{&b.style.about, &excelize.Style{Font: &excelize.Font{Family: "Times New Roman", Size: 11, Italic: true}}},
		{&b.style.head, head},
		{&b.style.text, cell("left", "")},
		{&b.style.wrapped, wrapped},
		{&b.style.centred, cell(centre, "")},
		{&b.style.number, cell("right", "#,##0")},
		{&b.style.minutes, cell("right", "#,##0.0")},
		{&b.style.day, cell(centre, "dd/mm/yyyy")},
		{&b.style.month, cell(centre, "mm/yyyy")},
		{&b.style.clock, cell(centre, "hh:mm:ss")},
		{&b.style.moment, cell(centre, "dd/mm/yyyy hh:mm:ss")},
		{&b.style.length, cell("right", "[h]:mm:ss")},
		{&b.style.fact, cell("left", "#,##0")},
		{&b.style.factMoment, cell("left", "dd/mm/yyyy hh:mm:ss")},
		{&b.style.mono, &excelize.Style{Font: &excelize.Font{Family: "Liberation Mono", Size: 10}, Alignment: &excelize.Alignment{Vertical: "top"}}},
		{&b.style.group, &excelize.Style{Font: font(12, true)}},
		{&b.style.sum, sum("#,##0")},
		{&b.style.sumLength, sum("[h]:mm:ss")},
		{&b.style.sumMinutes, sum("#,##0.0")},
	} {
		if *f.id, err = b.file.NewStyle(f.of); err != nil {
			return err
		}
	}
	return nil
}

// firstDay is the day 0 of spreadsheets.
var firstDay = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

const dayMS = 24 * 60 * 60 * 1000

// serial is a moment as spreadsheets count it: days by the station's wall clock.
func (b *book) serial(t time.Time) float64 {
	t = t.In(b.o.Zone)
	_, offset := t.Zone()
	ms := t.UnixMilli() + int64(offset)*1000 - firstDay.UnixMilli()
	// LibreOffice cuts seconds off and does not round them: a hair more than the whole second, or 06:20 stands as 06:19:59.
	return (float64(ms) + 0.01) / dayMS
}

// length is a length as spreadsheets count it.
func length(ms int64) float64 { return float64(ms) / dayMS }

// sheetWriter fills one sheet from the top.
type sheetWriter struct {
	*excelize.StreamWriter
	row int // the last one written
}

// sheet begins a sheet of columns with these widths, on landscape A4, its top rows held fast. Filter is the range of the
// filter, "" for none.
func (b *book) sheet(name string, widths []float64, fixed int, filter string) (*sheetWriter, error) {
	if filter != "" {
		if err := b.file.AutoFilter(name, filter, nil); err != nil {
			return nil, err
		}
	}
	fit := true
	if err := b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return nil, err
	}
	a4, landscape, wide, high := 9, "landscape", 1, 0
	if err := b.file.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return nil, err
	}
	narrow, edge := 0.4, 0.6
	if err := b.file.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &narrow, Right: &narrow, Top: &edge, Bottom: &edge}); err != nil {
		return nil, err
	}
	s, err := b.file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	if fixed > 0 {
		if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: fixed, TopLeftCell: fmt.Sprintf("A%d", fixed+1), ActivePane: "bottomLeft"}); err != nil {
			return nil, err
		}
		titles := excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: name, RefersTo: fmt.Sprintf("'%s'!$%d:$%d", name, fixed, fixed)}
		if err := b.file.SetDefinedName(&titles); err != nil {
			return nil, err
		}
	}
	for i, w := range widths {
		if err := s.SetColWidth(i+1, i+1, w); err != nil {
			return nil, err
		}
	}
	return &sheetWriter{StreamWriter: s}, nil
}

// add writes the next row.
func (s *sheetWriter) add(cells []any, opts ...excelize.RowOpts) error {
	s.row++
	return s.SetRow(fmt.Sprintf("A%d", s.row), cells, opts...)
}

// high is the height of a row with so many lines: LibreOffice does not find it out by itself.
func high(lines int) excelize.RowOpts { return excelize.RowOpts{Height: 14.5 * float64(lines)} }

// linesOf is how many lines a text takes in a column, reckoned by its letters.
func linesOf(c excelize.Cell, width float64) int {
	s, ok := c.Value.(string)
	if !ok {
		return 1
	}
	return int(float64(utf8.RuneCountInString(s))/(width*0.95)) + 1
}

func in(style int, value any) excelize.Cell { return excelize.Cell{StyleID: style, Value: value} }

// text is a cell of text, empty where there is none.
func (b *book) text(style int, s string) excelize.Cell {
	if s = wording.Line(s); s == "" {
		return in(style, nil)
	}
	return in(style, s)
}
