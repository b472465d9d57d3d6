package paper

// Style of letters.
type Style struct {
	Bold, Italic bool
	Size         float64 // points
}

func (s Style) name() string {
	switch {
	case s.Bold && s.Italic:
		return "BI"
	case s.Bold:
		return "B"
	case s.Italic:
		return "I"
	}
	return ""
}

func (s Style) face() int {
	n := 0
	if s.Bold {
		n = 1
	}
	if s.Italic {
		n += 2
	}
	return n
}

// Run is text of one style.
type Run struct {
	Text string
	Style
}

// Align says where a line stands.
type Align int

// The alignments.
const (
	AtLeft Align = iota
	Centred
	AtRight
	Justified
)

// single is the height of a line of Times in its size; above the baseline are ascent of it.
const (
	single = 1.15
	ascent = 0.91
)

// A rule stands so far below the baseline that it touches no letter, and takes some height of its own.
const (
	underRule  = 2.0
	ruleHeight = 1.6
)

// Paragraph is text with its shape.
type Paragraph struct {
	Runs          []Run
	Align         Align
	Indent        float64 // of the first line
	Inset         float64 // of all lines, from the left
	Before, After float64 // points
	Spacing       float64 // of lines; 1 where it is 0
	// Rule is a line under the text, so much of the last line's width: 0.4, or 1 for all of it.
	Rule float64
	// Follow is how much height must be left below on the same page: at least two lines move over where it is not.
	Follow float64
}

// P is a paragraph of one run.
func P(text string, s Style, a Align) Paragraph { return Paragraph{Runs: []Run{{text, s}}, Align: a} }

func (g Paragraph) spacing() float64 {
	if g.Spacing == 0 {
		return 1
	}
	return g.Spacing
}

// set makes the style that of what is drawn next.
func (p *Paper) set(s Style) {
	if s != p.styled {
		p.pdf.SetFont(family, s.name(), s.Size)
		p.styled = s
	}
}

// glyphWidth is in thousandths of the size.
func (p *Paper) glyphWidth(r rune, s Style) int {
	if r >= 0xFFFF {
		r = missing
	}
	known := &p.widths[s.face()][r]
	if *known == 0 {
		p.set(s)
		*known = uint16(p.pdf.GetStringSymbolWidth(string(r))) + 1 //nolint:gosec // a letter is at most a few thousandths wide
	}
	return int(*known) - 1
}

// TextWidth is how wide the text is in one line.
func (p *Paper) TextWidth(text string, s Style) float64 {
	n := 0
	for _, r := range drawn(text) {
		n += p.glyphWidth(r, s)
	}
	return float64(n) * s.Size * pt / 1000
}

// LastLine is how wide the last line of a paragraph is that is set in so much width.
func (p *Paper) LastLine(g Paragraph, width float64) float64 {
	lines := p.wrap(g, width)
	return lines[len(lines)-1].width
}

// line draws text at a place; y is its baseline.
func (p *Paper) line(x, y float64, text string, s Style) {
	if text = drawn(text); text != "" {
		p.set(s)
		p.pdf.Text(x, y, text)
	}
}

// Write sets a paragraph, over as many pages as it takes.
func (p *Paper) Write(g Paragraph) {
	if p.Err() != nil {
		return
	}
	p.Space(g.Before * pt)
	lines := p.wrap(g, p.Width())
	for n := 0; len(lines) > 0 && p.Err() == nil; lines = lines[n:] {
		if n = p.fitting(g, lines); n == 0 {
			p.NewPage()
			continue
		}
		for _, l := range lines[:n] {
			p.y += p.put(l, g, p.section.Margins.Left, p.y, p.Width())
		}
		if n < len(lines) {
			p.NewPage()
		}
	}
	p.y += g.After * pt
}

// fitting is how many of the lines go on this page: no single line is left behind or goes over alone where there is room
// to avoid it.
func (p *Paper) fitting(g Paragraph, lines []line) int {
	n, room := 0, p.Left()
	for n < len(lines) && lines[n].height*g.spacing() <= room+1e-6 {
		room -= lines[n].height * g.spacing()
		n++
	}
	switch {
	case n < len(lines) && n >= len(lines)-1:
		n = len(lines) - 2
	case n == len(lines) && room < g.Follow && !p.fresh() && g.Follow < p.full()/2:
		n = len(lines) - 2
	}
	if n < 2 && n < len(lines) {
		n = 0
	}
	if n <= 0 && p.fresh() {
		return 1
	}
	return max(0, n)
}

// put draws one line with its top at y and gives its height.
func (p *Paper) put(l line, g Paragraph, left, y, width float64) float64 {
	x, gap := left+l.inset, 0.0
	free := width - l.inset - l.width
	switch {
	case g.Align == Centred:
		x += free / 2
	case g.Align == AtRight:
		x += free
	case g.Align == Justified && l.wrapped && l.spaces > 0:
		gap = max(0, free) / float64(l.spaces)
	}
	height := l.height * g.spacing()
	baseline := y + height - l.height*(1-ascent/single)
	start := x
	for _, s := range l.parts {
		p.set(s.Style)
		if gap == 0 || s.spaces == 0 {
			p.pdf.Text(x, baseline, s.Text)
			x += s.width
			continue
		}
		// The library justifies within a cell: one that is as wide as the words with their part of the gaps.
		wide := s.width + gap*float64(s.spaces)
		p.pdf.SetXY(x, baseline-0.3*s.Size*pt)
		p.pdf.CellFormat(wide, 0, s.Text, "", 0, "J", false, 0, "")
		x += wide
	}
	if g.Rule > 0 && l.last {
		wide := l.width * g.Rule
		middle := start + l.width/2
		p.pdf.Line(middle-wide/2, baseline+underRule, middle+wide/2, baseline+underRule)
		height += ruleHeight
	}
	return height
}
