package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// reportView is a report as the API tells it.
type reportView struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	State    string    `json:"state"`
	Doing    string    `json:"doing"`
	Progress float64   `json:"progress"`
	Ahead    int       `json:"ahead"`
	Size     int64     `json:"size"`
	SHA256   string    `json:"sha256"`
	Problem  *noteView `json:"problem,omitempty"`
}

// reportForms are the files that each kind of report can be; the station has the last word.
var reportForms = []struct{ kind, short, forms string }{
	{"diary", "The diary of broadcasts (nhật ký phát thanh), as pdf, xlsx, csv, json, or ics of the plan", "pdf xlsx csv json ics"},
	{"results", "The report of the results (báo cáo kết quả tuyên truyền), as docx, pdf, or xlsx of its figures", "docx pdf xlsx"},
}

func (a *app) reportCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "report", Short: "Make what an office hands in, from the log"}
	for _, f := range reportForms {
		cmd.AddCommand(a.reportKind(f.kind, f.short, f.forms))
	}
	return cmd
}

func (a *app) reportKind(kind, short, forms string) *cobra.Command {
	var from, until, form, out string
	var size int64
	cmd := &cobra.Command{
		Use: kind + " --from DATE --until DATE --format FORM -o FILE", Short: short, Args: cobra.NoArgs,
		Long: short + ".\n\nThe period is of whole days, the last one included. The file appears only when it is complete. With --size, a report\n" +
			"over the same checkpoint comes out the same again, whatever came into the log since.",
		RunE: func(c *cobra.Command, _ []string) error {
			order, err := reportOrder(kind, form, from, until, size)
			if err != nil {
				return err
			}
			if !strings.Contains(" "+forms+" ", " "+form+" ") {
				return usage("write one of "+strings.ReplaceAll(forms, " ", ", "), "making a report: --format is %q", form)
			}
			if out == "" {
				return usage("give it a name with -o", "making a report: no file to write to")
			}
			return a.reach(c.Context(), func(s *client) error {
				v, err := a.takeReport(c.Context(), s, order, out)
				if err != nil {
					return about(err, "making a report")
				}
				return a.print(v, func(w io.Writer) { fmt.Fprintf(w, "%s, %d bytes, sha256 %s\n", out, v.Size, v.SHA256) })
			})
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "first day, YYYY-MM-DD")
	cmd.Flags().StringVar(&until, "until", "", "last day, itself part of the period")
	cmd.Flags().StringVar(&form, "format", "", strings.ReplaceAll(forms, " ", ", "))
	cmd.Flags().StringVarP(&out, "output", "o", "", "the file to write")
	cmd.Flags().Int64Var(&size, "size", 0, "by the log's first records alone: the size of a checkpoint; default all")
	return cmd
}

// reportRequest is an order as the API takes it.
type reportRequest struct {
	Kind  string    `json:"kind"`
	Form  string    `json:"form"`
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	Size  int64     `json:"size,omitempty"`
}

// reportOrder reads the days: a report is of whole ones, and of the last one, too.
func reportOrder(kind, form, from, until string, size int64) (r reportRequest, err error) {
	r = reportRequest{Kind: kind, Form: form, Size: size}
	for _, d := range []struct {
		flag, text string
		into       *time.Time
	}{{"--from", from, &r.From}, {"--until", until, &r.Until}} {
		if _, err := time.Parse(time.DateOnly, d.text); err != nil {
			return r, usage("write a day like 2026-11-24", "making a report: %s is %q", d.flag, d.text)
		}
		if *d.into, err = parseMoment(d.text); err != nil {
			return r, err
		}
	}
	if r.Until = r.Until.AddDate(0, 0, 1); !r.From.Before(r.Until) {
		return r, usage("", "making a report: --until is before --from")
	}
	return r, nil
}

// cancelReport is how long a cancellation may take.
const cancelReport = 5 * time.Second

// takeReport has a report made, shows how far it is, and fetches it. One that is not fetched is taken away: who stops the
// command does not expect it to go on behind.
func (a *app) takeReport(ctx context.Context, s *client, order reportRequest, out string) (v reportView, err error) {
	if err := s.call(ctx, "POST", "/reports", order, &v); err != nil {
		return v, err
	}
	path := "/reports/" + url.PathEscape(v.ID)
	shows := a.newProgress()
	defer func() {
		shows.clear()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), cancelReport)
		defer cancel()
		_ = s.call(last, "DELETE", path, nil, nil) // else it goes by itself in an hour
	}()
	for v.State == "waiting" || v.State == "working" {
		if v.Ahead > 0 {
			shows.line("waiting for %d other reports", v.Ahead)
		} else {
			shows.line("%3.0f %%  %s", 100*v.Progress, v.Doing)
		}
		if err := s.call(ctx, "GET", path+"?wait=1", nil, &v); err != nil {
			return v, err
		}
	}
	switch {
	case v.Problem != nil:
		return v, v.Problem.fault()
	case v.State != "done":
		return v, failWith(exitFailed, "", "it was cancelled")
	}
	return v, writeWhole(out, func(f *os.File) error { return s.call(ctx, "GET", path+"/file", nil, f) })
}
