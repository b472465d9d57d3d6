package evidence

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// figures compares each total that the report states with the log's. Where the log at hand does not cover the whole
// period, it compares it with the report's own rows.
func (x *comparer) figures() {
	c, own := x.claims.Figures, x.ownRows()
	covered := len(x.out.Uncovered) == 0
	one := func(name string, stated *Count, log, rows Count) {
		if stated == nil {
			return
		}
		switch {
		case covered && *stated != log:
			x.total(name, stated.words(), log.words(), "nhật ký cho số khác", "the log gives another")
		case !covered && *stated != rows:
			x.total(name, stated.words()+" / Σ "+rows.words(), "", "không bằng tổng các dòng của chính báo cáo", "it is not the sum of the report's own rows")
		}
	}
	one("broadcasts", c.Broadcasts, x.log.Broadcasts, own.Broadcasts)
	one("rehearsals", c.Rehearsals, x.log.Rehearsals, own.Rehearsals)
	one("emergencies", c.Emergencies, x.log.Emergencies, own.Emergencies)
	if c.Occurrences != nil {
		totals(x, "occurrences", amounts(c.Occurrences), amounts(x.log.Occurrences), amounts(own.Occurrences), covered)
	}
	if c.ByOutput != nil {
		totals(x, "by_output", c.ByOutput, x.log.ByOutput, own.ByOutput, covered)
	}
	if c.ByLevel != nil && covered { // a row says the level as written, the figure as recomputed
		totals(x, "by_level", c.ByLevel, x.log.ByLevel, nil, covered)
	}
	_, overflow := x.log.Topics[""]
	if _, claimed := c.Topics[""]; c.Topics != nil && covered && (!overflow || !claimed) { // which ones did not fit depends on the order
		totals(x, "topics", c.Topics, x.log.Topics, nil, covered)
	}
}

// ownRows are the figures that follow from the report's rows. Rows do not say their topics.
func (x *comparer) ownRows() Figures {
	f := NewFigures()
	for i, r := range x.claims.Rows {
		if x.rows[r.Broadcast] != i || !x.within(r.Due) || !r.Decided() {
			continue
		}
		why := ""
		switch {
		case r.Why != nil:
			why = *r.Why
		case strings.HasPrefix(r.Broadcast, "rehearsal:"):
			why = "rehearsal"
		case strings.HasPrefix(r.Broadcast, "emergency:"):
			why = "emergency"
		}
		f.tally(OutcomeBody{Why: why, Outcome: Outcome(r.Status), Output: r.Output, AiredMS: r.AiredMS}, 0)
	}
	return f
}

// amounts are plain numbers as counts without a time.
func amounts(m map[Outcome]int64) map[Outcome]Count {
	out := make(map[Outcome]Count, len(m))
	for k, n := range m {
		out[k] = Count{N: n}
	}
	return out
}

// totals compares a table of totals. A key that is missing is nought.
func totals[K ~string | ~int](x *comparer, name string, stated, log, rows map[K]Count, covered bool) {
	keys := map[K]bool{}
	for _, m := range []map[K]Count{stated, log, rows} {
		for k := range m {
			keys[k] = true
		}
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		full := fmt.Sprintf("%s %s", name, short(fmt.Sprint(k)))
		switch {
		case covered && stated[k] != log[k]:
			x.total(full, stated[k].words(), log[k].words(), "nhật ký cho số khác", "the log gives another")
		case !covered && stated[k] != rows[k]:
			x.total(full, stated[k].words()+" / Σ "+rows[k].words(), "", "không bằng tổng các dòng của chính báo cáo", "it is not the sum of the report's own rows")
		}
	}
}

func (x *comparer) total(name, report, log, vi, en string) {
	x.differ(Disagreement{Code: "figure", Broadcast: name, Index: -1, Report: report, Log: log, Text: Text{VI: vi, EN: en}})
}

func (c Count) words() string {
	if c.AiredMS == 0 {
		return fmt.Sprint(c.N)
	}
	return fmt.Sprintf("%d (%d ms)", c.N, c.AiredMS)
}
