package reports

import (
	"fmt"
	"strings"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/admin/page/frame"
	"loaxa/admin/report"
)

// timeWords is a length as an office says it, to the minute; "" for none.
func timeWords(w locale.Words, ms int64) string {
	minutes := (ms + 30_000) / 60_000
	switch {
	case ms <= 0:
		return ""
	case minutes == 0:
		return w.T("reports.under_minute")
	case minutes < 60:
		return w.T("reports.minutes", minutes)
	}
	if minutes%60 == 0 {
		return w.T("reports.whole_hours", minutes/60)
	}
	return w.T("reports.hours", minutes/60, minutes%60)
}

// totalTitle is what a total is of.
func totalTitle(w locale.Words, station *api.API, by string, t report.Total) string {
	if t.Key == "" {
		return w.Or("reports.none."+by, w.T("reports.none"))
	}
	switch by {
	case report.ByDay.Name, report.ByWeek.Name:
		day, err := time.Parse(time.DateOnly, t.Key)
		if err != nil {
			return t.Key
		}
		if by == report.ByDay.Name {
			return frame.Weekday(w, day) + ", " + frame.DayText(day)
		}
		return w.T("reports.week", day.Format("02/01"), day.AddDate(0, 0, 6).Format("02/01/2006"))
	case report.ByStanding.Name:
		return w.T("record.standing." + t.Key)
	case report.ByOutcome.Name:
		return w.Or("status."+t.Key, t.Key)
	case report.ByClass.Name:
		return w.Or("record.class."+t.Key, t.Key)
	case report.ByMonth.Name:
		if year, month, ok := strings.Cut(t.Key, "-"); ok {
			return month + "/" + year
		}
	}
	if strings.HasPrefix(t.Key, by+".") {
		return station.TopicTitle(t.Key)
	}
	if t.Title != "" {
		return t.Title
	}
	return t.Key
}

// sizeText is the size of a file.
func sizeText(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d kB", max(1, bytes>>10))
	}
	return strings.Replace(fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20)), ".", ",", 1)
}
