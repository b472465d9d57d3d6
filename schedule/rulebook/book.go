package rulebook

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"loaxa/schedule"
)

// Errors that callers tell apart with errors.Is.
var (
	ErrNotFound    = errors.New("not found")
	ErrConflict    = errors.New("changed by someone else meanwhile: read it again and repeat the change")
	ErrNewerSchema = errors.New("written by a newer version of the program")
)

// InUseError refuses to delete a playlist that programmes still name.
type InUseError struct {
	ID    string
	Users []User
}

// User is a programme that uses a playlist.
type User struct{ ID, Title string }

// Error names the first programmes.
func (e *InUseError) Error() string {
	const named = 3
	s := fmt.Sprintf("playlist %s is used by", e.ID)
	for i, u := range e.Users {
		if i == named {
			return fmt.Sprintf("%s and %d more", s, len(e.Users)-named)
		}
		if i > 0 {
			s += ","
		}
		s += fmt.Sprintf(" %s (%s)", u.ID, u.Title)
	}
	return s
}

// Options of Open.
type Options struct {
	DB  *bbolt.DB        // state.db, open for writing; the book does not close it
	Now func() time.Time // wall time
	// Changed is called after each committed change, outside any lock, on the caller's goroutine. Optional.
	Changed func(actor string)
}

// Book is the rulebook. All methods are safe for use by many goroutines; writes go one after the other.
type Book struct {
	db      *bbolt.DB
	now     func() time.Time
	changed func(actor string)
	outbox  *Outbox

	writing  sync.Mutex                     // held over a write and the new snapshot
	snapshot atomic.Pointer[schedule.Input] // of what is committed; never changed once stored
}

// Open prepares the buckets and reads everything once. A newer schema gives ErrNewerSchema and nothing is touched.
func Open(o Options) (*Book, error) {
	if o.DB == nil {
		return nil, errors.New("opening rulebook: Options.DB is missing")
	}
	if o.Now == nil {
		return nil, errors.New("opening rulebook: Options.Now is missing")
	}
	b := &Book{db: o.DB, now: o.Now, changed: o.Changed, outbox: newOutbox(o.DB, o.Now)}
	if err := o.DB.Update(prepare); err != nil {
		return nil, fmt.Errorf("opening rulebook %s: %w", o.DB.Path(), err)
	}
	if err := b.reload(); err != nil {
		return nil, fmt.Errorf("opening rulebook %s: %w", o.DB.Path(), err)
	}
	return b, nil
}

// Outbox is where every change waits to be put into the log.
func (b *Book) Outbox() *Outbox { return b.outbox }

// Input is all of the rulebook as one consistent state, without Clips (the caller adds them to its copy). It is
// cheap. Its slices and maps are shared: read only.
func (b *Book) Input() schedule.Input { return *b.snapshot.Load() }

// write runs fn in one transaction, then publishes the new state and tells that something changed.
func (b *Book) write(actor string, fn func(tx *bbolt.Tx) error) error {
	err := b.commit(fn)
	if err == nil && b.changed != nil {
		b.changed(actor)
	}
	return err
}

func (b *Book) commit(fn func(tx *bbolt.Tx) error) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	if err := b.db.Update(fn); err != nil {
		return err
	}
	return b.reload()
}

// reload reads the committed state into a new snapshot.
func (b *Book) reload() error {
	in := schedule.Input{Playlists: map[string]schedule.Playlist{}, Campaigns: map[string]schedule.CampaignFact{}}
	err := b.db.View(func(tx *bbolt.Tx) error {
		var err error
		if in.Settings, err = readSettings(tx); err != nil {
			return err
		}
		err = each(tx, bucketProgramme, func(p schedule.Programme) { in.Programmes = append(in.Programmes, p) })
		if err != nil {
			return err
		}
		err = each(tx, bucketDay, func(d schedule.SpecialDay) { in.Days = append(in.Days, d) })
		if err != nil {
			return err
		}
		err = each(tx, bucketCampaign, func(c schedule.Campaign) { in.Campaigns[c.ID] = c.Fact() })
		if err != nil {
			return err
		}
		return each(tx, bucketPlaylist, func(l schedule.Playlist) { in.Playlists[l.ID] = l })
	})
	if err != nil {
		return err
	}
	b.snapshot.Store(&in)
	return nil
}

// change writes a thing's new state (nil: deleted), its history and its outbox entry, all in the caller's transaction.
func (b *Book) change(tx *bbolt.Tx, c entry) error {
	if err := c.store(tx); err != nil {
		return err
	}
	before, err := json.Marshal(c.before)
	if err != nil {
		return fmt.Errorf("encoding %s %s: %w", c.what, c.id, err)
	}
	after, err := json.Marshal(c.after)
	if err != nil {
		return fmt.Errorf("encoding %s %s: %w", c.what, c.id, err)
	}
	r := Revision{What: c.what, ID: c.id, Number: c.revision, Actor: c.actor, Made: b.now(), Before: before, After: after}
	if err := remember(tx, r); err != nil {
		return err
	}
	return b.outbox.Record(tx, c.actor, c.what, c.id, json.RawMessage(before), json.RawMessage(after))
}
