package api

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"loaxa/admin/report"
	"loaxa/admin/report/desk"
	"loaxa/admin/report/diary"
	"loaxa/admin/report/sheet"
	"loaxa/admin/route"
	"loaxa/schedule"
)

// making is what a form is made of.
type making struct {
	api  *API
	in   ReportRequest
	step desk.Step
}

// account reads the period. Reading is the first part of the work, up to that share of it.
func (m making) account(ctx context.Context, upTo float64) (*report.Account, error) {
	return m.api.Account(ctx, report.Query{From: m.in.From, Until: m.in.Until, Size: m.in.Size},
		func(share float64) error { return m.step("log", share*upTo) })
}

// from is a step that goes on from a share of the work.
func (m making) from(doing string, begin, end float64) report.Step {
	return func(share float64) error { return m.step(doing, begin+share*(end-begin)) }
}

// reportForm is one form of one kind of report.
type reportForm struct {
	kind, form, media string
	make              func(ctx context.Context, m making, w io.Writer) error
}

// fileNames are how the files of the kinds begin.
var fileNames = map[string]string{"diary": "nhat-ky", "results": "bao-cao"}

// fileName says what the file is and of which days, the last one included.
func (f reportForm) fileName(in ReportRequest) string {
	last := in.Until.Add(-1)
	return fmt.Sprintf("%s-%s-%s.%s", fileNames[f.kind], in.From.Format("20060102"), last.Format("20060102"), f.form)
}

// Media types of the forms.
const (
	mediaXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	mediaDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	mediaPDF  = "application/pdf"
	mediaCSV  = "text/csv; charset=utf-8"
	mediaJSON = "application/json; charset=utf-8"
	mediaICS  = "text/calendar; charset=utf-8"
)

// reportForms is every form there is.
func reportForms() []reportForm {
	return []reportForm{
		{"diary", "pdf", mediaPDF, makeBook},
		{"diary", "xlsx", mediaXLSX, inRows(sheet.XLSX)},
		{"diary", "csv", mediaCSV, inRows(func(ctx context.Context, w io.Writer, a *report.Account, o sheet.Options) error {
			return sheet.CSV(ctx, w, a, o, sheet.Semicolon)
		})},
		{"diary", "json", mediaJSON, inRows(sheet.JSON)},
		{"diary", "ics", mediaICS, makeCalendar},
		{"results", "docx", mediaDOCX, makeDOCX},
		{"results", "pdf", mediaPDF, makePaper},
		{"results", "xlsx", mediaXLSX, inRows(sheet.XLSX)},
	}
}

// inRows is a form of the account's rows.
func inRows(write func(context.Context, io.Writer, *report.Account, sheet.Options) error) func(context.Context, making, io.Writer) error {
	return func(ctx context.Context, m making, w io.Writer) error {
		account, o, err := m.sheet(ctx)
		if err != nil {
			return err
		}
		o.Step = m.from("rows", 0.6, 1)
		return write(ctx, w, account, o)
	}
}

// sheet reads what tables are made of: the period, then who approved what.
func (m making) sheet(ctx context.Context) (*report.Account, sheet.Options, error) {
	account, err := m.account(ctx, 0.4)
	if err != nil {
		return nil, sheet.Options{}, err
	}
	o, err := m.words()
	if err != nil {
		return nil, o, err
	}
	o.History, err = report.Edits(ctx, m.api.o.Log, account.Size, m.from("history", 0.4, 0.6))
	return account, o, err
}

// words are Vietnamese, whoever asks: what is handed in to an office is.
func (m making) words() (sheet.Options, error) {
	topics, err := m.api.o.Rules.Taxonomy()
	return sheet.Options{Words: m.api.official, Zone: m.api.o.Now().Location(), Station: m.api.o.Rules.Settings().StationName, Taxonomy: topics, Temp: m.api.o.Reports.Dir()}, err
}

// makeBook is the diary as the book that inspectors read.
func makeBook(ctx context.Context, m making, w io.Writer) error {
	account, o, err := m.sheet(ctx)
	if err != nil {
		return err
	}
	return diary.PDF(ctx, w, account, diary.Options{Words: o.Words, Zone: o.Zone, Station: o.Station, Letterhead: m.api.o.Rules.Settings().Letterhead,
		History: o.History, Step: m.from("pages", 0.6, 1)})
}

// longestCalendar is how far a plan is worked out.
const longestCalendar = 366 * 24 * time.Hour

// makeCalendar is of the plan, not of the log: what is still to come.
func makeCalendar(ctx context.Context, m making, w io.Writer) error {
	o, err := m.words()
	if err != nil {
		return err
	}
	o.Step = m.from("rows", 0.5, 1)
	if err := m.step("plan", 0); err != nil {
		return err
	}
	set := m.api.o.Rules.Settings()
	return sheet.ICS(ctx, w, schedule.Plan(m.api.o.Input(), m.in.From, m.in.Until),
		sheet.Calendar{From: m.in.From, Until: m.in.Until, Code: set.StationCode, Name: set.StationName, Made: m.api.o.Now()}, o)
}

// ReportForms are the kinds with their forms, in the order in which they are shown.
func ReportForms() (out [][2]string) {
	for _, f := range reportForms() {
		out = append(out, [2]string{f.kind, f.form})
	}
	return out
}

func formOf(kind, form string) (reportForm, error) {
	var kinds, forms []string
	for _, f := range reportForms() {
		if f.kind == kind && f.form == form {
			return f, nil
		}
		if f.kind == kind {
			forms = append(forms, f.form)
		}
		if !strings.Contains(" "+strings.Join(kinds, " ")+" ", " "+f.kind+" ") {
			kinds = append(kinds, f.kind)
		}
	}
	if len(forms) == 0 {
		return reportForm{}, oneOf("kind", kind, kinds)
	}
	return reportForm{}, oneOf("form", form, forms)
}

func oneOf(field, got string, known []string) error {
	msg := fmt.Sprintf("%s is %q; write one of %s", field, excerpt(got), strings.Join(known, ", "))
	return route.BadRequest("unknown_report", msg, route.Field{Field: field, Code: "unknown_report", Message: msg})
}
