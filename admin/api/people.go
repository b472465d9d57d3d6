package api

import (
	"net/http"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/route"
)

type personRequest struct {
	Login string `json:"login"`
	Name  string `json:"name"`
	Role  string `json:"role"`
}

type personEdit struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

// codeAnswer carries a set-password code, this once.
type codeAnswer struct {
	account.Person
	Code string `json:"code"`
}

type personList struct {
	People []account.Person `json:"people"`
}

// closedAnswer says what ended with the account.
type closedAnswer struct {
	account.Person
	Closed account.Closed `json:"closed"`
}

type passwordRequest struct {
	Old      string `json:"old"`
	Password string `json:"password"`
}

type sessionList struct {
	Sessions []account.Session `json:"sessions"`
}

type visitRequest struct {
	Name string `json:"name"`
}

// visitAnswer carries the inspector's code, this once.
type visitAnswer struct {
	account.Visit
	Code string `json:"code"`
}

type visitList struct {
	Visits []account.Visit `json:"visits"`
}

type phoneView struct {
	account.Phone
	Until time.Time `json:"until"`
	Open  bool      `json:"open"`
}

type phoneList struct {
	Phones []phoneView `json:"phones"`
}

type handoverRequest struct {
	Leaver    string `json:"leaver"`    // ID of the person who leaves
	Successor string `json:"successor"` // ID of the person who takes over
}

type handoverList struct {
	Handovers []account.Handover `json:"handovers"`
}

// recoveryAnswer carries the sheet's codes, this once.
type recoveryAnswer struct {
	account.Recovery
	Codes []string `json:"codes"`
}

func (a *API) peopleRoutes() []route.Route {
	only := func(rt route.Route) route.Route {
		rt.Roles = []account.Role{account.Administrator}
		return rt
	}
	own := func(rt route.Route) route.Route {
		rt.Roles = route.Everybody()
		return rt
	}
	created, gone := http.StatusCreated, http.StatusNoContent
	return []route.Route{
		only(described(read("/people", "Everybody with an account, closed ones too.", a.listPeople), nil, personList{}, 0)),
		only(described(edit("POST", "/people", "person_add", "Make an account; its set-password code, good for three days, is in this answer only.", a.postPerson), personRequest{}, codeAnswer{}, created)),
		only(described(edit("PUT", "/people/:id", "person_edit", "Change somebody's name and role.", a.putPerson), personEdit{}, account.Person{}, 0)),
		only(described(edit("POST", "/people/:id/reset", "person_reset", "Void somebody's password and sessions and make a new set-password code.", a.postReset), nil, codeAnswer{}, created)),
		only(described(edit("POST", "/people/:id/close", "person_close", "Close an account with its sessions, phones, tokens and codes.", a.postClosePerson), nil, closedAnswer{}, 0)),
		own(described(edit("POST", "/password", "person_password", "Change one's own password; one's other sessions end.", a.postPassword), passwordRequest{}, nil, gone)),
		described(read("/sessions", "Open sessions: one's own, an administrator's list has all.", a.listSessions), nil, sessionList{}, 0),
		own(described(edit("DELETE", "/sessions/:id", "session_close", "End a session: one's own, or as administrator any.", a.deleteSession), nil, nil, gone)),
		only(described(read("/visits", "Inspectors' codes, the newest first, without the codes.", a.listVisits), nil, visitList{}, 0)),
		only(described(edit("POST", "/visits", "visit_create", "Make an inspector's code for 24 hours; it is in this answer only.", a.postVisit), visitRequest{}, visitAnswer{}, created)),
		only(described(edit("DELETE", "/visits/:id", "visit_revoke", "End a visit and its sessions.", a.deleteVisit), nil, nil, gone)),
		described(read("/phones", "Registered phones: one's own, an administrator's list has all. A phone is registered on its own page.", a.listPhones), nil, phoneList{}, 0),
		own(described(edit("DELETE", "/phones/:id", "phone_revoke", "End a phone's registration: one's own, or as administrator any.", a.deletePhone), nil, nil, gone)),
		only(described(read("/handover", "Handovers that were made.", a.listHandovers), nil, handoverList{}, 0)),
		only(described(edit("POST", "/handover", "handover", "Close a leaver's account and all it opened, for a successor to go on.", a.postHandover), handoverRequest{}, account.Handover{}, created)),
		only(described(read("/handover/:id", "One handover.", a.getHandover), nil, account.Handover{}, 0)),
		only(described(read("/recovery", "The recovery sheet that is valid, without its codes.", a.getRecovery), nil, account.Recovery{}, 0)),
		only(described(edit("POST", "/recovery", "recovery_create", "Make a new recovery sheet; its codes are in this answer only, those of an earlier one are void.", a.postRecovery), nil, recoveryAnswer{}, created)),
	}
}

func (a *API) listPeople(*route.Call) (route.Reply, error) {
	list, err := a.o.Accounts.People()
	return route.JSON{Value: personList{People: notNil(list)}}, err
}

func (a *API) postPerson(c *route.Call) (route.Reply, error) {
	var in personRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	p, code, err := a.o.Accounts.AddPerson(c.Who.Actor, in.Login, in.Name, account.Role(in.Role))
	return route.JSON{Status: http.StatusCreated, Value: codeAnswer{Person: p, Code: code}}, err
}

