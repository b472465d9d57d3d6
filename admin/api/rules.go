package api

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"loaxa/admin/account"
	"loaxa/admin/route"
	"loaxa/schedule"
	"loaxa/schedule/rulebook"
)

type playlistList struct {
	Playlists []schedule.Playlist `json:"playlists"`
}

type programmeList struct {
	Programmes []schedule.Programme `json:"programmes"`
}

// settingsAnswer is what staff may set, beside each setting's default.
type settingsAnswer struct {
	schedule.Settings
	Defaults schedule.Settings `json:"defaults"`
}

// edit is a route that changes the rules.
func edit(method, path, logged, summary string, h route.Handler) route.Route {
	return route.Route{Method: method, Path: Prefix + path, Access: route.Signed, Roles: route.Editors(), MaxBody: bodyLimit,
		Logged: logged, Handle: h, Doc: route.Doc{Summary: summary}}
}

func described(rt route.Route, request, response any, status int) route.Route {
	rt.Doc.Request, rt.Doc.Response, rt.Doc.Status = request, response, status
	return rt
}

func (a *API) settingsRoutes() []route.Route {
	put := described(edit("PUT", "/settings", "settings", "Change settings; what is left out stays.", a.putSettings), schedule.Settings{}, schedule.Settings{}, 0)
	put.Roles, put.Doc.Query = []account.Role{account.Administrator}, confirmParam()
	return []route.Route{described(read("/settings", "What staff may set, with the defaults.", a.getSettings), nil, settingsAnswer{}, 0), put}
}

func (a *API) getSettings(*route.Call) (route.Reply, error) {
	return route.JSON{Value: settingsAnswer{Settings: a.o.Rules.Settings(), Defaults: schedule.DefaultSettings()}}, nil
}

// putSettings lays the document over the settings as they stand. A revision that is given must be the stored one; left
// out, the change is made to whatever stands.
func (a *API) putSettings(c *route.Call) (route.Reply, error) {
	s := a.o.Rules.Settings()
	stands := s
	// Decoding into a list that is there would mix old and new, in the list that others read.
	s.QuietHours, s.TrustedHosts, s.VolumeSpans, s.EntertainmentTags = nil, nil, nil, nil
	s.Letterhead.Addressees, s.Letterhead.Recipients = slices.Clone(s.Letterhead.Addressees), slices.Clone(s.Letterhead.Recipients)
	if err := c.DecodeJSON(&s); err != nil {
		return nil, err
	}
	keepLists(&s, stands)
	stored, err := a.storeSettings(c, s)
	if err != nil {
		return nil, err
	}
	return route.JSON{Value: stored}, nil
}

// storeSettings asks about the night before settings are stored.
func (a *API) storeSettings(c *route.Call, s schedule.Settings) (schedule.Settings, error) {
	after := a.o.Input()
	after.Settings = s.Normalise()
	if schedule.ValidateSettings(after.Settings) == nil { // what cannot be stored is refused by the book in its own words
		if err := a.askNight(ActOf(c), after); err != nil {
			return s, err
		}
	}
	return a.o.Rules.PutSettings(c.Who.Actor, s)
}

// Playlists are all playlists.
func (a *API) Playlists() []schedule.Playlist { return a.o.Rules.Playlists() }

// Settings is what staff may set.
func (a *API) Settings() schedule.Settings { return a.o.Rules.Settings() }

// ChangeSettings stores the settings with a change made to them as they stand. When somebody stores other settings in
// the same moment, the change is made to those.
func (a *API) ChangeSettings(c *route.Call, change func(*schedule.Settings) error) (schedule.Settings, error) {
	for tries := 0; ; tries++ {
		s := a.o.Rules.Settings()
		if err := change(&s); err != nil {
			return s, err
		}
		stored, err := a.storeSettings(c, s)
		if errors.Is(err, rulebook.ErrConflict) && tries < 3 {
			continue
		}
		return stored, err
	}
}

// keepLists keeps the lists that the document leaves out.
func keepLists(s *schedule.Settings, stands schedule.Settings) {
	if s.QuietHours == nil {
		s.QuietHours = stands.QuietHours
	}
	if s.TrustedHosts == nil {
		s.TrustedHosts = stands.TrustedHosts
	}
	if s.VolumeSpans == nil {
		s.VolumeSpans = stands.VolumeSpans
	}
	if s.EntertainmentTags == nil {
		s.EntertainmentTags = stands.EntertainmentTags
	}
}

func (a *API) playlistRoutes() []route.Route {
	list := schedule.Playlist{}
	return append(confirmed([]route.Route{
		described(read("/playlists", "All playlists.", a.listPlaylists), nil, playlistList{}, 0),
		described(edit("POST", "/playlists", "playlist", "Make a playlist.", a.postPlaylist), list, list, http.StatusCreated),
		described(read("/playlists/:id", "One playlist.", a.getPlaylist), nil, list, 0),
		described(edit("PUT", "/playlists/:id", "playlist", "Replace a playlist; its revision must be the stored one.", a.putPlaylist), list, list, 0),
	}), described(edit("DELETE", "/playlists/:id", "playlist", "Delete a playlist that no programme uses.", a.deletePlaylist), nil, nil, http.StatusNoContent))
}

