// Package diary is the screens of what was planned beside what came of it, the story of one broadcast, and the check of the log.
package diary

import (
	"embed"

	"loaxa/admin/api"
	"loaxa/admin/page/frame"
)

//go:embed template/*.html
var templates embed.FS

// Pages are the handlers of these screens.
type Pages struct {
	frame   *frame.Frame
	station *api.API
}

// New makes the screens in their frame.
func New(f *frame.Frame, station *api.API) *Pages {
	return &Pages{frame: f, station: station}
}

// Screen is what they bring to the table.
func (p *Pages) Screen() frame.Screen {
	return frame.Screen{Routes: p.routes(), Templates: templates}
}
