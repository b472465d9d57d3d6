package schedule

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// line is one source of starts made ready: a programme by its rule, or one start of it that an exception changes.
type line struct {
	p        *Programme
	rule     rule
	lo, hi   int64 // Unix seconds: starts in [lo, hi) count
	lateness int64 // nanoseconds
	bill     *bill
	volume   int
	makeupOf string
	campaign *CampaignFact // nil when no campaign asked for it

	anchorDay int64   // from which ordinals are counted
	skips     []int64 // starts of the rule that exceptions took over or took away; they count in the ordinals
	ordinal   int64   // of the next start
	counted   bool

	changed bool  // an exception's line …
	at      int64 // … with its start by the rule
}

// addLines reads a programme. Nothing is added for one that rests.
func (pl *planner) addLines(p *Programme) error {
	ln, err := pl.newLine(p)
	if err != nil {
		return err
	}
	if p.Paused && p.PausedUntil.IsZero() {
		return nil
	}
	pl.lines = append(pl.lines, ln)
	if len(p.Exceptions) > 0 {
		pl.addExceptions(ln)
	}
	return nil
}

func (pl *planner) newLine(p *Programme) (*line, error) {
	r, err := readRule(*p)
	if err != nil {
		return nil, err
	}
	lateness := p.LatenessS
	if lateness == 0 {
		lateness = pl.in.Settings.LatenessS
	}
	ln := &line{p: p, rule: r, lo: minUnix, hi: maxUnix, volume: p.VolumePercent,
		lateness: min(max(lateness, 0), MaxLatenessS) * int64(time.Second)}
	if !p.EffectiveFrom.IsZero() {
		ln.lo = clampUnix(p.EffectiveFrom)
	}
	if p.Paused {
		ln.lo = max(ln.lo, clampUnix(p.PausedUntil))
	}
	anchor := p.ValidFrom
	if anchor == "" {
		anchor = firstAnchor
		if !p.EffectiveFrom.IsZero() {
			anchor = Date(p.EffectiveFrom.In(pl.zone.loc).Format(time.DateOnly))
		}
	}
	if ln.anchorDay, err = anchor.dayNumber(); err != nil {
		return nil, err
	}
	ln.anchorDay = max(ln.anchorDay, minUnix/secondsPerDay+1)
	ln.lo = max(ln.lo, pl.zone.dayStart(ln.anchorDay))
	if p.ValidUntil != "" {
		day, err := p.ValidUntil.dayNumber()
		if err != nil {
			return nil, err
		}
		ln.hi = min(ln.hi, pl.zone.dayStart(day+1))
	}
	if !p.EndsBefore.IsZero() {
		ln.hi = min(ln.hi, clampUnix(p.EndsBefore))
	}
	ln.bill = pl.newBill(p, p.PlaylistID)
	if c, ok := pl.in.Campaigns[p.CampaignID]; ok {
		ln.campaign = &c
	}
	return ln, nil
}

// addExceptions takes the changed starts out of a programme's line and gives each of them a line of its own.
func (pl *planner) addExceptions(ln *line) {
	p := ln.p
	list := slices.Clone(p.Exceptions)
	slices.SortStableFunc(list, func(a, b Exception) int { return a.At.Compare(b.At) })
	list = slices.CompactFunc(list, func(a, b Exception) bool { return a.At.Equal(b.At) })
	for _, e := range list {
		at := e.At.Unix()
		if !pl.startsAt(ln, at) {
			continue // the rule was changed since, or never said so
		}
		ln.skips = append(ln.skips, at)
		if !e.Cancelled {
			pl.addChanged(ln, e, at)
		}
	}
}

