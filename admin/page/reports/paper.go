package reports

import (
	"net/url"
	"strings"

	"loaxa/admin/report"
	"loaxa/admin/report/results"
	"loaxa/schedule"
)

// Paper is what a person may change of a report before it is made; nothing of it is kept.
type Paper struct {
	Texts      results.Texts
	Head       schedule.Letterhead
	Addressees string // one on each line
	Recipients string
	Open       bool // the texts are shown at once
}

// draft prefills the paper: facts from the account, words from the station's letterhead.
func (p *Pages) draft(a *report.Account) (Paper, error) {
	source, err := p.station.Source(a, p.station.Settings().Letterhead)
	if err != nil {
		return Paper{}, err
	}
	d := results.Build(source, results.Texts{})
	head := source.Letterhead
	head.Addressees, head.Recipients, head.Code = d.Addressees, d.Recipients, d.Code
	return Paper{Texts: results.Draft(source), Head: head, Addressees: strings.Join(d.Addressees, "\n"), Recipients: strings.Join(d.Recipients, "\n")}, nil
}

// paperOf reads the form; what it has no field for stays the letterhead's.
func paperOf(form url.Values, head schedule.Letterhead) *Paper {
	text := func(name string) string { return strings.ReplaceAll(form.Get(name), "\r\n", "\n") }
	p := &Paper{Head: head, Addressees: text("addressees"), Recipients: text("recipients"), Texts: results.Texts{Subject: text("subject"), Steering: text("steering"),
		Remarks: text("remarks"), Difficulties: text("difficulties"), Outlook: text("outlook"), Proposals: text("proposals")}}
	p.Head.Addressees, p.Head.Recipients = strings.Split(p.Addressees, "\n"), strings.Split(p.Recipients, "\n")
	p.Head.Code, p.Head.Mode, p.Head.Title, p.Head.Signer = text("code"), text("mode"), text("signer_title"), text("signer")
	return p
}
