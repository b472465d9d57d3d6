package schedule

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Plan lists the occurrences with from <= Due < until, by due time, then the higher class first, then by programme
// ID. It depends on nothing but its arguments: not on the order in which programmes are stored, and not on the
// interval, so that [a,c) gives what [a,b) and [b,c) give.
//
// Every start of every readable, unpaused programme inside its validity and after its EffectiveFrom appears exactly
// once, with a verdict and, when it does not air at its due time, a reason. Programmes that cannot be read have no
// occurrence; Faults names them. Items slices are shared between occurrences: read only.
//
// The cost is that of the interval, except for a station that has more to play than the day is long, day after day
// and without quiet hours: who holds the air then hangs on all that went before, and is worked out from there.
func Plan(in Input, from, until time.Time) []Occurrence {
	pl := newPlanner(in)
	lo, hi := clampUnix(from), clampUnix(until)
	if lo >= hi || len(pl.lines) == 0 {
		return nil
	}
	begin := pl.freeAir(lo)
	keys := pl.candidates(begin, hi)
	reach := pl.reach()
	a := air{quiet: quietBetween(pl.zone, in.Settings.QuietHours, begin, hi+reach)}
	for _, ln := range pl.lines {
		ln.countTo(pl.zone, begin)
	}
	var out []Occurrence
	for i, k := range keys {
		due, ln := k.due(), pl.lines[k.line()]
		o := ln.decide(&a, due)
		if due < lo {
			continue
		}
		if out == nil {
			out = make([]Occurrence, 0, len(keys)-i)
		}
		out = append(out, ln.occurrence(pl.zone.loc, due, o))
	}
	return out
}

// Fault is something stored that Plan cannot use.
type Fault struct {
	ProgrammeID string // "" for the station's settings
	Reason      Reason
	Detail      string // one English sentence
}

// Faults names what Plan has to leave out: programmes whose times cannot be read, by ID, and unreadable settings
// first. Nothing is left out silently.
func Faults(in Input) []Fault { return newPlanner(in).faults }

// planner is one call of Plan.
type planner struct {
	zone   *wallZone
	hours  []DailySpan
	lines  []*line // by rank, the highest first, then by ID: their order breaks ties
	faults []Fault
}

// line is one programme made ready.
type line struct {
	p             Programme
	rule          rule
	lo, hi        int64 // Unix seconds: starts in [lo, hi) count
	anchorDay     int64
	lateness      int64 // nanoseconds
	contents      []content
	playlistTitle string
	ordinal       int64 // of the next start
}

func newPlanner(in Input) *planner {
	pl := &planner{hours: in.Settings.QuietHours}
	loc, err := loadZone(in.Settings.Zone)
	if err != nil {
		pl.fault("", "the time zone cannot be read, so nothing is planned: "+err.Error())
		return pl
	}
	pl.zone = newWallZone(loc)
	for _, q := range in.Settings.QuietHours {
		if _, err := q.seconds(); err != nil {
			pl.fault("", "quiet hours: "+err.Error())
		}
	}
	programmes := slices.Clone(in.Programmes)
	slices.SortStableFunc(programmes, func(a, b Programme) int {
		return cmp.Or(cmp.Compare(b.Class.Rank(), a.Class.Rank()), cmp.Compare(a.ID, b.ID))
	})
	for _, p := range programmes {
		ln, err := newLine(in, pl.zone, p)
		if err != nil {
			pl.fault(p.ID, err.Error())
			continue
		}
		if !p.Paused {
			pl.lines = append(pl.lines, ln)
		}
	}
	slices.SortStableFunc(pl.faults, func(a, b Fault) int { return cmp.Compare(a.ProgrammeID, b.ProgrammeID) })
	return pl
}

func (pl *planner) fault(id, detail string) {
	pl.faults = append(pl.faults, Fault{ProgrammeID: id, Reason: ReasonBadRule, Detail: detail})
}

