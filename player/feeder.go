package player

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
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
	p       *Player
	b       *broadcast
	line    Line
	attempt int
	from    cursor
	settle  schedule.Settings
	cancel  context.CancelFunc
	ended   chan struct{}
	fault   chan itemFault

	mu   sync.Mutex
	fed  []fedItem
	all  bool // every item was handed over
	sums []levelSum

	// Owned by the player's goroutine.
	onset     time.Time // when this line's first frame sounded
	told      map[int]bool
	underruns int64
}

// fedItem is a stretch of the line's content that belongs to one item.
type fedItem struct {
	item   int
	at     int64 // frame of the line's content at which it begins
	offset int64 // frame of the item at which it begins
	n      int64 // frames handed over so far
	whole  bool  // nothing more will come of it
}

// heardItem is a fedItem measured against what the device took.
type heardItem struct {
	item   int
	at     int64
	offset int64
	taken  int64
	over   bool
}

// itemFault says why an item does not sound, or not to its end.
type itemFault struct {
	item    int
	refused schedule.Reason // a rule forbids it
	err     error
	begun   bool // some of it was handed over
}

type levelSum struct {
	squares float64
	n       int64
}

func newFeeder(p *Player, b *broadcast, line Line, attempt int, from cursor) *feeder {
	return &feeder{
		p: p, b: b, line: line, attempt: attempt, from: from, settle: p.opts.Input().Settings,
		ended: make(chan struct{}), fault: make(chan itemFault, len(b.items)), told: make(map[int]bool),
		sums: make([]levelSum, len(b.items)),
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

func (f *feeder) finished() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all
}

func (f *feeder) run(ctx context.Context) {
	ctx, done := context.WithCancel(ctx)
	defer done() // what is being opened closes itself
	next := f.prepare(ctx, f.from.item)
	for i := f.from.item; i < len(f.b.items); i++ {
		var it prepared
		select {
		case it = <-next:
		case <-ctx.Done():
			return
		}
		next = f.prepare(ctx, i+1)
		if it.err != nil && ctx.Err() != nil {
			return // stopped while it was being opened: the clip is not to blame
		}
		if fault := f.mayBegin(i, it); fault != nil {
			if it.close != nil {
				it.close()
			}
			f.fault <- *fault
			continue
		}
		err := f.feed(ctx, i, it)
		it.close()
		if err != nil {
			return
		}
	}
	f.mu.Lock()
	f.all = true
	f.mu.Unlock()
	if err := f.line.End(); err != nil {
		f.p.opts.Logger.Debug("ending the line", "err", err) // its events say that it is gone
	}
}

// prepared is an item opened ahead of its time, so that joining needs no waiting.
type prepared struct {
	source audio.Source
	sha256 string
	close  func()
	err    error
}

// prepare opens item i in a goroutine of its own; an answer that is not taken before ctx ends is closed. It is not waited
// for: hashing a long clip takes seconds, a dying disk for ever, and a stop or a lost device must not wait with it.
func (f *feeder) prepare(ctx context.Context, i int) <-chan prepared {
	answer := make(chan prepared)
	if i >= len(f.b.items) {
		return answer
	}
	offset := int64(0)
	if i == f.from.item {
		offset = f.from.offset
	}
	go func() { // ends with the opening of one file
		it := f.openItem(ctx, i, offset)
		select {
		case answer <- it:
		case <-ctx.Done():
			if it.close != nil {
				it.close()
			}
		}
	}()
	return answer
}

// openItem opens an item at an offset, with its gain and, where it does not begin at its beginning, a fade in.
func (f *feeder) openItem(ctx context.Context, i int, offset int64) prepared {
	item := f.b.items[i]
	if item.Kind == schedule.KindSilence {
		return prepared{source: audio.Silence(item.Frames - offset), close: func() {}}
	}
	clip, err := f.p.opts.OpenClip(item.Clip.ID)
	if err != nil {
		return prepared{err: fmt.Errorf("opening clip %s: %w", item.Clip.ID, err)}
	}
	closeClip := func() {
		if err := clip.Close(); err != nil {
			f.p.opts.Logger.Warn("closing clip", "id", item.Clip.ID, "err", err)
		}
	}
	if err := skip(ctx, clip.Source, offset); err != nil {
		closeClip()
		return prepared{err: fmt.Errorf("opening clip %s at frame %d: %w", item.Clip.ID, offset, err)}
	}
	src := audio.Amplify(clip.Source, f.gain(i), f.settle.TruePeakDBTP)
	if offset > 0 {
		src = audio.FadeIn(src, audio.FadeFrames)
	}
	return prepared{source: src, sha256: clip.SHA256, close: closeClip}
}

// skip reads frames away.
func skip(ctx context.Context, s audio.Source, frames int64) error {
	buf := make([]int16, 4096)
	for frames > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := s.ReadFrames(buf[:min(int64(len(buf)), frames)])
		if err != nil {
			return err
		}
		frames -= int64(n)
	}
	return nil
}

