package evidence

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// comparer lays the rows of a report beside the outcomes of a log while they stream by. Its memory is bounded by the
// report.
type comparer struct {
	claims *Claims
	out    Comparison
	rows   map[string]int // broadcast → row
	state  []rowState
	log    Figures // of what was due in the period
	before int64   // records that the log had when the report was made; 0 when it does not say
}

// rowState is what has become of a row so far.
type rowState struct {
	found   bool
	differs bool // it was said already
}

// newComparer looks at the report alone: rows that are there twice, and rows outside its period.
func newComparer(c *Claims) *comparer {
	x := &comparer{claims: c, rows: make(map[string]int, len(c.Rows)), state: make([]rowState, len(c.Rows))}
	x.out = Comparison{StationCode: short(c.StationCode), From: At(c.From), Until: At(c.Until), Rows: int64(len(c.Rows)),
		Differences: []Disagreement{}, Uncovered: []Interval{}}
	x.log.ready()
	for i, r := range c.Rows {
		if first, twice := x.rows[r.Broadcast]; twice {
			x.row(i, Disagreement{Code: "twice", Index: -1, report: r.said(), Text: Text{
				VI: fmt.Sprintf("báo cáo có hai dòng (dòng %d và dòng %d)", first+1, i+1),
				EN: fmt.Sprintf("the report has two rows (%d and %d)", first+1, i+1)}})
			continue
		}
		x.rows[r.Broadcast] = i
		if !x.within(r.Due) {
			x.row(i, Disagreement{Code: "outside", Index: -1, report: r.said(), Text: Text{
				VI: "nằm ngoài kỳ của báo cáo", EN: "lies outside the report's period"}})
		}
	}
	return x
}

func (x *comparer) within(t time.Time) bool {
	return !t.Before(x.claims.From) && t.Before(x.claims.Until)
}

// add takes an outcome. The log's first one for a broadcast counts.
func (x *comparer) add(rec Record, o OutcomeBody) {
	due := dueOf(rec, o)
	within := x.within(due.Time)
	if within {
		x.log.count(o)
	}
	i, claimed := x.rows[o.Broadcast]
	switch {
	case claimed && !x.state[i].found:
		x.state[i].found = true
		x.compare(i, rec, due, o)
	case !claimed && within:
		d := Disagreement{Code: "left_out", Broadcast: short(o.Broadcast), Due: due, Index: rec.Idx, log: outcomeSaid(o),
			Text: Text{VI: "báo cáo bỏ sót", EN: "the report leaves it out"}}
		if x.newer(rec) {
			d.Code, d.Text = "later", Text{VI: "có kết quả sau khi lập báo cáo", EN: "it was decided after the report was made"}
		}
		x.differ(d)
	}
}

// newer reports whether the report says that it was made before rec was written.
func (x *comparer) newer(rec Record) bool { return x.before > 0 && rec.Idx >= x.before }

// compare holds a row against the log's outcome.
func (x *comparer) compare(i int, rec Record, due Time, o OutcomeBody) {
	r := x.claims.Rows[i]
	d := Disagreement{Code: "differs", Due: due, Index: rec.Idx}
	if !r.Decided() {
		d.Fields, d.report, d.log = []string{"status"}, r.said(), outcomeSaid(o)
		d.Text = Text{VI: "báo cáo ghi chưa có kết quả, nhật ký đã có", EN: "the report has no outcome yet, the log has one"}
		if x.newer(rec) {
			d.Code, d.Text = "later", Text{VI: "có kết quả sau khi lập báo cáo", EN: "it was decided after the report was made"}
		}
		x.row(i, d)
		return
	}
	field := func(name, claimed, logged string) {
		if claimed != logged {
			d.Fields = append(d.Fields, name)
			d.report, d.log = append(d.report, said{name, claimed}), append(d.log, said{name, logged})
		}
	}
	field("due", stamp(r.Due), stamp(due.Time))
	field("status", r.Status, string(o.Outcome))
	field("aired_ms", number64(r.AiredMS), number64(o.AiredMS))
	field("planned_ms", number64(r.PlannedMS), number64(o.PlannedMS))
	field("output", r.Output, o.Output)
	field("evidence", number64(r.Evidence), number64(int64(o.Evidence)))
	optional := func(name string, claimed *string, logged string) {
		if claimed != nil {
			field(name, norm.NFC.String(*claimed), logged)
		}
	}
	optional("why", r.Why, o.Why)
	optional("reason", r.Reason, o.Reason)
	optional("title", r.Title, o.Title)
	if len(d.Fields) == 0 {
		return
	}
	d.Text = Text{VI: "hai bên ghi khác nhau", EN: "the two differ"}
	x.row(i, d)
}

