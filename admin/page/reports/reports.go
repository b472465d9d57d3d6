// Package reports is the screens of what an office hands in: the figures of any period, each leading to the broadcasts
// behind it, and the files that are made of them.
package reports

import (
	"embed"
	"html/template"
	"net/http"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
)

const (
	reportsPath = "/reports"
	rowsPath    = "/reports/rows"
	filesPath   = "/reports/files/"
)

// formLimit is the most that the form with the texts of a report may have, bytes.
const formLimit = 256 << 10

//go:embed template/*.html
var templates embed.FS

// Pages are the handlers of the screens.
type Pages struct {
	frame   *frame.Frame
	station *api.API
}

// New makes the screens in their frame.
func New(f *frame.Frame, station *api.API) *Pages { return &Pages{frame: f, station: station} }

// Screen is what they bring to the table. Everybody who is signed in may make reports: it is the operator's duty, and the
// inspector's reason to come.
func (p *Pages) Screen() frame.Screen {
	preview, rows, file, pictures := frame.Look(reportsPath, p.getReports), frame.Look(rowsPath, p.getRows), frame.Look(filesPath+":id/file", p.getFile), frame.Look(statisticsPath, p.getStatistics)
	preview.Slow, rows.Slow, file.Slow, pictures.Slow = true, true, true, true // years of a log take a while to read
	return frame.Screen{
		Routes: append(p.templateRoutes(), preview, rows, pictures, frame.Look(filesPath+":id", p.getWork), file,
			form(reportsPath+"/make", "report", p.postMake), form(filesPath+":id/end", "", p.postEnd)),
		Templates: templates,
		Functions: template.FuncMap{"size": sizeText, "tableIn": tableIn, "modes": func() []string { return []string{"", "tm", "kt", "tl"} }},
	}
}

// tablePart is a table with the words of its page.
type tablePart struct {
	W     locale.Words
	Table Table
}

func tableIn(page interface{ Words() locale.Words }, t Table) tablePart {
	return tablePart{W: page.Words(), Table: t}
}

func form(path, logged string, h route.Handler) route.Route {
	return route.Route{Method: http.MethodPost, Path: path, Access: route.Signed, Roles: route.Everybody(), MaxBody: formLimit, Logged: logged, Page: true, Handle: h}
}
