package letter

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/schedule"
)

const campaignsPath = "/campaigns"

func (p *Pages) routes() []route.Route {
	one := campaignsPath + "/:id"
	form := func(path, logged string, most int64, h route.Handler) route.Route {
		rt := frame.Act(path, logged, h)
		rt.MaxBody, rt.Slow = most, true
		return rt
	}
	approving := func(rt route.Route) route.Route {
		rt.Roles = []account.Role{account.Approver, account.Administrator}
		return rt
	}
	editing := func(path string, h route.Handler) route.Route {
		rt := frame.Look(path, h)
		rt.Roles = route.Editors()
		return rt
	}
	return append(p.replyRoutes(), []route.Route{
		frame.Look(campaignsPath, p.getCampaigns),
		editing(campaignsPath+"/new", p.getCampaignFiles),
		form(campaignsPath+"/new", "campaign", api.MaxImportForm, p.postCampaignFiles),
		frame.Look(one, p.getCampaign),
		editing(one+"/files", p.getCampaignFiles),
		form(one+"/files", "campaign", api.MaxImportForm, p.postCampaignFiles),
		frame.Act(one+"/clips", "campaign", p.postCampaignClips),
		frame.Act(one+"/import", "import", p.postCampaignImport),
		editing(one+"/choose", p.getCampaignChoose),
		frame.Act(one+"/choose", "campaign", p.postCampaignChoose),
		editing(one+"/letter", p.getCampaignLetter),
		form(one+"/letter", "campaign", api.PhotoForm, p.postCampaignLetter),
		editing(one+"/times", p.getCampaignTimes),
		frame.Act(one+"/times", "campaign", p.postCampaignTimes),
		frame.Act(one+"/submit", "submit", p.postCampaignSubmit),
		approving(frame.Act(one+"/approve", "approve", p.postCampaignApprove)),
		approving(form(one+"/paper", "approve", api.PhotoForm, p.postCampaignPaper)),
		approving(frame.Act(one+"/reject", "reject", p.postCampaignReject)),
		frame.Act(one+"/close", "campaign", p.postCampaignClose),
		frame.Act(one+"/pause", "campaign", p.postCampaignPause),
		editing(one+"/makeups", p.getCampaignMakeups),
		frame.Act(one+"/makeups", "campaign", p.postCampaignMakeups),
	}...)
}

func campaignPath(id, rest string) string { return campaignsPath + "/" + id + rest }

// CampaignList is all campaigns.
type CampaignList struct {
	frame.Shell
	Open   []CampaignCard // drafts, submitted, on the way; what waits for somebody first
	Closed []CampaignCard // newest first
	More   int            // closed ones that are not shown
}

// CampaignCard is one of them.
type CampaignCard struct {
	schedule.Campaign
	Title       string // as people call it, also when it has none yet
	Mark, State string
	Progress    api.Progress
	Percent     int64
	Letter      string
	DueMark     string // of the report: "" far away, warn soon, bad past
	Paused      bool
}

// closedShown is how many campaigns that are over stand on one page.
const closedShown = 30

func (p *Pages) getCampaigns(c *route.Call) (route.Reply, error) {
	s, err := p.frame.Shell(c, campaignsPath, c.Words.T("menu.campaigns"))
	if err != nil {
		return nil, err
	}
	all, err := p.station.Campaigns()
	if err != nil {
		return nil, err
	}
	out := CampaignList{Shell: s}
	var shown []schedule.Campaign
	for _, k := range slices.Backward(all) {
		switch {
		case k.State != schedule.CampaignClosed:
			shown = append(shown, k)
		case k.Approved == nil: // a draft that was given up
		case len(out.Closed) < closedShown:
			out.Closed = append(out.Closed, p.campaignCard(c.Words, k, api.Progress{}, s.Now.At))
		default:
			out.More++
		}
	}
	progress, err := p.station.ProgressOf(shown)
	if err != nil {
		return nil, err
	}
	for _, k := range shown {
		out.Open = append(out.Open, p.campaignCard(c.Words, k, progress[k.ID], s.Now.At))
	}
	slices.SortStableFunc(out.Open, func(x, y CampaignCard) int { return urgency(x) - urgency(y) })
	return route.Page{Name: "campaigns.html", Data: out}, nil
}

// urgency puts first what waits for somebody.
func urgency(k CampaignCard) int {
	return slices.Index([]schedule.CampaignState{schedule.CampaignSubmitted, schedule.CampaignDraft, schedule.CampaignApproved}, k.Campaign.State)
}

