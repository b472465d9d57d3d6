package api

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/schedule"
	"loaxa/schedule/rulebook"
)

// Draft is a programme as somebody fills it in. With ClipID it plays that one clip, whose playlist is found or made when the
// programme is saved.
type Draft struct {
	Programme schedule.Programme
	ClipID    string
}

// Preview is what a change would do.
type Preview = previewAnswer

// Programmes are all programmes in the order of their creation.
func (a *API) Programmes() []schedule.Programme { return a.o.Rules.Programmes() }

// Programme by ID.
func (a *API) Programme(id string) (schedule.Programme, error) { return a.o.Rules.Programme(id) }

// Sentence reads a programme's rule back; "" when no true sentence can be made.
func (a *API) Sentence(w locale.Words, p schedule.Programme) string {
	s, _ := schedule.SentenceOf(p, a.o.Now().Location(), string(w.Language))
	return s
}

// Faults are stored rules that cannot be planned.
func (a *API) Faults() []schedule.Fault { return schedule.Faults(a.o.Input()) }

// drafted is the rules with the playlist of a draft's clip, and the programme that plays it. made is a playlist that is not
// stored yet, nil when there is none to make.
func (a *API) drafted(d Draft) (in schedule.Input, p schedule.Programme, made *schedule.Playlist, err error) {
	in, p = a.o.Input(), d.Programme
	if d.ClipID == "" {
		return in, p, nil, nil
	}
	l, err := single(in, d.ClipID)
	if err != nil {
		return in, p, nil, err
	}
	p.PlaylistID = l.ID
	if l.ID == previewID {
		return withList(in, l), p, &l, nil
	}
	return in, p, nil, nil
}

// single is the playlist that plays one clip and nothing else: the oldest stored one, else one to be made.
func single(in schedule.Input, clip string) (schedule.Playlist, error) {
	fact, ok := in.Clips[clip]
	if !ok {
		return schedule.Playlist{}, schedule.Problems{{Field: "playlist_id", Code: "unknown", Message: fmt.Sprintf("there is no clip %s.", clip)}}
	}
	found := schedule.Playlist{ID: previewID, Title: fact.Title, Mode: schedule.ModeAll, Items: []schedule.Item{{Kind: schedule.KindClip, ClipID: clip}}}
	for _, l := range in.Playlists {
		if l.Mode == schedule.ModeAll && len(l.Items) == 1 && l.Items[0].ClipID == clip &&
			(found.ID == previewID || schedule.CompareIDs(l.ID, found.ID) < 0) {
			found = l
		}
	}
	return found, nil
}

// store stores the playlist that a draft needs and gives its ID.
func (a *API) store(act Act, made *schedule.Playlist, id string) (string, error) {
	if made == nil {
		return id, nil
	}
	l := *made
	l.ID = ""
	stored, err := a.o.Rules.PutPlaylist(act.Who.Actor, l)
	return stored.ID, err
}

// SaveProgramme stores a programme, a new one when it has no revision. It is refused with confirm_night until the act says
// yes to what would sound at night.
func (a *API) SaveProgramme(act Act, d Draft) (schedule.Programme, error) {
	in, p, made, err := a.drafted(d)
	if err != nil {
		return p, err
	}
	var old *schedule.Programme
	if p.Revision != 0 {
		stored, err := a.o.Rules.Programme(p.ID)
		if err != nil {
			return p, err
		}
		if stored.Revision != p.Revision { // before a playlist is made for nothing
			return p, fmt.Errorf("programme %s: %w", p.ID, rulebook.ErrConflict)
		}
		old = &stored
	}
	n := p.Normalise()
	if err := schedule.ValidateProgramme(n); err != nil {
		return p, err
	}
	if err := a.askProgramme(act, in, n, old); err != nil {
		return p, err
	}
	if p.PlaylistID, err = a.store(act, made, p.PlaylistID); err != nil {
		return p, err
	}
	return a.o.Rules.PutProgramme(act.Who.Actor, p)
}

