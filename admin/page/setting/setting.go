package setting

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/schedule"
)

const settingsPath = "/settings"

// settingsForm is the most that a group may have: lists of hosts and tags, with the values that were shown before.
const settingsForm = 64 << 10

// Settings is the page of what staff may set. Who may not change it reads it.
type Settings struct {
	frame.Shell
	MayChange bool
	Groups    []SettingGroup
	SetClock  *frame.ClockCard
	Clock     api.Clock
	Trust     frame.Line
	Device    frame.Line
	Tone      ToneCard
	HeardOn   string // the day on which somebody last heard the test sound; "" never
	NextDay   string // the special day that is or comes next, in words; "" none
	Addresses []Address
	Local     bool // the page was opened on the machine itself, under a name that no other machine can use
}

// SettingGroup is what is saved with one button.
type SettingGroup struct {
	Name   string
	Fields []SettingField
	Was    string // the values that were shown, so that another person's change is noticed
	Saved  string // "10:32" right after it was saved
	Error  string // of the whole group
	Night  string // what would sound at night: the second question
	Open   bool
	Brief  string // the first values in a line, for the closed group
}

// SettingField is one setting in the form.
type SettingField struct {
	Name, Kind, Word, About, Unit, Value string
	Default                              string // in words
	Shown                                string // the value in words
	Error                                string
	Choices                              []frame.Pick
	Rows                                 []SpanRow
}

// SpanRow is one part of the day in the form.
type SpanRow struct {
	Number                  int
	From, To, Days, Percent string
	Choices                 []frame.Pick // of days
}

func (p *Pages) settingsRoutes() []route.Route {
	save := route.Route{Method: http.MethodPost, Path: settingsPath + "/:group", Access: route.Signed, Roles: []account.Role{account.Administrator},
		MaxBody: settingsForm, Logged: "settings", Page: true, Handle: p.postSettings}
	tone := frame.Act("/settings/tone", "tone", p.postTone)
	tone.Slow = true // the sound is made and imported the first time
	return []route.Route{
		frame.Look(settingsPath, p.getSettings),
		frame.Look(labelPath, p.getLabel),
		save, tone,
		frame.Act("/settings/heard", "tone", p.postHeard),
	}
}

var savedAt = regexp.MustCompile(`^[0-2][0-9]:[0-5][0-9]$`)

func (p *Pages) getSettings(c *route.Call) (route.Reply, error) {
	page, err := p.settingsPage(c)
	if err != nil {
		return nil, err
	}
	if at := c.Query("at"); savedAt.MatchString(at) {
		for i := range page.Groups {
			if page.Groups[i].Name == c.Query("saved") {
				page.Groups[i].Saved, page.Groups[i].Open = at, true
			}
		}
	}
	return route.Page{Name: "settings.html", Data: page}, nil
}

func (p *Pages) settingsPage(c *route.Call) (Settings, error) {
	shell, err := p.frame.Shell(c, settingsPath, c.Words.T("menu.settings"))
	if err != nil {
		return Settings{}, err
	}
	page := Settings{Shell: shell, MayChange: c.Who.Role == account.Administrator, Clock: p.station.Clock(), Trust: frame.TrustLine(c.Words, shell.Now.Clock),
		Device: frame.OutputLine(c.Words, shell.Now)}
	if shell.MayAct {
		page.SetClock = p.frame.ClockCard(c)
	}
	page.Tone = ToneCard{Broadcast: c.Query("tone")}
	page.Addresses, page.Local = p.addresses(c)
	stands := p.station.Settings()
	page.HeardOn, page.NextDay = heardOn(&stands), p.nextDay(c.Words, shell.Now.At)
	for _, g := range settingGroups() {
		page.Groups = append(page.Groups, p.settingGroup(c.Words, g, g.values(&stands)))
	}
	return page, nil
}

// heardOn is the day on which somebody last heard the test sound, as days are written here.
func heardOn(s *schedule.Settings) string {
	on, err := time.Parse(time.DateOnly, string(s.ToneHeardOn))
	if err != nil {
		return ""
	}
	return frame.DayText(on)
}

