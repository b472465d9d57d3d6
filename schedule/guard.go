package schedule

import (
	"math"
	"time"
)

// dayLimits is Limits as numbers.
type dayLimits struct {
	sessions         int
	earliest, latest int // seconds of the day; -1: no rule
	weekend          string
}

func (pl *planner) readLimits() dayLimits {
	said := pl.in.Settings.Limits
	l := dayLimits{sessions: said.SessionsPerDay, weekend: said.Weekend}
	read := func(name, s string) int {
		if s == "" {
			return -1
		}
		t, err := clockTime(s)
		if err != nil {
			pl.fault("", name+": "+err.Error())
			return -1
		}
		return t
	}
	l.earliest, l.latest = read("the earliest start", said.EarliestStart), read("the latest start", said.LatestStart)
	if l.weekend != "" && l.weekend != "priority" && l.weekend != "none" {
		pl.fault("", "the weekend rule \""+l.weekend+"\" is not known, so nothing but priority is planned at weekends")
	}
	return l
}

// guard is the rules that come before the ladder. It moves forward with time.
type guard struct {
	pl     *planner
	limits dayLimits
	quiet  quietSpans // those that are not over yet
	day    guardedDay
}

// guardedDay is one calendar day of the station.
type guardedDay struct {
	number           int64
	until            int64 // Unix seconds
	rule             DayRule
	weekend          bool
	earliest, latest int64 // Unix nanoseconds: nothing begins outside
	begun            int   // broadcasts due on it that have been on air
}

func newGuard(pl *planner, begin, end int64) guard {
	return guard{pl: pl, limits: pl.limits, day: guardedDay{until: math.MinInt64},
		quiet: quietBetween(pl.zone, pl.in.Settings.QuietHours, begin, end+pl.reach())}
}

// dayAt is the day on which a candidate is due.
func (g *guard) dayAt(due int64) *guardedDay {
	if due < g.day.until {
		return &g.day
	}
	z := g.pl.zone
	n := z.dayOf(due)
	g.day = guardedDay{number: n, until: z.dayStart(n + 1), earliest: math.MinInt64, latest: math.MaxInt64}
	weekday := newCivilDay(n).weekday
	g.day.weekend = weekday == 0 || weekday == 6
	g.day.rule = g.pl.special.rule(n)
	if s := g.limits.earliest; s >= 0 {
		first, _, _ := z.moments(n*secondsPerDay + int64(s))
		g.day.earliest = first * int64(time.Second)
		if s > 0 {
			g.day.latest = g.day.until*int64(time.Second) - 1 // the next day has its own earliest start
		}
	}
	if s := g.limits.latest; s >= 0 {
		_, last, exists := z.moments(n*secondsPerDay + int64(s))
		latest := last * int64(time.Second)
		if !exists {
			latest-- // the clock is set forward over it
		}
		g.day.latest = min(g.day.latest, latest)
	}
	return &g.day
}

// window is the last moment at which a candidate due now may begin, or why it may not at all.
func (g *guard) window(ln *line, c *content, due int64) (last int64, r Reason) {
	d := &g.day
	if r := d.refuses(ln.p); r != ReasonNone {
		return 0, r
	}
	switch {
	case c.refused != ReasonNone:
		return 0, c.refused
	case d.weekend && g.limits.weekend != "" && (g.limits.weekend == "none" || ln.p.Class.Rank() < Priority.Rank()):
		return 0, ReasonWeekend
	case due < d.earliest || due > d.latest:
		return 0, ReasonHours
	case due < c.valid.from || due >= c.valid.until:
		return 0, c.valid.at(due)
	}
	quiet := g.nextQuiet(due)
	if due+int64(c.length) > quiet {
		return 0, ReasonQuietHours
	}
	return min(due+ln.lateness, d.latest, c.valid.until-1, quiet-int64(c.length)), ReasonNone
}

// refuses is what a special day says of a programme.
func (d *guardedDay) refuses(p *Programme) Reason {
	switch {
	case d.rule.Use == p.Schedule:
		return ReasonNone
	case d.rule.Use == ScheduleOff:
		return ReasonDayOff
	}
	return ReasonOtherDay
}

// goesOn is the last moment at which what was cut now may go on at an item. It is no new start: only its window, quiet
// hours and the dates of its clips are asked again.
func (g *guard) goesOn(c *content, item int, now, window int64) int64 {
	return min(window, c.valid.until-1, g.nextQuiet(now)-c.rest(item))
}

// nextQuiet is when the first quiet span begins, or began, that is not over now.
func (g *guard) nextQuiet(now int64) int64 {
	for len(g.quiet) > 0 && g.quiet[0].until <= now {
		g.quiet = g.quiet[1:]
	}
	if len(g.quiet) == 0 {
		return math.MaxInt64
	}
	return g.quiet[0].from
}

// count says that a broadcast due on a day has begun.
func (g *guard) count(day int64) {
	if day == g.day.number {
		g.day.begun++
	}
}

// dayOf is the day on which a moment counts: a day goes from its first moment to that of the next, whatever the clock
// does in between.
func (z *wallZone) dayOf(unix int64) int64 {
	n := z.day(unix)
	if unix >= z.dayStart(n+1) {
		n++
	}
	return n
}
