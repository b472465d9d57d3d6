package player

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"loaxa/audio"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// feedFrames is how much goes to the line at once: what it takes between two of its reports, so that a small PC is woken
// seldom.
const feedFrames = audio.Rate / 20

// startPatience is how long the first frame waits for its start record to be on disk.
const startPatience = 250 * time.Millisecond

// feeder hands the items of a broadcast to one line, back to back. It has one goroutine; the figures behind mu are read
// by the player.
type feeder struct {
	items
	line    Line
	attempt int
	volume  fader
	first   *early // the first item, when it was read ahead
	cancel  context.CancelFunc
	ended   chan struct{}
	fault   chan itemFault

	mu    sync.Mutex
	fed   []fedItem
	total int  // items of the broadcast, as far as is known
	all   bool // every item was handed over

	// Owned by the player's goroutine.
	onset     time.Time // when this line's first frame sounded
	told      map[int]bool
	underruns int64
}

// itemFault says why an item does not sound, or not to its end.
type itemFault struct {
	item    int
	refused schedule.Reason // a rule forbids it
	err     error
	begun   bool // some of it was handed over
}

func newFeeder(p *Player, b *broadcast, line Line) *feeder {
	s := p.opts.Input().Settings
	return &feeder{
		items:   items{p: p, b: b, settings: s, from: b.from, soften: b.resuming || b.from.offset > 0},
		line:    line,
		attempt: b.attempt, volume: fader{settings: s, b: b}, first: p.takeEarly(b), total: len(b.items),
		ended: make(chan struct{}), fault: make(chan itemFault, 16), told: make(map[int]bool),
	}
}

// begin starts the feeder's goroutine; stop ends it.
func (f *feeder) begin(ctx context.Context) {
	ctx, f.cancel = context.WithCancel(ctx)
	go func() { // ends when all is handed over or stop is called; closeLine calls stop
		defer close(f.ended)
		f.run(ctx)
	}()
}

func (f *feeder) stop() {
	f.cancel()
	<-f.ended
}

// faults may be asked of no feeder; it never answers then.
func (f *feeder) faults() <-chan itemFault {
	if f == nil {
		return nil
	}
	return f.fault
}

func (f *feeder) run(ctx context.Context) {
	ctx, done := context.WithCancel(ctx)
	defer done() // what is being opened closes itself
	next := f.ahead(ctx, f.from.item)
	if f.first != nil {
		defer f.first.drop()
		next = f.first.ready
	}
	sounded := false // something of the present round
	for i := f.from.item; f.more(i, &sounded); i++ {
		if next == nil {
			next = f.prepare(ctx, i)
		}
		var it prepared
		select {
		case it = <-next:
		case <-ctx.Done():
			return
		}
		next = f.ahead(ctx, i+1)
		if it.err != nil && ctx.Err() != nil {
			return // stopped while it was being opened: the clip is not to blame
		}
		if fault := f.mayBegin(i, it); fault != nil {
			if it.close != nil {
				it.close()
			}
			f.tell(ctx, *fault)
			continue
		}
		err := f.feed(ctx, i, it)
		it.close()
		if err != nil {
			return
		}
		sounded = sounded || isClip(f.b.item(i))
	}
	f.mu.Lock()
	f.all = true
	f.mu.Unlock()
	if err := f.line.End(); err != nil {
		f.p.opts.Logger.Debug("ending the line", "err", err) // its events say that it is gone
	}
}

// ahead opens item i while the one before it is handed over; nil when there is no such item yet.
func (f *feeder) ahead(ctx context.Context, i int) <-chan prepared {
	if i >= f.howMany() || i == f.from.item && f.first != nil {
		return nil
	}
	return f.prepare(ctx, i)
}

// more reports whether there is an item i. Where items are repeated another round begins; but not one in which nothing
// could sound, after one in which nothing did.
func (f *feeder) more(i int, sounded *bool) bool {
	switch r := f.b.rounds; {
	case i < f.howMany():
		return true
	case r == nil || !*sounded || !r.another(i, f.b.term.left(f.p.elapsed())):
		return false
	}
	*sounded = false
	f.mu.Lock()
	f.total += f.b.rounds.size()
	f.mu.Unlock()
	return true
}

// tell says what keeps an item from sounding.
func (f *feeder) tell(ctx context.Context, fault itemFault) {
	select {
	case f.fault <- fault:
	case <-ctx.Done():
	}
}

// feed says that item i starts and hands its frames over.
func (f *feeder) feed(ctx context.Context, i int, it prepared) error {
	f.p.journal.commit(ctx, startPatience, f.b.actor, f.startBody(i, it.sha256))
	f.enter(i)
	buf := make([]int16, feedFrames)
	for {
		n, err := it.source.ReadFrames(buf)
		if errors.Is(err, io.EOF) {
			f.leave()
			return nil
		}
		if err != nil {
			f.tell(ctx, itemFault{item: i, begun: true, err: fmt.Errorf("reading clip %s: %w", f.b.item(i).Clip.ID, err)})
			f.leave()
			return nil
		}
		f.volume.apply(buf[:n], f.sounds())
		f.count(buf[:n])
		if err := f.line.Write(ctx, buf[:n]); err != nil {
			return err
		}
	}
}

// sounds is about when the next frame that is handed over will be heard, by the wall clock.
func (f *feeder) sounds() time.Time {
	now := f.p.clock.Now()
	if f.b.due.After(now) {
		return f.b.due
	}
	return now
}

func (f *feeder) startBody(i int, sha string) evidence.Start {
	b, item, info := f.b, f.b.item(i), f.line.Info()
	s := evidence.Start{
		Broadcast: b.id, Occurrence: occurrenceOf(b), Why: string(b.kind), Item: i, Items: f.howMany(), Attempt: f.attempt,
		Offset: f.offset(i), Frames: item.Frames, ItemKind: string(item.Kind), Opened: sha, Device: info.Device, Output: info.Output,
		Volume: b.volume, Class: string(b.class), Zone: b.zone, Due: evidence.At(b.due), Part: string(item.Part),
	}
	if isClip(item) {
		c := clipOf(item.Clip)
		s.Clip, s.GainDB = &c, round3(f.gain(i)+f.volume.db(f.sounds()))
	}
	return s
}
