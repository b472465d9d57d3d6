package people

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
)

// The door: every page that lets somebody in who is not signed in yet.

// Door is a page before the sign-in.
type Door struct {
	frame.Base
	Name    string // of the station
	Demo    bool
	Fresh   bool   // nobody has an account yet
	Next    string // where to go after the sign-in, an address of this station
	Login   string // as it was typed
	Person  string // name, see Error
	Code    string // set-password code that the form carries on
	Who     account.Identity
	People  []account.Person // administrators whose password may be set anew
	Error   map[string]string
	Minimum int // characters of a password
}

func (p *Pages) doorRoutes() []route.Route {
	open := func(method, path string, h route.Handler) route.Route {
		rt := route.Route{Method: method, Path: path, Access: route.Public, Page: true, Handle: h}
		if method == http.MethodPost {
			rt.MaxBody = frame.FormLimit
		}
		return rt
	}
	admin := []account.Role{account.Administrator}
	return []route.Route{
		open(http.MethodGet, "/signin", p.getSignIn),
		open(http.MethodPost, "/signin", p.postSignIn),
		open(http.MethodPost, "/code", p.postCode),
		open(http.MethodGet, "/password", p.getPassword),
		open(http.MethodPost, "/password", p.postPassword),
		open(http.MethodPost, "/signout", p.postSignOut),
		open(http.MethodGet, "/setup/:link", p.getLink),
		{Method: http.MethodGet, Path: "/setup", Access: route.Signed, Roles: admin, Page: true, Handle: p.getSetup},
		{Method: http.MethodPost, Path: "/setup", Access: route.Signed, Roles: admin, MaxBody: frame.FormLimit, Logged: "set_up", Page: true, Handle: p.postSetup},
	}
}

// newDoor is what all pages of the door say.
func (p *Pages) newDoor(w locale.Words, title string, notice frame.Notice) (Door, error) {
	station, err := p.station.Station()
	if err != nil {
		return Door{}, err
	}
	ready, err := p.accounts.HasAdministrator()
	if err != nil {
		return Door{}, err
	}
	d := Door{Base: p.frame.Base(w, title), Name: station.Name, Demo: station.Demo, Fresh: !ready, Minimum: account.MinPassword}
	d.Notice = notice
	return d, nil
}

// Door is the sign-in page, which also stands in place of a page that needs one; next is that page.
func (p *Pages) Door(w locale.Words, next string, notice frame.Notice, status int) (route.Reply, error) {
	d, err := p.newDoor(w, w.T("signin.title"), notice)
	d.Next = safeNext(next)
	return route.Page{Status: status, Name: "signin.html", Data: d}, err
}

// SignIn is the sign-in page in place of one that needs it; because says what was refused.
func (p *Pages) SignIn(w locale.Words, next string, because *route.Problem) (route.Page, error) {
	text := w.T("signin.needed")
	if because.Code == "phone" {
		title, do := because.Sentences(w)
		text = title + " " + do
	}
	reply, err := p.Door(w, next, frame.Notice{Mark: "warn", Text: text}, because.Status)
	page, ok := reply.(route.Page)
	if err == nil && !ok {
		err = errors.New("the sign-in page is no page")
	}
	return page, err
}

// safeNext is an address of this station, so that nobody is sent elsewhere by a prepared link.
func safeNext(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") || strings.HasPrefix(next, "/signin") {
		return "/"
	}
	return next
}

// getSignIn is for whoever is signed in already, too: at a shared computer the next person comes in.
func (p *Pages) getSignIn(c *route.Call) (route.Reply, error) {
	return p.Door(c.Words, c.Query("next"), frame.Noted(c.Words, c.Query("note")), 0)
}

func (p *Pages) postSignIn(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	form := c.Request.PostForm
	cookie, err := p.station.SignIn(c, form.Get("login"), form.Get("password"))
	if err == nil {
		return enter(c, cookie, safeNext(form.Get("next"))), nil
	}
	notice, status := p.frame.Refused(c.Words, err)
	d, err := p.newDoor(c.Words, c.Words.T("signin.title"), notice)
	d.Next, d.Login = safeNext(form.Get("next")), form.Get("login")
	return p.doorAgain(c, "signin.html", d, status, err)
}

// doorAgain shows a form of the door once more after a refusal.
func (p *Pages) doorAgain(c *route.Call, name string, d Door, status int, err error) (route.Reply, error) {
	d.Who = c.Who
	return route.Page{Status: status, Name: name, Data: d}, err
}

// enter sets the session's cookie on the way to a page.
func enter(c *route.Call, cookie, to string) route.Reply {
	return route.Redirect{To: to, Cookie: frame.NewSessionCookie(c.Request, cookie, int(account.SessionLife/time.Second))}
}

// postCode takes any code that people were given on paper: an inspector's, one of the recovery sheet, one for a password.
func (p *Pages) postCode(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	code := c.Request.PostForm.Get("code")
	if person, err := p.accounts.PeekCode(code, api.From(c)); err == nil {
		return p.passwordForm(c, person, code, frame.Notice{}, nil, 0)
	}
	cookie, who, err := p.station.UseCode(c, code)
	switch {
	case err == nil && who.Link: // of the recovery sheet
		return enter(c, cookie, "/setup"), nil
	case err == nil:
		return enter(c, cookie, "/"), nil
	}
	notice, status := p.frame.Refused(c.Words, err)
	d, err := p.newDoor(c.Words, c.Words.T("signin.title"), notice)
	d.Next, d.Code = "/", code
	return p.doorAgain(c, "signin.html", d, status, err)
}

