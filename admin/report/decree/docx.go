package decree

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"loaxa/admin/report/paper"
)

// DOCX writes the document for a word processor: the same layout as the PDF, with styles that people can change, the
// letters called Times New Roman, page numbers as fields, and one section for the paper and for each appendix.
func DOCX(ctx context.Context, w io.Writer, d Document) error {
	return pack(ctx, w, d, layout(d))
}

// pack writes the elements of a document as a DOCX package.
func pack(ctx context.Context, w io.Writer, d Document, all []element) error {
	body, err := newWriter(ctx).document(all)
	if err != nil {
		return fmt.Errorf("writing a DOCX: %w", err)
	}
	z := zip.NewWriter(w)
	for _, part := range []struct{ name, content string }{
		{"[Content_Types].xml", contentTypes}, {"_rels/.rels", packageRels}, {"docProps/core.xml", core(d)},
		{"word/document.xml", body}, {"word/_rels/document.xml.rels", documentRels}, {"word/styles.xml", styles()},
		{"word/settings.xml", settings}, {"word/fontTable.xml", fontTable}, {"word/header1.xml", numberedHeader}, {"word/header2.xml", emptyHeader},
	} {
		f, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate})
		if err == nil {
			_, err = io.WriteString(f, part.content)
		}
		if err != nil {
			return fmt.Errorf("writing a DOCX: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("writing a DOCX: %w", err)
	}
	return nil
}

// writer writes WordprocessingML. The order of elements is that of the schema: Word refuses another.
type writer struct {
	bytes.Buffer
	ctx     context.Context
	measure *paper.Paper // made when something is measured: its letters are large
	width   float64      // of the text area, millimetres
}

func newWriter(ctx context.Context) *writer {
	return &writer{ctx: ctx}
}

func (w *writer) add(format string, args ...any) { fmt.Fprintf(w, format, args...) }

func (w *writer) document(all []element) (string, error) {
	w.WriteString(xmlHead + `<w:document ` + namespaces + `><w:body>`)
	for i, e := range all {
		if err := w.ctx.Err(); err != nil {
			return "", err
		}
		switch {
		case e.section != nil:
			if i > 0 { // the properties of a section stand in its last paragraph
				w.add(`<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>%s</w:pPr></w:p>`, sectionOf(before(all, i)))
			}
			w.width = sectionWidth(*e.section)
		case len(e.panes) > 0:
			w.panes(e.panes)
		case e.table != nil:
			if err := w.table(*e.table); err != nil {
				return "", err
			}
		default:
			w.paragraph(e.text, w.width, w.keeps(all, i))
		}
	}
	w.add(`%s</w:body></w:document>`, sectionOf(before(all, len(all))))
	return w.String(), nil
}

// keeps says that a paragraph must stay with what follows it: the last one of the text with the signature.
func (w *writer) keeps(all []element, i int) bool {
	return all[i].text.follow > 0 || (i+1 < len(all) && all[i+1].table != nil && all[i].text.style == "ChapterHeading")
}

// before is the section that ends at element i.
func before(all []element, i int) paper.Section {
	for i--; i > 0 && all[i].section == nil; i-- {
	}
	return *all[i].section
}

func sectionWidth(s paper.Section) float64 {
	width := paper.A4Width
	if s.Landscape {
		width = paper.A4Height
	}
	return width - s.Margins.Left - s.Margins.Right
}

// twips are twentieths of a point.
func twips(mm float64) int { return int(mm/25.4*1440 + 0.5) }

func sectionOf(s paper.Section) string {
	size := fmt.Sprintf(`<w:pgSz w:w="%d" w:h="%d"/>`, twips(paper.A4Width), twips(paper.A4Height))
	if s.Landscape {
		size = fmt.Sprintf(`<w:pgSz w:w="%d" w:h="%d" w:orient="landscape"/>`, twips(paper.A4Height), twips(paper.A4Width))
	}
	m := s.Margins
	return `<w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:headerReference w:type="first" r:id="rId5"/><w:type w:val="nextPage"/>` + size +
		fmt.Sprintf(`<w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="%d" w:footer="%d" w:gutter="0"/>`,
			twips(m.Top), twips(m.Right), twips(m.Bottom), twips(m.Left), twips(m.Top/2-3), twips(m.Bottom/2)) +
		`<w:pgNumType w:start="1"/><w:cols w:space="720"/><w:titlePg/></w:sectPr>`
}

// paragraph writes one in its style, and the rule under it where the style has one.
func (w *writer) paragraph(p paragraph, width float64, keep bool) {
	s := shapes[p.style]
	keeps := ""
	if (keep && s.outline == 0) || s.Rule > 0 {
		keeps = `<w:keepNext/>`
	}
	w.add(`<w:p><w:pPr><w:pStyle w:val="%s"/>%s</w:pPr>`, p.style, keeps)
	w.run("", p.text)
	w.WriteString(`</w:p>`)
	if s.Rule > 0 {
		if w.measure == nil {
			w.measure = paper.New(w.ctx, paper.Options{})
		}
		long := w.measure.LastLine(s.of(p), width) * s.Rule
		side := twips(max(0, width-long) / 2)
		w.add(`<w:p><w:pPr><w:pBdr><w:top w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:pBdr>`+
			`<w:spacing w:before="50" w:after="%d" w:line="40" w:lineRule="exact"/><w:ind w:left="%d" w:right="%d"/></w:pPr></w:p>`, int(s.After*20), side, side)
	}
}

