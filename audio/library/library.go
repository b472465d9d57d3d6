package library

import (
	"fmt"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"loaxa/audio/decode"
)

// What is the word for a clip in the change records.
const What = "clip"

const (
	defaultMaxFileBytes = 500 << 20
	defaultMinFreeBytes = 200 << 20
)

// Options say where the library lives and whom it tells.
type Options struct {
	DB     *bbolt.DB // the state database; the library keeps to one bucket of it
	Dir    string    // the data folder: originals and clips are folders in it
	Exe    string    // this program's own file, started as `Exe decode` for each import
	Now    func() time.Time
	Record func(tx *bbolt.Tx, actor, what, id string, before, after any) error // notes a change in its own transaction

	MaxFileBytes int64         // of an original; 0 = 500 MB
	MaxDuration  time.Duration // of a clip; 0 = the decoder's default
	Timeout      time.Duration // of one decoding; 0 = the decoder's default
	MinFreeBytes int64         // what imports leave free on the disk; 0 = 200 MB, negative = nothing
}

// missing names the first required option that is not set.
func (o Options) missing() string {
	switch {
	case o.DB == nil:
		return "DB"
	case o.Dir == "":
		return "Dir"
	case o.Exe == "":
		return "Exe"
	case o.Now == nil:
		return "Now"
	case o.Record == nil:
		return "Record"
	}
	return ""
}

func (o Options) withDefaults() Options {
	if o.MaxFileBytes == 0 {
		o.MaxFileBytes = defaultMaxFileBytes
	}
	if o.MinFreeBytes == 0 {
		o.MinFreeBytes = defaultMinFreeBytes
	}
	return o
}

// Library is the clips of a station. It is safe for use by several goroutines.
type Library struct {
	o       Options
	files   folder
	turn    chan struct{} // holds one token: who has it decodes and changes files. One at a time bounds memory and CPU
	version atomic.Int64  // counts committed changes of the index
}

// Open prepares folders and index, and removes what an interrupted import left behind.
func Open(o Options) (*Library, error) {
	if name := o.missing(); name != "" {
		return nil, fmt.Errorf("opening library: Options.%s is missing", name)
	}
	files, err := openFolder(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("opening library in %s: %w", o.Dir, err)
	}
	l := &Library{o: o.withDefaults(), files: files, turn: make(chan struct{}, 1)}
	if err := o.DB.Update(prepare); err != nil {
		return nil, fmt.Errorf("opening library in %s: %w", o.DB.Path(), err)
	}
	if err := l.sweep(); err != nil {
		return nil, fmt.Errorf("opening library: removing what an interrupted import left: %w", err)
	}
	return l, nil
}

func (l *Library) decodeOptions() decode.Options {
	return decode.Options{Exe: l.o.Exe, MaxFileBytes: l.o.MaxFileBytes, MaxDuration: l.o.MaxDuration, Timeout: l.o.Timeout}
}

// Version changes with every committed change of the index; it starts anew with the program.
func (l *Library) Version() int64 { return l.version.Load() }

func (l *Library) stamp() time.Time { return l.o.Now().Truncate(time.Millisecond) }

// Get gives a clip in any state.
func (l *Library) Get(id string) (Clip, error) {
	var c Clip
	err := l.o.DB.View(func(tx *bbolt.Tx) (err error) {
		c, err = read(tx, id)
		return err
	})
	return c, err
}

// Approve allows a clip on air, also one that was retired. Approving an approved clip changes nothing.
func (l *Library) Approve(actor, id string) (Clip, error) {
	c, err := l.change(actor, id, func(c *Clip) {
		if c.State != StateApproved {
			c.State, c.ApprovedBy, c.ApprovedAt = StateApproved, actor, l.stamp()
		}
	})
	if err != nil {
		return Clip{}, fmt.Errorf("approving clip: %w", err)
	}
	return c, nil
}

// Retire takes a clip out of use; its files stay. Retiring a retired clip changes nothing.
func (l *Library) Retire(actor, id string) (Clip, error) {
	c, err := l.change(actor, id, func(c *Clip) { c.State = StateRetired })
	if err != nil {
		return Clip{}, fmt.Errorf("retiring clip: %w", err)
	}
	return c, nil
}

// change edits one clip's state; nothing is stored or recorded where the state stays.
func (l *Library) change(actor, id string, edit func(*Clip)) (Clip, error) {
	var after Clip
	err := l.o.DB.Update(func(tx *bbolt.Tx) error {
		before, err := read(tx, id)
		if err != nil {
			return err
		}
		after = before
		if edit(&after); after.State == before.State {
			return nil
		}
		if err := write(tx, after); err != nil {
			return err
		}
		return l.record(tx, actor, after.ID, before, after)
	})
	return after, err
}

// record notes a change and counts it once it is committed.
func (l *Library) record(tx *bbolt.Tx, actor, id string, before, after any) error {
	tx.OnCommit(func() { l.version.Add(1) })
	return l.o.Record(tx, actor, What, id, before, after)
}
