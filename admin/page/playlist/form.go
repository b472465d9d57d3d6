package playlist

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/schedule"
)

// The form of a playlist carries the list as it has become so far: each button but the last changes the list in the form and
// stores nothing. With a script the same buttons work without asking the server.

// itemValue is an item as the form carries it.
func itemValue(it schedule.Item) string {
	if it.Kind == schedule.KindSilence {
		return "silence:" + strconv.FormatInt(it.SilenceMS, 10)
	}
	return "clip:" + it.ClipID
}

func itemOf(value string) (schedule.Item, bool) {
	kind, what, ok := strings.Cut(value, ":")
	switch {
	case ok && kind == "clip" && what != "":
		return schedule.Item{Kind: schedule.KindClip, ClipID: what}, true
	case ok && kind == "silence":
		ms, err := strconv.ParseInt(what, 10, 64)
		return schedule.Item{Kind: schedule.KindSilence, SilenceMS: ms}, err == nil
	}
	return schedule.Item{}, false
}

// listOf reads the form of a playlist.
func listOf(id string, f url.Values) (schedule.Playlist, error) {
	l := schedule.Playlist{ID: id, Title: f.Get("title"), Mode: schedule.Mode(f.Get("mode"))}
	if id != "" {
		rev, err := strconv.ParseInt(f.Get("rev"), 10, 64)
		if err != nil {
			return l, route.BadRequest("bad_form", "rev is no number")
		}
		l.Revision = rev
	}
	for _, v := range f["item"] {
		it, ok := itemOf(v)
		if !ok {
			return l, route.BadRequest("bad_form", "item is no item: "+strconv.Quote(v))
		}
		l.Items = append(l.Items, it)
	}
	return l, nil
}

// postPlaylist does what the pressed button says.
func (p *Pages) postPlaylist(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	f := c.Request.PostForm
	l, err := listOf(c.Param("id"), f)
	if err != nil {
		return nil, err
	}
	do, what, _ := strings.Cut(f.Get("do"), ":")
	if do == "enter" { // the key of that name, pressed in a field
		do = "save"
		if f.Get("q") != "" {
			do = "find"
		}
	}
	if do == "save" {
		stored, err := p.station.StorePlaylist(c, l)
		if err != nil {
			return p.playlistRefused(c, l, err)
		}
		return listAt(stored.ID, "list_saved"), nil
	}
	wrong := make(map[string]string)
	if do == "silence" {
		if ms, ok := frame.ParseMoment(f.Get("silence")); ok && ms >= 100 && ms <= 600_000 {
			l.Items = append(l.Items, schedule.Item{Kind: schedule.KindSilence, SilenceMS: ms})
		} else {
			wrong["silence"] = c.Words.T("list.wrong.silence")
		}
	}
	l.Items = changed(l.Items, do, what)
	out, err := p.playlist(c, l, f.Get("q"))
	if err != nil {
		return nil, err
	}
	out.Unsaved, out.Errors = true, wrong
	if s := f.Get("silence"); s != "" {
		out.Silence = s
	}
	return route.Page{Name: "playlist.html", Data: out}, nil
}

// changed is the list after the press of one button: add:c-1, up:2, down:2, remove:2. What makes no sense changes nothing.
func changed(items []schedule.Item, do, what string) []schedule.Item {
	if do == "add" {
		if what == "" {
			return items
		}
		return append(items, schedule.Item{Kind: schedule.KindClip, ClipID: what})
	}
	n, err := strconv.Atoi(what)
	if err != nil || n < 0 || n >= len(items) {
		return items
	}
	switch {
	case do == "remove":
		return slices.Delete(items, n, n+1)
	case do == "up" && n > 0:
		items[n-1], items[n] = items[n], items[n-1]
	case do == "down" && n < len(items)-1:
		items[n+1], items[n] = items[n], items[n+1]
	}
	return items
}

// playlistRefused is the form as it was sent, with why it was not stored.
func (p *Pages) playlistRefused(c *route.Call, l schedule.Playlist, refusal error) (route.Reply, error) {
	problem := p.frame.ProblemOf(refusal)
	if problem.Code == "not_found" || problem.Code == "internal" {
		return nil, refusal
	}
	var theirs *schedule.Playlist
	if problem.Code == "conflict" { // sent again, the person has seen what the other one made of it
		now, err := p.station.Playlist(l.ID)
		if err != nil {
			return nil, err
		}
		theirs, l.Revision = &now, now.Revision
	}
	out, err := p.playlist(c, l, c.Request.PostForm.Get("q"))
	if err != nil {
		return nil, err
	}
	var status int
	out.Notice, status = p.frame.Refused(c.Words, refusal)
	out.Unsaved, out.Errors = true, make(map[string]string)
	for _, f := range problem.Fields {
		field, _, _ := strings.Cut(f.Field, "[")
		out.Errors[field] = c.Words.Or("list.wrong."+field, f.Message)
	}
	if theirs != nil {
		out.Theirs, out.Their = theirs, p.rows(c.Words, theirs.Items)
	}
	if problem.Code == "confirm_night" {
		out.Night = frame.NightText(c.Words, problem)
	}
	return frame.RefusedPage("playlist.html", status, out), nil
}