func (p *Pages) campaignCard(w locale.Words, k schedule.Campaign, progress api.Progress, now time.Time) CampaignCard {
	card := CampaignCard{Campaign: k, Title: campaignTitle(w, k), Progress: progress, Letter: letterLine(w, k), Paused: p.station.CampaignPaused(k)}
	card.Mark, card.State = campaignState(w, k, card.Paused, now)
	if progress.Target > 0 {
		card.Percent = min(100, 100*progress.Aired/progress.Target)
	}
	if due, err := time.ParseInLocation(time.DateOnly, string(k.ReportDue), now.Location()); err == nil && k.State != schedule.CampaignClosed {
		switch left := due.AddDate(0, 0, 1).Sub(now); {
		case left < 0:
			card.DueMark = "bad"
		case left < 4*24*time.Hour:
			card.DueMark = "warn"
		}
	}
	return card
}

func campaignTitle(w locale.Words, k schedule.Campaign) string {
	switch {
	case k.Title != "":
		return k.Title
	case k.Number != "":
		return w.T("campaign.numbered", k.Number)
	}
	return w.T("campaign.untitled")
}

// letterLine names the letter in one line: "Công an tỉnh · số 12/KH · 01/03/2026".
func letterLine(w locale.Words, k schedule.Campaign) string {
	var parts []string
	if k.Agency != "" {
		parts = append(parts, k.Agency)
	}
	if k.Number != "" {
		parts = append(parts, w.T("campaign.no", k.Number))
	}
	if k.Date != "" {
		parts = append(parts, w.T("campaign.of", dateText(k.Date)))
	}
	return strings.Join(parts, " · ")
}

// campaignState is the one word for a campaign, by its state and by the calendar.
func campaignState(w locale.Words, k schedule.Campaign, paused bool, now time.Time) (mark, text string) {
	today := schedule.Date(now.Format(time.DateOnly))
	word := string(k.State)
	switch {
	case k.State == schedule.CampaignSubmitted:
		mark = "warn"
	case k.State != schedule.CampaignApproved:
		mark = "plain"
	case paused:
		mark, word = "warn", "paused"
	case today < k.From:
		mark, word = "ok", "ahead"
	case today > k.Until:
		mark, word = "warn", "over"
	case today == k.Until:
		mark, word = "live", "last"
	default:
		mark, word = "live", "runs"
	}
	return mark, w.T("campaign.state." + word)
}

// dateText is a day of a document as it is written in Viet Nam; what is no day stays as it is.
func dateText(d schedule.Date) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return frame.DayText(t)
}

var writtenDay = regexp.MustCompile(`^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$`)

// dateOf reads a day as browsers send it, or as people write it where a browser has no calendar; what is neither is kept,
// so that it can be shown and refused.
func dateOf(text string) schedule.Date {
	text = strings.TrimSpace(text)
	if m := writtenDay.FindStringSubmatch(text); m != nil {
		if t, err := time.Parse("2/1/2006", m[1]+"/"+m[2]+"/"+m[3]); err == nil {
			return schedule.Date(t.Format(time.DateOnly))
		}
	}
	return schedule.Date(text)
}

// digest is what a step of a form had before it: another one means that somebody else changed the same step.
func digest(of ...any) string {
	b, err := json.Marshal(of)
	if err != nil {
		return "" // of plain fields: it has none
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// mayChange refuses to change a campaign that is approved or over.
func mayChange(k schedule.Campaign) bool {
	return k.State == schedule.CampaignDraft || k.State == schedule.CampaignSubmitted
}

// changeDraft changes a campaign as it stands now. What others change meanwhile, such as a clip that comes in, is kept.
func (p *Pages) changeDraft(c *route.Call, id string, change func(*schedule.Campaign) error) (k schedule.Campaign, err error) {
	for range 4 {
		if k, err = p.station.Campaign(id); err != nil {
			return k, err
		}
		if err = change(&k); err != nil {
			return k, err
		}
		var stored schedule.Campaign
		if stored, err = p.station.PutCampaignDraft(c.Who, k); err == nil || p.frame.ProblemOf(err).Code != "conflict" {
			if err != nil {
				return k, err
			}
			return stored, nil
		}
	}
	return k, err
}

// fieldErrors are the sentences beside the fields of a form; what is said of one of a list is said of the list.
func (p *Pages) fieldErrors(w locale.Words, err error) map[string]string {
	out := map[string]string{}
	for _, f := range p.frame.ProblemOf(err).Fields {
		name, _, _ := strings.Cut(f.Field, "[")
		if out[name] == "" {
			out[name] = w.Or("campaign.field."+name+"."+f.Code, f.Message)
		}
	}
	return out
}

func seeCampaign(id, rest, note string) route.Redirect {
	to := campaignPath(id, rest)
	if note != "" {
		to += "?note=" + note
	}
	return route.Redirect{To: to}
}

func parseForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return route.BadRequest("bad_form", err.Error())
	}
	return nil
}

// worded is a value for a part of a template, with the words that the part speaks in.
type worded struct {
	W     locale.Words
	Value any
}

func wordedOf(w locale.Words, value any) worded { return worded{w, value} }
