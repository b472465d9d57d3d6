package lookup

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"loaxa/admin/page/frame"
	"loaxa/admin/report/complaint"
	"loaxa/admin/route"
)

func (p *Pages) getPDF(c *route.Call) (route.Reply, error) {
	return p.paper(c, "application/pdf", ".pdf", func(ctx context.Context, a *complaint.Answer, s complaint.Sheet, out io.Writer) error {
		return s.PDF(ctx, a.Now, out)
	})
}

func (p *Pages) getPNG(c *route.Call) (route.Reply, error) {
	return p.paper(c, "image/png", ".png", func(_ context.Context, _ *complaint.Answer, s complaint.Sheet, out io.Writer) error {
		return s.PNG(out)
	})
}

// paper answers the same question as the page, with a file. Papers are Vietnamese.
func (p *Pages) paper(c *route.Call, kind, ending string, write func(context.Context, *complaint.Answer, complaint.Sheet, io.Writer) error) (route.Reply, error) {
	at, err := askedMoment(c.Query("day"), c.Query("time"), p.station.Now(c.Words).At.Location())
	if err != nil {
		return nil, &route.Problem{Status: http.StatusUnprocessableEntity, Code: "bad_moment", Detail: "day and time are needed, such as 2026-03-04 and 03:15"}
	}
	found, err := p.station.Complaint(c.Request.Context(), at)
	if err != nil {
		return nil, err
	}
	w, err := officialWords(c.Words)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := write(c.Request.Context(), found.Answer, found.Sheet(w), &out); err != nil {
		return nil, err
	}
	return route.Content{File: frame.FromMemory(out.Bytes()), Type: kind, Name: "phan-anh-" + at.Format("2006-01-02-1504") + ending}, nil
}
