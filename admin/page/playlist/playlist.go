package playlist

import (
	"net/url"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/schedule"
)

// listForm is the most that a form of a playlist may have, bytes: 200 items and what was typed.
const listForm = 64 << 10

func (p *Pages) routes() []route.Route {
	form := func(path string, h route.Handler) route.Route {
		rt := frame.Act(path, "playlist", h)
		rt.MaxBody = listForm
		return rt
	}
	fresh, found := frame.Look("/playlists/new", p.getPlaylistForm), frame.Look("/playlists/clips", p.getPlaylistClips)
	fresh.Roles, found.Roles = route.Editors(), route.Editors()
	return []route.Route{
		frame.Look("/playlists", p.getPlaylists), fresh, found,
		form("/playlists/new", p.postPlaylist),
		frame.Look("/playlists/:id", p.getPlaylist),
		form("/playlists/:id", p.postPlaylist),
		form("/playlists/:id/delete", p.postPlaylistDelete),
	}
}

// Playlists is the page of all playlists.
type Playlists struct {
	frame.Shell
	Lists []api.ListEntry
	Q     string
	Any   bool // there is a playlist, found or not
}

func (p *Pages) getPlaylists(c *route.Call) (route.Reply, error) {
	s, err := p.frame.Shell(c, "/playlists", c.Words.T("menu.playlists"))
	if err != nil {
		return nil, err
	}
	out := Playlists{Shell: s, Q: c.Query("q")}
	out.Lists = p.station.Lists(out.Q)
	out.Any = len(out.Lists) > 0 || out.Q != ""
	if c.Query("part") != "" {
		return route.Page{Name: "list-rows", Data: out}, nil
	}
	return route.Page{Name: "playlists.html", Data: out}, nil
}

// Playlist is one playlist in its form, as it is stored or as somebody has changed it so far.
type Playlist struct {
	frame.Shell
	List    schedule.Playlist
	Rows    []ItemRow
	TotalMS int64 // of all items
	MostMS  int64 // the longest item: what a broadcast of a rotation takes
	Uses    []ListUse
	Bad     bool // some broadcast is too long
	Unsaved bool // the form was changed and is not stored
	Find    ClipFinder
	Silence string // seconds, as typed
	Errors  map[string]string
	Night   string             // the question whether it may sound at night, to be said yes to
	Theirs  *schedule.Playlist // stored by somebody else meanwhile
	Their   []ItemRow
}

// ItemRow is one item of a playlist.
type ItemRow struct {
	Value    string // as the form carries it: clip:c-1, silence:5000
	ClipID   string
	Title    string
	LengthMS int64
	Why      string // why it would not be played now, ""
	N        int    // from 0
}

// ListUse is a programme that plays the list, with whether it fits there.
type ListUse struct {
	api.ListUse
	Mark, Line string
}

// ClipFinder is the search by which clips are added.
type ClipFinder struct {
	W     locale.Words
	Q     string
	Clips []api.ShelfEntry
	More  int // found and not shown
	Asked bool
}

// foundAtOnce is how many clips the search shows.
const foundAtOnce = 8

func (p *Pages) getPlaylistForm(c *route.Call) (route.Reply, error) {
	out, err := p.playlist(c, schedule.Playlist{Mode: schedule.ModeAll}, "")
	if err != nil {
		return nil, err
	}
	return route.Page{Name: "playlist.html", Data: out}, nil
}

func (p *Pages) getPlaylist(c *route.Call) (route.Reply, error) {
	l, err := p.station.Playlist(c.Param("id"))
	if err != nil {
		return nil, err
	}
	out, err := p.playlist(c, l, "")
	if err != nil {
		return nil, err
	}
	return route.Page{Name: "playlist.html", Data: out}, nil
}

// getPlaylistClips is the part of the form that shows what the search found.
func (p *Pages) getPlaylistClips(c *route.Call) (route.Reply, error) {
	f, err := p.findClips(c, c.Query("q"))
	if err != nil {
		return nil, err
	}
	return route.Page{Name: "list-found", Data: f}, nil
}