func (a *API) putPerson(c *route.Call) (route.Reply, error) {
	var in personEdit
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	p, err := a.o.Accounts.EditPerson(c.Who.Actor, c.Param("id"), in.Name, account.Role(in.Role))
	return route.JSON{Value: p}, err
}

func (a *API) postReset(c *route.Call) (route.Reply, error) {
	code, err := a.o.Accounts.ResetPerson(c.Who.Actor, c.Param("id"))
	if err != nil {
		return nil, err
	}
	p, err := a.o.Accounts.Person(c.Param("id"))
	return route.JSON{Status: http.StatusCreated, Value: codeAnswer{Person: p, Code: code}}, err
}

func (a *API) postClosePerson(c *route.Call) (route.Reply, error) {
	p, closed, err := a.o.Accounts.ClosePerson(c.Who.Actor, c.Param("id"))
	return route.JSON{Value: closedAnswer{Person: p, Closed: closed}}, err
}

func (a *API) postPassword(c *route.Call) (route.Reply, error) {
	var in passwordRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	return route.JSON{Status: http.StatusNoContent}, a.ChangePassword(c, in.Old, in.Password)
}

// ChangePassword changes the password of whoever asks.
func (a *API) ChangePassword(c *route.Call, old, password string) error {
	if c.Who.Person == "" {
		return NoPerson(c.Who)
	}
	return a.o.Accounts.ChangePassword(c.Request.Context(), c.Who, old, password, From(c))
}

// NoPerson refuses what only somebody with an account can do.
func NoPerson(who account.Identity) error {
	return &route.Problem{Status: http.StatusConflict, Code: "no_person", Detail: who.Actor + " has no account"}
}

// Sessions are the open sessions that whoever asks may see and end.
func (a *API) Sessions(who account.Identity) ([]account.Session, error) {
	list, err := a.o.Accounts.Sessions("")
	if err != nil {
		return nil, err
	}
	out := []account.Session{}
	for _, s := range list {
		s.Current = s.ID == who.Session
		if who.Role == account.Administrator || s.Current || (s.Person != "" && s.Person == who.Person) {
			out = append(out, s)
		}
	}
	return out, nil
}

func (a *API) listSessions(c *route.Call) (route.Reply, error) {
	list, err := a.Sessions(c.Who)
	return route.JSON{Value: sessionList{Sessions: list}}, err
}

func (a *API) deleteSession(c *route.Call) (route.Reply, error) {
	return route.JSON{Status: http.StatusNoContent}, a.o.Accounts.EndSessionOf(c.Who, c.Param("id"))
}

func (a *API) listVisits(*route.Call) (route.Reply, error) {
	list, err := a.o.Accounts.Visits()
	return route.JSON{Value: visitList{Visits: notNil(list)}}, err
}

func (a *API) postVisit(c *route.Call) (route.Reply, error) {
	var in visitRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	code, v, err := a.o.Accounts.NewVisit(c.Who.Actor, in.Name)
	return route.JSON{Status: http.StatusCreated, Value: visitAnswer{Visit: v, Code: code}}, err
}

func (a *API) deleteVisit(c *route.Call) (route.Reply, error) {
	_, err := a.o.Accounts.RevokeVisit(c.Who.Actor, c.Param("id"))
	return route.JSON{Status: http.StatusNoContent}, err
}

func (a *API) listPhones(c *route.Call) (route.Reply, error) {
	out := phoneList{Phones: []phoneView{}}
	if c.Who.Role != account.Administrator && c.Who.Person == "" {
		return route.JSON{Value: out}, nil
	}
	person := c.Who.Person
	if c.Who.Role == account.Administrator {
		person = ""
	}
	list, err := a.o.Accounts.Phones(person)
	for _, p := range list {
		out.Phones = append(out.Phones, phoneView{Phone: p, Until: p.Until(), Open: p.Open(a.o.Now())})
	}
	return route.JSON{Value: out}, err
}

func (a *API) deletePhone(c *route.Call) (route.Reply, error) {
	return route.JSON{Status: http.StatusNoContent}, a.o.Accounts.RevokePhone(c.Who, c.Param("id"))
}

func (a *API) listHandovers(*route.Call) (route.Reply, error) {
	list, err := a.o.Accounts.Handovers()
	return route.JSON{Value: handoverList{Handovers: notNil(list)}}, err
}

func (a *API) postHandover(c *route.Call) (route.Reply, error) {
	var in handoverRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	h, err := a.o.Accounts.Handover(c.Who.Actor, in.Leaver, in.Successor)
	return route.JSON{Status: http.StatusCreated, Value: h}, err
}

func (a *API) getHandover(c *route.Call) (route.Reply, error) {
	h, err := a.o.Accounts.HandoverOf(c.Param("id"))
	return route.JSON{Value: h}, err
}

func (a *API) getRecovery(*route.Call) (route.Reply, error) {
	sheet, err := a.o.Accounts.Recovery()
	return route.JSON{Value: sheet}, err
}

func (a *API) postRecovery(c *route.Call) (route.Reply, error) {
	codes, sheet, err := a.o.Accounts.NewRecovery(c.Who.Actor)
	return route.JSON{Status: http.StatusCreated, Value: recoveryAnswer{Recovery: sheet, Codes: codes}}, err
}
