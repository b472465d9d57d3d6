package page

import (
	"net/http"
	"net/url"

	"loaxa/admin/route"
)

// schedulePath is the calendar's address; what belongs to it lies below.
const schedulePath = "/schedule"

// programmeFormLimit is the most that a programme's form may have: five hundred days, each with its field's name.
const programmeFormLimit = 64 << 10

func (p *Pages) scheduleRoutes() []route.Route {
	filled := func(path, logged string, h route.Handler) route.Route {
		r := act(schedulePath+path, logged, h)
		r.MaxBody = programmeFormLimit
		return r
	}
	edit := func(path string, h route.Handler) route.Route {
		r := look(schedulePath+path, h)
		r.Roles = route.Editors()
		return r
	}
	return []route.Route{
		look(schedulePath, p.getWeek),
		look(schedulePath+"/programmes", p.getProgrammes),
		look(schedulePath+"/why/:id", p.getWhy),
		edit("/new", p.getNewProgramme),
		filled("/new", "programme", p.postProgramme),
		edit("/content", p.getContent),
		filled("/preview", "programme_preview", p.postProgrammePreview),
		look(schedulePath+"/occurrence/:id", p.getOccurrence),
		act(schedulePath+"/occurrence/:id", "programme", p.postOccurrence),
		act(schedulePath+"/occurrence/:id/cancel", "programme", p.postCancel),
		act(schedulePath+"/occurrence/:id/restore", "programme", p.postRestore),
		edit("/from/:id", p.getFrom),
		filled("/from/:id", "programme", p.postFrom),
		look(schedulePath+"/days", p.getDays),
		act(schedulePath+"/days", "day", p.postDay),
		act(schedulePath+"/days/mourning", "day", p.postMourning),
		act(schedulePath+"/days/:id/delete", "day", p.postDeleteDay),
		look(schedulePath+"/:id", p.getProgramme),
		filled("/:id", "programme", p.postProgramme),
		act(schedulePath+"/:id/pause", "programme", p.postPause),
		act(schedulePath+"/:id/resume", "programme", p.postResume),
		act(schedulePath+"/:id/delete", "programme", p.postDeleteProgramme),
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
