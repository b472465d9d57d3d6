package paper

import (
	"context"
	"fmt"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationserifbold"
	"github.com/go-fonts/liberation/liberationserifbolditalic"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"github.com/go-fonts/liberation/liberationserifregular"
)

// The page, upright.
const (
	A4Width  = 210.0
	A4Height = 297.0
)

// pt is one point in millimetres.
const pt = 25.4 / 72

// Margins of a page.
type Margins struct{ Top, Bottom, Left, Right float64 }

// Numbers say where the number of a page stands.
type Numbers int

// Where page numbers stand.
const (
	NoNumber Numbers = iota
	TopNumber
	FootNumber
)

// Section is a run of pages of one shape with numbers of its own, from 1.
type Section struct {
	Landscape  bool
	Margins    Margins
	Numbers    Numbers
	HideFirst  bool    // the first page shows no number
	NumberWord string  // before the number: "Trang "
	NumberSize float64 // points; 13 where it is 0
	NumberOf   bool    // behind the number stands how many pages the document has: "3/12"
	Foot       string  // small, at the left of every page's foot
}

// Options of a document.
type Options struct {
	Section           // the first pages
	Title   string    // as readers show it
	Subject string    // likewise
	Made    time.Time // the only time in the file
}

// Paper is a document while it is written. It is used by one goroutine.
type Paper struct {
	ctx     context.Context
	pdf     *fpdf.Fpdf
	section Section
	page    int // in the section, from 1
	width   float64
	height  float64
	y       float64 // where the next thing begins
	styled  Style   // as the PDF has it now
	widths  [4]*[0x10000]uint16
	images  int
	err     error
}

const family = "serif"

// allPages stands for the number of pages until it is known. No text can hold it: Clean takes such characters out.
const allPages = "\ue0a1\ue0a2\ue0a3"

// New begins a document; its first page is there. The context is asked at every new page.
func New(ctx context.Context, o Options) *Paper {
	p := &Paper{ctx: ctx, pdf: fpdf.New("P", "mm", "A4", "")}
	p.pdf.SetAutoPageBreak(false, 0)
	p.pdf.SetMargins(0, 0, 0)
	p.pdf.SetCellMargin(0)
	p.pdf.SetCatalogSort(true)
	p.pdf.SetCreationDate(o.Made.UTC())
	p.pdf.SetModificationDate(o.Made.UTC())
	p.pdf.SetTitle(Line(o.Title), true)
	p.pdf.SetSubject(Line(o.Subject), true)
	p.pdf.SetCreator("loaxa", true)
	p.pdf.SetLang("vi-VN")
	p.pdf.SetLineWidth(0.25)
	p.pdf.AliasNbPages(allPages)
	for style, ttf := range map[string][]byte{"": liberationserifregular.TTF, "B": liberationserifbold.TTF,
		"I": liberationserifitalic.TTF, "BI": liberationserifbolditalic.TTF} {
		p.pdf.AddUTF8FontFromBytes(family, style, ttf)
	}
	for i := range p.widths {
		p.widths[i] = new([0x10000]uint16)
	}
	p.Begin(o.Section)
	return p
}

// Begin begins a new section on a new page.
func (p *Paper) Begin(s Section) {
	p.section, p.page = s, 0
	p.width, p.height = A4Width, A4Height
	if s.Landscape {
		p.width, p.height = A4Height, A4Width
	}
	if s.NumberSize == 0 {
		p.section.NumberSize = 13
	}
	p.NewPage()
}

// NewPage begins a new page of the section.
func (p *Paper) NewPage() {
	if p.err == nil {
		p.err = p.ctx.Err()
	}
	if p.err != nil {
		return
	}
	orientation := "P"
	if p.section.Landscape {
		orientation = "L"
	}
	p.pdf.AddPageFormat(orientation, fpdf.SizeType{Wd: A4Width, Ht: A4Height})
	p.page++
	p.styled = Style{}
	p.furnish()
	p.y = p.section.Margins.Top
}

// furnish sets what stands in the margins of a page.
func (p *Paper) furnish() {
	m := p.section.Margins
	if p.section.Foot != "" {
		p.line(m.Left, p.height-m.Bottom/2+1, Line(p.section.Foot), Style{Size: 8})
	}
	if p.section.Numbers == NoNumber || (p.section.HideFirst && p.page == 1) {
		return
	}
	text, style := fmt.Sprintf("%s%d", p.section.NumberWord, p.page), Style{Size: p.section.NumberSize}
	baseline := m.Top/2 + style.Size*pt/3
	if p.section.Numbers == FootNumber {
		baseline = p.height - m.Bottom/2 + 1
	}
	if !p.section.NumberOf {
		p.line(m.Left+(p.Width()-p.TextWidth(text, style))/2, baseline, text, style)
		return
	}
	x := m.Left + (p.Width()-p.TextWidth(text+"/00", style))/2
	p.set(style)
	p.pdf.Text(x, baseline, drawn(text)+"/"+allPages)
}

// Width is that of the text area.
func (p *Paper) Width() float64 { return p.width - p.section.Margins.Left - p.section.Margins.Right }

// Left is how much height the page has left.
func (p *Paper) Left() float64 { return p.height - p.section.Margins.Bottom - p.y }

// full is the height of an empty page.
func (p *Paper) full() float64 { return p.height - p.section.Margins.Top - p.section.Margins.Bottom }

// fresh says that nothing stands on the page yet.
func (p *Paper) fresh() bool { return p.y <= p.section.Margins.Top }

// Space leaves some height free; at the end of a page it is nothing.
func (p *Paper) Space(height float64) {
	if !p.fresh() {
		p.y += height
	}
}

// Pages is how many pages the document has until now.
func (p *Paper) Pages() int { return p.pdf.PageCount() }

// Err is the first thing that went wrong.
func (p *Paper) Err() error {
	if p.err == nil && p.pdf.Err() {
		p.err = p.pdf.Error()
	}
	return p.err
}

// Fail ends the document: WriteTo gives the error.
func (p *Paper) Fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// WriteTo writes the document; it is finished then.
func (p *Paper) WriteTo(w io.Writer) (int64, error) {
	if err := p.Err(); err != nil {
		return 0, fmt.Errorf("setting pages: %w", err)
	}
	out := &counted{w: w}
	if err := p.pdf.Output(out); err != nil {
		return out.n, fmt.Errorf("writing a PDF: %w", err)
	}
	return out.n, nil
}

type counted struct {
	w io.Writer
	n int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}
