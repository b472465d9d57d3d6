package reply

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/report"
	"loaxa/admin/report/decree"
	"loaxa/admin/report/paper"
	"loaxa/schedule"
)

// Head is what the station's own data give of an official paper.
type Head struct {
	Letterhead schedule.Letterhead
	Made       time.Time // in the station's zone; the day itself stays blank
}

// Document is the reply as an official paper. Words are those of the language of papers, Vietnamese.
func (r *Reply) Document(w locale.Words, h Head) decree.Document {
	t := teller{r, w, h.Made.Location()}
	d := decree.Document{Parent: h.Letterhead.Parent, Issuer: cmp.Or(h.Letterhead.Issuer, r.StationName), Place: h.Letterhead.Place, Code: cmp.Or(h.Letterhead.Code, "BC-UBND"),
		Month: h.Made.Month(), Year: h.Made.Year(), Kind: w.T("reply.kind"), Subject: t.subject(), Made: h.Made,
		Recipients: h.Letterhead.Recipients,
		Signature:  decree.Signature{Mode: h.Letterhead.Mode, Title: h.Letterhead.Title, Name: h.Letterhead.Signer}}
	if len(d.Recipients) == 0 {
		d.Recipients = []string{w.T("reply.as.above"), w.T("reply.file.copy")}
	}
	if r.Letter.Agency != "" {
		d.Addressees = []string{r.Letter.Agency}
	}
	d.Body = t.body()
	d.Appendices = t.appendices()
	return d
}

// Sentences is the text of the document, for a page that shows it.
func (r *Reply) Sentences(w locale.Words, zone *time.Location) []decree.Block {
	return teller{r, w, zone}.body()
}

// teller puts a reply into words.
type teller struct {
	*Reply
	w    locale.Words
	zone *time.Location
}

func (t teller) subject() string {
	if t.Letter.Number == "" {
		return t.w.T("reply.subject.plain", t.Title)
	}
	return t.w.T("reply.subject", t.Title, t.Letter.Number, day(t.Letter.Date))
}

func (t teller) body() []decree.Block {
	var out []decree.Block
	part := func(key string) { out = append(out, decree.Block{Rank: decree.Part, Text: t.w.T("reply.part." + key)}) }
	say := func(key string, args ...any) { out = append(out, decree.Block{Text: t.w.T("reply."+key, args...)}) }
	part("asked")
	if t.Letter.Number != "" {
		say("asked.letter", t.Letter.Number, day(t.Letter.Date), cmp.Or(t.Letter.Agency, "……"), t.Title)
	}
	a := t.Asked
	say("asked.times", len(a.Times), strings.Join(a.Times, ", "), t.weekdays(), day(string(a.From)), day(string(a.Until)), a.Days, a.Slots)
	if a.Target != a.Slots {
		say("asked.target", a.Target)
	}
	part("aired")
	c := t.Sum.Counted()
	say("aired.sum", c.N, minutes(c.AiredMS), a.Target, percent(c.N, a.Target))
	for _, s := range []report.Standing{report.Cut, report.Silent, report.Unproven, report.Virtual, report.Open} {
		if n := t.Sum.By[s].N; n > 0 {
			say("aired."+s.Name(), n)
		}
	}
	if n := t.failedMakeups(); n > 0 {
		say("aired.makeups", n)
	}
	if missed := t.MissedWeeks(); len(missed) > 0 {
		var list []string
		for _, m := range missed {
			list = append(list, t.week(m))
		}
		say("missed.weeks", len(missed), strings.Join(list, "; "))
	} else {
		say("missed.none")
	}
	if !t.Complete {
		say("not.over", t.Account.Read.In(t.zone).Format("15:04 02/01/2006"))
	}
	part("gaps")
	switch made := len(t.Gaps) - t.Unmade(); {
	case len(t.Gaps) == 0:
		say("gaps.none")
	case t.Unmade() == 0:
		say("gaps.all.made", len(t.Gaps))
	default:
		say("gaps.some", len(t.Gaps), made, t.Unmade())
	}
	part("evidence")
	say("evidence.log", t.Account.Origin, t.Account.Size, t.Account.Begins.In(t.zone).Format("15:04 02/01/2006"), t.Account.Read.In(t.zone).Format("15:04 02/01/2006"))
	say("evidence.counts")
	say("evidence.limits")
	return out
}

// failedMakeups is how many make-ups do not count: they are no gaps of their own.
func (t teller) failedMakeups() int {
	n := 0
	for _, row := range t.Account.Rows {
		if s := row.Standing(); row.MakeupOf != "" && s != report.Aired && s != report.Open {
			n++
		}
	}
	return n
}

func (t teller) weekdays() string {
	if n := len(t.Asked.Weekdays); n == 0 || n == 7 {
		return t.w.T("reply.every.day")
	}
	var list []string
	for _, d := range t.Asked.Weekdays {
		list = append(list, t.w.T(fmt.Sprintf("reply.weekday.%d", d)))
	}
	return strings.Join(list, ", ")
}

// week names a week by its first and last day.
func (t teller) week(x Week) string {
	return t.w.T("reply.week", x.Monday.Format("02/01"), x.Monday.AddDate(0, 0, 6).Format("02/01/2006"))
}

