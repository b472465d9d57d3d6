package account

import (
	"context"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
)

// NewLink makes the one-time set-up link's secret. A link made earlier and not used is void from now on, so that at
// most one can be in circulation.
func (b *Book) NewLink(actor string) (secret string, err error) {
	secret = newSecret("")
	err = b.db.Update(func(tx *bolt.Tx) error {
		bk := bucket(tx, linkBucket)
		if err := clearBucket(bk); err != nil {
			return err
		}
		if err := put(bk, key(secret), struct {
			Created time.Time `json:"created"`
		}{b.now()}); err != nil {
			return err
		}
		return b.record(tx, actor, "link_create", "link", nil, public{Role: Administrator})
	})
	if err != nil {
		return "", fmt.Errorf("making a set-up link: %w", err)
	}
	return secret, nil
}

// UseLink spends the link and opens a session that may make the first administrator; the returned cookie is the only
// copy of it. ErrUnknown when the link was used already or never was.
func (b *Book) UseLink(secret string, from From) (cookie string, who Identity, err error) {
	err = b.db.Update(func(tx *bolt.Tx) error {
		links, k := bucket(tx, linkBucket), key(secret)
		if links.Get(k) == nil {
			return ErrUnknown
		}
		if err := links.Delete(k); err != nil {
			return err
		}
		cookie, who, err = b.openSession(tx, session{Kind: kindLink}, from)
		return err
	})
	if err != nil {
		return "", Identity{}, fmt.Errorf("using the set-up link: %w", err)
	}
	return cookie, who, nil
}

// MakeAdministrator makes an administrator with a password, or gives the administrator with that login a new password,
// for whoever came by the set-up link or the recovery sheet, and opens a session of that person in place of theirs.
func (b *Book) MakeAdministrator(ctx context.Context, who Identity, login, name, password string, from From) (cookie string, as Identity, err error) {
	fail := func(err error) (string, Identity, error) {
		return "", Identity{}, fmt.Errorf("making an administrator: %w", err)
	}
	if !who.Link {
		return fail(ErrNeedsLink)
	}
	old, err := b.Person(login)
	exists := err == nil
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fail(err)
	}
	fresh := old
	switch {
	case exists && !old.Open():
		return fail(ErrLoginTaken)
	case exists && old.Role != Administrator:
		// Somebody else's account must not become an administrator's by a slip of the pen.
		return fail(ErrLoginTaken)
	case !exists:
		if fresh, err = b.newPerson(who.Actor, login, name, Administrator); err != nil {
			return fail(err)
		}
	}
	leave, err := b.hasher.enter(from.Address)
	if err != nil {
		return fail(err)
	}
	defer leave()
	hash, err := b.newHash(ctx, password, fresh.Login)
	if err != nil {
		return fail(err)
	}
	err = b.db.Update(func(tx *bolt.Tx) error {
		if exists {
			err = b.storePassword(tx, who.Actor, old.ID, hash, "")
		} else if err = addPerson(tx, &fresh, hash); err == nil {
			err = b.record(tx, who.Actor, "person_add", fresh.ID, nil, fresh)
		}
		if err != nil {
			return err
		}
		if err := dropWhere(bucket(tx, sessionBucket), func(s session) bool { return s.ID == who.Session }); err != nil {
			return err
		}
		cookie, as, err = b.openSession(tx, session{Kind: kindCode, Person: fresh.ID}, from)
		return err
	})
	if err != nil {
		return fail(err)
	}
	return cookie, as, nil
}
