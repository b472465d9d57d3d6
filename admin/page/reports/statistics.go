package reports

import (
	"html/template"
	"net/http"
	"time"

	"loaxa/admin/page/frame"
	"loaxa/admin/report"
	"loaxa/admin/report/picture"
	"loaxa/admin/report/wording"
	"loaxa/admin/route"
)

const statisticsPath = "/statistics"

// Statistics is the page that shows a month in pictures, and the months of its year beside each other.
type Statistics struct {
	frame.Shell
	Month        string // "2026-02", as the form has it
	Name         string // "02/2026"
	Before, Next string // addresses of the months beside it; Next is "" when it has not come
	Uncovered    []string
	Slots        template.HTML
	Topics       []template.HTML
	Counted      string
	Year         Table
	Report       string // address of the month's report
	Problem      frame.Notice
}

func (p *Pages) getStatistics(c *route.Call) (route.Reply, error) {
	shell, err := p.frame.Shell(c, reportsPath, c.Words.T("statistics.title"))
	if err != nil {
		return nil, err
	}
	page := Statistics{Shell: shell}
	if err := p.pictures(c, &page); err != nil {
		var status int
		page.Problem, status = p.frame.Refused(c.Words, err)
		return route.Page{Status: status, Name: "statistics.html", Data: page}, nil
	}
	return route.Page{Status: http.StatusOK, Name: "statistics.html", Data: page}, nil
}

// monthOf reads the month that is asked for; this one by default.
func monthOf(text string, now time.Time) (time.Time, error) {
	loc := now.Location()
	this := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, loc)
	if text == "" {
		return this, nil
	}
	month, err := time.ParseInLocation("2006-01", text, loc)
	if err != nil || month.Year() < 2000 || month.Year() > 2200 {
		return this, route.BadRequest("bad_time", "month is not like 2026-03")
	}
	return month, nil
}

// pictures draws the month onto the page.
func (p *Pages) pictures(c *route.Call, page *Statistics) error {
	now, zone := page.Now.At, page.Now.At.Location()
	month, err := monthOf(c.Query("month"), now)
	next := month.AddDate(0, 1, 0)
	page.Month, page.Name = month.Format("2006-01"), month.Format("01/2006")
	page.Before = statisticsPath + "?month=" + month.AddDate(0, -1, 0).Format("2006-01")
	if next.Before(now) {
		page.Next = statisticsPath + "?month=" + next.Format("2006-01")
	}
	if err != nil {
		return err
	}
	year := time.Date(month.Year(), 1, 1, 0, 0, 0, 0, zone)
	whole, err := p.read(c, report.Query{From: year, Until: year.AddDate(1, 0, 0)})
	if err != nil {
		return err
	}
	page.Year = months(c, whole, year, now)
	account, err := p.read(c, report.Query{From: month, Until: next, Size: whole.Size})
	if err != nil {
		return err
	}
	period := Period{From: month.Format(time.DateOnly), Until: next.AddDate(0, 0, -1).Format(time.DateOnly)}
	page.Report = reportsPath + "?" + period.values().Encode()
	page.Uncovered = wording.New(wording.Options{Words: c.Words, Zone: zone}).Uncovered(account)
	counted := account.Sum().Counted()
	page.Counted = c.Words.T("statistics.counted", counted.N)
	if length := timeWords(c.Words, counted.AiredMS); length != "" {
		page.Counted += ", " + length
	}
	// What the pictures hold of people is escaped where they are drawn.
	page.Slots = template.HTML(picture.SlotsOf(account, month, zone).SVG(account, c.Words)) //nolint:gosec // see above
	for _, axis := range p.station.Axes() {
		if totals := account.Totals(report.ByAxis(axis.ID), zone); len(totals) > 0 {
			page.Topics = append(page.Topics, template.HTML(picture.Bars(c.Words.T("statistics.topics", axis.Title), totals, p.topicOr(c), c.Words))) //nolint:gosec // see above
		}
	}
	return nil
}

// topicOr names a tag; what has none is named, too.
func (p *Pages) topicOr(c *route.Call) func(key string) string {
	return func(key string) string {
		if key == "" {
			return c.Words.T("reports.none.A")
		}
		return p.station.TopicTitle(key)
	}
}

// months are those of a year that have come, each leading to its pictures.
func months(c *route.Call, a *report.Account, year, now time.Time) Table {
	totals := map[string]report.Total{}
	for _, t := range a.Totals(report.ByMonth, year.Location()) {
		totals[t.Key] = t
	}
	out := Table{Name: c.Words.T("statistics.year", year.Year())}
	for n := range 12 {
		if year.AddDate(0, n, 0).After(now) {
			break
		}
		key := year.AddDate(0, n, 0).Format("2006-01")
		t := totals[key]
		counted := t.Counted()
		out.Rows = append(out.Rows, TableRow{Title: year.AddDate(0, n, 0).Format("01/2006"), N: counted.N, Time: timeWords(c.Words, counted.AiredMS),
			Other: int64(len(t.Rows)) - counted.N, Address: statisticsPath + "?month=" + key})
	}
	return out
}
