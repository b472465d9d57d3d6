package rulebook

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// schemaVersion is what this program writes. An older one is migrated in prepare, a newer one refused: it may hold special
// days and campaigns (since 2), which this program would not keep.
const schemaVersion = 2

// What a change is about: the words of the outbox, the history and the log.
const (
	WhatProgramme = "programme"
	WhatPlaylist  = "playlist"
	WhatSettings  = "settings"
	WhatTopics    = "taxonomy"
	WhatCampaign  = "campaign"
	WhatDay       = "day"
)

// The IDs of the settings record and of the taxonomy, of which there is one each.
const (
	settingsID = "station"
	topicsID   = "taxonomy"
)

// The buckets, all inside "rulebook". The ID counters are the sequences of "programme" and "playlist": bbolt keeps a
// sequence when keys are deleted, so that an ID is never given twice.
var ( // constants in all but syntax: []byte cannot be const
	bucketRoot      = []byte("rulebook")
	bucketProgramme = []byte("programme") // ID → JSON
	bucketPlaylist  = []byte("playlist")  // ID → JSON
	bucketCampaign  = []byte("campaign")  // ID → JSON
	bucketDay       = []byte("day")       // ID → JSON
	bucketSettings  = []byte("settings")  // "station", "taxonomy" → JSON
	bucketRevision  = []byte("revision")  // what "/" ID NUL number (8 bytes, big-endian) → JSON
	keySchema       = []byte("schema")
)

func prepare(tx *bbolt.Tx) error {
	root, err := tx.CreateBucketIfNotExists(bucketRoot)
	if err != nil {
		return err
	}
	switch stored := root.Get(keySchema); {
	case stored == nil:
	case len(stored) != 8:
		return fmt.Errorf("reading schema version: %d bytes instead of 8", len(stored))
	case binary.BigEndian.Uint64(stored) > schemaVersion:
		return fmt.Errorf("schema %d, this program knows %d: %w", binary.BigEndian.Uint64(stored), schemaVersion, ErrNewerSchema)
	}
	if err := root.Put(keySchema, binary.BigEndian.AppendUint64(nil, schemaVersion)); err != nil {
		return err
	}
	for _, name := range [][]byte{bucketProgramme, bucketPlaylist, bucketCampaign, bucketDay, bucketSettings, bucketRevision} {
		if _, err := root.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	_, err = tx.CreateBucketIfNotExists(bucketOutbox)
	return err
}

func bucket(tx *bbolt.Tx, name []byte) *bbolt.Bucket { return tx.Bucket(bucketRoot).Bucket(name) }

// nextID gives "p-1", "p-2", …; never the same twice in the life of the database.
func nextID(tx *bbolt.Tx, name []byte, prefix string) (string, error) {
	n, err := bucket(tx, name).NextSequence()
	if err != nil {
		return "", fmt.Errorf("counting up %s IDs: %w", prefix, err)
	}
	return fmt.Sprintf("%s-%d", prefix, n), nil
}

// read gives the stored thing, or ErrNotFound.
func read[T any](tx *bbolt.Tx, name []byte, id string) (T, error) {
	var v T
	raw := bucket(tx, name).Get([]byte(id))
	if raw == nil {
		return v, fmt.Errorf("%s %s: %w", name, id, ErrNotFound)
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, fmt.Errorf("reading %s %s: %w", name, id, err)
	}
	return v, nil
}

func each[T any](tx *bbolt.Tx, name []byte, fn func(T)) error {
	return bucket(tx, name).ForEach(func(id, raw []byte) error {
		var v T
		if err := json.Unmarshal(raw, &v); err != nil {
			return fmt.Errorf("reading %s %s: %w", name, id, err)
		}
		fn(v)
		return nil
	})
}

// entry is one change: the bucket and ID it touches and the state before and after (nil: there is none).
type entry struct {
	bucket   []byte
	what, id string
	revision int64
	actor    string
	before   any
	after    any
}

func (c entry) store(tx *bbolt.Tx) error {
	if c.after == nil {
		if err := bucket(tx, c.bucket).Delete([]byte(c.id)); err != nil {
			return fmt.Errorf("deleting %s %s: %w", c.what, c.id, err)
		}
		return nil
	}
	raw, err := json.Marshal(c.after)
	if err != nil {
		return fmt.Errorf("encoding %s %s: %w", c.what, c.id, err)
	}
	if err := bucket(tx, c.bucket).Put([]byte(c.id), raw); err != nil {
		return fmt.Errorf("storing %s %s: %w", c.what, c.id, err)
	}
	return nil
}

// Revision is one step in a thing's history. A deletion has no After, a creation no Before (JSON null).
type Revision struct {
	What   string          `json:"what"`
	ID     string          `json:"id"`
	Number int64           `json:"number"` // from 1
	Actor  string          `json:"actor"`
	Made   time.Time       `json:"made"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

func historyPrefix(what, id string) []byte { return append([]byte(what+"/"+id), 0) }

func remember(tx *bbolt.Tx, r Revision) error {
	raw, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encoding history of %s %s: %w", r.What, r.ID, err)
	}
	key := binary.BigEndian.AppendUint64(historyPrefix(r.What, r.ID), uint64(r.Number)) //nolint:gosec // from 1 upwards
	if err := bucket(tx, bucketRevision).Put(key, raw); err != nil {
		return fmt.Errorf("storing history of %s %s: %w", r.What, r.ID, err)
	}
	return nil
}

// History is every revision of a programme, playlist or the settings, oldest first, also of what was deleted. What is
// one of the What constants; the ID of the settings is not looked at.
func (b *Book) History(what, id string) ([]Revision, error) {
	if what == WhatSettings {
		id = settingsID
	}
	var out []Revision
	err := b.db.View(func(tx *bbolt.Tx) error {
		prefix := historyPrefix(what, id)
		c := bucket(tx, bucketRevision).Cursor()
		for k, raw := c.Seek(prefix); len(k) == len(prefix)+8 && string(k[:len(prefix)]) == string(prefix); k, raw = c.Next() {
			var r Revision
			if err := json.Unmarshal(raw, &r); err != nil {
				return fmt.Errorf("reading history of %s %s: %w", what, id, err)
			}
			out = append(out, r)
		}
		if len(out) == 0 {
			return fmt.Errorf("history of %s %s: %w", what, id, ErrNotFound)
		}
		return nil
	})
	return out, err
}
