package results

import (
	"cmp"
	"strings"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/report"
	"loaxa/admin/report/decree"
	"loaxa/schedule"
)

// Source is what a report is made of.
type Source struct {
	Account    *report.Account
	Letterhead schedule.Letterhead
	Station    string // its name
	Zone       *time.Location
	Taxonomy   schedule.Taxonomy // today's titles of the topics
	Words      locale.Words      // Vietnamese: an official paper has no other language
	Made       time.Time
}

// Texts are what people may change before the paper is made. Every line is a paragraph.
type Texts struct {
	Subject      string `json:"subject"`      // after "BÁO CÁO"
	Steering     string `json:"steering"`     // I. Công tác chỉ đạo
	Remarks      string `json:"remarks"`      // at the end of II. Kết quả
	Difficulties string `json:"difficulties"` // III. Khó khăn, vướng mắc
	Outlook      string `json:"outlook"`      // IV. Phương hướng
	Proposals    string `json:"proposals"`    // Kiến nghị
}

// Draft gives the texts as the account and the letterhead suggest them.
func Draft(s Source) Texts {
	f := s.facts()
	w := s.Words
	return Texts{
		Subject:      w.T("results.subject", f.station()) + "\n" + w.T("results.period", f.day(s.Account.From), f.day(f.lastDay())),
		Steering:     cmp.Or(s.Letterhead.Steering, w.T("results.steering", f.issuer())),
		Difficulties: f.difficulties(),
		Outlook:      cmp.Or(s.Letterhead.Outlook, w.T("results.outlook")),
		Proposals:    w.T("results.proposals"),
	}
}

// Build makes the paper.
func Build(s Source, t Texts) decree.Document {
	f := s.facts()
	w := s.Words
	made := s.Made.In(s.Zone)
	d := decree.Document{
		Parent: s.Letterhead.Parent, Issuer: s.Letterhead.Issuer, Place: s.Letterhead.Place, Code: cmp.Or(s.Letterhead.Code, "BC-UBND"),
		Month: made.Month(), Year: made.Year(), Kind: w.T("results.kind"), Subject: t.Subject, Addressees: s.Letterhead.Addressees, Recipients: s.Letterhead.Recipients,
		Signature: decree.Signature{Mode: s.Letterhead.Mode, Title: s.Letterhead.Title, Name: s.Letterhead.Signer}, Made: s.Made,
	}
	if len(d.Addressees) == 0 {
		d.Addressees = []string{w.T("results.addressee", cmp.Or(f.commune(), w.T("results.commune")))}
	}
	if len(d.Recipients) == 0 {
		d.Recipients = strings.Split(w.T("results.recipients"), "\n")
	}
	d.Body = append(d.Body, decree.Block{Rank: decree.Part, Text: "I. " + w.T("results.part.1")})
	d.Body = append(d.Body, decree.Block{Text: t.Steering}, decree.Block{Rank: decree.Part, Text: "II. " + w.T("results.part.2")})
	d.Body = append(d.Body, f.body()...)
	d.Body = append(d.Body, decree.Block{Text: t.Remarks},
		decree.Block{Rank: decree.Part, Text: "III. " + w.T("results.part.3")}, decree.Block{Text: t.Difficulties},
		decree.Block{Rank: decree.Part, Text: "IV. " + w.T("results.part.4")}, decree.Block{Text: t.Outlook})
	if strings.TrimSpace(t.Proposals) != "" {
		d.Body = append(d.Body, decree.Block{Rank: decree.Chapter, Text: w.T("results.part.5")}, decree.Block{Text: t.Proposals})
	}
	d.Appendices = f.appendices()
	return d
}

func (s Source) facts() facts {
	return facts{Source: s, sum: s.Account.Sum(), silent: s.notWhole()}
}

// notWhole are the broadcasts of the schedule that did not air, or not to their end.
func (s Source) notWhole() []report.Row {
	var out []report.Row
	for _, r := range s.Account.Rows {
		if st := r.Standing(); (st == report.Silent || st == report.Cut) && r.Why == "scheduled" {
			out = append(out, r)
		}
	}
	return out
}
