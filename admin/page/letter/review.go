package letter

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/audio/library"
	"loaxa/schedule"
)

// CampaignReview is the last step: all of it on one page, to be submitted or approved in one act.
type CampaignReview struct {
	CampaignStep
	Letter    string
	When      string
	Clips     []CampaignClip
	Imports   []api.CampaignImport
	Preview   *Preview
	Missing   []Missing // what it lacks; while there is any it can neither be submitted nor approved
	Seen      string    // digest of the clips as they are shown
	Approver  bool      // may approve
	Submitted string    // who and when, "" as a draft
	Rejected  string    // why it was sent back
	Others    []string  // clips that came with another letter: a paper would not cover them
	Paper     Paper
	Why       string // typed reason of a rejection that was refused
}

// Missing is a thing to be done first, and in which step.
type Missing struct{ Text, Step string }

// Paper is a signature on paper as it was typed.
type Paper struct{ Signer, Date, Photo string }

// Working is whether files are still on their way.
func (r CampaignReview) Working() bool { return CampaignFiles{Imports: r.Imports}.Working() }

// Waits is how many of its clips are not approved.
func (r CampaignReview) Waits() (n int) {
	for _, c := range r.Clips {
		if c.State != library.StateApproved {
			n++
		}
	}
	return n
}

func (p *Pages) getCampaign(c *route.Call) (route.Reply, error) {
	k, err := p.station.Campaign(c.Param("id"))
	if err != nil {
		return nil, err
	}
	if !mayChange(k) {
		return p.campaignView(c, k, nil)
	}
	r, err := p.review(c, k)
	return route.Page{Name: "campaign_review.html", Data: r}, err
}

func (p *Pages) review(c *route.Call, k schedule.Campaign) (r CampaignReview, err error) {
	w := c.Words
	r = CampaignReview{CampaignStep: CampaignStep{K: k, Name: "review", Errors: map[string]string{}}}
	if r.Shell, err = p.frame.Shell(c, campaignsPath, campaignTitle(w, k)); err != nil {
		return r, err
	}
	r.Letter, r.Clips = letterLine(w, k), p.campaignClips(c, k)
	if len(k.Times) > 0 && k.From != "" && k.Until != "" {
		r.When = timesLine(w, k)
	}
	imports, err := p.station.ImportsFor(c, k.ID)
	if err != nil {
		return r, err
	}
	r.Imports = slices.DeleteFunc(imports, func(i api.CampaignImport) bool { return i.Over }) // what went wrong stands at the first step
	r.Preview = p.preview(w, k)
	r.Missing = p.missing(w, k, r.Clips)
	r.Seen = seenDigest(r.Clips)
	r.Approver = c.Who.Role == account.Approver || c.Who.Role == account.Administrator
	if k.Submitted != nil {
		r.Submitted = w.T("campaign.submitted", frame.Person(w, k.Submitted.By), k.Submitted.At.In(r.Now.At.Location()).Format("15:04 02/01/2006"))
	} else {
		r.Rejected = k.Note
	}
	for _, clip := range r.Clips {
		if clip.State != library.StateApproved && clip.Letter != (library.Letter{}) && clip.Letter != (library.Letter{Agency: k.Agency, Number: k.Number, Date: string(k.Date)}) {
			r.Others = append(r.Others, clip.Title)
		}
	}
	return r, nil
}

// missing is what keeps a campaign from being approved, each with the step in which it is put right.
func (p *Pages) missing(w locale.Words, k schedule.Campaign, clips []CampaignClip) (out []Missing) {
	step := map[string]string{"title": "letter", "agency": "letter", "number": "letter", "date": "letter", "report_due": "letter", "clip_ids": "files"}
	var wrong schedule.Problems
	if errors.As(schedule.ValidateCampaign(k), &wrong) {
		for _, f := range wrong {
			name, _, _ := strings.Cut(f.Field, "[")
			m := Missing{Text: w.Or("campaign.field."+name+"."+f.Code, f.Message), Step: step[name]}
			if m.Step == "" {
				m.Step = "times"
			}
			out = append(out, m)
		}
	}
	for _, clip := range clips {
		switch clip.State {
		case "":
			out = append(out, Missing{w.T("campaign.clip_gone", clip.ID), "files"})
		case library.StateRetired:
			out = append(out, Missing{w.T("campaign.clip_retired", clip.Title), "files"})
		}
	}
	return out
}