// gain is what brings item i to the station's loudness at the programme's volume, in dB.
func (f *feeder) gain(i int) float64 {
	v := f.b.volume
	if v <= 0 || v > 100 {
		v = 100
	}
	return f.b.items[i].Clip.GainDB + 20*math.Log10(float64(v)/100)
}

// feed says that item i starts and hands its frames over.
func (f *feeder) feed(ctx context.Context, i int, it prepared) error {
	f.p.journal.commit(ctx, startPatience, f.b.actor, f.startBody(i, it.sha256))
	f.enter(i)
	buf := make([]int16, feedFrames)
	for {
		n, err := it.source.ReadFrames(buf)
		if errors.Is(err, io.EOF) {
			f.leave(i)
			return nil
		}
		if err != nil {
			f.fault <- itemFault{item: i, begun: true, err: fmt.Errorf("reading clip %s: %w", f.b.items[i].Clip.ID, err)}
			f.leave(i)
			return nil
		}
		f.count(i, buf[:n])
		if err := f.line.Write(ctx, buf[:n]); err != nil {
			return err
		}
	}
}

func (f *feeder) startBody(i int, sha string) evidence.Start {
	b, item, info := f.b, f.b.items[i], f.line.Info()
	s := evidence.Start{
		Broadcast: b.id, Occurrence: occurrenceOf(b), Why: string(b.kind), Item: i, Items: len(b.items), Attempt: f.attempt,
		Frames: item.Frames, ItemKind: string(item.Kind), Opened: sha, Device: info.Device, Output: info.Output,
		Volume: b.volume, Class: string(b.class), Zone: b.zone, Due: evidence.At(b.due),
	}
	if i == f.from.item {
		s.Offset = f.from.offset
	}
	if item.Kind == schedule.KindClip {
		c := clipOf(item.Clip)
		s.Clip, s.GainDB = &c, round3(f.gain(i))
	}
	return s
}

func (f *feeder) enter(i int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, offset := int64(0), int64(0)
	if k := len(f.fed); k > 0 {
		at = f.fed[k-1].at + f.fed[k-1].n
	}
	if i == f.from.item {
		offset = f.from.offset
	}
	f.fed = append(f.fed, fedItem{item: i, at: at, offset: offset})
}

func (f *feeder) count(i int, frames []int16) {
	var sum float64
	for _, v := range frames {
		sum += float64(v) * float64(v)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fed[len(f.fed)-1].n += int64(len(frames))
	f.sums[i].squares += sum
	f.sums[i].n += int64(len(frames))
}

func (f *feeder) leave(int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fed[len(f.fed)-1].whole = true
}

// heardOf divides what the line took among the items.
func (f *feeder) heardOf(taken int64) []heardItem {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]heardItem, 0, len(f.fed))
	for _, s := range f.fed {
		n := max(0, min(taken-s.at, s.n))
		out = append(out, heardItem{item: s.item, at: s.at, offset: s.offset, taken: n, over: s.whole && n == s.n})
	}
	return out
}

// begunItems lists the items that this line was handed something of.
func (f *feeder) begunItems() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]int, 0, len(f.fed))
	for _, s := range f.fed {
		out = append(out, s.item)
	}
	return out
}

// written is how many frames of an item were handed over, its offset included.
func (f *feeder) written(item int) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.fed {
		if s.item == item {
			return s.offset + s.n
		}
	}
	return 0
}

// level is the RMS of what was handed over of an item, in dBFS, one decimal.
func (f *feeder) level(item int) float64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.sums[item]
	if s.n == 0 || s.squares == 0 {
		return -100
	}
	rms := math.Sqrt(s.squares/float64(s.n)) / 32768
	return math.Round(200*math.Log10(rms)) / 10
}

// resumeAt is the first place that was likely not heard: back frames before what was taken, but not before the item
// that was sounding.
func (f *feeder) resumeAt(back int64) cursor {
	for i := f.from.item; i < len(f.b.items); i++ {
		if f.b.done[i] || f.b.failed[i] {
			continue
		}
		start := int64(0)
		if i == f.from.item {
			start = f.from.offset
		}
		return cursor{item: i, offset: max(start, f.b.taken[i]-back, 0)}
	}
	return cursor{item: len(f.b.items)}
}