// dayReach is how far ahead the next special day is looked for.
const dayReach = 366

// nextDay names the special day that is today or comes next.
func (p *Pages) nextDay(w locale.Words, now time.Time) string {
	days := p.station.Days()
	if len(days) == 0 {
		return ""
	}
	for n := range dayReach {
		at := now.AddDate(0, 0, n)
		if names := schedule.RuleOf(days, schedule.Date(at.Format(time.DateOnly))).Names; len(names) > 0 {
			return frame.Weekday(w, at) + " " + frame.DayText(at) + ", " + strings.Join(names, ", ")
		}
	}
	return ""
}

// values are the settings of a group as a form has them.
func (g settingGroup) values(s *schedule.Settings) map[string]string {
	out := make(map[string]string, len(g.fields))
	for _, f := range g.fields {
		out[f.name] = f.get(s)
	}
	return out
}

// settingGroup puts a group with these values into the page's form.
func (p *Pages) settingGroup(w locale.Words, g settingGroup, values map[string]string) SettingGroup {
	defaults := schedule.DefaultSettings()
	was, _ := json.Marshal(values) // strings only
	out := SettingGroup{Name: g.name, Was: string(was)}
	var brief []string
	for _, f := range g.fields {
		v := values[f.name]
		field := SettingField{Name: f.name, Kind: string(f.kind), Word: w.T("set." + f.name), About: w.Or("set."+f.name+".about", ""),
			Value: v, Shown: p.settingWords(w, f, v), Default: p.settingWords(w, f, f.get(&defaults))}
		if f.unit != "" {
			field.Unit = w.T("set.unit." + f.unit)
		}
		switch f.kind {
		case settingChoice:
			for _, c := range f.choices {
				field.Choices = append(field.Choices, frame.Pick{Value: c, Word: w.T("set." + f.name + "." + c), Chosen: c == v})
			}
		case settingList:
			field.Choices = p.playlistChoices(w, v)
		case settingSpans, settingLevels:
			field.Rows = spanRows(w, v)
		}
		if telling := field.telling(); telling != "" && len(brief) < 2 {
			brief = append(brief, telling)
		}
		out.Fields = append(out.Fields, field)
	}
	if out.Brief = strings.Join(brief, " · "); out.Brief == "" {
		out.Brief = w.T("set.nothing")
	}
	return out
}

// telling is what a closed group says of a setting: nothing where nothing is set.
func (f SettingField) telling() string {
	switch {
	case f.Value == "" || f.Value == "0":
		return ""
	case f.Kind == string(settingTick):
		return f.Word
	}
	return f.Shown
}

func (p *Pages) playlistChoices(w locale.Words, chosen string) []frame.Pick {
	out := []frame.Pick{{Value: "", Word: w.T("set.playlist.none"), Chosen: chosen == ""}}
	for _, l := range p.station.Playlists() {
		out = append(out, frame.Pick{Value: l.ID, Word: l.Title, Chosen: l.ID == chosen})
	}
	return out
}

// postSettings saves one group. What was changed meanwhile by somebody else in the same group is told, and nothing that
// was typed is lost; other groups do not matter.
func (p *Pages) postSettings(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	groups := settingGroups()
	i := slices.IndexFunc(groups, func(g settingGroup) bool { return g.name == c.Param("group") })
	if i < 0 {
		return nil, route.NotFound("group of settings", c.Param("group"))
	}
	g, form := groups[i], c.Request.PostForm
	typed := make(map[string]string, len(g.fields))
	for _, f := range g.fields {
		typed[f.name] = f.read(form)
	}
	faults := map[string]string{}
	_, err := p.station.ChangeSettings(c, func(s *schedule.Settings) error {
		if stands := g.values(s); !sameAsShown(form.Get("was"), stands) {
			return &meanwhile{stands}
		}
		clear(faults)
		for _, f := range g.fields {
			if f.set(s, typed[f.name]) != nil {
				faults[f.name] = "format"
			}
		}
		if len(faults) > 0 {
			return &route.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid"}
		}
		return nil
	})
	if err == nil {
		at := p.station.Now(c.Words).At.Format("15:04")
		return route.Redirect{To: settingsPath + "?" + url.Values{"saved": {g.name}, "at": {at}}.Encode() + "#set-" + g.name}, nil
	}
	return p.unsaved(c, g, typed, faults, err)
}

