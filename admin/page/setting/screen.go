// Package setting is the screens of the settings, of the first set-up, and of the label for the machine.
package setting

import (
	"embed"
	"html/template"
	"slices"

	"loaxa/admin/api"
	"loaxa/admin/page/frame"
)

//go:embed template/*.html
var templates embed.FS

// Pages are the handlers of these screens.
type Pages struct {
	frame   *frame.Frame
	station *api.API
	reach   func() frame.Reach // how browsers get here; asked when a page is made, since addresses come and go
}

// New makes the screens in their frame.
func New(f *frame.Frame, station *api.API, reach func() frame.Reach) *Pages {
	return &Pages{frame: f, station: station, reach: reach}
}

// Screen is what they bring to the table.
func (p *Pages) Screen() frame.Screen {
	return frame.Screen{Routes: slices.Concat(p.startRoutes(), p.settingsRoutes()), Templates: templates,
		Functions: template.FuncMap{"settingsIn": settingsIn},
	}
}
