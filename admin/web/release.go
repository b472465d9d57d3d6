//go:build release

package web

import "embed"

// A release without its scripts does not build: each of them is named here.
//
//go:embed dist/app.js dist/listen.js dist/print.js
var _ embed.FS
