package api

import (
	"context"
	"errors"
	"net/http"

	"loaxa/admin/locale"
	"loaxa/admin/report"
	"loaxa/admin/report/decree"
	"loaxa/admin/report/reply"
	"loaxa/admin/route"
	"loaxa/schedule"
)

// CampaignReply answers the letter of a campaign, by the log as it stands.
func (a *API) CampaignReply(ctx context.Context, k schedule.Campaign) (*reply.Reply, error) {
	r, err := reply.Read(ctx, a.o.Log, k, 0, a.o.Now().Location(), nil)
	switch {
	case errors.Is(err, report.ErrPeriod): // a draft that has no days yet
		return nil, &route.Problem{Status: http.StatusConflict, Code: "campaign_days", Detail: "this campaign has no first and last day yet"}
	case err != nil:
		return nil, logError(err)
	}
	return r, nil
}

// ReplyPaper is the answer as an official paper, in the words of papers.
func (a *API) ReplyPaper(ctx context.Context, id string, w locale.Words) (decree.Document, error) {
	k, err := a.o.Rules.Campaign(id)
	if err != nil {
		return decree.Document{}, err
	}
	r, err := a.CampaignReply(ctx, k)
	if err != nil {
		return decree.Document{}, err
	}
	return r.Document(w, reply.Head{Letterhead: a.o.Rules.Settings().Letterhead, Made: a.o.Now()}), nil
}

// RepliesReady are the campaigns whose letters can be answered now, the one that is due first at the head.
func (a *API) RepliesReady() ([]reply.Ready, error) {
	list, err := a.o.Rules.Campaigns()
	if err != nil {
		return nil, err
	}
	return reply.ReadyOn(list, a.o.Now()), nil
}
