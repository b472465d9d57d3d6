package shelf

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/audio/library"
	"loaxa/schedule"
)

// Clip is the page of one clip.
type Clip struct {
	frame.Shell
	Clip       api.ClipAnswer
	Chip       Chip
	Topics     []string
	Wave       Wave
	Form       ClipForm
	Trim       TrimForm
	Days       string // until when it may be played, in words
	MayApprove bool
	Removable  bool   // it was never approved
	Seen       string // for an approval: what is on this page of the clip
	RequestID  string // lets a rehearsal that is asked for twice sound once
	Why        string // of a rejection that was refused
	Open       string // the part that stands open, because its form was refused: edit, trim, reject, rehearse, retire, delete
}

// ClipForm is what may be said about a clip, as it was typed, and what stood there before.
type ClipForm struct {
	Title  string
	Said   Said
	Was    string // JSON of a library.Edit
	Theirs *library.Clip
}

// Said is what is said of one clip, or of all that one import brings.
type Said struct {
	W                     locale.Words
	Source                string
	Letter                library.Letter
	ValidFrom, ValidUntil string
	Axes                  []TopicAxis
	Other                 string // tags that name no topic, with commas
	TagName, OtherName    string // of the form's fields
	Errors                map[string]string
}

func (p *Pages) getClip(c *route.Call) (route.Reply, error) {
	out, err := p.clip(c, c.Param("id"))
	if err != nil {
		return nil, err
	}
	out.Open = c.Query("open")
	return route.Page{Name: "clip.html", Data: out}, nil
}

func (p *Pages) clip(c *route.Call, id string) (Clip, error) {
	a, err := p.station.Clip(c.Words, id)
	if err != nil {
		return Clip{}, err
	}
	s, err := p.frame.Shell(c, "/clips", a.Title)
	if err != nil {
		return Clip{}, err
	}
	topics, err := p.station.Taxonomy()
	if err != nil {
		return Clip{}, err
	}
	seen, err := json.Marshal(library.SeenOf(a.Clip))
	if err != nil {
		return Clip{}, err
	}
	out := Clip{Shell: s, Clip: a, Chip: clipChip(c.Words, a.Clip), Topics: topicTitles(topics, a.Tags), Wave: p.wave(a.Clip), Trim: trimForm(a.Clip),
		MayApprove: c.Who.Role.MayApprove(), Removable: a.Approval == nil && a.ApprovedAt.IsZero(), Seen: string(seen), RequestID: rand.Text()}
	out.Form, err = clipFormOf(c.Words, topics, a.Clip)
	switch {
	case a.DaysLeft != nil && *a.DaysLeft < 0:
		out.Days = c.Words.T("clip.expired", isoDay(a.ValidUntil))
	case a.DaysLeft != nil:
		out.Days = c.Words.T("clip.expires", *a.DaysLeft)
	}
	return out, err
}

func clipFormOf(w locale.Words, t schedule.Taxonomy, c library.Clip) (ClipForm, error) {
	was, err := json.Marshal(library.Edit{Title: &c.Title, Source: &c.Source, Tags: &c.Tags, Letter: &c.Letter, ValidFrom: &c.ValidFrom, ValidUntil: &c.ValidUntil})
	return ClipForm{Title: c.Title, Was: string(was), Said: Said{W: w, Source: c.Source, Letter: c.Letter, ValidFrom: c.ValidFrom, ValidUntil: c.ValidUntil,
		Axes: axes(t, c.Tags), Other: strings.Join(otherTags(t, c.Tags), ", "), TagName: "tag", OtherName: "other"}}, err
}

// clipRefused is the clip's page with the reason of a refusal, and that part of it open which was sent.
func (p *Pages) clipRefused(c *route.Call, id string, refusal error, more ...func(*Clip)) (route.Reply, error) {
	out, err := p.clip(c, id)
	if err != nil {
		return nil, errors.Join(err, refusal)
	}
	var status int
	out.Notice, status = p.frame.Asked(c, refusal)
	for _, f := range more {
		f(&out)
	}
	return frame.RefusedPage("clip.html", status, out), nil
}

func open(part string) func(*Clip) { return func(p *Clip) { p.Open = part } }

func clipAt(id, note string) route.Reply {
	return route.Redirect{To: "/clips/" + url.PathEscape(id) + "?note=" + note}
}

// editOf reads the form of a clip: what is said now, and what stood there when it was opened.
func editOf(f url.Values) (e library.Edit, err error) {
	one := func(name string) *string { v := f.Get(name); return &v }
	tags := f["tag"]
	for other := range strings.SplitSeq(f.Get("other"), ",") {
		if other = strings.TrimSpace(other); other != "" {
			tags = append(tags, other)
		}
	}
	e = library.Edit{Title: one("title"), Source: one("source"), Tags: &tags, ValidFrom: one("valid_from"), ValidUntil: one("valid_until"),
		Letter: &library.Letter{Agency: f.Get("agency"), Number: f.Get("number"), Date: f.Get("letter_date")}}
	if was := f.Get("was"); was != "" {
		var before library.Edit
		if err := json.Unmarshal([]byte(was), &before); err != nil {
			return e, route.BadRequest("bad_form", "was: "+err.Error())
		}
		before.Was = nil
		e.Was = &before
		dropUnchanged(&e, before)
	}
	return e, nil
}

