package api

import (
	"time"

	"loaxa/admin/account"
	"loaxa/admin/intake"
	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/audio/library"
	"loaxa/player"
	"loaxa/schedule"
)

// What pages do with clips, by the rules of the API. Who may do it is said by the routes.

// Clip is one clip with what plays it and what is to be known of it.
func (a *API) Clip(w locale.Words, id string) (ClipAnswer, error) {
	c, err := a.o.Library.Get(id)
	if err != nil {
		return ClipAnswer{}, err
	}
	return a.clipAnswer(w, c), nil
}

// EditClip changes what is said about a clip. Without a topic it may sound on a day of mourning, and without its approval
// let another sound.
func (a *API) EditClip(act Act, id string, e library.Edit) (library.Clip, error) {
	c, err := a.o.Library.Get(id)
	if err != nil {
		return c, err
	}
	after := a.o.Input()
	if e.Tags != nil {
		after = clipsIn(after, func(f *schedule.ClipFact) { f.Tags = *e.Tags }, id)
	}
	if c.State == library.StateApproved && (other(e.Letter, c.Letter) || other(e.ValidFrom, c.ValidFrom) || other(e.ValidUntil, c.ValidUntil)) {
		after = stateIn(after, library.StateDraft, id)
	}
	if err := a.askTaken(act, after); err != nil {
		return library.Clip{}, err
	}
	return a.o.Library.Edit(act.Who.Actor, id, e)
}

// other tells whether an edit changes a thing that stands so.
func other[T comparable](to *T, stands T) bool { return to != nil && *to != stands }

// RemoveClip takes away a clip that was never approved and is not used.
func (a *API) RemoveClip(who account.Identity, id string) error {
	return a.o.Library.Remove(who.Actor, id)
}

// SubmitClips hands drafts to an approver: all or none.
func (a *API) SubmitClips(who account.Identity, ids ...string) ([]library.Clip, error) {
	return a.o.Library.Submit(who.Actor, ids...)
}

// maxRecorded is how many clips of one approval have a record of their own beside the change records of all.
const maxRecorded = 50

// ApproveClips approves clips at once, all or none, those in seen only as they were seen. A programme at night that was
// silent for want of this approval is asked about here: nobody was asked when it was stored.
func (a *API) ApproveClips(act Act, ids []string, paper *library.Paper, seen map[string]library.Seen) ([]library.Clip, error) {
	if err := a.askNight(act, approvedIn(a.o.Input(), ids)); err != nil {
		return nil, err
	}
	clips, err := a.o.Library.ApproveAsSeen(act.Who.Actor, ids, paper, seen)
	for _, id := range ids[:min(len(ids), maxRecorded)] {
		a.acted(act.Who, "approve", id, err)
	}
	return clips, err
}

// RejectClip sends a submitted clip back, with the reason.
func (a *API) RejectClip(who account.Identity, id, why string) (library.Clip, error) {
	return a.o.Library.Reject(who.Actor, id, why)
}

// RetireClip takes a clip out of use; one that is still to be played only with evenIfUsed. What gave way to its broadcasts
// may sound now.
func (a *API) RetireClip(act Act, id string, evenIfUsed bool) (library.Clip, error) {
	if uses := a.o.Library.Uses(id); evenIfUsed || len(uses) == 0 { // else it is refused for its uses
		if err := a.askTaken(act, stateIn(a.o.Input(), library.StateRetired, id)); err != nil {
			return library.Clip{}, err
		}
	}
	return a.o.Library.Retire(act.Who.Actor, id, evenIfUsed)
}

// TrimClip orders the cutting of a clip. It refuses at once what is plain before any work, so that a person need not look at
// the import for that.
func (a *API) TrimClip(c *route.Call, id string, in TrimRequest) (intake.Import, error) {
	clip, err := a.o.Library.Get(id)
	if err != nil {
		return intake.Import{}, err
	}
	if uses := a.o.Library.Uses(id); len(uses) > 0 && !in.EvenIfUsed {
		return intake.Import{}, &library.InUseError{ID: id, Uses: uses}
	}
	if err := a.askTaken(ActOf(c), stateIn(a.o.Input(), library.StateDraft, id)); err != nil {
		return intake.Import{}, err // its approval is void once it is cut
	}
	return a.o.Intake.Order(c.Request.Context(), intake.Order{Actor: c.Who.Actor, Trim: &intake.Trim{
		ClipID: id, Title: clip.Title, FromMS: in.FromMS, UntilMS: in.UntilMS, EvenIfUsed: in.EvenIfUsed}})
}

// rehearseWithin is how old a press on the button may be when the player takes it.
const rehearseWithin = 30 * time.Second

// Rehearse plays a clip over the loudspeakers now, at the volume of rehearsals.
func (a *API) Rehearse(c *route.Call, clip, requestID string) error {
	in := playRequest{ClipID: clip, Kind: string(player.Rehearsal), RequestID: requestID, NotAfter: a.o.Now().Add(rehearseWithin)}
	if err := in.check(); err != nil {
		return err
	}
	_, _, err := a.play(c.Request.Context(), c.Who, in)
	return err
}

// Waveform is a clip's shape in at most bins pairs of the lowest and highest sample of a stretch, of 127.
func (a *API) Waveform(id string, bins int) (low, high []int8, err error) {
	level, err := a.o.Library.Peaks(id, bins)
	return level.Low, level.High, err
}

// Taxonomy is what clips can be about.
func (a *API) Taxonomy() (schedule.Taxonomy, error) { return a.o.Rules.Taxonomy() }
