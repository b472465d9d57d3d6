// Package lookup is the screen for a complaint: "at about a quarter past three last night".
package lookup

import (
	"cmp"
	"embed"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/airing"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

const lookupPath = "/lookup"

// lookupReach is how far around the time that a person remembers the log is looked at.
const lookupReach = 30 * time.Minute

// Lookup is the page for "at about a quarter past three last night": what sounded then, or that nothing did, and what the
// machine cannot know.
type Lookup struct {
	frame.Shell
	Day, Time string // as the form has them
	Asked     bool
	Error     string // of the form
	Span      string
	Headline  frame.Line
	Lines     []airing.DiaryLine // what sounded
	Unsure    []airing.DiaryLine // what may have, the nearest by the clock that was shown
	UnsureAll int
	Facts     []frame.Line // what the record says of the machine itself
	Limits    []string     // what it cannot know
	Reply     string       // a draft
	Diary     string       // address of that day
	Yesterday string
}

//go:embed template/*.html
var templates embed.FS

// Pages are the handlers of the screen.
type Pages struct {
	frame   *frame.Frame
	station *api.API
}

// New makes the screen in its frame.
func New(f *frame.Frame, station *api.API) *Pages { return &Pages{frame: f, station: station} }

// Screen is what it brings to the table.
func (p *Pages) Screen() frame.Screen {
	return frame.Screen{Routes: []route.Route{frame.Look(lookupPath, p.getLookup)}, Templates: templates}
}

func (p *Pages) getLookup(c *route.Call) (route.Reply, error) {
	w := c.Words
	shell, err := p.frame.Shell(c, lookupPath, w.T("menu.lookup"))
	if err != nil {
		return nil, err
	}
	page := Lookup{Shell: shell, Day: c.Query("day"), Time: c.Query("time"), Yesterday: shell.Now.At.AddDate(0, 0, -1).Format(time.DateOnly)}
	if page.Asked = page.Day != "" || page.Time != ""; !page.Asked {
		page.Day = shell.Now.At.Format(time.DateOnly)
		return route.Page{Name: "lookup.html", Data: page}, nil
	}
	at, err := askedMoment(page.Day, page.Time, shell.Now.At.Location())
	if err != nil {
		page.Asked, page.Error = false, w.T("lookup.error")
		return route.Page{Status: http.StatusUnprocessableEntity, Name: "lookup.html", Data: page}, nil
	}
	found, err := p.station.Lookup(at.Add(-lookupReach), at.Add(lookupReach))
	if err != nil {
		page.Notice, _ = p.frame.Refused(w, err)
		page.Asked = false
		return route.Page{Status: http.StatusServiceUnavailable, Name: "lookup.html", Data: page}, nil
	}
	page.tell(w, found, at)
	return route.Page{Name: "lookup.html", Data: page}, nil
}

// askedMoment reads the fields of the form.
func askedMoment(day, clock string, loc *time.Location) (time.Time, error) {
	d, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(day), loc)
	hour, minute, part, ok := frame.SaidTime(strings.ToLower(schedule.NormaliseText(clock)))
	if err != nil || !ok || d.Year() < 2000 || d.Year() > 2200 {
		return time.Time{}, errors.New("no moment")
	}
	switch part {
	case "chiều", "tối", "pm":
		if hour < 12 {
			hour += 12
		}
	case "đêm", "khuya": // 11 giờ đêm is late, 2 giờ đêm is early
		if hour >= 8 && hour < 12 {
			hour += 12
		}
	case "am":
		hour %= 12
	}
	if hour > 23 || minute > 59 {
		return time.Time{}, errors.New("no moment")
	}
	return time.Date(d.Year(), d.Month(), d.Day(), hour, minute, 0, 0, loc), nil
}

// tell puts what was found into words, the plainest first.
func (l *Lookup) tell(w locale.Words, f api.Lookup, at time.Time) {
	moment := at.Format("15:04") + ", " + frame.Weekday(w, at) + " " + frame.DayText(at)
	l.Span = w.T("lookup.span", f.From.Format("15:04 02/01"), f.Until.Format("15:04 02/01"), moment)
	l.Diary = airing.SpanAddress(frame.DayStart(at), frame.DayStart(at))
	for _, r := range f.Sounded {
		l.Lines = append(l.Lines, soundedLine(w, r, at))
	}
	l.UnsureAll = len(f.Unsure)
	for _, r := range nearest(f.Unsure, at) {
		l.Unsure = append(l.Unsure, soundedLine(w, r, at))
	}
	switch {
	case len(f.Sounded) > 0:
		l.Headline = frame.Line{Mark: "live", Text: w.T("lookup.sounded", len(f.Sounded))}
	case len(f.Unsure) > 0:
		l.Headline = frame.Line{Mark: "warn", Text: w.T("lookup.unsure")}
	case f.Certain():
		l.Headline = frame.Line{Mark: "ok", Text: w.T("lookup.silent")}
	case awayThroughout(f):
		l.Headline = frame.Line{Mark: "warn", Text: w.T("lookup.away")}
	default:
		l.Headline = frame.Line{Mark: "warn", Text: w.T("lookup.silent.partly")}
	}
	l.facts(w, f)
	l.Reply = l.reply(w, f, at)
}