func newLine(in Input, z *wallZone, p Programme) (*line, error) {
	r, err := readRule(p)
	if err != nil {
		return nil, err
	}
	lateness := p.LatenessS
	if lateness == 0 {
		lateness = in.Settings.LatenessS
	}
	ln := &line{p: p, rule: r, lo: minUnix, hi: maxUnix,
		lateness: min(max(lateness, 0), MaxLatenessS) * int64(time.Second)}
	if !p.EffectiveFrom.IsZero() {
		ln.lo = clampUnix(p.EffectiveFrom)
	}
	anchor := p.ValidFrom
	if anchor == "" {
		anchor = firstAnchor
		if !p.EffectiveFrom.IsZero() {
			anchor = Date(p.EffectiveFrom.In(z.loc).Format(time.DateOnly))
		}
	}
	if ln.anchorDay, err = anchor.dayNumber(); err != nil {
		return nil, err
	}
	ln.anchorDay = max(ln.anchorDay, minUnix/secondsPerDay+1)
	ln.lo = max(ln.lo, z.dayStart(ln.anchorDay))
	if p.ValidUntil != "" {
		day, err := p.ValidUntil.dayNumber()
		if err != nil {
			return nil, err
		}
		ln.hi = min(ln.hi, z.dayStart(day+1))
	}
	ln.contents = contents(in, z, p)
	ln.playlistTitle = in.Playlists[p.PlaylistID].Title
	return ln, nil
}

// longest is the length, in nanoseconds, of the longest thing this line may put on air; 0 when it may put none.
func (ln *line) longest() int64 {
	most := int64(0)
	for _, c := range ln.contents {
		if c.refused == ReasonNone {
			most = max(most, int64(c.length))
		}
	}
	return most
}

// reach is how many seconds after its due time anything may still be on air.
func (pl *planner) reach() int64 {
	most := int64(0)
	for _, ln := range pl.lines {
		if l := ln.longest(); l > 0 {
			most = max(most, ln.lateness+l)
		}
	}
	return most/int64(time.Second) + 1
}

// countTo sets the ordinal to that of the line's first start at or after begin.
func (ln *line) countTo(z *wallZone, begin int64) {
	if first := max(begin, ln.lo); first < ln.hi {
		ln.ordinal = ln.rule.count(z, ln.anchorDay, first)
	}
}

// decided is what became of one candidate.
type decided struct {
	ordinal int64
	content *content
	start   int64 // Unix nanoseconds
	verdict Verdict
	reason  Reason
}

// decide takes the line's next start through the ladder.
func (ln *line) decide(a *air, due int64) decided {
	d := decided{ordinal: ln.ordinal, start: due * int64(time.Second)}
	ln.ordinal++
	d.content = &ln.contents[d.ordinal%int64(len(ln.contents))]
	if d.content.refused != ReasonNone {
		d.verdict, d.reason = VerdictSkipped, d.content.refused
		return d
	}
	d.start, d.verdict, d.reason = a.take(d.start, ln.lateness, d.content)
	return d
}

func (ln *line) occurrence(loc *time.Location, due int64, d decided) Occurrence {
	p := &ln.p
	at := time.Unix(due, 0).In(loc)
	start := at
	if d.verdict == VerdictWaits {
		start = time.Unix(0, d.start).In(loc)
	}
	return Occurrence{
		ID: occurrenceID(p.ID, at), ProgrammeID: p.ID, Title: p.Title,
		PlaylistID: p.PlaylistID, PlaylistTitle: ln.playlistTitle, Due: at, Start: start, Length: d.content.length,
		Class: p.Class, Zone: p.Zone, VolumePercent: p.VolumePercent, Lateness: time.Duration(ln.lateness),
		Resume: p.ResumeAfterPowerCut, Ordinal: d.ordinal, Items: d.content.items, Verdict: d.verdict, Reason: d.reason,
	}
}

// occurrenceID is "programme@start", the start by rule in the station's zone, to the second.
func occurrenceID(programme string, start time.Time) string {
	id := make([]byte, 0, len(programme)+len("@2006-01-02T15:04:05+07:00"))
	id = append(append(id, programme...), '@')
	return string(start.AppendFormat(id, time.RFC3339))
}

// clampUnix is the first whole second at or after t, inside the years that the plan knows.
func clampUnix(t time.Time) int64 {
	u := t.Unix()
	if t.Nanosecond() > 0 && u < math.MaxInt64 {
		u++
	}
	return min(max(u, minUnix), maxUnix)
}
