package setting

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/schedule"
)

// Start leads from a fresh installation to the first broadcast. It keeps no progress of its own: the station's state says
// what is left, so it can be left and taken up again, in any order and on another device.
type Start struct {
	frame.Shell
	Ready    api.Ready
	Open     string // the step that stands open: station | clock | tone | first | finish
	Settings schedule.Settings
	Name     string // as typed
	Code     string
	SetClock *frame.ClockCard // nil while the time is known
	Trust    frame.Line
	Output   frame.Line
	HeardOn  string    // the day, as it is written here
	First    api.First // as typed
	Chosen   api.Choice
	Choices  []api.Choice
	Drafts   []api.Choice
	Night    bool // what was asked for would sound at night: the button says so
	Faults   map[string]string
	Reach    frame.Reach
	QR       frame.QR // of the address for other devices; no path while there is none
	KeyForm  string
}

func (p *Pages) startRoutes() []route.Route {
	boss := []account.Role{account.Administrator}
	form := func(path, logged string, most int64, h route.Handler) route.Route {
		return route.Route{Method: http.MethodPost, Path: frame.StartPath + path, Access: route.Signed, Roles: boss, MaxBody: most,
			Slow: most > frame.FormLimit, Logged: logged, Page: true, Handle: h}
	}
	return []route.Route{
		{Method: http.MethodGet, Path: frame.StartPath, Access: route.Signed, Roles: boss, Page: true, Handle: p.getStart},
		form("/station", "settings", frame.FormLimit, p.postStartStation),
		form("/tone", "play", frame.FormLimit, p.postStartTone),
		form("/heard", "settings", frame.FormLimit, p.postStartHeard),
		form("/first", "programme", api.FirstBody, p.postStartFirst),
	}
}

func (p *Pages) getStart(c *route.Call) (route.Reply, error) {
	s, err := p.start(c)
	return route.Page{Name: "start.html", Data: s}, err
}

func (p *Pages) start(c *route.Call) (Start, error) {
	shell, err := p.frame.Shell(c, frame.StartPath, c.Words.T("start.title"))
	if err != nil {
		return Start{}, err
	}
	set := p.station.Settings()
	s := Start{Shell: shell, Ready: p.station.Ready(), Settings: set, Name: set.StationName, Code: set.StationCode,
		SetClock: p.frame.ClockCard(c), Trust: frame.TrustLine(c.Words, shell.Now.Clock), Output: frame.OutputLine(c.Words, shell.Now),
		First: api.First{Times: []string{"06:30", "17:30"}}, Choices: p.station.Choices(), Drafts: p.station.Unapproved(),
		Reach: p.reach(), KeyForm: frame.KeyFormPath}
	s.HeardOn = heardOn(&set)
	switch r := s.Ready; {
	case !r.Named:
		s.Open = "station"
	case !r.Clock:
		s.Open = "clock"
	case !r.Heard:
		s.Open = "tone"
	case !r.Planned:
		s.Open = "first"
	default:
		s.Open = "finish"
	}
	if len(s.Reach.Others) > 0 {
		s.QR, err = frame.DrawQR(s.Reach.Others[0])
	}
	return s, err
}

// startAgain shows the page with what was wrong at one of its steps; typed puts back what was typed.
func (p *Pages) startAgain(c *route.Call, step string, cause error, typed func(*Start)) (route.Reply, error) {
	problem := p.frame.ProblemOf(cause)
	if problem.Code == "internal" {
		return nil, cause
	}
	s, err := p.start(c)
	if err != nil {
		return nil, errors.Join(cause, err)
	}
	var status int
	s.Notice, status = p.frame.Refused(c.Words, cause)
	if text := c.Words.Or("start."+step+"."+problem.Code, ""); text != "" { // what it means here
		s.Notice.Text = text
	}
	s.Open, s.Night = step, problem.Code == "confirm_night"
	s.Faults = make(map[string]string)
	for _, f := range problem.Fields {
		field, _, _ := strings.Cut(strings.TrimPrefix(f.Field, "when."), "[")
		s.Faults[field] = c.Words.Or("start.fault."+field+"."+f.Code, c.Words.Or("start.fault."+field, f.Message))
	}
	if typed != nil {
		typed(&s)
	}
	return route.Page{Status: status, Name: "start.html", Data: s}, nil
}

func (p *Pages) postStartStation(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	form := c.Request.PostForm
	name, code := form.Get("name"), form.Get("code")
	rev, err := strconv.ParseInt(form.Get("rev"), 10, 64)
	if err != nil {
		return nil, route.BadRequest("bad_form", "rev is no number")
	}
	if err := p.station.NameStation(c.Who, rev, name, code); err != nil {
		return p.startAgain(c, "station", err, func(s *Start) { s.Name, s.Code = name, code })
	}
	return route.Redirect{To: frame.StartPath + "?note=station_named"}, nil
}

func (p *Pages) postStartTone(c *route.Call) (route.Reply, error) {
	if _, err := p.station.PlayTone(c.Request.Context(), c.Who); err != nil {
		return p.startAgain(c, "tone", err, nil)
	}
	return route.Redirect{To: frame.StartPath + "?note=tone_plays#tone"}, nil
}

func (p *Pages) postStartHeard(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	heard := c.Request.PostForm.Get("heard")
	if heard != "yes" && heard != "no" {
		return nil, route.BadRequest("bad_form", "heard is yes or no")
	}
	if err := p.station.ToneHeard(c.Who, heard == "yes"); err != nil {
		return p.startAgain(c, "tone", err, nil)
	}
	if heard == "no" {
		return route.Redirect{To: frame.StartPath + "?note=tone_not_heard#tone"}, nil
	}
	return route.Redirect{To: frame.StartPath + "?note=tone_heard"}, nil
}

func (p *Pages) postStartFirst(c *route.Call) (route.Reply, error) {
	first, err := p.station.ReadFirst(c)
	if err == nil {
		err = p.station.MakeFirst(c, first)
	}
	if err != nil {
		return p.startAgain(c, "first", err, func(s *Start) {
			s.First, s.Chosen = first, p.station.ChoiceOf(first.ClipID)
			for len(s.First.Times) < 2 {
				s.First.Times = append(s.First.Times, "")
			}
		})
	}
	return route.Redirect{To: frame.StartPath + "?note=first_made"}, nil
}
