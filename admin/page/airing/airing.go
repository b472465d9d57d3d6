// Package airing puts a broadcast into words as every screen says it: its row, its line in the diary, its status, reason
// and proof, and the addresses of its story and its days.
package airing

import (
	"embed"

	"loaxa/admin/page/frame"
)

//go:embed template/*.html
var templates embed.FS

// Screen is the parts of templates that draw what this package says; it has no page of its own.
func Screen() frame.Screen { return frame.Screen{Templates: templates} }
