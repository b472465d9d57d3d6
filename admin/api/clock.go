package api

import (
	"context"
	"net/http"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/route"
	"loaxa/schedule/clock"
)

// shownMost is how old the time may be that a person confirms: a page that was open for an hour shows no clock.
const shownMost = 2 * time.Minute

// Clock is the station's time and what it is worth.
type Clock struct {
	At    time.Time `json:"at"`
	Trust string    `json:"trust"`  // synchronised | set | rtc | doubtful
	ErrUS int64     `json:"err_us"` // the largest error that is reckoned with, microseconds
	Why   string    `json:"why"`    // in a sentence
	Held  bool      `json:"held"`   // nothing starts by itself until the time is known
}

// clockRequest sets the clock or confirms it.
type clockRequest struct {
	// Time is the right time, such as a phone's, RFC 3339. With Confirm it is the time that was shown to the person.
	Time    time.Time `json:"time"`
	Confirm bool      `json:"confirm"`
}

func (a *API) clockRoutes() []route.Route {
	get := read("/clock", "The station's time and what it is worth.", a.getClock)
	get.Doc.Response = Clock{}
	return []route.Route{get, {
		Method: "POST", Path: Prefix + "/clock", Access: route.Signed, Roles: route.Editors(), MaxBody: 4 << 10, Logged: "clock_set", Handle: a.postClock,
		Doc: route.Doc{Summary: "Set the station's clock, or confirm that the time it shows is right.", Request: clockRequest{}, Response: Clock{}},
	}}
}

// Clock tells the time and what it is worth.
func (a *API) Clock() Clock {
	s := a.o.Stamp()
	c := Clock{At: milli(a.o.Now()), Trust: string(s.Trust), ErrUS: s.ErrUS, Held: a.o.Player.Now().ClockHeld}
	if a.o.ClockNote != nil {
		c.Why = a.o.ClockNote()
	}
	return c
}

func (a *API) getClock(*route.Call) (route.Reply, error) { return route.JSON{Value: a.Clock()}, nil }

func (a *API) postClock(c *route.Call) (route.Reply, error) {
	var in clockRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	var err error
	switch {
	case in.Confirm:
		err = a.ConfirmClock(c.Request.Context(), c.Who, in.Time)
	case in.Time.IsZero():
		err = &route.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid", Detail: "give the right time, or confirm",
			Fields: []route.Field{{Field: "time", Code: "missing", Message: "give the right time, or confirm"}}}
	default:
		err = a.SetClock(c.Request.Context(), c.Who, in.Time)
	}
	if err != nil {
		return nil, err
	}
	return route.JSON{Value: a.Clock()}, nil
}

// SetClock sets the machine's clock in a person's name.
func (a *API) SetClock(ctx context.Context, who account.Identity, to time.Time) error {
	return a.o.Player.SetClock(context.WithoutCancel(ctx), who.Actor, to)
}

// ConfirmClock takes a person's word that the time is right. shown is the time that the person saw; zero is not checked.
func (a *API) ConfirmClock(ctx context.Context, who account.Identity, shown time.Time) error {
	if !shown.IsZero() && a.o.Now().Sub(shown).Abs() > shownMost {
		return &route.Problem{Status: http.StatusConflict, Code: "clock_stale", Detail: "the time that was confirmed is not the time that it is here now"}
	}
	return a.o.Player.SetClock(context.WithoutCancel(ctx), who.Actor, time.Time{})
}

// Doubtful says whether nothing vouches for the time.
func (c Clock) Doubtful() bool { return c.Trust == string(clock.Doubtful) }
