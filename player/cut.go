package player

import (
	"slices"

	"loaxa/player/judge"
	"loaxa/schedule"
)

// What becomes of a planned broadcast that a higher class cuts: it is over, or it waits like the others and goes on at
// the start of the item that was interrupted, if it can do so inside its window.

// giveWay takes off the air what a higher claim wants: at once for an emergency, and so early before the due time of a
// planned one that it starts on time. A rehearsal ends when a planned broadcast warms up.
func (a *airing) giveWay() {
	p := a.p
	if a.reason != "" || a.b.kind == Emergency {
		return
	}
	if slices.ContainsFunc(p.queue, func(b *broadcast) bool { return b.kind == Emergency }) {
		a.interrupt(judge.ReasonPreempted, "", true)
		return
	}
	now := p.clock.Now()
	if a.b.kind == Rehearsal {
		if p.next(now) != nil {
			a.stop(judge.ReasonOverlap, "", false)
		}
		return
	}
	heir := a.heir()
	if heir == nil {
		return
	}
	if now.Before(heir.due.Add(-p.changeover())) {
		p.readAhead(heir)
		return
	}
	a.interrupt(judge.ReasonPreempted, "", true)
}

// heir is the planned broadcast that is to cut this one, as soon as its warm-up has begun. What a guard refuses cuts
// nothing; it is not asked again until something changes.
func (a *airing) heir() *broadcast {
	p, now := a.p, a.p.clock.Now()
	if p.hold != nil || p.doubt != nil {
		return nil
	}
	var best *debt
	for id, d := range p.owed {
		if d.rank() <= a.b.class.Rank() || a.refused[id] || !d.mayBegin(now) || d.due().Add(-p.lead(d)).After(now) {
			continue
		}
		if best == nil || byClaim(d, best) < 0 {
			best = d
		}
	}
	if best == nil {
		a.next = nil
		return nil
	}
	if a.next != nil && a.next.id == best.Planned.ID && now.Before(best.due().Add(-p.changeover())) {
		return a.next
	}
	if a.next = p.mayAir(best, now); a.next == nil {
		a.refused[best.Planned.ID] = true
	}
	return a.next
}

// putAside keeps a broadcast that was cut among what is owed, and reports whether it did: it goes on when nothing of it
// was heard yet, or when its programme says so and its window has not passed.
func (a *airing) putAside() bool {
	b := a.b
	if !a.preempt || b.debt == nil {
		return false
	}
	_, taken := b.frames()
	switch whole := b.goesOnAt().item >= len(b.items); {
	case taken > 0 && (whole || !b.resumeCut || a.p.clock.Now().After(b.debt.Window())):
		return false
	case taken > 0:
		b.debt.cut = b
	}
	b.debt.obstacle, b.debt.attempt = judge.ReasonOverlap, b.attempt
	return true
}

// resume makes a broadcast that was cut ready to go on.
func (b *broadcast) resume(d *debt) *broadcast {
	b.debt, b.from, b.resuming, b.lateness = d, b.goesOnAt(), true, d.Window().Sub(b.due)
	return b
}

// goesOnAt is the start of the first item that was not heard to its end.
func (b *broadcast) goesOnAt() cursor {
	for i := range b.items {
		if !b.done[i] && b.failed[i] == "" {
			return cursor{item: i}
		}
	}
	return cursor{item: len(b.items)}
}

// left is how many frames there are from a place on.
func (b *broadcast) left(from cursor) int64 {
	n := -from.offset
	for i := from.item; i < len(b.items); i++ {
		n += b.items[i].Frames
	}
	return max(n, 0)
}

// unheard reports whether nothing of it has sounded, or, of one that was cut, nothing since.
func (b *broadcast) unheard() bool { return b.onset.IsZero() || b.resuming }

// sameItems reports whether what would sound now is what was begun.
func sameItems(a, b []schedule.PlannedItem) bool {
	return slices.EqualFunc(a, b, func(x, y schedule.PlannedItem) bool {
		return x.Kind == y.Kind && x.Clip.Canonical == y.Clip.Canonical && x.Frames == y.Frames
	})
}
