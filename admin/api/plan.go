package api

import (
	"fmt"
	"slices"
	"time"

	"loaxa/admin/locale"
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
	MakeupOf      string    `json:"makeup_of,omitempty"`
	Campaign      string    `json:"campaign_id,omitempty"`
	Cuts          []cut     `json:"cuts"`    // by a higher class, in order
	SlotMS        int64     `json:"slot_ms"` // from its start until another broadcast of the list begins; 0 when none does
	Why           []string  `json:"why"`     // in words
}

// cut is what a higher class does to a broadcast.
type cut struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Resumes time.Time `json:"resumes,omitzero"` // absent: it does not
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
	Changed     []Occurrence `json:"changed"`  // of other programmes, as they would be then
	Sentence    string       `json:"sentence"` // the rule read back in words; "" when no true sentence can be made
	Night       *Occurrence  `json:"night"`    // the first that would sound between 21:00 and 06:00: saving asks twice; null when none
}

func (a *API) planRoutes() []route.Route {
	get := read("/plan", "What will go on air, with verdicts and reasons.", a.getPlan)
	get.Doc.Query = []route.Param{{Name: "from", About: "time or day, default now"}, {Name: "until", About: "time or day, default 7 days later"}}
	get.Doc.Response = planAnswer{}
	ladder := described(read("/ladder", "Who goes on air before whom, as sentences.", getLadder), nil, ladderAnswer{}, 0)
	return []route.Route{get, ladder, {Method: "POST", Path: Prefix + "/plan/preview", Access: route.Signed, Roles: route.Everybody(),
		MaxBody: bodyLimit, Handle: a.postPreview,
		Doc: route.Doc{Summary: "The plan as it would be with an unsaved programme.", Request: previewRequest{}, Response: previewAnswer{}}}}
}

// ladderAnswer is the rules by which broadcasts give way to each other.
type ladderAnswer struct {
	Rules []string `json:"rules"`
}

func getLadder(c *route.Call) (route.Reply, error) {
	return route.JSON{Value: ladderAnswer{Rules: schedule.Ladder(string(c.Words.Language))}}, nil
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
	out.Occurrences, out.Truncated = a.occurrences(c.Words, schedule.Plan(in, from, until))
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
	out, err := a.Preview(c.Words, Draft{Programme: in.Programme}, in.From, in.Until)
	if err != nil {
		return nil, err
	}
	return route.JSON{Value: out}, nil
}

// previewOf compares two states of the rules: what a programme would do in the second, and what becomes of the others.
func (a *API) previewOf(w locale.Words, before, after schedule.Input, programme string, from, until time.Time) previewAnswer {
	stood := make(map[string]schedule.Occurrence)
	for _, o := range schedule.Plan(before, from, until) {
		stood[o.ID] = o
	}
	var mine, changed []schedule.Occurrence
	all := schedule.Plan(after, from, until)
	for _, o := range all {
		if o.ProgrammeID == programme {
			mine = append(mine, o)
		} else if b, ok := stood[o.ID]; !ok || b.Verdict != o.Verdict || !b.Start.Equal(o.Start) || len(b.Cuts) != len(o.Cuts) {
			changed = append(changed, o)
		}
	}
	out := previewAnswer{From: from, Until: until}
	out.Occurrences, out.Truncated = a.among(w, mine, all)
	out.Changed, _ = a.among(w, changed, all)
	if first, ok := schedule.NightEffect(before, after, a.o.Now()); ok {
		shown, _ := a.occurrences(w, []schedule.Occurrence{first})
		out.Night = &shown[0]
	}
	return out
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

// without is the input without some programmes.
func without(in schedule.Input, ids ...string) schedule.Input {
	in.Programmes = slices.DeleteFunc(slices.Clone(in.Programmes), func(p schedule.Programme) bool { return slices.Contains(ids, p.ID) })
	return in
}

func (a *API) occurrences(w locale.Words, list []schedule.Occurrence) (out []Occurrence, truncated bool) {
	return a.among(w, list, list)
}

// among shows some occurrences of a plan; all is the whole plan, in order of due time.
func (a *API) among(w locale.Words, list, all []schedule.Occurrence) (out []Occurrence, truncated bool) {
	out = make([]Occurrence, 0, min(len(list), maxOccurrences))
	starts := startsOf(all)
	for _, o := range list {
		if len(out) == maxOccurrences {
			return out, true
		}
		shown := Occurrence{ID: o.ID, ProgrammeID: o.ProgrammeID, Title: o.Title, PlaylistTitle: o.PlaylistTitle,
			Due: milli(o.Due), Start: milli(o.Start), End: milli(o.End()), LengthMS: o.Length.Milliseconds(), Class: string(o.Class),
			Zone: o.Zone, VolumePercent: o.VolumePercent, Items: len(o.Items), Verdict: string(o.Verdict), Reason: string(o.Reason),
			MakeupOf: o.MakeupOf, Campaign: o.CampaignID, Cuts: []cut{}, Why: a.futureWords(w, o)}
		for _, x := range o.Cuts {
			shown.Cuts = append(shown.Cuts, cut{At: milli(x.At), By: x.By, Resumes: milli(x.Resumes)})
		}
		if i, _ := slices.BinarySearchFunc(starts, o.Start, after); i < len(starts) && o.Verdict != schedule.VerdictSkipped {
			shown.SlotMS = starts[i].Sub(o.Start).Milliseconds()
		}
		out = append(out, shown)
	}
	return out, false
}

// after puts what begins at the moment itself before it.
func after(t, moment time.Time) int {
	if t.After(moment) {
		return 1
	}
	return -1
}

// startsOf is when something of a plan begins to sound, ascending.
func startsOf(all []schedule.Occurrence) []time.Time {
	var out []time.Time
	for _, o := range all {
		if o.Verdict != schedule.VerdictSkipped {
			out = append(out, o.Start)
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}
