package paper

import (
	"iter"
	"strings"
)

// Column of a table.
type Column struct {
	Title string
	Width float64 // its share: the widths of all columns together are the whole table
	Align Align
}

// Row of a table.
type Row struct {
	Cells  []string
	Bold   bool
	Across bool // its first cell goes over the whole width, and it stays on one page with the row after it
}

// Table is the shape of a table.
type Table struct {
	Columns []Column
	Size    float64 // points; 12 where it is 0
	Pad     float64 // around the text of a cell; 1 where it is 0
}

// Rows gives the rows one after the other.
func Rows(rows []Row) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		for _, r := range rows {
			if !yield(r) {
				return
			}
		}
	}
}

// cell is what is left of one to draw.
type cell struct {
	shape Paragraph
	lines []line
	x, w  float64
}

// Table sets a table whose head stands again on every page. Cells wrap; a row stays on one page unless it is higher than
// one.
func (p *Paper) Table(t Table, rows iter.Seq[Row]) {
	if t.Size == 0 {
		t.Size = 12
	}
	if t.Pad == 0 {
		t.Pad = 1
	}
	head := p.head(t)
	headHeight := rowHeight(head, t.Pad)
	begun := false
	for r := range rows {
		if p.Err() != nil {
			return
		}
		cells := p.cells(t, r, false)
		height := rowHeight(cells, t.Pad)
		if r.Across {
			height += t.Size*pt*single + 2*t.Pad
		}
		switch {
		case !begun:
			if p.Left() < headHeight+min(height, p.full()/3) && !p.fresh() {
				p.NewPage()
			}
			p.row(head, t.Pad, headHeight)
			begun = true
		case p.Left() < height && (height <= p.full()-headHeight || p.Left() < 4*t.Size*pt):
			p.NewPage()
			p.row(head, t.Pad, headHeight)
		}
		for p.Err() == nil && rowHeight(cells, t.Pad) > p.Left() {
			some := p.someOf(cells, t.Pad)
			p.row(some, t.Pad, rowHeight(some, t.Pad))
			p.NewPage()
			p.row(head, t.Pad, headHeight)
		}
		p.row(cells, t.Pad, rowHeight(cells, t.Pad))
	}
	if !begun {
		p.row(head, t.Pad, headHeight)
	}
}

// head is the row of titles. It leaves most of each page to the rows, whatever the titles are.
func (p *Paper) head(t Table) []cell {
	cells := p.cells(t, Row{Cells: titles(t.Columns), Bold: true}, true)
	for i, c := range cells {
		cells[i].lines = c.lines[:min(len(c.lines), max(1, int(p.full()/3/(t.Size*pt*single))))]
	}
	return cells
}

func titles(columns []Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Title
	}
	return out
}

// cells breaks the texts of a row into lines. A row with too few cells has empty ones; what is too many is left out.
func (p *Paper) cells(t Table, r Row, head bool) []cell {
	total := 0.0
	for _, c := range t.Columns {
		total += c.Width
	}
	x := p.section.Margins.Left
	if r.Across {
		shape := P(strings.Join(r.Cells[:min(1, len(r.Cells))], ""), Style{Size: t.Size, Bold: r.Bold}, AtLeft)
		return []cell{{shape: shape, lines: p.wrap(shape, p.Width()-2*t.Pad), x: x, w: p.Width()}}
	}
	out := make([]cell, len(t.Columns))
	for i, c := range t.Columns {
		text := ""
		if i < len(r.Cells) {
			text = r.Cells[i]
		}
		w := p.Width() * c.Width / total
		shape := P(text, Style{Size: t.Size, Bold: r.Bold}, c.Align)
		if head {
			shape.Align = Centred
		}
		out[i] = cell{shape: shape, lines: p.wrap(shape, w-2*t.Pad), x: x, w: w}
		x += w
	}
	return out
}

func rowHeight(cells []cell, pad float64) float64 {
	height := 0.0
	for _, c := range cells {
		h := 0.0
		for _, l := range c.lines {
			h += l.height
		}
		height = max(height, h)
	}
	return height + 2*pad
}

// someOf takes from the cells the lines that go on this page, at least one of each.
func (p *Paper) someOf(cells []cell, pad float64) []cell {
	out := make([]cell, len(cells))
	for i := range cells {
		c := &cells[i]
		out[i] = *c
		n, room := 0, p.Left()-2*pad
		for n < len(c.lines) && (n == 0 || c.lines[n].height <= room) {
			room -= c.lines[n].height
			n++
		}
		out[i].lines, c.lines = c.lines[:n], c.lines[n:]
	}
	return out
}

// row draws the cells with their frame.
func (p *Paper) row(cells []cell, pad, height float64) {
	if p.Err() != nil {
		return
	}
	for _, c := range cells {
		p.pdf.Rect(c.x, p.y, c.w, height, "D")
		y := p.y + pad
		for _, l := range c.lines {
			y += p.put(l, c.shape, c.x+pad, y, c.w-2*pad)
		}
	}
	p.y += height
}
