// Package page is the station's pages: plain structs, html/template, and a few files of its own. Every page works
// without JavaScript; with it the state moves by itself.
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
	"loaxa/admin/page/airing"
	"loaxa/admin/page/calendar"
	"loaxa/admin/page/diary"
	"loaxa/admin/page/emergency"
	"loaxa/admin/page/frame"
	"loaxa/admin/page/help"
	"loaxa/admin/page/home"
	"loaxa/admin/page/letter"
	"loaxa/admin/page/lookup"
	"loaxa/admin/page/playlist"
	"loaxa/admin/page/setting"
	"loaxa/admin/page/shelf"
	"loaxa/admin/route"
)

//go:embed template/*.html
var templateFiles embed.FS

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
	o         Options
	frame     *frame.Frame
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
	p := &Pages{o: o, frame: f, templates: template.New("")}
	if err := p.put(f.Screen(), airing.Screen(), p.rest(), emergency.New(f, o.Station).Screen(), calendar.New(f, o.Station).Screen(), shelf.New(f, o.Station).Screen(), playlist.New(f, o.Station).Screen(), letter.New(f, o.Station).Screen(), diary.New(f, o.Station).Screen(), home.New(f, o.Station, o.Verifier, p.door).Screen(), setting.New(f, o.Station, o.Reach).Screen(), help.New(f).Screen(), lookup.New(f, o.Station).Screen()); err != nil {
		return nil, fmt.Errorf("building the pages: %w", err)
	}
	f.Furnish(p.routes)
	return p, nil
}

// put adds screens to the table and their templates to the set. All functions come first: the templates of one screen may
// call a part that belongs to another.
func (p *Pages) put(screens ...frame.Screen) error {
	for _, s := range screens {
		p.routes = append(p.routes, s.Routes...)
		p.templates.Funcs(s.Functions)
	}
	for _, s := range screens {
		if _, err := p.templates.ParseFS(s.Templates, "template/*.html"); err != nil {
			return err
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

func (p *Pages) rest() frame.Screen {
	var t []route.Route
	for _, screen := range [][]route.Route{p.doorRoutes(), p.userRoutes(), p.accountRoutes()} {
		t = append(t, screen...)
	}
	return frame.Screen{Routes: t, Templates: templateFiles, Functions: functions()}
}
