// Package letter is the screens of "phát theo công văn": a campaign from the letter over its files and times to its approval, and how
// it goes.
package letter

import (
	"embed"
	"html/template"

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
	return frame.Screen{Routes: p.routes(), Templates: templates,
		Functions: template.FuncMap{"date": dateText, "worded": wordedOf},
	}
}
