package calendar

import (
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// Why says why an occurrence will, will not, did or did not air.
type Why struct {
	frame.Shell
	ID        string
	Name      string // of the occurrence
	Due       time.Time
	Day       string
	Mark      string
	Status    string
	Sentences []string
	Rules     []string // who goes on air before whom
	Record    string   // address of the log's record; "" while there is none
	Planned   bool     // the plan speaks; else the log
}

func (p *Pages) getWhy(c *route.Call) (route.Reply, error) {
	shell, err := p.frame.Shell(c, schedulePath, c.Words.T("schedule.why"))
	if err != nil {
		return nil, err
	}
	o, err := p.station.Occurrence(c.Words, c.Param("id"))
	if err != nil {
		return nil, err
	}
	y := Why{Shell: shell, ID: o.Occurrence, Name: o.Title, Due: o.Due, Day: frame.Weekday(c.Words, o.Due), Sentences: o.Sentences,
		Status: c.Words.Or("status."+o.Status, o.Status), Mark: whyMark(o.Status), Rules: schedule.Ladder(string(c.Words.Language)), Planned: o.Record == nil}
	if c.Query("part") != "" {
		return route.Page{Name: "schedule-why", Data: y}, nil
	}
	return route.Page{Name: "schedule_why.html", Data: y}, nil
}

// whyMark is the colour of a status: what airs as planned, what does not, what was meant not to.
func whyMark(status string) string {
	switch status {
	case string(evidence.Full):
		return "ok"
	case string(evidence.Late), "will_wait", "will_skip", string(evidence.Skipped):
		return "warn"
	case "planned", "pending", string(evidence.Cancelled):
		return "plain"
	case "on_air":
		return "live"
	}
	return "bad"
}

// dayAndTime is "17:00, Thứ Năm 05/03/2026".
func dayAndTime(w locale.Words, t time.Time) string {
	return t.Format("15:04") + ", " + frame.Weekday(w, t) + " " + frame.DayText(t)
}
