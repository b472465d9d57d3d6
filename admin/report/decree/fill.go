package decree

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"loaxa/admin/report/paper"
)

// Fill puts values where a commune's own template has their names in double braces, in the text, its headers and footers.
// Everything else of the template stays byte for byte. A name that is not one of Placeholders is refused; one that the
// template leaves out is no fault.
func Fill(template []byte, values Values) ([]byte, error) {
	parts, err := unpack(template)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, m := range parts {
		if filled.MatchString(m.name) {
			if m.data, err = fillPart(m, values); err != nil {
				return nil, err
			}
		}
		f, err := z.CreateHeader(&zip.FileHeader{Name: m.name, Method: zip.Deflate})
		if err == nil {
			_, err = f.Write(m.data)
		}
		if err != nil {
			return nil, fmt.Errorf("writing the filled template: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("writing the filled template: %w", err)
	}
	return out.Bytes(), nil
}

// CheckTemplate says whether a template can be filled, before anybody relies on it.
func CheckTemplate(template []byte) error {
	_, err := Fill(template, Values{})
	return err
}

var (
	bound       = regexp.MustCompile(`xmlns:w\s*=\s*["']` + regexp.QuoteMeta(wordMain) + `["']`)
	filled      = regexp.MustCompile(`^word/(document|header\d*|footer\d*)\.xml$`)
	placeholder = regexp.MustCompile(`\{\{\s*([^{}]{1,60}?)\s*\}\}`)
)

// change replaces bytes of a part.
type change struct {
	start, end int
	with       string
}

// fillPart fills one part. Values are written with the prefix "w", which the part must bind as Word does.
func fillPart(m member, values Values) ([]byte, error) {
	if !bound.Match(m.data) {
		return nil, refuse("malformed", "%s was not saved as a Word document (.docx)", m.name)
	}
	paragraphs, err := paragraphsOf(m)
	if err != nil {
		return nil, err
	}
	var changes []change
	for _, p := range paragraphs {
		c, err := p.fill(values)
		if err != nil {
			return nil, err
		}
		changes = append(changes, c...)
	}
	slices.SortFunc(changes, func(a, b change) int { return a.start - b.start })
	var out bytes.Buffer
	at := 0
	for _, c := range changes {
		out.Write(m.data[at:c.start])
		out.WriteString(c.with)
		at = c.end
	}
	out.Write(m.data[at:])
	return out.Bytes(), nil
}

// fill is what must change in a paragraph. A placeholder that is all of its text may become several paragraphs.
func (p paragraphAt) fill(values Values) ([]change, error) {
	whole := ""
	for _, t := range p.texts {
		whole += t.text
	}
	found := placeholder.FindAllStringSubmatchIndex(whole, -1)
	known := Placeholders()
	block, empty := false, true
	for _, f := range found {
		name := whole[f[2]:f[3]]
		i := slices.IndexFunc(known, func(k Placeholder) bool { return k.Name == name })
		if i < 0 {
			return nil, refuse("unknown", "{{%s}}", paper.Line(name))
		}
		block, empty = known[i].Block, values[name].plain() == "" && len(values[name].Blocks) == 0
	}
	if len(found) == 0 {
		return nil, nil
	}
	if f := found[0]; (block || empty) && len(found) == 1 && strings.TrimSpace(whole) == whole[f[0]:f[1]] && !p.section && !p.holds {
		if v := values[whole[f[2]:f[3]]]; empty || len(v.Blocks) > 0 || strings.Contains(strings.TrimSpace(v.Text), "\n") {
			return []change{{p.start, p.end, p.written(v)}}, nil
		}
	}
	return p.inline(whole, found, values), nil
}

// inline replaces the names inside of the runs: a value goes into the run where its name begins.
func (p paragraphAt) inline(whole string, found [][]int, values Values) []change {
	var out []change
	at := 0
	for _, t := range p.texts {
		from, to := at, at+len(t.text)
		at = to
		if from == to {
			continue
		}
		var b strings.Builder
		touched, next := false, from
		for _, f := range found {
			if f[1] <= from || f[0] >= to {
				continue
			}
			touched = true
			if f[0] >= from {
				b.WriteString(escape(whole[next:f[0]]))
				v := values[whole[f[2]:f[3]]]
				b.WriteString(strings.ReplaceAll(escape(strings.TrimRight(v.plain(), "\n")), "\n", `</w:t><w:br/><w:t xml:space="preserve">`))
			}
			next = min(f[1], to)
		}
		if touched {
			b.WriteString(escape(whole[next:to]))
			out = append(out, change{t.tag, t.end, `<w:t xml:space="preserve">` + b.String()})
		}
	}
	return out
}

// plain is a value as lines of text.
func (v Value) plain() string {
	if len(v.Blocks) == 0 {
		return paper.Clean(v.Text)
	}
	var lines []string
	for _, b := range v.Blocks {
		if b.Table == nil {
			lines = append(lines, paper.Clean(b.Text))
		}
	}
	return strings.Join(lines, "\n")
}

// written is a value as paragraphs that look like the placeholder's, and tables.
func (p paragraphAt) written(v Value) string {
	w := newWriter(context.Background())
	w.width = p.width
	list := v.Blocks
	if len(list) == 0 {
		list = []Block{{Text: v.Text}}
	}
	for _, b := range list {
		if b.Table != nil {
			_ = w.table(*b.Table) // its only error is that of a context that ends
			continue
		}
		properties, run := string(p.properties), string(p.run)
		if b.Rank == Chapter {
			properties, run = leadsOn(properties), emboldened(run)
		}
		for l := range strings.Lines(paper.Clean(b.Text)) {
			if l = strings.TrimSpace(l); l != "" {
				w.add(`<w:p>%s`, properties)
				w.run(run, l)
				w.WriteString(`</w:p>`)
			}
		}
	}
	if w.Len() == 0 {
		// A cell must have a paragraph; this one takes no room.
		w.WriteString(`<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/></w:pPr></w:p>`)
	}
	return w.String()
}

var anyBold = regexp.MustCompile(`<w:b(Cs)?(\s[^>]*)?/>`)

// emboldened is a run's properties with bold; the schema wants it after the style and the letters.
func emboldened(run string) string {
	run = anyBold.ReplaceAllString(run, "")
	const bold = `<w:b/><w:bCs/>`
	inner, ok := strings.CutPrefix(run, `<w:rPr>`)
	if !ok {
		return `<w:rPr>` + bold + `</w:rPr>`
	}
	head := leading.FindString(inner)
	return `<w:rPr>` + head + bold + inner[len(head):]
}

var leading = regexp.MustCompile(`^(<w:rStyle\s[^>]*/>)?(<w:rFonts\s[^>]*/>)?`)

var anyKeep = regexp.MustCompile(`<w:keepNext(\s[^>]*)?/>`)

// leadsOn is a paragraph's properties with the wish to stay on the page of what follows.
func leadsOn(properties string) string {
	const keep = `<w:keepNext/>`
	inner, ok := strings.CutPrefix(anyKeep.ReplaceAllString(properties, ""), `<w:pPr>`)
	if !ok {
		return `<w:pPr>` + keep + `</w:pPr>`
	}
	head := styled.FindString(inner)
	return `<w:pPr>` + head + keep + inner[len(head):]
}

var styled = regexp.MustCompile(`^<w:pStyle\s[^>]*/>`)
