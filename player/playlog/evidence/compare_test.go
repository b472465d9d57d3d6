package evidence

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestHonestReportAgrees(t *testing.T) {
	a := diary(t)
	from, until := month()
	for _, end := range []time.Time{until, moment(0).Add(3 * time.Hour), moment(0).Add(3*time.Hour + 90*time.Second)} {
		p := honestPaper(t, a.m, from, end)
		p.Rows = append(p.Rows, map[string]any{"broadcast": "p@3-5", "due": end.Add(-time.Second).Format(time.RFC3339), "status": "planned",
			"aired_ms": 0, "planned_ms": 10000, "evidence": 0})
		c := compared(t, a.m, p.claims(t))
		if !c.OK || c.RowsDiffer != 0 || c.FiguresDiffer != 0 || c.Report != c.Log || !strings.HasSuffix(c.Summary.VI, "không dòng nào khác.") {
			t.Errorf("%+v", c)
		}
		if end.Equal(until) && c.Log.N != 15 {
			t.Errorf("%d broadcasts, want 15", c.Log.N)
		}
	}
}

func TestReportThatDiffers(t *testing.T) {
	a := diary(t)
	from, until := month()
	row := func(p paper, id string) map[string]any {
		for _, r := range p.Rows {
			if r["broadcast"] == id {
				return r
			}
		}
		t.Fatalf("no row %s", id)
		return nil
	}
	set := func(id, field string, v any) func(*paper) {
		return func(p *paper) { row(*p, id)[field] = v }
	}
	drop := func(p *paper, id string) {
		var rows []map[string]any
		for _, r := range p.Rows {
			if r["broadcast"] != id {
				rows = append(rows, r)
			}
		}
		p.Rows = rows
	}
	table := func(p *paper, name string) map[string]any {
		m, ok := p.Figures[name].(map[string]any)
		if !ok {
			t.Fatalf("no table %s", name)
		}
		return m
	}
	invented := map[string]any{"broadcast": "p@9-9", "due": moment(0).Format(time.RFC3339), "status": "full", "aired_ms": 10000, "planned_ms": 10000,
		"output": "hardware", "evidence": 2}
	for name, c := range map[string]struct {
		change        func(*paper)
		code          string
		rows, figures int64
	}{
		"none (control)":  {func(*paper) {}, "", 0, 0},
		"missed as full":  {set("p@0-2", "status", "full"), "differs", 1, 0},
		"1 ms more":       {set("p@0-0", "aired_ms", 10001), "differs", 1, 0},
		"planned less":    {set("p@0-0", "planned_ms", 9000), "differs", 1, 0},
		"output":          {set("p@0-3", "output", "hardware"), "differs", 1, 0},
		"no output":       {set("p@0-3", "output", ""), "differs", 1, 0},
		"evidence":        {set("p@0-0", "evidence", 3), "differs", 1, 0},
		"other time":      {set("p@0-1", "due", moment(0).Add(time.Hour).Format(time.RFC3339)), "differs", 1, 0},
		"other title":     {set("p@0-0", "title", "Ca nhạc"), "differs", 1, 0},
		"other reason":    {set("p@0-2", "reason", "power_cut"), "differs", 1, 0},
		"rehearsal":       {set("rehearsal:1", "why", "scheduled"), "differs", 1, 0},
		"not decided":     {set("p@0-2", "status", "planned"), "differs", 1, 0},
		"unknown word":    {set("p@0-2", "status", "aired"), "differs", 1, 0},
		"invented":        {func(p *paper) { p.Rows = append(p.Rows, invented) }, "not_in_log", 1, 0},
		"promised only":   {func(p *paper) { r := clone(invented); r["broadcast"] = "p@3-5"; p.Rows = append(p.Rows, r) }, "not_in_log", 1, 0},
		"planned, aired":  {func(p *paper) { r := clone(invented); r["status"] = "planned"; p.Rows = append(p.Rows, r) }, "not_in_log", 1, 0},
		"left out":        {func(p *paper) { drop(p, "p@2-2") }, "left_out", 1, 0},
		"emergency hid":   {func(p *paper) { drop(p, "emergency:2") }, "left_out", 1, 0},
		"twice":           {func(p *paper) { p.Rows = append(p.Rows, clone(p.Rows[3])) }, "twice", 1, 0},
		"outside":         {set("p@0-0", "due", "2020-01-01T00:00:00Z"), "outside", 1, 0},
		"total":           {func(p *paper) { p.Figures["broadcasts"] = map[string]int{"n": 178, "aired_ms": 110000} }, "figure", 0, 1},
		"minutes":         {func(p *paper) { p.Figures["broadcasts"] = map[string]int{"n": 15, "aired_ms": 150001} }, "figure", 0, 1},
		"outcomes":        {func(p *paper) { p.Figures["occurrences"] = map[string]int{"full": 23} }, "figure", 0, 4},
		"topic":           {func(p *paper) { delete(table(p, "topics"), "lừa đảo") }, "figure", 0, 1},
		"topic more":      {func(p *paper) { table(p, "topics")["ma túy"] = map[string]int{"n": 1} }, "figure", 0, 1},
		"level":           {func(p *paper) { table(p, "by_level")["3"] = map[string]int{"n": 1} }, "figure", 0, 1},
		"made before":     {func(p *paper) { drop(p, "emergency:3"); p.Logs[0].Size = a.m.Size() - 2 }, "later", 1, 0},
		"undecided then":  {func(p *paper) { row(*p, "emergency:3")["status"] = "pending"; p.Logs[0].Size = a.m.Size() - 2 }, "later", 1, 0},
		"half the period": {func(p *paper) { p.Until = moment(0).Add(3 * time.Hour).Format(time.RFC3339) }, "outside", 23, 10},
	} {
		t.Run(name, func(t *testing.T) {
			p := honestPaper(t, a.m, from, until)
			c.change(&p)
			got := compared(t, a.m, p.claims(t))
			if got.RowsDiffer != c.rows || got.FiguresDiffer < c.figures || (c.figures == 0) != (got.FiguresDiffer == 0) || got.OK != (c.rows+c.figures == 0) {
				t.Fatalf("%d rows and %d figures, want %d and %d: %.2000s", got.RowsDiffer, got.FiguresDiffer, c.rows, c.figures, fmt.Sprint(got.Differences))
			}
			if c.code != "" && !slices.ContainsFunc(got.Differences, func(d Disagreement) bool { return d.Code == c.code }) {
				t.Errorf("want %s: %+v", c.code, got.Differences)
			}
		})
	}
}

