package api

import (
	"fmt"
	"net/http"
	"time"

	"loaxa/admin/route"
	"loaxa/schedule"
)

// How far a plan may reach and how much one answer holds.
const (
	planDays       = 7
	planLongest    = 92 * 24 * time.Hour
	maxOccurrences = 5000
	previewID      = "preview" // of a programme that has no ID yet
)

// Occurrence is one planned airing.
type Occurrence struct {
	ID            string    `json:"id"`
	ProgrammeID   string    `json:"programme_id"`
	Title         string    `json:"title"`
	PlaylistTitle string    `json:"playlist_title"`
	Due           time.Time `json:"due"`
	Start         time.Time `json:"start"` // when it is expected to begin: due, unless it waits
	End           time.Time `json:"end"`
	LengthMS      int64     `json:"length_ms"`
	Class         string    `json:"class"`
	Zone          string    `json:"zone"`
	VolumePercent int       `json:"volume_percent"`
	Items         int       `json:"items"`
	Verdict       string    `json:"verdict"` // airs | waits | skipped
	Reason        string    `json:"reason"`
}

// planAnswer is a plan; Truncated says that there was more.
type planAnswer struct {
	From        time.Time    `json:"from"`
	Until       time.Time    `json:"until"`
	Occurrences []Occurrence `json:"occurrences"`
	Truncated   bool         `json:"truncated"`
	Faults      []fault      `json:"faults"` // stored rules that cannot be planned
}

type fault struct {
	ProgrammeID string `json:"programme_id"`
	Reason      string `json:"reason"`
	Detail      string `json:"detail"`
}

type previewRequest struct {
	Programme schedule.Programme `json:"programme"`
	From      time.Time          `json:"from"`
	Until     time.Time          `json:"until"`
}

// previewAnswer is what the programme would do, and which others it would change.
type previewAnswer struct {
	From        time.Time    `json:"from"`
	Until       time.Time    `json:"until"`
	Occurrences []Occurrence `json:"occurrences"`
	Truncated   bool         `json:"truncated"`
	Changed     []Occurrence `json:"changed"` // of other programmes, as they would be then
}

func (a *API) planRoutes() []route.Route {
	get := read("/plan", "What will go on air, with verdicts and reasons.", a.getPlan)
	get.Doc.Query = []route.Param{{Name: "from", About: "time or day, default now"}, {Name: "until", About: "time or day, default 7 days later"}}
	get.Doc.Response = planAnswer{}
	return []route.Route{get, {Method: "POST", Path: Prefix + "/plan/preview", Access: route.Signed, Roles: route.Everybody(),
		MaxBody: bodyLimit, Handle: a.postPreview,
		Doc: route.Doc{Summary: "The plan as it would be with an unsaved programme.", Request: previewRequest{}, Response: previewAnswer{}}}}
}

// span reads from and until; a plan longer than a quarter is refused.
func (a *API) span(from, until time.Time) (time.Time, time.Time, error) {
	if from.IsZero() {
		from = a.o.Now()
	}
	if until.IsZero() {
		until = from.AddDate(0, 0, planDays)
	}
	loc := a.o.Now().Location()
	from, until = from.In(loc), until.In(loc)
	if !until.After(from) || until.Sub(from) > planLongest {
		return from, until, route.BadRequest("bad_span",
			fmt.Sprintf("from %s until %s: until must lie after from, by at most 92 days", from.Format(time.RFC3339), until.Format(time.RFC3339)))
	}
	return from, until, nil
}

func (a *API) querySpan(c *route.Call) (from, until time.Time, err error) {
	loc := a.o.Now().Location()
	if from, err = c.Time("from", loc, time.Time{}); err != nil {
		return from, until, err
	}
	if until, err = c.Time("until", loc, time.Time{}); err != nil {
		return from, until, err
	}
	return a.span(from, until)
}

func (a *API) getPlan(c *route.Call) (route.Reply, error) {
	from, until, err := a.querySpan(c)
	if err != nil {
		return nil, err
	}
	in := a.o.Input()
	out := planAnswer{From: from, Until: until, Faults: []fault{}}
	out.Occurrences, out.Truncated = occurrences(schedule.Plan(in, from, until))
	for _, f := range schedule.Faults(in) {
		out.Faults = append(out.Faults, fault{ProgrammeID: f.ProgrammeID, Reason: string(f.Reason), Detail: f.Detail})
	}
	return route.JSON{Value: out}, nil
}

func (a *API) postPreview(c *route.Call) (route.Reply, error) {
	var in previewRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	from, until, err := a.span(in.From, in.Until)
	if err != nil {
		return nil, err
	}
	rules := a.o.Input()
	p := in.Programme.Normalise()
	if err := schedule.ValidateProgramme(p); err != nil {
		return nil, err
	}
	if _, ok := rules.Playlists[p.PlaylistID]; !ok {
		return nil, &route.Problem{Status: http.StatusUnprocessableEntity, Code: "no_playlist", Detail: fmt.Sprintf("no playlist %q", p.PlaylistID)}
	}
	p.EffectiveFrom = a.o.Now() // as when it is saved now
	if p.ID == "" {
		p.ID = previewID
	}
	before := make(map[string]schedule.Occurrence)
	for _, o := range schedule.Plan(rules, from, until) {
		before[o.ID] = o
	}
	var mine, changed []schedule.Occurrence
	for _, o := range schedule.Plan(with(rules, p), from, until) {
		if o.ProgrammeID == p.ID {
			mine = append(mine, o)
		} else if b, ok := before[o.ID]; !ok || b.Verdict != o.Verdict || !b.Start.Equal(o.Start) {
			changed = append(changed, o)
		}
	}
	out := previewAnswer{From: from, Until: until}
	out.Occurrences, out.Truncated = occurrences(mine)
	out.Changed, _ = occurrences(changed)
	return route.JSON{Value: out}, nil
}

// with is the input with one programme put in the place of its stored form, or added. The snapshot stays as it is.
func with(in schedule.Input, p schedule.Programme) schedule.Input {
	all := make([]schedule.Programme, 0, len(in.Programmes)+1)
	for _, old := range in.Programmes {
		if old.ID != p.ID {
			all = append(all, old)
		}
	}
	in.Programmes = append(all, p)
	return in
}

func occurrences(list []schedule.Occurrence) (out []Occurrence, truncated bool) {
	out = make([]Occurrence, 0, min(len(list), maxOccurrences))
	for _, o := range list {
		if len(out) == maxOccurrences {
			return out, true
		}
		out = append(out, Occurrence{ID: o.ID, ProgrammeID: o.ProgrammeID, Title: o.Title, PlaylistTitle: o.PlaylistTitle,
			Due: milli(o.Due), Start: milli(o.Start), End: milli(o.End()), LengthMS: o.Length.Milliseconds(), Class: string(o.Class),
			Zone: o.Zone, VolumePercent: o.VolumePercent, Items: len(o.Items), Verdict: string(o.Verdict), Reason: string(o.Reason)})
	}
	return out, false
}
