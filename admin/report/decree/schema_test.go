package decree

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// order is the sequence that the schema (ECMA-376, transitional) wants inside of an element; of what we write at least.
var order = map[string][]string{
	"document":   {"body"},
	"p":          {"pPr", "r"},
	"pPr":        {"pStyle", "keepNext", "keepLines", "pageBreakBefore", "widowControl", "numPr", "pBdr", "shd", "tabs", "spacing", "ind", "contextualSpacing", "jc", "outlineLvl", "rPr", "sectPr"},
	"rPr":        {"rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "color", "sz", "szCs", "u", "lang"},
	"tbl":        {"tblPr", "tblGrid", "tr"},
	"tblPr":      {"tblStyle", "tblW", "jc", "tblInd", "tblBorders", "tblLayout", "tblCellMar", "tblLook"},
	"tblBorders": {"top", "left", "bottom", "right", "insideH", "insideV"},
	"tblCellMar": {"top", "left", "bottom", "right"},
	"tr":         {"trPr", "tc"},
	"trPr":       {"cantSplit", "tblHeader"},
	"tc":         {"tcPr", "p"},
	"tcPr":       {"tcW", "gridSpan", "tcBorders", "vAlign"},
	"sectPr":     {"headerReference", "footerReference", "type", "pgSz", "pgMar", "pgNumType", "cols", "titlePg", "docGrid"},
	"style":      {"name", "basedOn", "next", "qFormat", "pPr", "rPr"},
	"styles":     {"docDefaults", "style"},
	"settings":   {"defaultTabStop", "characterSpacingControl", "compat"},
	"font":       {"panose1", "charset", "family", "pitch"},
}

// ordered checks a part, and that a cell ends with a paragraph.
func ordered(t *testing.T, name, content string) {
	t.Helper()
	type frame struct {
		name string
		at   int
		last string
	}
	stack := []frame{{}}
	for d := xml.NewDecoder(strings.NewReader(content)); ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			top := &stack[len(stack)-1]
			top.last = e.Name.Local
			if list, known := order[top.name]; known {
				at := slices.Index(list, e.Name.Local)
				if at < top.at {
					t.Errorf("%s: %s stands in %s after %s", name, e.Name.Local, top.name, list[top.at])
				}
				top.at = max(at, top.at)
			}
			stack = append(stack, frame{name: e.Name.Local})
		case xml.EndElement:
			if top := stack[len(stack)-1]; top.name == "tc" && top.last != "p" {
				t.Errorf("%s: a cell ends with %s", name, top.last)
			}
			stack = stack[:len(stack)-1]
		}
	}
}

// Word says "unreadable content" when elements stand in another order than the schema's; LibreOffice does not mind.
func TestElementsStandInTheSchemasOrder(t *testing.T) {
	template, err := DefaultTemplate()
	if err != nil {
		t.Fatal(err)
	}
	filled, err := Fill(template, ValuesOf(sample()))
	if err != nil {
		t.Fatal(err)
	}
	for name, docx := range map[string][]byte{"made": docxOf(t, sample()), "template": template, "filled": filled} {
		for _, p := range []string{"word/document.xml", "word/styles.xml", "word/settings.xml", "word/fontTable.xml", "word/header1.xml", "word/header2.xml"} {
			ordered(t, name+" "+p, part(t, docx, p))
		}
		body := part(t, docx, "word/document.xml")
		for _, style := range []string{"Motto", "PartHeading", "SignerName"} {
			if !strings.Contains(body, `<w:pStyle w:val="`+style+`"/>`) || !strings.Contains(part(t, docx, "word/styles.xml"), `w:styleId="`+style+`"`) {
				t.Errorf("%s has no style %s", name, style)
			}
		}
	}
}
