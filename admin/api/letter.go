package api

import (
	"fmt"
	"maps"
	"net/http"

	"loaxa/admin/account"
	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/audio/library"
	"loaxa/schedule"
	"loaxa/schedule/rulebook"
)

// Campaigns is all of them, in the order of their creation.
func (a *API) Campaigns() ([]schedule.Campaign, error) { return a.o.Rules.Campaigns() }

// Campaign is one.
func (a *API) Campaign(id string) (schedule.Campaign, error) { return a.o.Rules.Campaign(id) }

// PutCampaignDraft keeps a campaign that is being drawn up; what is missing in it is asked for when it is submitted. When
// its letter changes, the clips that came with it and wait for their approval are said to be of the new one.
func (a *API) PutCampaignDraft(who account.Identity, k schedule.Campaign) (schedule.Campaign, error) {
	var was library.Letter
	if k.ID != "" {
		old, err := a.o.Rules.Campaign(k.ID)
		if err != nil {
			return k, err
		}
		was = letterOf(old)
	}
	k, err := a.o.Rules.PutCampaignDraft(who.Actor, k)
	if err != nil || letterOf(k) == was || was == (library.Letter{}) {
		return k, err
	}
	return k, a.letterClips(who, k, was)
}

func letterOf(k schedule.Campaign) library.Letter {
	return library.Letter{Agency: k.Agency, Number: k.Number, Date: string(k.Date)}
}

// letterClips says of the campaign's clips which letter they came with: of those that nobody approved and that are of no
// letter, or of the one that this was before. A signature on paper is of clips of one letter.
func (a *API) letterClips(who account.Identity, k schedule.Campaign, was library.Letter) error {
	letter := letterOf(k)
	for _, id := range k.ClipIDs {
		c, err := a.o.Library.Get(id)
		if err != nil {
			return err
		}
		waits := c.State == library.StateDraft || c.State == library.StateSubmitted
		if !waits || c.Letter == letter || c.Letter != (library.Letter{}) && c.Letter != was {
			continue
		}
		if _, err := a.o.Library.Edit(who.Actor, id, library.Edit{Letter: &letter}); err != nil {
			return err
		}
	}
	return nil
}

// CampaignClips is the campaign's clips in its order. One that is not in the library any more has only its ID.
func (a *API) CampaignClips(k schedule.Campaign) []library.Clip {
	out := make([]library.Clip, len(k.ClipIDs))
	for i, id := range k.ClipIDs {
		c, err := a.o.Library.Get(id)
		if err != nil {
			c = library.Clip{ID: id}
		}
		out[i] = c
	}
	return out
}

// approvedIn is the input as it would be with these clips approved.
func approvedIn(in schedule.Input, ids []string) schedule.Input {
	return stateIn(in, library.StateApproved, ids...)
}

// stateIn is the input with some of its clips in another state.
func stateIn(in schedule.Input, state string, ids ...string) schedule.Input {
	return clipsIn(in, func(f *schedule.ClipFact) { f.State = state }, ids...)
}

// clipsIn is the input with some of its clips changed, as far as it has them. The snapshot stays as it is.
func clipsIn(in schedule.Input, change func(*schedule.ClipFact), ids ...string) schedule.Input {
	clips := maps.Clone(in.Clips)
	for _, id := range ids {
		if f, ok := clips[id]; ok {
			change(&f)
			clips[id] = f
		}
	}
	in.Clips = clips
	return in
}

// PreviewCampaign is what would be on air once the campaign and its clips are approved.
func (a *API) PreviewCampaign(w locale.Words, k schedule.Campaign) CampaignPreview {
	k = k.Normalise()
	return a.previewCampaign(w, k, approvedIn(a.o.Input(), k.ClipIDs))
}

// SuggestTimes proposes n times of the day for a campaign whose days are known.
func (a *API) SuggestTimes(k schedule.Campaign, n int) []string {
	k.Times = nil
	k = k.Normalise()
	return schedule.SuggestTimes(approvedIn(a.o.Input(), k.ClipIDs), k, n, a.o.Now())
}

// SubmitCampaign hands a campaign and those of its clips that are drafts to the approver, as it was looked at.
func (a *API) SubmitCampaign(who account.Identity, id string, revision int64) (schedule.Campaign, error) {
	k, err := a.o.Rules.Campaign(id)
	if err != nil {
		return k, err
	}
	if k.Revision != revision {
		return k, fmt.Errorf("submitting campaign %s: %w", id, rulebook.ErrConflict)
	}
	if err := a.CampaignReady(k); err != nil {
		return k, err
	}
	if err := a.letterClips(who, k, library.Letter{}); err != nil {
		return k, err
	}
	var drafts []string
	for _, c := range a.CampaignClips(k) {
		if c.State == library.StateDraft {
			drafts = append(drafts, c.ID)
		}
	}
	if len(drafts) > 0 {
		if _, err := a.o.Library.Submit(who.Actor, drafts...); err != nil {
			return k, err
		}
	}
	return a.o.Rules.SubmitCampaign(who.Actor, id)
}

// CampaignReady is nil when a campaign lacks nothing that its approval needs; else schedule.Problems, or the problem of a clip.
func (a *API) CampaignReady(k schedule.Campaign) error {
	if err := schedule.ValidateCampaign(k); err != nil {
		return err
	}
	for _, c := range a.CampaignClips(k) {
		switch c.State {
		case "":
			return &route.Problem{Status: http.StatusConflict, Code: "no_clip", Detail: c.ID}
		case library.StateRetired:
			return &route.Problem{Status: http.StatusConflict, Code: "retired", Detail: c.Title}
		}
	}
	return nil
}

// ApproveOnPaper is ApproveCampaign with a signature on paper: whoever may approve enters it. The clips that are of no
// letter are said to be of the campaign's first, since a paper is of one letter.
func (a *API) ApproveOnPaper(c *route.Call, id string, in CampaignApproval) (schedule.Campaign, error) {
	k, err := a.o.Rules.Campaign(id)
	if err != nil {
		return k, err
	}
	if k.Revision == in.Revision && k.State != schedule.CampaignApproved {
		if err := a.letterClips(c.Who, k, library.Letter{}); err != nil {
			return k, err
		}
	}
	return a.ApproveCampaign(c, id, in)
}

// PauseCampaign keeps an approved campaign from sounding until it is taken up again; days go on.
func (a *API) PauseCampaign(c *route.Call, id string, pause bool) error {
	k, err := a.o.Rules.Campaign(id)
	if err != nil {
		return err
	}
	if k.State != schedule.CampaignApproved {
		return fmt.Errorf("pausing campaign %s, which is %s: %w", id, k.State, rulebook.ErrState)
	}
	after := a.o.Input()
	var list []schedule.Programme
	for _, pid := range []string{k.Programme, k.Makeups} {
		p, err := a.o.Rules.Programme(pid)
		if pid == "" || err == nil && p.Paused == pause {
			continue
		}
		if err != nil {
			return err
		}
		p.Paused = pause
		list, after = append(list, p), with(after, p)
	}
	if err := a.askNight(ActOf(c), after); err != nil {
		return err
	}
	for _, p := range list {
		if _, err := a.o.Rules.PutProgramme(c.Who.Actor, p); err != nil {
			return err
		}
	}
	return nil
}

// CampaignPaused says whether a campaign is kept from sounding.
func (a *API) CampaignPaused(k schedule.Campaign) bool {
	p, err := a.o.Rules.Programme(k.Programme)
	return err == nil && p.Paused
}