func clone(m map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

func TestDifferenceInWords(t *testing.T) {
	a := diary(t)
	from, until := month()
	p := honestPaper(t, a.m, from, until)
	p.Rows[2]["status"], p.Rows[2]["aired_ms"] = "full", 10000
	p.Figures["broadcasts"] = map[string]int{"n": 16, "aired_ms": 160000}
	c := compared(t, a.m, p.claims(t))
	if c.Summary.VI != "Báo cáo 16, nhật ký 15: 1 dòng khác, 1 số tổng khác." || c.Summary.EN != "Report 16, log 15: 1 rows differ, 1 totals differ." {
		t.Errorf("%+v", c.Summary)
	}
	if len(c.Differences) != 2 {
		t.Fatalf("%+v", c.Differences)
	}
	if d := c.Differences[0]; d.VI != "Số buổi phát ra loa thật: nhật ký cho số khác. Báo cáo: 16 (160000 ms). Nhật ký: 15 (150000 ms)." {
		t.Error(d.VI)
	}
	d := c.Differences[1]
	if d.Broadcast != "p@0-2" || d.Index < 0 || d.Report != "status full, aired_ms 10000" || d.Log != "status missed, aired_ms 0" ||
		!strings.HasSuffix(d.VI, "hai bên ghi khác nhau. Báo cáo: kết quả đã phát đủ, đã phát 10 giây. Nhật ký: kết quả không phát (lỡ giờ), đã phát 0 giây.") {
		t.Errorf("%+v", d)
	}
}

func TestPartIsComparedWithItsOwnTime(t *testing.T) {
	a := diary(t)
	from, until := month()
	p := partOf(t, a, 2)
	if c := compared(t, p, honestPaper(t, a.m, moment(0).Add(6*time.Hour+12*time.Minute+10*time.Second), until).claims(t)); !c.OK || c.Log.N != 7 {
		t.Errorf("a part that covers the period: %+v", c)
	}
	c := compared(t, p, honestPaper(t, a.m, from, until).claims(t))
	if c.OK || c.RowsDiffer != 0 || c.FiguresDiffer != 0 || c.Uncompared != 16 || len(c.Uncovered) != 1 || !strings.Contains(c.Summary.VI, "không so được phần đó") {
		t.Errorf("a part that begins too late: %+v", c)
	}
	late := honestPaper(t, a.m, from, until)
	late.Rows[20]["status"] = "cancelled"
	if c := compared(t, p, late.claims(t)); c.RowsDiffer != 1 {
		t.Errorf("a wrong row inside: %+v", c)
	}
	sum := honestPaper(t, a.m, from, until)
	sum.Figures["broadcasts"] = map[string]int{"n": 178, "aired_ms": 110000}
	if c := compared(t, p, sum.claims(t)); c.FiguresDiffer != 1 || !strings.Contains(c.Differences[0].VI, "không bằng tổng các dòng") {
		t.Errorf("a total that is not the sum of the report's rows: %+v", c)
	}
}

// A report that does not say how long the log was is compared up to the last record's time.
func TestLogThatEndsBeforeThePeriod(t *testing.T) {
	a := diary(t)
	from, until := month()
	p := honestPaper(t, a.m, from, until)
	p.Logs = nil
	if c := compared(t, a.m, p.claims(t)); c.OK || len(c.Uncovered) != 1 || c.Uncovered[0].Why != "after" || c.RowsDiffer != 0 {
		t.Errorf("%+v", c)
	}
	p.Until = moment(0).Add(9*time.Hour + 23*time.Minute + 14*time.Second).Format(time.RFC3339)
	if c := compared(t, a.m, p.claims(t)); !c.OK {
		t.Errorf("a period that the log covers: %+v", c)
	}
	p = honestPaper(t, a.m, from, until)
	p.Logs[0].Size++ // made when the log was longer: this one was cut
	if c := compared(t, a.m, p.claims(t)); c.OK || len(c.Uncovered) != 1 {
		t.Errorf("%+v", c)
	}
}

func TestReportOfAnotherStation(t *testing.T) {
	a := diary(t)
	from, until := month()
	p := honestPaper(t, a.m, from, until)
	p.Code = "XA-02"
	if c := compared(t, a.m, p.claims(t)); c.OK || !c.OtherStation || len(c.Differences) != 0 || c.Summary.VI == "" {
		t.Errorf("%+v", c)
	}
}

// A log that took the place of another knows nothing of the time before it.
func TestNewEpochDoesNotCoverTheTimeBefore(t *testing.T) {
	a := newAuthor(t, "loaxa/XA-01/may-1/2")
	a.plan("x")
	o := full("x")
	o.Due = At(a.wall)
	a.add(o)
	a.sign()
	p := honestPaper(t, a.m, moment(0).AddDate(0, 0, -1), a.wall)
	p.Logs = nil
	if c := compared(t, a.m, p.claims(t)); c.OK || len(c.Uncovered) != 1 || c.Uncovered[0].Why != "before" || c.RowsDiffer != 0 {
		t.Errorf("%+v", c)
	}
	p.From = moment(2).Format(time.RFC3339)
	if c := compared(t, a.m, p.claims(t)); !c.OK {
		t.Errorf("%+v", c)
	}
}

// Whatever one thing is changed in an honest report, it is found; unchanged it never differs.
func TestAnyChangeOfAReportIsFound(t *testing.T) {
	a := diary(t)
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
	rnd := rand.New(rand.NewPCG(seed, 3))
	from, _ := month()
	for range 40 {
		p := honestPaper(t, a.m, from, moment(0).Add(time.Duration(1+rnd.IntN(11*3600))*time.Second))
		if c := compared(t, a.m, p.claims(t)); !c.OK || c.RowsDiffer+c.FiguresDiffer != 0 {
			t.Fatalf("seed %d: an honest report until %s differs: %+v", seed, p.Until, c)
		}
		if len(p.Rows) == 0 {
			continue
		}
		i := rnd.IntN(len(p.Rows))
		r := p.Rows[i]
		what := rnd.IntN(7)
		switch what {
		case 0:
			p.Rows = append(p.Rows[:i], p.Rows[i+1:]...)
		case 1:
			r["broadcast"] = fmt.Sprint(r["broadcast"], "x")
		case 2:
			r["aired_ms"] = r["aired_ms"].(int64) + 1 + rnd.Int64N(1000) //nolint:errcheck // it is one
		case 3:
			r["status"] = "preempted"
		case 4:
			r["output"] = "unproven"
		case 5:
			r["evidence"] = r["evidence"].(int) + 1 //nolint:errcheck // it is one
		case 6:
			p.Figures["broadcasts"] = map[string]int64{"n": 1000 + rnd.Int64N(9), "aired_ms": 1}
		}
		if c := compared(t, a.m, p.claims(t)); c.OK || c.RowsDiffer+c.FiguresDiffer == 0 {
			t.Fatalf("seed %d: change %d of row %d was not found", seed, what, i)
		}
	}
}

// The list of differences is bounded, their number is not.
func TestManyDifferences(t *testing.T) {
	a := diary(t)
	from, until := month()
	p := honestPaper(t, a.m, from, until)
	for i := range 3000 {
		p.Rows = append(p.Rows, map[string]any{"broadcast": fmt.Sprint("x@", i), "due": moment(0).Format(time.RFC3339), "status": "full", "aired_ms": 1, "planned_ms": 1, "evidence": 0})
	}
	c := compared(t, a.m, p.claims(t))
	if c.RowsDiffer != 3000 || len(c.Differences) != MaxDifferences {
		t.Errorf("%d counted, %d listed", c.RowsDiffer, len(c.Differences))
	}
}
