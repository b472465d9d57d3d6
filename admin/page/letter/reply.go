package letter

import (
	"bytes"
	"context"
	"io"

	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/report/decree"
	"loaxa/admin/route"
)

// The answer to a campaign's letter, as the papers that go back to who sent it.
const (
	replyDOCX = "/campaigns/:id/reply.docx"
	replyPDF  = "/campaigns/:id/reply.pdf"
	docxType  = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)

func (p *Pages) replyRoutes() []route.Route {
	docx, pdf := frame.Look(replyDOCX, p.getReply(docxType, ".docx", decree.DOCX)), frame.Look(replyPDF, p.getReply("application/pdf", ".pdf", decree.PDF))
	docx.Slow, pdf.Slow = true, true
	return []route.Route{docx, pdf}
}

// getReply hands the paper out in one form. Papers are Vietnamese, whatever language the page is in.
func (p *Pages) getReply(kind, ending string, write func(context.Context, io.Writer, decree.Document) error) route.Handler {
	return func(c *route.Call) (route.Reply, error) {
		all, err := locale.Load()
		if err != nil {
			return nil, err
		}
		d, err := p.station.ReplyPaper(c.Request.Context(), c.Param("id"), all.In(locale.Vietnamese))
		if err != nil {
			return nil, err
		}
		var out bytes.Buffer
		if err := write(c.Request.Context(), &out, d); err != nil {
			return nil, err
		}
		return route.Content{File: frame.FromMemory(out.Bytes()), Type: kind, Name: "bao-cao-cong-van" + ending}, nil
	}
}
