package decree

import (
	"context"
	"io"

	"loaxa/admin/report/paper"
)

// PDF writes the document for printing.
func PDF(ctx context.Context, w io.Writer, d Document) error {
	var p *paper.Paper
	for i, e := range layout(d) {
		switch {
		case i == 0:
			p = paper.New(ctx, paper.Options{Section: *e.section, Title: title(d), Made: d.Made})
		case e.section != nil:
			p.Begin(*e.section)
		case len(e.panes) > 0:
			p.Beside(panesOf(e.panes)...)
		case e.table != nil:
			p.Space(3)
			p.Table(paper.Table{Columns: e.table.Columns, Size: e.table.Size}, paper.Rows(e.table.Rows))
			p.Space(2)
		default:
			p.Write(shapes[e.text.style].of(e.text))
		}
	}
	_, err := p.WriteTo(w)
	return err
}

func panesOf(panes []pane) []paper.Pane {
	out := make([]paper.Pane, len(panes))
	for i, n := range panes {
		out[i].Width = n.width
		for _, t := range n.texts {
			out[i].Paragraphs = append(out[i].Paragraphs, shapes[t.style].of(t))
		}
	}
	return out
}

func title(d Document) string { return paper.Line(d.Kind + " " + d.Subject) }
