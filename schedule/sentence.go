package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// What a sentence lists one by one; more is said as a regular step, as "and so many others", or not at all.
const (
	mostTimes  = 12
	mostDates  = 31
	mostStarts = 6
)

// SentenceOf reads a programme's rule back in words, "vi" or "en". Moments are told by loc's clock. It is false, with no
// sentence, where none would be true: for what cannot be read, and for times of the day without order that are too many to
// list. What special days, guards and other broadcasts make of the rule is not the rule's to say.
func SentenceOf(p Programme, loc *time.Location, lang string) (string, bool) {
	t := tongueOf(lang)
	when, ok := t.when(p, loc)
	if !ok {
		return "", false
	}
	for _, part := range t.bounds(p, loc) {
		when += ", " + part
	}
	said := []string{when}
	if p.Paused {
		said = append(said, t.pause(p, loc))
	}
	if n := t.exceptions(p.Exceptions); n != "" {
		said = append(said, n)
	}
	for i, s := range said {
		said[i] = capital(s) + "."
	}
	return strings.Join(said, " "), true
}

func capital(s string) string {
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// when is the days and times, without bounds.
func (t *tongue) when(p Programme, loc *time.Location) (string, bool) {
	r, err := readRule(p)
	if err != nil {
		return "", false
	}
	switch r := r.(type) {
	case startList:
		return t.starts(r, loc), true
	case *dayRule:
		days, ok := t.days(p, r)
		times, okTimes := t.times(r.seconds)
		return days + " " + times, ok && okTimes
	}
	return "", false
}

func (t *tongue) days(p Programme, r *dayRule) (string, bool) {
	if p.When == nil {
		c, ok := r.days.(cronDays)
		if !ok {
			return "", false
		}
		return t.cronDays(c)
	}
	w := p.When
	switch w.Form {
	case FormDaily:
		return t.daily, true
	case FormWeekdays:
		return t.weekly(weekdayBits(w.Weekdays)), true
	case FormMonthly:
		return t.monthly(w.Weekdays, w.Nth), true
	case FormDates:
		return t.dates(w.Dates), true
	case FormEvery:
		return fmt.Sprintf(t.every, w.EveryDays, t.date(w.From)), true
	case FormLunar:
		return t.lunar(w.Lunar), true
	}
	return "", false
}

// cronDays says which days an expression means. Two restricted day fields are either-or: a day of the month or a weekday.
func (t *tongue) cronDays(c cronDays) (string, bool) {
	const allDom, allDow, allMonths = 1<<32 - 2, 1<<7 - 1, 1<<13 - 2
	dom, dow, months := c.dom&allDom, c.dow&allDow, c.month&allMonths
	said := ""
	switch everyDom, everyDow := dom == allDom, dow == allDow; {
	case c.either && (everyDom || everyDow), everyDom && everyDow:
		said = t.daily
	case everyDom:
		said = t.weekly(uint8(dow)) //nolint:gosec // seven bits
	case everyDow:
		said = t.monthDays(dom)
	case c.either:
		said = t.monthDays(dom) + t.or + t.weekly(uint8(dow)) //nolint:gosec // seven bits
	default:
		said = fmt.Sprintf(t.bothDays, t.monthDays(dom), t.weekly(uint8(dow))) //nolint:gosec // seven bits
	}
	if months != allMonths {
		said += ", " + t.inMonths(bitsOf(months))
	}
	return said, months != 0 && dom != 0 && dow != 0
}

func bitsOf(set uint64) []int {
	var out []int
	for i := range 64 {
		if set>>i&1 == 1 {
			out = append(out, i)
		}
	}
	return out
}

// times lists a few, and tells many as a step where they are one.
func (t *tongue) times(seconds []int64) (string, bool) {
	if len(seconds) == 0 {
		return "", false
	}
	if len(seconds) <= mostTimes {
		said := make([]string, len(seconds))
		for i, s := range seconds {
			said[i] = hourMinute(s)
		}
		return fmt.Sprintf(t.at, t.list(said)), true
	}
	step := seconds[1] - seconds[0]
	for i := range seconds[1:] {
		if seconds[i+1]-seconds[i] != step {
			return "", false
		}
	}
	return fmt.Sprintf(t.steps, step/60, hourMinute(seconds[0]), hourMinute(seconds[len(seconds)-1])), true
}

func hourMinute(s int64) string { return fmt.Sprintf("%02d:%02d", s/3600, s/60%60) }

func (t *tongue) starts(list startList, loc *time.Location) string {
	var said []string
	for _, u := range list[:min(len(list), mostStarts)] {
		said = append(said, t.moment(time.Unix(u, 0).In(loc)))
	}
	if more := len(list) - len(said); more > 0 {
		said = append(said, fmt.Sprintf(t.otherTimes, more))
	}
	return fmt.Sprintf(t.startsAt, len(list), t.list(said))
}

func (t *tongue) dates(list []Date) string {
	list = slices.Compact(slices.Sorted(slices.Values(list)))
	var said []string
	for _, d := range list[:min(len(list), mostDates)] {
		said = append(said, t.date(d))
	}
	if more := len(list) - len(said); more > 0 {
		said = append(said, fmt.Sprintf(t.otherDays, more))
	}
	return fmt.Sprintf(t.onDates, t.list(said))
}

// bounds are the first and last day, the moment before which it ends, and the schedule that it belongs to.
func (t *tongue) bounds(p Programme, loc *time.Location) []string {
	var out []string
	if p.ValidFrom != "" {
		out = append(out, fmt.Sprintf(t.from, t.date(p.ValidFrom)))
	}
	if p.ValidUntil != "" {
		out = append(out, fmt.Sprintf(t.until, t.date(p.ValidUntil)))
	}
	if !p.EndsBefore.IsZero() {
		out = append(out, fmt.Sprintf(t.before, t.moment(p.EndsBefore.In(loc))))
	}
	if p.Schedule != ScheduleOrdinary {
		out = append(out, fmt.Sprintf(t.schedule, p.Schedule))
	}
	return out
}

func (t *tongue) pause(p Programme, loc *time.Location) string {
	if p.PausedUntil.IsZero() {
		return t.paused
	}
	return fmt.Sprintf(t.pausedUntil, t.moment(p.PausedUntil.In(loc)))
}

// exceptions counts what was changed of single occurrences; make-ups are no change.
func (t *tongue) exceptions(list []Exception) string {
	cancelled, moved, changed := 0, 0, 0
	for _, e := range list {
		switch {
		case e.Cancelled:
			cancelled++
		case !e.To.IsZero():
			moved++
		case e.PlaylistID != "" || e.VolumePercent != 0:
			changed++
		}
	}
	var said []string
	for _, n := range []struct {
		count int
		words string
	}{{cancelled, t.cancelled}, {moved, t.moved}, {changed, t.changed}} {
		if n.count > 0 {
			said = append(said, fmt.Sprintf(n.words, n.count))
		}
	}
	return strings.Join(said, ", ")
}

// list joins with commas and, before the last, the word for and.
func (t *tongue) list(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + t.and + parts[last]
}

func (t *tongue) date(d Date) string {
	day, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return day.Format(t.dateLayout)
}

func (t *tongue) moment(m time.Time) string {
	clock := m.Format("15:04")
	if m.Second() != 0 {
		clock = m.Format("15:04:05")
	}
	return fmt.Sprintf(t.clockAndDate, clock, m.Format(t.dateLayout))
}
