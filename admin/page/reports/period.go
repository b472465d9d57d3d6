package reports

import (
	"net/url"
	"strconv"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/report"
	"loaxa/admin/route"
)

// Period is the days of a report as its form has them; Until is the last day.
type Period struct {
	From, Until string
	Size        int64 // of the log that it rests on; 0 is as it stands
	query       report.Query
}

// QuickSpan is a period that is often asked for.
type QuickSpan struct {
	Word, Address string
	Here          bool
}

// periodOf reads the days asked for. Without any it is this month.
func periodOf(get func(string) string, now time.Time) (p Period, err error) {
	loc := now.Location()
	p.From, p.Until = get("from"), get("until")
	if p.From == "" && p.Until == "" {
		month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, loc)
		p.From, p.Until = month.Format(time.DateOnly), month.AddDate(0, 1, -1).Format(time.DateOnly)
	}
	if p.Until == "" {
		p.Until = p.From
	}
	if text := get("size"); text != "" {
		if p.Size, err = strconv.ParseInt(text, 10, 64); err != nil || p.Size < 1 {
			return p, route.BadRequest("bad_number", "size is no number of records")
		}
	}
	from, err := route.ParseTime("from", p.From, loc)
	if err != nil {
		return p, err
	}
	last, err := route.ParseTime("until", p.Until, loc)
	if err != nil {
		return p, err
	}
	from, last = frame.DayStart(from.In(loc)), frame.DayStart(last.In(loc))
	p.From, p.Until = from.Format(time.DateOnly), last.Format(time.DateOnly)
	p.query = report.Query{From: from, Until: last.AddDate(0, 0, 1), Size: p.Size}
	if !p.query.From.Before(p.query.Until) || p.query.Until.Sub(p.query.From) > report.Longest {
		return p, route.BadRequest("bad_period", report.ErrPeriod.Error(), route.Field{Field: "from", Code: "bad_period", Message: report.ErrPeriod.Error()})
	}
	return p, nil
}

// values are the period in an address.
func (p Period) values() url.Values {
	v := url.Values{"from": {p.From}, "until": {p.Until}}
	if p.Size > 0 {
		v.Set("size", strconv.FormatInt(p.Size, 10))
	}
	return v
}

// quickSpans are the periods that offices report on. The last half-year that a commune closes need not be a calendar's: the
// form takes any days.
func quickSpans(w locale.Words, now time.Time, here Period) (out []QuickSpan) {
	day := frame.DayStart(now)
	monday := day.AddDate(0, 0, -((int(day.Weekday()) + 6) % 7))
	month := day.AddDate(0, 0, 1-day.Day())
	quarter := month.AddDate(0, -(int(day.Month())-1)%3, 0)
	year := month.AddDate(0, 1-int(day.Month()), 0)
	for _, s := range []struct {
		word        string
		from, until time.Time
	}{
		{"week", monday, monday.AddDate(0, 0, 7)}, {"month", month, month.AddDate(0, 1, 0)}, {"lastmonth", month.AddDate(0, -1, 0), month},
		{"quarter", quarter, quarter.AddDate(0, 3, 0)}, {"year", year, year.AddDate(1, 0, 0)},
	} {
		p := Period{From: s.from.Format(time.DateOnly), Until: s.until.AddDate(0, 0, -1).Format(time.DateOnly)}
		out = append(out, QuickSpan{Word: w.T("reports.quick." + s.word), Address: reportsPath + "?" + p.values().Encode(),
			Here: p.From == here.From && p.Until == here.Until})
	}
	return out
}
