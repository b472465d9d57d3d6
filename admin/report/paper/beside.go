package paper

import (
	"bytes"
	"fmt"

	"codeberg.org/go-pdf/fpdf"
	"rsc.io/qr"
)

// Pane is a part of the page's width.
type Pane struct {
	Width      float64 // its share
	Paragraphs []Paragraph
}

// Beside sets texts next to each other: the heads of an official paper, the recipients and the signature. They stay on one
// page; what is higher than one is cut off there.
func (p *Paper) Beside(panes ...Pane) {
	if p.Err() != nil {
		return
	}
	if height := p.BesideHeight(panes...); p.Left() < height && !p.fresh() {
		p.NewPage()
	}
	x, total, deepest := p.section.Margins.Left, shares(panes), p.y
	for _, pane := range panes {
		w, y := p.Width()*pane.Width/total, p.y
		for _, g := range pane.Paragraphs {
			y += g.Before * pt
			for _, l := range p.wrap(g, w) {
				if y > p.height {
					break
				}
				y += p.put(l, g, x, y, w)
			}
			y += g.After * pt
		}
		x, deepest = x+w, max(deepest, y)
	}
	p.y = deepest
}

// BesideHeight is how high they stand.
func (p *Paper) BesideHeight(panes ...Pane) float64 {
	height, total := 0.0, shares(panes)
	for _, pane := range panes {
		h := 0.0
		for _, g := range pane.Paragraphs {
			h += (g.Before + g.After) * pt
			for _, l := range p.wrap(g, p.Width()*pane.Width/total) {
				h += l.height * g.spacing()
			}
			if g.Rule > 0 {
				h += ruleHeight
			}
		}
		height = max(height, h)
	}
	return height
}

func shares(panes []Pane) float64 {
	total := 0.0
	for _, pane := range panes {
		total += pane.Width
	}
	return total
}

// QR sets a QR code of so many millimetres at the left, with text beside it.
func (p *Paper) QR(content string, size float64, beside ...Paragraph) {
	if p.Err() != nil {
		return
	}
	code, err := qr.Encode(content, qr.L)
	if err != nil {
		p.Fail(fmt.Errorf("making a QR code: %w", err))
		return
	}
	code.Scale = 4
	text := Pane{Width: p.Width() - size - 3, Paragraphs: beside}
	if p.Left() < max(size, p.BesideHeight(Pane{Width: size + 3}, text)) && !p.fresh() {
		p.NewPage()
	}
	p.images++
	name := fmt.Sprintf("qr-%d", p.images)
	p.pdf.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(code.PNG()))
	top := p.y
	p.pdf.ImageOptions(name, p.section.Margins.Left, top, size, size, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
	p.Beside(Pane{Width: size + 3}, text)
	p.y = max(p.y, top+size)
}
