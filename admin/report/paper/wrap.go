package paper

// line is one line of a paragraph.
type line struct {
	parts   []part
	width   float64
	height  float64 // single-spaced
	inset   float64
	spaces  int
	wrapped bool // the paragraph goes on in the next line without a break of its own
	last    bool
}

type part struct {
	Run
	width  float64
	spaces int
}

type glyph struct {
	r   rune
	run int
	w   float64
}

// wrap breaks a paragraph into lines of at most width: at spaces, and inside of words that are wider than a line.
func (p *Paper) wrap(g Paragraph, width float64) []line {
	glyphs := p.glyphs(g.Runs)
	var lines []line
	for start, inset := 0, g.Inset+g.Indent; ; inset = g.Inset {
		end, next, wrapped := breakAt(glyphs, start, width-inset)
		l := p.compose(g.Runs, glyphs[start:end])
		l.inset, l.wrapped = inset, wrapped
		lines = append(lines, l)
		if start = next; start > len(glyphs) || (start == len(glyphs) && wrapped) {
			break
		}
	}
	lines[len(lines)-1].wrapped, lines[len(lines)-1].last = false, true
	return lines
}

func (p *Paper) glyphs(runs []Run) []glyph {
	n := 0
	for _, r := range runs {
		n += len(r.Text)
	}
	out := make([]glyph, 0, n)
	for i, run := range runs {
		for _, r := range drawn(run.Text) {
			g := glyph{r: r, run: i}
			if r != '\n' {
				g.w = float64(p.glyphWidth(r, run.Style)) * run.Size * pt / 1000
			}
			out = append(out, g)
		}
	}
	return out
}

// breakAt finds where a line that begins at start ends, where the next one begins, and whether it was broken for want of
// room. After the last line next lies beyond the text.
func breakAt(glyphs []glyph, start int, width float64) (end, next int, wrapped bool) {
	used, space := 0.0, -1
	for i := start; i < len(glyphs); i++ {
		used += glyphs[i].w
		switch glyphs[i].r {
		case '\n':
			return i, i + 1, false
		case ' ':
			space = i
			continue
		}
		if used <= width+1e-6 || i == start {
			continue
		}
		if space > start {
			end, next = space, space+1
			for end > start && glyphs[end-1].r == ' ' {
				end--
			}
			if end > start {
				return end, next, true
			}
		}
		return i, i, true
	}
	end = len(glyphs)
	for end > start && glyphs[end-1].r == ' ' {
		end--
	}
	return end, len(glyphs) + 1, false
}

// compose joins the glyphs of a line into parts of one style each. An empty line is as high as its paragraph's first run.
func (p *Paper) compose(runs []Run, glyphs []glyph) line {
	var l line
	text := make([]rune, 0, len(glyphs))
	size := 0.0
	for i, g := range glyphs {
		if i == 0 || g.run != glyphs[i-1].run {
			if i > 0 {
				l.parts[len(l.parts)-1].Text, text = string(text), text[:0]
			}
			l.parts = append(l.parts, part{Run: Run{Style: runs[g.run].Style}})
			size = max(size, runs[g.run].Size)
		}
		last := &l.parts[len(l.parts)-1]
		last.width += g.w
		l.width += g.w
		if g.r == ' ' {
			last.spaces++
			l.spaces++
		}
		text = append(text, g.r)
	}
	if len(l.parts) > 0 {
		l.parts[len(l.parts)-1].Text = string(text)
	} else if len(runs) > 0 {
		size = runs[0].Size
	}
	l.height = size * pt * single
	return l
}