// DeleteProgramme takes a programme away; its history stays. Another that gave way to it may sound now.
func (a *API) DeleteProgramme(act Act, id string) error {
	if _, err := a.o.Rules.Programme(id); err != nil {
		return err
	}
	if err := a.askTaken(act, without(a.o.Input(), id)); err != nil {
		return err
	}
	return a.o.Rules.DeleteProgramme(act.Who.Actor, id)
}

// Preview is what a draft would do from now on for so many days, if it were saved now.
func (a *API) Preview(w locale.Words, d Draft, from, until time.Time) (Preview, error) {
	from, until, err := a.span(from, until)
	if err != nil {
		return Preview{}, err
	}
	rules, p, made, err := a.drafted(d)
	if err != nil {
		return Preview{}, err
	}
	p = p.Normalise()
	if err := schedule.ValidateProgramme(p); err != nil {
		return Preview{}, err
	}
	if _, ok := rules.Playlists[p.PlaylistID]; !ok && made == nil {
		return Preview{}, &route.Problem{Status: http.StatusUnprocessableEntity, Code: "no_playlist", Detail: fmt.Sprintf("no playlist %q", p.PlaylistID)}
	}
	p.EffectiveFrom = a.o.Now() // as when it is saved now
	if p.ID == "" {
		p.ID = previewID
	}
	out := a.previewOf(w, a.o.Input(), with(rules, p), p.ID, from, until)
	out.Sentence = a.Sentence(w, p)
	return out, nil
}

// splitInput is the rules after "from this one on": the old programme ends before at, the draft follows it.
func splitInput(in schedule.Input, old schedule.Programme, at time.Time, next schedule.Programme) schedule.Input {
	old.EndsBefore = at
	next.ID, next.EffectiveFrom, next.EndsBefore, next.Exceptions, next.CampaignID = previewID, at, time.Time{}, nil, old.CampaignID
	return with(with(in, old), next)
}

// PreviewFrom is what a draft would do in the place of a programme from one of its starts on.
func (a *API) PreviewFrom(w locale.Words, id string, at time.Time, d Draft) (Preview, error) {
	old, err := a.o.Rules.Programme(id)
	if err != nil {
		return Preview{}, err
	}
	in, p, _, err := a.drafted(d)
	if err != nil {
		return Preview{}, err
	}
	p = p.Normalise()
	if err := schedule.ValidateProgramme(p); err != nil {
		return Preview{}, err
	}
	from := at
	if now := a.o.Now(); from.Before(now) {
		from = now
	}
	out := a.previewOf(w, a.o.Input(), splitInput(in, old, at, p), previewID, from, from.AddDate(0, 0, planDays))
	out.Changed = slices.DeleteFunc(out.Changed, func(o Occurrence) bool { return o.ProgrammeID == id })
	p.EndsBefore, p.Exceptions = time.Time{}, nil
	out.Sentence = a.Sentence(w, p)
	return out, nil
}

// ChangeFrom changes a programme from one of its starts on: it ends there and the draft follows it as a new programme.
func (a *API) ChangeFrom(act Act, id string, at time.Time, d Draft) (ended, follows schedule.Programme, err error) {
	old, err := a.o.Rules.Programme(id)
	if err != nil {
		return ended, follows, err
	}
	in, p, made, err := a.drafted(d)
	if err != nil {
		return ended, follows, err
	}
	next := p.Normalise()
	if err := schedule.ValidateProgramme(next); err != nil {
		return ended, follows, err
	}
	if err := a.askNight(act, splitInput(in, old, at, next)); err != nil {
		return ended, follows, err
	}
	if p.PlaylistID, err = a.store(act, made, p.PlaylistID); err != nil {
		return ended, follows, err
	}
	return a.o.Rules.SplitFrom(act.Who.Actor, old.ID, at, p)
}
