package decree

import (
	"fmt"
	"slices"
	"strings"

	"loaxa/admin/report/paper"
)

// The parts of a DOCX package that do not depend on the document.
const (
	xmlHead    = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordMain   = `http://schemas.openxmlformats.org/wordprocessingml/2006/main`
	namespaces = `xmlns:w="` + wordMain + `" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	wordType   = `application/vnd.openxmlformats-officedocument.wordprocessingml.`
	relType    = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`

	contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="` + wordType + `document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="` + wordType + `styles+xml"/>` +
		`<Override PartName="/word/settings.xml" ContentType="` + wordType + `settings+xml"/>` +
		`<Override PartName="/word/fontTable.xml" ContentType="` + wordType + `fontTable+xml"/>` +
		`<Override PartName="/word/header1.xml" ContentType="` + wordType + `header+xml"/>` +
		`<Override PartName="/word/header2.xml" ContentType="` + wordType + `header+xml"/>` +
		`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`

	packageRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + relType + `officeDocument" Target="word/document.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`

	documentRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + relType + `styles" Target="styles.xml"/>` +
		`<Relationship Id="rId2" Type="` + relType + `settings" Target="settings.xml"/>` +
		`<Relationship Id="rId3" Type="` + relType + `fontTable" Target="fontTable.xml"/>` +
		`<Relationship Id="rId4" Type="` + relType + `header" Target="header1.xml"/>` +
		`<Relationship Id="rId5" Type="` + relType + `header" Target="header2.xml"/></Relationships>`

	settings = xmlHead + `<w:settings ` + namespaces + `><w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/>` +
		`<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`

	fontTable = xmlHead + `<w:fonts ` + namespaces + `><w:font w:name="` + letters + `"><w:panose1 w:val="02020603050405020304"/><w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font></w:fonts>`

	numberedHeader = xmlHead + `<w:hdr ` + namespaces + `><w:p><w:pPr><w:pStyle w:val="PageNumber"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r>` +
		`<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>2</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:hdr>`
	emptyHeader = xmlHead + `<w:hdr ` + namespaces + `><w:p><w:pPr><w:pStyle w:val="PageNumber"/></w:pPr></w:p></w:hdr>`

	letters = "Times New Roman"
)

// styles are the shapes as Word has them.
func styles() string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:styles ` + namespaces + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="` + letters + `" w:hAnsi="` + letters + `" w:eastAsia="` + letters + `" w:cs="` + letters + `"/>` +
		`<w:color w:val="000000"/><w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>` +
		`<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>` +
		`<w:style w:type="paragraph" w:customStyle="1" w:styleId="PageNumber"><w:name w:val="Số trang"/><w:basedOn w:val="Normal"/><w:pPr><w:jc w:val="center"/></w:pPr></w:style>` +
		`<w:style w:type="paragraph" w:customStyle="1" w:styleId="` + cellStyle + `"><w:name w:val="Ô trong bảng"/><w:basedOn w:val="Normal"/><w:pPr><w:spacing w:before="40" w:after="40"/></w:pPr></w:style>`)
	ids := make([]string, 0, len(shapes))
	for id := range shapes {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		b.WriteString(style(id, shapes[id]))
	}
	b.WriteString(`</w:styles>`)
	return b.String()
}

func style(id string, s shape) string {
	var p, r strings.Builder
	if s.keep {
		p.WriteString(`<w:keepNext/>`)
	}
	after := s.After
	if s.Rule > 0 {
		after = 0 // it stands below the rule
	}
	fmt.Fprintf(&p, `<w:spacing w:before="%d" w:after="%d" w:line="%d" w:lineRule="auto"/>`, int(s.Before*20), int(after*20), int(240*max(1, s.Spacing)))
	if s.Inset > 0 || s.Indent > 0 {
		fmt.Fprintf(&p, `<w:ind w:left="%d" w:firstLine="%d"/>`, twips(s.Inset), twips(s.Indent))
	}
	if s.Align != paper.AtLeft {
		fmt.Fprintf(&p, `<w:jc w:val="%s"/>`, justifications[s.Align])
	}
	if s.outline > 0 {
		fmt.Fprintf(&p, `<w:outlineLvl w:val="%d"/>`, s.outline-1)
	}
	if s.Bold {
		r.WriteString(`<w:b/><w:bCs/>`)
	}
	if s.Italic {
		r.WriteString(`<w:i/><w:iCs/>`)
	}
	fmt.Fprintf(&r, `<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, int(s.Size*2), int(s.Size*2))
	return `<w:style w:type="paragraph" w:customStyle="1" w:styleId="` + id + `"><w:name w:val="` + s.name + `"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>` + p.String() + `</w:pPr><w:rPr>` + r.String() + `</w:rPr></w:style>`
}
