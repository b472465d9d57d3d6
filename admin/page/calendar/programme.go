package calendar

import (
	"net/http"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/schedule"
)

func (p *Pages) getNewProgramme(c *route.Call) (route.Reply, error) {
	f := blank()
	if day := readDate(c.Query("day")); day != "" {
		f.Form, f.Dates = string(schedule.FormDates), []string{string(day)}
	}
	f.What = c.Query("what")
	page, err := p.programmeForm(c, c.Words.T("schedule.new"), f)
	page.Action = schedulePath + "/new"
	return route.Page{Name: "schedule_form.html", Data: page}, err
}

func (p *Pages) getProgramme(c *route.Call) (route.Reply, error) {
	page, err := p.storedForm(c)
	if err != nil {
		return nil, err
	}
	page.Notice.Undo = p.undo(c)
	return route.Page{Name: "schedule_form.html", Data: page}, nil
}

// storedForm is the form of the programme that the address names, filled as it stands.
func (p *Pages) storedForm(c *route.Call) (ProgrammeForm, error) {
	stored, err := p.station.Programme(c.Param("id"))
	if err != nil {
		return ProgrammeForm{}, err
	}
	now := p.station.Now(c.Words).At
	f := fieldsOf(stored, now.Location())
	page, err := p.programmeForm(c, stored.Title, f)
	if err != nil {
		return page, err
	}
	page.Action, page.ID, page.Stored = schedulePath+"/"+stored.ID, stored.ID, &stored
	_, _, _, preview := p.tryDraft(c, f, stored, stored.ID, "", now)
	page.Preview = &preview
	return page, nil
}

// postProgramme saves a new programme or a changed one; the other buttons of the form only draw it anew.
func (p *Pages) postProgramme(c *route.Call) (route.Reply, error) {
	id := c.Param("id")
	base, err := p.stored(id)
	if err != nil {
		return nil, err
	}
	v, err := sentForm(c)
	if err != nil {
		return nil, err
	}
	f, now := readFields(v), p.station.Now(c.Words).At
	draft, wrong, pre, preview := p.tryDraft(c, f, base, id, "", now)
	do := v.Get("do")
	if saves(do) && len(wrong) == 0 {
		act := api.ActOf(c)
		act.Night = nightOf(c.Words, pre).meant(do, v.Get("seen"))
		saved, failed := p.station.SaveProgramme(act, draft)
		if failed == nil {
			return notedAt(schedulePath+"/"+saved.ID, "schedule_saved", ""), nil
		}
		err = failed
	}
	title := c.Words.T("schedule.new")
	if id != "" {
		title = base.Title
	}
	page, failed := p.programmeForm(c, title, f)
	if failed != nil {
		return nil, failed
	}
	page.Action, page.ID = schedulePath+"/new", id
	if id != "" {
		page.Action, page.Stored = schedulePath+"/"+id, &base
	}
	return p.programmeAgain(c, page, do, wrong, &preview, nightOf(c.Words, pre), err), nil
}

func saves(do string) bool { return do == "save" || do == "night" }

// programmeAgain draws a form anew that was not saved: with what is wrong, with the question about the night, or with what somebody
// else changed meanwhile. What was typed stands as it was typed.
func (p *Pages) programmeAgain(c *route.Call, page ProgrammeForm, do string, wrong Wrong, preview *PlanPreview, night *NightQuestion, err error) route.Page {
	status := http.StatusOK
	page.Preview, page.Wrong = preview, wrong
	switch {
	case err != nil:
		page.Notice, status = p.frame.Refused(c.Words, err)
		problem := p.frame.ProblemOf(err)
		switch problem.Code {
		case "confirm_night":
			if page.Night = night; night != nil {
				page.Notice = frame.Notice{}
			}
		case "conflict":
			if page.Stored != nil {
				now := fieldsOf(*page.Stored, page.Now.At.Location())
				if page.Differs = differences(c.Words, now, page.F); len(page.Differs) > 0 {
					page.Notice = frame.Notice{} // the table says it better
				}
				page.F.Revision = now.Revision // saving once more is meant
			}
		default:
			page.Wrong = wrongOf(c.Words, problem.Fields)
		}
	case saves(do):
		status = http.StatusUnprocessableEntity
		page.Notice = frame.Notice{Mark: "bad", Text: c.Words.T("schedule.not_saved")}
	}
	return route.Page{Status: status, Name: "schedule_form.html", Data: page}
}

// fromOf finds the programme and the start from which on it is to be changed.
func (p *Pages) fromOf(c *route.Call) (api.OneOccurrence, error) {
	o, err := p.station.Occurrence(c.Words, c.Param("id"))
	if err == nil && o.Programme == nil {
		err = route.NotFound("programme", c.Param("id"))
	}
	return o, err
}

// getFrom is the form of "from this one on", filled as the programme is, with the change that led here.
func (p *Pages) getFrom(c *route.Call) (route.Reply, error) {
	o, err := p.fromOf(c)
	if err != nil {
		return nil, err
	}
	now := p.station.Now(c.Words).At
	follows := follower(*o.Programme)
	warning := ""
	if to, ok := readMoment(c.Query("to"), now.Location()); ok && !to.Equal(o.At) {
		if !shift(&follows, o.At, to) {
			warning = c.Words.T("schedule.from.by_hand", to.Format("15:04"))
		} else if to.Before(o.At) {
			warning = c.Words.T("schedule.from.earlier", dayAndTime(c.Words, o.At))
		}
	}
	f := fieldsOf(follows, now.Location())
	if what := c.Query("what"); what != "" {
		f.What = what
	}
	if volume := c.Query("volume"); volume != "" {
		f.Volume = volume
	}
	page, err := p.fromPage(c, o, f)
	if err != nil {
		return nil, err
	}
	page.Warning = warning
	_, _, _, preview := p.tryDraft(c, f, follower(*o.Programme), o.Programme.ID, page.At, now)
	page.Preview = &preview
	return route.Page{Name: "schedule_form.html", Data: page}, nil
}