func (p *Pages) findClips(c *route.Call, q string) (ClipFinder, error) {
	shelf, err := p.station.Shelf(api.ShelfQuery{Words: q, Page: 1, Size: foundAtOnce})
	return ClipFinder{W: c.Words, Q: q, Clips: shelf.Clips, More: shelf.Found - len(shelf.Clips), Asked: q != ""}, err
}

// playlist is the form of a list; q is what is looked for to be added.
func (p *Pages) playlist(c *route.Call, l schedule.Playlist, q string) (Playlist, error) {
	title := l.Title
	if title == "" {
		title = c.Words.T("list.new")
	}
	s, err := p.frame.Shell(c, "/playlists", title)
	if err != nil {
		return Playlist{}, err
	}
	out := Playlist{Shell: s, List: l, Silence: "3"}
	out.Rows = p.rows(c.Words, l.Items)
	for _, r := range out.Rows {
		out.TotalMS += r.LengthMS
		out.MostMS = max(out.MostMS, r.LengthMS)
	}
	if l.ID != "" {
		for _, u := range p.station.ListUses(c.Words, l) {
			use := useLine(c.Words, u)
			out.Bad = out.Bad || use.Mark == "bad"
			out.Uses = append(out.Uses, use)
		}
	}
	if s.MayAct {
		out.Find, err = p.findClips(c, q)
	}
	return out, err
}

func (p *Pages) rows(w locale.Words, items []schedule.Item) []ItemRow {
	var out []ItemRow
	for i, f := range p.station.ItemFacts(items) {
		r := ItemRow{N: i, Value: itemValue(items[i]), ClipID: items[i].ClipID, Title: f.Title, LengthMS: f.LengthMS}
		switch {
		case items[i].Kind == schedule.KindSilence:
			r.Title = w.T("list.silence", frame.SecondsText(items[i].SilenceMS))
		case !f.Known:
			r.Title, r.Why = items[i].ClipID, w.T("list.gone")
		case f.Reason != "":
			r.Why = w.T("reason." + f.Reason)
		}
		out = append(out, r)
	}
	return out
}

func useLine(w locale.Words, u api.ListUse) ListUse {
	length, slot := api.SpanText(u.LengthMS), api.SpanText(u.SlotMS)
	switch {
	case u.Next.IsZero():
		return ListUse{u, "warn", w.T("list.use.never")}
	case u.TooLong && u.SlotMS > 0 && u.SlotMS < u.LengthMS:
		return ListUse{u, "bad", w.T("list.use.long", length, slot)}
	case u.TooLong:
		return ListUse{u, "bad", w.T("list.use.limit", length)}
	case u.SlotMS > 0:
		return ListUse{u, "ok", w.T("list.use.fits", length, slot)}
	}
	return ListUse{u, "ok", w.T("list.use.free", length)}
}

func (p *Pages) postPlaylistDelete(c *route.Call) (route.Reply, error) {
	err := p.station.DeletePlaylist(c, c.Param("id"))
	if err == nil {
		return route.Redirect{To: "/playlists?note=list_deleted"}, nil
	}
	l, wrong := p.station.Playlist(c.Param("id"))
	if wrong != nil {
		return nil, err
	}
	out, wrong := p.playlist(c, l, "")
	if wrong != nil {
		return nil, wrong
	}
	var status int
	out.Notice, status = p.frame.Refused(c.Words, err)
	return frame.RefusedPage("playlist.html", status, out), nil
}

// listAt leads to a playlist.
func listAt(id, note string) route.Reply {
	return route.Redirect{To: "/playlists/" + url.PathEscape(id) + "?note=" + note}
}

// Address is where the form of a playlist is sent.
func (l Playlist) Address() string {
	if l.List.ID == "" {
		return "/playlists/new"
	}
	return "/playlists/" + url.PathEscape(l.List.ID)
}

// Rotates tells whether one broadcast plays one item.
func (l Playlist) Rotates() bool { return l.List.Mode == schedule.ModeRotate }
