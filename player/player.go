package player

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"loaxa/audio"
	"loaxa/player/alarm"
	"loaxa/player/playlog"
	"loaxa/player/speaker"
	"loaxa/schedule"
	"loaxa/schedule/clock"
)

// Line is an open sound device, for one broadcast: speaker.Line (a child process) or speaker.Virtual.
type Line interface {
	Info() speaker.Info
	// Place lets the next frame sound after in; repeated until it has sounded.
	Place(in time.Duration) error
	// Write hands over frames and waits while enough are under way.
	Write(ctx context.Context, frames []int16) error
	// Fade fades out and drops the rest; End says that nothing more will come. Drained follows both.
	Fade() error
	End() error
	Events() <-chan speaker.Event
	Close() error
}

// Clip is an opened clip: its canonical frames and the SHA-256 of the very bytes opened.
type Clip struct {
	Source audio.Source
	SHA256 string
	Close  func() error
}

// Options is what a player is built from. All fields without a default are required.
type Options struct {
	Clock    clock.Clock
	Log      *playlog.Log
	Alarms   *alarm.Board
	Input    func() schedule.Input                   // rules, settings and clips as they stand now
	OpenClip func(id string) (*Clip, error)          // opens and verifies
	OpenLine func(ctx context.Context) (Line, error) // opens the device
	Device   string                                  // what was asked for: auto, virtual, a name
	Setter   clock.Setter                            // sets the clock in a person's name; nil when nobody may
	Version  string
	Build    string // SHA-256 of the binary, hex

	Heartbeat      string        // path of the heartbeat file; "" for none
	HeartbeatEvery time.Duration // default one minute
	PulseEvery     time.Duration // the loop shows that it is alive at least this often; default 5 s
	Logger         *slog.Logger  // default: discards
}

func (o *Options) complete() error {
	switch {
	case o.Clock == nil:
		return errors.New("building the player: Options.Clock is missing")
	case o.Log == nil:
		return errors.New("building the player: Options.Log is missing")
	case o.Alarms == nil:
		return errors.New("building the player: Options.Alarms is missing")
	case o.Input == nil:
		return errors.New("building the player: Options.Input is missing")
	case o.OpenClip == nil:
		return errors.New("building the player: Options.OpenClip is missing")
	case o.OpenLine == nil:
		return errors.New("building the player: Options.OpenLine is missing")
	}
	if o.HeartbeatEvery == 0 {
		o.HeartbeatEvery = time.Minute
	}
	if o.PulseEvery == 0 {
		o.PulseEvery = 5 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return nil
}

// Player owns what is on air. Its exported methods may be called from any goroutine; everything else belongs to Run's.
type Player struct {
	opts    Options
	clock   clock.Clock
	journal *journal
	orders  chan order
	replans chan string // who changed the rules
	board   *showing
	alive   atomic.Int64 // elapsed ns since born at the loop's last turn
	born    time.Time

	// Owned by Run's goroutine.
	owed     map[string]*debt
	done     map[string]time.Time // decided lately, with due time
	hold     *HoldOrder
	queue    []*broadcast // rehearsals and emergencies asked for
	plan     planned
	steps    <-chan clock.Step
	trust    clock.Trust
	doubt    *doubt // non-nil while the clock is not believed: nothing starts by itself
	wake     *clock.Alarm
	wakeAt   time.Time
	air      *airing
	apart    time.Duration // uptime less elapsed time when last asked; sleep parts them further
	output   string
	openTook time.Duration   // how long the device took to open last
	early    *early          // the first item of what will follow, read ahead
	unusable map[string]bool // clips whose file failed, until they sound or are not planned any more
	lastEdit string          // who changed the rules last
}

// New checks the options and builds a player; nothing runs yet.
func New(o Options) (*Player, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	p := &Player{
		opts: o, clock: o.Clock, journal: newJournal(o.Log, o.Clock.Stamp, o.Logger),
		orders: make(chan order), replans: make(chan string, 64), board: newShowing(), born: time.Now(),
		owed: make(map[string]*debt), done: make(map[string]time.Time), unusable: make(map[string]bool),
	}
	p.board.show(Snapshot{At: p.clock.Now(), State: Resting, Device: o.Device})
	return p, nil
}

// Run plays until ctx ends, then leaves in order: what is on air fades, the log is told. It returns nil then.
func (p *Player) Run(ctx context.Context) error {
	g := new(errgroup.Group)
	writing, stopWriting := context.WithCancel(context.WithoutCancel(ctx))
	g.Go(func() error { return p.journal.run(writing) })
	g.Go(func() error { return p.beat(ctx) })
	g.Go(func() error {
		defer stopWriting()
		return p.loop(ctx)
	})
	if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("playing: %w", err)
	}
	return nil
}

func (p *Player) loop(ctx context.Context) error {
	steps, unsubscribe := p.clock.Steps()
	defer unsubscribe()
	p.steps = steps
	if err := p.begin(); err != nil {
		return err
	}
	pulse := time.NewTicker(p.opts.PulseEvery)
	defer pulse.Stop()
	for ctx.Err() == nil {
		now := p.clock.Now()
		p.keepHouse(now)
		b := p.queued()
		if b == nil {
			b = p.next(now)
		}
		if b != nil {
			p.broadcast(ctx, b)
			continue
		}
		p.dropEarly() // what it was read for does not come
		p.show()
		p.rearm(p.nextWake(now))
		select {
		case <-ctx.Done():
		case <-p.wake.C:
		case <-pulse.C:
		case s := <-p.steps:
			p.stepped(s)
		case o := <-p.orders:
			p.obey(o)
		case who := <-p.replans:
			p.edited(who)
		}
	}
	p.wake.Stop()
	p.dropEarly()
	p.journal.put("station", shutdownBody())
	return nil
}

// keepHouse is done at every turn, on air or not: show life, notice a sleep, watch the clock's trust, renew the plan,
// decide what is past deciding.
func (p *Player) keepHouse(now time.Time) {
	p.turned()
	p.awake(now)
	p.watchTrust()
	p.renewPlan(now)
	p.expire(now)
	p.endHold(now)
}

// turned notes that the loop has come round.
func (p *Player) turned() { p.alive.Store(int64(time.Since(p.born))) }

// elapsed is how long the player exists, without the time that the machine was suspended.
func (p *Player) elapsed() time.Duration { return time.Since(p.born) }

// Alive reports whether the loop has turned within the last 15 s (three pulses).
func (p *Player) Alive() bool {
	return time.Since(p.born)-time.Duration(p.alive.Load()) < 3*p.opts.PulseEvery
}

// rearm keeps one alarm for the loop's next moment.
func (p *Player) rearm(at time.Time) {
	if p.wake != nil && p.wakeAt.Equal(at) {
		select {
		case <-p.wake.C: // it has fired; a new one is needed
		default:
			return
		}
	}
	p.wake.Stop()
	p.wake, p.wakeAt = p.clock.Alarm(at), at
}
