package reports

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/report"
	"loaxa/admin/report/wording"
	"loaxa/admin/route"
)

// Reports is the page with the figures of a period and the files that can be made of it.
type Reports struct {
	frame.Shell
	Period
	Span      string
	Quick     []QuickSpan
	Uncovered []string // what the log cannot say of the period
	Shown     bool     // the period could be read
	Empty     bool     // nothing was planned in it
	Counted   Figure   // what counts as broadcast
	Clips     int64
	Plays     int64
	Apart     []Figure // what is told apart from it
	Tables    []Table
	Forms     []FormButton
	Paper     Paper
	Files     []File
	Problem   frame.Notice
}

// Figure is how often and how long, in words, with the address of its broadcasts.
type Figure struct {
	Mark, Word, About string
	N                 int64
	Time              string // "" where nothing sounded
	Address           string
}

// Table is totals by one thing.
type Table struct {
	Name, About string
	Rows        []TableRow
	More        int    // totals that are not shown
	All         string // address of the table alone, when some are not shown
}

// TableRow is one total.
type TableRow struct {
	Title   string
	N       int64
	Time    string
	Other   int64 // planned or sounded, and not counted
	Address string
}

// FormButton makes a file.
type FormButton struct{ Kind, Form, Word string }

// tableRows is how many totals of a table stand on the page.
const tableRows = 12

func (p *Pages) getReports(c *route.Call) (route.Reply, error) {
	shell, err := p.frame.Shell(c, reportsPath, c.Words.T("menu.reports"))
	if err != nil {
		return nil, err
	}
	page := Reports{Shell: shell, Forms: formButtons(c.Words), Files: filesOf(c.Words, p.station.Reports(c))}
	status := p.preview(c, &page, c.Query)
	return route.Page{Status: status, Name: "reports.html", Data: page}, nil
}

// preview reads the period onto the page. One that cannot be shown is said on the page, which keeps its form.
func (p *Pages) preview(c *route.Call, page *Reports, get func(string) string) (status int) {
	var err error
	var account *report.Account
	if page.Period, err = periodOf(get, page.Now.At); err == nil {
		account, err = p.read(c, page.query)
	}
	page.Quick = quickSpans(c.Words, page.Now.At, page.Period)
	if err != nil {
		page.Problem, status = p.frame.Refused(c.Words, err)
		return status
	}
	page.tell(c.Words, account, p.station)
	if page.Paper, err = p.draft(account); err != nil {
		page.Problem, status = p.frame.Refused(c.Words, err)
		return status
	}
	return http.StatusOK
}

// read is the account of a period; the connection gets more time as long as it goes on.
func (p *Pages) read(c *route.Call, q report.Query) (*report.Account, error) {
	return p.station.Account(c.Request.Context(), q, func(float64) error {
		c.Extend(time.Minute)
		return nil
	})
}

func (r *Reports) tell(w locale.Words, a *report.Account, station *api.API) {
	zone := r.Now.At.Location()
	teller := wording.New(wording.Options{Words: w, Zone: zone})
	r.Period.Size = a.Size // what stands on the page and what is made of it rest on the same records
	r.Shown, r.Empty = true, len(a.Rows) == 0
	r.Span, r.Uncovered = teller.Span(a.From, a.Until), teller.Uncovered(a)
	sum := a.Sum()
	r.Clips, r.Plays = sum.Clips, sum.Plays
	r.Counted = r.figure(w, report.Aired, sum.By[report.Aired])
	for _, s := range report.Standings() {
		if s != report.Aired && sum.By[s].N > 0 {
			r.Apart = append(r.Apart, r.figure(w, s, sum.By[s]))
		}
	}
	if r.Empty {
		return
	}
	for _, t := range station.Axes() {
		r.Tables = append(r.Tables, r.table(w, a, report.ByAxis(t.ID), t.ID, w.T("reports.by.axis", t.Title), station))
	}
	for _, d := range []report.Dimension{report.ByCampaign, report.ByProgramme, report.ByWeek} {
		r.Tables = append(r.Tables, r.table(w, a, d, d.Name, w.T("reports.by."+d.Name), station))
	}
}

func (r *Reports) figure(w locale.Words, s report.Standing, t report.Tally) Figure {
	mark := map[report.Standing]string{report.Aired: "ok", report.Cut: "bad", report.Silent: "bad", report.Unproven: "warn", report.Open: "warn"}[s]
	return Figure{Mark: mark, Word: w.T("record.standing." + s.Name()), About: w.T("reports.standing." + s.Name()), N: t.N, Time: timeWords(w, t.AiredMS),
		Address: r.rowsOf(report.ByStanding.Name, s.Name())}
}

func (r *Reports) rowsOf(by, key string) string {
	v := r.values()
	v.Set("by", by)
	v.Set("key", key)
	return rowsPath + "?" + v.Encode()
}

// nameless puts what has no name behind what has one.
func nameless(t report.Total) int {
	if t.Key == "" {
		return 1
	}
	return 0
}

func (r *Reports) table(w locale.Words, a *report.Account, d report.Dimension, by, name string, station *api.API) Table {
	t := Table{Name: name, About: w.Or("reports.by."+by+".about", "")}
	totals := a.Totals(d, r.Now.At.Location())
	slices.SortStableFunc(totals, func(x, y report.Total) int { return cmp.Compare(nameless(x), nameless(y)) })
	for _, total := range totals {
		if len(t.Rows) == tableRows && by != report.ByWeek.Name {
			t.More++
			continue
		}
		counted := total.Counted()
		row := TableRow{Title: totalTitle(w, station, by, total), N: counted.N, Time: timeWords(w, counted.AiredMS), Address: r.rowsOf(by, total.Key)}
		row.Other = int64(len(total.Rows)) - counted.N
		t.Rows = append(t.Rows, row)
	}
	return t
}
