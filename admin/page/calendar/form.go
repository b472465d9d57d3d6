package calendar

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/schedule"
)

// contentsShown is how many playlists, and how many clips, the form offers at once; more are found by searching.
const contentsShown = 40

// ProgrammeForm is the page on which a programme is made or changed.
type ProgrammeForm struct {
	frame.Shell
	F       ProgrammeFields
	Wrong   Wrong
	Action  string // address that the form is sent to
	ID      string // "" for a new one
	At      string // "from this one on": the first occurrence that is changed; "" else
	AtText  string
	Stored  *schedule.Programme
	Content ContentChoice
	Preview *PlanPreview
	Night   *NightQuestion
	Differs []Difference // what somebody else stored meanwhile
	Days    []Box
	Nths    []Box
	Lists   []api.Content // for openings and closings
	Warning string
}

// Forms are the ways to say when that stand in the open.
func (ProgrammeForm) Forms() []schedule.Form {
	return []schedule.Form{schedule.FormDaily, schedule.FormWeekdays, schedule.FormDates, schedule.FormLunar, schedule.FormMonthly, schedule.FormEvery}
}

// AdvancedOpen shows what is rarely needed where something of it is filled in or wrong.
func (f ProgrammeForm) AdvancedOpen() bool {
	for _, name := range []string{"paused_until", "schedule", "order", "opening", "closing"} {
		if f.Wrong[name] != "" {
			return true
		}
	}
	return f.F.Paused || f.F.Schedule != "" || f.F.Opening != "" || f.F.Ending != "" || f.F.Order != ""
}

// Box is one box that can be ticked.
type Box struct {
	Value string
	Label string
	On    bool
}

// ContentChoice is what a programme can play, as far as the search goes.
type ContentChoice struct {
	W           locale.Words
	Chosen      string
	Lists, Clip []ContentOption
	More        bool
	Searched    bool
}

// ContentOption is one line of it.
type ContentOption struct {
	Value, Label string
	On           bool
}

// Difference is a field that stands otherwise than somebody typed it.
type Difference struct{ Field, Stored, Typed string }

func (p *Pages) contents(w locale.Words, q, chosen string) ContentChoice {
	if len(q) > 200 {
		q = q[:200]
	}
	lists, clips, more := p.station.Contents(strings.ToValidUTF8(q, ""), contentsShown)
	out := ContentChoice{W: w, Chosen: chosen, More: more, Searched: strings.TrimSpace(q) != ""}
	found := false
	option := func(c api.Content) ContentOption {
		o := ContentOption{Value: "l:" + c.ID, Label: c.Title}
		if c.Clip {
			o.Value = "c:" + c.ID
		}
		if c.LengthMS > 0 {
			o.Label += " (" + api.SpanText(c.LengthMS) + ")"
		}
		if c.Clip && c.State != "approved" {
			o.Label += " – " + w.T("schedule.unapproved")
		}
		o.On = o.Value == chosen
		found = found || o.On
		return o
	}
	for _, c := range lists {
		out.Lists = append(out.Lists, option(c))
	}
	for _, c := range clips {
		out.Clip = append(out.Clip, option(c))
	}
	if kind, id, ok := strings.Cut(chosen, ":"); ok && !found && id != "" { // what is chosen stays, whatever is searched for
		if c, ok := p.station.ContentOf(id, kind == "c"); ok {
			if o := option(c); c.Clip {
				out.Clip = append([]ContentOption{o}, out.Clip...)
			} else {
				out.Lists = append([]ContentOption{o}, out.Lists...)
			}
		}
	}
	return out
}

func (p *Pages) getContent(c *route.Call) (route.Reply, error) {
	return route.Page{Name: "schedule-content", Data: p.contents(c.Words, c.Query("q"), c.Query("what"))}, nil
}

// programmeForm fills what the page needs beside the fields.
func (p *Pages) programmeForm(c *route.Call, title string, f ProgrammeFields) (ProgrammeForm, error) {
	shell, err := p.frame.Shell(c, schedulePath, title)
	if err != nil {
		return ProgrammeForm{}, err
	}
	w := c.Words
	out := ProgrammeForm{Shell: shell, F: f, Wrong: Wrong{}, Content: p.contents(w, f.Search, f.What)}
	for day := 1; day <= 7; day++ {
		out.Days = append(out.Days, Box{Value: strconv.Itoa(day), Label: w.T("schedule.weekday." + strconv.Itoa(day)), On: slices.Contains(f.Weekdays, day)})
	}
	for _, n := range []int{1, 2, 3, 4, -1} {
		out.Nths = append(out.Nths, Box{Value: strconv.Itoa(n), Label: w.T("schedule.nth." + strconv.Itoa(n)), On: slices.Contains(f.Nth, n)})
	}
	out.Lists, _, _ = p.station.Contents("", 200)
	return out, nil
}

