package people

import (
	"net/http"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
)

// Users is the page on which an administrator gives and takes access.
type Users struct {
	frame.Shell
	People   []Member
	Closed   []account.Person
	Roles    []account.Role
	Sessions []account.Session
	Visits   []Visit
	Phones   []Phone
	Recovery account.Recovery
	Papers   []account.Handover
	Login    string // as they were typed into the form
	FullName string
	Role     string
	Visitor  string
	Error    map[string]string
	Open     string // which form is open
}

// Member is somebody with an open account.
type Member struct {
	account.Person
	Self bool
	Last bool // the last administrator: neither closed nor demoted
	// Typed and Picked stand in the form: what is stored, or what somebody wrote and was refused, which holds it Open.
	Typed  string
	Picked account.Role
	Open   bool
	// Others may take over from this person.
	Others []account.Person
}

// Visit is an inspector's access with its state.
type Visit struct {
	account.Visit
	Open bool
}

// Phone is a registered phone with its person.
type Phone struct {
	account.Phone
	Owner string
}

func (p *Pages) userRoutes() []route.Route {
	admin := []account.Role{account.Administrator}
	get := func(path string, h route.Handler) route.Route {
		return route.Route{Method: http.MethodGet, Path: path, Access: route.Signed, Roles: admin, Page: true, Handle: h}
	}
	post := func(path, logged string, h route.Handler) route.Route {
		return route.Route{Method: http.MethodPost, Path: path, Access: route.Signed, Roles: admin, MaxBody: frame.FormLimit, Logged: logged, Page: true, Handle: h}
	}
	return []route.Route{
		get("/users", p.getUsers),
		post("/users/add", "person_add", p.postUserAdd),
		post("/users/edit", "person_edit", p.postUserEdit),
		post("/users/reset", "person_reset", p.postUserReset),
		post("/users/close", "person_close", p.postUserClose),
		post("/users/visit", "visit_create", p.postVisit),
		post("/users/visit/end", "visit_revoke", p.postVisitEnd),
		post("/users/handover", "handover", p.postHandover),
		get("/handover/:id", p.getHandover),
		get("/recovery", p.getRecovery),
		post("/recovery", "recovery_create", p.postRecovery),
	}
}

func (p *Pages) getUsers(c *route.Call) (route.Reply, error) {
	u, err := p.users(c)
	return route.Page{Name: "users.html", Data: u}, err
}

func (p *Pages) users(c *route.Call) (u Users, err error) {
	if u.Shell, err = p.frame.Shell(c, "/users", c.Words.T("menu.users")); err != nil {
		return u, err
	}
	u.Roles, u.Role = account.Roles(), string(account.Operator)
	people, err := p.accounts.People()
	if err != nil {
		return u, err
	}
	u.split(people)
	if u.Sessions, err = p.station.Sessions(c.Who); err != nil {
		return u, err
	}
	visits, err := p.accounts.Visits()
	if err != nil {
		return u, err
	}
	for _, v := range visits {
		if open := v.Open(u.Now.At); open || u.Now.At.Sub(v.Until) < 30*24*time.Hour {
			u.Visits = append(u.Visits, Visit{Visit: v, Open: open})
		}
	}
	if u.Phones, err = p.phones(u.Now.At, people, ""); err != nil {
		return u, err
	}
	if u.Papers, err = p.accounts.Handovers(); err != nil {
		return u, err
	}
	u.Recovery, err = p.accounts.Recovery()
	return u, err
}

// split parts those who may come in from those who no longer may.
func (u *Users) split(people []account.Person) {
	administrators := 0
	for _, one := range people {
		if !one.Open() {
			u.Closed = append(u.Closed, one)
			continue
		}
		if one.Role == account.Administrator {
			administrators++
		}
		u.People = append(u.People, Member{Person: one, Self: one.ID == u.Who.Person, Typed: one.Name, Picked: one.Role})
	}
	for i := range u.People {
		m := &u.People[i]
		m.Last = m.Role == account.Administrator && administrators == 1
		for _, other := range u.People {
			if other.ID != m.ID {
				m.Others = append(m.Others, other.Person)
			}
		}
	}
}

