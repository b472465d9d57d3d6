package decree

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"

	"loaxa/admin/report/paper"
)

// paragraphAt is a paragraph of a part: where its bytes are, and its texts.
type paragraphAt struct {
	start, end int
	properties []byte // its w:pPr
	run        []byte // the w:rPr of its first run
	texts      []textAt
	section    bool    // a section ends with it
	holds      bool    // paragraphs of a text box are inside
	width      float64 // of the text area that it stands in, millimetres
}

// textAt is one w:t: where its start tag begins, where its text ends, and the text.
type textAt struct {
	tag, end int
	text     string
}

// walk goes through a part and notes where things are. Tracked changes keep old properties inside of the new ones, so that
// their depth is counted.
type walk struct {
	data         []byte
	all          []paragraphAt
	open         []*paragraphAt
	text         *textAt
	props, rprop span
	page         [3]float64 // of the section that is being read: width and both side margins, twips
	sized        int        // paragraphs that know their section's width
}

// span is an element that may hold others of its name.
type span struct{ start, depth int }

func (s *span) enter(at int) {
	if s.depth == 0 {
		s.start = at
	}
	s.depth++
}

// leave says whether the outermost one ended.
func (s *span) leave() bool {
	if s.depth == 0 {
		return false
	}
	s.depth--
	return s.depth == 0
}

// paragraphsOf finds the paragraphs of a part, inner ones before those around them.
func paragraphsOf(m member) ([]paragraphAt, error) {
	w := walk{data: m.data}
	d := xml.NewDecoder(bytes.NewReader(m.data))
	for {
		before := int(d.InputOffset())
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			w.size()
			return w.all, nil
		}
		if err != nil {
			return nil, refuse("xml", "%s: %v", m.name, err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if t.Name.Space == "w" {
				w.enter(t.Name.Local, before)
				w.measure(t)
			}
		case xml.CharData:
			if w.text != nil {
				w.text.text += string(t)
			}
		case xml.EndElement:
			if t.Name.Space == "w" {
				w.leave(t.Name.Local, before, int(d.InputOffset()))
			}
		}
	}
}

// measure reads the page of a section. Its properties stand at its end.
func (w *walk) measure(t xml.StartElement) {
	for _, a := range t.Attr {
		n, err := strconv.ParseFloat(a.Value, 64)
		switch at := t.Name.Local + " " + a.Name.Local; {
		case err != nil:
		case at == "pgSz w":
			w.page[0] = n
		case at == "pgMar left":
			w.page[1] = n
		case at == "pgMar right":
			w.page[2] = n
		}
	}
}

// size tells the paragraphs of a section that has ended how wide it is.
func (w *walk) size() {
	width := (w.page[0] - w.page[1] - w.page[2]) / 1440 * 25.4
	if !(width >= 20 && width <= 1000) {
		width = sectionWidth(paper.Section{Margins: margins})
	}
	for ; w.sized < len(w.all); w.sized++ {
		w.all[w.sized].width = width
	}
	w.page = [3]float64{}
}

func (w *walk) enter(name string, at int) {
	if name == "p" {
		for _, p := range w.open {
			p.holds = true
		}
		w.open = append(w.open, &paragraphAt{start: at})
		return
	}
	if len(w.open) == 0 {
		return
	}
	switch name {
	case "pPr":
		w.props.enter(at)
	case "rPr":
		w.rprop.enter(at)
	case "sectPr":
		w.open[len(w.open)-1].section = true
	case "t":
		w.text = &textAt{tag: at}
	}
}

func (w *walk) leave(name string, before, after int) {
	if len(w.open) == 0 {
		return
	}
	p := w.open[len(w.open)-1]
	switch name {
	case "t":
		if w.text != nil {
			w.text.end = before
			p.texts, w.text = append(p.texts, *w.text), nil
		}
	case "pPr":
		if w.props.leave() && p.properties == nil {
			p.properties = w.data[w.props.start:after]
		}
	case "rPr":
		// The one inside of w:pPr is that of the paragraph's mark.
		if w.rprop.leave() && w.props.depth == 0 && p.run == nil {
			p.run = w.data[w.rprop.start:after]
		}
	case "p":
		p.end = after
		w.all, w.open = append(w.all, *p), w.open[:len(w.open)-1]
		if p.section {
			w.size()
		}
	}
}
