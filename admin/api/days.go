package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"loaxa/admin/route"
	"loaxa/schedule"
)

type dayList struct {
	Days []schedule.SpecialDay `json:"days"`
	// Suggested are holidays of the year asked for that the station has not taken over yet.
	Suggested []schedule.SpecialDay `json:"suggested"`
}

// dayAnswer says which rule a day has, and its lunar date.
type dayAnswer struct {
	Date     schedule.Date `json:"date"`
	Names    []string      `json:"names"` // of the special days that it belongs to
	Use      string        `json:"use"`   // "" the ordinary schedule | off | a schedule's name
	Mourning bool          `json:"mourning"`
	Lunar    string        `json:"lunar"` // day/month of the Vietnamese calendar, "+" after a leap month
}

type mourningRequest struct {
	Name  string        `json:"name"`
	From  schedule.Date `json:"from"`
	Until schedule.Date `json:"until"`
}

func (a *API) dayRoutes() []route.Route {
	d := schedule.SpecialDay{}
	list := described(read("/days", "Holidays, days off, days with a schedule of their own, days of mourning.", a.listDays), nil, dayList{}, 0)
	list.Doc.Query = []route.Param{{Name: "suggest", About: "a year: its public holidays that are not taken over yet"}}
	return append([]route.Route{list,
		described(read("/days/on/:date", "Which rule a day has, and its lunar date.", a.getDay), nil, dayAnswer{}, 0),
	}, confirmed([]route.Route{
		described(edit("DELETE", "/days/:id", "day", "Delete a special day.", a.deleteDay), nil, nil, http.StatusNoContent),
		described(edit("POST", "/days", "day", "Make a special day.", a.postDay), d, d, http.StatusCreated),
		described(edit("PUT", "/days/:id", "day", "Replace a special day; its revision must be the stored one.", a.putDay), d, d, 0),
		described(edit("POST", "/mourning", "day", "National mourning (quốc tang): entertainment falls silent on these days.", a.postMourning), mourningRequest{}, d, http.StatusCreated),
	})...)
}

func (a *API) listDays(c *route.Call) (route.Reply, error) {
	year, err := c.Int("suggest", 0, 2000, 2100)
	if err != nil {
		return nil, err
	}
	out := dayList{Days: notNil(a.o.Rules.Days()), Suggested: []schedule.SpecialDay{}}
	if year != 0 {
		suggested, err := a.o.Rules.SuggestedDays(int(year))
		if err != nil {
			return nil, err
		}
		out.Suggested = notNil(suggested)
	}
	return route.JSON{Value: out}, nil
}

func (a *API) getDay(c *route.Call) (route.Reply, error) {
	date := schedule.Date(c.Param("date"))
	if _, err := time.Parse(time.DateOnly, string(date)); err != nil {
		return nil, route.BadRequest("bad_time", "write a day like 2026-03-05")
	}
	return route.JSON{Value: a.DayOn(date)}, nil
}

// lunarText writes a day's lunar date as day/month, with + in a leap month; "" for a day that cannot be read.
func lunarText(d schedule.Date) string {
	day, month, _, leap := schedule.LunarOf(d)
	switch {
	case day == 0:
		return ""
	case leap:
		return fmt.Sprintf("%d/%d+", day, month)
	}
	return fmt.Sprintf("%d/%d", day, month)
}

func (a *API) postDay(c *route.Call) (route.Reply, error) {
	var d schedule.SpecialDay
	if err := c.DecodeJSON(&d); err != nil {
		return nil, err
	}
	if err := isNew(d.ID, d.Revision); err != nil {
		return nil, err
	}
	return dayReply(http.StatusCreated)(a.SaveDay(ActOf(c), d))
}

func (a *API) putDay(c *route.Call) (route.Reply, error) {
	var d schedule.SpecialDay
	if err := c.DecodeJSON(&d); err != nil {
		return nil, err
	}
	if err := isStored(c.Param("id"), &d.ID, d.Revision); err != nil {
		return nil, err
	}
	return dayReply(http.StatusOK)(a.SaveDay(ActOf(c), d))
}

// postMourning is one switch for what is announced at short notice.
func (a *API) postMourning(c *route.Call) (route.Reply, error) {
	var in mourningRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	return dayReply(http.StatusCreated)(a.Mourning(ActOf(c), in.Name, in.From, in.Until))
}

// Mourning keeps entertainment off the air on these days.
func (a *API) Mourning(act Act, name string, from, until schedule.Date) (schedule.SpecialDay, error) {
	if strings.TrimSpace(name) == "" {
		name = "Quốc tang"
	}
	return a.SaveDay(act, schedule.SpecialDay{Name: name, From: from, Until: until, Mourning: true})
}

func dayReply(status int) func(schedule.SpecialDay, error) (route.Reply, error) {
	return func(d schedule.SpecialDay, err error) (route.Reply, error) {
		if err != nil {
			return nil, err
		}
		return route.JSON{Status: status, Value: d, Location: Prefix + "/days/" + d.ID}, nil
	}
}

// SaveDay stores a special day, a new one when it has no revision.
func (a *API) SaveDay(act Act, d schedule.SpecialDay) (schedule.SpecialDay, error) {
	after := a.o.Input()
	after.Days = append(slices.DeleteFunc(slices.Clone(after.Days), func(x schedule.SpecialDay) bool { return x.ID == d.ID && d.ID != "" }), d.Normalise())
	if schedule.ValidateDay(d.Normalise()) == nil {
		if err := a.askNight(act, after); err != nil {
			return d, err
		}
	}
	return a.o.Rules.PutDay(act.Who.Actor, d)
}

func (a *API) deleteDay(c *route.Call) (route.Reply, error) {
	return route.JSON{Status: http.StatusNoContent}, a.DeleteDay(ActOf(c), c.Param("id"))
}

// DeleteDay takes a special day away; what it kept silent may sound again.
func (a *API) DeleteDay(act Act, id string) error {
	after := a.o.Input()
	after.Days = slices.DeleteFunc(slices.Clone(after.Days), func(x schedule.SpecialDay) bool { return x.ID == id })
	if err := a.askNight(act, after); err != nil {
		return err
	}
	return a.o.Rules.DeleteDay(act.Who.Actor, id)
}

// Days are the special days in the order of their creation.
func (a *API) Days() []schedule.SpecialDay { return a.o.Rules.Days() }

// SuggestedDays are public holidays of a year that the station has not taken over yet, with their sources.
func (a *API) SuggestedDays(year int) ([]schedule.SpecialDay, error) {
	return a.o.Rules.SuggestedDays(year)
}

// DayAnswer says which rule a day has, and its lunar date.
type DayAnswer = dayAnswer

// DayOn says which rule a day has, and its lunar date.
func (a *API) DayOn(date schedule.Date) DayAnswer {
	r := schedule.RuleOf(a.o.Rules.Days(), date)
	return dayAnswer{Date: date, Names: notNil(r.Names), Use: r.Use, Mourning: r.Mourning, Lunar: lunarText(date)}
}
