// Package help is the guide inside the pages: for who runs the station, for officials, for the technician.
package help

import (
	"embed"

	"loaxa/admin/page/frame"
)

//go:embed template/*.html
var templates embed.FS

// Pages are the handlers of these screens.
type Pages struct {
	frame *frame.Frame
}

// New makes the screens in their frame.
func New(f *frame.Frame) *Pages {
	return &Pages{frame: f}
}

// Screen is what they bring to the table.
func (p *Pages) Screen() frame.Screen {
	return frame.Screen{Routes: p.routes(), Templates: templates}
}
