package letter

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
	"loaxa/schedule"
)

// What is offered where nothing was said yet: "ngày 2 lần, 30 ngày".
const (
	usualTimes = 2
	usualDays  = 30
	mostTimes  = 6 // in the choice; a letter that asks for more is rare
)

// CampaignTimes is the third step: when.
type CampaignTimes struct {
	CampaignStep
	PerDay, Days int
	Times        []string // as many as PerDay
	Choices      []int    // of PerDay
	Aim          string   // the target as it stands in the form
	Preview      *Preview
}

func (p *Pages) getCampaignTimes(c *route.Call) (route.Reply, error) {
	s, elsewhere, err := p.step(c, "times")
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	s.Was = timesDigest(s.K)
	if c.Query("part") != "" { // of what is typed, not saved
		takeTimes(&s.K, c.Request.URL.Query())
		return route.Page{Name: "campaign-preview", Data: previewPart{c.Words, p.preview(c.Words, s.K)}}, nil
	}
	rows, err := c.Int("rows", int64(cmp.Or(len(s.K.Times), usualTimes)), 1, schedule.MaxCampaignTimes)
	if err != nil {
		return nil, err
	}
	return p.timesPage(c, s, max(int(rows), len(s.K.Times)), 0)
}

func (p *Pages) timesPage(c *route.Call, s CampaignStep, perDay, status int) (route.Reply, error) {
	out := CampaignTimes{CampaignStep: s, PerDay: perDay, Days: daysOf(s.K)}
	if s.K.Target > 0 {
		out.Aim = strconv.FormatInt(s.K.Target, 10)
	}
	if status != 0 {
		out.Aim = c.Request.PostForm.Get("target")
	}
	if out.Days == 0 {
		out.Days = usualDays
	}
	if s.K.From == "" {
		out.K.From = schedule.Date(s.Now.At.AddDate(0, 0, 1).Format(time.DateOnly))
	}
	if s.K.Until == "" {
		out.K.Until = lastDay(out.K.From, out.Days)
	}
	if out.K.Class == "" {
		out.K = out.K.Normalise()
	}
	out.Times = slices.Clone(s.K.Times)
	for len(out.Times) < max(out.PerDay, 1) {
		out.Times = append(out.Times, "")
	}
	for n := 1; n <= max(mostTimes, out.PerDay); n++ {
		out.Choices = append(out.Choices, n)
	}
	if status == 0 {
		out.Preview = p.preview(c.Words, s.K)
	}
	return route.Page{Status: status, Name: "campaign_times.html", Data: out}, nil
}

// daysOf counts the days from the first to the last; 0 where that cannot be said.
func daysOf(k schedule.Campaign) int {
	from, err := time.Parse(time.DateOnly, string(k.From))
	until, err2 := time.Parse(time.DateOnly, string(k.Until))
	if err != nil || err2 != nil || until.Before(from) {
		return 0
	}
	return int(until.Sub(from)/(24*time.Hour)) + 1
}

func lastDay(from schedule.Date, days int) schedule.Date {
	t, err := time.Parse(time.DateOnly, string(from))
	if err != nil || days < 1 || days > schedule.MaxCampaignDays {
		return ""
	}
	return schedule.Date(t.AddDate(0, 0, days-1).Format(time.DateOnly))
}

func timesDigest(k schedule.Campaign) string {
	return digest(k.Times, k.From, k.Until, k.Weekdays, k.Mode, k.Class, k.Target)
}

// takeTimes puts the step's fields into a campaign. Of the number of days and the last day that one counts which was
// changed; of both, the number.
func takeTimes(k *schedule.Campaign, form url.Values) {
	k.From, k.Until = dateOf(form.Get("from")), dateOf(form.Get("until"))
	days, err := strconv.Atoi(strings.TrimSpace(form.Get("days")))
	if err == nil && (form.Get("days") != form.Get("days_was") || k.Until == "" || form.Get("from") != form.Get("from_was") && form.Get("until") == form.Get("until_was")) {
		if last := lastDay(k.From, days); last != "" {
			k.Until = last
		}
	}
	k.Times = nil
	for _, t := range form["time"] {
		if t = strings.TrimSpace(t); t != "" {
			if at, err := time.Parse(time.TimeOnly, t); err == nil { // some browsers add seconds
				t = at.Format("15:04")
			}
			k.Times = append(k.Times, t)
		}
	}
	k.Weekdays = nil
	for _, d := range form["weekday"] {
		if n, err := strconv.Atoi(d); err == nil {
			k.Weekdays = append(k.Weekdays, n)
		}
	}
	if len(k.Weekdays) == 7 {
		k.Weekdays = nil
	}
	k.Mode, k.Class = schedule.Mode(form.Get("mode")), schedule.Class(form.Get("class"))
	k.Target = 0
	if text := strings.TrimSpace(form.Get("target")); text != "" {
		if k.Target, err = strconv.ParseInt(text, 10, 64); err != nil {
			k.Target = -1 // refused by the rules, with the field named
		}
	}
	*k = k.Normalise()
}

