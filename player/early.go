package player

import "context"

// early is the first item of a broadcast that is to follow another one at once, read and hashed while that still sounds:
// a long clip on a slow card takes seconds.
type early struct {
	broadcast string
	item      int
	ready     <-chan prepared
	drop      context.CancelFunc
}

// readAhead begins to read the first item of b, once.
func (p *Player) readAhead(b *broadcast) {
	if b.from.item >= len(b.items) {
		return
	}
	if p.early != nil && p.early.broadcast == b.id && p.early.item == b.from.item {
		return
	}
	p.dropEarly()
	ctx, cancel := context.WithCancel(context.Background())
	opener := items{p: p, b: b, settings: p.opts.Input().Settings, from: b.from, soften: b.resuming}
	p.early = &early{broadcast: b.id, item: b.from.item, ready: opener.prepare(ctx, b.from.item), drop: cancel}
}

// takeEarly hands over what was read ahead for b, if that is where it begins; anything else is dropped.
func (p *Player) takeEarly(b *broadcast) *early {
	e := p.early
	p.early = nil
	if e != nil && (e.broadcast != b.id || e.item != b.from.item || b.from.offset > 0) {
		e.drop()
		return nil
	}
	return e
}

func (p *Player) dropEarly() {
	if p.early != nil {
		p.early.drop()
		p.early = nil
	}
}
