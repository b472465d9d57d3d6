package api

import (
	"net/http"

	"loaxa/admin/account"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
)

type rotateRequest struct {
	Why string `json:"why"`
}

// rotateAnswer is the log's new key, which must be registered on paper like the first one.
type rotateAnswer struct {
	Epoch       int64  `json:"epoch"`
	PublicKey   string `json:"public_key"`  // note verifier key
	Fingerprint string `json:"fingerprint"` // as on the registration form
}

func (a *API) rotateRoute() route.Route {
	rt := described(edit("POST", "/log/rotate-key", "rotate_key", "Give the log a new signing key; the old one signs the change.", a.postRotateKey),
		rotateRequest{}, rotateAnswer{}, 0)
	rt.Roles = []account.Role{account.Administrator}
	return rt
}

func (a *API) postRotateKey(c *route.Call) (route.Reply, error) {
	epoch, err := a.epoch(c)
	if err != nil {
		return nil, err
	}
	var in rotateRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	why, err := oneLine("why", in.Why)
	if err != nil {
		return nil, err
	}
	if why == "" {
		msg := "why is missing: the change stays on record for good"
		return nil, &route.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid", Detail: msg,
			Fields: []route.Field{{Field: "why", Code: "required", Message: msg}}}
	}
	key, err := a.o.Log.RotateKey(c.Request.Context(), c.Who.Actor, why)
	if err != nil {
		a.Operator(c.Who.Actor, evidence.Operator{What: "rotate_key", Reason: why, Result: "failed: " + err.Error()})
		return nil, logError(err)
	}
	print, err := evidence.Fingerprint(key)
	if err != nil {
		return nil, logError(err)
	}
	a.Operator(c.Who.Actor, evidence.Operator{What: "rotate_key", Object: print, Reason: why, Result: "done"})
	// The new key signs at once, so that who registers it can see that it is in use.
	if _, err := a.o.Log.Checkpoint(c.Request.Context()); err != nil {
		a.o.Logger.Error("signing with the new key", "err", err)
	}
	return route.JSON{Value: rotateAnswer{Epoch: epoch, PublicKey: key, Fingerprint: print}}, nil
}
