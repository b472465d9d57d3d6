package account

import (
	"context"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// From is where a sign-in comes from.
type From struct {
	Address string // as tries are counted: an IPv4 address or an IPv6 /64
	Agent   string // the browser's User-Agent, as it calls itself
}

// SignIn opens a session for login and password. ErrCredentials when they do not belong together, *WaitError after too
// many such tries from that address, ErrBusy when too many sign in at once. A login that nobody has takes as long as a
// wrong password.
func (b *Book) SignIn(ctx context.Context, login, password string, from From) (cookie string, who Identity, err error) {
	fail := func(err error) (string, Identity, error) { return "", Identity{}, fmt.Errorf("signing in: %w", err) }
	leave, err := b.try(from.Address)
	if err != nil {
		return fail(err)
	}
	defer leave()
	if wait := b.byPair.Wait(pair(login, from)); wait > 0 {
		return fail(&WaitError{Wait: wait})
	}
	var p person
	err = b.db.View(func(tx *bolt.Tx) (err error) { p, err = byLogin(tx, login); return err })
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fail(err)
	}
	if !p.Open() {
		p.Hash = ""
	}
	if p.Login == "" {
		p.Login = login // counted under what was typed
	}
	if err := b.checkPassword(ctx, p, password, from); err != nil {
		return fail(err)
	}
	err = b.db.Update(func(tx *bolt.Tx) error {
		cookie, who, err = b.openSession(tx, session{Kind: kindPassword, Person: p.ID}, from)
		return err
	})
	if err != nil {
		return fail(err)
	}
	return cookie, who, nil
}

// pair is the key under which wrong passwords for a login from an address are counted.
func pair(login string, from From) string {
	return string(key(Fold(login))[:8]) + from.Address // short, however long a login somebody sends
}

// try takes the address's place before the derivation of a password, and then looks at what went wrong before: while it
// has the place, nobody else tries from that address.
func (b *Book) try(address string) (leave func(), err error) {
	if leave, err = b.hasher.enter(address); err != nil {
		return nil, err
	}
	if wait := b.bySource.Wait(address); wait > 0 {
		leave()
		return nil, &WaitError{Wait: wait}
	}
	return leave, nil
}

// checkPassword compares and counts. The caller has entered the queue.
func (b *Book) checkPassword(ctx context.Context, p person, password string, from From) error {
	if len(password) > 4*maxPassword { // before NFC, which may make it shorter
		password = ""
	}
	if wait := b.byPair.Wait(pair(p.Login, from)); wait > 0 {
		return &WaitError{Wait: wait}
	}
	ok, err := b.hasher.matches(ctx, p.Hash, nfc(password))
	if err != nil {
		return err
	}
	if !ok {
		b.byPair.Fail(pair(p.Login, from))
		b.bySource.Fail(from.Address)
		return ErrCredentials
	}
	b.byPair.Forget(pair(p.Login, from))
	return nil
}
