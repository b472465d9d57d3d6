package shelf

import (
	"net/url"
	"slices"
	"strconv"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/audio/library"
	"loaxa/schedule"
)

// clipsAtOnce is how many clips one page of the list shows.
const clipsAtOnce = 30

// clipForm is the most that a form of a clip may have, bytes: every topic of the list may be ticked.
const clipForm = 64 << 10

func (p *Pages) routes() []route.Route {
	form := func(path, logged string, h route.Handler) route.Route {
		rt := frame.Act(path, logged, h)
		rt.MaxBody = clipForm
		return rt
	}
	approving := func(rt route.Route) route.Route {
		rt.Roles = []account.Role{account.Approver, account.Administrator}
		return rt
	}
	bring := form("/clips/new", "import", p.postImport)
	bring.MaxBody, bring.Slow = api.MaxImportForm, true
	fresh := frame.Look("/clips/new", p.getImportForm)
	fresh.Roles = route.Editors()
	return []route.Route{
		frame.Look("/clips", p.getClips), fresh, bring,
		frame.Look("/clips/imports/:id", p.getImport),
		form("/clips/imports/:id/confirm", "import", p.postConfirmImport),
		form("/clips/imports/:id/cancel", "import", p.postCancelImport),
		frame.Look("/clips/queue", p.getQueue),
		approving(form("/clips/approve", "approve", p.postApprove)),
		form("/clips/submit", "submit", p.postSubmit),
		frame.Look("/clips/:id", p.getClip),
		form("/clips/:id/edit", "clip", p.postClipEdit),
		approving(form("/clips/:id/reject", "reject", p.postReject)),
		form("/clips/:id/retire", "retire", p.postRetire),
		form("/clips/:id/delete", "clip", p.postClipDelete),
		form("/clips/:id/trim", "trim", p.postTrim),
		form("/clips/:id/rehearse", "play", p.postRehearse),
	}
}

// Clips is the page of the library.
type Clips struct {
	frame.Shell
	Shelf      api.ShelfPage
	Rows       []ClipRow
	States     []ClipState
	Topics     []TopicAxis
	Q, Tag     string
	State      string
	Filtered   bool // something was asked for, so an empty list is no empty library
	Back, Next string
	MayApprove bool
	Imports    []api.ImportAnswer // under way
}

// ClipRow is one clip of the list.
type ClipRow struct {
	api.ShelfEntry
	Chip   Chip
	Topics []string
	Uses   string // in words, "" when nothing plays it
	Until  string // what is to be known of its days, ""
}

// Chip is a word with its colour: ok, warn, bad, plain.
type Chip struct{ Mark, Word string }

// ClipState is one choice of the filter.
type ClipState struct {
	Value, Word string
	On          bool
}

func (p *Pages) getClips(c *route.Call) (route.Reply, error) {
	s, err := p.frame.Shell(c, "/clips", c.Words.T("menu.clips"))
	if err != nil {
		return nil, err
	}
	n, err := c.Int("page", 1, 1, 1e6)
	if err != nil {
		return nil, err
	}
	q := api.ShelfQuery{State: c.Query("state"), Tag: c.Query("tag"), Words: c.Query("q"), Page: int(n), Size: clipsAtOnce}
	shelf, err := p.station.Shelf(q)
	if err != nil {
		return nil, err
	}
	topics, err := p.station.Taxonomy()
	if err != nil {
		return nil, err
	}
	out := Clips{Shell: s, Shelf: shelf, Q: q.Words, Tag: q.Tag, State: q.State, Filtered: q.Words != "" || q.Tag != "" || q.State != "",
		Topics: axes(topics, []string{q.Tag}), MayApprove: c.Who.Role.MayApprove()}
	for _, e := range shelf.Clips {
		out.Rows = append(out.Rows, clipRow(c.Words, topics, e))
	}
	for _, v := range []string{"", library.StateDraft, library.StateSubmitted, library.StateApproved, library.StateRetired} {
		out.States = append(out.States, ClipState{v, stateChoice(c.Words, v, shelf.States), v == q.State})
	}
	out.Back, out.Next = pageLinks(c.Request.URL, shelf.Page, shelf.Pages)
	all, err := p.station.Imports(c)
	if err != nil {
		return nil, err
	}
	out.Imports = slices.DeleteFunc(all, api.ImportAnswer.Over)
	if c.Query("part") == "rows" {
		return route.Page{Name: "clip-rows", Data: out}, nil
	}
	return route.Page{Name: "clips.html", Data: out}, nil
}

