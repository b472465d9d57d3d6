package results

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"loaxa/admin/report"
	"loaxa/admin/report/decree"
)

// facts says in sentences what an account holds.
type facts struct {
	Source
	sum    report.Total
	silent []report.Row
}

func (f facts) station() string {
	if place := f.commune(); place != "" {
		return place
	}
	return f.Station
}

// commune is the issuer without "Ủy ban nhân dân": "xã An Lão".
func (f facts) commune() string {
	for _, head := range []string{"Ủy ban nhân dân ", "Uỷ ban nhân dân ", "UBND "} {
		if place, ok := strings.CutPrefix(f.Letterhead.Issuer, head); ok {
			return place
		}
	}
	return ""
}

func (f facts) issuer() string {
	if f.Letterhead.Issuer != "" {
		return f.Letterhead.Issuer
	}
	return f.Station
}

func (f facts) day(t time.Time) string    { return t.In(f.Zone).Format("02/01/2006") }
func (f facts) moment(t time.Time) string { return t.In(f.Zone).Format("15:04 02/01/2006") }

// said is a moment in running text.
func (f facts) said(t time.Time) string {
	return t.In(f.Zone).Format(f.Words.T("results.moment"))
}

// lastDay is the last moment of the period, which ends before Until.
func (f facts) lastDay() time.Time { return f.Account.Until.Add(-time.Second) }

// number has dots between thousands.
func number(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}

// minutes has one digit after the comma.
func minutes(ms int64) string {
	tenths := (ms + 3000) / 6000
	return number(tenths/10) + "," + fmt.Sprint(tenths%10)
}

// body is the second part: what was aired, what it was about, what did not air, and what is proved.
func (f facts) body() []decree.Block {
	var out []decree.Block
	chapter := 0
	add := func(title string, texts []string) {
		if len(texts) == 0 {
			return
		}
		chapter++
		out = append(out, decree.Block{Rank: decree.Chapter, Text: fmt.Sprintf("%d. %s", chapter, f.Words.T(title))})
		for _, t := range texts {
			out = append(out, decree.Block{Text: t})
		}
	}
	add("results.chapter.figures", f.figures())
	add("results.chapter.topics", f.topics())
	add("results.chapter.letters", f.letters())
	add("results.chapter.columns", f.columnsText())
	add("results.chapter.silent", f.silentText())
	add("results.chapter.evidence", f.evidence())
	return out
}

func (f facts) figures() []string {
	w, aired := f.Words, f.sum.Counted()
	out := []string{w.T("results.figures", number(f.sum.Clips), number(aired.N), number(f.sum.Plays), minutes(aired.AiredMS))}
	if e := f.sum.By[report.Emergency]; e.N > 0 {
		out = append(out, w.T("results.figures.emergency", number(e.N), minutes(e.AiredMS)))
	}
	var apart []string
	for _, s := range []report.Standing{report.Cut, report.Rehearsal, report.Virtual, report.Unproven, report.Open} {
		if t := f.sum.By[s]; t.N > 0 {
			apart = append(apart, w.T("results.apart."+s.Name(), number(t.N)))
		}
	}
	if len(apart) > 0 {
		out = append(out, w.T("results.apart", strings.Join(apart, "; ")))
	}
	if f.Account.Begins.After(f.Account.From) {
		out = append(out, w.T("results.begins", f.said(f.Account.Begins)))
	}
	if f.Account.Read.Before(f.lastDay()) {
		out = append(out, w.T("results.read", f.said(f.Account.Read)))
	}
	return out
}

// topics tells of each axis how many of its topics were aired, and which most.
func (f facts) topics() []string {
	var out []string
	for _, axis := range f.Taxonomy.Axes {
		var aired []report.Total
		for _, t := range f.Account.Totals(report.ByAxis(axis.ID), f.Zone) {
			if t.Key != "" && t.Counted().N > 0 {
				aired = append(aired, t)
			}
		}
		if len(aired) == 0 {
			out = append(out, f.Words.T("results.axis.none", axis.Title))
			continue
		}
		slices.SortStableFunc(aired, func(x, y report.Total) int { return int(y.Counted().N - x.Counted().N) })
		var most []string
		for _, t := range aired[:min(3, len(aired))] {
			most = append(most, f.Words.T("results.axis.topic", f.topic(t.Key), number(t.Clips), number(t.Counted().N), minutes(t.Counted().AiredMS)))
		}
		out = append(out, f.Words.T("results.axis", axis.Title, number(int64(len(aired))), strings.Join(most, "; ")))
	}
	return out
}

