package api

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/locale"
	"loaxa/admin/route"
	"loaxa/audio/library"
	"loaxa/schedule"
	"loaxa/schedule/rulebook"
)

type campaignList struct {
	Campaigns []schedule.Campaign `json:"campaigns"`
}

// campaignAnswer is a campaign with how far it has come.
type campaignAnswer struct {
	schedule.Campaign
	Progress Progress `json:"progress"`
}

// CampaignPreview is what approving would put on air.
type CampaignPreview struct {
	previewAnswer
	Counts map[string]int `json:"counts"` // occurrences by verdict: airs, waits, skipped
}

// CampaignApproval approves a campaign.
type CampaignApproval struct {
	Revision     int64                   `json:"revision"`      // that was looked at
	ApproveClips bool                    `json:"approve_clips"` // its clips with it, as they are now
	Paper        *library.Paper          `json:"paper,omitempty"`
	Seen         map[string]library.Seen `json:"seen,omitempty"` // what the approver had of the clips, by ID; "changed" where one is not so any more
}

type timesRequest struct {
	Campaign  schedule.Campaign `json:"campaign"` // its times are not looked at
	TimesADay int               `json:"times_a_day"`
}

type timesAnswer struct {
	Times []string `json:"times"` // fewer than asked for where the day is full
}

type makeupsRequest struct {
	Makeups []rulebook.Makeup `json:"makeups"`
}

type slotsAnswer struct {
	Gaps  []Gap       `json:"gaps"`  // what was not aired and is not made up for
	Slots []time.Time `json:"slots"` // as many free moments, or fewer
}

func (a *API) campaignRoutes() []route.Route {
	c := schedule.Campaign{}
	approving := func(rt route.Route) route.Route {
		rt.Roles = []account.Role{account.Approver, account.Administrator}
		return rt
	}
	act := func(path, summary string, body any, h route.Handler) route.Route {
		return described(edit("POST", "/campaigns/:id"+path, "campaign", summary, h), body, campaignAnswer{}, 0)
	}
	approve := approving(act("/approve", "Approve a campaign as it was looked at: its playlist and programme are made.", CampaignApproval{}, a.approveCampaign))
	shut := act("/close", "End a campaign; nothing more of it is planned.", nil, a.closeCampaign)
	again := act("/makeups", "Plan make-ups at the moments given.", makeupsRequest{}, a.postMakeups)
	approve.Doc.Query, shut.Doc.Query, again.Doc.Query = confirmParam(), confirmParam(), confirmParam()
	return []route.Route{
		described(read("/campaigns", "All campaigns.", a.listCampaigns), nil, campaignList{}, 0),
		described(edit("POST", "/campaigns", "campaign", "Draw up a campaign from a letter.", a.postCampaign), c, c, http.StatusCreated),
		described(edit("POST", "/campaign-times", "campaign", "Propose times of the day at which a campaign meets nothing else.", a.postTimes), timesRequest{}, timesAnswer{}, 0),
		described(read("/campaigns/:id", "One campaign, with its progress from the log.", a.getCampaign), nil, campaignAnswer{}, 0),
		described(edit("PUT", "/campaigns/:id", "campaign", "Replace a campaign that is not approved yet.", a.putCampaign), c, c, 0),
		described(read("/campaigns/:id/preview", "What its approval would put on air, with limits and clashes.", a.getCampaignPreview), nil, CampaignPreview{}, 0),
		act("/submit", "Hand a campaign to the approver.", nil, a.submitCampaign),
		approve,
		approving(act("/reject", "Send a submitted campaign back, with the reason.", rejectRequest{}, a.rejectCampaign)),
		shut,
		described(read("/campaigns/:id/slots", "What is missing, and free moments to make up for it.", a.getSlots), nil, slotsAnswer{}, 0),
		again,
	}
}

func (a *API) listCampaigns(*route.Call) (route.Reply, error) {
	list, err := a.o.Rules.Campaigns()
	return route.JSON{Value: campaignList{Campaigns: notNil(list)}}, err
}

func (a *API) postCampaign(c *route.Call) (route.Reply, error) {
	var in schedule.Campaign
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	if err := isNew(in.ID, in.Revision); err != nil {
		return nil, err
	}
	return a.storeCampaign(c, in, http.StatusCreated)
}

func (a *API) putCampaign(c *route.Call) (route.Reply, error) {
	var in schedule.Campaign
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	if err := isStored(c.Param("id"), &in.ID, in.Revision); err != nil {
		return nil, err
	}
	return a.storeCampaign(c, in, http.StatusOK)
}

