package frame

import (
	"strings"
	"time"

	"loaxa/admin/locale"
)

// ClockText is a time of day, 24 hours.
func ClockText(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Format("15:04")
}

// DayText is a day as it is written in Viet Nam.
func DayText(t time.Time) string { return t.Format("02/01/2006") }

// Weekday is the name of the day.
func Weekday(w locale.Words, t time.Time) string {
	return w.T("weekday." + strings.ToLower(t.Weekday().String()))
}

// DayStart is midnight at the beginning of that day.
func DayStart(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// Person is an actor of the log as people say it.
func Person(w locale.Words, actor string) string {
	kind, name, ok := strings.Cut(actor, ":")
	switch {
	case !ok:
		return w.Or("actor."+actor, actor)
	case kind == "user":
		return name
	}
	return w.Or("actor."+kind, kind) + " " + name
}
