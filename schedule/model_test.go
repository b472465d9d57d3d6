package schedule

import (
	"cmp"
	"slices"
	"time"
)

// model is the ladder of LADDER.md gone through second by second, as a person with a clock and a list of programmes would.
// It shares nothing with the planner but the types; all that it is given lies on whole seconds.
type model struct {
	in          Input
	loc         *time.Location
	from, until int64 // it knows the wall clock's readings in [from, until), Unix seconds
	readings    []minuteShown

	waiting []*modelled
	onAir   *modelled
	item    int
	since   int64
}

// minuteShown is what the wall clock shows at a minute.
type minuteShown struct {
	at     int64
	wall   time.Time // as if it were UTC
	again  bool      // it has shown this before: it was set back
	silent bool      // quiet hours
}

// modelled is an occurrence as the model sees it; o is what Plan should say.
type modelled struct {
	p       Programme
	changed bool
	rule    int64 // its start by rule
	due     int64
	window  int64
	lengths []int64 // of each item, seconds
	reason  Reason  // of its content
	begun   bool
	o       Occurrence
}

func newModel(in Input, from, until int64) *model {
	loc, err := time.LoadLocation(in.Settings.Zone)
	if err != nil {
		panic(err)
	}
	m := &model{in: in, loc: loc, from: from, until: until}
	shown := map[int64]bool{}
	for at := from; at < until; at += 60 {
		_, off := time.Unix(at, 0).In(loc).Zone()
		wall := at + int64(off)
		r := minuteShown{at: at, wall: time.Unix(wall, 0).UTC(), again: shown[wall]}
		shown[wall] = true
		for _, q := range in.Settings.QuietHours {
			r.silent = r.silent || quietAt(q, r.wall)
		}
		m.readings = append(m.readings, r)
	}
	return m
}

func isoWeekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

func quietAt(q DailySpan, wall time.Time) bool {
	clock, today := wall.Format("15:04"), isoWeekday(wall)
	yesterday := isoWeekday(wall.AddDate(0, 0, -1))
	on := func(day int) bool { return len(q.Days) == 0 || slices.Contains(q.Days, day) }
	if q.From <= q.To {
		return q.From <= clock && clock < q.To && on(today)
	}
	return clock >= q.From && on(today) || clock < q.To && on(yesterday)
}

func (m *model) silent(from, until int64) bool {
	return slices.ContainsFunc(m.readings[(from-m.from)/60:(until-1-m.from)/60+1], func(r minuteShown) bool { return r.silent })
}

func (m *model) day(at int64) Date { return Date(time.Unix(at, 0).In(m.loc).Format(time.DateOnly)) }

func (m *model) clock(at int64) string { return time.Unix(at, 0).In(m.loc).Format("15:04:05") }

// ruled is which schedule a day has and whether it is one of mourning.
func (m *model) ruled(d Date) (use string, mourning bool) {
	fewest := 0
	best := SpecialDay{}
	for _, s := range m.in.Days {
		last := cmp.Or(s.Until, s.From)
		if d < s.From || d > last {
			continue
		}
		mourning = mourning || s.Mourning
		n := 0
		for day := asDay(s.From); !day.After(asDay(last)); day = day.AddDate(0, 0, 1) {
			n++
		}
		if s.Use != "" && (fewest == 0 || n < fewest || n == fewest && s.ID < best.ID) {
			fewest, best = n, s
		}
	}
	return best.Use, mourning
}

func asDay(d Date) time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		panic(err)
	}
	return t
}

