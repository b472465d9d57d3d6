package decree

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// part is one of a DOCX, and a proof that it is XML.
func part(t *testing.T, docx []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return string(data)
		} else if err != nil {
			t.Fatalf("%s is no XML: %v", name, err)
		}
	}
}

// skeleton is a part without its texts.
func skeleton(t *testing.T, s string) string {
	t.Helper()
	var b strings.Builder
	for d := xml.NewDecoder(strings.NewReader(s)); ; {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok {
			b.WriteString(e.Name.Local + " ")
		}
	}
}

// Whatever a person types into a report, it stays the same report: nothing of it becomes a heading, a field or a macro.
func TestTextNeverChangesTheStructure(t *testing.T) {
	with := func(s string) Document {
		d := sample()
		d.Place, d.Addressees[0], d.Recipients[0], d.Signature.Name, d.Body[1].Text = "P"+s, "A"+s, "R"+s, "N"+s, "B"+s
		d.Appendices[0].Body[0].Table.Rows[0].Cells[1] = "C" + s
		d.Appendices[0].Title, d.Code = "T"+s, "BC"+s
		return d
	}
	want := skeleton(t, part(t, docxOf(t, with("")), "word/document.xml"))
	for name, s := range map[string]string{"tags": `</w:t></w:r></w:p><w:p/>`, "cdata": "]]>&amp;<![CDATA[", "nul": "\x00\x01\x08\x1f", "bidi": "\u202e\u2066",
		"broken": "\xff\xed\xa0\x80", "noncharacter": "\ufffe\uffff", "long": strings.Repeat("x", 100_000), "field": `{ DDEAUTO c:\\x }`, "attribute": `" w:val="x`} {
		d := with(s)
		docx := docxOf(t, d)
		part(t, docx, "docProps/core.xml")
		if got := skeleton(t, part(t, docx, "word/document.xml")); got != want {
			t.Errorf("%s: the structure changed", name)
		}
		if len(pdfOf(t, d)) < 20_000 {
			t.Errorf("%s: the PDF is short", name)
		}
	}
	if skeleton(t, part(t, docxOf(t, with("\nline")), "word/document.xml")) == want {
		t.Error("control: a new paragraph is no change of structure here; this test sees nothing")
	}
}

func TestTheClerkFillsInNumberAndDay(t *testing.T) {
	for month, want := range map[time.Month]string{time.January: "tháng 01 năm", time.February: "tháng 02 năm", time.March: "tháng 3 năm", time.December: "tháng 12 năm"} {
		d := sample()
		d.Month = month
		if !strings.Contains(d.date(), want) || strings.ContainsAny(strings.Split(d.date(), "tháng")[0], "0123456789") {
			t.Errorf("the date of month %d is %q", month, d.date())
		}
	}
	if n := sample().number(); !strings.HasPrefix(n, "Số:"+gap) || !strings.HasSuffix(n, "/BC-UBND") {
		t.Errorf("the number is %q", n)
	}
}

func TestWhoSigns(t *testing.T) {
	for _, c := range []struct{ mode, title, issuer, want string }{
		{"", "Trưởng phòng", "Phòng Văn hóa - Xã hội", "TRƯỞNG PHÒNG"},
		{"tm", "Chủ tịch", "Uỷ ban nhân dân xã An Lão", "TM. ỦY BAN NHÂN DÂN|CHỦ TỊCH"},
		{"kt", "Phó Chủ tịch", "Ủy ban nhân dân xã An Lão", "KT. CHỦ TỊCH|PHÓ CHỦ TỊCH"},
		{"kt", "Phó Trưởng phòng", "Phòng Văn hóa - Xã hội", "KT. TRƯỞNG PHÒNG|PHÓ TRƯỞNG PHÒNG"},
		{"tl", "Trưởng phòng Văn hóa - Xã hội", "Ủy ban nhân dân xã", "TL. CHỦ TỊCH|TRƯỞNG PHÒNG VĂN HÓA - XÃ HỘI"},
		{"", "", "", blank},
	} {
		d := Document{Issuer: c.issuer, Signature: Signature{Mode: c.mode, Title: c.title}}
		if got := strings.Join(d.signing(), "|"); got != c.want {
			t.Errorf("%q %q: %q, want %q", c.mode, c.title, got, c.want)
		}
	}
}

func TestAddresseesAndEnd(t *testing.T) {
	texts := func(d Document) string {
		var b strings.Builder
		for _, e := range layout(d) {
			b.WriteString(e.text.text + "\n")
		}
		return b.String()
	}
	d := sample()
	if s := texts(d); !strings.Contains(s, "Kính gửi:\n- Công an xã An Lão;\n- Phòng Văn hóa - Xã hội.\n") || !strings.Contains(s, "cho đài truyền thanh./.\n") {
		t.Errorf("several addressees or the end are wrong:\n%s", s)
	}
	d.Addressees = []string{"Công an xã An Lão."}
	if s := texts(d); !strings.Contains(s, "Kính gửi: Công an xã An Lão.\n") {
		t.Errorf("one addressee is wrong:\n%s", s)
	}
	d.Addressees, d.Body = nil, []Block{{Text: "Hết../.\n"}}
	if s := texts(d); strings.Contains(s, "Kính gửi") || !strings.Contains(s, "Hết./.\n") {
		t.Errorf("without addressees:\n%s", s)
	}
}

// An empty document is still a form to fill in by hand, not an error.
func TestNothingFilledIn(t *testing.T) {
	docx := docxOf(t, Document{})
	if !strings.Contains(part(t, docx, "word/document.xml"), blank) || len(pdfOf(t, Document{})) < 10_000 {
		t.Error("an empty document has no dotted lines")
	}
}
