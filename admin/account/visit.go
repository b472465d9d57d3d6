package account

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
)

// visitLife is how long an inspector's code and the sessions behind it are good.
const visitLife = 24 * time.Hour

// Visit is an inspector's access for a day: one code, on as many devices as whoever was given it uses.
type Visit struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
	Until     time.Time `json:"until"`
	RevokedAt time.Time `json:"revoked_at,omitzero"`
	RevokedBy string    `json:"revoked_by,omitempty"`
}

// Open says whether the code may still be used.
func (v Visit) Open(now time.Time) bool {
	return v.RevokedAt.IsZero() && !outlived(v.CreatedAt, visitLife, now)
}

// NewVisit makes an inspector's code; it is shown this once.
func (b *Book) NewVisit(actor, name string) (code string, v Visit, err error) {
	if name, err = CleanName(name); err != nil {
		return "", Visit{}, err
	}
	code = newCode(visitGroups)
	err = b.db.Update(func(tx *bolt.Tx) error {
		now := b.now()
		if v, err = issue(bucket(tx, visitBucket), key(plainCode(code)),
			func(old Visit) bool { return old.Open(now) && Fold(old.Name) == Fold(name) },
			func(n uint64) Visit {
				return Visit{ID: fmt.Sprintf("v-%d", n), Name: name, CreatedAt: now, CreatedBy: actor, Until: now.Add(visitLife)}
			}); err != nil {
			return err
		}
		return b.record(tx, actor, "visit_create", v.ID, nil, v)
	})
	if err != nil {
		return "", Visit{}, fmt.Errorf("making an inspector's code for %q: %w", name, err)
	}
	return code, v, nil
}

// Visits lists the inspectors' codes, the newest first.
func (b *Book) Visits() ([]Visit, error) {
	var out []Visit
	err := b.db.View(func(tx *bolt.Tx) error {
		return each(bucket(tx, visitBucket), func(_ []byte, v Visit) error {
			out = append(out, v)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("listing visits: %w", err)
	}
	slices.SortFunc(out, func(x, y Visit) int { return cmp.Compare(number(y.ID), number(x.ID)) })
	return out, nil
}

// RevokeVisit ends a visit and every session behind its code. Revoking it again changes nothing.
func (b *Book) RevokeVisit(actor, id string) (v Visit, err error) {
	err = b.db.Update(func(tx *bolt.Tx) error {
		if v, err = getVisit(tx, id); errors.Is(err, ErrUnknown) {
			return ErrNotFound
		} else if err != nil {
			return err
		}
		if !v.RevokedAt.IsZero() {
			return nil
		}
		v, err = b.revokeVisit(tx, actor, v)
		return err
	})
	if err != nil {
		return Visit{}, fmt.Errorf("revoking visit %s: %w", id, err)
	}
	return v, nil
}

func (b *Book) revokeVisit(tx *bolt.Tx, actor string, v Visit) (Visit, error) {
	before := v
	v.RevokedAt, v.RevokedBy = b.now(), actor
	bk := bucket(tx, visitBucket)
	if err := replace(bk, func(old Visit) bool { return old.ID == v.ID }, v); err != nil {
		return v, err
	}
	if err := dropWhere(bucket(tx, sessionBucket), func(s session) bool { return s.Visit == v.ID }); err != nil {
		return v, err
	}
	return v, b.record(tx, actor, "visit_revoke", v.ID, before, v)
}

func getVisit(tx *bolt.Tx, id string) (found Visit, err error) {
	err = each(bucket(tx, visitBucket), func(_ []byte, v Visit) error {
		if v.ID == id {
			found = v
		}
		return nil
	})
	if err == nil && found.ID == "" {
		err = ErrUnknown
	}
	return found, err
}

// useVisit opens a session for whoever has the inspector's code; ErrUnknown when it is none.
func (b *Book) useVisit(tx *bolt.Tx, code string, from From) (cookie string, who Identity, err error) {
	var found Visit
	k := key(plainCode(code))
	if err := each(bucket(tx, visitBucket), func(at []byte, v Visit) error {
		if string(at) == string(k) && v.Open(b.now()) {
			found = v
		}
		return nil
	}); err != nil {
		return "", Identity{}, err
	}
	if found.ID == "" {
		return "", Identity{}, ErrUnknown
	}
	return b.openSession(tx, session{Kind: kindVisit, Visit: found.ID}, from)
}

// UseCode opens a session for an inspector's code or one of the recovery sheet. A set-password code is neither: see
// PeekCode. ErrUnknown when the code is not good.
func (b *Book) UseCode(code string, from From) (cookie string, who Identity, err error) {
	if wait := b.bySource.Wait(from.Address); wait > 0 {
		return "", Identity{}, fmt.Errorf("using a code: %w", &WaitError{Wait: wait})
	}
	err = b.db.Update(func(tx *bolt.Tx) error {
		cookie, who, err = b.useVisit(tx, code, from)
		if errors.Is(err, ErrUnknown) {
			cookie, who, err = b.useSealed(tx, code, from)
		}
		return err
	})
	if err != nil {
		b.wrongCode(err, from)
		return "", Identity{}, fmt.Errorf("using a code: %w", err)
	}
	return cookie, who, nil
}

// replace writes a value in place of the one that matches.
func replace[T any](bk *bolt.Bucket, match func(T) bool, v T) error {
	var at []byte
	if err := each(bk, func(k []byte, old T) error {
		if match(old) {
			at = slices.Clone(k)
		}
		return nil
	}); err != nil {
		return err
	}
	if at == nil {
		return ErrNotFound
	}
	return put(bk, at, v)
}
