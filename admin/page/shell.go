package page

import (
	"bytes"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/admin/web"
)

// Base is what every page needs: words, files, and a notice.
type Base struct {
	W      locale.Words
	Title  string
	Notice Notice
	files  map[string]web.File
}

// Shell is Base and what stands around every page of a signed-in person: head with the state, menu, DỪNG.
type Shell struct {
	Base
	Who     account.Identity
	MayAct  bool // change what is played; stop
	Station api.Station
	Now     api.Now
	Weekday string
	State   string // playing | soon | resting | hold | fault; also the class of the box
	Line    string // a sentence on the state, may be ""
	Menu    []Entry
	Here    string // address of the menu's entry that this page belongs to
}

// Entry is one line of the menu. Bar is whether it stands in the phone's bottom bar.
type Entry struct {
	Path, Word string // Word is a key of the catalogue
	Bar        bool
	roles      []account.Role
	phone      bool // registered phones may open it
}

// Notice is the sentence at the top of a page after an act: ok, warn or bad.
type Notice struct {
	Mark, Text string
	Undo       *Undo // nil where nothing can be taken back
}

// Undo takes the last act back: a form with one button.
type Undo struct {
	Action string // address of the form
	Fields map[string]string
}

// entries is the menu in its order. An address without a route is left out, so that nobody sees a dead link.
var entries = []Entry{
	{Path: "/", Word: "menu.home", Bar: true},
	{Path: "/schedule", Word: "menu.schedule", Bar: true},
	{Path: "/clips", Word: "menu.clips", Bar: true},
	{Path: "/diary", Word: "menu.diary", Bar: true},
	{Path: "/campaigns", Word: "menu.campaigns"},
	{Path: "/playlists", Word: "menu.playlists"},
	{Path: "/emergency", Word: "menu.emergency"},
	{Path: "/reports", Word: "menu.reports"},
	{Path: "/lookup", Word: "menu.lookup"},
	{Path: "/users", Word: "menu.users"},
	{Path: "/account", Word: "menu.account"},
	{Path: "/settings", Word: "menu.settings"},
	{Path: "/help", Word: "menu.help"},
}

// menuOf is the entries that lead somewhere, with the roles of their routes.
func menuOf(routes []route.Route) []Entry {
	var out []Entry
	for _, e := range entries {
		i := slices.IndexFunc(routes, func(r route.Route) bool { return r.Method == http.MethodGet && r.Path == e.Path })
		if i < 0 {
			continue
		}
		if e.roles = routes[i].Roles; len(e.roles) == 0 {
			e.roles = account.Roles()
		}
		e.phone = routes[i].Phone || e.Path == "/"
		out = append(out, e)
	}
	return out
}

// leads says whether the menu has this page, for whoever.
func (p *Pages) leads(path string) bool {
	return slices.ContainsFunc(p.menu, func(e Entry) bool { return e.Path == path })
}

func (p *Pages) base(w locale.Words, title string) Base {
	return Base{W: w, Title: title, files: p.files}
}

// shell is the frame of a page for who is signed in; here is the menu's entry, title the page's name.
func (p *Pages) shell(c *route.Call, here, title string) (Shell, error) {
	station, err := p.o.Station.Station()
	if err != nil {
		return Shell{}, err
	}
	s := Shell{Base: p.base(c.Words, title), Who: c.Who, MayAct: slices.Contains(route.Editors(), c.Who.Role), Station: station,
		Now: p.o.Station.Now(c.Words), Here: here}
	s.Weekday = weekday(c.Words, s.Now.At)
	s.State, s.Line = state(c.Words, s.Now)
	for _, e := range p.menu {
		if slices.Contains(e.roles, c.Who.Role) && (e.phone || !c.Who.Phone) {
			s.Menu = append(s.Menu, e)
		}
	}
	s.Notice = noted(c.Words, c.Query("note"))
	return s, nil
}

