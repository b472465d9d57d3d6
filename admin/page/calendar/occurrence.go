package calendar

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/schedule"
)

// OccurrencePage is one broadcast of the calendar: what becomes of it, and what may be done to it.
type OccurrencePage struct {
	frame.Shell
	ID, Name, Day string
	Due           time.Time
	Mark, Status  string
	Sentences     []string
	Plays         string
	Programme     *ProgrammeLine
	Changed       []string // what was changed of it alone
	Cancelled     bool
	Open          bool // it may be changed by who looks
	Makeup        bool // it makes up for another, and is changed with its campaign
	F             OccurrenceFields
	Content       ContentChoice
	Wrong         Wrong
	Preview       *PlanPreview
	Night         *NightQuestion
	Dragged       bool // the form was opened by dragging
	NightAct      string
	Rules         []string
}

// OccurrenceFields are the fields of its form, as they were typed.
type OccurrenceFields struct {
	Date, Time, What, Volume, Search, Scope string
	Revision                                string // of the programme, as it was when the form was opened
}

// The scopes of a change.
const (
	scopeOne  = "one"
	scopeFrom = "from"
)

func (p *Pages) getOccurrence(c *route.Call) (route.Reply, error) {
	o, err := p.station.Occurrence(c.Words, c.Param("id"))
	if err != nil {
		return nil, err
	}
	f := occurrenceFields(o)
	to, dragged := readMoment(c.Query("to"), o.At.Location())
	if dragged {
		f.Date, f.Time = to.Format(time.DateOnly), to.Format("15:04")
	}
	page, err := p.occurrencePage(c, o, f)
	if err != nil {
		return nil, err
	}
	page.Dragged = dragged && page.Open
	if page.Dragged {
		if e, wrong := f.exception(c, o); len(wrong) == 0 {
			_, page.Preview = p.previewOne(c, o, e, clipOf(f.What))
		}
	}
	return route.Page{Name: "schedule_occurrence.html", Data: page}, nil
}

// occurrenceFields are the fields as the occurrence stands.
func occurrenceFields(o api.OneOccurrence) OccurrenceFields {
	f := OccurrenceFields{Date: o.Due.Format(time.DateOnly), Time: o.Due.Format("15:04"), Scope: scopeOne}
	if o.Programme != nil {
		f.What, f.Volume = "l:"+o.Programme.PlaylistID, strconv.Itoa(o.Programme.VolumePercent)
		f.Revision = strconv.FormatInt(o.Programme.Revision, 10)
	}
	if e := o.Exception; e != nil && !e.Cancelled {
		if e.PlaylistID != "" {
			f.What = "l:" + e.PlaylistID
		}
		if e.VolumePercent != 0 {
			f.Volume = strconv.Itoa(e.VolumePercent)
		}
	}
	return f
}

func clipOf(what string) string {
	if kind, id, _ := strings.Cut(what, ":"); kind == "c" {
		return id
	}
	return ""
}

// exception is the change that the fields ask for. What is as the programme has it is no change.
func (f OccurrenceFields) exception(c *route.Call, o api.OneOccurrence) (schedule.Exception, Wrong) {
	wrong, w := Wrong{}, c.Words
	e := schedule.Exception{At: o.At}
	if o.Exception != nil {
		e.MakeupOf = o.Exception.MakeupOf
	}
	day, err := time.Parse(time.DateOnly, string(readDate(f.Date)))
	times, bad := readTimes(f.Time)
	switch {
	case err != nil:
		wrong["to"] = w.T("schedule.wrong.moment", f.Date)
	case bad != "" || len(times) != 1:
		wrong["to"] = w.T("schedule.wrong.time", f.Time)
	default:
		at, _ := time.Parse("15:04", times[0]) // readTimes has made it
		to := time.Date(day.Year(), day.Month(), day.Day(), at.Hour(), at.Minute(), 0, 0, o.At.Location())
		if to.Format(momentLayout) != o.At.Format(momentLayout) {
			e.To = to
		}
	}
	volume, ok := readNumber(f.Volume, 0)
	switch {
	case !ok || volume < 0 || volume > 100:
		wrong["volume"] = w.T("schedule.wrong.volume.range")
	case o.Programme != nil && int(volume) != o.Programme.VolumePercent:
		e.VolumePercent = int(volume)
	}
	kind, id, _ := strings.Cut(f.What, ":")
	if kind == "l" && o.Programme != nil && id != o.Programme.PlaylistID {
		e.PlaylistID = id
	}
	return e, wrong
}

