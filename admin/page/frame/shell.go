package frame

import (
	"slices"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/route"
)

// Shell is Base and what stands around every page of a signed-in person: head with the state, menu, DỪNG.
type Shell struct {
	Base
	Who     account.Identity
	MayAct  bool // change what is played; stop
	Station api.Station
	Now     api.Now
	Weekday string
	State   string // playing | soon | resting | hold | fault; also the class of the box
	Line    string // a sentence on the state, may be ""
	Menu    []Entry
	Here    string // address of the menu's entry that this page belongs to
}

// Shell is the frame of a page for who is signed in; here is the menu's entry, title the page's name.
func (f *Frame) Shell(c *route.Call, here, title string) (Shell, error) {
	station, err := f.station.Station()
	if err != nil {
		return Shell{}, err
	}
	s := Shell{Base: f.Base(c.Words, title), Who: c.Who, MayAct: slices.Contains(route.Editors(), c.Who.Role), Station: station,
		Now: f.station.Now(c.Words), Here: here}
	s.Weekday = Weekday(c.Words, s.Now.At)
	s.State, s.Line = state(c.Words, s.Now)
	for _, e := range f.menu {
		if slices.Contains(e.roles, c.Who.Role) && (e.phone || !c.Who.Phone) {
			s.Menu = append(s.Menu, e)
		}
	}
	s.Notice = Noted(c.Words, c.Query("note"))
	return s, nil
}
