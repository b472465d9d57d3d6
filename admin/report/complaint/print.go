package complaint

import (
	"context"
	"io"
	"time"

	"loaxa/admin/report/paper"
)

// Sizes of letters, in points.
const (
	titleSize = 15
	textSize  = 12.5
	smallSize = 10
)

// PDF prints the answer. The same answer, made at the same time, gives the same bytes.
func (s Sheet) PDF(ctx context.Context, made time.Time, out io.Writer) error {
	p := paper.New(ctx, paper.Options{Title: s.Title, Subject: s.Asked, Made: made, Section: paper.Section{
		Margins: paper.Margins{Top: 20, Bottom: 20, Left: 25, Right: 20}, Numbers: paper.FootNumber, NumberSize: smallSize, Foot: paper.Line(s.Station)}})
	p.Write(paper.P(s.Station, paper.Style{Size: textSize, Bold: true}, paper.AtLeft))
	title := paper.P(s.Title, paper.Style{Size: titleSize, Bold: true}, paper.Centred)
	title.Before, title.After, title.Rule = 10, 8, 0.4
	p.Write(title)
	p.Write(paper.P(s.Asked, paper.Style{Size: textSize}, paper.Justified))
	verdict := paper.P(s.Verdict, paper.Style{Size: titleSize, Bold: true}, paper.AtLeft)
	verdict.Before, verdict.After = 8, 4
	p.Write(verdict)
	for _, b := range s.Blocks {
		heading := paper.P(b.Heading, paper.Style{Size: textSize, Bold: true}, paper.AtLeft)
		heading.Before, heading.Follow = 8, 12
		p.Write(heading)
		for _, l := range b.Lines {
			line := paper.P(bullet(l.Mark)+l.Text, paper.Style{Size: textSize}, paper.Justified)
			line.Inset, line.Before = 4, 2
			p.Write(line)
		}
	}
	p.Space(6)
	p.QR(s.Signed, 34, paper.P(s.Basis, paper.Style{Size: smallSize}, paper.AtLeft), paper.P(s.Label, paper.Style{Size: smallSize, Italic: true}, paper.AtLeft),
		paper.P(s.Signed, paper.Style{Size: 8}, paper.AtLeft), paper.P(s.Check, paper.Style{Size: smallSize}, paper.AtLeft))
	_, err := p.WriteTo(out)
	return err
}

// bullet marks what a reader must not miss, in black and white, too.
func bullet(mark string) string {
	if mark == "warn" {
		return "! "
	}
	return "– "
}
