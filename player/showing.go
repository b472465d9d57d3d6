package player

import (
	"sync"
	"sync/atomic"
	"time"

	"loaxa/audio"
)

// showing is the board on which the player publishes snapshots.
type showing struct {
	now atomic.Pointer[Snapshot]

	mu       sync.Mutex
	watchers map[chan struct{}]struct{}
}

func newShowing() *showing { return &showing{watchers: make(map[chan struct{}]struct{})} }

// show publishes a snapshot and wakes whoever watches.
func (s *showing) show(snap Snapshot) {
	s.now.Store(&snap)
	s.mu.Lock()
	defer s.mu.Unlock()
	for w := range s.watchers {
		select {
		case w <- struct{}{}:
		default: // it has not looked at the last one yet
		}
	}
}

// Now is the latest snapshot.
func (p *Player) Now() Snapshot { return *p.board.now.Load() }

// Watch tells of new snapshots until the returned function is called.
func (p *Player) Watch() (<-chan struct{}, func()) {
	w := make(chan struct{}, 1)
	p.board.mu.Lock()
	defer p.board.mu.Unlock()
	p.board.watchers[w] = struct{}{}
	return w, func() {
		p.board.mu.Lock()
		defer p.board.mu.Unlock()
		delete(p.board.watchers, w)
	}
}

// show publishes the present state.
func (p *Player) show() {
	s := Snapshot{At: p.clock.Now(), State: Resting, Device: p.opts.Device, Output: p.output, ClockHeld: p.doubt != nil}
	if p.hold != nil {
		h := *p.hold
		s.Hold = &h
	}
	for _, d := range p.inOrder() {
		if !d.Withdrawn && d.Planned.Verdict != "skipped" && !p.onAir(d.Planned.ID) {
			s.Next = &Upcoming{
				Occurrence: d.Planned.ID, Programme: d.Planned.Programme, Title: d.Programme.Title, Due: d.due(),
				Length: time.Duration(d.Planned.LengthMS) * time.Millisecond,
			}
			break
		}
	}
	if p.air != nil {
		s.State, s.OnAir = p.air.show()
		s.Output = string(p.air.b.output)
	}
	p.board.show(s)
}

func (a *airing) show() (State, *OnAir) {
	b := a.b
	planned, _ := b.frames()
	on := &OnAir{
		Broadcast: b.id, Occurrence: occurrenceOf(b), Kind: b.kind, Title: b.title, Programme: b.programme, Items: len(b.items),
		Due: b.due, Started: b.onset, Position: b.position(), Length: audio.Duration(planned), Lost: b.losses > 0 && a.line == nil,
		Ends: a.p.endsAt(b), Waiting: len(a.p.queue),
	}
	if a.feeder != nil {
		if i, ok := a.sounding(); ok {
			on.Item, on.ItemTitle = i, b.items[i].Clip.Title
		}
	}
	if b.onset.IsZero() {
		return WarmingUp, on
	}
	return Playing, on
}