// ruleStarts is all that a programme's rule names, asked minute by minute.
func (m *model) ruleStarts(p Programme, says func(wall time.Time) bool) []int64 {
	var out []int64
	for _, t := range p.Starts {
		out = append(out, t.Unix())
	}
	if len(out) == 0 {
		for _, r := range m.readings {
			if !r.again && says(r.wall) {
				out = append(out, r.at)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// occurrences is every occurrence of a programme, with the changes that people made to single ones.
func (m *model) occurrences(p Programme, starts []int64) []*modelled {
	var out []*modelled
	anchor := cmp.Or(p.ValidFrom, m.day(p.EffectiveFrom.Unix()))
	ordinal := int64(0)
	for _, at := range starts {
		day := m.day(at)
		turn := ordinal
		if day >= anchor {
			ordinal++
		}
		use, _ := m.ruled(day)
		if p.ValidFrom != "" && day < p.ValidFrom || p.ValidUntil != "" && day > p.ValidUntil ||
			!p.EndsBefore.IsZero() && at >= p.EndsBefore.Unix() || p.Schedule != "" && use != p.Schedule {
			continue
		}
		o := &modelled{p: p, rule: at, due: at}
		o.o = Occurrence{PlaylistID: p.PlaylistID, VolumePercent: p.VolumePercent, Ordinal: turn}
		effective := at
		for _, e := range p.Exceptions {
			if e.At.Unix() != at {
				continue
			}
			o.changed = true
			if !e.To.IsZero() {
				o.due = e.To.Unix()
			}
			effective = max(at, o.due)
			o.o.PlaylistID = cmp.Or(e.PlaylistID, o.o.PlaylistID)
			o.o.VolumePercent = cmp.Or(e.VolumePercent, o.o.VolumePercent)
			o.o.MakeupOf = e.MakeupOf
			if e.Cancelled {
				effective = 0
			}
		}
		paused := p.Paused && (p.PausedUntil.IsZero() || o.due < p.PausedUntil.Unix())
		if effective < p.EffectiveFrom.Unix() || paused {
			continue
		}
		o.o.ID = p.ID + "@" + time.Unix(at, 0).In(m.loc).Format(time.RFC3339)
		o.window = o.due + cmp.Or(p.LatenessS, m.in.Settings.LatenessS)
		m.fill(o)
		out = append(out, o)
	}
	return out
}

// before is who goes first of two that want the air.
func (q *modelled) before(other *modelled) int {
	number := func(id string) int { // "p-7"
		n := 0
		for _, d := range id[2:] {
			n = 10*n + int(d-'0')
		}
		return n
	}
	flag := map[bool]int{true: 1}
	return cmp.Or(other.p.Class.Rank()-q.p.Class.Rank(), cmp.Compare(q.due, other.due), cmp.Compare(q.p.Order, other.p.Order),
		number(q.p.ID)-number(other.p.ID), flag[q.changed]-flag[other.changed], cmp.Compare(q.rule, other.rule))
}

// run goes through the seconds until everything is decided.
func (m *model) run(all []*modelled) {
	if len(all) == 0 {
		return
	}
	slices.SortStableFunc(all, func(a, b *modelled) int { return cmp.Or(cmp.Compare(a.due, b.due), a.before(b)) })
	next := 0
	for now := all[0].due; now < m.until-2*secondsPerDay; now++ {
		if m.onAir != nil && now >= m.since+m.rest(m.onAir) {
			m.onAir = nil
		}
		if m.readings[(now-m.from)/60].silent {
			m.waiting = nil // nothing waits across the beginning of quiet hours
		}
		for ; next < len(all) && all[next].due <= now; next++ {
			m.admit(all, all[next])
		}
		claims := func(o *modelled) bool { return m.onAir == nil || o.p.Class.Rank() > m.onAir.p.Class.Rank() }
		if slices.ContainsFunc(m.waiting, claims) {
			m.giveUp(now)
			slices.SortFunc(m.waiting, (*modelled).before)
			if len(m.waiting) > 0 && claims(m.waiting[0]) {
				m.begin(now)
			}
		}
	}
}

// rest is how long what is on air takes from the item at which it began or goes on.
func (m *model) rest(o *modelled) int64 {
	n := int64(0)
	for _, l := range o.lengths[m.item:] {
		n += l
	}
	return n
}

// giveUp is those that wait and may not begin any more.
func (m *model) giveUp(now int64) {
	m.waiting = slices.DeleteFunc(m.waiting, func(o *modelled) bool { return !m.mayBegin(o, now) })
}

func (m *model) admit(all []*modelled, o *modelled) {
	m.giveUp(o.due)
	o.o.Verdict, o.o.Reason = VerdictSkipped, m.refuses(o)
	if l := m.in.Settings.Limits.SessionsPerDay; l > 0 && o.o.Reason == ReasonNone {
		n := 0
		for _, q := range all {
			if m.day(q.due) == m.day(o.due) && (q.begun || slices.Contains(m.waiting, q)) {
				n++
			}
		}
		if n >= l {
			o.o.Reason = ReasonSessions
		}
	}
	if o.o.Reason == ReasonNone {
		o.o.Reason = ReasonOverlap
		m.waiting = append(m.waiting, o)
	}
}
