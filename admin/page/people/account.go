package people

import (
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
)

// Account is the page of whoever is signed in: password, sessions, phones.
type Account struct {
	frame.Shell
	Person   account.Person // zero for whoever has no account
	Sessions []account.Session
	Phones   []Phone
	MayPhone bool
	Typed    string // name of the phone, as it was typed
	Error    map[string]string
	Minimum  int
}

func (p *Pages) accountRoutes() []route.Route {
	post := func(path, logged string, h route.Handler) route.Route {
		rt := frame.Act(path, logged, h)
		rt.Roles = route.Everybody()
		return rt
	}
	return []route.Route{
		frame.Look("/account", p.getAccount),
		post("/account/password", "person_password", p.postOwnPassword),
		post("/account/session", "session_close", p.postSessionEnd),
		frame.Act("/account/phone", "phone_add", p.postPhone),
		post("/account/phone/end", "phone_revoke", p.postPhoneEnd),
	}
}

func (p *Pages) getAccount(c *route.Call) (route.Reply, error) {
	a, err := p.account(c)
	return route.Page{Name: "account.html", Data: a}, err
}

func (p *Pages) account(c *route.Call) (a Account, err error) {
	if a.Shell, err = p.frame.Shell(c, "/account", c.Words.T("menu.account")); err != nil {
		return a, err
	}
	a.Minimum = account.MinPassword
	sessions, err := p.station.Sessions(c.Who)
	if err != nil {
		return a, err
	}
	for _, s := range sessions {
		if s.Current || (s.Person != "" && s.Person == c.Who.Person) {
			a.Sessions = append(a.Sessions, s)
		}
	}
	if c.Who.Person == "" {
		return a, nil
	}
	if a.Person, err = p.accounts.Person(c.Who.Person); err != nil {
		return a, err
	}
	a.MayPhone = a.MayAct
	a.Phones, err = p.phones(a.Now.At, nil, c.Who.Person)
	return a, err
}

// accountForm parses a form of the page and does its work; what is refused is said on the same page.
func (p *Pages) accountForm(c *route.Call, do func(get func(string) string) (route.Reply, error)) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	reply, err := do(c.Request.PostForm.Get)
	if err == nil {
		return reply, nil
	}
	a, again := p.account(c)
	if again != nil {
		return nil, again
	}
	var status int
	a.Notice, status, a.Error = p.refusedFields(c.Words, err)
	a.Typed = c.Request.PostForm.Get("name")
	return route.Page{Status: status, Name: "account.html", Data: a}, nil
}

func (p *Pages) postOwnPassword(c *route.Call) (route.Reply, error) {
	return p.accountForm(c, func(get func(string) string) (route.Reply, error) {
		if err := sameTwice(get("password"), get("again")); err != nil {
			return nil, err
		}
		return route.Redirect{To: "/account?note=password_set"}, p.station.ChangePassword(c, get("old"), get("password"))
	})
}

// postSessionEnd ends one's own session, or as administrator any.
func (p *Pages) postSessionEnd(c *route.Call) (route.Reply, error) {
	return p.accountForm(c, func(get func(string) string) (route.Reply, error) {
		to := "/account?note=session_ended"
		if get("from") == "users" {
			to = "/users?note=session_ended"
		}
		return route.Redirect{To: to}, p.accounts.EndSessionOf(c.Who, get("id"))
	})
}

// postPhone registers the very device that sends this form.
func (p *Pages) postPhone(c *route.Call) (route.Reply, error) {
	return p.accountForm(c, func(get func(string) string) (route.Reply, error) {
		if c.Who.Person == "" {
			return nil, api.NoPerson(c.Who)
		}
		secret, _, err := p.accounts.RegisterPhone(c.Who.Actor, c.Who.Person, get("name"))
		if err != nil {
			return nil, err
		}
		cookie := frame.NewSessionCookie(c.Request, secret, int(account.PhoneLife/time.Second)) //nolint:gosec // as NewSessionCookie says
		cookie.Name = frame.PhoneCookie
		return route.Redirect{To: "/account?note=phone_added", Cookie: cookie}, nil
	})
}

func (p *Pages) postPhoneEnd(c *route.Call) (route.Reply, error) {
	return p.accountForm(c, func(get func(string) string) (route.Reply, error) {
		to := "/account?note=phone_ended"
		if get("from") == "users" {
			to = "/users?note=phone_ended"
		}
		return route.Redirect{To: to}, p.accounts.RevokePhone(c.Who, get("id"))
	})
}
