package home

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/airing"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
)

// Home is the page of the station.
type Home struct {
	frame.Shell
	Output     frame.Line
	Quiet      frame.Line
	Clock      frame.Line
	Rows       []airing.Row
	Counts     string // of the whole day, by status
	Hidden     int    // rows of today that are not shown
	All        bool   // all rows were asked for
	Checkpoint string
	Verifier   string           // where the verifier page is downloaded; "" when there is none
	Picture    string           // address of the checkpoint as QR code; "" while there is none
	KeyForm    string           // address of the key's registration form
	Night      frame.Line       // what the rehearsal of tomorrow found; no text before the first
	SetClock   *frame.ClockCard // nil while the time is known, and for those who may not set it
	Replies    []Reply          // letters whose answer is ready; the first few
	Left       int              // what is to be done before the station is ready; 0 for those who cannot do it
	NoLog      bool             // the log does not answer: today's list is not known
}

// Reply leads to the campaign whose letter can be answered now.
type Reply struct {
	Text, Address string
	Late          bool // the day on which the answer was due has passed
}

// repliesShown is how many letters the page names; the others stand among the campaigns.
const repliesShown = 3

func (p *Pages) getHome(c *route.Call) (route.Reply, error) {
	part := c.Query("part") != ""
	if part && !c.Who.Known() { // the script reloads the whole page then
		return nil, &route.Problem{Status: http.StatusUnauthorized, Code: "sign_in"}
	}
	if !c.Who.Known() {
		return p.door(c.Words, "/", frame.Notice{}, 0)
	}
	if c.Query("part") == "chip" { // the head of every page
		s, err := p.frame.Shell(c, "/", "")
		return route.Page{Name: "chip", Data: s}, err
	}
	h, err := p.home(c)
	if err != nil {
		return nil, err
	}
	name := "home.html"
	if c.Who.Phone {
		name = "phone.html"
	}
	if part {
		name = "live"
	}
	return route.Page{Name: name, Data: h}, nil
}

func (p *Pages) home(c *route.Call) (Home, error) {
	w := c.Words
	shell, err := p.frame.Shell(c, "/", c.Words.T("menu.home"))
	if err != nil {
		return Home{}, err
	}
	now, station := shell.Now, shell.Station
	today := time.Date(now.At.Year(), now.At.Month(), now.At.Day(), 0, 0, 0, 0, now.At.Location())
	list, err := p.station.Broadcasts(today, today.AddDate(0, 0, 1))
	if err != nil && !errors.Is(err, api.ErrLog) { // without the log the page still shows the state, and stops
		return Home{}, err
	}
	noLog := err != nil
	h := Home{NoLog: noLog, Shell: shell, Output: frame.OutputLine(w, now), Quiet: quietLine(w, station), Clock: frame.TrustLine(w, now.Clock), Checkpoint: p.station.Checkpoint(), KeyForm: frame.KeyFormPath}
	if c.Who.Role == account.Administrator && !station.Demo {
		h.Left = p.station.Ready().Left()
	}
	h.Picture = frame.CheckpointPicture(h.Checkpoint)
	if h.MayAct && !c.Who.Phone {
		h.SetClock = p.frame.ClockCard(c)
	}
	if h.MayAct && !c.Who.Phone {
		if h.Replies, err = p.replies(w); err != nil {
			return Home{}, err
		}
	}
	if n, ok := p.station.Night(); ok {
		h.Night = nightLine(w, n)
	}
	h.Verifier = p.frame.Verifier()
	h.Counts = airing.Counts(w, list)
	h.All = c.Query("all") != ""
	if !h.All {
		h.Hidden = len(list)
		list = around(list, now.At)
		h.Hidden -= len(list)
	}
	for _, b := range list {
		h.Rows = append(h.Rows, airing.RowOf(w, b))
	}
	return h, nil
}

// replies are the letters that can be answered now, the one that is due first at the head.
func (p *Pages) replies(w locale.Words) ([]Reply, error) {
	list, err := p.station.RepliesReady()
	if err != nil {
		return nil, err
	}
	out := make([]Reply, 0, repliesShown)
	for _, r := range list[:min(len(list), repliesShown)] {
		text := w.T("home.reply", r.Campaign.Title)
		if day, err := time.Parse(time.DateOnly, string(r.Due)); err == nil {
			text = w.T("home.reply.due", r.Campaign.Title, frame.DayText(day))
		}
		out = append(out, Reply{Text: text, Address: "/campaigns/" + r.Campaign.ID, Late: r.Late})
	}
	return out, nil
}

func quietLine(w locale.Words, s api.Station) frame.Line {
	var spans []string
	for _, q := range s.QuietHours {
		if q.From != q.To {
			spans = append(spans, q.From+"–"+q.To)
		}
	}
	switch {
	case len(spans) > 0:
		return frame.Line{Mark: "plain", Text: w.T("quiet.hours", strings.Join(spans, ", "))}
	case s.Demo:
		return frame.Line{Mark: "warn", Text: w.T("quiet.demo")}
	}
	return frame.Line{Mark: "warn", Text: w.T("quiet.none")}
}

func nightLine(w locale.Words, n api.Night) frame.Line {
	day := n.Day
	if t, err := time.Parse(time.DateOnly, n.Day); err == nil {
		day = frame.DayText(t)
	}
	if n.OK {
		return frame.Line{Mark: "ok", Text: w.T("night.ok", n.At.Format("15:04 02/01"), day)}
	}
	return frame.Line{Mark: "bad", Text: w.T("night.bad", n.At.Format("15:04 02/01"), day, n.Detail)}
}

// around keeps what is near to now, so that a day with a broadcast every few minutes still fits a phone.
func around(list []api.Broadcast, now time.Time) []api.Broadcast {
	const whole, before, after = 16, 6, 6
	if len(list) <= whole {
		return list
	}
	at, _ := slices.BinarySearchFunc(list, now, func(b api.Broadcast, t time.Time) int { return b.Due.Compare(t) })
	return list[max(0, at-before):min(len(list), at+after)]
}

func (p *Pages) postStop(c *route.Call) (route.Reply, error) {
	_, err := p.station.Stop(c.Request.Context(), c.Who)
	return frame.After(c, "stopped", err)
}

func (p *Pages) postRelease(c *route.Call) (route.Reply, error) {
	return frame.After(c, "released", p.station.Release(c.Request.Context(), c.Who))
}

func (p *Pages) postHold(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	var until time.Time
	if s := c.Request.PostForm.Get("for"); s != "" {
		d, err := time.ParseDuration(s)
		if err != nil || d <= 0 || d > 30*24*time.Hour {
			return nil, route.BadRequest("bad_form", "for is no length of time")
		}
		until = p.station.Now(c.Words).At.Add(d)
	}
	return frame.After(c, "held", p.station.Hold(c.Request.Context(), c.Who, c.Request.PostForm.Get("reason"), until))
}

// countdownText is how long it is until a moment, in the form that the script goes on with.
func countdownText(until, now time.Time) string {
	return api.SpanText(max(0, until.Sub(now).Milliseconds()))
}
