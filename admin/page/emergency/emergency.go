package emergency

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
)

// Emergency asks what is to sound, why, and for how long. It needs neither the log nor a trusted clock; without the
// library what is there already can still be played.
type Emergency struct {
	frame.Shell
	Ask       api.Urgent // as it was typed
	Choices   []api.Choice
	Drafts    []api.Choice // nobody approved them; for those who may let them sound all the same
	Chosen    api.Choice   // a clip that was brought along; it stands in neither list
	Reasons   []string     // ready ones
	Typed     string       // a reason that is not a ready one
	Lengths   []Length
	Approver  bool              // may let any clip sound, at any hour
	ByOrder   bool              // these are quiet hours, and this person needs an order
	OtherRuns bool              // an emergency is on air
	Faults    map[string]string // by field, in words
}

// Length is a choice of how long an emergency goes on; 0 minutes is once.
type Length struct {
	Minutes int64
	Word    string
}

// emergencyMinutes is how long an emergency repeats unless somebody says otherwise.
const emergencyMinutes = 30

// EmergencyReview names what will sound before it does. Its button is the one that is heard.
type EmergencyReview struct {
	frame.Shell
	Ask       api.Urgent
	Review    api.UrgentReview
	Output    frame.Line
	Hindrance string // why this person may not let it sound; "" where the button stands
	Cuts      string // what is on air and will be cut; "" when nothing is
	Waits     string // an emergency on air that this one waits for
}

func (p *Pages) routes() []route.Route {
	form := func(path, logged string, most int64, h route.Handler) route.Route {
		return route.Route{Method: http.MethodPost, Path: path, Access: route.Signed, Roles: route.Editors(), MaxBody: most,
			Slow: most > frame.FormLimit, Logged: logged, Phone: true, Page: true, Handle: h}
	}
	return []route.Route{
		{Method: http.MethodGet, Path: frame.EmergencyPath, Access: route.Signed, Roles: route.Editors(), Phone: true, Page: true, Handle: p.getEmergency},
		form(frame.EmergencyPath+"/review", "emergency", api.EmergencyBody, p.postEmergencyReview),
		form(frame.EmergencyPath, "emergency", api.EmergencyBody, p.postEmergency),
		form("/extend", "extend", frame.FormLimit, p.postExtend),
	}
}

func (p *Pages) getEmergency(c *route.Call) (route.Reply, error) {
	e, err := p.emergency(c, api.Urgent{Minutes: emergencyMinutes})
	if err != nil {
		return nil, err
	}
	if c.Query("part") == "now" {
		return route.Page{Name: "emergency-now", Data: e.Shell}, nil
	}
	return route.Page{Name: "emergency.html", Data: e}, nil
}

func (p *Pages) emergency(c *route.Call, ask api.Urgent) (Emergency, error) {
	s, err := p.frame.Shell(c, frame.EmergencyPath, c.Words.T("menu.emergency"))
	if err != nil {
		return Emergency{}, err
	}
	e := Emergency{Shell: s, Ask: ask, Choices: p.station.Choices(), Approver: c.Who.Role.MayApprove(), ByOrder: p.station.NeedsOrder(c.Who),
		OtherRuns: s.Now.OnAir != nil && !s.Now.OnAir.Ends.IsZero(), Reasons: readyReasons(c.Words)}
	if e.Approver {
		e.Drafts = p.station.Unapproved()
	}
	if !slices.Contains(e.Reasons, ask.Reason) {
		e.Typed = ask.Reason
	}
	is := func(x api.Choice) bool { return x.ID == ask.ClipID }
	if ask.ClipID != "" && !slices.ContainsFunc(e.Choices, is) && !slices.ContainsFunc(e.Drafts, is) {
		e.Chosen = p.station.ChoiceOf(ask.ClipID)
	}
	for _, m := range []int64{0, 5, 15, 30, 60} {
		l := Length{m, c.Words.T("emergency.for", m)}
		if m == 0 {
			l.Word = c.Words.T("emergency.once")
		}
		e.Lengths = append(e.Lengths, l)
	}
	return e, nil
}

// readyReasons are reasons that a frightened person need not type.
func readyReasons(w locale.Words) []string {
	var out []string
	for _, key := range []string{"storm", "fire", "disease", "missing"} {
		out = append(out, w.T("emergency.ready."+key))
	}
	return out
}

// again shows the form with what was typed and with what was wrong. An error that nobody foresaw goes on to the service's
// log.
func (p *Pages) again(c *route.Call, ask api.Urgent, cause error) (route.Reply, error) {
	if p.frame.ProblemOf(cause).Code == "internal" {
		return nil, cause
	}
	e, err := p.emergency(c, ask)
	if err != nil {
		return nil, errors.Join(cause, err)
	}
	var status int
	e.Notice, status = p.frame.Refused(c.Words, cause)
	e.Faults = make(map[string]string)
	for _, f := range p.frame.ProblemOf(cause).Fields {
		e.Faults[f.Field] = c.Words.Or("emergency.fault."+f.Field, f.Message)
	}
	return route.Page{Status: status, Name: "emergency.html", Data: e}, nil
}

// postEmergencyReview takes the form, and a file with it, and shows what would sound.
func (p *Pages) postEmergencyReview(c *route.Call) (route.Reply, error) {
	ask, err := p.station.ReadEmergency(c)
	if err != nil {
		return p.again(c, ask, err)
	}
	review, err := p.station.ReviewEmergency(c.Who, ask)
	if err != nil {
		return p.again(c, ask, err)
	}
	s, err := p.frame.Shell(c, frame.EmergencyPath, c.Words.T("menu.emergency"))
	if err != nil {
		return nil, err
	}
	ask.RequestID = rand.Text() // a form that is sent twice sounds once
	r := EmergencyReview{Shell: s, Ask: ask, Review: review, Output: frame.OutputLine(c.Words, s.Now)}
	if review.Refused != "" {
		problem := route.Problem{Code: review.Refused}
		what, do := problem.Sentences(c.Words)
		r.Hindrance = what + " " + do
		if review.Refused == "unapproved" {
			r.Hindrance = c.Words.T("emergency.unapproved")
		}
	}
	if on := s.Now.OnAir; on != nil && on.Ends.IsZero() {
		r.Cuts = c.Words.T("emergency.cuts", on.Title)
	} else if on != nil && ask.Replace {
		r.Cuts = c.Words.T("emergency.replaces", on.Title)
	} else if on != nil {
		r.Waits = c.Words.T("emergency.waits", on.Title)
	}
	return route.Page{Name: "emergency-review.html", Data: r}, nil
}

// postEmergency is the button that is heard.
func (p *Pages) postEmergency(c *route.Call) (route.Reply, error) {
	ask, err := p.station.ReadEmergency(c)
	if err != nil {
		return p.again(c, ask, err)
	}
	waits, err := p.station.SoundEmergency(c.Request.Context(), c.Who, ask)
	switch {
	case api.RefusalCode(err) == "repeated": // the button was pressed twice
	case err != nil:
		return p.again(c, ask, err)
	case waits:
		return route.Redirect{To: frame.EmergencyPath + "?note=emergency_waits"}, nil
	}
	return route.Redirect{To: frame.EmergencyPath + "?note=emergency"}, nil
}

// extendBy is by how much the page's button puts off the end of an emergency.
const extendBy = 10 * time.Minute

func (p *Pages) postExtend(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	_, err := p.station.Extend(c.Request.Context(), c.Who, c.Request.PostForm.Get("broadcast"), extendBy)
	return frame.After(c, "extended", err)
}
