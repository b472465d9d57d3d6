package rulebook

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"loaxa/schedule"
)

// Programmes in the order of their creation.
func (b *Book) Programmes() []schedule.Programme {
	ps := slices.Clone(b.Input().Programmes)
	slices.SortFunc(ps, func(x, y schedule.Programme) int { return schedule.CompareIDs(x.ID, y.ID) })
	return ps
}

// Playlists in the order of their creation.
func (b *Book) Playlists() []schedule.Playlist {
	in := b.Input()
	ls := make([]schedule.Playlist, 0, len(in.Playlists))
	for _, l := range in.Playlists {
		ls = append(ls, l)
	}
	slices.SortFunc(ls, func(x, y schedule.Playlist) int { return schedule.CompareIDs(x.ID, y.ID) })
	return ls
}

// Programme by ID, or ErrNotFound.
func (b *Book) Programme(id string) (schedule.Programme, error) {
	for _, p := range b.Input().Programmes {
		if p.ID == id {
			return p, nil
		}
	}
	return schedule.Programme{}, fmt.Errorf("programme %s: %w", id, ErrNotFound)
}

// Playlist by ID, or ErrNotFound.
func (b *Book) Playlist(id string) (schedule.Playlist, error) {
	if l, ok := b.Input().Playlists[id]; ok {
		return l, nil
	}
	return schedule.Playlist{}, fmt.Errorf("playlist %s: %w", id, ErrNotFound)
}

// Settings of the station: the stored ones, with defaults for what was never stored.
func (b *Book) Settings() schedule.Settings { return b.Input().Settings }

// PutProgramme stores a programme and returns it as stored: ID, Revision and EffectiveFrom are the book's to give.
// Revision 0 makes a new one; otherwise it must be the stored revision, else ErrConflict. What a person entered
// wrongly comes back as schedule.Problems.
func (b *Book) PutProgramme(actor string, p schedule.Programme) (schedule.Programme, error) {
	p = p.Normalise()
	if err := schedule.ValidateProgramme(p); err != nil {
		return schedule.Programme{}, err
	}
	err := b.write(actor, func(tx *bbolt.Tx) error {
		if bucket(tx, bucketPlaylist).Get([]byte(p.PlaylistID)) == nil {
			return schedule.Problems{{Field: "playlist_id", Code: "unknown",
				Message: fmt.Sprintf("there is no playlist %s.", p.PlaylistID)}}
		}
		c := entry{bucket: bucketProgramme, what: WhatProgramme, actor: actor}
		if p.Revision == 0 && p.ID == "" {
			id, err := nextID(tx, bucketProgramme, "p")
			if err != nil {
				return err
			}
			p.ID, p.EffectiveFrom, p.EndsBefore, p.Exceptions = id, b.now(), time.Time{}, nil
		} else {
			old, err := read[schedule.Programme](tx, bucketProgramme, p.ID)
			if err != nil {
				return err
			}
			if old.Revision != p.Revision {
				return fmt.Errorf("programme %s: %w", p.ID, ErrConflict)
			}
			b.keep(old, &p)
			c.before = old
		}
		p.Revision++
		c.id, c.revision, c.after = p.ID, p.Revision, p
		return b.change(tx, c)
	})
	if err != nil {
		return schedule.Programme{}, fmt.Errorf("storing programme: %w", err)
	}
	return p, nil
}

// keep carries over what is the book's to give: when it takes effect, and the changes of single occurrences and of "from
// this one on", which have calls of their own. A document that leaves them out must not bring back what was cancelled. A
// start that a new rule has no more loses its exception.
func (b *Book) keep(old schedule.Programme, p *schedule.Programme) {
	p.EffectiveFrom, p.EndsBefore, p.CampaignID = old.EffectiveFrom, old.EndsBefore, old.CampaignID
	p.Exceptions = old.Exceptions
	if !retimed(old, *p) {
		return
	}
	p.EffectiveFrom = b.now()
	p.Exceptions = slices.DeleteFunc(slices.Clone(old.Exceptions), func(x schedule.Exception) bool { return !isStart(b.Input(), *p, x.At) })
}

// retimed tells whether an edit could make an occurrence in the past.
func retimed(old, p schedule.Programme) bool {
	return old.Cron != p.Cron || !slices.EqualFunc(old.Starts, p.Starts, time.Time.Equal) ||
		old.ValidFrom != p.ValidFrom || old.ValidUntil != p.ValidUntil || old.Paused && !p.Paused ||
		old.Paused && !old.PausedUntil.Equal(p.PausedUntil) || old.Schedule != p.Schedule || !reflect.DeepEqual(old.When, p.When)
}

// DeleteProgramme takes a programme away. Its ID is never given again; its history stays.
func (b *Book) DeleteProgramme(actor, id string) error {
	err := b.write(actor, func(tx *bbolt.Tx) error {
		old, err := read[schedule.Programme](tx, bucketProgramme, id)
		if err != nil {
			return err
		}
		return b.change(tx, entry{bucket: bucketProgramme, what: WhatProgramme, id: id, revision: old.Revision + 1,
			actor: actor, before: old})
	})
	if err != nil {
		return fmt.Errorf("deleting programme: %w", err)
	}
	return nil
}

// PutPlaylist stores a playlist, by the same rules as PutProgramme.
func (b *Book) PutPlaylist(actor string, l schedule.Playlist) (schedule.Playlist, error) {
	l = l.Normalise()
	if err := schedule.ValidatePlaylist(l); err != nil {
		return schedule.Playlist{}, err
	}
	err := b.write(actor, func(tx *bbolt.Tx) error {
		c := entry{bucket: bucketPlaylist, what: WhatPlaylist, actor: actor}
		if l.Revision == 0 && l.ID == "" {
			id, err := nextID(tx, bucketPlaylist, "l")
			if err != nil {
				return err
			}
			l.ID = id
		} else {
			old, err := read[schedule.Playlist](tx, bucketPlaylist, l.ID)
			if err != nil {
				return err
			}
			if old.Revision != l.Revision {
				return fmt.Errorf("playlist %s: %w", l.ID, ErrConflict)
			}
			c.before = old
		}
		l.Revision++
		c.id, c.revision, c.after = l.ID, l.Revision, l
		return b.change(tx, c)
	})
	if err != nil {
		return schedule.Playlist{}, fmt.Errorf("storing playlist: %w", err)
	}
	return l, nil
}

// DeletePlaylist takes a playlist away, unless a programme uses it: *InUseError.
func (b *Book) DeletePlaylist(actor, id string) error {
	err := b.write(actor, func(tx *bbolt.Tx) error {
		old, err := read[schedule.Playlist](tx, bucketPlaylist, id)
		if err != nil {
			return err
		}
		var users []User
		err = each(tx, bucketProgramme, func(p schedule.Programme) {
			if p.PlaylistID == id {
				users = append(users, User{ID: p.ID, Title: p.Title})
			}
		})
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return &InUseError{ID: id, Users: users}
		}
		return b.change(tx, entry{bucket: bucketPlaylist, what: WhatPlaylist, id: id, revision: old.Revision + 1,
			actor: actor, before: old})
	})
	if err != nil {
		return fmt.Errorf("deleting playlist: %w", err)
	}
	return nil
}
