package account

import (
	"encoding/json"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Closed is what ended with somebody's account.
type Closed struct {
	Sessions int      `json:"sessions"`
	Phones   []string `json:"phones"` // names
	Tokens   []string `json:"tokens"` // names of those that the person had made
	Visits   []string `json:"visits"` // inspectors whose code the person had made
	Codes    int      `json:"codes"`  // set-password codes of the person, and those the person had made for others
}

// Handover is the record of one person's access ending and another's going on, as it is printed and signed.
type Handover struct {
	ID        string    `json:"id"`
	Leaver    Person    `json:"leaver"`
	Successor Person    `json:"successor"`
	At        time.Time `json:"at"`
	By        string    `json:"by"`
	Closed    Closed    `json:"closed"`
}

// Handover closes the leaver's account with all that opens the station through it, in one transaction.
func (b *Book) Handover(actor, leaver, successor string) (h Handover, err error) {
	err = b.db.Update(func(tx *bolt.Tx) error {
		if leaver == successor {
			return ErrSamePerson
		}
		next, err := openPerson(tx, successor)
		if err != nil {
			return err
		}
		h = Handover{Successor: next.Person, At: b.now(), By: actor}
		if h.Leaver, h.Closed, err = b.closePerson(tx, actor, leaver); err != nil {
			return err
		}
		bk := bucket(tx, handoverBucket)
		n, err := bk.NextSequence()
		if err != nil {
			return err
		}
		h.ID = fmt.Sprintf("h-%d", n)
		if err := put(bk, []byte(h.ID), h); err != nil {
			return err
		}
		return b.record(tx, actor, "handover", h.ID, nil, h)
	})
	if err != nil {
		return Handover{}, fmt.Errorf("handing over from %s to %s: %w", leaver, successor, err)
	}
	return h, nil
}

// HandoverOf is a handover that was made, to be printed again.
func (b *Book) HandoverOf(id string) (h Handover, err error) {
	err = b.db.View(func(tx *bolt.Tx) error {
		data := bucket(tx, handoverBucket).Get([]byte(id))
		if data == nil {
			return ErrNotFound
		}
		return json.Unmarshal(data, &h)
	})
	if err != nil {
		return Handover{}, fmt.Errorf("reading handover %s: %w", id, err)
	}
	return h, nil
}

// Handovers lists the handovers that were made, oldest first.
func (b *Book) Handovers() (out []Handover, err error) {
	err = b.db.View(func(tx *bolt.Tx) error {
		return each(bucket(tx, handoverBucket), func(_ []byte, h Handover) error {
			out = append(out, h)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("listing handovers: %w", err)
	}
	return out, nil
}

// ClosePerson closes an account with all that opens the station through it.
func (b *Book) ClosePerson(actor, id string) (p Person, c Closed, err error) {
	err = b.db.Update(func(tx *bolt.Tx) error {
		p, c, err = b.closePerson(tx, actor, id)
		return err
	})
	if err != nil {
		return Person{}, Closed{}, fmt.Errorf("closing the account of %s: %w", id, err)
	}
	return p, c, nil
}

func (b *Book) closePerson(tx *bolt.Tx, actor, id string) (Person, Closed, error) {
	c := Closed{Phones: []string{}, Tokens: []string{}, Visits: []string{}}
	p, err := openPerson(tx, id)
	if err != nil {
		return Person{}, c, err
	}
	if p.Role == Administrator {
		if err := keepsAdministrator(tx, id); err != nil {
			return Person{}, c, err
		}
	}
	before := p.Person
	p.ClosedAt, p.ClosedBy, p.Hash, p.HasPassword = b.now(), actor, "", false
	if err := put(bucket(tx, personBucket), []byte(id), p); err != nil {
		return Person{}, c, err
	}
	for _, part := range []func(*bolt.Tx, string, Person, *Closed) error{b.closeSessions, b.closePhones, b.closeTokens, b.closeVisits, b.closeCodes} {
		if err := part(tx, actor, p.Person, &c); err != nil {
			return Person{}, c, err
		}
	}
	return p.Person, c, b.record(tx, actor, "person_close", id, before, struct {
		Person
		Closed Closed `json:"closed"`
	}{p.Person, c})
}

func (b *Book) closeSessions(tx *bolt.Tx, _ string, p Person, c *Closed) error {
	return dropWhere(bucket(tx, sessionBucket), func(s session) bool {
		if s.Person == p.ID {
			c.Sessions++
		}
		return s.Person == p.ID
	})
}

func (b *Book) closePhones(tx *bolt.Tx, actor string, p Person, c *Closed) error {
	var open []Phone
	if err := each(bucket(tx, phoneBucket), func(_ []byte, ph Phone) error {
		if ph.Person == p.ID && ph.RevokedAt.IsZero() {
			open = append(open, ph)
		}
		return nil
	}); err != nil {
		return err
	}
	for _, ph := range open {
		c.Phones = append(c.Phones, ph.Name)
		if err := b.revokePhone(tx, actor, ph); err != nil {
			return err
		}
	}
	return nil
}

func (b *Book) closeTokens(tx *bolt.Tx, actor string, p Person, c *Closed) error {
	bk := bucket(tx, tokenBucket)
	var open []Token
	if err := each(bk, func(_ []byte, t Token) error {
		if t.CreatedBy == p.Actor() && t.RevokedAt.IsZero() {
			open = append(open, t)
		}
		return nil
	}); err != nil {
		return err
	}
	for _, t := range open {
		before := t
		t.RevokedAt, t.RevokedBy = b.now(), actor
		c.Tokens = append(c.Tokens, t.Name)
		if err := replace(bk, func(old Token) bool { return old.ID == t.ID }, t); err != nil {
			return err
		}
		if err := b.record(tx, actor, "token_revoke", t.ID, before, t); err != nil {
			return err
		}
	}
	return nil
}

// closeVisits ends the visits whose code the person knows.
func (b *Book) closeVisits(tx *bolt.Tx, actor string, p Person, c *Closed) error {
	var open []Visit
	if err := each(bucket(tx, visitBucket), func(_ []byte, v Visit) error {
		if v.CreatedBy == p.Actor() && v.Open(b.now()) {
			open = append(open, v)
		}
		return nil
	}); err != nil {
		return err
	}
	for _, v := range open {
		c.Visits = append(c.Visits, v.Name)
		if _, err := b.revokeVisit(tx, actor, v); err != nil {
			return err
		}
	}
	return nil
}

// closeCodes voids the set-password codes that the person was given or has seen.
func (b *Book) closeCodes(tx *bolt.Tx, _ string, p Person, c *Closed) error {
	return dropWhere(bucket(tx, codeBucket), func(code passwordCode) bool {
		hit := code.Person == p.ID || code.By == p.Actor()
		if hit {
			c.Codes++
		}
		return hit
	})
}
