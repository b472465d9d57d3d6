package sheet

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"loaxa/admin/report/wording"
	"loaxa/schedule"
)

// calendarTime is how iCalendar writes local time.
const calendarTime = "20060102T150405"

// Calendar says what a calendar file is of.
type Calendar struct {
	From, Until time.Time // what the occurrences lie in
	Code, Name  string    // of the station
	Made        time.Time // when the plan was read
}

// ICS writes the plan as a calendar (RFC 5545): one event for each occurrence, for rules that repeat cannot say what special
// days, limits and clashes leave of them. Times are local with their zone described, so that a calendar on a phone abroad
// shows the station's hours. What will not air is there, too, as cancelled.
func ICS(ctx context.Context, w io.Writer, plan []schedule.Occurrence, c Calendar, o Options) error {
	out := calendar{w: bufio.NewWriter(w), zone: o.Zone, about: o, of: c}
	out.line("BEGIN", "VCALENDAR")
	out.line("VERSION", "2.0")
	out.line("PRODID", "-//loaxa//loaxa//VI")
	out.line("CALSCALE", "GREGORIAN")
	out.line("METHOD", "PUBLISH")
	out.text("X-WR-CALNAME", o.Words.T("sheet.plan.name", c.Name))
	out.text("X-WR-TIMEZONE", o.Zone.String())
	from, until := c.From, c.Until
	for _, x := range plan { // one that began before may last beyond
		until = later(until, x.End())
	}
	out.timezone(from, until)
	for n, x := range plan {
		if n%rowsPerStep == 0 {
			if err := o.step(ctx, float64(n)/float64(len(plan))); err != nil {
				return fmt.Errorf("writing calendar: %w", err)
			}
		}
		out.event(x)
	}
	out.line("END", "VCALENDAR")
	if err := out.w.Flush(); err != nil {
		return fmt.Errorf("writing calendar: %w", err)
	}
	return o.step(ctx, 1)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

type calendar struct {
	w     *bufio.Writer // keeps its error
	zone  *time.Location
	about Options
	of    Calendar
}

func (c *calendar) event(x schedule.Occurrence) {
	c.line("BEGIN", "VEVENT")
	c.text("UID", x.ID+"@"+c.of.Code+".loaxa")
	c.line("DTSTAMP", c.of.Made.UTC().Format(calendarTime)+"Z")
	c.local("DTSTART", x.Start)
	c.local("DTEND", later(x.End(), x.Start.Add(time.Second)))
	c.text("SUMMARY", x.Title)
	words := c.about.Words
	about := []string{words.Or("record.class."+string(x.Class), string(x.Class))}
	state := "CONFIRMED"
	reason := words.Or("reason."+string(x.Reason), string(x.Reason))
	switch x.Verdict {
	case schedule.VerdictSkipped:
		state = "CANCELLED"
		about = append(about, words.T("sheet.plan.skip", reason))
	case schedule.VerdictWaits:
		about = append(about, words.T("sheet.plan.wait", reason))
	}
	about = append(about, x.PlaylistTitle)
	if x.Campaign != nil {
		about = append(about, x.Campaign.Title)
	}
	c.text("DESCRIPTION", strings.Join(about, "; "))
	c.text("CATEGORIES", string(x.Class))
	c.line("STATUS", state)
	c.line("TRANSP", "TRANSPARENT")
	c.line("END", "VEVENT")
}

// timezone describes the zone over a time: the offset at its beginning and every change of it until the end. A zone without
// summer time, such as that of Viet Nam, is one offset.
func (c *calendar) timezone(from, until time.Time) {
	c.line("BEGIN", "VTIMEZONE")
	c.text("TZID", c.zone.String())
	for at := from.In(c.zone); ; {
		begins, ends := at.ZoneBounds()
		name, offset := at.Zone()
		before := offset
		start := "19700101T000000"
		if !begins.IsZero() {
			_, before = begins.Add(-time.Second).In(c.zone).Zone()
			// The moment of a change is told by the clock before it.
			start = begins.UTC().Add(time.Duration(before) * time.Second).Format(calendarTime)
		}
		kind := "STANDARD"
		if at.IsDST() {
			kind = "DAYLIGHT"
		}
		c.line("BEGIN", kind)
		c.line("DTSTART", start)
		c.line("TZOFFSETFROM", offsetText(before))
		c.line("TZOFFSETTO", offsetText(offset))
		c.text("TZNAME", name)
		c.line("END", kind)
		if ends.IsZero() || ends.After(until) {
			break
		}
		at = ends.In(c.zone)
	}
	c.line("END", "VTIMEZONE")
}

func offsetText(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
}

func (c *calendar) local(name string, t time.Time) {
	c.line(name+";TZID="+c.zone.String(), t.In(c.zone).Format(calendarTime))
}

var calendarEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// text writes a property whose value people wrote.
func (c *calendar) text(name, s string) { c.line(name, calendarEscapes.Replace(wording.Line(s))) }

// maxLine is how many bytes of a line a reader of calendars must take.
const maxLine = 75

// line writes a property, folded where it is too long, never inside a letter.
func (c *calendar) line(name, value string) {
	s := name + ":" + value
	for room := maxLine; len(s) > room; room = maxLine - 1 {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		_, _ = c.w.WriteString(s[:cut] + "\r\n ") // Flush tells
		s = s[cut:]
	}
	_, _ = c.w.WriteString(s + "\r\n")
}
