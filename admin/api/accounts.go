package api

import (
	"net/http"

	"loaxa/admin/account"
	"loaxa/admin/route"
)

type tokenRequest struct {
	Name string `json:"name"`
	Role string `json:"role"`
}

// tokenAnswer carries the secret, this once.
type tokenAnswer struct {
	account.Token
	Secret string `json:"token"`
}

type tokenList struct {
	Tokens []account.Token `json:"tokens"`
}

type linkAnswer struct {
	Path string `json:"path"` // under the station's address
}

func (a *API) accountRoutes() []route.Route {
	only := func(rt route.Route) route.Route {
		rt.Roles = []account.Role{account.Administrator}
		return rt
	}
	return []route.Route{
		only(described(read("/tokens", "All API tokens, without their secrets.", a.listTokens), nil, tokenList{}, 0)),
		only(described(edit("POST", "/tokens", "token", "Make an API token; its secret is in this answer only.", a.postToken), tokenRequest{}, tokenAnswer{}, http.StatusCreated)),
		only(described(edit("DELETE", "/tokens/:id", "token", "Revoke an API token.", a.deleteToken), nil, nil, http.StatusNoContent)),
		only(described(edit("POST", "/link", "link", "Make a one-time set-up link; an earlier one is void.", a.postLink), nil, linkAnswer{}, http.StatusCreated)),
	}
}

func (a *API) listTokens(*route.Call) (route.Reply, error) {
	list, err := a.o.Accounts.Tokens()
	return route.JSON{Value: tokenList{Tokens: notNil(list)}}, err
}

func (a *API) postToken(c *route.Call) (route.Reply, error) {
	var in tokenRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	role, err := account.ParseRole(in.Role)
	if err != nil {
		return nil, err
	}
	secret, t, err := a.o.Accounts.CreateToken(c.Who.Actor, in.Name, role)
	if err != nil {
		return nil, err
	}
	return route.JSON{Status: http.StatusCreated, Value: tokenAnswer{Token: t, Secret: secret}}, nil
}

func (a *API) deleteToken(c *route.Call) (route.Reply, error) {
	_, err := a.o.Accounts.RevokeToken(c.Who.Actor, c.Param("id"))
	return route.JSON{Status: http.StatusNoContent}, err
}

func (a *API) postLink(c *route.Call) (route.Reply, error) {
	secret, err := a.o.Accounts.NewLink(c.Who.Actor)
	return route.JSON{Status: http.StatusCreated, Value: linkAnswer{Path: LinkPath(secret)}}, err
}

// LinkPath is the address of a set-up link on this server.
func LinkPath(secret string) string { return "/setup/" + secret }