func (p *Pages) passwordForm(c *route.Call, person account.Person, code string, notice frame.Notice, fields map[string]string, status int) (route.Reply, error) {
	d, err := p.newDoor(c.Words, c.Words.T("password.title"), notice)
	d.Person, d.Login, d.Code, d.Error = person.Name, person.Login, code, fields
	return p.doorAgain(c, "password.html", d, status, err)
}

// getPassword asks for the code; whoever is signed in changes theirs on their own page.
func (p *Pages) getPassword(c *route.Call) (route.Reply, error) {
	if c.Who.Person != "" && !c.Who.Phone {
		return route.Redirect{To: "/account#password"}, nil
	}
	return p.passwordForm(c, account.Person{}, "", frame.Noted(c.Words, c.Query("note")), nil, 0)
}

func (p *Pages) postPassword(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	form := c.Request.PostForm
	code := form.Get("code")
	err := sameTwice(form.Get("password"), form.Get("again"))
	if err == nil {
		var cookie string
		if cookie, err = p.station.SetPassword(c, code, form.Get("password")); err == nil {
			return enter(c, cookie, "/?note=password_set"), nil
		}
	}
	notice, status, fields := p.refusedFields(c.Words, err)
	var person account.Person
	if !errors.Is(err, account.ErrUnknown) {
		var unknown error
		if person, unknown = p.accounts.CodeOwner(code, api.From(c)); unknown != nil {
			code = ""
		}
	}
	return p.passwordForm(c, person, code, notice, fields, status)
}

// sameTwice holds that a new password, which nobody sees, was typed as it was meant.
func sameTwice(password, again string) error {
	if password != again {
		return &account.InputError{Field: "again", Code: "password_twice", Message: "the two passwords are not the same"}
	}
	return nil
}

// refusedFields is a refusal with the sentences that belong beside the fields.
func (p *Pages) refusedFields(w locale.Words, err error) (frame.Notice, int, map[string]string) {
	notice, status := p.frame.Refused(w, err)
	fields := make(map[string]string)
	for _, f := range p.frame.ProblemOf(err).Fields {
		fields[f.Field] = w.Or("field."+f.Code, f.Message)
	}
	return notice, status, fields
}

func (p *Pages) postSignOut(c *route.Call) (route.Reply, error) {
	if cookie, err := c.Request.Cookie(frame.SessionCookie); err == nil {
		who, err := p.accounts.EndSession(cookie.Value)
		if err != nil {
			return nil, err
		}
		p.station.SignedOut(who)
	}
	return route.Redirect{To: "/", Cookie: frame.NewSessionCookie(c.Request, "", -1)}, nil
}

// getLink spends the one-time link. Opened again in the browser that spent it, it leads home.
func (p *Pages) getLink(c *route.Call) (route.Reply, error) {
	if wait := p.limiter.Wait(c.Peer); wait > 0 {
		return nil, &route.Problem{Status: http.StatusTooManyRequests, Code: "too_many_tries", Retry: wait}
	}
	cookie, err := p.station.UseLink(c, c.Param("link"))
	if errors.Is(err, account.ErrUnknown) {
		if c.Who.Known() && !c.Who.Phone {
			return route.Redirect{To: "/"}, nil
		}
		p.limiter.Fail(c.Peer)
		return nil, &route.Problem{Status: http.StatusGone, Code: "link_used"}
	}
	if err != nil {
		return nil, err
	}
	ready, err := p.accounts.HasAdministrator()
	if err != nil {
		return nil, err
	}
	if !ready {
		return enter(c, cookie, "/setup"), nil
	}
	return enter(c, cookie, "/?note=by_link"), nil
}

// getSetup is where whoever came by the link or the recovery sheet makes the first administrator, or sets an
// administrator's password anew.
func (p *Pages) getSetup(c *route.Call) (route.Reply, error) {
	if !c.Who.Link {
		return route.Redirect{To: "/users"}, nil
	}
	return p.setupForm(c, frame.Noted(c.Words, c.Query("note")), nil, 0)
}

func (p *Pages) setupForm(c *route.Call, notice frame.Notice, fields map[string]string, status int) (route.Reply, error) {
	d, err := p.newDoor(c.Words, c.Words.T("setup.title"), notice)
	if err != nil {
		return nil, err
	}
	people, err := p.accounts.People()
	if err != nil {
		return nil, err
	}
	for _, one := range people {
		if one.Open() && one.Role == account.Administrator {
			d.People = append(d.People, one)
		}
	}
	if len(d.People) > 0 {
		d.Title = c.Words.T("setup.title.again")
	}
	d.Login, d.Person, d.Error = c.Request.PostForm.Get("login"), c.Request.PostForm.Get("name"), fields
	return p.doorAgain(c, "setup.html", d, status, nil)
}

func (p *Pages) postSetup(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	form := c.Request.PostForm
	first, err := p.newDoor(c.Words, "", frame.Notice{})
	if err != nil {
		return nil, err
	}
	if err = sameTwice(form.Get("password"), form.Get("again")); err == nil {
		var cookie string
		if cookie, err = p.station.MakeAdministrator(c, form.Get("login"), form.Get("name"), form.Get("password")); err == nil {
			if first.Fresh && !first.Demo {
				return enter(c, cookie, frame.StartPath), nil
			}
			return enter(c, cookie, "/?note=administrator_made"), nil
		}
	}
	notice, status, fields := p.refusedFields(c.Words, err)
	return p.setupForm(c, notice, fields, status)
}