// startsAt tells whether the rule has a start at this moment, inside the programme's days. EffectiveFrom is not asked
// here: an occurrence that was moved behind it stays.
func (pl *planner) startsAt(ln *line, at int64) bool {
	if at < minUnix || at >= ln.hi {
		return false
	}
	if ln.p.ValidFrom != "" && at < pl.zone.dayStart(ln.anchorDay) {
		return false
	}
	if name := ln.p.Schedule; name != ScheduleOrdinary && pl.special.rule(pl.zone.dayOf(at)).Use != name {
		return false
	}
	found := false
	ln.rule.starts(pl.zone, at, at+1, func(int64) { found = true })
	return found
}

func (pl *planner) addChanged(ln *line, e Exception, at int64) {
	due := at
	if !e.To.IsZero() {
		due = clampUnix(e.To.Truncate(time.Second))
	}
	p := ln.p
	if !p.EffectiveFrom.IsZero() && max(at, due) < clampUnix(p.EffectiveFrom) || p.Paused && due < clampUnix(p.PausedUntil) {
		return
	}
	moved := &line{p: p, rule: startList{due}, lo: due, hi: due + 1, lateness: ln.lateness, bill: ln.bill, volume: ln.volume,
		makeupOf: e.MakeupOf, campaign: ln.campaign, changed: true, at: at}
	if e.VolumePercent != 0 {
		moved.volume = e.VolumePercent
	}
	if e.PlaylistID != "" && e.PlaylistID != p.PlaylistID {
		moved.bill = pl.newBill(p, e.PlaylistID)
	}
	whole := *ln // a copy to count with: the programme's own line counts on from its first start
	moved.ordinal, moved.counted = whole.rule.count(pl.zone, whole.anchorDay, at), true
	pl.lines = append(pl.lines, moved)
}

// take gives the next start its ordinal. Starts come in their order.
func (ln *line) take(z *wallZone, due int64) int64 {
	if !ln.counted {
		ln.counted = true
		ln.ordinal = ln.rule.count(z, ln.anchorDay, due)
		n, _ := slices.BinarySearch(ln.skips, due)
		ln.skips = ln.skips[n:]
	}
	for len(ln.skips) > 0 && ln.skips[0] < due {
		ln.skips = ln.skips[1:]
		ln.ordinal++
	}
	ln.ordinal++
	return ln.ordinal - 1
}

// skipped tells whether an exception took a start over.
func (ln *line) skipped(start int64) bool {
	if len(ln.skips) == 0 {
		return false
	}
	_, found := slices.BinarySearch(ln.skips, start)
	return found
}

// id is "programme@start", the start by rule in the station's zone, to the second.
func (ln *line) id(loc *time.Location, due time.Time, names *idBlock) string {
	if ln.changed {
		due = time.Unix(ln.at, 0).In(loc)
	}
	names.room(len(ln.p.ID) + len("@2006-01-02T15:04:05+07:00"))
	from := names.text.Len()
	names.text.WriteString(ln.p.ID)
	names.text.WriteByte('@')
	names.text.Write(due.AppendFormat(names.scratch[:0], time.RFC3339))
	return names.text.String()[from:]
}

// idBlock is memory for the IDs of many occurrences: one piece for a few hundred of them, since a piece each is most of
// what the collector of garbage has to look at. Who keeps one ID keeps its block.
type idBlock struct {
	text    strings.Builder
	scratch [len("2006-01-02T15:04:05+07:00")]byte
}

// room begins a new block where the old one is full.
func (b *idBlock) room(n int) {
	const block = 8 << 10
	if b.text.Cap()-b.text.Len() < n {
		b.text = strings.Builder{}
		b.text.Grow(max(block, n))
	}
}

// CompareIDs orders programme IDs by the number at their end, so that p-9 comes before p-10 and the older before the newer.
func CompareIDs(a, b string) int {
	nameA, numberA := splitID(a)
	nameB, numberB := splitID(b)
	return cmp.Or(cmp.Compare(nameA, nameB), cmp.Compare(len(numberA), len(numberB)), cmp.Compare(numberA, numberB), cmp.Compare(a, b))
}

func splitID(id string) (name, number string) {
	name = strings.TrimRight(id, "0123456789")
	return name, strings.TrimLeft(id[len(name):], "0")
}
