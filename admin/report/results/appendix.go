package results

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"loaxa/admin/report"
	"loaxa/admin/report/decree"
	"loaxa/admin/report/paper"
)

// most is how many rows a table of single things has: the paper is read, the diary and the sheet have all of them.
const most = 500

func (f facts) appendices() []decree.Appendix {
	out := []decree.Appendix{{Title: f.Words.T("results.appendix.topics"), Landscape: true, Body: []decree.Block{{Table: f.topicTable()}, {Text: f.Words.T("results.topics.note")}}}}
	if columns := f.columns(); len(columns) > 0 {
		out = append(out, decree.Appendix{Title: f.Words.T("results.appendix.columns"), Landscape: true, Body: []decree.Block{{Table: f.columnTable(columns)}}})
	}
	if clips := f.clips(); len(clips) > 0 {
		out = append(out, decree.Appendix{Title: f.Words.T("results.appendix.clips"), Body: f.cut(f.clipTable(clips), len(clips))})
	}
	if len(f.silent) > 0 {
		out = append(out, decree.Appendix{Title: f.Words.T("results.appendix.silent"), Landscape: true, Body: f.cut(f.silentTable(), len(f.silent))})
	}
	return out
}

// cut is a table, and a line that says how much of it is left out.
func (f facts) cut(t *decree.Table, all int) []decree.Block {
	out := []decree.Block{{Table: t}}
	if all > most {
		out = append(out, decree.Block{Text: f.Words.T("results.more", number(int64(all-most)))})
	}
	return out
}

// column is one of a table by its heading's key.
func (f facts) column(key string, width float64, align paper.Align) paper.Column {
	return paper.Column{Title: f.Words.T("results.col." + key), Width: width, Align: align}
}

// topicTable has the columns of the usual report, by the topics of each axis.
func (f facts) topicTable() *decree.Table {
	t := &decree.Table{Columns: []paper.Column{f.column("n", 12, paper.Centred), f.column("topic", 92, paper.AtLeft), f.column("clips", 18, paper.AtRight),
		f.column("broadcasts", 18, paper.AtRight), f.column("plays", 20, paper.AtRight), f.column("minutes", 26, paper.AtRight), f.column("zone", 32, paper.AtLeft), f.column("note", 29, paper.AtLeft)}}
	for _, axis := range f.Taxonomy.Axes {
		t.Rows = append(t.Rows, paper.Row{Bold: true, Cells: []string{axis.ID, axis.Title}})
		n := 0
		for _, total := range f.Account.Totals(report.ByAxis(axis.ID), f.Zone) {
			c := total.Counted()
			if c.N == 0 {
				continue
			}
			n++
			title := f.Words.T("results.no_topic")
			if total.Key != "" {
				title = f.topic(total.Key)
			}
			t.Rows = append(t.Rows, paper.Row{Cells: []string{fmt.Sprint(n), title, number(total.Clips), number(c.N), number(total.Plays), minutes(c.AiredMS), f.zones(total), ""}})
		}
	}
	c := f.sum.Counted()
	t.Rows = append(t.Rows, paper.Row{Bold: true, Cells: []string{"", f.Words.T("results.sum"), number(f.sum.Clips), number(c.N), number(f.sum.Plays), minutes(c.AiredMS), f.zones(f.sum), ""}})
	return t
}

