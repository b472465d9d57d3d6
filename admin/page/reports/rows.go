package reports

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/page/airing"
	"loaxa/admin/page/frame"
	"loaxa/admin/report"
	"loaxa/admin/report/wording"
	"loaxa/admin/route"
)

// rowLines is how many broadcasts stand on one page.
const rowLines = 50

// Rows is the page of the broadcasts behind a total.
type Rows struct {
	frame.Shell
	Period
	Span     string
	Name     string // of the total
	N        int
	Counted  int64
	Time     string
	Lines    []airing.DiaryLine
	Page     int
	Pages    int
	Back, On string
	Return   string // address of the report
	Problem  frame.Notice
}

func (p *Pages) getRows(c *route.Call) (route.Reply, error) {
	shell, err := p.frame.Shell(c, reportsPath, c.Words.T("reports.rows"))
	if err != nil {
		return nil, err
	}
	page := Rows{Shell: shell}
	status := p.rows(c, &page)
	page.Return = reportsPath + "?" + page.values().Encode()
	return route.Page{Status: status, Name: "reports-rows.html", Data: page}, nil
}

func (p *Pages) rows(c *route.Call, page *Rows) (status int) {
	fail := func(err error) int {
		page.Problem, status = p.frame.Refused(c.Words, err)
		return status
	}
	var err error
	if page.Period, err = periodOf(c.Query, page.Now.At); err != nil {
		return fail(err)
	}
	by, key := c.Query("by"), c.Query("key")
	d, err := p.station.DimensionOf(by)
	if err != nil {
		return fail(err)
	}
	account, err := p.read(c, page.query)
	if err != nil {
		return fail(err)
	}
	zone := page.Now.At.Location()
	page.Period.Size = account.Size
	page.Span = wording.New(wording.Options{Words: c.Words, Zone: zone}).Span(account.From, account.Until)
	total := api.TotalOf(account, d, key, zone)
	if total == nil {
		return fail(route.NotFound("total", key))
	}
	page.Name, page.N = totalTitle(c.Words, p.station, by, *total), len(total.Rows)
	page.Counted, page.Time = total.Counted().N, timeWords(c.Words, total.Counted().AiredMS)
	page.turn(c, account, total.Rows, zone)
	return http.StatusOK
}

// turn puts one page of the total's broadcasts into lines.
func (page *Rows) turn(c *route.Call, account *report.Account, rows []int32, zone *time.Location) {
	page.Pages = max(1, (len(rows)+rowLines-1)/rowLines)
	page.Page = 1
	if n, err := strconv.Atoi(c.Query("p")); err == nil && n > 1 {
		page.Page = min(n, page.Pages)
	}
	address := func(n int) string {
		v := page.values()
		v.Set("by", c.Query("by"))
		v.Set("key", c.Query("key"))
		v.Set("p", fmt.Sprint(n))
		return rowsPath + "?" + v.Encode()
	}
	if page.Page > 1 {
		page.Back = address(page.Page - 1)
	}
	if page.Page < page.Pages {
		page.On = address(page.Page + 1)
	}
	begin := (page.Page - 1) * rowLines
	var list []api.DiaryRow
	for _, i := range rows[begin:min(len(rows), begin+rowLines)] {
		list = append(list, diaryRow(account.Rows[i], zone))
	}
	page.Lines = airing.DiaryLines(c.Words, list, true)
}

// diaryRow is a row of an account as the diary shows it.
func diaryRow(r report.Row, zone *time.Location) api.DiaryRow {
	b := api.Broadcast{Broadcast: r.Broadcast, Occurrence: r.Occurrence, Why: r.Why, Programme: r.Programme, Title: r.Title, Due: r.Due.In(zone), Status: string(r.Outcome),
		Reason: r.Reason, Person: r.Person, AiredMS: r.AiredMS, PlannedMS: r.PlannedMS, Output: string(r.Output), OutageFrom: r.OutageFrom.In(zone), OutageUntil: r.OutageUntil.In(zone)}
	if r.OutageFrom.IsZero() || r.OutageUntil.IsZero() {
		b.OutageFrom, b.OutageUntil = time.Time{}, time.Time{}
	}
	if r.Outcome == "" {
		b.Status = api.StatusPending
	} else {
		b.Record = &api.Record{Epoch: r.Epoch, Index: r.Index}
	}
	return api.DiaryRow{Broadcast: b, Start: r.Start}
}
