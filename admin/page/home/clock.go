package home

import (
	"errors"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
)

// postClock takes the phone's time from the script, the typed time without it, or the person's word that the time shown is
// right.
func (p *Pages) postClock(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	form, ctx := c.Request.PostForm, c.Request.Context()
	if shown := form.Get("shown"); shown != "" {
		at, err := time.Parse(time.RFC3339, shown)
		if err != nil {
			return nil, route.BadRequest("bad_form", "shown is no time")
		}
		return afterClock(c, "clock_confirmed", p.station.ConfirmClock(ctx, c.Who, at))
	}
	to, err := time.Parse(time.RFC3339, form.Get("phone"))
	if err != nil { // typed: the station's zone of time is meant
		zone := p.station.Clock().At.Location()
		if to, err = time.ParseInLocation("2006-01-02T15:04", form.Get("time"), zone); err != nil {
			return route.Redirect{To: frame.Origin(c) + "?note=clock_unread"}, nil
		}
	}
	return afterClock(c, "clock_set", p.station.SetClock(ctx, c.Who, to))
}

// afterClock leads back to the page, which says what came of it.
func afterClock(c *route.Call, note string, err error) (route.Reply, error) {
	code := api.RefusalCode(err)
	var p *route.Problem
	if errors.As(err, &p) {
		code = p.Code
	}
	switch code {
	case "clock_not_allowed", "clock_failed", "clock_implausible", "clock_stale":
		return route.Redirect{To: frame.Origin(c) + "?note=" + code}, nil
	}
	return frame.After(c, note, err)
}