// previewDraft asks the station what a draft would do, from its first day on.
func (p *Pages) previewDraft(c *route.Call, id, at string, d api.Draft, now time.Time) (api.Preview, PlanPreview, error) {
	w := c.Words
	if at != "" {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			return api.Preview{}, PlanPreview{}, route.BadRequest("bad_time", "at is no time")
		}
		pre, err := p.station.PreviewFrom(w, id, moment, d)
		if err != nil {
			return pre, PlanPreview{}, err
		}
		return pre, previewShown(w, pre, now), nil
	}
	from := now
	if first, err := time.ParseInLocation(time.DateOnly, string(d.Programme.ValidFrom), now.Location()); err == nil && first.After(now) {
		from = first
	}
	pre, err := p.station.Preview(w, d, from, from.AddDate(0, 0, 7))
	if err != nil {
		return pre, PlanPreview{}, err
	}
	out := previewShown(w, pre, now)
	if out.None {
		if far, err := p.station.Preview(w, d, from, from.AddDate(0, 0, previewFar)); err == nil && len(far.Occurrences) > 0 {
			out.Later = dayAndTime(w, far.Occurrences[0].Due)
		}
	}
	return pre, out, nil
}

// tryDraft reads the fields over what is stored and asks what would come of them. Without a preview it says what is wrong.
func (p *Pages) tryDraft(c *route.Call, f ProgrammeFields, base schedule.Programme, id, at string, now time.Time) (api.Draft, Wrong, api.Preview, PlanPreview) {
	d, wrong := f.draft(c.Words, base, now.Location())
	if len(wrong) > 0 {
		return d, wrong, api.Preview{}, PlanPreview{W: c.Words, Wrong: wrong.list()}
	}
	pre, out, err := p.previewDraft(c, id, at, d, now)
	if err == nil && f.Form == formCron && pre.Sentence == "" { // nobody could check what it means
		wrong["cron"] = c.Words.T("schedule.wrong.cron.unsaid")
		out.Wrong = wrong.list()
	}
	if err != nil {
		problem := p.frame.ProblemOf(err)
		wrong = wrongOf(c.Words, problem.Fields)
		out = PlanPreview{W: c.Words, Wrong: wrong.list()}
		if len(out.Wrong) == 0 {
			title, do := problem.Sentences(c.Words)
			out.Wrong = []string{title + " " + do}
		}
	}
	return d, wrong, pre, out
}

// stored is the programme that a form changes; none for a new one.
func (p *Pages) stored(id string) (schedule.Programme, error) {
	if id == "" {
		return schedule.Programme{}, nil
	}
	return p.station.Programme(id)
}

func (p *Pages) postProgrammePreview(c *route.Call) (route.Reply, error) {
	v, err := sentForm(c)
	if err != nil {
		return nil, err
	}
	id, at := v.Get("programme"), v.Get("at")
	base, err := p.stored(id)
	if err != nil {
		return nil, err
	}
	if at != "" {
		base = follower(base)
	}
	now := p.station.Now(c.Words).At
	f := readFields(v)
	_, _, _, out := p.tryDraft(c, f, base, id, at, now)
	if untouched(v) {
		out = PlanPreview{W: c.Words}
	}
	return route.Page{Name: "schedule-preview", Data: out}, nil
}

// untouched is a new form in which nothing was chosen yet: there is nothing to complain of.
func untouched(v url.Values) bool {
	return v.Get("programme") == "" && v.Get("title") == "" && v.Get("times") == "" && (v.Get("what") == "" || v.Get("what") == "l:")
}

// follower is what a new programme takes over from the one that it follows.
func follower(p schedule.Programme) schedule.Programme {
	p.ID, p.Revision, p.Exceptions, p.EndsBefore, p.CampaignID = "", 0, nil, time.Time{}, ""
	return p
}

// differences are the fields in which what is stored now and what was typed are not the same.
func differences(w locale.Words, stored, typed ProgrammeFields) []Difference {
	yes := func(b bool) string {
		if b {
			return w.T("schedule.yes")
		}
		return w.T("schedule.no")
	}
	numbers := func(prefix string, list []int) string {
		var said []string
		for _, n := range list {
			said = append(said, w.Or(prefix+strconv.Itoa(n), strconv.Itoa(n)))
		}
		return strings.Join(said, ", ")
	}
	var out []Difference
	for _, d := range []Difference{
		{"title", stored.Title, typed.Title}, {"what", stored.What, typed.What}, {"form", w.Or("schedule.form."+stored.Form, ""), w.Or("schedule.form."+typed.Form, typed.Form)},
		{"times", stored.Times, typed.Times}, {"weekday", numbers("schedule.weekday.", stored.Weekdays), numbers("schedule.weekday.", typed.Weekdays)},
		{"nth", numbers("schedule.nth.", stored.Nth), numbers("schedule.nth.", typed.Nth)}, {"date", strings.Join(stored.Dates, ", "), strings.Join(typed.Dates, ", ")},
		{"every", stored.Every, typed.Every}, {"lunar", stored.Lunar, typed.Lunar}, {"cron", stored.Cron, typed.Cron}, {"starts", stored.Starts, typed.Starts},
		{"from", stored.From, typed.From}, {"until", stored.Until, typed.Until},
		{"class", w.Or("schedule.class."+stored.Class, stored.Class), w.Or("schedule.class."+typed.Class, typed.Class)},
		{"volume", stored.Volume, typed.Volume}, {"late", stored.Late, typed.Late}, {"paused", yes(stored.Paused), yes(typed.Paused)},
		{"paused_until", stored.PausedUntil, typed.PausedUntil}, {"order", stored.Order, typed.Order}, {"schedule", stored.Schedule, typed.Schedule},
	} {
		if strings.TrimSpace(d.Stored) != strings.TrimSpace(d.Typed) {
			d.Field = w.T("schedule.field." + d.Field)
			out = append(out, d)
		}
	}
	return out
}
