package page

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/player"
	"loaxa/player/playlog/evidence"
)

// soon is how long before a broadcast the page says that one is about to begin.
const soon = 5 * time.Minute

// Home is the page of the station.
type Home struct {
	Shell
	Output     Line
	Quiet      Line
	Clock      Line
	Rows       []Row
	Counts     string // of the whole day, by status
	Hidden     int    // rows of today that are not shown
	All        bool   // all rows were asked for
	Checkpoint string
	Verifier   string     // where the verifier page is downloaded; "" when there is none
	Picture    string     // address of the checkpoint as QR code; "" while there is none
	KeyForm    string     // address of the key's registration form
	Night      Line       // what the rehearsal of tomorrow found; no text before the first
	SetClock   *ClockCard // nil while the time is known, and for those who may not set it
	Left       int        // what is to be done before the station is ready; 0 for those who cannot do it
	NoLog      bool       // the log does not answer: today's list is not known
}

// Line is a sentence with a mark: ok, warn or bad.
type Line struct{ Mark, Text string }

// Row is one broadcast of today.
type Row struct {
	Due    time.Time
	Title  string
	Mark   string // ok | warn | bad | live | plain
	Status string
	Notes  []string
}

func (p *Pages) getHome(c *route.Call) (route.Reply, error) {
	part := c.Query("part") != ""
	if part && !c.Who.Known() { // the script reloads the whole page then
		return nil, &route.Problem{Status: http.StatusUnauthorized, Code: "sign_in"}
	}
	if !c.Who.Known() {
		return p.door(c.Words, "/", Notice{}, 0)
	}
	if c.Query("part") == "chip" { // the head of every page
		s, err := p.shell(c, "/", "")
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
	shell, err := p.shell(c, "/", c.Words.T("menu.home"))
	if err != nil {
		return Home{}, err
	}
	now, station := shell.Now, shell.Station
	today := time.Date(now.At.Year(), now.At.Month(), now.At.Day(), 0, 0, 0, 0, now.At.Location())
	list, err := p.o.Station.Broadcasts(today, today.AddDate(0, 0, 1))
	if err != nil && !errors.Is(err, api.ErrLog) { // without the log the page still shows the state, and stops
		return Home{}, err
	}
	h := Home{Shell: shell, Output: outputLine(w, now), Quiet: quietLine(w, station), Clock: trustLine(w, now.Clock), Checkpoint: p.o.Station.Checkpoint(), KeyForm: formPath}
	if c.Who.Role == account.Administrator && !station.Demo {
		h.Left = p.o.Station.Ready().Left()
	}
	h.Picture = picture(h.Checkpoint)
	if h.MayAct && !c.Who.Phone {
		h.SetClock = p.clockCard(c)
	}
	h.NoLog = err != nil
	if n, ok := p.o.Station.Night(); ok {
		h.Night = nightLine(w, n)
	}
	if len(p.o.Verifier) > 0 {
		h.Verifier = VerifierPath
	}
	h.Counts = counts(w, list)
	h.All = c.Query("all") != ""
	if !h.All {
		h.Hidden = len(list)
		list = around(list, now.At)
		h.Hidden -= len(list)
	}
	for _, b := range list {
		h.Rows = append(h.Rows, row(w, b))
	}
	return h, nil
}

// state chooses the one word for the station. A fault shows when nothing sounds: while something plays, the alarms
// say what is wrong beside it.
func state(w locale.Words, n api.Now) (name, line string) {
	grave := slices.ContainsFunc(n.Alarms, func(a api.Alarm) bool { return a.Grave })
	switch {
	case n.OnAir != nil && n.OnAir.Lost:
		return "fault", w.T("state.line.lost", n.OnAir.Title)
	case n.State == string(player.Playing):
		return "playing", ""
	case n.State == string(player.WarmingUp):
		return "soon", w.T("state.line.warming_up")
	case n.Hold != nil && n.Hold.Until.IsZero():
		return "hold", w.T("state.line.hold", person(w, n.Hold.By))
	case n.Hold != nil:
		return "hold", w.T("state.line.hold_until", person(w, n.Hold.By), n.Hold.Until.Format("15:04 02/01/2006"))
	case grave:
		return "fault", w.T("state.line.fault")
	case n.Next != nil && n.Next.Due.Sub(n.At) <= soon:
		return "soon", ""
	}
	return "resting", ""
}

func outputLine(w locale.Words, n api.Now) Line {
	mark := map[string]string{string(evidence.Hardware): "ok", string(evidence.Unproven): "warn", string(evidence.Virtual): "warn"}
	out := n.Output
	if out == "" && n.Device == string(evidence.Virtual) {
		out = n.Device
	}
	if m, ok := mark[out]; ok {
		return Line{m, w.T("output." + out)}
	}
	return Line{"plain", w.T("output.none")}
}

func quietLine(w locale.Words, s api.Station) Line {
	var spans []string
	for _, q := range s.QuietHours {
		if q.From != q.To {
			spans = append(spans, q.From+"–"+q.To)
		}
	}
	switch {
	case len(spans) > 0:
		return Line{"plain", w.T("quiet.hours", strings.Join(spans, ", "))}
	case s.Demo:
		return Line{"warn", w.T("quiet.demo")}
	}
	return Line{"warn", w.T("quiet.none")}
}

func nightLine(w locale.Words, n api.Night) Line {
	day := n.Day
	if t, err := time.Parse(time.DateOnly, n.Day); err == nil {
		day = dayText(t)
	}
	if n.OK {
		return Line{"ok", w.T("night.ok", n.At.Format("15:04 02/01"), day)}
	}
	return Line{"bad", w.T("night.bad", n.At.Format("15:04 02/01"), day, n.Detail)}
}

func trustLine(w locale.Words, trust string) Line {
	if trust == "doubtful" {
		return Line{"warn", w.T("clock.doubtful")}
	}
	return Line{"ok", w.T("clock." + trust)}
}

// picture is the address of the QR code of that checkpoint, not of a newer one: text and picture on a page are the same.
func picture(checkpoint string) string {
	cp, err := evidence.PeekCheckpoint([]byte(checkpoint))
	if err != nil {
		return "" // there is none yet
	}
	return fmt.Sprintf("%s/log/checkpoint?format=qr&size=%d", api.Prefix, cp.Size)
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

// counts says how the day stands: "đã phát đủ: 3 · đã lên lịch: 12". What reached no proven loudspeaker is counted apart.
func counts(w locale.Words, list []api.Broadcast) string {
	of := make(map[string]int)
	var order []string
	for _, b := range list {
		status := w.Or("status."+b.Status, b.Status)
		if b.AiredMS > 0 && b.Output != string(evidence.Hardware) {
			status += " (" + w.Or("count."+b.Output, b.Output) + ")"
		}
		if of[status] == 0 {
			order = append(order, status)
		}
		of[status]++
	}
	for i, status := range order {
		order[i] = fmt.Sprintf("%s: %d", status, of[status])
	}
	return strings.Join(order, " · ")
}

func row(w locale.Words, b api.Broadcast) Row {
	marks := map[string]string{string(evidence.Full): "ok", string(evidence.Late): "warn", api.StatusOnAir: "live",
		api.StatusPlanned: "plain", api.StatusPending: "plain", api.StatusWillWait: "warn", api.StatusWillSkip: "warn",
		string(evidence.Cancelled): "plain", string(evidence.Skipped): "warn"}
	mark, ok := marks[b.Status]
	if !ok {
		mark = "bad" // missed, preempted, partial, and whatever comes that this page does not know
	}
	if mark == "ok" && b.Output != string(evidence.Hardware) {
		mark = "plain" // it does not count as broadcast, so it does not look like one
	}
	r := Row{Due: b.Due, Title: b.Title, Mark: mark, Status: w.Or("status."+b.Status, b.Status)}
	if b.Why != string(player.Scheduled) {
		r.Notes = append(r.Notes, w.Or("why."+b.Why, b.Why))
	}
	if b.Reason != "" {
		r.Notes = append(r.Notes, reasonText(w, b.Reason)+outageText(b))
	}
	if b.Person != "" {
		r.Notes = append(r.Notes, w.T("row.person", person(w, b.Person)))
	}
	switch {
	case b.AiredMS > 0:
		r.Notes = append(r.Notes, w.T("row.aired", api.SpanText(b.AiredMS), api.SpanText(b.PlannedMS)))
	case b.PlannedMS > 0:
		r.Notes = append(r.Notes, api.SpanText(b.PlannedMS))
	}
	if b.AiredMS > 0 && b.Output != string(evidence.Hardware) {
		r.Notes = append(r.Notes, w.Or("row.output."+b.Output, b.Output))
	}
	return r
}

// outageText is when the power was away: " 04:50–05:20".
func outageText(b api.Broadcast) string {
	from, until := b.OutageFrom, b.OutageUntil
	switch {
	case from.IsZero() || until.IsZero():
		return ""
	case from.YearDay() == until.YearDay() && from.Year() == until.Year():
		return " " + from.Format("15:04") + "–" + until.Format("15:04")
	}
	return " " + from.Format("15:04 02/01") + "–" + until.Format("15:04 02/01")
}

// reasonText puts a reason into words; what follows its code (a clip's name, an error) stays as it is.
func reasonText(w locale.Words, reason string) string {
	code, rest, found := strings.Cut(reason, ":")
	text := w.Or("reason."+code, code)
	if found {
		text += ":" + rest
	}
	return text
}

// person is an actor of the log as people say it.
func person(w locale.Words, actor string) string {
	kind, name, ok := strings.Cut(actor, ":")
	switch {
	case !ok:
		return w.Or("actor."+actor, actor)
	case kind == "user":
		return name
	}
	return w.Or("actor."+kind, kind) + " " + name
}

func (p *Pages) postStop(c *route.Call) (route.Reply, error) {
	_, err := p.o.Station.Stop(c.Request.Context(), c.Who)
	return after(c, "stopped", err)
}

func (p *Pages) postRelease(c *route.Call) (route.Reply, error) {
	return after(c, "released", p.o.Station.Release(c.Request.Context(), c.Who))
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
		until = p.o.Station.Now(c.Words).At.Add(d)
	}
	return after(c, "held", p.o.Station.Hold(c.Request.Context(), c.Who, c.Request.PostForm.Get("reason"), until))
}

// after leads back to the page of the form with a note. That there was nothing to stop is no error to a person who wanted
// quiet.
func after(c *route.Call, note string, err error) (route.Reply, error) {
	if code := api.RefusalCode(err); code == "nothing_on_air" || code == "not_on_hold" {
		return route.Redirect{To: origin(c) + "?note=" + code}, nil
	}
	if err != nil {
		return nil, err
	}
	return route.Redirect{To: origin(c) + "?note=" + note}, nil
}

// origin is the page that a form of several pages says it stands on; the home page unless it is one of these.
func origin(c *route.Call) string {
	if c.Request.ParseForm() == nil {
		if back := c.Request.PostForm.Get("back"); back == emergencyPath || back == startPath {
			return back
		}
	}
	return "/"
}
