package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

const (
	maxOpen   = 8  // reports that wait or are being made, of everybody
	maxKept   = 40 // reports that are over and can still be fetched
	keptFor   = time.Hour
	sweepTime = time.Minute
)

// maxBytes is the largest report: five years of rows as PDF have about 20 MB.
const maxBytes = 256 << 20

// What the desk refuses with.
var (
	ErrNotFound = errors.New("no such report, or it was taken away after an hour")
	ErrBusy     = errors.New("too many reports are being made")
	ErrNotDone  = errors.New("the report is not finished")
	ErrTooLarge = errors.New("the report is larger than one may be")
)

// errCancelled is why a report's context ended when somebody gave it up.
var errCancelled = errors.New("cancelled")

// States of a report.
const (
	StateWaiting   = "waiting"
	StateWorking   = "working"
	StateDone      = "done"
	StateFailed    = "failed"
	StateCancelled = "cancelled"
)

// Step tells what a report is doing and how far it has come, 0 to 1. Its error ends the work.
type Step func(doing string, share float64) error

// Order asks for one report.
type Order struct {
	Actor string // whose it is
	Name  string // of the file, for who saves it
	Type  string // media type
	// Make writes the report; ctx ends when it was given up. It says what it does in stable words, for the pages to put
	// into a language.
	Make func(ctx context.Context, w io.Writer, step Step) error
	// Made is told the hash of a report that was finished, before anybody can fetch it; nil is allowed.
	Made func(j Job)
}

// Job is a report as it stands.
type Job struct {
	ID      string
	Actor   string
	Name    string
	Type    string
	State   string
	Doing   string
	Share   float64
	Ahead   int // reports that are made before it
	Err     error
	Created time.Time
	Ended   time.Time
	Size    int64
	SHA256  string
}

// Over says whether nothing more becomes of it.
func (j Job) Over() bool {
	return j.State == StateDone || j.State == StateFailed || j.State == StateCancelled
}

// Options of New. All are required.
type Options struct {
	Dir    string           // made when it is missing; what stands in it is removed
	Room   func() error     // whether the disk may be filled further
	Now    func() time.Time // station time
	Logger *slog.Logger
}

// Desk is the reports of a station. Its methods may be called by anyone; without Run reports only wait.
type Desk struct {
	o    Options
	wake chan struct{}

	mu   sync.Mutex
	jobs []*job // oldest first
}

// job is a report with what it needs to be made. The desk's mutex guards it.
type job struct {
	Job
	order   Order
	cancel  context.CancelCauseFunc // while it is being made
	changed chan struct{}           // closed and replaced with every change of the state
}

// New empties the folder.
func New(o Options) (*Desk, error) {
	switch {
	case o.Dir == "":
		return nil, errors.New("building the report desk: Options.Dir is missing")
	case o.Room == nil:
		return nil, errors.New("building the report desk: Options.Room is missing")
	case o.Now == nil:
		return nil, errors.New("building the report desk: Options.Now is missing")
	case o.Logger == nil:
		return nil, errors.New("building the report desk: Options.Logger is missing")
	}
	if err := os.RemoveAll(o.Dir); err != nil {
		return nil, fmt.Errorf("emptying the folder of reports: %w", err)
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of reports: %w", err)
	}
	return &Desk{o: o, wake: make(chan struct{}, 1)}, nil
}

// Dir is where a maker may keep what does not fit into memory: it is emptied when the program starts.
func (d *Desk) Dir() string { return d.o.Dir }

// Run makes what is ordered until ctx ends.
func (d *Desk) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepTime)
	defer tick.Stop()
	for {
		if j, turn := d.next(ctx); j != nil {
			d.make(turn, j)
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-d.wake:
		case <-tick.C:
			d.sweep()
		}
	}
}

// next takes the oldest report that waits, with the context of its turn.
func (d *Desk) next(ctx context.Context) (*job, context.Context) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if ctx.Err() != nil {
		return nil, nil
	}
	i := slices.IndexFunc(d.jobs, func(j *job) bool { return j.State == StateWaiting })
	if i < 0 {
		return nil, nil
	}
	j := d.jobs[i]
	turn, cancel := context.WithCancelCause(ctx)
	j.State, j.cancel = StateWorking, cancel
	j.tell()
	return j, turn
}

func (j *job) tell() {
	close(j.changed)
	j.changed = make(chan struct{})
}

