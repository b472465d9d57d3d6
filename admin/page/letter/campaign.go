package letter

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/airing"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/schedule"
	"loaxa/schedule/rulebook"
)

// CampaignView is a campaign that is approved, or over: how far it has come, what is missing, and why.
type CampaignView struct {
	frame.Shell
	K        schedule.Campaign
	Card     CampaignCard
	When     string
	Approved string // who and when; of a paper, who signed and who entered it
	Clips    []CampaignClip
	Weeks    [][]DayCell // from Monday to Sunday
	Gaps     []GapRow
	MoreGaps int
	Ended    bool   // its last day has come
	Answer   string // a paragraph for the reply
	Reports  bool   // there is a page of reports
}

// DayCell is one day in the picture of a campaign.
type DayCell struct {
	Day         time.Time // zero where the campaign has none
	Label       string    // the day of the month; with the month where one begins
	Mark        string    // ok | warn | bad | ahead | none
	Done, Total int
	Words       string // for those who do not see it
	Today       bool
}

// GapRow is a broadcast that was not aired.
type GapRow struct {
	When, Mark, Status, Reason string
	Occurrence                 string
	Take                       bool   // chosen to be made up for
	Offer                      string // a free moment as a form's field has it; "" where none was found
}

// gapsShown is how many of them stand on the page.
const gapsShown = 20

func (p *Pages) campaignView(c *route.Call, k schedule.Campaign, refused error) (route.Reply, error) {
	w := c.Words
	s, err := p.frame.Shell(c, campaignsPath, campaignTitle(w, k))
	if err != nil {
		return nil, err
	}
	progress, err := p.station.Progress(k)
	if err != nil {
		return nil, err
	}
	days, err := p.station.CampaignDays(k)
	if err != nil {
		return nil, err
	}
	v := CampaignView{Shell: s, K: k, Card: p.campaignCard(w, k, progress, s.Now.At), When: timesLine(w, k), Clips: p.campaignClips(c, k),
		Approved: approvedLine(w, k, s.Now.At.Location()), Weeks: weeksOf(w, days, s.Now.At), Reports: p.frame.Leads("/reports")}
	for i, g := range progress.Gaps {
		if i == gapsShown {
			v.MoreGaps = len(progress.Gaps) - gapsShown
			break
		}
		v.Gaps = append(v.Gaps, gapRow(w, g, s.Now.At.Location()))
	}
	v.Ended = k.State == schedule.CampaignClosed || schedule.Date(s.Now.At.Format(time.DateOnly)) >= k.Until
	if v.Ended {
		v.Answer = w.T("campaign.answer", k.Title, letterLine(w, k), dateText(k.From), dateText(k.Until), progress.Aired, progress.Target, api.SpanText(progress.AiredMS))
	}
	status := http.StatusOK
	if refused != nil {
		v.Notice, status = p.frame.Asked(c, refused)
	}
	return route.Page{Status: status, Name: "campaign.html", Data: v}, nil
}

func approvedLine(w locale.Words, k schedule.Campaign, loc *time.Location) string {
	s := k.Approved
	if s == nil {
		return ""
	}
	at := s.At.In(loc).Format("15:04 02/01/2006")
	if s.Signer != "" {
		return w.T("campaign.approved.paper", s.Signer, dateText(s.Day), frame.Person(w, s.By), at)
	}
	return w.T("campaign.approved", frame.Person(w, s.By), at)
}

func gapRow(w locale.Words, g api.Gap, loc *time.Location) GapRow {
	due := g.Due.In(loc)
	row := GapRow{When: due.Format("15:04") + " " + dayWords(w, due), Mark: "bad", Status: w.Or("status."+g.Status, g.Status), Occurrence: g.Occurrence}
	if g.Reason != "" {
		row.Reason = airing.Reason(w, g.Reason)
	}
	return row
}

// weeksOf puts the days of a campaign into weeks, so that it can be looked at like a calendar.
func weeksOf(w locale.Words, days []api.CampaignDay, now time.Time) (weeks [][]DayCell) {
	if len(days) == 0 {
		return nil
	}
	week := make([]DayCell, (int(days[0].Day.Weekday())+6)%7)
	for i, d := range days {
		cell := dayCell(w, d, now)
		if cell.Label = d.Day.Format("2"); i == 0 || d.Day.Day() == 1 {
			cell.Label = d.Day.Format("2/1")
		}
		week = append(week, cell)
		if len(week) == 7 {
			weeks, week = append(weeks, week), nil
		}
	}
	if len(week) > 0 {
		weeks = append(weeks, append(week, make([]DayCell, 7-len(week))...))
	}
	return weeks
}

func dayCell(w locale.Words, d api.CampaignDay, now time.Time) DayCell {
	cell := DayCell{Day: d.Day, Done: d.Aired, Total: d.Total(), Today: d.Day.Format(time.DateOnly) == now.Format(time.DateOnly)}
	switch {
	case cell.Total == 0:
		cell.Mark = "none"
	case d.Failed > 0 || d.Refused > 0:
		cell.Mark = "bad"
	case d.Unproven > 0:
		cell.Mark = "warn"
	case d.Ahead > 0:
		cell.Mark = "ahead"
	default:
		cell.Mark = "ok"
	}
	parts := []string{dayWords(w, d.Day)}
	for _, n := range []struct {
		word  string
		count int
	}{{"aired", d.Aired}, {"unproven", d.Unproven}, {"failed", d.Failed}, {"refused", d.Refused}, {"ahead", d.Ahead}} {
		if n.count > 0 {
			parts = append(parts, w.T("campaign.day."+n.word, n.count))
		}
	}
	if cell.Total == 0 {
		parts = append(parts, w.T("campaign.day.none"))
	}
	cell.Words = strings.Join(parts, ", ")
	return cell
}