func (p *Pages) fromPage(c *route.Call, o api.OneOccurrence, f ProgrammeFields) (ProgrammeForm, error) {
	page, err := p.programmeForm(c, c.Words.T("schedule.from.title", o.Programme.Title), f)
	page.Action, page.ID, page.Stored = schedulePath+"/from/"+c.Param("id"), o.Programme.ID, o.Programme
	page.At, page.AtText = o.At.Format(time.RFC3339), dayAndTime(c.Words, o.At)
	return page, err
}

// shift moves the times of a programme as one of its starts was moved. It is false where the rule has no such time to move.
func shift(p *schedule.Programme, at, to time.Time) bool {
	if p.When == nil {
		return false
	}
	w := *p.When
	moved := false
	w.Times = append([]string(nil), w.Times...)
	for i, t := range w.Times {
		if t == at.Format("15:04") {
			w.Times[i], moved = to.Format("15:04"), true
		}
	}
	if !sameDay(at, to) {
		switch w.Form {
		case schedule.FormWeekdays:
			w.Weekdays = append([]int(nil), w.Weekdays...)
			for i, d := range w.Weekdays {
				if d%7 == int(at.Weekday()) {
					w.Weekdays[i] = (int(to.Weekday())+6)%7 + 1
				}
			}
		case schedule.FormDates:
			w.Dates = append([]schedule.Date(nil), w.Dates...)
			for i, d := range w.Dates {
				if string(d) == at.Format(time.DateOnly) {
					w.Dates[i] = schedule.Date(to.Format(time.DateOnly))
				}
			}
		default:
			moved = false
		}
	}
	p.When = &w
	return moved
}

func (p *Pages) postFrom(c *route.Call) (route.Reply, error) {
	o, err := p.fromOf(c)
	if err != nil {
		return nil, err
	}
	v, err := sentForm(c)
	if err != nil {
		return nil, err
	}
	f, now, at := readFields(v), p.station.Now(c.Words).At, o.At.Format(time.RFC3339)
	f.Revision = "" // a new one is made
	draft, wrong, pre, preview := p.tryDraft(c, f, follower(*o.Programme), o.Programme.ID, at, now)
	do := v.Get("do")
	if saves(do) && len(wrong) == 0 {
		act := api.ActOf(c)
		act.Night = nightOf(c.Words, pre).meant(do, v.Get("seen"))
		_, follows, failed := p.station.ChangeFrom(act, o.Programme.ID, o.At, draft)
		if failed == nil {
			return notedAt(schedulePath+"/"+follows.ID, "schedule_from", ""), nil
		}
		err = failed
	}
	page, failed := p.fromPage(c, o, f)
	if failed != nil {
		return nil, failed
	}
	return p.programmeAgain(c, page, do, wrong, &preview, nightOf(c.Words, pre), err), nil
}

func (p *Pages) postPause(c *route.Call) (route.Reply, error) { return p.setPaused(c, true) }

func (p *Pages) postResume(c *route.Call) (route.Reply, error) { return p.setPaused(c, false) }

// setPaused is one press. To let a programme sound again at night is asked about on its own page.
func (p *Pages) setPaused(c *route.Call, paused bool) (route.Reply, error) {
	pr, err := p.station.Programme(c.Param("id"))
	if err != nil {
		return nil, err
	}
	pr.Paused, pr.PausedUntil = paused, time.Time{}
	act := api.ActOf(c)
	act.Night = false
	_, err = p.station.SaveProgramme(act, api.Draft{Programme: pr})
	switch {
	case err == nil && paused:
		return notedAt(schedulePath+"/"+pr.ID, "schedule_paused", pr.ID), nil
	case err == nil:
		return notedAt(schedulePath+"/"+pr.ID, "schedule_resumed", ""), nil
	case p.frame.ProblemOf(err).Code != "confirm_night":
		return nil, err
	}
	now := p.station.Now(c.Words).At
	f := fieldsOf(pr, now.Location())
	_, wrong, pre, preview := p.tryDraft(c, f, pr, pr.ID, "", now)
	page, failed := p.programmeForm(c, pr.Title, f)
	page.Action, page.ID, page.Stored = schedulePath+"/"+pr.ID, pr.ID, &pr
	return p.programmeAgain(c, page, "save", wrong, &preview, nightOf(c.Words, pre), err), failed
}

func (p *Pages) postDeleteProgramme(c *route.Call) (route.Reply, error) {
	if _, err := sentForm(c); err != nil {
		return nil, err
	}
	if err := p.station.DeleteProgramme(api.ActOf(c), c.Param("id")); err != nil {
		if p.frame.ProblemOf(err).Code != "confirm_night" {
			return nil, err
		}
		return p.deleteAsked(c, err)
	}
	return notedAt(schedulePath+"/programmes", "schedule_deleted", ""), nil
}

// deleteAsked is the programme's page with the question about what sounds at night once the programme is gone.
func (p *Pages) deleteAsked(c *route.Call, asked error) (route.Reply, error) {
	page, err := p.storedForm(c)
	if err != nil {
		return nil, err
	}
	var status int
	page.Notice, status = p.frame.Asked(c, asked)
	return route.Page{Status: status, Name: "schedule_form.html", Data: page}, nil
}
