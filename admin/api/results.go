package api

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"time"
	"unicode/utf8"

	"loaxa/admin/report"
	"loaxa/admin/report/decree"
	"loaxa/admin/report/results"
	"loaxa/admin/route"
	"loaxa/schedule"
)

// maxText is how long one section may be that a person writes, in characters: a dozen pages.
const maxText = 20_000

// checkPaper refuses what a person wrote for a paper before any work is done on it.
func (a *API) checkPaper(in ReportRequest) error {
	var faults []route.Field
	if in.Texts != nil {
		v := reflect.ValueOf(*in.Texts)
		for i := range v.NumField() {
			if n := utf8.RuneCountInString(v.Field(i).String()); n > maxText {
				name := "texts." + v.Type().Field(i).Tag.Get("json")
				faults = append(faults, route.Field{Field: name, Code: "length", Message: fmt.Sprintf("%s has %d characters, at most %d.", name, n, maxText)})
			}
		}
	}
	if len(faults) > 0 {
		return route.BadRequest("report_text", faults[0].Message, faults...)
	}
	if in.Letterhead == nil {
		return nil
	}
	s := a.o.Rules.Settings()
	s.Letterhead = *in.Letterhead
	return schedule.ValidateSettings(s.Normalise())
}

// Source is what the results of an account are made of, under a letterhead.
func (a *API) Source(account *report.Account, head schedule.Letterhead) (results.Source, error) {
	topics, err := a.o.Rules.Taxonomy()
	now := a.o.Now()
	// Of the moment only the day goes in: two copies of one day are the same.
	made := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	return results.Source{Account: account, Letterhead: head, Station: a.o.Rules.Settings().StationName, Zone: now.Location(), Taxonomy: topics, Words: a.official, Made: made}, err
}

// paper is the results as an official paper, with the texts of who ordered it.
func (m making) paper(ctx context.Context) (decree.Document, error) {
	account, err := m.account(ctx, 0.6)
	if err != nil {
		return decree.Document{}, err
	}
	head := m.api.o.Rules.Settings().Letterhead
	if m.in.Letterhead != nil {
		s := schedule.Settings{Letterhead: *m.in.Letterhead}
		head = s.Normalise().Letterhead
	}
	source, err := m.api.Source(account, head)
	if err != nil {
		return decree.Document{}, err
	}
	if err := m.step("pages", 0.7); err != nil {
		return decree.Document{}, err
	}
	texts := results.Draft(source)
	if m.in.Texts != nil {
		texts = *m.in.Texts
	}
	return results.Build(source, texts), nil
}

func makePaper(ctx context.Context, m making, w io.Writer) error {
	d, err := m.paper(ctx)
	if err != nil {
		return err
	}
	return decree.PDF(ctx, w, d)
}

// makeDOCX fills the commune's own template where it has one.
func makeDOCX(ctx context.Context, m making, w io.Writer) error {
	d, err := m.paper(ctx)
	if err != nil {
		return err
	}
	own, err := m.api.Template()
	if err != nil {
		return err
	}
	if own == nil {
		return decree.DOCX(ctx, w, d)
	}
	filled, err := decree.Fill(own, decree.ValuesOf(d))
	if err != nil {
		return err
	}
	_, err = w.Write(filled)
	return err
}