// phones lists the phones that may be used, of a person or with "" of all.
func (p *Pages) phones(now time.Time, people []account.Person, person string) ([]Phone, error) {
	list, err := p.accounts.Phones(person)
	var out []Phone
	for _, one := range list {
		if !one.Open(now) {
			continue
		}
		f := Phone{Phone: one}
		for _, owner := range people {
			if owner.ID == one.Person {
				f.Owner = owner.Name
			}
		}
		out = append(out, f)
	}
	return out, err
}

// usersAgain is the page once more after a refusal, with what was typed.
func (p *Pages) usersAgain(c *route.Call, open string, refused error) (route.Reply, error) {
	u, err := p.users(c)
	if err != nil {
		return nil, err
	}
	var status int
	u.Notice, status, u.Error = p.refusedFields(c.Words, refused)
	form := c.Request.PostForm
	u.Open = open
	switch open {
	case "add":
		u.Login, u.FullName, u.Role = form.Get("login"), form.Get("name"), form.Get("role")
	case "visit":
		u.Visitor = form.Get("name")
	case "edit":
		for i := range u.People {
			if m := &u.People[i]; m.ID == form.Get("id") {
				m.Typed, m.Picked, m.Open = form.Get("name"), account.Role(form.Get("role")), true
			}
		}
	}
	return route.Page{Status: status, Name: "users.html", Data: u}, nil
}

// userForm parses a form of the page and does its work; what is refused is said on the same page.
func (p *Pages) userForm(c *route.Call, open string, do func(get func(string) string) (route.Reply, error)) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	reply, err := do(c.Request.PostForm.Get)
	if err != nil {
		return p.usersAgain(c, open, err)
	}
	return reply, nil
}

func usersNote(note string) route.Reply { return route.Redirect{To: "/users?note=" + note} }

func (p *Pages) postUserAdd(c *route.Call) (route.Reply, error) {
	return p.userForm(c, "add", func(get func(string) string) (route.Reply, error) {
		person, code, err := p.accounts.AddPerson(c.Who.Actor, get("login"), get("name"), account.Role(get("role")))
		if err != nil {
			return nil, err
		}
		return p.showCode(c, Code{Kind: "password", For: person.Name, Login: person.Login, Code: code})
	})
}

func (p *Pages) postUserEdit(c *route.Call) (route.Reply, error) {
	return p.userForm(c, "edit", func(get func(string) string) (route.Reply, error) {
		_, err := p.accounts.EditPerson(c.Who.Actor, get("id"), get("name"), account.Role(get("role")))
		return usersNote("person_saved"), err
	})
}

func (p *Pages) postUserReset(c *route.Call) (route.Reply, error) {
	return p.userForm(c, "", func(get func(string) string) (route.Reply, error) {
		code, err := p.accounts.ResetPerson(c.Who.Actor, get("id"))
		if err != nil {
			return nil, err
		}
		person, err := p.accounts.Person(get("id"))
		if err != nil {
			return nil, err
		}
		return p.showCode(c, Code{Kind: "password", For: person.Name, Login: person.Login, Code: code})
	})
}

func (p *Pages) postUserClose(c *route.Call) (route.Reply, error) {
	return p.userForm(c, "", func(get func(string) string) (route.Reply, error) {
		_, _, err := p.accounts.ClosePerson(c.Who.Actor, get("id"))
		return usersNote("person_closed"), err
	})
}

func (p *Pages) postVisit(c *route.Call) (route.Reply, error) {
	return p.userForm(c, "visit", func(get func(string) string) (route.Reply, error) {
		code, v, err := p.accounts.NewVisit(c.Who.Actor, get("name"))
		if err != nil {
			return nil, err
		}
		return p.showCode(c, Code{Kind: "visit", For: v.Name, Code: code, Until: v.Until})
	})
}

func (p *Pages) postVisitEnd(c *route.Call) (route.Reply, error) {
	return p.userForm(c, "", func(get func(string) string) (route.Reply, error) {
		_, err := p.accounts.RevokeVisit(c.Who.Actor, get("id"))
		return usersNote("visit_ended"), err
	})
}

func (p *Pages) postHandover(c *route.Call) (route.Reply, error) {
	return p.userForm(c, "", func(get func(string) string) (route.Reply, error) {
		h, err := p.accounts.Handover(c.Who.Actor, get("leaver"), get("successor"))
		return route.Redirect{To: "/handover/" + h.ID}, err
	})
}