// Order queues a report.
func (d *Desk) Order(o Order) (Job, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop()
	open := 0
	for _, j := range d.jobs {
		if !j.Over() {
			open++
		}
	}
	if open >= maxOpen {
		return Job{}, fmt.Errorf("ordering a report: %w", ErrBusy)
	}
	j := &job{Job: Job{ID: rand.Text()[:12], Actor: o.Actor, Name: o.Name, Type: o.Type, State: StateWaiting, Created: d.o.Now()},
		order: o, changed: make(chan struct{})}
	d.jobs = append(d.jobs, j)
	select {
	case d.wake <- struct{}{}:
	default:
	}
	return d.snapshot(j), nil
}

// List is the reports of one person, newest first.
func (d *Desk) List(actor string) []Job {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop()
	var out []Job
	for _, j := range slices.Backward(d.jobs) {
		if j.Actor == actor {
			out = append(out, d.snapshot(j))
		}
	}
	return out
}

// Get is one report of that person.
func (d *Desk) Get(actor, id string) (Job, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop()
	j, err := d.find(actor, id)
	if err != nil {
		return Job{}, err
	}
	return d.snapshot(j), nil
}

// Wait is Get, once the report is over or ctx has ended: what is made quickly needs no page that shows progress.
func (d *Desk) Wait(ctx context.Context, actor, id string) (Job, error) {
	for {
		d.mu.Lock()
		j, err := d.find(actor, id)
		if err != nil {
			d.mu.Unlock()
			return Job{}, err
		}
		now, changed := d.snapshot(j), j.changed
		d.mu.Unlock()
		if now.Over() {
			return now, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return now, nil
		}
	}
}

// Open opens the file of a finished report. It stays readable while it is open, also when it is taken away meanwhile.
func (d *Desk) Open(actor, id string) (Job, *os.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop()
	j, err := d.find(actor, id)
	if err != nil {
		return Job{}, nil, err
	}
	if j.State != StateDone {
		return Job{}, nil, fmt.Errorf("opening report %s: %w", id, cmp.Or(j.Err, ErrNotDone))
	}
	f, err := os.Open(d.path(j.ID))
	if err != nil {
		return Job{}, nil, fmt.Errorf("opening report %s: %w", id, err)
	}
	return d.snapshot(j), f, nil
}

// Remove cancels a report, or takes it away when it is over. Nothing of it is left.
func (d *Desk) Remove(actor, id string) (Job, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	j, err := d.find(actor, id)
	switch {
	case err != nil:
		return Job{}, err
	case j.State == StateWorking:
		j.cancel(errCancelled) // the one who makes it takes it away
	case j.State == StateWaiting:
		d.end(j, errCancelled)
	default:
		d.take(j)
		d.jobs = slices.DeleteFunc(d.jobs, func(k *job) bool { return k == j })
	}
	return d.snapshot(j), nil
}

func (d *Desk) find(actor, id string) (*job, error) {
	i := slices.IndexFunc(d.jobs, func(j *job) bool { return j.ID == id && j.Actor == actor })
	if i < 0 {
		return nil, ErrNotFound
	}
	return d.jobs[i], nil
}

func (d *Desk) snapshot(j *job) Job {
	out := j.Job
	for _, k := range d.jobs {
		if k == j {
			break
		}
		if !k.Over() {
			out.Ahead++
		}
	}
	return out
}

func (d *Desk) path(id string) string { return filepath.Join(d.o.Dir, id) }

// sweep takes away what nobody fetched.
func (d *Desk) sweep() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drop()
}

// drop takes away reports that are over for an hour, and the oldest of too many. A clock that was set back keeps none longer
// than the program runs.
func (d *Desk) drop() {
	now, over := d.o.Now(), 0
	for _, j := range d.jobs {
		if j.Over() {
			over++
		}
	}
	d.jobs = slices.DeleteFunc(d.jobs, func(j *job) bool {
		if !j.Over() || (over <= maxKept && now.Sub(j.Ended) < keptFor) {
			return false
		}
		over--
		d.take(j)
		return true
	})
}

// take removes the file of a report, if it has one.
func (d *Desk) take(j *job) {
	if err := os.Remove(d.path(j.ID)); err != nil && !errors.Is(err, os.ErrNotExist) {
		d.o.Logger.Warn("removing a report", "report", j.ID, "err", err)
	}
}
