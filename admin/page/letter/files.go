package letter

import (
	"net/http"
	"net/url"
	"slices"

	"loaxa/admin/api"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/audio/library"
	"loaxa/schedule"
)

// CampaignStep is one of the steps in which a letter becomes a campaign.
type CampaignStep struct {
	frame.Shell
	K      schedule.Campaign
	Name   string // files | letter | times | review
	Errors map[string]string
	Was    string   // what the step's fields were when it was drawn
	Theirs []string // what somebody else made of the step meanwhile
}

// Steps is the row of steps at the top.
func (CampaignStep) Steps() []string { return []string{"files", "letter", "times", "review"} }

// Path is the address of a step; that of the first is there before the campaign is.
func (s CampaignStep) Path(name string) string {
	switch {
	case s.K.ID == "":
		return campaignPath("new", "")
	case name == "review":
		return campaignPath(s.K.ID, "")
	}
	return campaignPath(s.K.ID, "/"+name)
}

// Done says whether a step has what it must have.
func (s CampaignStep) Done(name string) bool {
	switch name {
	case "files":
		return len(s.K.ClipIDs) > 0
	case "letter":
		return s.K.Title != ""
	case "times":
		return len(s.K.Times) > 0 && s.K.From != "" && s.K.Until != ""
	}
	return false
}

// CampaignFiles is the first step: which clips.
type CampaignFiles struct {
	CampaignStep
	Box     frame.UploadBox
	Link    string
	Clips   []CampaignClip
	Imports []api.CampaignImport
	Drafts  []CampaignCard // on the page of a new one: those that somebody left half done
}

// CampaignClip is a clip of a campaign.
type CampaignClip struct {
	library.Clip
	Mark, Status string
	Short        string // the beginning of the hash of what is played
}

// Working is whether files are still on their way.
func (f CampaignFiles) Working() bool {
	return slices.ContainsFunc(f.Imports, func(i api.CampaignImport) bool { return !i.Over && i.Host == "" })
}

// step reads the campaign of a step's address; an approved one is looked at, not edited.
func (p *Pages) step(c *route.Call, name string) (s CampaignStep, elsewhere route.Reply, err error) {
	s.Name = name
	if id := c.Param("id"); id != "" {
		if s.K, err = p.station.Campaign(id); err != nil {
			return s, nil, err
		}
		if !mayChange(s.K) {
			return s, seeCampaign(id, "", ""), nil
		}
	}
	s.Shell, err = p.frame.Shell(c, campaignsPath, c.Words.T("campaign.step."+name))
	s.Errors = map[string]string{}
	return s, nil, err
}

func (p *Pages) getCampaignFiles(c *route.Call) (route.Reply, error) {
	s, elsewhere, err := p.step(c, "files")
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	f, err := p.campaignFiles(c, s)
	if err != nil {
		return nil, err
	}
	if c.Query("part") != "" {
		return route.Page{Name: "campaign-clips", Data: f}, nil
	}
	if id := c.Query("removed"); f.K.ID != "" && id != "" && !slices.Contains(f.K.ClipIDs, id) {
		f.Notice = frame.Notice{Mark: "ok", Text: c.Words.T("note.campaign_clip_removed"),
			Undo: &frame.Undo{Action: campaignPath(f.K.ID, "/clips"), Fields: map[string]string{"act": "add", "clip": id}}}
	}
	return route.Page{Name: "campaign_files.html", Data: f}, nil
}

func (p *Pages) campaignFiles(c *route.Call, s CampaignStep) (f CampaignFiles, err error) {
	f = CampaignFiles{CampaignStep: s, Box: s.Upload(), Clips: p.campaignClips(c, s.K)}
	if s.K.ID != "" {
		f.Imports, err = p.station.ImportsFor(c, s.K.ID)
		return f, err
	}
	all, err := p.station.Campaigns()
	for _, k := range slices.Backward(all) {
		if k.State == schedule.CampaignDraft && len(f.Drafts) < 5 {
			f.Drafts = append(f.Drafts, p.campaignCard(c.Words, k, api.Progress{}, s.Now.At))
		}
	}
	return f, err
}

func (p *Pages) campaignClips(c *route.Call, k schedule.Campaign) []CampaignClip {
	marks := map[string]string{library.StateApproved: "ok", library.StateSubmitted: "warn", library.StateDraft: "plain"}
	var out []CampaignClip
	for _, clip := range p.station.CampaignClips(k) {
		v := CampaignClip{Clip: clip, Mark: marks[clip.State], Status: c.Words.T("campaign.clip." + clip.State), Short: short(clip.CanonicalSHA256)}
		if v.Mark == "" {
			v.Mark = "bad"
		}
		out = append(out, v)
	}
	return out
}

// short is the beginning of a hash, enough to compare two by eye.
func short(hash string) string { return hash[:min(len(hash), 12)] }

func (p *Pages) postCampaignFiles(c *route.Call) (route.Reply, error) {
	s, elsewhere, err := p.step(c, "files")
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	k, texts, err := p.station.CampaignFiles(c, s.K)
	do := texts.Get("do")
	if err != nil && p.frame.ProblemOf(err).Code == "no_file" {
		k, err = p.withoutFiles(c, k, do, err)
	}
	if err != nil {
		return p.refuseFiles(c, s, k, texts, err)
	}
	switch do {
	case "next":
		return seeCampaign(k.ID, "/letter", ""), nil
	case "choose":
		return seeCampaign(k.ID, "/choose", ""), nil
	}
	return seeCampaign(k.ID, "/files", ""), nil
}

