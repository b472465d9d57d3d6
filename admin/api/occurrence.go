package api

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// OneOccurrence is an occurrence with what may be done to it.
type OneOccurrence struct {
	WhyAnswer
	At        time.Time           // its start by the rule
	Programme *schedule.Programme // nil when it was deleted
	Exception *schedule.Exception // what was changed of it alone; nil for nothing
	Ahead     bool                // it may still be changed
}

// Occurrence finds an occurrence by its ID. One that was cancelled and is still ahead is found by its cancellation.
func (a *API) Occurrence(w locale.Words, id string) (OneOccurrence, error) {
	programme, text, ok := strings.Cut(id, "@")
	at, err := time.Parse(time.RFC3339, text)
	if !ok || err != nil {
		return OneOccurrence{}, route.BadRequest("bad_occurrence", fmt.Sprintf("%q is no occurrence: give its ID, programme@start", id))
	}
	now := a.o.Now()
	out := OneOccurrence{At: at.In(now.Location())}
	if p, err := a.o.Rules.Programme(programme); err == nil {
		out.Programme = &p
		for i := range p.Exceptions {
			if p.Exceptions[i].At.Equal(at) {
				out.Exception = &p.Exceptions[i]
			}
		}
	}
	if e := out.Exception; e != nil && e.Cancelled && at.After(now) {
		out.WhyAnswer = WhyAnswer{Occurrence: id, Source: "plan", Title: out.Programme.Title, Due: out.At, Status: string(evidence.Cancelled),
			Sentences: []string{w.T("said.cancelled", clockOf(out.At))}}
		out.Ahead = true
		return out, nil
	}
	if out.WhyAnswer, err = a.Why(w, id); err != nil {
		return OneOccurrence{}, err
	}
	out.Ahead = out.Programme != nil && out.Source == "plan" && out.Due.After(now)
	return out, nil
}

// CancelledAhead are the occurrences in [from, until) that were cancelled and are still ahead: the plan has them no more.
func (a *API) CancelledAhead(from, until time.Time) []Broadcast {
	now := a.o.Now()
	if from.Before(now) {
		from = now
	}
	var out []Broadcast
	for _, p := range a.o.Rules.Programmes() {
		for _, e := range p.Exceptions {
			id := p.ID + "@" + e.At.In(now.Location()).Format(time.RFC3339)
			if !e.Cancelled || e.At.Before(from) || !e.At.Before(until) || a.o.Log.Decided(id) {
				continue
			}
			out = append(out, Broadcast{Broadcast: id, Occurrence: id, Why: "scheduled", Programme: p.ID, Title: p.Title, Class: string(p.Class),
				Due: e.At.In(now.Location()), Status: string(evidence.Cancelled)})
		}
	}
	slices.SortStableFunc(out, func(x, y Broadcast) int { return x.Due.Compare(y.Due) })
	return out
}

// changed is a programme with one exception put in the place of what stood for its start.
func changed(p schedule.Programme, e schedule.Exception) schedule.Programme {
	list := []schedule.Exception{e}
	for _, x := range p.Exceptions {
		if !x.At.Equal(e.At) {
			list = append(list, x)
		}
	}
	p.Exceptions = list
	return p
}

// oneInput is the rules with an exception tried, whose clip, if it has one, is played instead of a playlist.
func (a *API) oneInput(id string, e schedule.Exception, clip string) (in schedule.Input, p schedule.Programme, x schedule.Exception, made *schedule.Playlist, err error) {
	if p, err = a.o.Rules.Programme(id); err != nil {
		return in, p, e, nil, err
	}
	in, d, made, err := a.drafted(Draft{Programme: schedule.Programme{PlaylistID: e.PlaylistID}, ClipID: clip})
	if err != nil {
		return in, p, e, nil, err
	}
	e.PlaylistID = d.PlaylistID
	if !e.To.IsZero() {
		e.To = e.To.Truncate(time.Second)
	}
	return with(in, changed(p, e)), p, e, made, nil
}

