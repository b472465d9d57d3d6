package api

import (
	"sort"
	"sync"
	"time"

	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// What a broadcast is before its outcome: planned ones come from the plan as it stands, pending ones were promised in
// the log and are not decided yet.
const (
	StatusPlanned  = "planned"
	StatusWillWait = "will_wait"
	StatusWillSkip = "will_skip"
	StatusPending  = "pending"
	StatusOnAir    = "on_air"
)

// Broadcast is one line of the day: its outcome from the log, or what is still expected.
type Broadcast struct {
	Broadcast  string    `json:"broadcast"`
	Occurrence string    `json:"occurrence"`
	Why        string    `json:"why"` // scheduled | rehearsal | emergency
	Programme  string    `json:"programme"`
	Title      string    `json:"title"`
	Playlist   string    `json:"playlist"`
	Class      string    `json:"class"`
	Due        time.Time `json:"due"`
	Started    time.Time `json:"started,omitzero"`
	Ended      time.Time `json:"ended,omitzero"`
	// Status is an outcome (full, late, partial, preempted, missed, skipped, cancelled), or planned, will_wait, will_skip,
	// pending, on_air.
	Status     string `json:"status"`
	Reason     string `json:"reason"`
	Person     string `json:"person"`
	LatenessMS int64  `json:"lateness_ms"`
	AiredMS    int64  `json:"aired_ms"`
	PlannedMS  int64  `json:"planned_ms"`
	Device     string `json:"device"`
	Output     string `json:"output"`
	Evidence   int    `json:"evidence"`
	// The time without power, or without the program, that the outcome cites.
	OutageFrom  time.Time `json:"outage_from,omitzero"`
	OutageUntil time.Time `json:"outage_until,omitzero"`
	Record      *Record   `json:"record"` // of the outcome; null while there is none
}

// Record says where in the log something stands.
type Record struct {
	Epoch int64 `json:"epoch"`
	Index int64 `json:"index"`
}

// broadcastList is also the report document that loaxa verify --report compares with the log.
type broadcastList struct {
	From        time.Time           `json:"from"`
	Until       time.Time           `json:"until"`
	StationName string              `json:"station_name"`
	StationCode string              `json:"station_code"`
	Logs        []evidence.LogState `json:"logs"` // how long the log was when the list was made
	Broadcasts  []Broadcast         `json:"broadcasts"`
	Figures     evidence.Figures    `json:"figures"` // of the outcomes in it; interrupted items are not counted here
	Truncated   bool                `json:"truncated"`
}

func (a *API) broadcastRoutes() []route.Route {
	get := described(read("/broadcasts", "Outcomes from the log, joined with what is still planned.", a.getBroadcasts), nil, broadcastList{}, 0)
	get.Doc.Query = []route.Param{{Name: "from", About: "time or day, default today"}, {Name: "until", About: "time or day, default a day after from"}}
	return []route.Route{get}
}

func (a *API) getBroadcasts(c *route.Call) (route.Reply, error) {
	now := a.o.Now()
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	from, err := c.Time("from", now.Location(), today)
	if err != nil {
		return nil, err
	}
	until, err := c.Time("until", now.Location(), from.AddDate(0, 0, 1))
	if err != nil {
		return nil, err
	}
	if from, until, err = a.span(from, until); err != nil {
		return nil, err
	}
	out := broadcastList{From: from, Until: until, StationName: a.o.Rules.Settings().StationName}
	for range 3 { // a list that was made while something was decided may lack it
		origin, size := a.o.Log.Origin(), a.o.Log.Size()
		if out.Broadcasts, out.Figures, err = a.account(from, until); err != nil {
			return nil, err
		}
		out.Logs, out.StationCode = []evidence.LogState{{Origin: origin, Size: size}}, evidence.CodeOf(origin)
		if a.o.Log.Size() == size && a.o.Log.Origin() == origin {
			break
		}
	}
	if len(out.Broadcasts) > maxOccurrences {
		out.Broadcasts, out.Truncated = out.Broadcasts[:maxOccurrences], true
	}
	return route.JSON{Value: out}, nil
}

// Broadcasts is everything due in [from, until), in order. Of the past only the log speaks.
func (a *API) Broadcasts(from, until time.Time) ([]Broadcast, error) {
	list, _, err := a.account(from, until)
	return list, err
}

// account is everything due in [from, until), and the figures of what of it has an outcome.
func (a *API) account(from, until time.Time) ([]Broadcast, evidence.Figures, error) {
	now := a.o.Now()
	out := []Broadcast{}
	figures := evidence.NewFigures()
	known := make(map[string]bool)
	err := a.o.Log.Outcomes(from, until, func(r evidence.Record, o evidence.OutcomeBody) error {
		known[o.Broadcast] = true
		if o.Due.IsZero() {
			o.Due = r.Wall // as the log sorts it
		}
		out = append(out, a.decided(r.Idx, o))
		figures.Count(o)
		return nil
	})
	if err != nil {
		return nil, figures, logError(err)
	}
	within := func(t time.Time) bool { return !t.Before(from) && t.Before(until) }
	if on := a.onAir(); on != nil && within(on.Due) && !known[on.Broadcast] {
		known[on.Broadcast] = true
		out = append(out, *on)
	}
	owed, err := a.owed()
	if err != nil {
		return nil, figures, err
	}
	for _, b := range owed {
		if within(b.Due) && b.Due.Before(now) && !known[b.Broadcast] && !a.o.Log.Decided(b.Broadcast) {
			known[b.Broadcast] = true
			out = append(out, b)
		}
	}
	ahead := from
	if now.After(from) {
		ahead = now
	}
	if until.After(ahead) {
		for _, o := range schedule.Plan(a.o.Input(), ahead, until) {
			if !known[o.ID] && !a.o.Log.Decided(o.ID) {
				out = append(out, expected(o))
			}
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Due.Before(out[j].Due) })
	return out, figures, nil
}

func (a *API) decided(index int64, o evidence.OutcomeBody) Broadcast {
	loc := a.o.Now().Location()
	return Broadcast{Broadcast: o.Broadcast, Occurrence: o.Occurrence, Why: o.Why, Programme: o.Programme, Title: o.Title,
		Playlist: o.Playlist, Class: o.Class, Due: o.Due.In(loc), Started: o.Started.Time, Ended: o.Ended.Time, Status: string(o.Outcome),
		Reason: o.Reason, Person: o.Person, LatenessMS: o.LatenessMS, AiredMS: o.AiredMS, PlannedMS: o.PlannedMS, Device: o.Device,
		Output: o.Output, Evidence: o.Evidence, OutageFrom: o.OutageFrom.Time, OutageUntil: o.OutageUntil.Time, Record: &Record{Epoch: a.o.Log.Epoch(), Index: index}}
}

// onAir is the running broadcast as a line of the day, nil when there is none.
func (a *API) onAir() *Broadcast {
	on := a.o.Player.Now().OnAir
	if on == nil {
		return nil
	}
	return &Broadcast{Broadcast: on.Broadcast, Occurrence: on.Occurrence, Why: string(on.Kind), Programme: on.Programme,
		Title: on.Title, Due: milli(on.Due), Started: milli(on.Started), Status: StatusOnAir, PlannedMS: on.Length.Milliseconds()}
}

// owedList is what a plan record promised. A plan may hold thousands of occurrences, and every page asks.
type owedList struct {
	mu    sync.Mutex
	epoch int64
	index int64
	read  bool
	list  []Broadcast // shared: nobody changes it
}

// owed is what the newest plan record promised, by value.
func (a *API) owed() ([]Broadcast, error) {
	index, raw, ok := a.o.Log.Last(evidence.KindPlan)
	if !ok {
		return nil, nil
	}
	a.promised.mu.Lock()
	defer a.promised.mu.Unlock()
	if epoch := a.o.Log.Epoch(); !a.promised.read || a.promised.epoch != epoch || a.promised.index != index {
		_, body, err := decodeRecord(raw)
		if err != nil {
			return nil, logError(err)
		}
		p, ok := body.(evidence.Plan)
		if !ok {
			return nil, nil
		}
		a.promised.list, a.promised.epoch, a.promised.index, a.promised.read = promises(p, a.o.Now().Location()), epoch, index, true
	}
	return a.promised.list, nil
}

func promises(p evidence.Plan, loc *time.Location) []Broadcast {
	programmes := make(map[string]evidence.PlannedProgramme, len(p.Programmes))
	for _, x := range p.Programmes {
		programmes[x.ID] = x
	}
	out := make([]Broadcast, 0, len(p.Occurrences)+len(p.Open))
	for _, list := range [][]evidence.Planned{p.Open, p.Occurrences} {
		for _, x := range list {
			of := programmes[x.Programme]
			out = append(out, Broadcast{Broadcast: x.ID, Occurrence: x.ID, Why: "scheduled", Programme: x.Programme, Title: of.Title,
				Playlist: of.Playlist, Class: of.Class, Due: x.Due.In(loc), Status: StatusPending, Reason: x.Reason, Person: x.By, PlannedMS: x.LengthMS})
		}
	}
	return out
}

func expected(o schedule.Occurrence) Broadcast {
	status := map[schedule.Verdict]string{schedule.VerdictAirs: StatusPlanned, schedule.VerdictWaits: StatusWillWait, schedule.VerdictSkipped: StatusWillSkip}
	return Broadcast{Broadcast: o.ID, Occurrence: o.ID, Why: "scheduled", Programme: o.ProgrammeID, Title: o.Title, Playlist: o.PlaylistTitle,
		Class: string(o.Class), Due: milli(o.Due), Status: status[o.Verdict], Reason: string(o.Reason), PlannedMS: o.Length.Milliseconds()}
}