func (p *Pages) occurrencePage(c *route.Call, o api.OneOccurrence, f OccurrenceFields) (OccurrencePage, error) {
	w := c.Words
	shell, err := p.frame.Shell(c, schedulePath, o.Title)
	if err != nil {
		return OccurrencePage{}, err
	}
	page := OccurrencePage{Shell: shell, ID: o.Occurrence, Name: o.Title, Due: o.Due, Day: frame.Weekday(w, o.Due), Mark: whyMark(o.Status),
		Status: w.Or("status."+o.Status, o.Status), Sentences: o.Sentences, F: f, Wrong: Wrong{}, Rules: schedule.Ladder(string(w.Language))}
	page.Open = shell.MayAct && o.Ahead
	if pr := o.Programme; pr != nil {
		line := p.programmeLine(w, *pr)
		page.Programme, page.Plays = &line, line.Plays
	}
	if e := o.Exception; e != nil {
		page.Cancelled, page.Makeup = e.Cancelled, e.MakeupOf != ""
		if !e.To.IsZero() {
			page.Changed = append(page.Changed, w.T("schedule.moved_from", dayAndTime(w, o.At)))
		}
		if e.VolumePercent != 0 {
			page.Changed = append(page.Changed, w.T("schedule.volume_of_one", e.VolumePercent))
		}
		if plays, ok := p.station.ContentOf(e.PlaylistID, false); ok && e.PlaylistID != "" {
			page.Plays = plays.Title
			page.Changed = append(page.Changed, w.T("schedule.plays_other", plays.Title))
		}
	}
	page.Open = page.Open && !page.Makeup
	if page.Open {
		page.Content = p.contents(w, f.Search, f.What)
	}
	return page, nil
}

func (p *Pages) previewOne(c *route.Call, o api.OneOccurrence, e schedule.Exception, clip string) (*NightQuestion, *PlanPreview) {
	pre, err := p.station.PreviewOccurrence(c.Words, o.Programme.ID, e, clip)
	if err != nil {
		title, do := p.frame.ProblemOf(err).Sentences(c.Words)
		return nil, &PlanPreview{W: c.Words, Wrong: []string{title + " " + do}}
	}
	out := previewShown(c.Words, pre, p.station.Now(c.Words).At)
	out.Heading, out.Later = c.Words.T("schedule.preview.one"), ""
	return out.Night, &out
}

// postOccurrence changes this one, or leads on to the form of "from this one on".
func (p *Pages) postOccurrence(c *route.Call) (route.Reply, error) {
	v, err := sentForm(c)
	if err != nil {
		return nil, err
	}
	o, err := p.openOccurrence(c)
	if err != nil {
		return nil, err
	}
	f := OccurrenceFields{Date: v.Get("date"), Time: v.Get("time"), What: v.Get("what"), Volume: v.Get("volume"), Search: v.Get("q"), Scope: v.Get("scope"),
		Revision: v.Get("rev")}
	e, wrong := f.exception(c, o)
	do := v.Get("do")
	if saves(do) && f.Scope == scopeFrom && len(wrong) == 0 {
		to := e.To
		if to.IsZero() {
			to = o.At
		}
		q := url.Values{"to": {to.Format(momentLayout)}, "what": {f.What}, "volume": {f.Volume}}
		return route.Redirect{To: schedulePath + "/from/" + url.PathEscape(o.Occurrence) + "?" + q.Encode()}, nil
	}
	var night *NightQuestion
	var preview *PlanPreview
	if len(wrong) == 0 {
		night, preview = p.previewOne(c, o, e, clipOf(f.What))
	}
	if now := strconv.FormatInt(o.Programme.Revision, 10); saves(do) && f.Revision != "" && f.Revision != now {
		f.Revision = now // the page shows how it stands; saving once more is meant
		err = &route.Problem{Status: http.StatusConflict, Code: "conflict"}
	} else if saves(do) && len(wrong) == 0 {
		act := api.ActOf(c)
		act.Night = night.meant(do, v.Get("seen"))
		if _, err = p.station.ChangeOccurrence(act, o.Programme.ID, e, clipOf(f.What)); err == nil {
			return changedOne(o, e), nil
		}
	}
	page, failed := p.occurrencePage(c, o, f)
	if failed != nil {
		return nil, failed
	}
	page.Preview, page.Wrong = preview, wrong
	return p.againOne(c, page, night, err, saves(do)), nil
}