func (p *Pages) postCampaignTimes(c *route.Call) (route.Reply, error) {
	s, elsewhere, err := p.step(c, "times")
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	if err := parseForm(c.Request); err != nil {
		return nil, err
	}
	form := c.Request.PostForm
	do := form.Get("do")
	perDay, err := strconv.Atoi(form.Get("per_day"))
	if err != nil || perDay < 1 || perDay > schedule.MaxCampaignTimes {
		perDay = usualTimes
	}
	typed := s.K
	takeTimes(&typed, form)
	if do == "suggest" || do == "next" && len(typed.Times) == 0 {
		do = "suggest"
		typed.Times = p.station.SuggestTimes(typed, perDay)
	}
	var refused error
	if do == "next" || do == "suggest" {
		refused = wantDays(typed)
	}
	if refused == nil {
		_, refused = p.changeDraft(c, s.K.ID, func(k *schedule.Campaign) error {
			if s.K = *k; form.Get("was") != timesDigest(*k) {
				return errTheirs
			}
			k.From, k.Until, k.Times, k.Weekdays = typed.From, typed.Until, typed.Times, typed.Weekdays
			k.Mode, k.Class, k.Target = typed.Mode, typed.Class, typed.Target
			return nil
		})
	}
	if refused != nil {
		return p.refuseTimes(c, s, typed, form.Get("was"), perDay, refused)
	}
	switch {
	case do == "suggest" && len(typed.Times) < perDay:
		return route.Redirect{To: campaignPath(s.K.ID, "/times?note=campaign_few_times&rows=") + strconv.Itoa(perDay)}, nil
	case do == "more":
		return route.Redirect{To: campaignPath(s.K.ID, "/times?rows=") + strconv.Itoa(min(len(form["time"])+1, schedule.MaxCampaignTimes))}, nil
	case do == "suggest":
		return seeCampaign(s.K.ID, "/times", "campaign_times"), nil
	}
	return p.onward(s.K.ID, do, "/times", ""), nil
}

// wantDays asks for what a draft may lack and the next step needs.
func wantDays(k schedule.Campaign) error {
	var ps schedule.Problems
	for _, d := range []struct{ name, text string }{{"from", string(k.From)}, {"until", string(k.Until)}} {
		if d.text == "" {
			ps = append(ps, schedule.Problem{Field: d.name, Code: "required", Message: "the day is required."})
		}
	}
	if len(ps) == 0 {
		return nil
	}
	return ps
}

func (p *Pages) refuseTimes(c *route.Call, s CampaignStep, typed schedule.Campaign, was string, perDay int, refused error) (route.Reply, error) {
	stored := s.K
	s.K, s.Was = typed, was
	if errors.Is(refused, errTheirs) {
		s.Notice = frame.Notice{Mark: "bad", Text: c.Words.T("campaign.theirs")}
		s.Was, s.Theirs = timesDigest(stored), []string{timesLine(c.Words, stored)}
		return p.timesPage(c, s, max(perDay, len(typed.Times)), http.StatusConflict)
	}
	var status int
	s.Notice, status = p.frame.Refused(c.Words, refused)
	s.Errors = p.fieldErrors(c.Words, refused)
	return p.timesPage(c, s, max(perDay, len(typed.Times)), status)
}

// timesLine says when in one sentence: "Ngày 2 lần, lúc 06:30 và 17:00, từ 06/03/2026 đến hết 04/04/2026".
func timesLine(w locale.Words, k schedule.Campaign) string {
	line := w.T("campaign.when", len(k.Times), strings.Join(k.Times, ", "), dateText(k.From), dateText(k.Until))
	if len(k.Weekdays) > 0 {
		var names []string
		for _, d := range k.Weekdays {
			names = append(names, w.T("weekday."+strings.ToLower(time.Weekday(d%7).String())))
		}
		line += " · " + strings.Join(names, ", ")
	}
	return line
}
