package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"loaxa/audio/fetch"
	"loaxa/audio/library"
)

const (
	maxWaiting = 20             // imports that wait for their turn or for a person
	maxKept    = 100            // imports that are over and can still be asked for
	confirmFor = 24 * time.Hour // how long a link waits for its confirmation
	inboxEvery = 20 * time.Second
	inboxStill = 30 * time.Second // a file that did not change for so long is whole
	inboxRest  = 10 * time.Minute // after an import of it that failed or was cancelled
)

// Library is what the intake asks of the library.
type Library interface {
	Import(ctx context.Context, actor string, in library.Import, progress func(done, total int64)) (library.Clip, bool, error)
	Get(id string) (library.Clip, error)
	Submit(actor string, ids ...string) ([]library.Clip, error)
	Trim(ctx context.Context, actor, id string, fromMS, untilMS int64, evenIfUsed bool, progress func(done, total int64)) (library.Clip, error)
	ApproveAsSeen(actor string, ids []string, paper *library.Paper, seen map[string]library.Seen) ([]library.Clip, error)
}

// Options of New. Inbox, Fetcher and Trusted may be left out; the rest is required.
type Options struct {
	Library Library
	Fetcher *fetch.Fetcher           // nil: links are refused
	Trusted func() []string          // hosts that need no confirmation: names, or ".name" with all below it
	Spool   func() (*os.File, error) // a nameless file on the data disk
	Inbox   string                   // a folder that is looked through; "" = none
	Now     func() time.Time         // station time
	Logger  *slog.Logger
}

func (o Options) missing() string {
	switch {
	case o.Library == nil:
		return "Library"
	case o.Spool == nil:
		return "Spool"
	case o.Now == nil:
		return "Now"
	case o.Logger == nil:
		return "Logger"
	}
	return ""
}

// Intake is the imports of a station. Its methods may be called by anyone while Run runs; before and after, they wait for
// their context.
type Intake struct {
	o        Options
	orders   chan func(*desk)
	watchers *watchers
}

// New checks the options; nothing works before Run.
func New(o Options) (*Intake, error) {
	if f := o.missing(); f != "" {
		return nil, errors.New("building the intake: Options." + f + " is missing")
	}
	return &Intake{o: o, orders: make(chan func(*desk)), watchers: newWatchers()}, nil
}

// desk is what Run's goroutine owns.
type desk struct {
	o     Options
	jobs  []*job // oldest first
	next  int    // number of the next import
	busy  *job   // at work
	inbox inbox
}

// job is one import with what it needs to work.
type job struct {
	Import
	order     Order
	confirmed string // the host that a person said yes to
	cancel    context.CancelCauseFunc
	inboxed   []fetch.File // of the inbox
}

var errCancelled = errors.New("cancelled")

// Run works off the orders until ctx ends.
func (in *Intake) Run(ctx context.Context) error {
	d := &desk{o: in.o}
	defer in.watchers.close()
	defer d.leave()
	g, ctx := errgroup.WithContext(ctx)
	work := make(chan func())
	g.Go(func() error { // the one worker; ends with Run
		for f := range work {
			f()
		}
		return nil
	})
	g.Go(func() error {
		defer close(work)
		return d.run(ctx, in.orders, work, in.watchers.tell)
	})
	return g.Wait()
}

func (d *desk) run(ctx context.Context, orders chan func(*desk), work chan<- func(), tell func()) error {
	tick := time.NewTicker(inboxEvery)
	defer tick.Stop()
	for {
		if j := d.ready(); j != nil && d.busy == nil {
			work <- d.begin(ctx, j, orders) // the worker is free: it waits for this
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case f := <-orders:
			f(d)
		case <-tick.C:
			d.keepHouse()
		}
		tell()
	}
}

// ready is the next import whose turn it is.
func (d *desk) ready() *job {
	for _, j := range d.jobs {
		if j.State == StateWaiting {
			return j
		}
	}
	return nil
}

// begin gives an import to the worker. What it reports comes back as orders to the desk.
func (d *desk) begin(ctx context.Context, j *job, orders chan<- func(*desk)) func() {
	d.busy = j
	own, cancel := context.WithCancelCause(ctx)
	j.cancel = cancel
	w := &work{o: d.o, ctx: own, order: j.order, confirmed: j.confirmed, inboxed: j.inboxed}
	if j.Found != nil {
		found := *j.Found
		w.found = &found
	}
	send := func(f func(*desk)) { // also of an import that is cancelled: what it did is to be seen
		select {
		case orders <- f:
		case <-ctx.Done():
		}
	}
	w.report = func(f func(*job)) { send(func(*desk) { f(j) }) }
	return func() {
		state, problem := w.run()
		cancel(nil)
		send(func(d *desk) { d.settle(j, state, problem) })
	}
}

// settle ends an import's turn.
func (d *desk) settle(j *job, state string, problem *Note) {
	d.busy = nil
	j.State, j.Problem, j.File, j.Done, j.Total = state, problem, "", 0, 0
	if j.Over() {
		d.end(j)
	}
}

func (d *desk) end(j *job) {
	j.Ended = d.o.Now()
	if err := j.order.Close(); err != nil {
		d.o.Logger.Warn("closing the files of an import", "import", j.ID, "err", err)
	}
	if j.Via == ViaInbox {
		d.inbox.clear(d.o, j)
		if j.State != StateDone {
			d.inbox.rest = j.Ended.Add(inboxRest)
		}
	}
	over := 0
	for i, k := range slices.Backward(d.jobs) {
		if k.Over() {
			if over++; over > maxKept {
				d.jobs = slices.Delete(d.jobs, i, i+1)
			}
		}
	}
}

// leave closes what is open when the program ends.
func (d *desk) leave() {
	for _, j := range d.jobs {
		if !j.Over() {
			_ = j.order.Close() // nameless files: they are gone with the program in any case
		}
	}
}

// keepHouse gives up links that nobody confirmed and looks into the inbox.
func (d *desk) keepHouse() {
	now := d.o.Now()
	for _, j := range d.jobs {
		if j.State == StateConfirm && now.Sub(j.Created) > confirmFor {
			j.State = StateCancelled
			d.end(j)
		}
	}
	if files := d.inbox.look(d.o, now); len(files) > 0 && !d.inboxUnderWay() && now.After(d.inbox.rest) {
		d.add(&job{Import: Import{Actor: ViaInbox, Via: ViaInbox, Name: d.o.Inbox}, order: Order{Actor: ViaInbox, Folder: d.o.Inbox}, inboxed: files})
	}
}

func (d *desk) inboxUnderWay() bool {
	return slices.ContainsFunc(d.jobs, func(j *job) bool { return j.Via == ViaInbox && !j.Over() })
}

func (d *desk) add(j *job) {
	d.next++
	j.ID, j.State, j.Created = "i-"+strconv.Itoa(d.next), StateWaiting, d.o.Now()
	d.jobs = append(d.jobs, j)
}

func (d *desk) find(id string) (*job, error) {
	i := slices.IndexFunc(d.jobs, func(j *job) bool { return j.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("import %s: %w", id, ErrNotFound)
	}
	return d.jobs[i], nil
}

// snapshot is a copy that nobody writes to.
func (j *job) snapshot() Import {
	s := j.Import
	s.Items = slices.Clone(s.Items)
	s.Name, s.Approve = cmp.Or(s.Name, s.Via), j.order.About.Approve
	return s
}