func stateChoice(w locale.Words, state string, counts map[string]int) string {
	if state == "" {
		return w.T("clip.state.all")
	}
	return w.T("clip.state."+state) + " (" + strconv.Itoa(counts[state]) + ")"
}

// pageLinks are the addresses of the pages before and after, "" where there is none.
func pageLinks(at *url.URL, page, pages int) (back, next string) {
	to := func(n int) string {
		q := at.Query()
		q.Del("part")
		q.Del("note")
		q.Set("page", strconv.Itoa(n))
		return at.Path + "?" + q.Encode()
	}
	if page > 1 {
		back = to(page - 1)
	}
	if page < pages {
		next = to(page + 1)
	}
	return back, next
}

func clipRow(w locale.Words, t schedule.Taxonomy, e api.ShelfEntry) ClipRow {
	r := ClipRow{ShelfEntry: e, Chip: clipChip(w, e.Clip), Topics: topicTitles(t, e.Tags)}
	switch {
	case e.Programmes > 0:
		r.Uses = w.T("clip.used.programmes", e.Programmes)
	case e.Lists > 0:
		r.Uses = w.T("clip.used.lists", e.Lists)
	}
	if d := e.DaysLeft; d != nil && e.State != library.StateRetired {
		switch {
		case *d < 0:
			r.Until = w.T("clip.expired", isoDay(e.ValidUntil))
		case *d <= soonExpired:
			r.Until = w.T("clip.expires", *d)
		}
	}
	return r
}

// soonExpired is how many days before its last one a clip says so in the list.
const soonExpired = 14

func clipChip(w locale.Words, c library.Clip) Chip {
	if c.State == library.StateDraft && c.RejectedBy != "" {
		return Chip{"bad", w.T("clip.state.rejected")}
	}
	mark := map[string]string{library.StateSubmitted: "warn", library.StateApproved: "ok"}[c.State]
	if mark == "" {
		mark = "plain"
	}
	return Chip{mark, w.T("clip.state." + c.State)}
}

// TopicAxis is one axis of topics, to be chosen from.
type TopicAxis struct {
	Title  string
	Topics []TopicChoice
}

// Any tells whether a topic of the axis is chosen.
func (a TopicAxis) Any() bool {
	return slices.ContainsFunc(a.Topics, func(t TopicChoice) bool { return t.On })
}

// TopicChoice is one topic.
type TopicChoice struct {
	Tag, Title string
	On         bool
}

// axes are all topics, with those ticked that are among the tags.
func axes(t schedule.Taxonomy, tags []string) []TopicAxis {
	var out []TopicAxis
	for _, a := range t.Axes {
		axis := TopicAxis{Title: a.Title}
		for _, topic := range a.Topics {
			tag := a.ID + "." + topic.ID
			axis.Topics = append(axis.Topics, TopicChoice{Tag: tag, Title: topic.Title, On: slices.Contains(tags, tag)})
		}
		out = append(out, axis)
	}
	return out
}

// topicTitles are tags as people call them; a tag that names no topic is its own name.
func topicTitles(t schedule.Taxonomy, tags []string) []string {
	out := make([]string, 0, len(tags))
	for _, tag := range tags {
		if title := t.Title(tag); title != "" {
			tag = title
		}
		out = append(out, tag)
	}
	return out
}

// otherTags are those that name no topic.
func otherTags(t schedule.Taxonomy, tags []string) []string {
	return slices.DeleteFunc(slices.Clone(tags), func(tag string) bool { return t.Title(tag) != "" })
}

// postSubmit hands drafts to an approver.
func (p *Pages) postSubmit(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	ids := c.Request.PostForm["id"]
	if _, err := p.station.SubmitClips(c.Who, ids...); err != nil {
		if len(ids) == 1 {
			return p.clipRefused(c, ids[0], err)
		}
		return nil, err
	}
	if len(ids) == 1 {
		return route.Redirect{To: "/clips/" + url.PathEscape(ids[0]) + "?note=clip_submitted"}, nil
	}
	return route.Redirect{To: "/clips?state=submitted&note=clips_submitted"}, nil
}