// changedOne leads to the day on which the occurrence is now.
func changedOne(o api.OneOccurrence, e schedule.Exception) route.Redirect {
	day := o.At
	if !e.To.IsZero() {
		day = e.To
	}
	return withDay(notedAt(schedulePath, "schedule_changed", o.Occurrence), day)
}

// openOccurrence is one that may still be changed.
func (p *Pages) openOccurrence(c *route.Call) (api.OneOccurrence, error) {
	o, err := p.station.Occurrence(c.Words, c.Param("id"))
	if err != nil {
		return o, err
	}
	if !o.Ahead || o.Exception != nil && o.Exception.MakeupOf != "" {
		return o, &route.Problem{Status: http.StatusConflict, Code: "occurrence_over"}
	}
	return o, nil
}

func (p *Pages) againOne(c *route.Call, page OccurrencePage, night *NightQuestion, err error, saving bool) route.Page {
	status := http.StatusOK
	switch {
	case err != nil:
		page.Notice, status = p.frame.Refused(c.Words, err)
		problem := p.frame.ProblemOf(err)
		if page.Night = night; problem.Code == "confirm_night" && night != nil {
			page.Notice = frame.Notice{}
		} else {
			page.Night = nil
			page.Wrong = wrongOf(c.Words, problem.Fields)
		}
		if problem.Code == "conflict" {
			page.Notice.Text = c.Words.T("schedule.conflict.one")
		}
	case saving:
		status, page.Notice = http.StatusUnprocessableEntity, frame.Notice{Mark: "bad", Text: c.Words.T("schedule.not_saved")}
	}
	return route.Page{Status: status, Name: "schedule_occurrence.html", Data: page}
}

func (p *Pages) postCancel(c *route.Call) (route.Reply, error) {
	o, err := p.openOccurrence(c)
	if err != nil {
		return nil, err
	}
	return p.changeOne(c, o, schedule.Exception{At: o.At, Cancelled: true}, "/cancel", notedAt(schedulePath, "schedule_cancelled", o.Occurrence))
}

// postRestore takes back what was changed of this one.
func (p *Pages) postRestore(c *route.Call) (route.Reply, error) {
	o, err := p.openOccurrence(c)
	if err != nil {
		return nil, err
	}
	return p.changeOne(c, o, schedule.Exception{At: o.At}, "/restore", notedAt(schedulePath, "schedule_restored", ""))
}

// changeOne is an act of one press; what it would let sound at night is asked about first.
func (p *Pages) changeOne(c *route.Call, o api.OneOccurrence, e schedule.Exception, path string, done route.Redirect) (route.Reply, error) {
	v, err := sentForm(c)
	if err != nil {
		return nil, err
	}
	pre, err := p.station.PreviewOccurrence(c.Words, o.Programme.ID, e, "")
	if err != nil {
		return nil, err
	}
	night := nightOf(c.Words, pre)
	act := api.ActOf(c)
	act.Night = night.meant(v.Get("do"), v.Get("seen"))
	if _, err = p.station.ChangeOccurrence(act, o.Programme.ID, e, ""); err == nil {
		return withDay(done, o.At), nil
	}
	if p.frame.ProblemOf(err).Code != "confirm_night" {
		return nil, err
	}
	page, failed := p.occurrencePage(c, o, occurrenceFields(o))
	if failed != nil {
		return nil, failed
	}
	page.NightAct = occurrencePath(o.Occurrence, path)
	return p.againOne(c, page, night, err, true), nil
}

// withDay leads to the calendar at a day.
func withDay(r route.Redirect, day time.Time) route.Redirect {
	r.To += "&day=" + day.Format(time.DateOnly)
	return r
}
