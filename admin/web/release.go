//go:build release

package web

import "embed"

// A release without its scripts does not build: each of them is named here.
//
//go:embed dist/app.js dist/calendar.js dist/listen.js dist/playlist.js dist/print.js dist/tus.js dist/upload.js dist/wave.js
var _ embed.FS
