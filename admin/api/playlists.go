package api

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/schedule"
)

// What pages know of playlists beyond what is stored of them.

// StorePlaylist stores a new playlist, or one whose revision was read. It also looks for the clips: the rulebook does not
// know the library.
func (a *API) StorePlaylist(c *route.Call, l schedule.Playlist) (schedule.Playlist, error) {
	clips := a.o.Input().Clips
	var faults schedule.Problems
	for i, it := range l.Normalise().Items {
		if _, ok := clips[it.ClipID]; it.Kind == schedule.KindClip && it.ClipID != "" && !ok {
			faults = append(faults, schedule.Problem{Field: fmt.Sprintf("items[%d].clip_id", i), Code: "unknown",
				Message: fmt.Sprintf("there is no clip %s.", it.ClipID)})
		}
	}
	if faults != nil {
		return schedule.Playlist{}, faults
	}
	if l.ID != "" {
		if err := a.askNight(ActOf(c), withList(a.o.Input(), l.Normalise())); err != nil {
			return schedule.Playlist{}, err
		}
	}
	return a.o.Rules.PutPlaylist(c.Who.Actor, l)
}

// Playlist is one playlist as it is stored.
func (a *API) Playlist(id string) (schedule.Playlist, error) { return a.o.Rules.Playlist(id) }

// DeletePlaylist deletes a playlist that no programme uses.
func (a *API) DeletePlaylist(c *route.Call, id string) error {
	return a.o.Rules.DeletePlaylist(c.Who.Actor, id)
}

// ListEntry is a playlist in a list for people.
type ListEntry struct {
	schedule.Playlist
	LengthMS   int64 // of all items
	Programmes int   // that play it
	Broken     int   // items that cannot be played now: not approved, retired, out of their days, gone
}

// Lists gives all playlists whose title has the words, newest first.
func (a *API) Lists(words string) []ListEntry {
	in, now := a.o.Input(), a.o.Now()
	programmes := make(map[string]int)
	for _, p := range in.Programmes {
		programmes[p.PlaylistID]++
	}
	var out []ListEntry
	for _, l := range in.Playlists {
		if !hasWords(l.Title, words) {
			continue
		}
		e := ListEntry{Playlist: l, Programmes: programmes[l.ID]}
		for _, it := range l.Items {
			e.LengthMS += itemMS(in, it)
			if it.Kind == schedule.KindClip && clipReason(in, it.ClipID, now) != schedule.ReasonNone {
				e.Broken++
			}
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(x, y ListEntry) int { // IDs are numbered
		return cmp.Or(cmp.Compare(len(y.ID), len(x.ID)), cmp.Compare(y.ID, x.ID))
	})
	return out
}

// ItemFact is what a person needs to know of one item of a playlist.
type ItemFact struct {
	Title    string // of a clip
	LengthMS int64
	Reason   string // why it would not be played now; "" when it would
	Known    bool   // there is such a clip; silences are known, too
}

// ItemFacts looks items up.
func (a *API) ItemFacts(items []schedule.Item) []ItemFact {
	in, now := a.o.Input(), a.o.Now()
	out := make([]ItemFact, len(items))
	for i, it := range items {
		out[i] = ItemFact{LengthMS: itemMS(in, it), Known: true}
		if it.Kind == schedule.KindClip {
			fact, ok := in.Clips[it.ClipID]
			out[i].Title, out[i].Known, out[i].Reason = fact.Title, ok, string(clipReason(in, it.ClipID, now))
		}
	}
	return out
}

func itemMS(in schedule.Input, it schedule.Item) int64 {
	if it.Kind == schedule.KindSilence {
		return it.SilenceMS
	}
	const perMS = 48
	return in.Clips[it.ClipID].Frames / perMS
}

func clipReason(in schedule.Input, id string, now time.Time) schedule.Reason {
	fact, ok := in.Clips[id]
	return fact.Refused(in.Settings, ok, now)
}

// ListUse is a programme that plays a playlist.
type ListUse struct {
	ID, Title string
	When      string // in words; "" when no true sentence can be made
	SlotMS    int64  // the least time until another broadcast begins, within a week; 0: nothing follows
	Next      time.Time
	LengthMS  int64 // of the longest of its broadcasts within a week, with what is played before and after
	TooLong   bool  // some broadcast of that week is refused for its length, or runs into the next one
}

// ListUses tells who plays a playlist and whether it fits there; l may have changes that are not stored.
func (a *API) ListUses(w locale.Words, l schedule.Playlist) []ListUse {
	in, now := a.o.Input(), a.o.Now()
	out, at := []ListUse{}, make(map[string]int)
	for _, p := range in.Programmes {
		if p.PlaylistID == l.ID {
			u := ListUse{ID: p.ID, Title: p.Title}
			u.When, _ = schedule.SentenceOf(p, now.Location(), string(w.Language))
			at[p.ID] = len(out)
			out = append(out, u)
		}
	}
	if len(out) == 0 {
		return out
	}
	week := schedule.Plan(withList(in, l), now, now.AddDate(0, 0, planDays))
	var due []time.Time // also of what waits for this list, or is lost to it
	for _, o := range week {
		if o.Verdict != schedule.VerdictSkipped || o.Reason == schedule.ReasonOverlap {
			due = append(due, o.Due)
		}
	}
	slices.SortFunc(due, time.Time.Compare)
	for _, o := range week {
		i, mine := at[o.ProgrammeID]
		if !mine {
			continue
		}
		out[i].take(o, due)
	}
	return out
}

// take looks at one broadcast of the week; due is when all of them are, ascending.
func (u *ListUse) take(o schedule.Occurrence, due []time.Time) {
	if u.Next.IsZero() {
		u.Next = milli(o.Due)
	}
	u.LengthMS = max(u.LengthMS, o.Length.Milliseconds())
	if o.Reason == schedule.ReasonTooLong || o.Reason == schedule.ReasonMinutes {
		u.TooLong = true
	}
	if i, _ := slices.BinarySearchFunc(due, o.Due, after); i < len(due) {
		slot := due[i].Sub(o.Due)
		if ms := slot.Milliseconds(); u.SlotMS == 0 || ms < u.SlotMS {
			u.SlotMS = ms
		}
		u.TooLong = u.TooLong || slot < o.Length
	}
}

func hasWords(text, words string) bool {
	text = folded(text)
	for _, w := range wordsOf(words) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
