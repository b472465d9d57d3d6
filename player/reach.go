package player

import (
	"cmp"
	"slices"
	"time"

	"loaxa/player/judge"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// The plan record's reach, and how many occurrences it states at most: a station with a programme every two minutes
// gets a shorter reach, not a longer record.
const (
	planReach = 7 * 24 * time.Hour
	planLeast = 24 * time.Hour
	planMost  = 500
	// planBytes is what a plan record may weigh: one that is longer than a record may be would not be written at all, and
	// nothing that it promises would be on record.
	planBytes = evidence.MaxRecord * 7 / 8
)

// ahead plans from now on, as far as one record can state it beside all that is owed already. Each edit of the rules
// withdraws what was promised and promises anew, and what is withdrawn stays owed until its time: so a plan takes only
// half of the room that is left, but a day where that fits.
func (p *Player) ahead(in schedule.Input, now time.Time) ([]schedule.Occurrence, time.Time) {
	until := now.Add(planReach)
	occs := schedule.Plan(in, now, until)
	w := p.weighOwed()
	if room := planBytes * 3 / 4; w.bytes > room {
		p.cancelWithdrawn(w.bytes - room)
		w = p.weighOwed()
	}
	most, half := planBytes-w.bytes, (planBytes-w.bytes)/2
	before := w.bytes
	for i, o := range occs {
		if p.owed[o.ID] == nil {
			w.add(debtOf(o))
		}
		added := w.bytes - before
		if i < planMost && (added <= half || added <= most && o.Due.Before(now.Add(planLeast))) {
			continue
		}
		return cutBefore(occs, i)
	}
	return occs, until
}

// cutBefore leaves out occurrence i and what is due with it or later, but never all.
func cutBefore(occs []schedule.Occurrence, i int) ([]schedule.Occurrence, time.Time) {
	until := occs[i].Due
	if until.Equal(occs[0].Due) {
		until = until.Add(time.Second)
	}
	end := slices.IndexFunc(occs, func(o schedule.Occurrence) bool { return !o.Due.Before(until) })
	if end < 0 {
		end = len(occs)
	}
	return occs[:end], until
}

// cancelWithdrawn decides what was withdrawn longest ago before its time has come, until bytes are won.
func (p *Player) cancelWithdrawn(bytes int) {
	var gone []*debt
	for _, d := range p.owed {
		if d.Withdrawn && !p.onAir(d.Planned.ID) {
			gone = append(gone, d)
		}
	}
	slices.SortFunc(gone, func(a, b *debt) int {
		return cmp.Or(a.At.Compare(b.At), a.due().Compare(b.due()), cmp.Compare(a.Planned.ID, b.Planned.ID))
	})
	for _, d := range gone {
		if bytes <= 0 {
			return
		}
		bytes -= plannedWeight(d.Debt)
		p.decideUnplayed(d, evidence.Cancelled, judge.ReasonWithdrawn, d.By)
	}
}

// weight is about how long a plan record is; rather more than less.
type weight struct {
	programmes, clips map[string]bool
	bytes             int
}

func (p *Player) weighOwed() weight {
	w := weight{programmes: map[string]bool{}, clips: map[string]bool{}}
	for _, d := range p.owed {
		w.add(d.Debt)
	}
	return w
}

func (w *weight) add(d *judge.Debt) {
	w.bytes += plannedWeight(d)
	if g := d.Programme; !w.programmes[g.ID] {
		w.programmes[g.ID] = true
		w.bytes += 200 + 2*(len(g.ID)+len(g.Title)+len(g.Playlist))
		if l := g.Letter; l.Campaign != "" {
			w.bytes += 100 + 2*(len(l.Campaign)+len(l.Title)+len(l.Agency)+len(l.Number))
		}
	}
	for _, c := range d.Clips {
		if !w.clips[c.ID] {
			w.clips[c.ID] = true
			w.bytes += 150 + len(c.ID) + 2*len(c.Title) + len(c.SHA256) + len(c.Canonical)
		}
	}
}

// plannedWeight is that of what is said of one occurrence alone.
func plannedWeight(d *judge.Debt) int {
	o := d.Planned
	n := 220 + 2*len(o.ID) + len(o.Reason) + 2*len(d.By) + 2*len(o.MakeupOf)
	for _, id := range o.Clips {
		n += len(id) + 3
	}
	return n
}