// meanwhile says that somebody else saved the group after it was shown.
type meanwhile struct{ stands map[string]string }

func (*meanwhile) Error() string { return "somebody else changed these settings" }

func sameAsShown(was string, stands map[string]string) bool {
	var shown map[string]string
	if json.Unmarshal([]byte(was), &shown) != nil {
		return was == "" // a form without the values is an old tool's; the newest save wins
	}
	for k, v := range shown {
		if stands[k] != v {
			return false
		}
	}
	return true
}

// unsaved shows the form again as it was typed, with what is wrong beside it.
func (p *Pages) unsaved(c *route.Call, g settingGroup, typed, faults map[string]string, err error) (route.Reply, error) {
	page, pageErr := p.settingsPage(c)
	if pageErr != nil {
		return nil, pageErr
	}
	w, status := c.Words, 0
	shown := p.settingGroup(w, g, typed)
	shown.Was = c.Request.PostForm.Get("was")
	shown.Open = true
	problem := p.frame.ProblemOf(err)
	var other *meanwhile
	switch {
	case errors.As(err, &other):
		status = http.StatusConflict
		was, _ := json.Marshal(other.stands)
		shown.Was, shown.Error = string(was), w.T("set.meanwhile", p.differences(w, g, typed, other.stands))
	case problem.Code == "confirm_night":
		status = problem.Status
		shown.Night = frame.NightText(w, problem)
	case problem.Code == "invalid":
		status = http.StatusUnprocessableEntity
		for _, f := range problem.Fields {
			faults[settingOf(g, f.Field)] = f.Code
		}
		shown.Error = w.T("set.invalid")
	default:
		notice, code := p.frame.Refused(w, err)
		shown.Error, status = notice.Text, code
	}
	for i := range shown.Fields {
		if shown.Fields[i].Rows != nil {
			shown.Fields[i].Rows = typedRows(w, g.fields[i].name, c.Request.PostForm)
		}
		if code := faults[shown.Fields[i].Name]; code != "" {
			shown.Fields[i].Error = settingFault(w, g.fields[i], code)
		}
	}
	for i := range page.Groups {
		if page.Groups[i].Name == g.name {
			page.Groups[i] = shown
		}
	}
	page.Notice = frame.Notice{Mark: "bad", Text: w.T("set.notsaved", w.T("set.group."+g.name))}
	return route.Page{Status: status, Name: "settings.html", Data: page}, nil
}

// settingOf is the setting of the group that a problem's field, such as quiet_hours[0].days, belongs to.
func settingOf(g settingGroup, field string) string {
	for _, f := range g.fields {
		if field == f.name || strings.HasPrefix(field, f.name+"[") {
			return f.name
		}
	}
	return field
}

func settingFault(w locale.Words, f setting, code string) string {
	if f.within != "" && (code == "range" || code == "format") {
		return w.T("set.error.within", f.within)
	}
	return w.Or("set.error."+string(f.kind)+"."+code, w.Or("set.error."+code, w.T("set.error.format")))
}

// differences are the values that somebody else has saved, in words.
func (p *Pages) differences(w locale.Words, g settingGroup, typed, stands map[string]string) string {
	var out []string
	for _, f := range g.fields {
		if typed[f.name] != stands[f.name] {
			out = append(out, w.T("set."+f.name)+": "+strconv.Quote(p.settingWords(w, f, stands[f.name])))
		}
	}
	return strings.Join(out, "; ")
}