// seenDigest names the clips with what of them is played: an approval is of what was shown.
func seenDigest(clips []CampaignClip) string {
	var of []any
	for _, c := range clips {
		of = append(of, c.ID, c.SHA256, c.CanonicalSHA256)
	}
	return digest(of)
}

// refuseReview draws the page again, under a sentence that says why.
func (p *Pages) refuseReview(c *route.Call, id string, refused error, typed func(*CampaignReview)) (route.Reply, error) {
	k, err := p.station.Campaign(id)
	if err != nil {
		return nil, err
	}
	if !mayChange(k) {
		return nil, refused
	}
	r, err := p.review(c, k)
	if err != nil {
		return nil, err
	}
	var status int
	r.Notice, status = p.frame.Refused(c.Words, refused)
	r.Errors = p.fieldErrors(c.Words, refused)
	if typed != nil {
		typed(&r)
	}
	return route.Page{Status: status, Name: "campaign_review.html", Data: r}, nil
}

func (p *Pages) postCampaignSubmit(c *route.Call) (route.Reply, error) {
	if err := parseForm(c.Request); err != nil {
		return nil, err
	}
	id := c.Param("id")
	rev, err := revisionOf(c.Request.PostForm)
	if err == nil {
		_, err = p.station.SubmitCampaign(c.Who, id, rev)
	}
	if err != nil {
		return p.refuseReview(c, id, err, nil)
	}
	return seeCampaign(id, "", "campaign_submitted"), nil
}

// approval is what an approver says yes to: the campaign and the clips as they were shown.
func (p *Pages) approval(c *route.Call, id string, form url.Values) (api.CampaignApproval, error) {
	in := api.CampaignApproval{ApproveClips: true, Seen: map[string]library.Seen{}}
	var err error
	if in.Revision, err = revisionOf(form); err != nil {
		return in, err
	}
	k, err := p.station.Campaign(id)
	if err != nil {
		return in, err
	}
	clips := p.campaignClips(c, k)
	if seenDigest(clips) != form.Get("seen") {
		return in, library.ErrNotAsSeen
	}
	for _, clip := range clips {
		in.Seen[clip.ID] = library.Seen{SHA256: clip.SHA256, CanonicalSHA256: clip.CanonicalSHA256}
	}
	return in, nil
}

func (p *Pages) postCampaignApprove(c *route.Call) (route.Reply, error) {
	if err := parseForm(c.Request); err != nil {
		return nil, err
	}
	id := c.Param("id")
	in, err := p.approval(c, id, c.Request.PostForm)
	if err == nil {
		_, err = p.station.ApproveCampaign(c, id, in)
	}
	if err != nil {
		return p.refuseReview(c, id, err, nil)
	}
	return seeCampaign(id, "", "campaign_approved"), nil
}

func (p *Pages) postCampaignPaper(c *route.Call) (route.Reply, error) {
	id := c.Param("id")
	form, photo, err := p.station.FormWithPhoto(c)
	if form == nil {
		return nil, err
	}
	paper := Paper{Signer: form.Get("signer"), Date: string(dateOf(form.Get("date"))), Photo: form.Get("photo")}
	if photo != "" {
		paper.Photo = photo
	}
	var in api.CampaignApproval
	if err == nil {
		in, err = p.approval(c, id, form)
	}
	if err == nil && paper.Photo == "" {
		err = &library.InputError{Field: "paper.photo", Message: "is missing"}
	}
	if err == nil {
		in.Paper = &library.Paper{Signer: paper.Signer, Date: paper.Date, Photo: paper.Photo}
		_, err = p.station.ApproveOnPaper(c, id, in)
	}
	if err != nil {
		return p.refuseReview(c, id, err, func(r *CampaignReview) { r.Paper = paper })
	}
	return seeCampaign(id, "", "campaign_approved"), nil
}

func (p *Pages) postCampaignReject(c *route.Call) (route.Reply, error) {
	if err := parseForm(c.Request); err != nil {
		return nil, err
	}
	id, why := c.Param("id"), c.Request.PostForm.Get("why")
	if _, err := p.station.RejectCampaign(c.Who, id, why); err != nil {
		return p.refuseReview(c, id, err, func(r *CampaignReview) { r.Why = why })
	}
	return seeCampaign(id, "", "campaign_rejected"), nil
}

// revisionOf is the revision that a form was drawn from.
func revisionOf(form url.Values) (int64, error) {
	n, err := number(form.Get("rev"))
	if err != nil {
		return 0, &route.Problem{Status: http.StatusBadRequest, Code: "bad_form", Detail: "rev is no revision"}
	}
	return n, nil
}