// withoutFiles goes on without any file: to the next step when clips are there or come, to the library in any case.
func (p *Pages) withoutFiles(c *route.Call, k schedule.Campaign, do string, refused error) (schedule.Campaign, error) {
	if do == "choose" {
		if k.ID != "" {
			return k, nil
		}
		return p.station.PutCampaignDraft(c.Who, k)
	}
	if k.ID == "" || do != "next" {
		return k, refused
	}
	coming, err := p.station.ImportsFor(c, k.ID)
	if err != nil || len(k.ClipIDs) > 0 || slices.ContainsFunc(coming, func(i api.CampaignImport) bool { return !i.Over }) {
		return k, err
	}
	return k, refused
}

// refuseFiles draws the step again with what was typed and with what was sent already.
func (p *Pages) refuseFiles(c *route.Call, s CampaignStep, k schedule.Campaign, texts url.Values, refused error) (route.Reply, error) {
	s.K = k
	f, err := p.campaignFiles(c, s)
	if err != nil {
		return nil, err
	}
	var status int
	if f.Notice, status = p.frame.Refused(c.Words, refused); p.frame.ProblemOf(refused).Code == "no_file" {
		f.Notice = frame.Notice{Mark: "bad", Text: c.Words.T("campaign.files.none")}
	}
	f.Link = texts.Get("link")
	for _, id := range texts["upload"] {
		f.Box.Rows = append(f.Box.Rows, frame.UploadRow{ID: id, Title: c.Words.T("campaign.files.sent")})
	}
	return route.Page{Status: status, Name: "campaign_files.html", Data: f}, nil
}

// postCampaignClips takes a clip out, puts it back, or moves it.
func (p *Pages) postCampaignClips(c *route.Call) (route.Reply, error) {
	if err := parseForm(c.Request); err != nil {
		return nil, err
	}
	doing, clip := c.Request.PostForm.Get("act"), c.Request.PostForm.Get("clip")
	k, err := p.changeDraft(c, c.Param("id"), func(k *schedule.Campaign) error {
		at := slices.Index(k.ClipIDs, clip)
		to := map[string]int{"up": at - 1, "down": at + 1}[doing]
		switch {
		case doing == "add" && at < 0 && p.known(clip):
			k.ClipIDs = append(k.ClipIDs, clip)
		case at < 0: // somebody took it out already
		case doing == "remove":
			k.ClipIDs = slices.Delete(k.ClipIDs, at, at+1)
		case doing != "add" && to >= 0 && to < len(k.ClipIDs):
			k.ClipIDs[at], k.ClipIDs[to] = k.ClipIDs[to], k.ClipIDs[at]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	to := campaignPath(k.ID, "/files")
	if doing == "remove" {
		to += "?removed=" + url.QueryEscape(clip)
	}
	return route.Redirect{To: to}, nil
}

// postCampaignImport says that a link's host is right, or gives the import up.
func (p *Pages) postCampaignImport(c *route.Call) (route.Reply, error) {
	if err := parseForm(c.Request); err != nil {
		return nil, err
	}
	form, id := c.Request.PostForm, c.Param("id")
	if form.Get("act") == "cancel" {
		return seeCampaign(id, "/files", ""), p.station.CancelLink(c, id, form.Get("import"))
	}
	return seeCampaign(id, "/files", ""), p.station.ConfirmLink(c, id, form.Get("import"), form.Get("host"))
}

// CampaignChoose is the choice of clips that are in the library already.
type CampaignChoose struct {
	CampaignStep
	Query string
	Clips []CampaignClip
	More  bool
}

// chooseShown is how many clips one search shows.
const chooseShown = 40

func (p *Pages) getCampaignChoose(c *route.Call) (route.Reply, error) {
	s, elsewhere, err := p.step(c, "files")
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	out := CampaignChoose{CampaignStep: s, Query: c.Query("q")}
	shelf, err := p.station.Shelf(api.ShelfQuery{Words: out.Query, Page: 1, Size: chooseShown})
	if err != nil {
		return nil, err
	}
	ids := schedule.Campaign{}
	for _, clip := range shelf.Clips {
		if !slices.Contains(s.K.ClipIDs, clip.ID) {
			ids.ClipIDs = append(ids.ClipIDs, clip.ID)
		}
	}
	out.Clips, out.More = p.campaignClips(c, ids), shelf.Pages > 1
	if c.Query("part") != "" {
		return route.Page{Name: "campaign-found", Data: out}, nil
	}
	return route.Page{Status: http.StatusOK, Name: "campaign_choose.html", Data: out}, nil
}

func (p *Pages) postCampaignChoose(c *route.Call) (route.Reply, error) {
	if err := parseForm(c.Request); err != nil {
		return nil, err
	}
	k, err := p.changeDraft(c, c.Param("id"), func(k *schedule.Campaign) error {
		for _, id := range c.Request.PostForm["clip"] {
			if !slices.Contains(k.ClipIDs, id) && p.known(id) {
				k.ClipIDs = append(k.ClipIDs, id)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return seeCampaign(k.ID, "/files", ""), nil
}

// known is whether there is such a clip.
func (p *Pages) known(clip string) bool {
	return p.station.CampaignClips(schedule.Campaign{ClipIDs: []string{clip}})[0].State != ""
}