func (a *API) listPlaylists(*route.Call) (route.Reply, error) {
	return route.JSON{Value: playlistList{Playlists: a.o.Rules.Playlists()}}, nil
}

func (a *API) getPlaylist(c *route.Call) (route.Reply, error) {
	l, err := a.o.Rules.Playlist(c.Param("id"))
	return route.JSON{Value: l}, err
}

func (a *API) postPlaylist(c *route.Call) (route.Reply, error) {
	var l schedule.Playlist
	if err := c.DecodeJSON(&l); err != nil {
		return nil, err
	}
	if err := isNew(l.ID, l.Revision); err != nil {
		return nil, err
	}
	return a.storePlaylist(c, l, http.StatusCreated)
}

func (a *API) putPlaylist(c *route.Call) (route.Reply, error) {
	var l schedule.Playlist
	if err := c.DecodeJSON(&l); err != nil {
		return nil, err
	}
	if err := isStored(c.Param("id"), &l.ID, l.Revision); err != nil {
		return nil, err
	}
	return a.storePlaylist(c, l, http.StatusOK)
}

func (a *API) storePlaylist(c *route.Call, l schedule.Playlist, status int) (route.Reply, error) {
	stored, err := a.StorePlaylist(c, l)
	if err != nil {
		return nil, err
	}
	return route.JSON{Status: status, Value: stored, Location: Prefix + "/playlists/" + stored.ID}, nil
}

func (a *API) deletePlaylist(c *route.Call) (route.Reply, error) {
	return route.JSON{Status: http.StatusNoContent}, a.o.Rules.DeletePlaylist(c.Who.Actor, c.Param("id"))
}

func (a *API) programmeRoutes() []route.Route {
	p := schedule.Programme{}
	return confirmed([]route.Route{
		described(read("/programmes", "All programmes.", a.listProgrammes), nil, programmeList{}, 0),
		described(edit("POST", "/programmes", "programme", "Make a programme.", a.postProgramme), p, p, http.StatusCreated),
		described(read("/programmes/:id", "One programme.", a.getProgramme), nil, p, 0),
		described(edit("PUT", "/programmes/:id", "programme", "Replace a programme; its revision must be the stored one.", a.putProgramme), p, p, 0),
		described(edit("DELETE", "/programmes/:id", "programme", "Delete a programme.", a.deleteProgramme), nil, nil, http.StatusNoContent),
	})
}

func (a *API) listProgrammes(*route.Call) (route.Reply, error) {
	return route.JSON{Value: programmeList{Programmes: notNil(a.o.Rules.Programmes())}}, nil
}

func (a *API) getProgramme(c *route.Call) (route.Reply, error) {
	p, err := a.o.Rules.Programme(c.Param("id"))
	return route.JSON{Value: p}, err
}

func (a *API) postProgramme(c *route.Call) (route.Reply, error) {
	var p schedule.Programme
	if err := c.DecodeJSON(&p); err != nil {
		return nil, err
	}
	if err := isNew(p.ID, p.Revision); err != nil {
		return nil, err
	}
	stored, err := a.SaveProgramme(ActOf(c), Draft{Programme: p})
	if err != nil {
		return nil, err
	}
	return route.JSON{Status: http.StatusCreated, Value: stored, Location: Prefix + "/programmes/" + stored.ID}, nil
}

func (a *API) putProgramme(c *route.Call) (route.Reply, error) {
	var p schedule.Programme
	if err := c.DecodeJSON(&p); err != nil {
		return nil, err
	}
	if err := isStored(c.Param("id"), &p.ID, p.Revision); err != nil {
		return nil, err
	}
	stored, err := a.SaveProgramme(ActOf(c), Draft{Programme: p})
	if err != nil {
		return nil, err
	}
	return route.JSON{Value: stored}, nil
}

// askProgramme asks about the night before a valid programme is stored; in is the rules with the playlist that it needs.
func (a *API) askProgramme(act Act, in schedule.Input, p schedule.Programme, old *schedule.Programme) error {
	p.EffectiveFrom = a.o.Now()
	if old != nil {
		p.EndsBefore, p.Exceptions = old.EndsBefore, old.Exceptions
	} else {
		p.ID = previewID
	}
	return a.askNight(act, with(in, p))
}

func (a *API) deleteProgramme(c *route.Call) (route.Reply, error) {
	return route.JSON{Status: http.StatusNoContent}, a.DeleteProgramme(ActOf(c), c.Param("id"))
}

// isNew refuses a POST that carries the marks of something stored: it was meant as a PUT.
func isNew(id string, revision int64) error {
	if id == "" && revision == 0 {
		return nil
	}
	return &route.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid", Detail: "a new one has neither id nor revision; use PUT to change",
		Fields: []route.Field{{Field: "id", Code: "unused", Message: "leave out id and revision, or use PUT to change"}}}
}

// isStored wants the revision that the change is made to, and one ID.
func isStored(path string, id *string, revision int64) error {
	if *id != "" && *id != path {
		return route.BadRequest("wrong_id", fmt.Sprintf("the document has id %q, the address %q", *id, path))
	}
	*id = path
	if revision < 1 {
		return &route.Problem{Status: http.StatusUnprocessableEntity, Code: "invalid", Detail: "revision is missing: give the one you read",
			Fields: []route.Field{{Field: "revision", Code: "required", Message: "revision is missing: give the one you read"}}}
	}
	return nil
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
