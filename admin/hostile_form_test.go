package admin

import (
	"bytes"
	"mime/multipart"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// sheet is a form as it stands on a page: where it goes, and what a browser would send with it.
type sheet struct {
	method, action, enctype string
	fields                  []box
	buttons                 []sender
}

// box is one field of a form as the page fills it in. A group of ticks or pills is one box for each choice.
type box struct {
	name, kind, value string
	off               bool // a tick that is not set: a browser does not send it
	choices           []string
	most              int // characters that a browser takes; 0: any number
}

// sender is a button that sends the form, with what it adds and whereto.
type sender struct{ name, value, action string }

// typed says whether a person writes into the field: what they wrote must not be lost.
func (b box) typed() bool {
	switch b.kind {
	case "hidden", "file", "password", "checkbox", "radio", "select":
		return false
	}
	return true
}

// pageOf parses an answer as a browser does.
func pageOf(t testing.TB, body string) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	must(t, err)
	return doc
}

func attr(n *html.Node, name string) string {
	v, _ := attrIs(n, name)
	return v
}

func attrIs(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func isElement(n *html.Node, name string) bool { return n.Type == html.ElementNode && n.Data == name }

func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// sheets collects the forms of a page with the fields inside them and those that name them from elsewhere.
func sheets(doc *html.Node) []*sheet {
	var out []*sheet
	at, named := map[*html.Node]*sheet{}, map[string]*sheet{}
	for n := range doc.Descendants() {
		if !isElement(n, "form") {
			continue
		}
		f := &sheet{method: strings.ToUpper(attr(n, "method")), action: attr(n, "action"), enctype: attr(n, "enctype")}
		out, at[n] = append(out, f), f
		if id := attr(n, "id"); id != "" {
			named[id] = f
		}
	}
	for n := range doc.Descendants() {
		f := named[attr(n, "form")]
		for p := n.Parent; p != nil && f == nil; p = p.Parent {
			f = at[p]
		}
		if f != nil && n.Type == html.ElementNode {
			f.take(n)
		}
	}
	return out
}

// take adds the field that an element is, if it is one.
func (f *sheet) take(n *html.Node) {
	if to := attr(n, "hx-post"); to != "" { // the script sends the form there, too
		f.buttons = append(f.buttons, sender{action: to})
	}
	if _, off := attrIs(n, "disabled"); off {
		return
	}
	name, value := attr(n, "name"), attr(n, "value")
	switch n.Data {
	case "button":
		if kind := attr(n, "type"); kind == "" || kind == "submit" {
			f.buttons = append(f.buttons, sender{name, value, attr(n, "formaction")})
		}
		return
	case "textarea":
		value = textOf(n)
		f.add(box{name: name, kind: "textarea", value: value}, n)
	case "select":
		f.add(selectBox(n, name), n)
	case "input":
		b := box{name: name, kind: attr(n, "type"), value: value}
		if b.kind == "checkbox" || b.kind == "radio" {
			_, on := attrIs(n, "checked")
			b.off = !on
			if value == "" {
				b.value = "on"
			}
		}
		f.add(b, n)
	}
}

func (f *sheet) add(b box, n *html.Node) {
	if most, err := strconv.Atoi(attr(n, "maxlength")); err == nil {
		b.most = most
	}
	if b.name != "" {
		f.fields = append(f.fields, b)
	}
}

func selectBox(n *html.Node, name string) box {
	b := box{name: name, kind: "select"}
	chosen := false
	for o := range n.Descendants() {
		if !isElement(o, "option") {
			continue
		}
		v, ok := attrIs(o, "value")
		if !ok {
			v = textOf(o)
		}
		b.choices = append(b.choices, v)
		if _, on := attrIs(o, "selected"); on || (!chosen && len(b.choices) == 1) {
			b.value, chosen = v, chosen || on
		}
	}
	return b
}

// names lists the fields, each once.
func (f *sheet) names() []string {
	var out []string
	for _, b := range f.fields {
		if !slices.Contains(out, b.name) {
			out = append(out, b.name)
		}
	}
	return out
}

// typedFirst lists the fields that people write into before the others.
func (f *sheet) typedFirst() []string {
	out := f.names()
	slices.SortStableFunc(out, func(a, b string) int { return f.rank(a) - f.rank(b) })
	return out
}

func (f *sheet) rank(name string) int {
	if slices.ContainsFunc(f.fields, func(b box) bool { return b.name == name && b.typed() }) {
		return 0
	}
	return 1
}

// filled is what a browser sends when a person presses a button of the form and changed nothing but what fill says.
func (f *sheet) filled(p sender, fill map[string]string) url.Values {
	v := url.Values{}
	for _, b := range f.fields {
		if b.off || b.kind == "file" {
			continue
		}
		v.Add(b.name, b.value)
	}
	for name, value := range fill {
		if value == "*" { // the first that can be ticked
			i := slices.IndexFunc(f.fields, func(b box) bool { return b.name == name })
			value = "=" + f.fields[i].value
		}
		if slices.Contains(f.names(), name) && (v.Get(name) == "" || strings.HasPrefix(value, "=")) {
			v.Set(name, strings.TrimPrefix(value, "="))
		}
	}
	if p.name != "" {
		v.Set(p.name, p.value)
	}
	return v
}

// fileBox says whether the form takes files, and under which name.
func (f *sheet) fileBox() string {
	for _, b := range f.fields {
		if b.kind == "file" {
			return b.name
		}
	}
	return ""
}

// encoded is the body of a form with its type; a form for files carries one of a name, or the choice of none.
func (f *sheet) encoded(t testing.TB, v url.Values, upload file) (body, kind string) {
	t.Helper()
	if f.enctype != "multipart/form-data" {
		return v.Encode(), "application/x-www-form-urlencoded"
	}
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	sent := map[string]bool{}
	for _, name := range append(f.names(), "") {
		for k, list := range v {
			if sent[k] || (name != "" && k != name) {
				continue
			}
			sent[k] = true
			for _, one := range list {
				must(t, form.WriteField(k, one))
			}
		}
		if name != "" && name == f.fileBox() {
			w, err := form.CreateFormFile(name, upload.name)
			must(t, err)
			_, err = w.Write(upload.content)
			must(t, err)
		}
	}
	must(t, form.Close())
	return b.String(), form.FormDataContentType()
}