// run writes text; a line break in it stays one.
func (w *writer) run(properties, s string) {
	if s == "" {
		return
	}
	w.add(`<w:r>%s`, properties)
	for i, l := range strings.Split(s, "\n") {
		if i > 0 {
			w.WriteString(`<w:br/>`)
		}
		w.add(`<w:t xml:space="preserve">%s</w:t>`, escape(l))
	}
	w.WriteString(`</w:r>`)
}

const noBorders = `<w:tblBorders><w:top w:val="nil"/><w:left w:val="nil"/><w:bottom w:val="nil"/><w:right w:val="nil"/><w:insideH w:val="nil"/><w:insideV w:val="nil"/></w:tblBorders>`

// panes stand in a table without lines.
func (w *writer) panes(panes []pane) {
	total := 0.0
	for _, p := range panes {
		total += p.width
	}
	w.add(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>%s<w:tblLayout w:type="fixed"/>%s</w:tblPr><w:tblGrid>`, twips(total), noBorders, cellMargins(0))
	for _, p := range panes {
		w.add(`<w:gridCol w:w="%d"/>`, twips(p.width))
	}
	w.WriteString(`</w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>`)
	for _, p := range panes {
		w.add(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, twips(p.width))
		for _, t := range p.texts {
			w.paragraph(t, p.width, false)
		}
		w.WriteString(`</w:tc>`)
	}
	w.WriteString(`</w:tr></w:tbl>`)
	// Without a paragraph between them two tables become one.
	w.WriteString(`<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr></w:p>`)
}

func cellMargins(side int) string {
	return fmt.Sprintf(`<w:tblCellMar><w:left w:w="%d" w:type="dxa"/><w:right w:w="%d" w:type="dxa"/></w:tblCellMar>`, side, side)
}

const allBorders = `<w:tblBorders><w:top w:val="single" w:sz="4" w:space="0" w:color="000000"/><w:left w:val="single" w:sz="4" w:space="0" w:color="000000"/>` +
	`<w:bottom w:val="single" w:sz="4" w:space="0" w:color="000000"/><w:right w:val="single" w:sz="4" w:space="0" w:color="000000"/>` +
	`<w:insideH w:val="single" w:sz="4" w:space="0" w:color="000000"/><w:insideV w:val="single" w:sz="4" w:space="0" w:color="000000"/></w:tblBorders>`

// table writes one whose head stands on every page.
func (w *writer) table(t Table) error {
	widths := columnWidths(t, w.width)
	total := 0
	for _, n := range widths {
		total += n
	}
	w.add(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>%s<w:tblLayout w:type="fixed"/>%s</w:tblPr><w:tblGrid>`, total, allBorders, cellMargins(57))
	for _, n := range widths {
		w.add(`<w:gridCol w:w="%d"/>`, n)
	}
	w.WriteString(`</w:tblGrid>`)
	titles := paper.Row{Bold: true}
	for _, c := range t.Columns {
		titles.Cells = append(titles.Cells, c.Title)
	}
	w.row(t, titles, widths, true)
	for i, r := range t.Rows {
		if i%256 == 0 && w.ctx.Err() != nil {
			return w.ctx.Err()
		}
		w.row(t, r, widths, false)
	}
	w.WriteString(`</w:tbl>`)
	w.WriteString(`<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="120" w:lineRule="exact"/></w:pPr></w:p>`)
	return nil
}

func columnWidths(t Table, width float64) []int {
	total := 0.0
	for _, c := range t.Columns {
		total += c.Width
	}
	out := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = twips(width * c.Width / total)
	}
	return out
}

var justifications = map[paper.Align]string{paper.AtLeft: "left", paper.Centred: "center", paper.AtRight: "right", paper.Justified: "both"}

func (w *writer) row(t Table, r paper.Row, widths []int, head bool) {
	w.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
	if head {
		w.WriteString(`<w:tblHeader/>`)
	}
	w.WriteString(`</w:trPr>`)
	size := t.Size
	if size == 0 {
		size = 12
	}
	bold := ""
	if r.Bold {
		bold = `<w:b/><w:bCs/>`
	}
	properties := fmt.Sprintf(`<w:rPr>%s<w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr>`, bold, int(size*2), int(size*2))
	for i, c := range t.Columns {
		align := c.Align
		if head {
			align = paper.Centred
		}
		w.add(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="%s"/><w:jc w:val="%s"/></w:pPr>`, widths[i], cellStyle, justifications[align])
		if i < len(r.Cells) {
			w.run(properties, paper.Clean(r.Cells[i]))
		}
		w.WriteString(`</w:p></w:tc>`)
	}
	w.WriteString(`</w:tr>`)
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "", "\x00", "")

// escape is text as it stands in XML; Clean has already dropped the characters that XML does not know.
func escape(s string) string { return escaper.Replace(paper.Clean(s)) }

func core(d Document) string {
	made := d.Made.UTC().Format(time.RFC3339)
	return xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		`<dc:title>` + escape(title(d)) + `</dc:title><dc:creator>` + escape(d.of()) + `</dc:creator><dc:language>vi-VN</dc:language>` +
		`<dcterms:created xsi:type="dcterms:W3CDTF">` + made + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + made + `</dcterms:modified></cp:coreProperties>`
}
