package diary

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"loaxa/admin/report"
	"loaxa/admin/report/paper"
	"loaxa/admin/report/wording"
)

// rowsPerStep is after how many rows it is looked whether anybody still waits for them.
const rowsPerStep = 256

// lines gives the table's lines: the days with their rows, what lies between them, and the sum of every month at its end.
func (b *book) lines(yield func(paper.Row) bool) {
	w := &walk{book: b, yield: yield, day: dayOf(b.account.From, b.Zone), code: firstCode(b.account), name: firstName(b.account)}
	order := make([]int, len(b.account.Rows))
	for i := range order {
		order[i] = i
	}
	// By when it truly was: a clock that was wrong must not put a row under another day than the sums do.
	rows := b.account.Rows
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(rows[x].Moment().UnixMilli(), rows[y].Moment().UnixMilli()) })
	for i, n := range order {
		if i%rowsPerStep == 0 {
			if err := b.step(0.8 * float64(i) / float64(len(order))); err != nil {
				b.Fail(err)
				return
			}
		}
		w.row(n, rows[n])
	}
	w.quiet(dayOf(b.account.Until.Add(-1), b.Zone).AddDate(0, 0, 1))
	w.closeMonth()
}

func firstCode(a *report.Account) string {
	if len(a.Rows) == 0 {
		return ""
	}
	return a.Rows[0].StationCode
}

func firstName(a *report.Account) string {
	if len(a.Rows) == 0 {
		return ""
	}
	return a.Rows[0].StationName
}

func dayOf(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, zone)
}

// walk goes through the period day by day.
type walk struct {
	*book
	yield      func(paper.Row) bool
	done       bool
	day        time.Time // the next one that nothing was said of
	headed     time.Time // the day whose head stands already
	month      string    // the one that is open; "" before the first
	code, name string    // of the station in the row before
}

func (w *walk) emit(r paper.Row) {
	if !w.done && !w.yield(r) {
		w.done = true
	}
}

func (w *walk) across(text string) {
	w.emit(paper.Row{Cells: []string{text}, Bold: true, Across: true})
}

func (w *walk) row(n int, r report.Row) {
	day := dayOf(r.Moment(), w.Zone)
	w.quiet(day)
	w.open(day)
	renamed := r.StationName != "" && (r.StationName != w.name || r.StationCode != w.code)
	if renamed {
		w.name, w.code = r.StationName, r.StationCode
	}
	switch date := wording.Day(day); {
	case renamed:
		w.across(w.Words.T("book.day.station", w.weekday(day), date, wording.Line(w.name), wording.Line(w.code)))
	case !day.Equal(w.headed):
		w.across(w.Words.T("book.day", w.weekday(day), date))
	}
	w.headed = day
	if next := day.AddDate(0, 0, 1); next.After(w.day) {
		w.day = next
	}
	w.emit(paper.Row{Cells: w.cells(n, r)})
}

func (w *walk) weekday(t time.Time) string {
	return w.Words.T("weekday." + strings.ToLower(t.Weekday().String()))
}

// open begins a month; the one before it is summed.
func (w *walk) open(day time.Time) {
	if month := day.Format("2006-01"); month != w.month {
		w.closeMonth()
		w.month = month
	}
}

func (w *walk) closeMonth() {
	if t, ok := w.months[w.month]; ok {
		month := w.month[5:] + "/" + w.month[:4]
		w.emit(paper.Row{Cells: []string{w.Words.T("book.month", month, w.sumWords(t))}, Bold: true, Across: true})
	}
}

// quiet tells of the days up to until on which there is nothing, those together of which the same is to be said.
func (w *walk) quiet(until time.Time) {
	for w.day.Before(until) {
		from, why := w.day, w.nothing(w.day)
		last := from
		for {
			next := last.AddDate(0, 0, 1)
			if !next.Before(until) || next.Month() != from.Month() || w.nothing(next) != why {
				break
			}
			last = next
		}
		w.open(from)
		w.emit(paper.Row{Cells: []string{w.Words.T(why, capital(w.tell.Span(from, last.AddDate(0, 0, 1))))}, Across: true})
		w.day = last.AddDate(0, 0, 1)
	}
}

// nothing is why a day has no row.
func (w *walk) nothing(day time.Time) string {
	switch {
	case !day.AddDate(0, 0, 1).After(w.account.Begins):
		return "book.gap.before"
	case !day.Before(w.account.Read):
		return "book.gap.after"
	}
	return "book.gap.none"
}

func capital(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}