// ChangeOccurrence changes one occurrence only: cancels it, moves it, gives it another playlist (or clip) or volume. An
// exception that changes nothing takes back what was changed.
func (a *API) ChangeOccurrence(act Act, id string, e schedule.Exception, clip string) (schedule.Programme, error) {
	in, p, e, made, err := a.oneInput(id, e, clip)
	if err != nil {
		return p, err
	}
	if err := a.askNight(act, in); err != nil {
		return p, err
	}
	if e.PlaylistID, err = a.store(act, made, e.PlaylistID); err != nil {
		return p, err
	}
	return a.o.Rules.ChangeOne(act.Who.Actor, p.ID, e)
}

// PreviewOccurrence is what becomes of an occurrence and of others if it is changed alone.
func (a *API) PreviewOccurrence(w locale.Words, id string, e schedule.Exception, clip string) (Preview, error) {
	in, p, e, _, err := a.oneInput(id, e, clip)
	if err != nil {
		return Preview{}, err
	}
	day := e.To
	if day.IsZero() {
		day = e.At
	}
	loc := a.o.Now().Location()
	day = day.In(loc)
	from := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, loc)
	if now := a.o.Now(); from.Before(now) {
		from = now
	}
	out := a.previewOf(w, a.o.Input(), in, p.ID, from, from.AddDate(0, 0, 1))
	name := p.ID + "@" + e.At.In(loc).Format(time.RFC3339)
	out.Occurrences = slices.DeleteFunc(out.Occurrences, func(o Occurrence) bool { return o.ID != name })
	return out, nil
}

// Content is something that a programme can play.
type Content struct {
	Clip      bool // a single clip; else a playlist
	ID, Title string
	LengthMS  int64 // 0 for a playlist that plays its clips in turn
	Items     int
	State     string // of a clip
}

// Contents are playlists and clips whose title has all the words of q, accents or not; at most so many of either, playlists
// first. What is retired is left out.
func (a *API) Contents(q string, most int) (lists, clips []Content, more bool) {
	in := a.o.Input()
	words := strings.Fields(folded(q))
	fits := func(texts ...string) bool {
		text := folded(strings.Join(texts, "\n"))
		return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
	}
	for _, l := range in.Playlists {
		if fits(l.Title) {
			lists = append(lists, contentOf(in, l))
		}
	}
	for _, c := range in.Clips {
		if c.State != "retired" && fits(c.Title, c.Source, strings.Join(c.Tags, "\n")) {
			clips = append(clips, Content{Clip: true, ID: c.ID, Title: c.Title, LengthMS: c.Frames / 48, Items: 1, State: c.State})
		}
	}
	for _, list := range []*[]Content{&lists, &clips} {
		slices.SortFunc(*list, func(x, y Content) int {
			return cmp.Or(cmp.Compare(folded(x.Title), folded(y.Title)), schedule.CompareIDs(x.ID, y.ID))
		})
		if len(*list) > most {
			*list, more = (*list)[:most], true
		}
	}
	return lists, clips, more
}

// ContentOf is a playlist or clip by its ID; ok is false when it is gone.
func (a *API) ContentOf(id string, clip bool) (c Content, ok bool) {
	in := a.o.Input()
	if clip {
		f, ok := in.Clips[id]
		return Content{Clip: true, ID: id, Title: f.Title, LengthMS: f.Frames / 48, Items: 1, State: f.State}, ok
	}
	l, ok := in.Playlists[id]
	return contentOf(in, l), ok
}

func contentOf(in schedule.Input, l schedule.Playlist) Content {
	c := Content{ID: l.ID, Title: l.Title, Items: len(l.Items)}
	if l.Mode == schedule.ModeRotate {
		return c
	}
	for _, it := range l.Items {
		c.LengthMS += it.SilenceMS
		if it.Kind == schedule.KindClip {
			c.LengthMS += in.Clips[it.ClipID].Frames / 48
		}
	}
	return c
}
