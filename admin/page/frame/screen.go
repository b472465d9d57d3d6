package frame

import (
	"html/template"
	"io/fs"
	"net/http"

	"loaxa/admin/route"
)

// FormLimit is the most that a form of a page may have, bytes.
const FormLimit = 8 << 10

// Screen is what a room of screens brings to the table: its pages and forms, its templates, and what these call.
type Screen struct {
	Routes    []route.Route
	Templates fs.FS // template/*.html; their names and the names that they define are one set for all screens
	Functions template.FuncMap
}

// Look is a page that everybody who is signed in may read.
func Look(path string, h route.Handler) route.Route {
	return route.Route{Method: http.MethodGet, Path: path, Access: route.Signed, Roles: route.Everybody(), Page: true, Handle: h}
}

// Act is a form of those who may change what is played; logged names the act when a role is refused.
func Act(path, logged string, h route.Handler) route.Route {
	return route.Route{Method: http.MethodPost, Path: path, Access: route.Signed, Roles: route.Editors(), MaxBody: FormLimit,
		Logged: logged, Page: true, Handle: h}
}

// Phone lets registered phones call a route, too.
func Phone(rt route.Route) route.Route {
	rt.Phone = true
	return rt
}

// RefusedPage is a page of a refusal, with its status.
func RefusedPage(name string, status int, data any) route.Reply {
	if status < http.StatusBadRequest {
		status = http.StatusUnprocessableEntity
	}
	return route.Page{Status: status, Name: name, Data: data}
}