// zones are those of the broadcasts that count.
func (f facts) zones(t report.Total) string {
	var out []string
	for _, i := range t.Rows {
		r := f.Account.Rows[i]
		if r.Standing() != report.Aired {
			continue
		}
		name := r.Zone
		if name == "" || name == "main" {
			name = f.Words.T("results.zone.main")
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// weekly is how a programme was aired week by week.
type weekly struct {
	title                 string
	due, aired, cut, lost int64
	unshown               int64 // sounded, but on nothing that is shown to be a loudspeaker
	ms                    int64
	weeks                 int
	missed                []string // Mondays of the weeks in which it was due and never aired
	makeups               int64
}

// columns are the programmes of the schedule. A week is missed when the programme was due in it and no broadcast of it, nor
// one that makes up for it, aired whole.
func (f facts) columns() []weekly {
	var out []weekly
	for _, total := range f.Account.Totals(report.ByProgramme, f.Zone) {
		c := weekly{title: total.Title}
		weeks := map[string]bool{}
		for _, i := range total.Rows {
			r := f.Account.Rows[i]
			if r.Why != "scheduled" || r.Standing() == report.Open || r.Reason == "withdrawn" {
				continue
			}
			week := monday(r.Due.In(f.Zone))
			aired := r.Standing() == report.Aired
			weeks[week] = weeks[week] || aired
			c.due++
			switch {
			case aired:
				c.aired, c.ms = c.aired+1, c.ms+r.AiredMS
				if r.MakeupOf != "" {
					c.makeups++
				}
			case r.Standing() == report.Silent:
				c.lost++
			case r.Standing() == report.Cut:
				c.cut++
			default:
				c.unshown++
			}
		}
		if c.due == 0 {
			continue
		}
		c.weeks = len(weeks)
		for week, aired := range weeks {
			if !aired {
				c.missed = append(c.missed, week)
			}
		}
		slices.Sort(c.missed)
		out = append(out, c)
	}
	return out
}

func monday(t time.Time) string {
	return t.AddDate(0, 0, -(int(t.Weekday())+6)%7).Format(time.DateOnly)
}

func (f facts) columnTable(all []weekly) *decree.Table {
	t := &decree.Table{Columns: []paper.Column{f.column("n", 12, paper.Centred), f.column("column", 70, paper.AtLeft), f.column("due", 20, paper.AtRight), f.column("aired", 20, paper.AtRight),
		f.column("cut", 20, paper.AtRight), f.column("lost", 20, paper.AtRight), f.column("unshown", 22, paper.AtRight), f.column("minutes", 24, paper.AtRight), f.column("weeks", 24, paper.Centred), f.column("missed", 40, paper.AtLeft)}}
	for i, c := range all {
		missed := make([]string, 0, len(c.missed))
		for _, m := range c.missed[:min(len(c.missed), 20)] {
			missed = append(missed, m[8:10]+"/"+m[5:7]+"/"+m[:4])
		}
		note := strings.Join(missed, ", ")
		if len(c.missed) > 20 {
			note += " …"
		}
		if c.makeups > 0 {
			note = strings.TrimPrefix(note+"; "+f.Words.T("results.makeups", number(c.makeups)), "; ")
		}
		t.Rows = append(t.Rows, paper.Row{Cells: []string{fmt.Sprint(i + 1), c.title, number(c.due), number(c.aired), number(c.cut), number(c.lost), number(c.unshown), minutes(c.ms),
			fmt.Sprintf("%d/%d", c.weeks-len(c.missed), c.weeks), note}})
	}
	return t
}

// clips are the files that counted broadcasts played as content.
func (f facts) clips() []report.Total {
	return slices.DeleteFunc(f.Account.Totals(report.ByClip, f.Zone), func(t report.Total) bool { return t.Key == "" || t.Plays == 0 })
}

func (f facts) clipTable(clips []report.Total) *decree.Table {
	t := &decree.Table{Columns: []paper.Column{f.column("n", 12, paper.Centred), f.column("clip", 66, paper.AtLeft), f.column("source", 36, paper.AtLeft),
		f.column("plays", 20, paper.AtRight), f.column("minutes", 26, paper.AtRight)}}
	for i, c := range clips[:min(len(clips), most)] {
		t.Rows = append(t.Rows, paper.Row{Cells: []string{fmt.Sprint(i + 1), c.Title, f.sourceOf(c), number(c.Plays), minutes(c.Counted().AiredMS)}})
	}
	return t
}

// sourceOf is where a clip came from, as its latest record has it.
func (f facts) sourceOf(t report.Total) string {
	for _, i := range slices.Backward(t.Rows) {
		for _, p := range f.Account.Rows[i].Plays {
			if p.Clip != nil && p.Clip.SHA256 == t.Key {
				return p.Clip.Source
			}
		}
	}
	return ""
}

func (f facts) silentTable() *decree.Table {
	t := &decree.Table{Columns: []paper.Column{f.column("n", 12, paper.Centred), f.column("when", 34, paper.Centred), f.column("column", 70, paper.AtLeft),
		f.column("outcome", 36, paper.AtLeft), f.column("reason", 60, paper.AtLeft), f.column("minutes_of", 30, paper.AtRight)}}
	for i, r := range f.silent[:min(len(f.silent), most)] {
		reason := f.reason(r)
		if r.Reason == "" {
			reason = ""
		}
		t.Rows = append(t.Rows, paper.Row{Cells: []string{fmt.Sprint(i + 1), f.moment(r.Due), r.Title, f.Words.Or("status."+string(r.Outcome), string(r.Outcome)), reason,
			minutes(r.AiredMS) + "/" + minutes(r.PlannedMS)}})
	}
	return t
}
