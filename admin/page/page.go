// Package page is the station's pages: plain structs, html/template, and a few files of its own. Every page works
// without JavaScript; with it the state moves by itself.
package page

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/admin/web"
)

// SessionCookie is the name of the cookie that carries a session.
const SessionCookie = "loaxa_session"

// PhoneCookie is the name of the cookie that carries a phone's registration.
const PhoneCookie = "loaxa_phone"

// formLimit is the most that a form of a page may have, bytes.
const formLimit = 8 << 10

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
	Reach     func() Reach // how browsers get here; asked when a page is made, since addresses come and go
}

// Pages are the handlers and templates of the pages.
type Pages struct {
	o         Options
	templates *template.Template
	files     map[string]web.File
	menu      []Entry
}

// New reads the templates and files that are part of the program.
func New(o Options) (*Pages, error) {
	switch {
	case o.Station == nil:
		return nil, errors.New("building the pages: Options.Station is missing")
	case o.Accounts == nil:
		return nil, errors.New("building the pages: Options.Accounts is missing")
	case o.Limiter == nil:
		return nil, errors.New("building the pages: Options.Limiter is missing")
	case o.ProblemOf == nil:
		return nil, errors.New("building the pages: Options.ProblemOf is missing")
	case o.Reach == nil:
		return nil, errors.New("building the pages: Options.Reach is missing")
	}
	p := &Pages{o: o}
	var err error
	if p.files, err = web.Files(); err != nil {
		return nil, fmt.Errorf("building the pages: %w", err)
	}
	p.templates, err = template.New("").Funcs(functions()).ParseFS(templateFiles, "template/*.html")
	if err != nil {
		return nil, fmt.Errorf("building the pages: %w", err)
	}
	p.menu = menuOf(p.Routes())
	return p, nil
}

// Execute writes a page.
func (p *Pages) Execute(w io.Writer, name string, data any) error {
	return p.templates.ExecuteTemplate(w, name, data)
}

// Routes is the pages' part of the table.
func (p *Pages) Routes() []route.Route {
	var t []route.Route
	for _, screen := range [][]route.Route{p.shellRoutes(), p.homeRoutes(), p.emergencyRoutes(), p.scheduleRoutes(), p.clipRoutes(),
		p.playlistRoutes(), p.campaignRoutes(), p.diaryRoutes(), p.lookupRoutes(), p.doorRoutes(), p.userRoutes(), p.accountRoutes(), p.startRoutes(), p.settingsRoutes(),
		p.helpRoutes()} {
		t = append(t, screen...)
	}
	return t
}

// look is a page that everybody who is signed in may read.
func look(path string, h route.Handler) route.Route {
	return route.Route{Method: http.MethodGet, Path: path, Access: route.Signed, Roles: route.Everybody(), Page: true, Handle: h}
}

// act is a form of those who may change what is played; logged names the act when a role is refused.
func act(path, logged string, h route.Handler) route.Route {
	return route.Route{Method: http.MethodPost, Path: path, Access: route.Signed, Roles: route.Editors(), MaxBody: formLimit,
		Logged: logged, Page: true, Handle: h}
}

// phone lets registered phones call a route, too.
func phone(rt route.Route) route.Route {
	rt.Phone = true
	return rt
}

func (p *Pages) homeRoutes() []route.Route {
	return []route.Route{
		{Method: "GET", Path: "/", Access: route.Public, Page: true, Handle: p.getHome},
		look(formPath, p.getKeyForm),
		{Method: "GET", Path: VerifierPath, Access: route.Signed, Roles: route.Everybody(), Slow: true, Page: true, Handle: p.getVerifier},
		phone(act("/stop", "stop", p.postStop)),
		act("/hold", "hold", p.postHold),
		act("/release", "release", p.postRelease),
		act("/clock", "clock_set", p.postClock),
	}
}

// VerifierPath is where the verifier page is downloaded, and what the file is called.
const VerifierPath = "/doi-chieu.html"

// getVerifier hands out the verifier page to be saved. It is never shown in place: it belongs on a computer of whoever
// checks, opened from a file, and under this server's policy its scripts would not run.
func (p *Pages) getVerifier(*route.Call) (route.Reply, error) {
	if len(p.o.Verifier) == 0 {
		return nil, route.NotFound("file", path.Base(VerifierPath))
	}
	return route.Content{File: nopCloser{bytes.NewReader(p.o.Verifier)}, Type: "text/html; charset=utf-8", Name: path.Base(VerifierPath)}, nil
}

type nopCloser struct{ io.ReadSeeker }

func (nopCloser) Close() error { return nil }

// sessionCookie is Secure only where the connection is: a browser would not send it back over plain http.
func sessionCookie(r *http.Request, value string, maxAge int) *http.Cookie {
	return &http.Cookie{Name: SessionCookie, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, //nolint:gosec // see above
		Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode}
}

// clockText is a time of day, 24 hours.
func clockText(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Format("15:04")
}

// dayText is a day as it is written in Viet Nam.
func dayText(t time.Time) string { return t.Format("02/01/2006") }

// megabytesText is a size of a file.
func megabytesText(bytes int64) string {
	return strings.Replace(fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20)), ".", ",", 1)
}

// countdownText is how long it is until a moment, in the form that the script goes on with.
func countdownText(until, now time.Time) string {
	return api.SpanText(max(0, until.Sub(now).Milliseconds()))
}

// weekday is the name of the day.
func weekday(w locale.Words, t time.Time) string {
	return w.T("weekday." + strings.ToLower(t.Weekday().String()))
}
