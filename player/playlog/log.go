package playlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"

	"loaxa/player/playlog/evidence"
)

// Alarm codes that the log raises and clears.
const (
	alarmAppend   = "LOG-01" // a record could not be written and waits in memory
	alarmSetAside = "LOG-02" // a log was set aside and a new epoch opened
	alarmCheck    = "LOG-03" // the background check found damage
)

// Options are what Open needs. StationName, NoSync, MayInit, Reserve and OpenFile may be left out. Stamp, Raise and Clear are called
// while the writer is at work: they must return soon and must not call the log.
type Options struct {
	Path        string // of playlog.db
	AnchorDir   string // folder for copies of the newest checkpoints, outside the database
	KeyPath     string // the signing key, mode 0600; made when the log is
	StationCode string
	StationName string
	Device      string                                           // name of this machine, for the origin line
	Stamp       func() evidence.Stamp                            // the present moment
	Raise       func(code string, detail string)                 // LOG-01, LOG-02, LOG-03
	Clear       func(code string)                                //
	NoSync      bool                                             // for simulations: nothing survives a power cut
	MayInit     bool                                             // the first run: epoch 1 opens without alarm, and a failure is an error
	Reserve     int64                                            // bytes held back for a full disk, see DefaultReserve; 0: none
	OpenFile    func(string, int, os.FileMode) (*os.File, error) // nil: os.OpenFile; tests hand in failing files
}

func (o Options) check() error {
	for _, f := range []struct {
		name    string
		missing bool
	}{
		{"Path", o.Path == ""}, {"AnchorDir", o.AnchorDir == ""}, {"KeyPath", o.KeyPath == ""},
		{"StationCode", o.StationCode == ""}, {"Device", o.Device == ""},
		{"Stamp", o.Stamp == nil}, {"Raise", o.Raise == nil}, {"Clear", o.Clear == nil},
	} {
		if f.missing {
			return fmt.Errorf("opening log: option %s is missing", f.name)
		}
	}
	return nil
}

var (
	// ErrQueued says that the records are not durable yet: they wait in memory and will be written when the disk lets
	// them, after a gap record. The caller goes on.
	ErrQueued = errors.New("record not yet durable, it waits in memory")
	// ErrLocked says that another process (a running station) holds the log.
	ErrLocked = errors.New("log is held by a running station")
	// ErrDecided says that a broadcast already has its outcome; nothing was written.
	ErrDecided = errors.New("broadcast already has an outcome")
	// ErrStop ends a Read, Backwards, Outcomes or EachSince early and without error.
	ErrStop = errors.New("stop")
	// ErrClosed says that the log was closed.
	ErrClosed = errors.New("log is closed")
)

// Ref is where records were written: the epoch and the index of the last one. Index is -1 when nothing was written
// because the change was already on record, or because the records wait in memory.
type Ref struct {
	Epoch int64
	Index int64
}

// Entry is a record to be written with the stamp of when it happened.
type Entry struct {
	Stamp evidence.Stamp
	Actor string
	Body  evidence.Body
}

// Log is an open log. All methods may be called from many goroutines. The functions given to Read, Backwards, Outcomes
// and EachSince run without a lock held: they may take their time and may append.
type Log struct {
	opts Options
	key  *signingKey // set by ensure, under mu

	// mu is held by whoever writes. It guards everything below but store.
	mu       sync.Mutex
	queue    *queue
	doubt    *doubt // a transaction whose commit failed: it may have been written all the same
	distrust string // why the open file must be set aside; "" when it need not
	closed   bool
	raised   bool   // LOG-01 stands, because records wait or a checkpoint failed
	bare     string // why there is no reserve, which LOG-01 says too; "" when there is one, or none is wanted

	// joining guards the requests that wait for the writer.
	joining sync.Mutex
	waiting []*request

	// storeMu guards store itself: readers share it, reopening takes it alone.
	storeMu sync.RWMutex
	store   *store // nil while the log cannot be opened
	// pending are the broadcasts whose outcome waits in memory. Guarded by storeMu.
	pending map[string]bool
}

