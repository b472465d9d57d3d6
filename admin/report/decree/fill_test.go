package decree

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// zipped is a package with these parts, in order.
func zipped(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		f, err := z.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, parts[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withBody is a template of just so much text.
func withBody(t testing.TB, body string) []byte {
	return zipped(t, "[Content_Types].xml", contentTypes, "word/document.xml", xmlHead+`<w:document `+namespaces+`><w:body>`+body+`</w:body></w:document>`)
}

var tags = regexp.MustCompile(`<[^>]*>`)

func filledText(t *testing.T, docx []byte) string {
	t.Helper()
	return tags.ReplaceAllString(strings.ReplaceAll(part(t, docx, "word/document.xml"), "</w:p>", "\n"), "")
}

// A commune downloads the template, uploads it again, and gets its report as without one.
func TestTheDefaultTemplateHoldsEverything(t *testing.T) {
	template, err := DefaultTemplate()
	if err != nil {
		t.Fatal(err)
	}
	d := sample()
	values := ValuesOf(d)
	out, err := Fill(template, values)
	if err != nil {
		t.Fatal(err)
	}
	text := filledText(t, out)
	if strings.Contains(text, "{{") {
		t.Errorf("a placeholder is left:\n%s", text)
	}
	plain := filledText(t, docxOf(t, d))
	for l := range strings.Lines(plain) {
		if l = strings.TrimSpace(l); l != "" && !strings.Contains(strings.ReplaceAll(text, "\n", " "), l) && !strings.HasPrefix(l, "Phụ lục") {
			t.Errorf("the filled template lacks %q", l)
		}
	}
	raw := filledText(t, template)
	for _, p := range Placeholders() {
		if !strings.Contains(raw, "{{"+p.Name+"}}") {
			t.Errorf("the default template has no %s", p.Name)
		}
	}
	for name := range values {
		if !slices.ContainsFunc(Placeholders(), func(p Placeholder) bool { return p.Name == name }) {
			t.Errorf("%s is filled in but not offered", name)
		}
	}
	if err := CheckTemplate(template); err != nil {
		t.Errorf("the default template is refused: %v", err)
	}
}

// Word cuts a typed name into runs as it likes; people see one name and expect it filled.
func TestNamesSplitOverRuns(t *testing.T) {
	v := Values{"TEN_DON_VI": {Text: "XÃ <An> & Lão"}, "NOI_DUNG_I": {Text: "một\nhai"}, "TRICH_YEU": {Text: "a\nb"},
		"BANG_TONG_HOP": {Blocks: []Block{{Table: sample().Appendices[0].Body[0].Table}}}}
	for name, c := range map[string]struct{ in, want string }{
		"whole":     {`<w:p><w:r><w:t>{{TEN_DON_VI}}</w:t></w:r></w:p>`, "XÃ &lt;An&gt; &amp; Lão\n"},
		"split":     {`<w:p><w:r><w:t>a{</w:t></w:r><w:proofErr w:type="x"/><w:r><w:t>{TEN_</w:t><w:t/></w:r><w:r><w:t>DON_VI}</w:t></w:r><w:r><w:t>}b</w:t></w:r></w:p>`, "aXÃ &lt;An&gt; &amp; Lãob\n"},
		"two":       {`<w:p><w:r><w:t>{{TEN_DON_VI}}, {{TEN_</w:t></w:r><w:r><w:t>DON_VI}}.</w:t></w:r></w:p>`, "XÃ &lt;An&gt; &amp; Lão, XÃ &lt;An&gt; &amp; Lão.\n"},
		"lines":     {`<w:p><w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t>{{NOI_DUNG_I}}</w:t></w:r></w:p>`, "một\nhai\n"},
		"inline":    {`<w:p><w:r><w:t>Về: {{TRICH_YEU}}</w:t></w:r></w:p>`, "Về: ab\n"},
		"absent":    {`<w:p><w:r><w:t>[{{NOI_NHAN}}]</w:t></w:r></w:p>`, "[]\n"},
		"tracked":   {`<w:p><w:pPr><w:jc w:val="left"/><w:pPrChange w:id="1" w:author="x"><w:pPr><w:jc w:val="right"/></w:pPr></w:pPrChange></w:pPr><w:r><w:rPr><w:b/><w:rPrChange w:id="2" w:author="x"><w:rPr/></w:rPrChange></w:rPr><w:t>{{NOI_DUNG_I}}</w:t></w:r></w:p>`, "một\nhai\n"},
		"section":   {`<w:p><w:pPr><w:sectPr/></w:pPr><w:r><w:t>{{NOI_DUNG_I}}</w:t></w:r></w:p>`, "mộthai\n"},
		"text box":  {`<w:p><w:r><w:txbxContent><w:p><w:r><w:t>{{TEN_DON_VI}}</w:t></w:r></w:p></w:txbxContent></w:r><w:r><w:t>{{NOI_DUNG_I}}</w:t></w:r></w:p>`, "XÃ &lt;An&gt; &amp; Lão\nmộthai\n"},
		"empty":     {`<w:p><w:r><w:t>{{CO_QUAN_CHU_QUAN}}</w:t></w:r></w:p>`, "\n"},
		"no braces": {`<w:p><w:r><w:t>{TEN_DON_VI} }} {{</w:t></w:r></w:p>`, "{TEN_DON_VI} }} {{\n"},
	} {
		out, err := Fill(withBody(t, c.in), v)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := filledText(t, out); got != xmlHeadText+c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	// A value is text: what looks like a name in it stays as it is.
	twice, err := Fill(withBody(t, `<w:p><w:r><w:t>{{HO_TEN_NGUOI_KY}}</w:t></w:r></w:p>`), Values{"HO_TEN_NGUOI_KY": {Text: "{{TEN_DON_VI}}</w:t>"}})
	if err != nil || filledText(t, twice) != xmlHeadText+"{{TEN_DON_VI}}&lt;/w:t&gt;\n" {
		t.Errorf("a value with a name in it: %v", err)
	}
	out, err := Fill(withBody(t, `<w:tbl><w:tr><w:tc><w:p><w:r><w:t>{{BANG_TONG_HOP}}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`), v)
	if err != nil || !strings.Contains(part(t, out, "word/document.xml"), `</w:tbl><w:p>`) {
		t.Errorf("a table in a cell: %v", err)
	}
}

// A table is as wide as the section that it stands in, also on pages that lie on their side.
func TestTablesFillTheirSection(t *testing.T) {
	template, err := DefaultTemplate()
	if err != nil {
		t.Fatal(err)
	}
	out, err := Fill(template, ValuesOf(sample()))
	if err != nil {
		t.Fatal(err)
	}
	grid := regexp.MustCompile(`<w:gridCol w:w="(\d+)"/>`)
	wide := 0
	xml := part(t, out, "word/document.xml")
	for _, m := range grid.FindAllStringSubmatch(xml[strings.LastIndex(xml, "<w:tblGrid>"):], -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		wide += n
	}
	if want := twips(297 - 30 - 20); wide < want-20 || wide > want+20 {
		t.Errorf("the table is %d wide, its page has room for %d", wide, want)
	}
}

const xmlHeadText = "\n"

// A name that was mistyped is told, so that no report goes out with a hole in it.
func TestUnknownNameIsTold(t *testing.T) {
	_, err := Fill(withBody(t, `<w:p><w:r><w:t>{{TEN_</w:t></w:r><w:r><w:t>DONVI}}</w:t></w:r></w:p>`), nil)
	var r *Refusal
	if !errors.As(err, &r) || r.Code != "unknown" || r.Detail != "{{TEN_DONVI}}" {
		t.Errorf("got %v", err)
	}
}

// The template comes from anybody's machine: what a word processor would act on, and what would fill the disk, is refused.
func TestHostileTemplates(t *testing.T) {
	body := xmlHead + `<w:document ` + namespaces + `><w:body/></w:document>`
	with := func(name, content string) []byte {
		return zipped(t, "[Content_Types].xml", contentTypes, "word/document.xml", body, name, content)
	}
	rel := func(kind, mode string) []byte {
		return with("word/_rels/settings.xml.rels", xmlHead+`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="`+relType+kind+`" Target="http://192.0.2.1/x.dotm" TargetMode="`+mode+`"/></Relationships>`)
	}
	many := []string{"word/document.xml", body}
	for i := range maxParts {
		many = append(many, "word/media/"+strings.Repeat("x", 1+i/100)+string(rune('a'+i%26))+strings.Repeat("y", i%100), "")
	}
	cases := map[string]struct {
		code string
		data []byte
	}{
		"empty":       {"not_docx", nil},
		"text":        {"not_docx", []byte("hello")},
		"old word":    {"not_docx", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")},
		"no document": {"not_docx", zipped(t, "[Content_Types].xml", contentTypes)},
		"too large":   {"size", make([]byte, maxTemplate+1)},
		"bomb":        {"zip", with("word/media/a.png", strings.Repeat("\x00", 20<<20))},
		"huge":        {"zip", zipped(t, "word/document.xml", body, "a.png", strings.Repeat("\x00", maxUnpacked))},
		"many":        {"zip", zipped(t, many...)},
		"twice":       {"zip", with("word/Document.xml", body)},
		"climbs":      {"zip", with("../../etc/passwd", "x")},
		"absolute":    {"zip", with("/etc/passwd", "x")},
		"macro":       {"macro", with("word/vbaProject.bin", "x")},
		"macro type":  {"macro", zipped(t, "[Content_Types].xml", strings.Replace(contentTypes, "document.main+xml", "document.macroEnabled.main+xml", 1), "word/document.xml", body)},
		"object":      {"macro", with("word/embeddings/oleObject1.bin", "x")},
		"entities":    {"xml", zipped(t, "word/document.xml", `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document `+namespaces+`><w:body/></w:document>`)},
		"broken":      {"xml", zipped(t, "word/document.xml", `<w:document `+namespaces+`><w:body>`)},
		"crossed":     {"xml", zipped(t, "word/document.xml", `<w:document `+namespaces+`><w:p><w:r></w:p></w:r></w:document>`)},
		"utf-16":      {"xml", zipped(t, "word/document.xml", "\xff\xfe<\x00a\x00>\x00")},
		"deep":        {"xml", zipped(t, "word/document.xml", strings.Repeat("<a>", 300)+strings.Repeat("</a>", 300))},
		"template":    {"external", rel("attachedTemplate", "External")},
		"image":       {"external", rel("image", "external")},
		"dde":         {"field", withBody(t, `<w:p><w:r><w:instrText> DD</w:instrText></w:r><w:r><w:instrText>EAUTO c:\\cmd</w:instrText></w:r></w:p>`)},
		"include":     {"field", withBody(t, `<w:p><w:fldSimple w:instr=" INCLUDETEXT x "/></w:p>`)},
		"other names": {"malformed", zipped(t, "word/document.xml", `<x:document xmlns:x="`+wordMain+`"><x:body/></x:document>`)},
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		var r *Refusal
		if _, err := Fill(cases[name].data, nil); !errors.As(err, &r) || r.Code != cases[name].code {
			t.Errorf("%s: %v, want %s", name, err, cases[name].code)
		}
	}
	for name, data := range map[string][]byte{"link": rel("hyperlink", "External"), "inside": rel("image", "Internal"), "page": withBody(t, `<w:p><w:r><w:instrText> PAGE </w:instrText></w:r></w:p>`)} {
		if _, err := Fill(data, nil); err != nil {
			t.Errorf("control: %s is refused: %v", name, err)
		}
	}
}

// Whatever the document holds, filling it gives a document or a refusal, never broken XML.
func FuzzFill(f *testing.F) {
	f.Add(`<w:p><w:r><w:t>{{TEN_DON_VI}}</w:t></w:r></w:p>`)
	f.Add(`<w:p><w:pPr><w:pPrChange><w:pPr/></w:pPrChange></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>{{NOI_</w:t><w:t/></w:r><w:r><w:t>DUNG_I}}</w:t></w:r></w:p>`)
	f.Add(`<w:tbl><w:tc><w:p><w:pPr><w:sectPr><w:pgSz w:w="1"/></w:sectPr></w:pPr><w:t>{{BANG_TONG_HOP}}<!-- x --><![CDATA[{{]]></w:t></w:p></w:tc></w:tbl>`)
	f.Add(`<w:p><w:t>a<w:p><w:t>{{KINH_GUI}}</w:t></w:p>{{TRICH_YEU}}</w:t></w:p>`)
	values := ValuesOf(sample())
	f.Fuzz(func(t *testing.T, body string) {
		out, err := Fill(withBody(t, body), values)
		if err == nil {
			part(t, out, "word/document.xml")
		}
	})
}
