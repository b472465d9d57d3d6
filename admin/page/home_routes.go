package page

import (
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
)

func (p *Pages) homeRoutes() []route.Route {
	return []route.Route{
		{Method: "GET", Path: "/", Access: route.Public, Page: true, Handle: p.getHome},
		frame.Look(frame.KeyFormPath, p.getKeyForm),
		{Method: "GET", Path: frame.VerifierPath, Access: route.Signed, Roles: route.Everybody(), Slow: true, Page: true, Handle: p.getVerifier},
		frame.Phone(frame.Act("/stop", "stop", p.postStop)),
		frame.Act("/hold", "hold", p.postHold),
		frame.Act("/release", "release", p.postRelease),
		frame.Act("/clock", "clock_set", p.postClock),
	}
}