func (p *Pages) postCampaignClose(c *route.Call) (route.Reply, error) {
	if err := parseForm(c.Request); err != nil {
		return nil, err
	}
	id := c.Param("id")
	k, err := p.station.CloseCampaign(api.ActOf(c), id)
	if err != nil {
		if p.frame.ProblemOf(err).Code != "confirm_night" {
			return nil, err
		}
		return p.campaignView(c, k, err)
	}
	if k.Approved == nil { // a draft that was given up is not shown any more
		return route.Redirect{To: campaignsPath + "?note=campaign_given_up"}, nil
	}
	return seeCampaign(k.ID, "", "campaign_closed"), nil
}

func (p *Pages) postCampaignPause(c *route.Call) (route.Reply, error) {
	if err := parseForm(c.Request); err != nil {
		return nil, err
	}
	id, pause := c.Param("id"), c.Request.PostForm.Get("pause") == "yes"
	if err := p.station.PauseCampaign(c, id, pause); err != nil {
		k, read := p.station.Campaign(id)
		if read != nil {
			return nil, read
		}
		return p.campaignView(c, k, err)
	}
	if pause {
		return seeCampaign(id, "", "campaign_paused"), nil
	}
	return seeCampaign(id, "", "campaign_resumed"), nil
}

// CampaignMakeups is the form of make-ups.
type CampaignMakeups struct {
	frame.Shell
	K     schedule.Campaign
	Name  string // of the campaign
	Rows  []GapRow
	More  int
	Night bool // what was typed sounds at night: it is asked about once more
}

func (p *Pages) getCampaignMakeups(c *route.Call) (route.Reply, error) {
	k, err := p.station.Campaign(c.Param("id"))
	if err != nil {
		return nil, err
	}
	if k.State != schedule.CampaignApproved {
		return seeCampaign(k.ID, "", ""), nil
	}
	m, err := p.makeups(c, k)
	return route.Page{Name: "campaign_makeups.html", Data: m}, err
}

// localTime is a moment as <input type="datetime-local"> has it.
const localTime = "2006-01-02T15:04"

func (p *Pages) makeups(c *route.Call, k schedule.Campaign) (m CampaignMakeups, err error) {
	if m.Shell, err = p.frame.Shell(c, campaignsPath, c.Words.T("campaign.makeup.title")); err != nil {
		return m, err
	}
	m.K, m.Name = k, campaignTitle(c.Words, k)
	loc := m.Now.At.Location()
	gaps, slots, err := p.station.Slots(k, gapsShown)
	for i, g := range gaps {
		if i == gapsShown {
			m.More = len(gaps) - gapsShown
			break
		}
		row := gapRow(c.Words, g, loc)
		if i < len(slots) {
			row.Take, row.Offer = true, slots[i].In(loc).Format(localTime)
		}
		m.Rows = append(m.Rows, row)
	}
	return m, err
}

func (p *Pages) postCampaignMakeups(c *route.Call) (route.Reply, error) {
	if err := parseForm(c.Request); err != nil {
		return nil, err
	}
	id, form := c.Param("id"), c.Request.PostForm
	loc := p.station.Now(c.Words).At.Location()
	var list []rulebook.Makeup
	var err error
	for i, of := range form["of"] {
		if form.Get("take_"+strconv.Itoa(i)) == "" {
			continue
		}
		at, bad := time.ParseInLocation(localTime, form.Get("at_"+strconv.Itoa(i)), loc)
		if bad != nil {
			err = schedule.Problems{{Field: "makeups", Code: "format", Message: "choose day and time of each make-up."}}
			continue
		}
		list = append(list, rulebook.Makeup{At: at, Of: of})
	}
	if err == nil && len(list) == 0 {
		err = schedule.Problems{{Field: "makeups", Code: "required", Message: "choose at least one."}}
	}
	if err == nil {
		_, err = p.station.MakeUp(c, id, list)
	}
	if err != nil {
		return p.refuseMakeups(c, id, err)
	}
	return seeCampaign(id, "", "campaign_makeups"), nil
}

// refuseMakeups draws the form again with the moments that were chosen.
func (p *Pages) refuseMakeups(c *route.Call, id string, refused error) (route.Reply, error) {
	k, err := p.station.Campaign(id)
	if err != nil {
		return nil, err
	}
	m, err := p.makeups(c, k)
	if err != nil {
		return nil, err
	}
	form := c.Request.PostForm
	for i, of := range form["of"] {
		for n := range m.Rows {
			if m.Rows[n].Occurrence == of {
				m.Rows[n].Take, m.Rows[n].Offer = form.Get("take_"+strconv.Itoa(i)) != "", form.Get("at_"+strconv.Itoa(i))
			}
		}
	}
	var status int
	m.Notice, status = p.frame.Refused(c.Words, refused)
	for _, text := range p.fieldErrors(c.Words, refused) {
		m.Notice.Text = text
	}
	m.Night = p.frame.ProblemOf(refused).Code == "confirm_night"
	return route.Page{Status: status, Name: "campaign_makeups.html", Data: m}, nil
}

func number(text string) (int64, error) { return strconv.ParseInt(strings.TrimSpace(text), 10, 64) }
