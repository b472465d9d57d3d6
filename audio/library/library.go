package library

import (
	"fmt"
	"sync"
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
	Uses   func(id string) []Use                                               // what plays a clip; nil = nothing does. Called within a transaction of DB
	FFmpeg string                                                              // path of ffmpeg for what this program cannot decode; "" = none

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
	turn    chan struct{} // holds one token: who has it decodes. One at a time bounds memory and CPU
	filing  sync.Mutex    // held while files come into place or go, with the change of the index that belongs to it
	changes changes
}

// Open prepares folders and index, and removes what an interruption left behind.
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
		return nil, fmt.Errorf("opening library: removing what an interruption left: %w", err)
	}
	return l, nil
}

func (l *Library) decodeOptions(trim *Trim) decode.Options {
	return decode.Options{Exe: l.o.Exe, MaxFileBytes: l.o.MaxFileBytes, MaxDuration: l.o.MaxDuration, Timeout: l.o.Timeout,
		Trim: trim.span(), FFmpeg: l.o.FFmpeg}
}

// Version changes with every committed change of the index; it starts anew with the program.
func (l *Library) Version() int64 { return l.changes.version() }

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

// Room is ErrNoRoom when the disk may not be filled further.
func (l *Library) Room() error { return l.room(0) }

// Uses tells what plays a clip, as Options.Uses says.
func (l *Library) Uses(id string) []Use {
	if l.o.Uses == nil {
		return nil
	}
	return l.o.Uses(id)
}