func (a *API) storeCampaign(c *route.Call, in schedule.Campaign, status int) (route.Reply, error) {
	clips := a.o.Input().Clips
	for i, id := range in.ClipIDs[:min(len(in.ClipIDs), schedule.MaxCampaignClips)] {
		if _, ok := clips[id]; !ok {
			return nil, schedule.Problems{{Field: fmt.Sprintf("clip_ids[%d]", i), Code: "unknown", Message: fmt.Sprintf("there is no clip %s.", id)}}
		}
	}
	stored, err := a.o.Rules.PutCampaign(c.Who.Actor, in)
	if err != nil {
		return nil, err
	}
	return route.JSON{Status: status, Value: stored, Location: Prefix + "/campaigns/" + stored.ID}, nil
}

func (a *API) getCampaign(c *route.Call) (route.Reply, error) {
	k, err := a.o.Rules.Campaign(c.Param("id"))
	return a.campaignReply(k, err)
}

func (a *API) campaignReply(k schedule.Campaign, err error) (route.Reply, error) {
	if err != nil {
		return nil, err
	}
	p, err := a.Progress(k)
	return route.JSON{Value: campaignAnswer{Campaign: k, Progress: p}}, err
}

func (a *API) postTimes(c *route.Call) (route.Reply, error) {
	var in timesRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	if in.TimesADay < 1 || in.TimesADay > schedule.MaxCampaignTimes {
		return nil, schedule.Problems{{Field: "times_a_day", Code: "range", Message: fmt.Sprintf("%d is out of range: use 1 to %d.", in.TimesADay, schedule.MaxCampaignTimes)}}
	}
	k := in.Campaign.Normalise()
	k.Times = []string{"06:30"} // any: they are what is asked for
	if err := schedule.ValidateCampaign(k); err != nil {
		return nil, err
	}
	return route.JSON{Value: timesAnswer{Times: notNil(schedule.SuggestTimes(a.o.Input(), k, in.TimesADay, a.o.Now()))}}, nil
}

func (a *API) getCampaignPreview(c *route.Call) (route.Reply, error) {
	k, err := a.o.Rules.Campaign(c.Param("id"))
	if err != nil {
		return nil, err
	}
	return route.JSON{Value: a.previewCampaign(c.Words, k, a.o.Input())}, nil
}

func (a *API) previewCampaign(w locale.Words, k schedule.Campaign, before schedule.Input) CampaignPreview {
	now := a.o.Now()
	from, until := k.Ahead(now)
	out := CampaignPreview{previewAnswer: a.previewOf(w, before, k.With(before, now), k.ProgrammeKey(), from, until), Counts: map[string]int{}}
	for _, o := range out.Occurrences {
		out.Counts[o.Verdict]++
	}
	return out
}

func (a *API) submitCampaign(c *route.Call) (route.Reply, error) {
	k, err := a.o.Rules.SubmitCampaign(c.Who.Actor, c.Param("id"))
	return a.campaignReply(k, err)
}

func (a *API) rejectCampaign(c *route.Call) (route.Reply, error) {
	var in rejectRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	k, err := a.RejectCampaign(c.Who, c.Param("id"), in.Why)
	return a.campaignReply(k, err)
}

// RejectCampaign sends a submitted campaign back.
func (a *API) RejectCampaign(who account.Identity, id, why string) (schedule.Campaign, error) {
	why, err := oneLine("why", why)
	if err != nil {
		return schedule.Campaign{}, err
	}
	return a.o.Rules.RejectCampaign(who.Actor, id, why)
}

func (a *API) approveCampaign(c *route.Call) (route.Reply, error) {
	var in CampaignApproval
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	k, err := a.ApproveCampaign(c, c.Param("id"), in)
	return a.campaignReply(k, err)
}

// ApproveCampaign approves the clips first, where it is asked to, and then the campaign. What the second refuses leaves
// the clips approved: that is said on record, and harms nothing, since the approver looked at them.
func (a *API) ApproveCampaign(c *route.Call, id string, in CampaignApproval) (schedule.Campaign, error) {
	k, err := a.o.Rules.Campaign(id)
	switch {
	case err != nil:
		return k, err
	case k.State != schedule.CampaignApproved && k.Revision != in.Revision:
		return k, fmt.Errorf("approving campaign %s: %w", id, rulebook.ErrConflict)
	}
	if err := schedule.ValidateCampaign(k); err != nil {
		return k, err // before any clip is approved with it
	}
	if err := a.askNight(ActOf(c), k.With(approvedIn(a.o.Input(), k.ClipIDs), a.o.Now())); err != nil {
		return k, err
	}
	if err := a.campaignClips(c, k, in); err != nil {
		return k, err
	}
	s := schedule.Signature{}
	if in.Paper != nil {
		s.Signer, s.Day, s.Photo = in.Paper.Signer, schedule.Date(in.Paper.Date), in.Paper.Photo
	}
	k, err = a.o.Rules.ApproveCampaign(c.Who.Actor, id, in.Revision, s)
	a.acted(c.Who, "approve", "campaign "+id, err)
	return k, err
}

