package picture

import (
	"encoding/xml"
	"fmt"
	"strings"

	"loaxa/admin/report/paper"
)

// width is that of a small telephone: there one unit is one pixel, elsewhere the picture grows.
const width = 360

// Colours. Each has at least 4.5 to 1 against white, as ground of a letter and beside the page.
const (
	ink    = "#1a1a1a"
	faint  = "#595959"
	grid   = "#d9d9d9"
	ground = "#ffffff"
	bar    = "#1b5e20"
)

// drawing collects the elements of a picture.
type drawing struct {
	b      strings.Builder
	height float64
}

// text is what people wrote, as it may stand in an element or an attribute.
func text(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(paper.Line(s))) // a Builder takes everything
	return b.String()
}

func (d *drawing) rect(x, y, w, h float64, fill string) {
	fmt.Fprintf(&d.b, `<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>`, number(x), number(y), number(w), number(h), fill)
}

// write sets text with its baseline at y; anchor is start, middle or end.
func (d *drawing) write(x, y, size float64, anchor, fill, s string) {
	fmt.Fprintf(&d.b, `<text x="%s" y="%s" font-size="%s" text-anchor="%s" fill="%s">%s</text>`, number(x), number(y), number(size), anchor, fill, text(s))
}

// done closes the picture; label is what it is called for those who cannot see it.
func (d *drawing) done(label string) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="%s" viewBox="0 0 %d %s" width="100%%" font-family="sans-serif"><title>%s</title>`+
		`<rect x="0" y="0" width="%d" height="%s" fill="%s"/>%s</svg>`, text(label), width, number(d.height), text(label), width, number(d.height), ground, d.b.String())
}

func number(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", x), "0"), ".")
}

// short cuts text so that about so many units hold it; the whole of it is in the title.
func short(s string, size, room float64) string {
	runes, most := []rune(paper.Line(s)), int(room/(size*0.55))
	if len(runes) <= most {
		return string(runes)
	}
	return strings.TrimSpace(string(runes[:max(1, most-1)])) + "…"
}
