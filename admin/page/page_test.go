package page

import (
	"html/template"
	"strings"
	"testing"
	"testing/fstest"

	"loaxa/admin/page/frame"
)

// Templates and functions of all screens are one set. Where two screens use a name, people would see a part of one screen
// on another, or a page that fails.
func TestANameOfTwoScreensIsRefused(t *testing.T) {
	screen := func(name, text, function string) frame.Screen {
		return frame.Screen{Templates: fstest.MapFS{"template/" + name: {Data: []byte(text)}},
			Functions: template.FuncMap{function: strings.ToUpper}}
	}
	for name, second := range map[string]frame.Screen{
		"a file":     screen("a.html", "", "second"),
		"a part":     screen("b.html", `{{define "line"}}b{{end}}`, "second"),
		"a function": screen("b.html", "", "first"),
	} {
		p := &Pages{templates: template.New("")}
		if err := p.put(screen("a.html", `{{define "line"}}a{{end}}`, "first"), second); err == nil {
			t.Errorf("%s that two screens bring is let in", name)
		}
	}
	p := &Pages{templates: template.New("")}
	if err := p.put(screen("a.html", `{{define "line"}}{{first "a"}}{{end}}`, "first"), screen("b.html", `{{template "line"}}`, "second")); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := p.Execute(&b, "b.html", nil); err != nil || b.String() != "A" {
		t.Errorf("a screen with another's part is drawn as %q: %v", b.String(), err)
	}
}
