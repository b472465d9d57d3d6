// Package page is the station's pages: plain structs, html/template, and a few files of its own. Every page works
// without JavaScript; with it the state moves by itself.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/route"
)

// SessionCookie is the name of the cookie that carries a session.
const SessionCookie = "loaxa_session"

// formLimit is the most that a form of a page may have, bytes.
const formLimit = 8 << 10

//go:embed template/*.html
var templateFiles embed.FS

//go:embed asset
var assetFiles embed.FS

// Options of New. All but Verifier are required.
type Options struct {
	Verifier []byte // the verifier page; without it there is nothing to download
	Station  *api.API
	Accounts *account.Book
	Limiter  *account.Limiter // shared with the tokens: one address has one allowance
}

// Pages are the handlers and templates of the pages.
type Pages struct {
	o         Options
	templates *template.Template
	assets    map[string]asset
}

type asset struct {
	body []byte
	hash string
	kind string
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
	}
	p := &Pages{o: o, assets: make(map[string]asset)}
	var err error
	p.templates, err = template.New("").Funcs(template.FuncMap{"clock": clockText, "span": api.SpanText, "day": dayText,
		"countdown": countdownText, "inc": func(i int) int { return i + 1 }}).ParseFS(templateFiles, "template/*.html")
	if err != nil {
		return nil, fmt.Errorf("building the pages: %w", err)
	}
	if err := fs.WalkDir(assetFiles, "asset", p.loadAsset); err != nil {
		return nil, fmt.Errorf("building the pages: %w", err)
	}
	return p, nil
}

func (p *Pages) loadAsset(name string, d fs.DirEntry, err error) error {
	if err != nil || d.IsDir() {
		return err
	}
	body, err := assetFiles.ReadFile(name)
	if err != nil {
		return err
	}
	kinds := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	kind, ok := kinds[path.Ext(name)]
	if !ok {
		return fmt.Errorf("%s: no media type is known for it", name)
	}
	sum := sha256.Sum256(body)
	p.assets[path.Base(name)] = asset{body: body, hash: hex.EncodeToString(sum[:8]), kind: kind}
	return nil
}

// Execute writes a page.
func (p *Pages) Execute(w io.Writer, name string, data any) error {
	return p.templates.ExecuteTemplate(w, name, data)
}

// Routes is the pages' part of the table.
func (p *Pages) Routes() []route.Route {
	form := func(path, logged string, h route.Handler) route.Route {
		return route.Route{Method: "POST", Path: path, Access: route.Signed, Roles: route.Editors(), MaxBody: formLimit, Logged: logged, Page: true, Handle: h}
	}
	return append(p.emergencyRoutes(), []route.Route{
		{Method: "GET", Path: "/", Access: route.Public, Page: true, Handle: p.getHome},
		{Method: "GET", Path: formPath, Access: route.Signed, Roles: route.Everybody(), Page: true, Handle: p.getKeyForm},
		{Method: "GET", Path: "/setup/:link", Access: route.Public, Page: true, Handle: p.getSetup},
		{Method: "GET", Path: "/asset/:name", Access: route.Public, Handle: p.getAsset},
		{Method: "GET", Path: VerifierPath, Access: route.Signed, Roles: route.Everybody(), Slow: true, Page: true, Handle: p.getVerifier},
		{Method: "POST", Path: "/signout", Access: route.Public, MaxBody: formLimit, Page: true, Handle: p.postSignOut},
		form("/stop", "stop", p.postStop),
		form("/hold", "hold", p.postHold),
		form("/release", "release", p.postRelease),
		form("/clock", "clock_set", p.postClock),
	}...)
}

// Base is what every page needs.
type Base struct {
	W      locale.Words
	Title  string
	assets map[string]asset
}

func (p *Pages) base(w locale.Words, title string) Base {
	return Base{W: w, Title: title, assets: p.assets}
}

// Asset is the address of a file; its hash stands in it, so that browsers may keep the file for ever.
func (b Base) Asset(name string) string { return "/asset/" + name + "?v=" + b.assets[name].hash }

// Problem is a refusal as a page.
type Problem struct {
	Base
	Status                    int
	Heading, Do, Detail, Code string
}

// Problem makes the page of a problem.
func (p *Pages) Problem(w locale.Words, status int, heading, do, detail, code string) route.Page {
	return route.Page{Status: status, Name: "problem.html",
		Data: Problem{Base: p.base(w, heading), Status: status, Heading: heading, Do: do, Detail: detail, Code: code}}
}

func (p *Pages) getAsset(c *route.Call) (route.Reply, error) {
	a, ok := p.assets[c.Param("name")]
	if !ok {
		return nil, route.NotFound("file", c.Param("name"))
	}
	return route.Content{File: nopCloser{bytes.NewReader(a.body)}, Type: a.kind, ETag: `"` + a.hash + `"`}, nil
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

// getSetup spends the one-time link. Opened again in the browser that spent it, it leads home.
func (p *Pages) getSetup(c *route.Call) (route.Reply, error) {
	if wait := p.o.Limiter.Wait(c.Peer); wait > 0 {
		return nil, &route.Problem{Status: http.StatusTooManyRequests, Code: "too_many_tries", Retry: wait}
	}
	cookie, who, err := p.o.Accounts.UseLink(c.Param("link"), from(c))
	if errors.Is(err, account.ErrUnknown) {
		if c.Who.Known() {
			return route.Redirect{To: "/"}, nil
		}
		p.o.Limiter.Fail(c.Peer)
		return nil, &route.Problem{Status: http.StatusGone, Code: "link_used"}
	}
	if err != nil {
		return nil, err
	}
	p.o.Station.SignedIn(who, "link")
	return route.Redirect{To: "/", Cookie: sessionCookie(c.Request, cookie, int(account.SessionLife/time.Second))}, nil
}

// from is where a request comes from, for the counting of tries and the list of sessions.
func from(c *route.Call) account.From {
	return account.From{Address: c.Peer, Agent: c.Request.UserAgent()}
}

// sessionCookie is Secure only where the connection is: a browser would not send it back over plain http.
func sessionCookie(r *http.Request, value string, maxAge int) *http.Cookie {
	return &http.Cookie{Name: SessionCookie, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true, //nolint:gosec // see above
		Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode}
}

func (p *Pages) postSignOut(c *route.Call) (route.Reply, error) {
	if cookie, err := c.Request.Cookie(SessionCookie); err == nil {
		who, err := p.o.Accounts.EndSession(cookie.Value)
		if err != nil {
			return nil, err
		}
		p.o.Station.SignedOut(who)
	}
	return route.Redirect{To: "/", Cookie: sessionCookie(c.Request, "", -1)}, nil
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

// countdownText is how long it is until a moment, in the form that the script goes on with.
func countdownText(until, now time.Time) string {
	return api.SpanText(max(0, until.Sub(now).Milliseconds()))
}

// weekday is the name of the day.
func weekday(w locale.Words, t time.Time) string {
	return w.T("weekday." + strings.ToLower(t.Weekday().String()))
}
