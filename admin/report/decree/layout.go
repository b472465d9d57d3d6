package decree

import (
	"strings"

	"loaxa/admin/report/paper"
)

// Margins in the decree's ranges: 20–25 above and below, 30–35 at the left, 15–20 at the right.
var margins = paper.Margins{Top: 20, Bottom: 20, Left: 30, Right: 20}

// element is one thing of a document, as both writers set it: a section, panes next to each other, a table, or a paragraph.
type element struct {
	section *paper.Section
	panes   []pane
	table   *Table
	text    paragraph
}

type paragraph struct {
	style  string // of shapes
	text   string
	follow float64 // as of paper.Paragraph
}

type pane struct {
	width float64 // millimetres
	texts []paragraph
}

func text(style, s string) element { return element{text: paragraph{style: style, text: s}} }

// layout is the whole document, from top to bottom.
func layout(d Document) []element {
	out := append([]element{{section: &paper.Section{Margins: margins, Numbers: paper.TopNumber, HideFirst: true, NumberSize: 14}}}, heads(d)...)
	out = append(out, text("DocKind", upper(d.Kind)), text("DocSubject", subject(d)))
	out = append(out, addressees(d.Addressees)...)
	body := blocks(finished(d.Body))
	keepFoot(body)
	out = append(append(out, body...), foot(d))
	for i, a := range d.Appendices {
		out = append(out, appendix(d, a, i)...)
	}
	return out
}

// keepFoot sees to it that the signature is never alone on a page, nor the heading of a short last paragraph left behind.
func keepFoot(body []element) {
	const foot, line = 55, 6.5
	for i, need := len(body)-1, foot+2*line; i >= 0 && body[i].table == nil; i-- {
		p := &body[i].text
		heading := shapes[p.style].outline > 0
		if i < len(body)-1 && !heading {
			return
		}
		p.follow = need
		if !heading {
			p.follow = foot
			if len(p.text) > 400 {
				return
			}
		}
		need += 2 * line
	}
}

// heads are the issuer's at the left, the state's at the right, and the row of number and date.
func heads(d Document) []element {
	const left, right = 62.0, 98.0
	var issuer []paragraph
	if parent := paper.Line(d.Parent); parent != "" {
		issuer = append(issuer, paragraph{style: "ParentName", text: strings.ToUpper(parent)})
	}
	lines := d.issuerLines()
	for _, l := range lines[:len(lines)-1] {
		issuer = append(issuer, paragraph{style: "IssuerName", text: l})
	}
	issuer = append(issuer, paragraph{style: "IssuerRule", text: lines[len(lines)-1]})
	return []element{
		{panes: []pane{{left, issuer}, {right, []paragraph{
			{style: "StateName", text: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"}, {style: "Motto", text: "Độc lập - Tự do - Hạnh phúc"}}}}},
		{panes: []pane{{left, []paragraph{{style: "Number", text: d.number()}}},
			{right, []paragraph{{style: "PlaceDate", text: orBlank(d.Place) + ", " + d.date()}}}}},
	}
}

// subject may have line breaks of its own.
func subject(d Document) string {
	if paper.Line(d.Subject) == "" {
		return blank
	}
	return strings.TrimSpace(paper.Clean(d.Subject))
}

// addressees stand in one line where there is one.
func addressees(all []string) []element {
	var names []string
	for _, a := range all {
		if a = strings.TrimRight(paper.Line(a), ".;, "); a != "" {
			names = append(names, a)
		}
	}
	switch len(names) {
	case 0:
		return nil
	case 1:
		return []element{text("Addressee", "Kính gửi: "+names[0]+".")}
	}
	out := []element{text("AddresseeHead", "Kính gửi:")}
	for i, n := range names {
		end := ";"
		if i == len(names)-1 {
			end = "."
		}
		out = append(out, text("AddresseeItem", "- "+n+end))
	}
	return out
}

// finished is the text with the sign that ends it, "./.".
func finished(body []Block) []Block {
	out := append([]Block{}, body...)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i].Table == nil && paper.Line(out[i].Text) != "" {
			out[i].Text = strings.TrimRight(paper.Clean(out[i].Text), "./; \n") + "./."
			break
		}
	}
	return out
}

var ranks = map[Rank]string{Text: "Body", Part: "PartHeading", Chapter: "ChapterHeading", Point: "Point"}

func blocks(body []Block) []element {
	var out []element
	for _, b := range body {
		if b.Table != nil {
			out = append(out, element{table: b.Table})
			continue
		}
		for l := range strings.Lines(paper.Clean(b.Text)) {
			if l = paper.Line(l); l == "" {
				continue
			}
			if b.Rank == Part {
				l = strings.ToUpper(l)
			}
			out = append(out, text(ranks[b.Rank], l))
		}
	}
	return out
}

// foot is the recipients beside the signature.
func foot(d Document) element {
	left := []paragraph{{style: "RecipientsLabel", text: "Nơi nhận:"}}
	var names []string
	for _, r := range d.Recipients {
		if r = strings.TrimLeft(strings.TrimRight(paper.Line(r), ".;, "), "- "); r != "" {
			names = append(names, r)
		}
	}
	for i, r := range names {
		end := ";"
		if i == len(names)-1 {
			end = "."
		}
		left = append(left, paragraph{style: "Recipient", text: "- " + r + end})
	}
	var right []paragraph
	for i, l := range d.signing() {
		style := "Signing"
		if i == 0 {
			style = "SigningFirst"
		}
		right = append(right, paragraph{style: style, text: l})
	}
	right = append(right, paragraph{style: "SignerName", text: orBlank(d.Signature.Name)})
	return element{panes: []pane{{75, left}, {85, right}}}
}

func appendix(d Document, a Appendix, i int) []element {
	section := paper.Section{Landscape: a.Landscape, Margins: margins, Numbers: paper.TopNumber, HideFirst: true, NumberSize: 14}
	label := "Phụ lục"
	if len(d.Appendices) > 1 {
		label += " " + roman(i+1)
	}
	kind := paper.Line(d.Kind)
	out := []element{{section: &section}, text("AppendixLabel", label), text("AppendixTitle", upper(a.Title)),
		text("AppendixOf", "(Kèm theo "+kind+" số"+gap+"/"+strings.TrimPrefix(orBlank(d.Code), "/")+" "+d.date()+" của "+d.of()+")")}
	return append(out, blocks(a.Body)...)
}

func roman(n int) string {
	out := ""
	for _, d := range []struct {
		n int
		s string
	}{{10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= d.n; n -= d.n {
			out += d.s
		}
	}
	return out
}
