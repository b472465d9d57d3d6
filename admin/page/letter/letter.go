package letter

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/schedule"
)

// CampaignLetter is the second step: the letter.
type CampaignLetter struct {
	CampaignStep
	Agencies []string // of earlier letters
	Working  bool     // files of the first step are still on their way
}

func (p *Pages) getCampaignLetter(c *route.Call) (route.Reply, error) {
	s, elsewhere, err := p.step(c, "letter")
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	s.Was = letterDigest(s.K)
	return p.letterPage(c, s, 0)
}

func (p *Pages) letterPage(c *route.Call, s CampaignStep, status int) (route.Reply, error) {
	out := CampaignLetter{CampaignStep: s}
	all, err := p.station.Campaigns()
	if err != nil {
		return nil, err
	}
	for _, k := range slices.Backward(all) {
		if k.Agency != "" && !slices.Contains(out.Agencies, k.Agency) && len(out.Agencies) < 12 {
			out.Agencies = append(out.Agencies, k.Agency)
		}
	}
	imports, err := p.station.ImportsFor(c, s.K.ID)
	out.Working = CampaignFiles{Imports: imports}.Working()
	return route.Page{Status: status, Name: "campaign_letter.html", Data: out}, err
}

func letterDigest(k schedule.Campaign) string {
	return digest(k.Title, k.Agency, k.Number, k.Date, k.Photo, k.ReportDue)
}

// takeLetter puts the step's fields into a campaign.
func takeLetter(k *schedule.Campaign, form url.Values, photo string) {
	k.Title, k.Agency, k.Number = form.Get("title"), form.Get("agency"), form.Get("number")
	k.Date, k.ReportDue, k.Photo = dateOf(form.Get("date")), dateOf(form.Get("report_due")), form.Get("photo")
	if photo != "" {
		k.Photo = photo
	}
}

// letterSaid is the step's fields as sentences, for somebody whose own were not taken.
func letterSaid(w locale.Words, k schedule.Campaign) []string {
	var out []string
	for _, f := range []struct{ word, text string }{{"title", k.Title}, {"agency", k.Agency}, {"number", k.Number}, {"date", dateText(k.Date)}, {"report_due", dateText(k.ReportDue)}} {
		if f.text != "" {
			out = append(out, w.T("campaign."+f.word)+": "+f.text)
		}
	}
	return out
}

// errTheirs is that somebody else changed the same step.
var errTheirs = errors.New("somebody else changed this step")

func (p *Pages) postCampaignLetter(c *route.Call) (route.Reply, error) {
	s, elsewhere, err := p.step(c, "letter")
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	form, photo, refused := p.station.FormWithPhoto(c)
	if form == nil {
		return nil, refused
	}
	typed := s.K
	takeLetter(&typed, form, photo)
	if refused == nil && form.Get("do") == "next" && schedule.NormaliseText(typed.Title) == "" {
		refused = schedule.Problems{{Field: "title", Code: "required", Message: "a title is required."}}
	}
	if refused == nil {
		_, refused = p.changeDraft(c, s.K.ID, func(k *schedule.Campaign) error {
			if s.K = *k; form.Get("was") != letterDigest(*k) {
				return errTheirs
			}
			takeLetter(k, form, photo)
			return nil
		})
	}
	if refused != nil {
		return p.refuseLetter(c, s, typed, form.Get("was"), refused)
	}
	return p.onward(s.K.ID, form.Get("do"), "/letter", "/times"), nil
}

// onward leads where the button of a step says.
func (p *Pages) onward(id, do, here, next string) route.Redirect {
	switch do {
	case "next":
		return seeCampaign(id, next, "")
	case "leave":
		return route.Redirect{To: campaignsPath + "?note=campaign_draft_kept"}
	}
	return seeCampaign(id, here, "campaign_saved")
}

// refuseLetter draws the step again with what was typed. Over what somebody else wrote meanwhile it may be sent once more.
func (p *Pages) refuseLetter(c *route.Call, s CampaignStep, typed schedule.Campaign, was string, refused error) (route.Reply, error) {
	stored := s.K
	s.K, s.Was = typed, was
	status := http.StatusConflict
	if errors.Is(refused, errTheirs) {
		s.Notice = frame.Notice{Mark: "bad", Text: c.Words.T("campaign.theirs")}
		s.Was, s.Theirs = letterDigest(stored), letterSaid(c.Words, stored)
		return p.letterPage(c, s, status)
	}
	s.Notice, status = p.frame.Refused(c.Words, refused)
	s.Errors = p.fieldErrors(c.Words, refused)
	return p.letterPage(c, s, status)
}