func (t teller) appendices() []decree.Appendix {
	out := []decree.Appendix{{Title: t.w.T("reply.appendix.weeks"), Body: []decree.Block{{Table: t.weekTable()}}}}
	if len(t.Gaps) > 0 {
		out = append(out, decree.Appendix{Title: t.w.T("reply.appendix.gaps"), Landscape: true, Body: []decree.Block{{Table: t.gapTable()}}})
	}
	if len(t.Clips) > 0 {
		out = append(out, decree.Appendix{Title: t.w.T("reply.appendix.clips"), Landscape: true, Body: []decree.Block{{Table: t.clipTable()}}})
	}
	// In a cell, where no word is spread out and no end sign is put behind it.
	return append(out, decree.Appendix{Title: t.w.T("reply.appendix.checkpoint"), Body: []decree.Block{{Table: &decree.Table{Size: 11,
		Columns: []paper.Column{t.column("checkpoint", 1, paper.AtLeft)}, Rows: []paper.Row{{Cells: []string{strings.TrimSpace(string(t.Account.Checkpoint))}}}}}}})
}

// column is one of a table, with its title.
func (t teller) column(key string, width float64, align paper.Align) paper.Column {
	return paper.Column{Title: t.w.T("reply.column." + key), Width: width, Align: align}
}

func (t teller) weekTable() *decree.Table {
	table := &decree.Table{Columns: []paper.Column{t.column("number", 14, paper.Centred), t.column("week", 52, paper.AtLeft), t.column("asked", 20, paper.AtRight),
		t.column("aired", 20, paper.AtRight), t.column("minutes", 22, paper.AtRight), t.column("failed", 22, paper.AtRight), t.column("absent", 22, paper.AtRight), t.column("note", 26, paper.AtLeft)}}
	var sum Week
	for i, x := range t.Weeks {
		note := ""
		switch {
		case !x.Monday.Before(t.Account.Read):
			note = t.w.T("reply.note.ahead")
		case x.Missed():
			note = t.w.T("reply.note.missed")
		case x.Open > 0:
			note = t.w.T("reply.note.open", x.Open)
		}
		table.Rows = append(table.Rows, paper.Row{Cells: []string{fmt.Sprint(i + 1), t.week(x), fmt.Sprint(x.Asked), fmt.Sprint(x.Aired), minutes(x.AiredMS), fmt.Sprint(x.Failed), fmt.Sprint(x.Absent), note}})
		sum.Asked, sum.Aired, sum.AiredMS, sum.Failed, sum.Absent = sum.Asked+x.Asked, sum.Aired+x.Aired, sum.AiredMS+x.AiredMS, sum.Failed+x.Failed, sum.Absent+x.Absent
	}
	table.Rows = append(table.Rows, paper.Row{Bold: true, Cells: []string{"", t.w.T("reply.sum"), fmt.Sprint(sum.Asked), fmt.Sprint(sum.Aired), minutes(sum.AiredMS), fmt.Sprint(sum.Failed), fmt.Sprint(sum.Absent), ""}})
	return table
}

func (t teller) gapTable() *decree.Table {
	table := &decree.Table{Columns: []paper.Column{t.column("number", 14, paper.Centred), t.column("due", 34, paper.AtLeft), t.column("outcome", 34, paper.AtLeft),
		t.column("reason", 70, paper.AtLeft), t.column("made", 60, paper.AtLeft), t.column("record", 20, paper.AtRight)}}
	for i, g := range t.Gaps {
		row, made := t.Account.Rows[g.Row], t.w.T("reply.made.not")
		if g.Made >= 0 {
			m := t.Account.Rows[g.Made]
			made = t.w.T("reply.made", m.Moment().In(t.zone).Format("15:04 02/01/2006"), m.Index)
		}
		reason := t.w.Or("reason."+row.Reason, row.Reason)
		if s := row.Standing(); s == report.Unproven || s == report.Virtual {
			reason = t.w.T("reply.reason." + s.Name())
		}
		table.Rows = append(table.Rows, paper.Row{Cells: []string{fmt.Sprint(i + 1), row.Due.In(t.zone).Format("15:04 02/01/2006"),
			t.w.Or("status."+string(row.Outcome), string(row.Outcome)), reason, made, fmt.Sprint(row.Index)}})
	}
	return table
}

func (t teller) clipTable() *decree.Table {
	table := &decree.Table{Size: 11, Columns: []paper.Column{t.column("number", 14, paper.Centred), t.column("clip", 70, paper.AtLeft), t.column("source", 40, paper.AtLeft),
		t.column("length", 20, paper.AtRight), t.column("plays", 18, paper.AtRight), t.column("hash", 80, paper.AtLeft)}}
	for i, c := range t.Clips {
		table.Rows = append(table.Rows, paper.Row{Cells: []string{fmt.Sprint(i + 1), c.Title, c.Source, length(c.DurationMS), fmt.Sprint(c.Plays), c.SHA256}})
	}
	return table
}

// minutes has one digit and a comma, as Vietnamese writes it.
func minutes(ms int64) string {
	return strings.ReplaceAll(fmt.Sprintf("%.1f", float64(ms)/60_000), ".", ",")
}

func percent(n, of int64) string {
	if of <= 0 {
		return "0"
	}
	return strings.ReplaceAll(strings.TrimSuffix(fmt.Sprintf("%.1f", 100*float64(n)/float64(of)), ".0"), ".", ",")
}

func length(ms int64) string {
	s := (ms + 500) / 1000
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// day is a day as papers write it; what is none stays as it is.
func day(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return cmp.Or(s, "……")
	}
	return t.Format("02/01/2006")
}