// store is one open database file.
type store struct {
	db     *bolt.DB
	file   os.FileInfo
	epoch  evidence.Epoch
	keys   keyring
	size   int64
	length int64 // of the file when last looked at: it never shrinks by itself
	// poisoned: a transaction panicked on damage. It may have left locks behind inside the database, on which closing it
	// would wait for ever; it is left as it is then, and the file with it.
	poisoned atomic.Bool
}

// Open opens the log, or opens a new epoch when it is missing, damaged or older than its anchor; the old file is then
// renamed and left as it is. Only wrong options, a lock held by another process and, with MayInit, a log that cannot
// be made are errors: a station whose disk fails gets a Log that keeps its records in memory and raises LOG-01.
func Open(opts Options) (*Log, error) {
	if err := opts.check(); err != nil {
		return nil, err
	}
	l := &Log{opts: opts, queue: newQueue(maxQueued, maxQueuedBytes), pending: map[string]bool{}}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.ensure(); err != nil {
		if errors.Is(err, ErrLocked) || opts.MayInit {
			return nil, fmt.Errorf("opening log %s: %w", opts.Path, err)
		}
		l.raise(err)
		return l, nil
	}
	if l.bare == "" { // else there was no room a moment ago
		l.openReserve()
	}
	return l, nil
}

// Close writes what waits, if it can, and closes the file.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	var flushErr error
	if l.queue.len() > 0 {
		flushErr = l.flush()
	}
	l.closed = true
	return errors.Join(flushErr, l.shut())
}

// Epoch is the number of the open epoch; 0 while the log cannot be opened.
func (l *Log) Epoch() int64 {
	l.storeMu.RLock()
	defer l.storeMu.RUnlock()
	if l.store == nil {
		return 0
	}
	return l.store.epoch.Epoch
}

// Origin is the origin line of the open epoch.
func (l *Log) Origin() string {
	l.storeMu.RLock()
	defer l.storeMu.RUnlock()
	if l.store == nil {
		return ""
	}
	return l.store.epoch.Origin
}

// PublicKey is the note verifier key that signs the open epoch from now on. Checkpoints from before a change of key are
// signed by an older one.
func (l *Log) PublicKey() string {
	l.storeMu.RLock()
	defer l.storeMu.RUnlock()
	if l.store == nil {
		return ""
	}
	return l.store.keys.now()
}

// Size is the number of records written.
func (l *Log) Size() int64 {
	l.storeMu.RLock()
	defer l.storeMu.RUnlock()
	if l.store == nil {
		return 0
	}
	return l.store.size
}

// Waiting is how many records wait in memory because they could not be written.
func (l *Log) Waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.queue.len()
}

func (l *Log) now() time.Time { return l.opts.Stamp().Wall.Time }

// raise says that records wait. Callers hold mu.
func (l *Log) raise(cause error) {
	l.raised = true
	detail := fmt.Sprintf("%v; %d records wait, %d lost", cause, l.queue.len(), l.queue.lost)
	if l.bare != "" {
		detail += "; " + l.bare
	}
	l.opts.Raise(alarmAppend, detail)
}

// settled takes LOG-01 back as far as it is no longer true. Callers hold mu.
func (l *Log) settled() {
	switch {
	case l.raised:
	case l.bare != "":
		l.opts.Raise(alarmAppend, l.bare)
	default:
		l.opts.Clear(alarmAppend)
	}
}

// origin is the origin line of an epoch: its parts may hold nothing that a note's name may not.
func (o Options) origin(epoch int64) string {
	return fmt.Sprintf("loaxa/%s/%s/%d", plainName(o.StationCode), plainName(o.Device), epoch)
}

func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '-'
	}, s)
}

func (o Options) dir() string { return filepath.Dir(o.Path) }
