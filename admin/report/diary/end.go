package diary

import (
	"strings"

	"loaxa/admin/report"
	"loaxa/admin/report/paper"
	"loaxa/admin/report/wording"
)

// sumWords is a total in words: what counts, then what is told apart from it.
func (b *book) sumWords(t report.Total) string {
	counted := t.Counted()
	out := []string{b.Words.T("book.sum.aired", counted.N, wording.Length(counted.AiredMS), t.Plays)}
	for _, s := range report.Standings() {
		x := t.By[s]
		switch {
		case s == report.Aired || x.N == 0:
		case x.AiredMS > 0:
			out = append(out, b.Words.T("book.sum.other.time", b.tell.Standing(s), x.N, wording.Length(x.AiredMS)))
		default:
			out = append(out, b.Words.T("book.sum.other", b.tell.Standing(s), x.N))
		}
	}
	return strings.Join(out, "; ") + "."
}

// sums close the table.
func (b *book) sums() {
	b.Space(3)
	b.Write(paper.P(b.Words.T("book.sum", b.sumWords(b.account.Sum())), bold(sizeText), paper.AtLeft))
	for _, s := range b.tell.Uncovered(b.account) {
		b.Write(paper.P(s, style(sizeText), paper.AtLeft))
	}
	how := paper.P(b.Words.T("book.read"), paper.Style{Size: 11, Italic: true}, paper.AtLeft)
	how.Before, how.After = 3, 8
	b.Write(how)
}

// qrSize is in millimetres: a checkpoint has some 250 characters, and a phone must read them from paper.
const qrSize = 42

// proof is what the diary rests on.
func (b *book) proof() {
	a := b.account
	head := paper.P(b.Words.T("book.proof"), bold(sizeText), paper.AtLeft)
	about := paper.P(b.Words.T("book.proof.about", a.Size, a.Origin, a.Begins.In(b.Zone).Format("15:04 02/01/2006"), a.Read.In(b.Zone).Format("15:04 02/01/2006")), style(11), paper.AtLeft)
	beside := []paper.Paragraph{head, about}
	for _, s := range strings.Split(strings.TrimSuffix(string(a.Checkpoint), "\n"), "\n") {
		beside = append(beside, paper.P(s, style(10), paper.AtLeft))
	}
	how := paper.P(b.Words.T("book.proof.how"), style(11), paper.AtLeft)
	how.Before = 4
	b.QR(string(a.Checkpoint), qrSize, append(beside, how)...)
}

// signatures are the places to sign, at the end.
func (b *book) signatures() {
	b.Space(4)
	place := paper.Line(b.Letterhead.Place)
	if place == "" {
		place = "……………………"
	}
	panes := []paper.Pane{}
	for _, key := range []string{"keeper", "head", "leader"} {
		date := "" // a line of its own in each, so that the words below stand level
		if key == "leader" {
			date = b.Words.T("book.place", place)
		}
		panes = append(panes, paper.Pane{Width: 1, Paragraphs: []paper.Paragraph{
			paper.P(date, paper.Style{Size: sizeText, Italic: true}, paper.Centred),
			paper.P(b.Words.T("book.sign."+key), bold(sizeText), paper.Centred),
			paper.P(b.Words.T("book.sign.how"), paper.Style{Size: 11, Italic: true}, paper.Centred),
			paper.P("\n\n\n", style(sizeText), paper.Centred)}})
	}
	b.Beside(panes...)
}
