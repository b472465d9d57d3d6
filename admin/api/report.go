package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"loaxa/admin/report"
	"loaxa/admin/report/desk"
	"loaxa/admin/report/results"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// ReportRequest asks for a report.
type ReportRequest struct {
	Kind  string    `json:"kind"` // diary | results
	Form  string    `json:"form"` // xlsx, pdf, csv, json, ics of the diary; docx, pdf of the results
	From  time.Time `json:"from"`
	Until time.Time `json:"until"` // not itself part of the period
	// Size makes it by the log's first records alone, up to a checkpoint, so that it comes out the same again; 0 is all.
	Size int64 `json:"size,omitempty"`
	// Texts are the sections of the results as a person wrote them; without them they are as prefilled. Letterhead is that of
	// this one paper; without it the station's.
	Texts      *results.Texts       `json:"texts,omitempty"`
	Letterhead *schedule.Letterhead `json:"letterhead,omitempty"`
}

// ReportAnswer is a report as it stands.
type ReportAnswer struct {
	ID       string         `json:"id"`
	Name     string         `json:"name"` // of the file
	Type     string         `json:"type"`
	State    string         `json:"state"` // waiting working done failed cancelled
	Doing    string         `json:"doing"` // log, rows, history, pages …
	Progress float64        `json:"progress"`
	Ahead    int            `json:"ahead"` // reports that are made before it
	Created  time.Time      `json:"created"`
	Ended    time.Time      `json:"ended,omitzero"`
	Size     int64          `json:"size"` // bytes
	SHA256   string         `json:"sha256"`
	File     string         `json:"file,omitempty"`    // its address, once it is done
	Problem  *ProblemAnswer `json:"problem,omitempty"` // why it failed
}

type reportList struct {
	Reports []ReportAnswer `json:"reports"`
}

func (a *API) reportRoutes() []route.Route {
	post := described(read("/reports", "Have a report made; the work goes on behind.", a.postReport), ReportRequest{}, ReportAnswer{}, http.StatusAccepted)
	post.Method, post.MaxBody, post.Logged = http.MethodPost, bodyLimit, "report"
	one := described(read("/reports/:id", "One of your reports.", a.getReport), nil, ReportAnswer{}, 0)
	one.Doc.Query = []route.Param{{Name: "wait", About: "seconds that the answer may take when the report is not finished, up to 20"}}
	file := read("/reports/:id/file", "The file of a finished report; it is kept for an hour.", a.getReportFile)
	file.Slow, file.Doc.Type = true, "application/octet-stream"
	end := described(read("/reports/:id", "Cancel a report, or take it away.", a.deleteReport), nil, ReportAnswer{}, 0)
	end.Method, end.MaxBody = http.MethodDelete, bodyLimit
	return []route.Route{post, described(read("/reports", "Your reports of the last hour, newest first.", a.listReports), nil, reportList{}, 0), one, file, end}
}

func (a *API) postReport(c *route.Call) (route.Reply, error) {
	var in ReportRequest
	if err := c.DecodeJSON(&in); err != nil {
		return nil, err
	}
	j, err := a.OrderReport(c, in)
	if err != nil {
		return nil, err
	}
	return route.JSON{Status: http.StatusAccepted, Value: a.reportView(j), Location: Prefix + "/reports/" + j.ID}, nil
}

// OrderReport has a report made. That it was, of what and with which hash, goes on record once it is.
func (a *API) OrderReport(c *route.Call, in ReportRequest) (desk.Job, error) {
	f, err := formOf(in.Kind, in.Form)
	if err != nil {
		return desk.Job{}, err
	}
	if !in.From.Before(in.Until) || in.Until.Sub(in.From) > report.Longest {
		return desk.Job{}, badPeriod(report.ErrPeriod.Error())
	}
	if f.media == mediaICS && in.Until.Sub(in.From) > longestCalendar {
		return desk.Job{}, badPeriod("a plan is worked out for at most a year")
	}
	if err := a.checkPaper(in); err != nil {
		return desk.Job{}, err
	}
	zone := a.o.Now().Location()
	in.From, in.Until = in.From.In(zone), in.Until.In(zone)
	span := in.From.Format(time.RFC3339) + " – " + in.Until.Format(time.RFC3339)
	who := c.Who.Actor
	return a.o.Reports.Order(desk.Order{Actor: who, Name: f.fileName(in), Type: f.media,
		Make: func(ctx context.Context, w io.Writer, step desk.Step) error {
			return f.make(ctx, making{api: a, in: in, step: step}, w)
		},
		Made: func(j desk.Job) {
			a.Operator(who, evidence.Operator{What: "report", Object: fmt.Sprintf("%s %s, %s, sha256 %s", in.Kind, in.Form, span, j.SHA256), Result: "done"})
		}})
}

func (a *API) listReports(c *route.Call) (route.Reply, error) {
	out := reportList{Reports: []ReportAnswer{}}
	for _, j := range a.o.Reports.List(c.Who.Actor) {
		out.Reports = append(out.Reports, a.reportView(j))
	}
	return route.JSON{Value: out}, nil
}

// maxReportWait is how long a question for a report may wait for its end, seconds.
const maxReportWait = 20

func (a *API) getReport(c *route.Call) (route.Reply, error) {
	seconds, err := c.Int("wait", 0, 0, maxReportWait)
	if err != nil {
		return nil, err
	}
	j, err := a.Report(c, c.Param("id"), time.Duration(seconds)*time.Second)
	if err != nil {
		return nil, err
	}
	return route.JSON{Value: a.reportView(j)}, nil
}

// Report is one report of whoever asks, once it is over or that time has passed.
func (a *API) Report(c *route.Call, id string, wait time.Duration) (desk.Job, error) {
	if wait <= 0 {
		return a.o.Reports.Get(c.Who.Actor, id)
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), wait)
	defer cancel()
	return a.o.Reports.Wait(ctx, c.Who.Actor, id)
}

// Reports are those of whoever asks, newest first.
func (a *API) Reports(c *route.Call) []desk.Job { return a.o.Reports.List(c.Who.Actor) }

func (a *API) getReportFile(c *route.Call) (route.Reply, error) {
	return a.ReportFile(c, c.Param("id"))
}

// ReportFile is the file of a finished report, to be saved.
func (a *API) ReportFile(c *route.Call, id string) (route.Reply, error) {
	j, f, err := a.o.Reports.Open(c.Who.Actor, id)
	if err != nil {
		return nil, err
	}
	return route.Content{File: f, Type: j.Type, Name: j.Name}, nil
}

func (a *API) deleteReport(c *route.Call) (route.Reply, error) {
	j, err := a.EndReport(c, c.Param("id"))
	if err != nil {
		return nil, err
	}
	return route.JSON{Value: a.reportView(j)}, nil
}

// EndReport cancels a report of whoever asks, or takes it away.
func (a *API) EndReport(c *route.Call, id string) (desk.Job, error) {
	return a.o.Reports.Remove(c.Who.Actor, id)
}

func (a *API) reportView(j desk.Job) ReportAnswer {
	out := ReportAnswer{ID: j.ID, Name: j.Name, Type: j.Type, State: j.State, Doing: j.Doing, Progress: j.Share, Ahead: j.Ahead,
		Created: j.Created, Ended: j.Ended, Size: j.Size, SHA256: j.SHA256}
	switch j.State {
	case desk.StateDone:
		out.File = Prefix + "/reports/" + j.ID + "/file"
	case desk.StateFailed:
		out.Problem = &ProblemAnswer{Code: "report_failed", Detail: j.Err.Error()}
	}
	return out
}
