// Package page is the station's pages: plain structs, html/template, and a few files of its own. Every page works
// without JavaScript; with it the state moves by itself.
//
// Each screen, or family of screens, is a room of its own below this one. It stands in the frame, knows no other screen, and
// brings its routes, its templates and what these call; here they are put together.
package page

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/airing"
	"loaxa/admin/page/calendar"
	"loaxa/admin/page/diary"
	"loaxa/admin/page/emergency"
	"loaxa/admin/page/frame"
	"loaxa/admin/page/help"
	"loaxa/admin/page/home"
	"loaxa/admin/page/letter"
	"loaxa/admin/page/lookup"
	"loaxa/admin/page/people"
	"loaxa/admin/page/playlist"
	"loaxa/admin/page/reports"
	"loaxa/admin/page/setting"
	"loaxa/admin/page/shelf"
	"loaxa/admin/route"
)

//go:embed template/*.html
var templates embed.FS

// Options of New. All but Verifier are required.
type Options struct {
	Verifier []byte // the verifier page; without it there is nothing to download
	Station  *api.API
	Accounts *account.Book
	Limiter  *account.Limiter // shared with the tokens: one address has one allowance
	// ProblemOf turns an error of any room into a problem with its code.
	ProblemOf func(error) *route.Problem
	Reach     func() frame.Reach // how browsers get here; asked when a page is made, since addresses come and go
}

// Pages are the handlers and templates of all screens.
type Pages struct {
	frame     *frame.Frame
	people    *people.Pages
	templates *template.Template
	routes    []route.Route
}

// New builds the screens of the templates and files that are part of the program.
func New(o Options) (*Pages, error) {
	switch {
	case o.Accounts == nil:
		return nil, errors.New("building the pages: Options.Accounts is missing")
	case o.Limiter == nil:
		return nil, errors.New("building the pages: Options.Limiter is missing")
	case o.Reach == nil:
		return nil, errors.New("building the pages: Options.Reach is missing")
	}
	f, err := frame.New(frame.Options{Station: o.Station, ProblemOf: o.ProblemOf, Verifier: len(o.Verifier) > 0})
	if err != nil {
		return nil, fmt.Errorf("building the pages: %w", err)
	}
	p := &Pages{frame: f, people: people.New(f, o.Station, o.Accounts, o.Limiter), templates: template.New("")}
	err = p.put(
		f.Screen(),
		airing.Screen(),
		frame.Screen{Templates: templates},
		home.New(f, o.Station, o.Verifier, p.people.Door).Screen(),
		emergency.New(f, o.Station).Screen(),
		calendar.New(f, o.Station).Screen(),
		shelf.New(f, o.Station).Screen(),
		playlist.New(f, o.Station).Screen(),
		letter.New(f, o.Station).Screen(),
		diary.New(f, o.Station).Screen(),
		lookup.New(f, o.Station).Screen(),
		reports.New(f, o.Station).Screen(),
		p.people.Screen(),
		setting.New(f, o.Station, o.Reach).Screen(),
		help.New(f).Screen(),
	)
	if err != nil {
		return nil, fmt.Errorf("building the pages: %w", err)
	}
	f.Furnish(p.routes)
	return p, nil
}

// put adds screens to the table, and their templates to the set that all of them share. A name that two screens use is
// refused: one of them would be drawn with what belongs to the other.
func (p *Pages) put(screens ...frame.Screen) error {
	functions := make(template.FuncMap)
	for _, s := range screens {
		p.routes = append(p.routes, s.Routes...)
		for name, f := range s.Functions {
			if functions[name] != nil {
				return fmt.Errorf("adding function %s: two screens bring it", name)
			}
			functions[name] = f
		}
	}
	p.templates.Funcs(functions)
	for _, s := range screens {
		own, err := template.New("").Funcs(functions).ParseFS(s.Templates, "template/*.html")
		if err != nil {
			return fmt.Errorf("reading templates: %w", err)
		}
		for _, t := range own.Templates() {
			if t.Tree == nil {
				continue // the root of the set
			}
			if p.templates.Lookup(t.Name()) != nil {
				return fmt.Errorf("adding template %s: two screens bring it", t.Name())
			}
			if _, err := p.templates.AddParseTree(t.Name(), t.Tree); err != nil {
				return fmt.Errorf("adding template %s: %w", t.Name(), err)
			}
		}
	}
	return nil
}

// Execute writes a page.
func (p *Pages) Execute(w io.Writer, name string, data any) error {
	return p.templates.ExecuteTemplate(w, name, data)
}

// Routes is the pages' part of the table.
func (p *Pages) Routes() []route.Route { return slices.Clone(p.routes) }

// SignIn is the sign-in page in place of one that needs it; because says what was refused.
func (p *Pages) SignIn(w locale.Words, next string, because *route.Problem) (route.Page, error) {
	return p.people.SignIn(w, next, because)
}
