package api

import (
	"fmt"
	"strings"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// WhyAnswer says in words what is to become of an occurrence, or what became of it and why.
type WhyAnswer struct {
	Occurrence string `json:"occurrence"`
	// Source says who speaks: plan for what is ahead, log for what has its outcome, promise for what is due and undecided.
	Source    string    `json:"source"`
	Title     string    `json:"title"`
	Due       time.Time `json:"due"`
	Status    string    `json:"status"`
	Reason    string    `json:"reason"`
	Sentences []string  `json:"sentences"`
	Record    *Record   `json:"record"` // of the outcome; null while there is none
}

func (a *API) whyRoutes() []route.Route {
	get := described(read("/why", "Why an occurrence will, will not, did or did not air, in words.", a.getWhy), nil, WhyAnswer{}, 0)
	get.Doc.Query = []route.Param{{Name: "occurrence", About: "its ID, programme@start"}}
	return []route.Route{get}
}

func (a *API) getWhy(c *route.Call) (route.Reply, error) {
	answer, err := a.Why(c.Words, c.Query("occurrence"))
	if err != nil {
		return nil, err
	}
	return route.JSON{Value: answer}, nil
}

// Why looks an occurrence up: in the log by its outcome, else in the plan as it stands, else among what was promised.
func (a *API) Why(w locale.Words, id string) (WhyAnswer, error) {
	_, text, ok := strings.Cut(id, "@")
	at, err := time.Parse(time.RFC3339, text)
	if !ok || err != nil {
		return WhyAnswer{}, route.BadRequest("bad_occurrence", fmt.Sprintf("%q is no occurrence: give its ID, programme@start", id))
	}
	// A moved occurrence keeps the ID of its start by rule: its day is looked for first, then a month on both sides.
	for _, reach := range []time.Duration{time.Second, 32 * 24 * time.Hour} {
		from := at.Add(-reach + time.Second)
		found, ok, err := a.whyAmong(w, id, from, at.Add(reach))
		if ok || err != nil {
			return found, err
		}
	}
	return WhyAnswer{}, route.NotFound("occurrence", id)
}

func (a *API) whyAmong(w locale.Words, id string, from, until time.Time) (out WhyAnswer, found bool, err error) {
	list, err := a.Broadcasts(from, until)
	if err != nil {
		return out, false, err
	}
	for _, b := range list {
		if b.Broadcast != id {
			continue
		}
		out = WhyAnswer{Occurrence: id, Source: "promise", Title: b.Title, Due: b.Due, Status: b.Status, Reason: b.Reason, Record: b.Record}
		if b.Record != nil {
			out.Source = "log"
			out.Sentences = pastWords(w, b)
			return out, true, nil
		}
		if o, ok := a.planned(id, b.Due); ok {
			out.Source, out.Sentences = "plan", a.futureWords(w, o)
			return out, true, nil
		}
		out.Sentences = []string{w.T("said.promised", clockOf(b.Due), w.T("status."+b.Status))}
		return out, true, nil
	}
	return out, false, nil
}

// planned is an occurrence of the plan as it stands.
func (a *API) planned(id string, due time.Time) (schedule.Occurrence, bool) {
	for _, o := range schedule.Plan(a.o.Input(), due, due.Add(time.Second)) {
		if o.ID == id {
			return o, true
		}
	}
	return schedule.Occurrence{}, false
}

// futureWords says what the plan expects of an occurrence.
func (a *API) futureWords(w locale.Words, o schedule.Occurrence) []string {
	var out []string
	switch o.Verdict {
	case schedule.VerdictAirs:
		out = append(out, w.T("said.airs", clockOf(o.Start), SpanText(o.Length.Milliseconds())))
	case schedule.VerdictWaits:
		out = append(out, w.T("said.waits", clockOf(o.Due), startClock(o)))
	default:
		out = append(out, w.T("said.skipped", clockOf(o.Due), reasonWords(w, string(o.Reason))))
		if basis := a.o.Rules.Settings().Limits.Basis; basis != "" && strings.HasPrefix(string(o.Reason), "limit_") {
			out = append(out, w.T("said.basis", basis))
		}
		if do := w.Or("said.do."+string(o.Reason), ""); do != "" {
			out = append(out, do)
		}
	}
	for _, cut := range o.Cuts {
		if cut.Resumes.IsZero() {
			out = append(out, w.T("said.cut", clockOf(cut.At), a.titleOf(cut.By)))
		} else {
			out = append(out, w.T("said.cut.resumes", clockOf(cut.At), a.titleOf(cut.By), clockOf(cut.Resumes)))
		}
	}
	if o.MakeupOf != "" {
		out = append(out, w.T("said.makeup", dayOfID(o.MakeupOf)))
	}
	if o.Verdict != schedule.VerdictSkipped && o.Start.Hour() == 5 {
		out = append(out, w.T("said.early"))
	}
	return out
}

// startClock is when an occurrence begins; with seconds where the minute alone would say that it does not wait.
func startClock(o schedule.Occurrence) string {
	if clockOf(o.Start) == clockOf(o.Due) {
		return o.Start.Format("15:04:05 02/01/2006")
	}
	return clockOf(o.Start)
}

// pastWords says what the log knows.
func pastWords(w locale.Words, b Broadcast) []string {
	var out []string
	switch b.Status {
	case string(evidence.Full), string(evidence.Late), string(evidence.Partial), string(evidence.Preempted):
		out = append(out, w.T("said.aired", clockOf(b.Started), SpanText(b.AiredMS), SpanText(b.PlannedMS)))
	}
	said := w.T("status." + b.Status)
	if b.Reason != "" {
		said += ": " + reasonWords(w, b.Reason)
	}
	out = append(out, w.T("said.outcome", clockOf(b.Due), said))
	if b.Person != "" {
		out = append(out, w.T("said.person", strings.TrimPrefix(b.Person, "user:")))
	}
	if b.Record != nil {
		out = append(out, w.T("said.record", b.Record.Epoch, b.Record.Index))
	}
	return out
}

// reasonWords gives the words of a code; what is no code, such as a person's reason, stays as it is.
func reasonWords(w locale.Words, reason string) string { return w.Or("reason."+reason, reason) }

func (a *API) titleOf(id string) string {
	programme, _, _ := strings.Cut(id, "@")
	if p, err := a.o.Rules.Programme(programme); err == nil {
		return p.Title
	}
	return id
}

func dayOfID(id string) string {
	_, text, _ := strings.Cut(id, "@")
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return clockOf(t)
	}
	return id
}

func clockOf(t time.Time) string { return t.Format("15:04 02/01/2006") }

// SpanText writes milliseconds as minutes and seconds, with hours where there are any.
func SpanText(ms int64) string {
	s := ms / 1000
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