// row says that a row of the report does not stand; once for each row.
func (x *comparer) row(i int, d Disagreement) {
	if x.state[i].differs {
		return
	}
	x.state[i].differs = true
	r := x.claims.Rows[i]
	d.Broadcast = short(r.Broadcast)
	if d.Due.IsZero() {
		d.Due = At(r.Due)
	}
	x.differ(d)
}

func (x *comparer) differ(d Disagreement) {
	if d.Code == "figure" {
		x.out.FiguresDiffer++
	} else {
		x.out.RowsDiffer++
	}
	if len(x.out.Differences) == MaxDifferences {
		return
	}
	d.spell()
	x.out.Differences = append(x.out.Differences, d)
}

// begin says which log it is; it reports whether that log is of the report's station.
func (x *comparer) begin(origin string) bool {
	x.out.OtherStation = CodeOf(origin) != plainName(x.claims.StationCode)
	for _, l := range x.claims.Logs {
		if l.Origin == origin {
			x.before = max(x.before, l.Size)
		}
	}
	return !x.out.OtherStation
}

// CodeOf is the station code that an origin names, "" when it is none.
func CodeOf(origin string) string {
	part := strings.Split(origin, "/")
	if len(part) != 4 || part[0] != "loaxa" {
		return ""
	}
	return part[1]
}

// plainName is how a station code stands in an origin.
func plainName(code string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r) {
			return r
		}
		return '-'
	}, code)
}

// finish compares what can only be known at the end.
func (x *comparer) finish(rep *Report) *Comparison {
	if x.out.OtherStation {
		x.out.Differences, x.out.RowsDiffer = []Disagreement{}, 0
		x.out.Summary = Text{
			VI: fmt.Sprintf("Báo cáo là của đài %s, nhật ký là của %s: không so được.", x.out.StationCode, rep.Origin),
			EN: fmt.Sprintf("The report is of station %s, the log of %s: they cannot be compared.", x.out.StationCode, rep.Origin)}
		return &x.out
	}
	x.cover(rep)
	for i, r := range x.claims.Rows {
		switch {
		case x.state[i].found || x.state[i].differs:
		case x.uncovered(r.Due):
			if r.Decided() {
				x.out.Uncompared++
			}
		case r.Decided() || r.AiredMS != 0 || r.Evidence != 0:
			x.row(i, Disagreement{Code: "not_in_log", Index: -1, report: r.said(), Text: Text{
				VI: "nhật ký không có kết quả này", EN: "the log has no such outcome"}})
		}
	}
	x.figures()
	slices.SortStableFunc(x.out.Differences, func(a, b Disagreement) int { return a.Due.Compare(b.Due.Time) })
	x.conclude()
	return &x.out
}

// cover says which parts of the period the log at hand knows nothing of: before a part of a log, or a log that took the
// place of another, begins, and after its last record, unless the report was made when the log was no longer.
func (x *comparer) cover(rep *Report) {
	from, until := x.claims.From, x.claims.Until
	if begins := rep.FirstWall.Time; (rep.First > 0 || rep.Epoch > 1) && begins.After(from) {
		end := begins
		if end.After(until) {
			end = until
		}
		x.out.Uncovered = append(x.out.Uncovered, Interval{From: At(from), Until: At(end), Why: "before", Index: rep.First})
		from = end
	}
	if ends := rep.LastWall.Time; ends.Before(until) && (x.before == 0 || x.before > rep.Size) {
		if ends.Before(from) {
			ends = from
		}
		x.out.Uncovered = append(x.out.Uncovered, Interval{From: At(ends), Until: At(until), Why: "after", Index: rep.Size})
	}
}

func (x *comparer) uncovered(due time.Time) bool {
	for _, i := range x.out.Uncovered {
		if !due.Before(i.From.Time) && due.Before(i.Until.Time) {
			return true
		}
	}
	return false
}
