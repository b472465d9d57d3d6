package api

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"loaxa/admin/account"
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

// campaignPreview is what approving would put on air.
type campaignPreview struct {
	previewAnswer
	Counts map[string]int `json:"counts"` // occurrences by verdict: airs, waits, skipped
}

type approveCampaignRequest struct {
	Revision     int64          `json:"revision"`      // that was looked at
	ApproveClips bool           `json:"approve_clips"` // its clips with it, as they are now
	Paper        *library.Paper `json:"paper,omitempty"`
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
	approve := approving(act("/approve", "Approve a campaign as it was looked at: its playlist and programme are made.", approveCampaignRequest{}, a.approveCampaign))
	approve.Doc.Query = confirmParam()
	return []route.Route{
		described(read("/campaigns", "All campaigns.", a.listCampaigns), nil, campaignList{}, 0),
		described(edit("POST", "/campaigns", "campaign", "Draw up a campaign from a letter.", a.postCampaign), c, c, http.StatusCreated),
		described(edit("POST", "/campaign-times", "campaign", "Propose times of the day at which a campaign meets nothing else.", a.postTimes), timesRequest{}, timesAnswer{}, 0),
		described(read("/campaigns/:id", "One campaign, with its progress from the log.", a.getCampaign), nil, campaignAnswer{}, 0),
		described(edit("PUT", "/campaigns/:id", "campaign", "Replace a campaign that is not approved yet.", a.putCampaign), c, c, 0),
		described(read("/campaigns/:id/preview", "What its approval would put on air, with limits and clashes.", a.getCampaignPreview), nil, campaignPreview{}, 0),
		act("/submit", "Hand a campaign to the approver.", nil, a.submitCampaign),
		approve,
		approving(act("/reject", "Send a submitted campaign back, with the reason.", rejectRequest{}, a.rejectCampaign)),
		act("/close", "End a campaign; nothing more of it is planned.", nil, a.closeCampaign),
		described(read("/campaigns/:id/slots", "What is missing, and free moments to make up for it.", a.getSlots), nil, slotsAnswer{}, 0),
		act("/makeups", "Plan make-ups at the moments given.", makeupsRequest{}, a.postMakeups),
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
	now := a.o.Now()
	from, until := k.Ahead(now)
	before := a.o.Input()
	after := k.With(before, now)
	out := campaignPreview{previewAnswer: a.previewOf(c.Words, before, after, k.ProgrammeKey(), from, until), Counts: map[string]int{}}
	for _, o := range out.Occurrences {
		out.Counts[o.Verdict]++
	}
	return route.JSON{Value: out}, nil
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
	why, err := oneLine("why", in.Why)
	if err != nil {
		return nil, err
	}
	k, err := a.o.Rules.RejectCampaign(c.Who.Actor, c.Param("id"), why)
	return a.campaignReply(k, err)
}

// approveCampaign approves the clips first, where it is asked to, and then the campaign. What the second refuses leaves
// the clips approved: that is said on record, and harms nothing, since the approver looked at them.
func (a *API) approveCampaign(c *route.Call) (route.Reply, error) {
	var in approveCampaignRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	id := c.Param("id")
	k, err := a.o.Rules.Campaign(id)
	switch {
	case err != nil:
		return nil, err
	case k.State != schedule.CampaignApproved && k.Revision != in.Revision:
		return nil, fmt.Errorf("approving campaign %s: %w", id, rulebook.ErrConflict)
	}
	if err := a.askNight(ActOf(c), k.With(a.o.Input(), a.o.Now())); err != nil {
		return nil, err
	}
	if err := a.campaignClips(c, k, in); err != nil {
		return nil, err
	}
	s := schedule.Signature{}
	if in.Paper != nil {
		s.Signer, s.Day, s.Photo = in.Paper.Signer, schedule.Date(in.Paper.Date), in.Paper.Photo
	}
	k, err = a.o.Rules.ApproveCampaign(c.Who.Actor, id, in.Revision, s)
	a.acted(c.Who, "approve", "campaign "+id, err)
	return a.campaignReply(k, err)
}

// campaignClips sees to it that the campaign's clips may be aired.
func (a *API) campaignClips(c *route.Call, k schedule.Campaign, in approveCampaignRequest) error {
	if in.ApproveClips || in.Paper != nil {
		_, err := a.o.Library.Approve(c.Who.Actor, slices.Clone(k.ClipIDs), in.Paper)
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
	k, err := a.o.Rules.CloseCampaign(c.Who.Actor, c.Param("id"))
	return a.campaignReply(k, err)
}

func (a *API) getSlots(c *route.Call) (route.Reply, error) {
	k, err := a.o.Rules.Campaign(c.Param("id"))
	if err != nil {
		return nil, err
	}
	p, err := a.Progress(k)
	if err != nil {
		return nil, err
	}
	out := slotsAnswer{Gaps: p.Gaps, Slots: []time.Time{}}
	if base, err := a.o.Rules.Programme(k.Programme); err == nil && len(p.Gaps) > 0 {
		now := a.o.Now()
		out.Slots = notNil(schedule.FreeSlots(a.o.Input(), base, now.Add(10*time.Minute), now.AddDate(0, 0, planDays), len(p.Gaps)))
	}
	return route.JSON{Value: out}, nil
}

func (a *API) postMakeups(c *route.Call) (route.Reply, error) {
	var in makeupsRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	id := c.Param("id")
	k, err := a.o.Rules.Campaign(id)
	if err != nil {
		return nil, err
	}
	p, err := a.Progress(k)
	if err != nil {
		return nil, err
	}
	for i, m := range in.Makeups {
		if !slices.ContainsFunc(p.Gaps, func(g Gap) bool { return g.Occurrence == m.Of }) {
			return nil, schedule.Problems{{Field: fmt.Sprintf("makeups[%d].of", i), Code: "unknown",
				Message: fmt.Sprintf("%s is not missing, or is made up for already.", m.Of)}}
		}
		if schedule.AtNight(m.At.In(a.o.Now().Location())) && c.Query(Confirm) != ConfirmNight {
			return nil, &route.Problem{Status: http.StatusPreconditionRequired, Code: "confirm_night", Detail: "a make-up at " + clockOf(m.At)}
		}
	}
	k, err = a.o.Rules.AddMakeups(c.Who.Actor, id, in.Makeups)
	return a.campaignReply(k, err)
}
