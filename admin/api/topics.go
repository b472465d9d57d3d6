package api

import (
	"loaxa/admin/account"
	"loaxa/admin/route"
	"loaxa/schedule"
)

func (a *API) topicRoutes() []route.Route {
	put := described(edit("PUT", "/taxonomy", "taxonomy", "Store what clips can be about, whole; clips keep their tags.", a.putTaxonomy), schedule.Taxonomy{}, schedule.Taxonomy{}, 0)
	put.Roles = []account.Role{account.Administrator}
	return []route.Route{
		described(read("/taxonomy", "What clips can be about: axes with their topics, sources and days of verification. A tag is axis.topic.", a.getTaxonomy), nil, schedule.Taxonomy{}, 0), put}
}

func (a *API) getTaxonomy(*route.Call) (route.Reply, error) {
	t, err := a.o.Rules.Taxonomy()
	return route.JSON{Value: t}, err
}

func (a *API) putTaxonomy(c *route.Call) (route.Reply, error) {
	var t schedule.Taxonomy
	if err := c.DecodeJSON(&t); err != nil {
		return nil, err
	}
	stored, err := a.o.Rules.PutTaxonomy(c.Who.Actor, t)
	return route.JSON{Value: stored}, err
}
