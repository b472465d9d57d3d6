// Package lookup is the screen for a complaint: "at about a quarter past three last night".
package lookup

import (
	"embed"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/airing"
	"loaxa/admin/page/frame"
	"loaxa/admin/report/complaint"
	"loaxa/admin/route"
	"loaxa/schedule"
)

const (
	lookupPath = "/lookup"
	pdfPath    = lookupPath + "/answer.pdf"
	pngPath    = lookupPath + "/answer.png"
)

// Lookup is the page for "at about a quarter past three last night": what sounded then, or that nothing did, and what the
// machine cannot know.
type Lookup struct {
	frame.Shell
	Day, Time string // as the form has them
	Asked     bool
	Error     string // of the form
	Span      string
	Headline  frame.Line
	Lines     []Sounded // what sounded
	Unsure    []Sounded // what may have, the nearest by the clock that was shown
	UnsureAll int
	Facts     []frame.Line // what the record says of the machine itself
	Limits    []string     // what it cannot know
	Drafts    []complaint.Draft
	Basis     string
	Diary     string // address of that day
	PDF, PNG  string // addresses of the answer
	Yesterday string
}

// Sounded is a broadcast, and what led to it.
type Sounded struct {
	airing.DiaryLine
	Facts []frame.Line
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
	pdf, png := frame.Look(pdfPath, p.getPDF), frame.Look(pngPath, p.getPNG)
	pdf.Slow, png.Slow = true, true
	return frame.Screen{Routes: []route.Route{frame.Look(lookupPath, p.getLookup), pdf, png}, Templates: templates}
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
	found, err := p.station.Complaint(c.Request.Context(), at)
	if err != nil {
		page.Notice, _ = p.frame.Refused(w, err)
		page.Asked = false
		return route.Page{Status: http.StatusServiceUnavailable, Name: "lookup.html", Data: page}, nil
	}
	official, err := officialWords(w)
	if err != nil {
		return nil, err
	}
	page.tell(w, found, at)
	page.Drafts = found.Drafts(official, p.station.Settings().Letterhead)
	return route.Page{Name: "lookup.html", Data: page}, nil
}

// officialWords are those of papers, Vietnamese in whatever language the page is.
func officialWords(w locale.Words) (locale.Words, error) {
	if w.Language == locale.Vietnamese {
		return w, nil
	}
	all, err := locale.Load()
	if err != nil {
		return w, err
	}
	return all.In(locale.Vietnamese), nil
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
func (l *Lookup) tell(w locale.Words, f api.Complaint, at time.Time) {
	moment := at.Format("15:04") + ", " + frame.Weekday(w, at) + " " + frame.DayText(at)
	l.Span = w.T("lookup.span", f.From.Format("15:04 02/01"), f.Until.Format("15:04 02/01"), moment)
	l.Diary = airing.SpanAddress(frame.DayStart(at), frame.DayStart(at))
	asked := "?" + url.Values{"day": {l.Day}, "time": {l.Time}}.Encode()
	l.PDF, l.PNG = pdfPath+asked, pngPath+asked
	s := f.Sheet(w)
	l.Headline = frame.Line{Mark: s.Mark, Text: s.Verdict}
	l.Lines, l.Unsure, l.UnsureAll = sounded(w, f.Sounded, f.Told, at), sounded(w, f.Unsure, f.Maybe, at), len(f.Finding.Unsure)
	for _, x := range f.Machine(w) {
		l.Facts = append(l.Facts, frame.Line{Mark: plain(x.Mark), Text: x.Text})
	}
	for _, x := range complaint.Limits(w) {
		l.Limits = append(l.Limits, x.Text)
	}
	l.Basis = s.Basis
}

func plain(mark string) string {
	if mark == "" {
		return "plain"
	}
	return mark
}

// sounded are the lines of broadcasts with what is told of each.
func sounded(w locale.Words, rows []api.DiaryRow, told []complaint.Told, at time.Time) []Sounded {
	var out []Sounded
	for i, r := range rows {
		s := Sounded{DiaryLine: soundedLine(w, r, at)}
		for _, x := range told[i].Led(w, at.Location()) {
			s.Facts = append(s.Facts, frame.Line{Mark: plain(x.Mark), Text: x.Text})
		}
		out = append(out, s)
	}
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