// noted is the sentence of a note in the address, which is a code that the catalogue knows: the address bar is no place to
// speak through. "note.X" tells of something done; without it "problem.X" of something refused.
func noted(w locale.Words, code string) Notice {
	if code == "" {
		return Notice{}
	}
	mark := "ok"
	switch code {
	case "emergency_waits", "nothing_on_air", "not_on_hold", "campaign_few_times", "tone_not_heard", "not_heard": // no fault of anybody's
		mark = "warn"
	}
	if text := w.Or("note."+code, ""); text != "" {
		return Notice{Mark: mark, Text: text}
	}
	if text := w.Or("problem."+code, ""); text != "" {
		if mark == "ok" {
			mark = "bad"
		}
		return Notice{Mark: mark, Text: strings.TrimSpace(text + " " + w.Or("problem."+code+".do", ""))}
	}
	return Notice{}
}

// refused is an error as a notice on the page whose form was sent, with the status of the answer: what happened, what to do,
// the code.
func (p *Pages) refused(w locale.Words, err error) (Notice, int) {
	problem := p.o.ProblemOf(err)
	title, do := problem.Sentences(w)
	return Notice{Mark: "bad", Text: strings.TrimSpace(title+" "+do) + " [" + problem.Code + "]"}, problem.Status
}

// Asset is the address of a file; its hash stands in it, so that browsers may keep the file for ever. A file that was not
// built has none.
func (b Base) Asset(name string) string {
	f, ok := b.files[name]
	if !ok {
		return ""
	}
	return "/asset/" + name + "?v=" + f.Hash
}

// Script is the tag of a script, nothing when the program was built without it.
func (b Base) Script(name string) template.HTML {
	if address := b.Asset(name); address != "" {
		return template.HTML(`<script src="` + template.HTMLEscapeString(address) + `" defer></script>`) //nolint:gosec // escaped, and ours
	}
	return ""
}

// Built says whether the program has its scripts.
func (b Base) Built() bool { return b.Asset("app.js") != "" }

// Problem is a refusal as a page.
type Problem struct {
	Base
	Status                    int
	Heading, Do, Detail, Code string
}

// Problem makes the page of a problem.
func (p *Pages) Problem(w locale.Words, status int, heading, do, detail, code string) route.Page {
	return route.Page{Status: status, Name: "problem.html",
		Data: Problem{Base: p.base(w, heading), Status: status, Heading: heading, Do: do, Detail: detail, Code: code}}
}

func (p *Pages) shellRoutes() []route.Route {
	return []route.Route{
		{Method: http.MethodGet, Path: "/asset/:name", Access: route.Public, Handle: p.getAsset},
		{Method: http.MethodPost, Path: "/language", Access: route.Public, MaxBody: formLimit, Page: true, Handle: p.postLanguage},
	}
}

func (p *Pages) getAsset(c *route.Call) (route.Reply, error) {
	f, ok := p.files[c.Param("name")]
	if !ok {
		return nil, route.NotFound("file", c.Param("name"))
	}
	tag := `"` + f.Hash + `"`
	if f.Packed != nil && route.TakesGzip(c.Request) {
		return route.Content{File: nopCloser{bytes.NewReader(f.Packed)}, Type: f.Type, ETag: `"` + f.Hash + `-gzip"`, Encoding: "gzip"}, nil
	}
	return route.Content{File: nopCloser{bytes.NewReader(f.Body)}, Type: f.Type, ETag: tag}, nil
}

// LanguageCookie is the name of the cookie that keeps the language somebody chose: vi or en.
const LanguageCookie = "loaxa_language"

// postLanguage keeps the language in this browser, and leads back to the page of this station from which it was chosen.
func (p *Pages) postLanguage(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	lang := locale.Vietnamese
	if c.Request.PostForm.Get("language") == string(locale.English) {
		lang = locale.English
	}
	back := c.Request.PostForm.Get("back")
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.ContainsAny(back, "\\\r\n") {
		back = "/"
	}
	cookie := sessionCookie(c.Request, string(lang), 365*24*3600) //nolint:gosec // it has all three, Secure where the connection is
	cookie.Name = LanguageCookie
	return route.Redirect{To: back, Cookie: cookie}, nil
}
