package schedule

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Plan lists the occurrences with from <= Due < until, by due time, then the higher class first, then by Order, then by
// programme ID. It depends on nothing but its arguments: not on the order in which programmes are stored, and not on the
// interval, so that [a,c) gives what [a,b) and [b,c) give.
//
// Every start of every readable programme inside its validity and outside its pause appears exactly once, with a verdict
// and, when it does not air at its due time and to its end, a reason; LADDER.md is the rule. Programmes that cannot be
// read have no occurrence; Faults names them. Items slices and campaigns are shared between occurrences: read only.
//
// The cost is that of the interval, except for a station that has more to play than the day is long, day after day
// and without quiet hours: who holds the air then hangs on all that went before, and is worked out from there.
func Plan(in Input, from, until time.Time) []Occurrence {
	pl := newPlanner(in)
	lo, hi := clampUnix(from), clampUnix(until)
	if lo >= hi || len(pl.lines) == 0 {
		return nil
	}
	begin, end := pl.freeAir(lo), min(hi+pl.reach(), maxUnix)
	keys := pl.candidates(begin, end)
	a := newAir(pl, keys, begin, end)
	a.run(hi)
	return pl.tell(a, lo, hi)
}

// Fault is something stored that Plan cannot use.
type Fault struct {
	ProgrammeID string // "" for the station's settings
	Reason      Reason
	Detail      string // one English sentence
}

// Faults names what Plan has to leave out: programmes whose times cannot be read and items of openings and closings that
// cannot be played, by programme, and the station's own settings first. Nothing is left out silently.
func Faults(in Input) []Fault { return newPlanner(in).faults }

// planner is one call of Plan.
type planner struct {
	in       *Input
	zone     *wallZone
	limits   dayLimits
	special  *specialDays
	lines    []*line // by rank, the highest first, then Order, then ID: their order breaks ties
	bookends map[string]bookends
	faults   []Fault
	most     int64 // see reach
}

func newPlanner(in Input) *planner {
	pl := &planner{in: &in, special: newSpecialDays(in.Days), bookends: map[string]bookends{}}
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
	pl.limits = pl.readLimits()
	programmes := slices.Clone(in.Programmes)
	slices.SortStableFunc(programmes, func(a, b Programme) int {
		return cmp.Or(cmp.Compare(b.Class.Rank(), a.Class.Rank()), cmp.Compare(a.Order, b.Order), CompareIDs(a.ID, b.ID))
	})
	for i := range programmes {
		if err := pl.addLines(&programmes[i]); err != nil {
			pl.fault(programmes[i].ID, err.Error())
		}
	}
	slices.SortStableFunc(pl.faults, func(a, b Fault) int { return cmp.Compare(a.ProgrammeID, b.ProgrammeID) })
	return pl
}

func (pl *planner) fault(id, detail string) {
	pl.faults = append(pl.faults, Fault{ProgrammeID: id, Reason: ReasonBadRule, Detail: detail})
}

// reach is how many seconds after its due time anything may still be waiting or on air.
func (pl *planner) reach() int64 {
	if pl.most == 0 {
		most := int64(0)
		for _, ln := range pl.lines {
			if l := ln.bill.longest(); l > 0 {
				most = max(most, ln.lateness+l)
			}
		}
		pl.most = most/int64(time.Second) + 1
	}
	return pl.most
}

// tell makes occurrences of what the air decided of the starts in [lo, hi).
func (pl *planner) tell(a *air, lo, hi int64) []Occurrence {
	from, _ := slices.BinarySearch(a.keys, newKey(lo, 0))
	until, _ := slices.BinarySearch(a.keys, newKey(hi, 0))
	if from >= until {
		return nil
	}
	out := make([]Occurrence, 0, until-from)
	var names idBlock
	for i := from; i < until; i++ {
		if f := &a.fates[i]; f.verdict != "" {
			out = append(out, Occurrence{})
			pl.fill(&out[len(out)-1], a, i, &names)
		}
	}
	return out
}

// fill writes in place: a year of a busy station is a hundred thousand of them.
func (pl *planner) fill(o *Occurrence, a *air, i int, names *idBlock) {
	ln, f, loc := pl.lines[a.keys[i].line()], &a.fates[i], pl.zone.loc
	p := ln.p
	o.Due = time.Unix(a.keys[i].due(), 0).In(loc)
	o.Start = o.Due
	if f.verdict == VerdictWaits {
		o.Start = time.Unix(0, f.start).In(loc)
	}
	o.ID = ln.id(loc, o.Due, names)
	o.ProgrammeID, o.Title, o.PlaylistID, o.PlaylistTitle = p.ID, p.Title, ln.bill.playlist, ln.bill.title
	o.Length, o.Items, o.Ordinal = f.content.length, f.content.items, f.ordinal
	o.Class, o.Zone, o.VolumePercent, o.Lateness = p.Class, p.Zone, ln.volume, time.Duration(ln.lateness)
	o.Resume, o.ResumeCut, o.Order = p.ResumeAfterPowerCut, p.ResumeAfterCut, p.Order
	o.CampaignID, o.Campaign, o.MakeupOf = p.CampaignID, ln.campaign, ln.makeupOf
	o.Verdict, o.Reason = f.verdict, f.reason
	for _, c := range f.cuts {
		k := a.keys[c.by]
		by := pl.lines[k.line()]
		cut := Cut{At: time.Unix(0, c.at).In(loc), By: by.id(loc, time.Unix(k.due(), 0).In(loc), names), Item: c.item}
		if c.resumes != 0 {
			cut.Resumes = time.Unix(0, c.resumes).In(loc)
		}
		o.Cuts = append(o.Cuts, cut)
	}
}

// clampUnix is the first whole second at or after t, inside the years that the plan knows.
func clampUnix(t time.Time) int64 {
	u := t.Unix()
	if t.Nanosecond() > 0 && u < math.MaxInt64 {
		u++
	}
	return min(max(u, minUnix), maxUnix)
}
