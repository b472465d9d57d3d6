package api

import (
	"time"

	"loaxa/admin/route"
)

// Night is what the silent rehearsal of the day after found.
type Night struct {
	At       time.Time `json:"at"`
	Day      string    `json:"day"` // that was rehearsed, "2006-01-02"
	OK       bool      `json:"ok"`
	Detail   string    `json:"detail"` // in one line: what is red, or what was looked at
	Findings []Finding `json:"findings"`
}

func (a *API) nightRoutes() []route.Route {
	if a.o.Rehearse == nil {
		return nil
	}
	last := described(read("/check", "What the last silent rehearsal of the day after found; 404 before the first.", a.getNight), nil, Night{}, 0)
	now := described(route.Route{Method: "POST", Path: Prefix + "/check", Access: route.Signed, Roles: route.Editors(), MaxBody: 1 << 10, Slow: true,
		Logged: "night_check", Handle: a.postNight, Doc: route.Doc{Summary: "Rehearse tomorrow now, in silence. It may take minutes."}}, nil, Night{}, 0)
	return []route.Route{last, now}
}

// Night is the last rehearsal; ok is false before the first.
func (a *API) Night() (Night, bool) {
	if a.o.LastNight == nil {
		return Night{}, false
	}
	return a.o.LastNight()
}

func (a *API) getNight(*route.Call) (route.Reply, error) {
	n, ok := a.Night()
	if !ok {
		return nil, &route.Problem{Status: 404, Code: "not_found", Detail: "tomorrow has not been rehearsed yet"}
	}
	return route.JSON{Value: n}, nil
}

func (a *API) postNight(c *route.Call) (route.Reply, error) {
	n, err := a.o.Rehearse(c.Request.Context(), c.Who.Actor)
	if err != nil {
		return nil, err
	}
	return route.JSON{Value: n}, nil
}
