package account

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/text/unicode/norm"
)

// Bounds of a password. The upper one keeps anybody from having a book hashed.
const (
	MinPassword = 8   // characters
	maxPassword = 256 // bytes, in NFC
)

//go:embed common.txt
var commonText string

// common are the passwords that are guessed first, folded.
var common = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool)
	for line := range strings.Lines(commonText) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			m[Fold(line)] = true
		}
	}
	return m
})

// cleanPassword puts a password into NFC, so that it is the same from every keyboard, and refuses a weak one.
func cleanPassword(password, login string) (string, error) {
	password = norm.NFC.String(password)
	bad := func(code, message string) (string, error) {
		return "", &InputError{Field: "password", Code: "password_" + code, Message: message}
	}
	folded := Fold(password)
	switch {
	case !utf8.ValidString(password):
		return bad("letters", "the password is not valid UTF-8")
	case utf8.RuneCountInString(password) < MinPassword:
		return bad("short", fmt.Sprintf("the password is shorter than %d characters", MinPassword))
	case len(password) > maxPassword:
		return bad("long", fmt.Sprintf("the password is longer than %d bytes", maxPassword))
	case login != "" && (folded == Fold(login) || strings.Repeat(Fold(login), 2) == folded):
		return bad("login", "the password is the login")
	case common()[folded] || one(folded):
		return bad("common", "the password is among the first that are guessed")
	}
	return password, nil
}

// one says whether a text is one letter again and again, or has none at all once its marks are taken away.
func one(folded string) bool {
	first, _ := utf8.DecodeRuneInString(folded)
	return strings.Trim(folded, string(first)) == ""
}

// SetPassword spends a set-password code and opens a session of its person. ErrUnknown when the code is not good.
func (b *Book) SetPassword(ctx context.Context, code, password string, from From) (cookie string, who Identity, err error) {
	fail := func(err error) (string, Identity, error) {
		return "", Identity{}, fmt.Errorf("setting a password: %w", err)
	}
	leave, err := b.try(from.Address)
	if err != nil {
		return fail(err)
	}
	defer leave()
	p, err := b.codeOwner(code)
	if err != nil {
		b.wrongCode(err, from)
		return fail(err)
	}
	hash, err := b.newHash(ctx, password, p.Login)
	if err != nil {
		return fail(err)
	}
	err = b.db.Update(func(tx *bolt.Tx) error {
		bk, k := bucket(tx, codeBucket), key(plainCode(code))
		if bk.Get(k) == nil { // spent meanwhile
			return ErrUnknown
		}
		if err := bk.Delete(k); err != nil {
			return err
		}
		if err := b.storePassword(tx, p.Actor(), p.ID, hash, ""); err != nil {
			return err
		}
		cookie, who, err = b.openSession(tx, session{Kind: kindCode, Person: p.ID}, from)
		return err
	})
	if err != nil {
		return fail(err)
	}
	return cookie, who, nil
}

// ChangePassword sets a new password for somebody who knows the old one. All other sessions of the person end.
func (b *Book) ChangePassword(ctx context.Context, who Identity, old, password string, from From) error {
	err := b.changePassword(ctx, who, old, password, from)
	if err != nil {
		return fmt.Errorf("changing the password of %s: %w", who.Person, err)
	}
	return nil
}

func (b *Book) changePassword(ctx context.Context, who Identity, old, password string, from From) error {
	leave, err := b.try(from.Address)
	if err != nil {
		return err
	}
	defer leave()
	var p person
	if err := b.db.View(func(tx *bolt.Tx) (err error) { p, err = openPerson(tx, who.Person); return err }); err != nil {
		return err
	}
	if err := b.checkPassword(ctx, p, old, from); err != nil {
		return err
	}
	hash, err := b.newHash(ctx, password, p.Login)
	if err != nil {
		return err
	}
	return b.db.Update(func(tx *bolt.Tx) error { return b.storePassword(tx, who.Actor, p.ID, hash, who.Session) })
}

// PeekCode says whose password a code sets, so that a page may greet them; ErrUnknown when it sets none. A wrong code is
// not counted here, but nothing is said while its address has to wait: whoever asks tries the code in earnest next.
func (b *Book) PeekCode(code string, from From) (Person, error) {
	if wait := b.bySource.Wait(from.Address); wait > 0 {
		return Person{}, &WaitError{Wait: wait}
	}
	return b.codeOwner(code)
}

// CodeOwner is PeekCode for a page that is reached with a code already: a wrong one is counted.
func (b *Book) CodeOwner(code string, from From) (Person, error) {
	p, err := b.PeekCode(code, from)
	b.wrongCode(err, from)
	return p, err
}

func (b *Book) codeOwner(code string) (Person, error) {
	var p person
	err := b.db.View(func(tx *bolt.Tx) (err error) {
		data := bucket(tx, codeBucket).Get(key(plainCode(code)))
		if data == nil {
			return ErrUnknown
		}
		var c passwordCode
		if err := json.Unmarshal(data, &c); err != nil {
			return err
		}
		if c.expired(b.now()) {
			return ErrUnknown
		}
		if p, err = openPerson(tx, c.Person); errors.Is(err, ErrClosed) {
			err = ErrUnknown
		}
		return err
	})
	return p.Person, err
}

func (b *Book) wrongCode(err error, from From) {
	if errors.Is(err, ErrUnknown) {
		b.bySource.Fail(from.Address)
	}
}

// newHash checks a new password and derives it. The caller has entered the queue.
func (b *Book) newHash(ctx context.Context, password, login string) (string, error) {
	password, err := cleanPassword(password, login)
	if err != nil {
		return "", err
	}
	return b.hasher.hash(ctx, password)
}

// storePassword keeps a new hash and ends the person's sessions but one.
func (b *Book) storePassword(tx *bolt.Tx, actor, id, hash, keep string) error {
	p, err := openPerson(tx, id)
	if err != nil {
		return err
	}
	before := p.Person
	p.Hash, p.HasPassword = hash, true
	if err := put(bucket(tx, personBucket), []byte(id), p); err != nil {
		return err
	}
	if err := dropWhere(bucket(tx, sessionBucket), func(s session) bool { return s.Person == id && s.ID != keep }); err != nil {
		return err
	}
	if err := dropWhere(bucket(tx, codeBucket), func(c passwordCode) bool { return c.Person == id }); err != nil {
		return err
	}
	return b.record(tx, actor, "person_password", id, before, p.Person)
}

func nfc(s string) string { return norm.NFC.String(s) }