// dropUnchanged leaves out what the person did not touch, so that what somebody else made of it meanwhile stays.
func dropUnchanged(e *library.Edit, was library.Edit) {
	drop := func(to **string, was *string) {
		if was != nil && **to == *was {
			*to = nil
		}
	}
	drop(&e.Title, was.Title)
	drop(&e.Source, was.Source)
	drop(&e.ValidFrom, was.ValidFrom)
	drop(&e.ValidUntil, was.ValidUntil)
	if was.Letter != nil && *e.Letter == *was.Letter {
		e.Letter = nil
	}
	if was.Tags != nil && sameTags(*e.Tags, *was.Tags) {
		e.Tags = nil
	}
}

// sameTags does not look at the order, which a form cannot keep.
func sameTags(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	in := make(map[string]bool, len(a))
	for _, t := range a {
		in[t] = true
	}
	for _, t := range b {
		if !in[t] {
			return false
		}
	}
	return true
}

func (p *Pages) postClipEdit(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	id, f := c.Param("id"), c.Request.PostForm
	e, err := editOf(f)
	if err != nil {
		return nil, err
	}
	_, err = p.station.EditClip(api.ActOf(c), id, e)
	if err == nil {
		return clipAt(id, "clip_saved"), nil
	}
	problem := p.frame.ProblemOf(err)
	return p.clipRefused(c, id, err, open("edit"), func(out *Clip) {
		now := out.Clip.Clip
		said := &out.Form.Said
		out.Form.Title, said.Source, said.ValidFrom, said.ValidUntil = f.Get("title"), f.Get("source"), f.Get("valid_from"), f.Get("valid_until")
		said.Letter = library.Letter{Agency: f.Get("agency"), Number: f.Get("number"), Date: f.Get("letter_date")}
		said.Other = f.Get("other")
		tick(said.Axes, f["tag"])
		if problem.Code == "conflict" { // Was is what stands now: sent again, the person has seen it
			out.Form.Theirs = &now
		} else {
			out.Form.Was = f.Get("was")
		}
		said.Errors = fieldErrors(c.Words, "clip", problem)
	})
}

// fieldErrors are the sentences of a refusal by field: the catalogue's under prefix.wrong.FIELD, else the refusal's own.
func fieldErrors(w locale.Words, prefix string, problem *route.Problem) map[string]string {
	out := make(map[string]string)
	for _, f := range problem.Fields {
		out[f.Field] = w.Or(prefix+".wrong."+f.Field, f.Message)
	}
	return out
}

// tick ticks these topics and no others.
func tick(axes []TopicAxis, tags []string) {
	on := make(map[string]bool, len(tags))
	for _, t := range tags {
		on[t] = true
	}
	for _, a := range axes {
		for i := range a.Topics {
			a.Topics[i].On = on[a.Topics[i].Tag]
		}
	}
}

func (p *Pages) postRetire(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	id := c.Param("id")
	if _, err := p.station.RetireClip(api.ActOf(c), id, c.Request.PostForm.Get("even_if_used") != ""); err != nil {
		return p.clipRefused(c, id, err, open("retire"))
	}
	return clipAt(id, "clip_retired"), nil
}

func (p *Pages) postClipDelete(c *route.Call) (route.Reply, error) {
	id := c.Param("id")
	if err := p.station.RemoveClip(c.Who, id); err != nil {
		return p.clipRefused(c, id, err, open("delete"))
	}
	return route.Redirect{To: "/clips?note=clip_deleted"}, nil
}

func (p *Pages) postReject(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	id, why := c.Param("id"), c.Request.PostForm.Get("why")
	if _, err := p.station.RejectClip(c.Who, id, why); err != nil {
		return p.clipRefused(c, id, err, open("reject"), func(out *Clip) { out.Why = why })
	}
	return clipAt(id, "clip_rejected"), nil
}

// postRehearse lets a clip sound over the loudspeakers: the page has named it and asked once more.
func (p *Pages) postRehearse(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	id := c.Param("id")
	err := p.station.Rehearse(c, id, c.Request.PostForm.Get("request_id"))
	if code := api.RefusalCode(err); err != nil && code != "repeated" {
		return p.clipRefused(c, id, err, open("rehearse"))
	}
	return clipAt(id, "rehearsal"), nil
}

// isoDay is a day as it is stored, as it is written in Viet Nam.
func isoDay(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return frame.DayText(t)
}
