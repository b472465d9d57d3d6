package library

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"
)

// maxPage bounds what one List gives.
const maxPage = 500

var ( // constants in all but syntax: []byte cannot be const
	bucketRoot    = []byte("library")
	bucketClip    = []byte("clip")    // ID → JSON of Clip
	bucketHash    = []byte("hash")    // SHA-256 of the original, hex → ID
	bucketTime    = []byte("time")    // imported at (ns since 1970, 8 bytes big-endian) ID → ID; for listing
	bucketPending = []byte("pending") // SHA-256 of the original, hex → "": its files are being put in place or removed
	keySchema     = []byte("schema")
)

func bucket(tx *bbolt.Tx, name []byte) *bbolt.Bucket { return tx.Bucket(bucketRoot).Bucket(name) }

func read(tx *bbolt.Tx, id string) (Clip, error) {
	raw := bucket(tx, bucketClip).Get([]byte(id))
	if raw == nil {
		return Clip{}, fmt.Errorf("clip %s: %w", id, ErrNotFound)
	}
	return decodeClip(id, raw)
}

func decodeClip(id string, raw []byte) (Clip, error) {
	var c Clip
	if err := json.Unmarshal(raw, &c); err != nil {
		return Clip{}, fmt.Errorf("reading clip %s from the index: %w", id, err)
	}
	if (c.State == StateApproved || c.Approval != nil) && !c.approvalHolds() { // whoever wrote that, nobody approved these bytes
		c.void()
	}
	return c, nil
}

// write stores a clip under its ID, hash and time of import, which never change.
func write(tx *bbolt.Tx, c Clip) error {
	if c.State == StateApproved && !c.approvalHolds() {
		return fmt.Errorf("storing clip %s: it is approved, and its approval is of other bytes", c.ID)
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encoding clip %s: %w", c.ID, err)
	}
	id := []byte(c.ID)
	if err := bucket(tx, bucketClip).Put(id, raw); err != nil {
		return fmt.Errorf("storing clip %s: %w", c.ID, err)
	}
	if err := bucket(tx, bucketHash).Put([]byte(c.SHA256), id); err != nil {
		return fmt.Errorf("storing clip %s: %w", c.ID, err)
	}
	if err := bucket(tx, bucketTime).Put(timeKey(c), id); err != nil {
		return fmt.Errorf("storing clip %s: %w", c.ID, err)
	}
	return nil
}

func timeKey(c Clip) []byte {
	key := binary.BigEndian.AppendUint64(nil, uint64(max(c.ImportedAt.UnixNano(), 0)))
	return append(key, c.ID...)
}

// forget takes a clip out of the index.
func forget(tx *bbolt.Tx, c Clip) error {
	for _, e := range []struct{ name, key []byte }{{bucketClip, []byte(c.ID)}, {bucketHash, []byte(c.SHA256)}, {bucketTime, timeKey(c)}} {
		if err := bucket(tx, e.name).Delete(e.key); err != nil {
			return fmt.Errorf("removing clip %s from the index: %w", c.ID, err)
		}
	}
	return nil
}

// byHash gives the clip of an original; ok is false where there is none.
func byHash(tx *bbolt.Tx, sum string) (c Clip, ok bool, err error) {
	id := bucket(tx, bucketHash).Get([]byte(sum))
	if id == nil {
		return Clip{}, false, nil
	}
	c, err = read(tx, string(id))
	return c, err == nil, err
}

// newID is the shortest ID of at least twelve digits that no other clip has.
func newID(tx *bbolt.Tx, sum string) string {
	for n := 12; n < len(sum); n++ {
		id := "c-" + sum[:n]
		if bucket(tx, bucketClip).Get([]byte(id)) == nil {
			return id
		}
	}
	return "c-" + sum
}

// All gives every clip in every state, oldest import first.
func (l *Library) All() ([]Clip, error) {
	var out []Clip
	err := l.o.DB.View(func(tx *bbolt.Tx) error {
		return bucket(tx, bucketTime).ForEach(func(_, id []byte) error {
			c, err := read(tx, string(id))
			out = append(out, c)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("listing clips: %w", err)
	}
	return out, nil
}

// List gives up to limit clips, newest import first, of one state or ("") of all. The cursor is "" for the first page
// and next of the page before for the others; next is "" at the end.
func (l *Library) List(cursor string, limit int, state string) (page []Clip, next string, err error) {
	switch state {
	case "", StateDraft, StateSubmitted, StateApproved, StateRetired:
	default:
		return nil, "", &InputError{Field: "state", Message: "must be draft, submitted, approved or retired"}
	}
	return l.Find(cursor, limit, func(c Clip) bool { return state == "" || c.State == state })
}

// Find is List for the clips that keep wants.
func (l *Library) Find(cursor string, limit int, keep func(Clip) bool) (page []Clip, next string, err error) {
	if limit < 1 || limit > maxPage {
		return nil, "", &InputError{Field: "limit", Message: fmt.Sprintf("must be 1 to %d", maxPage)}
	}
	from, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || (len(from) > 0 && len(from) <= 8) {
		return nil, "", &InputError{Field: "cursor", Message: "must be next of the page before"}
	}
	err = l.o.DB.View(func(tx *bbolt.Tx) error {
		c := bucket(tx, bucketTime).Cursor()
		for key, id := lastBefore(c, from); key != nil; key, id = c.Prev() {
			clip, err := read(tx, string(id))
			if err != nil {
				return err
			}
			if !keep(clip) {
				continue
			}
			if len(page) == limit {
				next = base64.RawURLEncoding.EncodeToString(timeKey(page[limit-1]))
				return nil
			}
			page = append(page, clip)
		}
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("listing clips: %w", err)
	}
	return page, next, nil
}

// lastBefore is the last entry before key, or the last of all for an empty key.
func lastBefore(c *bbolt.Cursor, key []byte) (k, v []byte) {
	if len(key) == 0 {
		return c.Last()
	}
	if k, _ = c.Seek(key); k == nil { // every entry is before it
		return c.Last()
	}
	return c.Prev()
}
