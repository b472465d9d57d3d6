package player

import (
	"cmp"
	"slices"
	"time"

	"loaxa/audio"
	"loaxa/player/judge"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// The ladder: who takes the air, who keeps it and who must give it up. An emergency stands above all and comes through
// orders; here the planned broadcasts contend with each other. The words are those of schedule/LADDER.md.

func (d *debt) rank() int { return schedule.Class(d.Programme.Class).Rank() }

// byTurn orders what is owed: the earlier due time, then the higher class, then the order that the station set, then the
// older programme.
func byTurn(a, b *debt) int {
	return cmp.Or(a.due().Compare(b.due()), cmp.Compare(b.rank(), a.rank()), cmp.Compare(a.Programme.Order, b.Programme.Order),
		schedule.CompareIDs(a.Programme.ID, b.Programme.ID), cmp.Compare(a.Planned.ID, b.Planned.ID))
}

// byClaim orders what wants the air at the same moment: class goes before time.
func byClaim(a, b *debt) int { return cmp.Or(cmp.Compare(b.rank(), a.rank()), byTurn(a, b)) }

func (p *Player) inOrder() []*debt {
	out := make([]*debt, 0, len(p.owed))
	for _, d := range p.owed {
		out = append(out, d)
	}
	slices.SortFunc(out, byTurn)
	return out
}

// queued takes what a person asked for: emergencies before rehearsals.
func (p *Player) queued() *broadcast {
	if len(p.queue) == 0 {
		return nil
	}
	i := max(0, slices.IndexFunc(p.queue, func(b *broadcast) bool { return b.kind == Emergency }))
	b := p.queue[i]
	p.queue = slices.Delete(p.queue, i, i+1)
	return b
}

// next is the broadcast that takes the air now: of what is due or warming up the first by class, then by due time, then
// by the station's order.
func (p *Player) next(now time.Time) *broadcast {
	if p.hold != nil || p.doubt != nil {
		return nil
	}
	passed := make(map[*debt]bool)
	for {
		d := p.first(now, passed)
		if d == nil {
			return nil
		}
		if b := p.mayAir(d, now); b != nil {
			return b
		}
		passed[d] = true
	}
}

// first is the best claim on the free air. One that is not due yet leaves the air to what is due before it and ranks no
// lower, and to what ranks lower and can still sound before it is cut: an ordinary broadcast starts although a priority
// one will cut it.
func (p *Player) first(now time.Time, passed map[*debt]bool) *debt {
	var ready, waiting []*debt
	for _, d := range p.owed {
		switch {
		case passed[d] || !d.mayBegin(now):
		case d.due().Add(-p.lead(d)).After(now):
			waiting = append(waiting, d)
		default:
			ready = append(ready, d)
		}
	}
	if len(ready) == 0 {
		return nil
	}
	slices.SortFunc(ready, byClaim)
	best := ready[0]
	if !best.due().After(now) {
		return best
	}
	before := slices.DeleteFunc(append(waiting, ready[1:]...), func(d *debt) bool {
		return !d.due().Before(best.due()) || d.Refused() || d.rank() < best.rank() && !p.fitsBefore(d, best, now)
	})
	if len(before) == 0 {
		return best
	}
	slices.SortFunc(before, byClaim)
	for _, d := range before {
		if !d.due().Add(-p.lead(d)).After(now) {
			return d
		}
	}
	return nil // its own warm-up has not begun
}

// mayBegin says of a debt by itself that it is not out of the question.
func (d *debt) mayBegin(now time.Time) bool {
	return !d.Withdrawn && !now.After(d.Window()) && !keptByClip(d.obstacle)
}

// fitsBefore reports whether enough of a lower one can sound before it must make room for a higher one.
func (p *Player) fitsBefore(low, high *debt, now time.Time) bool {
	starts := now.Add(p.openingTime())
	if low.due().After(starts) {
		starts = low.due()
	}
	return !starts.Add(worthwhile).After(high.due().Add(-p.changeover()))
}

// mayAir asks all guards whether a debt may go on air now, and makes a broadcast of it.
func (p *Player) mayAir(d *debt, now time.Time) *broadcast {
	o, ok := p.lookup(d)
	if !ok || (o.Verdict == schedule.VerdictSkipped && o.Reason != schedule.ReasonOverlap) {
		return nil
	}
	if p.intoQuiet(d, o, now) {
		d.obstacle = string(schedule.ReasonQuietHours)
		return nil
	}
	if d.cut != nil && !(o.ResumeCut && sameItems(d.cut.items, o.Items)) || d.begun != nil && !goesOn(d.begun, o) {
		if d.cut != nil || d.begun.Taken() > 0 {
			p.decideUnplayed(d, evidence.Partial, judge.ReasonWithdrawn, cmp.Or(p.lastEdit, "station"))
			return nil
		}
		d.begun = nil
	}
	if otherwise(d.Debt, debtOf(o)) {
		// The rules or the library changed and nobody said so: the log must not hold a start that its plan refuses.
		d.Debt = debtOf(o)
		p.promise("change", cmp.Or(p.lastEdit, "station"), now)
	}
	if d.cut != nil {
		return d.cut.resume(d)
	}
	return scheduledBroadcast(o, d)
}

// otherwise reports whether what may begin now is not what the log says was planned: refused there, or other clips.
func otherwise(said, now *judge.Debt) bool {
	return said.Refused() || said.Programme.ResumeCut != now.Programme.ResumeCut || !slices.EqualFunc(said.Clips, now.Clips, func(a, b evidence.Clip) bool { return a.ID == b.ID && a.Canonical == b.Canonical })
}

// goesOn reports whether the rules still make of an occurrence what was begun of it before the program came back.
func goesOn(b *judge.Begun, o schedule.Occurrence) bool {
	if b.Total != len(o.Items) || b.Cut && !o.ResumeCut {
		return false
	}
	for i, it := range b.Items {
		if i >= len(o.Items) || it.Start.ItemKind != string(o.Items[i].Kind) {
			return false
		}
		if c := it.Start.Clip; c != nil && c.Canonical != o.Items[i].Clip.Canonical {
			return false
		}
	}
	return true
}

// intoQuiet is the player's own guard: what begins late or goes on must not run into quiet hours that the plan kept clear
// of. What goes on is as long as what is left of it.
func (p *Player) intoQuiet(d *debt, o schedule.Occurrence, now time.Time) bool {
	at, length := o.Due, o.Length
	if now.After(at) {
		at = now
	}
	if d.cut != nil {
		length = audio.Duration(d.cut.left(d.cut.goesOnAt()))
	}
	return schedule.Quiet(p.opts.Input().Settings, at, length)
}
