package calendar

import (
	"net/http"
	"net/url"

	"loaxa/admin/page/frame"
	"loaxa/admin/route"
)

// schedulePath is the calendar's address; what belongs to it lies below.
const schedulePath = "/schedule"

// programmeFormLimit is the most that a programme's form may have: five hundred days, each with its field's name.
const programmeFormLimit = 64 << 10

func (p *Pages) routes() []route.Route {
	filled := func(path, logged string, h route.Handler) route.Route {
		r := frame.Act(schedulePath+path, logged, h)
		r.MaxBody = programmeFormLimit
		return r
	}
	edit := func(path string, h route.Handler) route.Route {
		r := frame.Look(schedulePath+path, h)
		r.Roles = route.Editors()
		return r
	}
	return []route.Route{
		frame.Look(schedulePath, p.getWeek),
		frame.Look(schedulePath+"/programmes", p.getProgrammes),
		frame.Look(schedulePath+"/why/:id", p.getWhy),
		edit("/new", p.getNewProgramme),
		filled("/new", "programme", p.postProgramme),
		edit("/content", p.getContent),
		filled("/preview", "programme_preview", p.postProgrammePreview),
		frame.Look(schedulePath+"/occurrence/:id", p.getOccurrence),
		frame.Act(schedulePath+"/occurrence/:id", "programme", p.postOccurrence),
		frame.Act(schedulePath+"/occurrence/:id/cancel", "programme", p.postCancel),
		frame.Act(schedulePath+"/occurrence/:id/restore", "programme", p.postRestore),
		edit("/from/:id", p.getFrom),
		filled("/from/:id", "programme", p.postFrom),
		frame.Look(schedulePath+"/days", p.getDays),
		frame.Act(schedulePath+"/days", "day", p.postDay),
		frame.Act(schedulePath+"/days/mourning", "day", p.postMourning),
		frame.Act(schedulePath+"/days/:id/delete", "day", p.postDeleteDay),
		frame.Look(schedulePath+"/:id", p.getProgramme),
		filled("/:id", "programme", p.postProgramme),
		frame.Act(schedulePath+"/:id/pause", "programme", p.postPause),
		frame.Act(schedulePath+"/:id/resume", "programme", p.postResume),
		frame.Act(schedulePath+"/:id/delete", "programme", p.postDeleteProgramme),
	}
}

// sentForm reads the form of a page.
func sentForm(c *route.Call) (url.Values, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, formError(err)
	}
	return c.Request.PostForm, nil
}

// formError keeps what has a status of its own, such as a form that is too large.
func formError(err error) error {
	if _, ok := err.(*http.MaxBytesError); ok { //nolint:errorlint // ParseForm gives it as it is
		return err
	}
	return route.BadRequest("bad_form", err.Error())
}

// occurrencePath is the address of an occurrence's page, or of an act on it. Its ID holds a time with colons and a plus.
func occurrencePath(id, act string) string {
	return schedulePath + "/occurrence/" + url.PathEscape(id) + act
}

// notedAt leads to a page with a note, and with what can be taken back.
func notedAt(path, note, undo string) route.Redirect {
	q := url.Values{"note": {note}}
	if undo != "" {
		q.Set("undo", undo)
	}
	return route.Redirect{To: path + "?" + q.Encode()}
}
