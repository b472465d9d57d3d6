package api

import (
	"net/http"

	"loaxa/admin/route"
)

// uploadRoutes are the tus protocol, for files that come over a poor line.
func (a *API) uploadRoutes() []route.Route {
	tus := func(method, path, summary string, max int64, serve func(w http.ResponseWriter, r *http.Request, owner, id string) error) route.Route {
		rt := edit(method, path, "", summary, func(c *route.Call) (route.Reply, error) {
			c.Extend(uploadTime)
			return route.Raw{Serve: func(w http.ResponseWriter, r *http.Request) error { return serve(w, r, c.Who.Actor, c.Param("id")) }}, nil
		})
		rt.MaxBody, rt.Slow, rt.Doc.Status = max, true, http.StatusNoContent
		return rt
	}
	create := tus("POST", "/uploads", "Begin an upload in pieces (tus 1.0): Upload-Length, and filename in Upload-Metadata.", uploadLimit,
		func(w http.ResponseWriter, r *http.Request, owner, _ string) error {
			return a.pieces.Create(w, r, owner)
		})
	create.Doc.Status = http.StatusCreated
	return []route.Route{create,
		tus("HEAD", "/uploads/:id", "How much of an upload has come (tus 1.0).", bodyLimit, a.pieces.Head),
		tus("PATCH", "/uploads/:id", "The next piece of an upload (tus 1.0). A complete one is named in POST /imports.", uploadLimit, a.pieces.Patch),
		tus("DELETE", "/uploads/:id", "Give an upload up (tus 1.0).", bodyLimit, a.pieces.Delete),
	}
}
