// Package frame is what every screen stands in and is made with: the shell with state and menu, notices, the usual rows of
// the table of routes, texts and papers. A screen knows its frame and never another screen; what two of them share stands
// here, or in airing where it tells of a broadcast.
package frame

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"

	"loaxa/admin/api"
	"loaxa/admin/route"
	"loaxa/admin/web"
)

// Options of New. All but Verifier are required.
type Options struct {
	Station *api.API
	// ProblemOf turns an error of any room into a problem with its code.
	ProblemOf func(error) *route.Problem
	Verifier  bool // there is a verifier page to be downloaded
}

// Frame makes the frames of pages. Furnish it before the first one.
type Frame struct {
	station   *api.API
	problemOf func(error) *route.Problem
	verifier  bool
	files     map[string]web.File
	menu      []Entry
}

// New reads the files that are part of the program.
func New(o Options) (*Frame, error) {
	switch {
	case o.Station == nil:
		return nil, errors.New("building the frame: Options.Station is missing")
	case o.ProblemOf == nil:
		return nil, errors.New("building the frame: Options.ProblemOf is missing")
	}
	files, err := web.Files()
	if err != nil {
		return nil, fmt.Errorf("building the frame: %w", err)
	}
	return &Frame{station: o.Station, problemOf: o.ProblemOf, verifier: o.Verifier, files: files}, nil
}

// Furnish makes the menu: what of it leads to one of these routes.
func (f *Frame) Furnish(routes []route.Route) { f.menu = menuOf(routes) }

// ProblemOf is an error of any room as a problem with its code.
func (f *Frame) ProblemOf(err error) *route.Problem { return f.problemOf(err) }

// Verifier is where the verifier page is downloaded; "" when there is none.
func (f *Frame) Verifier() string {
	if !f.verifier {
		return ""
	}
	return VerifierPath
}

//go:embed template/*.html
var templates embed.FS

// Screen is what belongs to every screen and to none: the files, the choice of the language, the parts of templates.
func (f *Frame) Screen() Screen {
	return Screen{
		Routes: []route.Route{
			{Method: http.MethodGet, Path: "/asset/:name", Access: route.Public, Handle: f.getAsset},
			{Method: http.MethodPost, Path: "/language", Access: route.Public, MaxBody: FormLimit, Page: true, Handle: f.postLanguage},
		},
		Templates: templates,
		Functions: template.FuncMap{
			"clock":    ClockText,
			"span":     api.SpanText,
			"day":      DayText,
			"actor":    Person,
			"inc":      func(i int) int { return i + 1 },
			"has":      slices.Contains[[]int],
			"weekdays": func() []int { return []int{1, 2, 3, 4, 5, 6, 7} },
		},
	}
}