// campaignClips sees to it that the campaign's clips may be aired.
func (a *API) campaignClips(c *route.Call, k schedule.Campaign, in CampaignApproval) error {
	if in.ApproveClips || in.Paper != nil {
		_, err := a.o.Library.ApproveAsSeen(c.Who.Actor, slices.Clone(k.ClipIDs), in.Paper, in.Seen)
		for _, id := range k.ClipIDs {
			a.acted(c.Who, "approve", id, err)
		}
		return err
	}
	facts := a.o.Input()
	for _, id := range k.ClipIDs {
		f, known := facts.Clips[id]
		if r := f.Refused(facts.Settings, known, a.o.Now()); r == schedule.ReasonUnapproved || r == schedule.ReasonRetired || r == schedule.ReasonNoClip {
			return &route.Problem{Status: http.StatusConflict, Code: "clips_unapproved", Detail: fmt.Sprintf("clip %s: %s", id, r)}
		}
	}
	return nil
}

func (a *API) closeCampaign(c *route.Call) (route.Reply, error) {
	k, err := a.CloseCampaign(ActOf(c), c.Param("id"))
	return a.campaignReply(k, err)
}

// CloseCampaign ends a campaign, or gives a draft up. What gave way to its broadcasts may sound now.
func (a *API) CloseCampaign(act Act, id string) (schedule.Campaign, error) {
	k, err := a.o.Rules.Campaign(id)
	if err != nil {
		return k, err
	}
	if err := a.askTaken(act, without(a.o.Input(), k.Programme, k.Makeups)); err != nil {
		return k, err
	}
	return a.o.Rules.CloseCampaign(act.Who.Actor, id)
}

func (a *API) getSlots(c *route.Call) (route.Reply, error) {
	k, err := a.o.Rules.Campaign(c.Param("id"))
	if err != nil {
		return nil, err
	}
	gaps, slots, err := a.Slots(k, maxGaps)
	return route.JSON{Value: slotsAnswer{Gaps: notNil(gaps), Slots: notNil(slots)}}, err
}

// maxGaps is for how many broadcasts free moments are looked for at most: each try plans a day.
const maxGaps = 200

// Slots is what of a campaign is missing, oldest first, and as many free moments to make up for it, or fewer.
func (a *API) Slots(k schedule.Campaign, most int) ([]Gap, []time.Time, error) {
	p, err := a.Progress(k)
	if err != nil {
		return nil, nil, err
	}
	base, err := a.o.Rules.Programme(k.Programme)
	if err != nil || len(p.Gaps) == 0 { // not approved yet, or somebody deleted its programme
		return p.Gaps, nil, nil
	}
	now := a.o.Now()
	return p.Gaps, schedule.FreeSlots(a.o.Input(), base, now.Add(10*time.Minute), now.AddDate(0, 0, planDays), min(len(p.Gaps), most)), nil
}

func (a *API) postMakeups(c *route.Call) (route.Reply, error) {
	var in makeupsRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	k, err := a.MakeUp(c, c.Param("id"), in.Makeups)
	return a.campaignReply(k, err)
}

// MakeUp plans broadcasts in place of those that were not aired.
func (a *API) MakeUp(c *route.Call, id string, list []rulebook.Makeup) (schedule.Campaign, error) {
	k, err := a.o.Rules.Campaign(id)
	if err != nil {
		return k, err
	}
	p, err := a.Progress(k)
	if err != nil {
		return k, err
	}
	for i, m := range list {
		if !slices.ContainsFunc(p.Gaps, func(g Gap) bool { return g.Occurrence == m.Of }) {
			return k, schedule.Problems{{Field: fmt.Sprintf("makeups[%d].of", i), Code: "unknown",
				Message: fmt.Sprintf("%s is not missing, or is made up for already.", m.Of)}}
		}
		if schedule.AtNight(m.At.In(a.o.Now().Location())) && c.Query(Confirm) != ConfirmNight {
			return k, &route.Problem{Status: http.StatusPreconditionRequired, Code: "confirm_night", Detail: "a make-up at " + clockOf(m.At)}
		}
	}
	return a.o.Rules.AddMakeups(c.Who.Actor, id, list)
}
