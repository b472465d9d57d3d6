package schedule

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// scheduleSlug is how a schedule is called in rules; what it is called on the page is the special day's name.
var scheduleSlug = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

const maxScheduleName = 30

// PlaylistNone is the opening or closing of a programme that has none, whatever the station has.
const PlaylistNone = "none"

// slug writes a name the way schedules are called: "Lịch Tết" is "lich-tet".
func slug(name string) string {
	var out strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(NormaliseText(name))) {
		switch {
		case r == 'đ':
			out.WriteRune('d')
		case r == ' ' || r == '_':
			out.WriteRune('-')
		case !unicode.Is(unicode.Mn, r):
			out.WriteRune(r)
		}
	}
	return out.String()
}

// scheduleName wants the name of a schedule of the station's own.
func (ps *Problems) scheduleName(field, name string) {
	switch {
	case name == ScheduleOff || name == "ordinary":
		ps.add(field, "conflict", fmt.Sprintf("%q is not the name of a schedule: it has a meaning of its own.", name))
	case len(name) > maxScheduleName || !scheduleSlug.MatchString(name):
		ps.add(field, "format", fmt.Sprintf("%q is not the name of a schedule: use up to %d of a–z, 0–9 and dashes, such as tet.",
			shortened(name), maxScheduleName))
	}
}

// shortened keeps what a person entered from filling the page.
func shortened(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// special judges what a programme has beside its times.
func (ps *Problems) special(p Programme) {
	ps.between("order", p.Order, -MaxOrder, MaxOrder, "places")
	ps.moment("paused_until", p.PausedUntil)
	ps.moment("ends_before", p.EndsBefore)
	if p.Schedule != ScheduleOrdinary {
		ps.scheduleName("schedule", p.Schedule)
	}
	ps.optional("opening", p.Opening, "a playlist")
	ps.optional("closing", p.Closing, "a playlist")
	ps.optional("campaign_id", p.CampaignID, "a campaign")
	if len(p.Exceptions) > MaxExceptions {
		ps.add("exceptions", "length", fmt.Sprintf("a programme has at most %d changes of single broadcasts; this one has %d.",
			MaxExceptions, len(p.Exceptions)))
		return
	}
	for i, e := range p.Exceptions {
		field := fmt.Sprintf("exceptions[%d]", i)
		ps.exception(field, e)
		if i > 0 && e.At.Equal(p.Exceptions[i-1].At) {
			ps.add(field+".at", "conflict", "there are two changes of one broadcast.")
		}
	}
}

func (ps *Problems) exception(field string, e Exception) {
	if e.At.IsZero() {
		ps.add(field+".at", "required", "the start of the broadcast by the rule is required.")
	} else {
		ps.moment(field+".at", e.At)
	}
	if e.Cancelled {
		if !e.To.IsZero() || e.PlaylistID != "" || e.VolumePercent != 0 || e.MakeupOf != "" {
			ps.add(field+".cancelled", "conflict", "a broadcast that is cancelled cannot be changed in another way as well.")
		}
		return
	}
	if e.To.IsZero() && e.PlaylistID == "" && e.VolumePercent == 0 && e.MakeupOf == "" {
		ps.add(field, "required", "nothing is changed: cancel the broadcast, move it, or give it another playlist or volume.")
	}
	ps.moment(field+".to", e.To)
	ps.optional(field+".playlist_id", e.PlaylistID, "a playlist")
	ps.between(field+".volume_percent", int64(e.VolumePercent), 0, 100, "percent")
	ps.text(field+".makeup_of", e.MakeupOf)
}

// moment wants a time, where there is one, in the years that the plan knows.
func (ps *Problems) moment(field string, t time.Time) {
	if y := t.Year(); !t.IsZero() && (y < 2000 || y > 2200) {
		ps.add(field, "range", fmt.Sprintf("the year %d is out of range: use 2000 to 2200.", y))
	}
}

// optional wants an ID or nothing.
func (ps *Problems) optional(field, id, what string) {
	if id != "" {
		ps.reference(field, id, what)
	}
}

// normaliseSpecial cleans what a programme has beside its times.
func (p Programme) normaliseSpecial() Programme {
	p.Schedule = slug(p.Schedule)
	p.Opening, p.Closing = strings.TrimSpace(p.Opening), strings.TrimSpace(p.Closing)
	p.PausedUntil, p.EndsBefore = p.PausedUntil.Truncate(time.Second), p.EndsBefore.Truncate(time.Second)
	if !p.Paused {
		p.PausedUntil = time.Time{}
	}
	p.Exceptions = sortedExceptions(p.Exceptions)
	return p
}
