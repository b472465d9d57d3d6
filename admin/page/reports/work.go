package reports

import (
	"fmt"
	"net/http"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/report/desk"
	"loaxa/admin/route"
)

// patience is how long a form waits for its file before a page shows how far it is: a month takes less.
const patience = 1500 * time.Millisecond

// File is a report that was asked for.
type File struct {
	desk.Job
	Percent int
	Doing   string // in words
	Word    string // of the state
	Address string // of the file; "" until it is done
	Page    string
}

// Work is the page of a report that is being made.
type Work struct {
	frame.Shell
	File File
}

func fileOf(w locale.Words, j desk.Job) File {
	f := File{Job: j, Percent: int(100 * j.Share), Doing: w.Or("reports.doing."+j.Doing, ""), Word: w.T("reports.state." + j.State), Page: filesPath + j.ID}
	if j.State == desk.StateDone {
		f.Address = filesPath + j.ID + "/file"
	}
	if j.State == desk.StateWaiting && j.Ahead > 0 {
		f.Doing = w.T("reports.ahead", j.Ahead)
	}
	return f
}

func filesOf(w locale.Words, jobs []desk.Job) (out []File) {
	for _, j := range jobs {
		out = append(out, fileOf(w, j))
	}
	return out
}

func formButtons(w locale.Words) (out []FormButton) {
	for _, f := range api.ReportForms() {
		out = append(out, FormButton{Kind: f[0], Form: f[1], Word: w.T("reports.form." + f[1])})
	}
	return out
}

// postMake has a file made. What is done soon comes at once; else a page shows how far it is.
func (p *Pages) postMake(c *route.Call) (route.Reply, error) {
	if err := c.Request.ParseForm(); err != nil {
		return nil, route.BadRequest("bad_form", err.Error())
	}
	get := c.Request.PostForm.Get
	period, err := periodOf(get, p.station.Now(c.Words).At)
	if err != nil {
		return nil, err
	}
	in := api.ReportRequest{Kind: get("kind"), Form: get("form"), From: period.query.From, Until: period.query.Until, Size: period.Size}
	var paper *Paper
	if in.Kind == "results" {
		head := p.station.Settings().Letterhead
		paper = paperOf(c.Request.PostForm, head)
		in.Texts, in.Letterhead = &paper.Texts, &paper.Head
	}
	j, err := p.station.OrderReport(c, in)
	if err != nil {
		return p.again(c, paper, err)
	}
	if j, err = p.station.Report(c, j.ID, patience); err != nil {
		return nil, err
	}
	if j.State == desk.StateDone {
		return route.Redirect{To: filesPath + j.ID + "/file"}, nil
	}
	return route.Redirect{To: filesPath + j.ID}, nil
}

// again shows the form with what was written into it, and why nothing was made: nobody writes a page of text twice.
func (p *Pages) again(c *route.Call, paper *Paper, cause error) (route.Reply, error) {
	if paper == nil {
		return nil, cause
	}
	shell, err := p.frame.Shell(c, reportsPath, c.Words.T("menu.reports"))
	if err != nil {
		return nil, err
	}
	page := Reports{Shell: shell, Forms: formButtons(c.Words), Files: filesOf(c.Words, p.station.Reports(c))}
	p.preview(c, &page, c.Request.PostForm.Get)
	paper.Open, page.Paper = true, *paper
	var status int
	page.Problem, status = p.frame.Refused(c.Words, cause)
	return route.Page{Status: status, Name: "reports.html", Data: page}, nil
}

func (p *Pages) getWork(c *route.Call) (route.Reply, error) {
	j, err := p.station.Report(c, c.Param("id"), 0)
	if err != nil {
		return nil, err
	}
	shell, err := p.frame.Shell(c, reportsPath, c.Words.T("reports.work"))
	if err != nil {
		return nil, err
	}
	name := "report.html"
	if c.Query("part") != "" {
		name = "report-live"
	}
	return route.Page{Status: http.StatusOK, Name: name, Data: Work{Shell: shell, File: fileOf(c.Words, j)}}, nil
}

func (p *Pages) getFile(c *route.Call) (route.Reply, error) {
	return p.station.ReportFile(c, c.Param("id"))
}

func (p *Pages) postEnd(c *route.Call) (route.Reply, error) {
	if _, err := p.station.EndReport(c, c.Param("id")); err != nil {
		return nil, fmt.Errorf("ending a report: %w", err)
	}
	return route.Redirect{To: reportsPath + "?note=report_ended"}, nil
}
