package page

import (
	"crypto/rand"
	"net/http"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/route"
)

// Emergency is the form on the station's page with which somebody speaks to the village at once.
type Emergency struct {
	Choices []api.Choice
	// RequestID lets a form that is sent twice sound once.
	RequestID string
	Approver  bool // may let any clip sound, at any hour
	Minutes   int  // the most that may be asked for
}

func (p *Pages) emergency(c *route.Call) Emergency {
	return Emergency{Choices: p.o.Station.Choices(), RequestID: rand.Text(), Approver: c.Who.Role.MayOverrideQuiet(), Minutes: api.EmergencyMinutes}
}

func (p *Pages) emergencyRoutes() []route.Route {
	form := func(path, logged string, most int64, h route.Handler) route.Route {
		return route.Route{Method: http.MethodPost, Path: path, Access: route.Signed, Roles: route.Editors(), MaxBody: most,
			Slow: most > formLimit, Logged: logged, Phone: true, Page: true, Handle: h}
	}
	return []route.Route{
		form("/emergency", "emergency", api.EmergencyBody, p.postEmergency),
		form("/extend", "extend", formLimit, p.postExtend),
	}
}

func (p *Pages) postEmergency(c *route.Call) (route.Reply, error) {
	_, waits, err := p.o.Station.EmergencyForm(c)
	switch {
	case api.RefusalCode(err) == "repeated": // the button was pressed twice
	case err != nil:
		return nil, err
	case waits:
		return route.Redirect{To: "/?note=emergency_waits"}, nil
	}
	return route.Redirect{To: "/?note=emergency"}, nil
}

// extendBy is by how much the page's button puts off the end of an emergency.
const extendBy = 10 * time.Minute

func (p *Pages) postExtend(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	_, err := p.o.Station.Extend(c.Request.Context(), c.Who, c.Request.PostForm.Get("broadcast"), extendBy)
	return after("extended", err)
}
