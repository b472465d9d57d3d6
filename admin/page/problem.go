package page

import (
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/route"
)

// Problem is a refusal as a page.
type Problem struct {
	frame.Base
	Status                    int
	Heading, Do, Detail, Code string
}

// Problem makes the page of a problem.
func (p *Pages) Problem(w locale.Words, status int, heading, do, detail, code string) route.Page {
	return route.Page{Status: status, Name: "problem.html",
		Data: Problem{Base: p.frame.Base(w, heading), Status: status, Heading: heading, Do: do, Detail: detail, Code: code}}
}