// unsureShown is how much of what may have sounded is listed.
const unsureShown = 20

// nearest are the rows whose written time is nearest to the moment: with a clock in doubt that is all there is to go by.
func nearest(rows []api.DiaryRow, at time.Time) []api.DiaryRow {
	out := slices.Clone(rows)
	slices.SortStableFunc(out, func(a, b api.DiaryRow) int {
		return cmp.Compare(a.Start.Written.Sub(at).Abs(), b.Start.Written.Sub(at).Abs())
	})
	out = out[:min(len(out), unsureShown)]
	slices.SortStableFunc(out, func(a, b api.DiaryRow) int { return a.Start.Written.Compare(b.Start.Written.Time) })
	return out
}

// soundedLine shows the true time of the beginning, which is what the person who complains knows.
func soundedLine(w locale.Words, r api.DiaryRow, at time.Time) airing.DiaryLine {
	l := airing.DiaryLineOf(w, r)
	if r.Start.State != "" {
		l.Actual, l.Unsure = airing.Began(w, r.Start, at)
	}
	if !r.Start.True.IsZero() {
		l.Due = r.Start.True.In(at.Location())
	}
	return l
}

// awayThroughout says whether the program was not there in the whole period.
func awayThroughout(f api.Lookup) bool {
	for _, x := range f.Away {
		if !x.From.After(f.From) && !x.Until.Before(f.Until) {
			return true
		}
	}
	return false
}

// facts says whether the machine was there to know, and what no machine in one place can know.
func (l *Lookup) facts(w locale.Words, f api.Lookup) {
	const form = "15:04 02/01/2006"
	add := func(mark, text string) { l.Facts = append(l.Facts, frame.Line{Mark: mark, Text: text}) }
	switch {
	case f.Before:
		add("warn", w.T("lookup.before"))
	case len(f.Away) == 0:
		add("ok", w.T("lookup.ran"))
	}
	for _, x := range f.Away {
		add("warn", w.T("lookup.away.from", x.From.Format(form), x.Until.Format(form), w.Or("away."+x.Why, x.Why)))
	}
	if f.Doubtful {
		add("warn", w.T("lookup.doubtful"))
	} else {
		add("ok", w.T("lookup.clock"))
	}
	if f.Ahead {
		add("warn", w.T("lookup.ahead", f.Now.Format(form)))
	}
	if f.Cut {
		add("warn", w.T("lookup.cut"))
	}
	if f.Last >= 0 {
		add("plain", w.T("lookup.records", f.First, f.Last))
	}
	for _, key := range []string{"amplifier", "others", "power"} {
		l.Limits = append(l.Limits, w.T("lookup.limit."+key))
	}
}

// reply is the draft of an answer to whoever complained: facts only, nothing that the record does not say.
func (l *Lookup) reply(w locale.Words, f api.Lookup, at time.Time) string {
	name := l.Station.Name
	if name == "" {
		name = w.T("app.name")
	}
	text := []string{w.T("lookup.reply.head", at.Format("15:04"), frame.DayText(at), name)}
	switch {
	case len(l.Lines) > 0:
		text = append(text, w.T("lookup.reply.sounded"))
		for _, r := range f.Sounded {
			line := w.T("lookup.reply.line", r.Start.True.In(at.Location()).Format("15:04:05 02/01/2006"), r.Title, airing.Status(w, r.Status), api.SpanText(r.AiredMS))
			if r.AiredMS > 0 && r.Output != string(evidence.Hardware) {
				line += " " + w.T("lookup.reply.unproven")
			}
			text = append(text, line)
		}
	case len(l.Unsure) > 0:
		text = append(text, w.T("lookup.reply.unsure"))
	case f.Certain():
		text = append(text, w.T("lookup.reply.silent"))
	default:
		text = append(text, w.T("lookup.reply.partly"))
	}
	for _, x := range l.Facts {
		if x.Mark == "warn" {
			text = append(text, x.Text)
		}
	}
	return strings.Join(append(text, w.T("lookup.reply.end")), "\n")
}
