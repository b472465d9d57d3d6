package api

import (
	"net/http"
	"time"

	"loaxa/admin/route"
	"loaxa/schedule"
)

// splitRequest is "from this one on".
type splitRequest struct {
	At        time.Time          `json:"at"` // a start of the programme: the first that is changed
	Programme schedule.Programme `json:"programme"`
}

type splitAnswer struct {
	Ended   schedule.Programme `json:"ended"`
	Follows schedule.Programme `json:"follows"`
}

// editRoutes change single occurrences, and a programme from one on.
func (a *API) editRoutes() []route.Route {
	one := described(edit("POST", "/programmes/:id/occurrence", "programme",
		"Change one occurrence only: cancel it, move it, or give it another playlist or volume. It keeps its ID.", a.postOccurrence),
		schedule.Exception{}, schedule.Programme{}, 0)
	from := described(edit("POST", "/programmes/:id/from", "programme",
		"Change a programme from one occurrence on: it ends there, and a new one follows.", a.postFrom), splitRequest{}, splitAnswer{}, http.StatusCreated)
	one.Doc.Query, from.Doc.Query = confirmParam(), confirmParam()
	return []route.Route{one, from}
}

func (a *API) postOccurrence(c *route.Call) (route.Reply, error) {
	var e schedule.Exception
	if err := c.DecodeJSON(&e); err != nil {
		return nil, err
	}
	p, err := a.ChangeOccurrence(ActOf(c), c.Param("id"), e, "")
	if err != nil {
		return nil, err
	}
	return route.JSON{Value: p}, nil
}

func (a *API) postFrom(c *route.Call) (route.Reply, error) {
	var in splitRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	ended, follows, err := a.ChangeFrom(ActOf(c), c.Param("id"), in.At, Draft{Programme: in.Programme})
	if err != nil {
		return nil, err
	}
	return route.JSON{Status: http.StatusCreated, Value: splitAnswer{Ended: ended, Follows: follows}, Location: Prefix + "/programmes/" + follows.ID}, nil
}
