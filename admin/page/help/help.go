package help

import (
	"fmt"
	"html/template"
	"strings"

	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/player/alarm"
)

// helpPath is where the help begins.
const helpPath = "/help"

// Help is one page of the help. Its text stands in the catalogue: help.PAGE.SECTION is a section's heading, help.PAGE.SECTION.1
// its first paragraph.
type Help struct {
	frame.Shell
	Lead     string
	Sections []HelpSection
	Pages    []HelpLink
}

// HelpLink leads to another page of the help.
type HelpLink struct {
	Path, Title string
	Here        bool
}

// HelpSection is what somebody wants to know, in one go.
type HelpSection struct {
	ID, Title  string
	Paragraphs []HelpParagraph
	Path       string        // the page that it speaks of; "" none
	Picture    template.HTML // of that page; "" where the program was built without pictures
	Levels     []HelpLevel   // in the section on evidence
	Alarms     []HelpAlarm   // in the section on alarms
}

// HelpParagraph is a paragraph, an item of a list, or lines to type.
type HelpParagraph struct {
	Text       string
	Item, Code bool
}

// HelpLevel is a level of evidence with what fools it.
type HelpLevel struct {
	Level        int
	Means, Fools string
}

// HelpAlarm is an alarm as the home page shows it.
type HelpAlarm struct {
	Code, Cause, Do string
	Grave           bool
}

// part is a section before it has words: of what it speaks, and whether that page is part of the program.
type part struct{ id, path string }

var (
	guideParts = []part{{"home", "/"}, {"stop", ""}, {"emergency", frame.EmergencyPath}, {"clips", "/clips"}, {"approve", "/clips"}, {"playlists", "/playlists"},
		{"schedule", "/schedule"}, {"days", "/schedule"}, {"campaign", "/campaigns"}, {"diary", "/diary"}, {"verify", ""}, {"reports", "/reports"}, {"lookup", "/lookup"},
		{"settings", "/settings"}, {"people", "/account"}, {"clock", ""}, {"trouble", ""}}
	officialParts   = []part{{"what", ""}, {"proves", ""}, {"not", ""}, {"levels", ""}, {"results", ""}, {"time", ""}, {"do", ""}}
	technicianParts = []part{{"install", ""}, {"network", ""}, {"devices", ""}, {"clock", ""}, {"checks", ""}, {"backup", ""}, {"power", ""}, {"alarms", ""}}
)

func (p *Pages) routes() []route.Route {
	page := func(path, name string, parts []part) route.Route {
		return frame.Look(path, func(c *route.Call) (route.Reply, error) { return p.help(c, path, name, parts) })
	}
	return []route.Route{
		page(helpPath, "guide", guideParts),
		page(helpPath+"/officials", "officials", officialParts),
		page(helpPath+"/technician", "technician", technicianParts),
	}
}

func (p *Pages) help(c *route.Call, path, name string, parts []part) (route.Reply, error) {
	w := c.Words
	title := func(name string) string {
		if name == "guide" {
			return w.T("help.title")
		}
		return w.T("help." + name + ".title")
	}
	shell, err := p.frame.Shell(c, helpPath, title(name))
	if err != nil {
		return nil, err
	}
	h := Help{Shell: shell, Lead: w.T("help." + name + ".lead")}
	for _, l := range []HelpLink{{Path: helpPath, Title: title("guide")}, {Path: helpPath + "/officials", Title: title("officials")},
		{Path: helpPath + "/technician", Title: title("technician")}} {
		l.Here = l.Path == path
		h.Pages = append(h.Pages, l)
	}
	pictured := make(map[string]bool)
	for _, x := range parts {
		if x.path != "" && !p.frame.Leads(x.path) {
			continue // what is not part of this program is not explained
		}
		s := section(w, name, x.id)
		if s.Path = x.path; x.path != "" && !pictured[x.path] {
			pictured[x.path] = true
			s.Picture = h.picture(x.id, s.Title)
		}
		h.Sections = append(h.Sections, s)
	}
	return route.Page{Name: "help.html", Data: h}, nil
}

func section(w locale.Words, page, id string) HelpSection {
	key := "help." + page + "." + id
	s := HelpSection{ID: id, Title: w.T(key)}
	for n := 1; ; n++ {
		text := w.Or(fmt.Sprintf("%s.%d", key, n), "")
		if text == "" {
			break
		}
		x := HelpParagraph{Text: text}
		if rest, ok := strings.CutPrefix(text, "- "); ok {
			x.Text, x.Item = rest, true
		} else if strings.HasPrefix(text, "$ ") {
			x.Text, x.Code = strings.TrimPrefix(strings.ReplaceAll(text, "\n$ ", "\n"), "$ "), true
		}
		s.Paragraphs = append(s.Paragraphs, x)
	}
	switch id {
	case "levels":
		for n := range 6 {
			s.Levels = append(s.Levels, HelpLevel{n, w.T(fmt.Sprintf("help.level.%d", n)), w.T(fmt.Sprintf("help.level.%d.not", n))})
		}
	case "alarms":
		for _, code := range alarm.Codes() {
			t := alarm.Explain(code)
			a := HelpAlarm{string(code), t.CauseVI, t.DoVI, t.Grave}
			if w.Language == locale.English {
				a.Cause, a.Do = t.CauseEN, t.DoEN
			}
			s.Alarms = append(s.Alarms, a)
		}
	}
	return s
}

// The size of the help's pictures, which `make pictures` takes of the running pages.
const (
	pictureWidth  = 360
	pictureHeight = 640
)

// picture is the tag of a screenshot; a program built without it has none, and the text stands by itself.
func (h Help) picture(name, title string) template.HTML {
	address := h.Asset("help-" + name + "-" + string(h.W.Language) + ".png")
	if address == "" {
		return ""
	}
	return template.HTML(fmt.Sprintf(`<img src="%s" alt="%s" width="%d" height="%d" loading="lazy">`, //nolint:gosec // escaped, and ours
		template.HTMLEscapeString(address), template.HTMLEscapeString(h.W.T("help.picture", title)), pictureWidth, pictureHeight))
}
