package frame

import (
	"html/template"

	"loaxa/admin/locale"
	"loaxa/admin/web"
)

// Base is what every page needs: words, files, and a notice.
type Base struct {
	W      locale.Words
	Title  string
	Notice Notice
	files  map[string]web.File
}

// Base is what a page needs that nobody has to be signed in for.
func (f *Frame) Base(w locale.Words, title string) Base {
	return Base{W: w, Title: title, files: f.files}
}

// Words is what W is, for what takes any page.
func (b Base) Words() locale.Words { return b.W }

// Asset is the address of a file; its hash stands in it, so that browsers may keep the file for ever. A file that was not
// built has none.
func (b Base) Asset(name string) string {
	f, ok := b.files[name]
	if !ok {
		return ""
	}
	return "/asset/" + name + "?v=" + f.Hash
}

// Script is the tag of a script, nothing when the program was built without it.
func (b Base) Script(name string) template.HTML {
	if address := b.Asset(name); address != "" {
		return template.HTML(`<script src="` + template.HTMLEscapeString(address) + `" defer></script>`) //nolint:gosec // escaped, and ours
	}
	return ""
}

// Built says whether the program has its scripts.
func (b Base) Built() bool { return b.Asset("app.js") != "" }
