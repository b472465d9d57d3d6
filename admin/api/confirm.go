package api

import (
	"fmt"
	"net/http"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// Confirm is the query parameter by which a person says a second time that a change is meant; ConfirmNight is its value
// for one that lets something sound between 21:00 and 06:00.
const (
	Confirm      = "confirm"
	ConfirmNight = "night"
)

// confirmParam describes it for the document.
func confirmParam() []route.Param {
	return []route.Param{{Name: Confirm, About: "night: yes, it is to sound between 21:00 and 06:00; without it such a change is refused with confirm_night"}}
}

// confirmed describes the confirmation at all routes of a list that change something; the others read.
func confirmed(list []route.Route) []route.Route {
	for i, r := range list {
		if r.Method != http.MethodGet {
			list[i].Doc.Query = confirmParam()
		}
	}
	return list
}

// Act is who changes the rules, in whose words a refusal speaks, and whether the night was said yes to.
type Act struct {
	Who   account.Identity
	Words locale.Words
	Night bool
}

// ActOf is the act of a call, whose address may say yes to the night.
func ActOf(c *route.Call) Act {
	return Act{Who: c.Who, Words: c.Words, Night: c.Query(Confirm) == ConfirmNight}
}

// askNight refuses a change that would let something sound at night, until the person has said so twice. A wrong hour is
// entered by day and heard at 03:15.
func (a *API) askNight(act Act, after schedule.Input) error {
	return a.askAbout(act, after, schedule.NightEffect)
}

// askTaken is askNight for a change that only takes away: what it lets sound is a broadcast that was kept silent before.
func (a *API) askTaken(act Act, after schedule.Input) error {
	return a.askAbout(act, after, schedule.NightBegins)
}

func (a *API) askAbout(act Act, after schedule.Input, find func(before, after schedule.Input, now time.Time) (schedule.Occurrence, bool)) error {
	first, night := find(a.o.Input(), after, a.o.Now())
	if !night {
		return nil
	}
	if act.Night {
		a.Operator(act.Who.Actor, evidence.Operator{What: "confirm_night", Object: first.ID, Reason: first.Start.Format("15:04 02/01/2006"), Result: "done"})
		return nil
	}
	shown, _ := a.occurrences(act.Words, []schedule.Occurrence{first})
	return &route.Problem{Status: http.StatusPreconditionRequired, Code: "confirm_night",
		Detail:  fmt.Sprintf("%q would sound at %s", first.Title, first.Start.Format("15:04 on 02/01/2006")),
		Context: map[string]any{"occurrence": shown[0]}}
}

// withList is the input with one playlist put in the place of its stored form.
func withList(in schedule.Input, l schedule.Playlist) schedule.Input {
	lists := make(map[string]schedule.Playlist, len(in.Playlists)+1)
	for id, x := range in.Playlists {
		lists[id] = x
	}
	lists[l.ID] = l
	in.Playlists = lists
	return in
}
