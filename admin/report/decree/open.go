package decree

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
)

// What an uploaded template may be, at most. A real one has some dozens of parts and one or two megabytes.
const (
	maxTemplate = 10 << 20
	maxParts    = 500
	maxUnpacked = 48 << 20
	maxXML      = 16 << 20 // one part
	maxRatio    = 200
)

// Refusal is why a template is not taken. Code is stable, for the page's words; Detail names the thing.
type Refusal struct {
	Code   string // size, not_docx, zip, macro, external, xml, field, unknown, malformed
	Detail string
}

func (r *Refusal) Error() string {
	return strings.TrimSuffix("the template is not usable: "+r.Code+": "+r.Detail, ": ")
}

func refuse(code, format string, args ...any) error {
	return &Refusal{code, fmt.Sprintf(format, args...)}
}

// member is one part of the package.
type member struct {
	name string
	data []byte
}

// unpack reads a template that anybody may have made: nothing of it is trusted.
func unpack(template []byte) ([]member, error) {
	if len(template) > maxTemplate {
		return nil, refuse("size", "it has %d bytes, at most %d are taken", len(template), maxTemplate)
	}
	if bytes.HasPrefix(template, []byte("\xd0\xcf\x11\xe0")) {
		return nil, refuse("not_docx", "an old .doc or a file with a password")
	}
	z, err := zip.NewReader(bytes.NewReader(template), int64(len(template)))
	if err != nil {
		return nil, refuse("not_docx", "%v", err)
	}
	if len(z.File) > maxParts {
		return nil, refuse("zip", "%d parts, at most %d are taken", len(z.File), maxParts)
	}
	var out []member
	seen, total := map[string]bool{}, 0
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") && f.UncompressedSize64 == 0 {
			continue
		}
		key := strings.ToLower(f.Name)
		if seen[key] || f.Name == "" || path.Clean(f.Name) != f.Name || strings.HasPrefix(f.Name, "/") || strings.HasPrefix(f.Name, "..") || strings.ContainsAny(f.Name, "\\:\x00") {
			return nil, refuse("zip", "a part is called %q", f.Name)
		}
		seen[key] = true
		data, err := readMember(f, maxUnpacked-total)
		if err != nil {
			return nil, err
		}
		total += len(data)
		out = append(out, member{f.Name, data})
	}
	return out, inspect(out)
}

func readMember(f *zip.File, room int) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, refuse("zip", "%s: %v", f.Name, err)
	}
	defer r.Close() //nolint:errcheck // a reader in memory
	data, err := io.ReadAll(io.LimitReader(r, int64(room)+1))
	if err != nil {
		return nil, refuse("zip", "%s: %v", f.Name, err)
	}
	if len(data) > room || (len(data) > 1<<20 && uint64(len(data)) > maxRatio*max(1, f.CompressedSize64)) {
		return nil, refuse("zip", "%s unpacks to far too much", f.Name)
	}
	return data, nil
}

var (
	activeField = regexp.MustCompile(`(?i)\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|DATABASE|RD|MACROBUTTON|AUTOTEXT)\b`)
)

// inspect refuses what a template does not need and a word processor would act on.
func inspect(all []member) error {
	document := false
	for _, m := range all {
		lower := strings.ToLower(m.name)
		switch {
		case strings.Contains(lower, "vbaproject") || strings.Contains(lower, "vbadata"):
			return refuse("macro", "%s", m.name)
		case strings.Contains(lower, "activex") || strings.Contains(lower, "/embeddings/") || strings.HasSuffix(lower, ".bin") || strings.HasSuffix(lower, ".exe"):
			return refuse("macro", "%s is embedded", m.name)
		case lower == "[content_types].xml" && bytes.Contains(bytes.ToLower(m.data), []byte("macroenabled")):
			return refuse("macro", "a document with macros")
		case m.name == "word/document.xml":
			document = true
		}
		if strings.HasSuffix(lower, ".xml") || strings.HasSuffix(lower, ".rels") {
			if err := inspectXML(m); err != nil {
				return err
			}
		}
	}
	if !document {
		return refuse("not_docx", "it has no word/document.xml")
	}
	return nil
}

func inspectXML(m member) error {
	if len(m.data) > maxXML {
		return refuse("size", "%s has %d bytes", m.name, len(m.data))
	}
	d := xml.NewDecoder(bytes.NewReader(m.data))
	var field strings.Builder
	depth, inField := 0, false
	for {
		tok, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			if activeField.MatchString(field.String()) {
				return refuse("field", "%s has a field that brings in other files", m.name)
			}
			return nil
		case err != nil:
			return refuse("xml", "%s: %v", m.name, err)
		}
		switch t := tok.(type) {
		case xml.Directive:
			return refuse("xml", "%s declares entities", m.name)
		case xml.StartElement:
			if depth++; depth > 200 {
				return refuse("xml", "%s is nested too deep", m.name)
			}
			inField = t.Name.Local == "instrText"
			if err := outward(m, t); err != nil {
				return err
			}
			for _, a := range t.Attr {
				if a.Name.Local == "instr" {
					field.WriteString(a.Value + " ")
				}
			}
		case xml.EndElement:
			depth--
			inField = false
		case xml.CharData:
			if inField {
				field.Write(t)
			}
		}
	}
}

// outward refuses a relationship that leads out of the file, other than a link that a reader would click.
func outward(m member, t xml.StartElement) error {
	if t.Name.Local != "Relationship" {
		return nil
	}
	kind, external, target := "", false, ""
	for _, a := range t.Attr {
		switch a.Name.Local {
		case "Type":
			kind = a.Value
		case "Target":
			target = a.Value
		case "TargetMode":
			external = strings.EqualFold(a.Value, "external")
		}
	}
	if external && !strings.HasSuffix(kind, "/hyperlink") {
		return refuse("external", "%s leads to %s", m.name, target)
	}
	return nil
}