// topic is what a tag is called today; one that the list no longer has keeps its tag.
func (f facts) topic(tag string) string {
	if title := f.Taxonomy.Title(tag); title != "" {
		return title
	}
	return tag
}

func (f facts) letters() []string {
	var out []string
	for _, t := range f.Account.Totals(report.ByCampaign, f.Zone) {
		if t.Key == "" {
			continue
		}
		letter := f.Account.Rows[t.Rows[len(t.Rows)-1]].Letter
		date := letter.Date
		if at, err := time.Parse(time.DateOnly, letter.Date); err == nil {
			date = at.Format("02/01/2006")
		}
		out = append(out, f.Words.T("results.letter", letter.Number, date, letter.Agency, letter.Title, number(t.Counted().N), number(t.Clips), minutes(t.Counted().AiredMS)))
	}
	return out
}

func (f facts) columnsText() []string {
	all := f.columns()
	if len(all) == 0 {
		return nil
	}
	whole := 0
	var missed []string
	for _, c := range all {
		if len(c.missed) == 0 {
			whole++
			continue
		}
		missed = append(missed, f.Words.T("results.column.missed", c.title, number(int64(len(c.missed))), number(int64(c.weeks))))
	}
	out := []string{f.Words.T("results.columns", number(int64(whole)), number(int64(len(all))))}
	if len(missed) > 0 {
		more := ""
		if len(missed) > 10 {
			missed, more = missed[:10], " …"
		}
		out = append(out, f.Words.T("results.columns.missed", strings.Join(missed, "; ")+more))
	}
	return out
}

// silentText tells what did not air whole, by outcome and reason.
func (f facts) silentText() []string {
	if len(f.silent) == 0 {
		return []string{f.Words.T("results.silent.none")}
	}
	by := map[string]int64{}
	for _, r := range f.silent {
		by[f.why(r)]++
	}
	var parts []string
	for _, why := range slices.Sorted(maps.Keys(by)) {
		parts = append(parts, f.Words.T("results.silent.part", why, number(by[why])))
	}
	return []string{f.Words.T("results.silent", number(int64(len(f.silent))), strings.Join(parts, "; "))}
}

// why is the outcome with its reason: "không phát (mất điện)".
func (f facts) why(r report.Row) string {
	outcome := f.Words.Or("status."+string(r.Outcome), string(r.Outcome))
	if r.Reason == "" {
		return outcome
	}
	return outcome + " (" + f.reason(r) + ")"
}

func (f facts) reason(r report.Row) string { return f.Words.Or("reason."+r.Reason, r.Reason) }

// evidence says what the log shows and what it cannot.
func (f facts) evidence() []string {
	a, best := f.Account, 0
	var levels []string
	for _, l := range slices.Sorted(maps.Keys(a.Figures.ByLevel)) {
		if n := a.Figures.ByLevel[l].N; n > 0 {
			levels = append(levels, f.Words.T("results.level.count", l, number(n)))
			best = max(best, l)
		}
	}
	out := []string{f.Words.T("results.evidence", number(a.Size), a.Origin)}
	if len(levels) > 0 {
		out = append(out, f.Words.T("results.levels", strings.Join(levels, "; ")))
	}
	if best <= 2 {
		out = append(out, f.Words.T("results.beyond"))
	}
	return out
}

// difficulties is the draft of the third part: outages and faults that cost broadcasts.
func (f facts) difficulties() string {
	type outage struct{ from, until time.Time }
	outages, faults := map[outage]int64{}, map[string]int64{}
	var order []outage
	for _, r := range f.silent {
		if !r.OutageFrom.IsZero() {
			o := outage{r.OutageFrom, r.OutageUntil}
			if outages[o] == 0 {
				order = append(order, o)
			}
			outages[o]++
			continue
		}
		switch r.Reason {
		case "no_device", "device_lost", "device_fast", "clock_step", "clock_untrusted", "suspended", "clip_unusable", "not_running":
			faults[f.reason(r)]++
		}
	}
	var out []string
	const most = 12
	for _, o := range order[:min(most, len(order))] {
		out = append(out, f.Words.T("results.outage", f.said(o.from), f.said(o.until), number(outages[o])))
	}
	if rest := len(order) - most; rest > 0 {
		out = append(out, f.Words.T("results.outages.more", number(int64(rest))))
	}
	for _, fault := range slices.Sorted(maps.Keys(faults)) {
		out = append(out, f.Words.T("results.fault", fault, number(faults[fault])))
	}
	if len(out) == 0 {
		return f.Words.T("results.no_faults")
	}
	return strings.Join(out, "\n")
}
