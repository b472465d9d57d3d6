package frame

import (
	"net/http"
	"slices"

	"loaxa/admin/account"
	"loaxa/admin/route"
)

// Entry is one line of the menu. Bar is whether it stands in the phone's bottom bar.
type Entry struct {
	Path, Word string // Word is a key of the catalogue
	Bar        bool
	roles      []account.Role
	phone      bool // registered phones may open it
}

// entries is the menu in its order. An address without a route is left out, so that nobody sees a dead link.
var entries = []Entry{
	{Path: "/", Word: "menu.home", Bar: true},
	{Path: "/schedule", Word: "menu.schedule", Bar: true},
	{Path: "/clips", Word: "menu.clips", Bar: true},
	{Path: "/diary", Word: "menu.diary", Bar: true},
	{Path: "/campaigns", Word: "menu.campaigns"},
	{Path: "/playlists", Word: "menu.playlists"},
	{Path: "/emergency", Word: "menu.emergency"},
	{Path: "/reports", Word: "menu.reports"},
	{Path: "/lookup", Word: "menu.lookup"},
	{Path: "/users", Word: "menu.users"},
	{Path: "/account", Word: "menu.account"},
	{Path: "/settings", Word: "menu.settings"},
	{Path: "/help", Word: "menu.help"},
}

// menuOf is the entries that lead somewhere, with the roles of their routes.
func menuOf(routes []route.Route) []Entry {
	var out []Entry
	for _, e := range entries {
		i := slices.IndexFunc(routes, func(r route.Route) bool { return r.Method == http.MethodGet && r.Path == e.Path })
		if i < 0 {
			continue
		}
		if e.roles = routes[i].Roles; len(e.roles) == 0 {
			e.roles = account.Roles()
		}
		e.phone = routes[i].Phone || e.Path == "/"
		out = append(out, e)
	}
	return out
}

// Leads says whether the menu has this page, for whoever.
func (f *Frame) Leads(path string) bool {
	return slices.ContainsFunc(f.menu, func(e Entry) bool { return e.Path == path })
}
