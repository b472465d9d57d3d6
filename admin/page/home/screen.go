// Package home is the page of the station with the acts on it, and the form on which its key is registered.
package home

import (
	"embed"
	"html/template"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
)

//go:embed template/*.html
var templates embed.FS

// Door makes the page on which whoever is not signed in comes in; next is where they go then.
type Door func(w locale.Words, next string, notice frame.Notice, status int) (route.Reply, error)

// Pages are the handlers of these screens.
type Pages struct {
	frame    *frame.Frame
	station  *api.API
	verifier []byte // the verifier page; none when the program was built without it
	door     Door
}

// New makes the screens in their frame.
func New(f *frame.Frame, station *api.API, verifier []byte, door Door) *Pages {
	return &Pages{frame: f, station: station, verifier: verifier, door: door}
}

// Screen is what they bring to the table.
func (p *Pages) Screen() frame.Screen {
	return frame.Screen{Routes: p.routes(), Templates: templates,
		Functions: template.FuncMap{"countdown": countdownText},
	}
}

func (p *Pages) routes() []route.Route {
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
