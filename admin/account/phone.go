package account

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
)

// PhoneLife is how long a registered phone may be used; then its person registers it again.
const PhoneLife = 90 * 24 * time.Hour

// maxPhones is how many phones one person may have registered at once.
const maxPhones = 5

// Phone is a phone that may speak to the village and stop the station without a sign-in, and nothing else.
type Phone struct {
	ID        string    `json:"id"`
	Person    string    `json:"person"` // ID; the phone has this person's role
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
	LastUsed  time.Time `json:"last_used,omitzero"` // to within 5 minutes
	RevokedAt time.Time `json:"revoked_at,omitzero"`
	RevokedBy string    `json:"revoked_by,omitempty"`
}

// Until is when the registration ends by itself.
func (p Phone) Until() time.Time { return p.CreatedAt.Add(PhoneLife) }

// Open says whether the phone may still be used.
func (p Phone) Open(now time.Time) bool {
	return p.RevokedAt.IsZero() && now.Sub(p.CreatedAt) <= PhoneLife
}

// RegisterPhone registers the device that is answered with the returned cookie, the only copy of it.
func (b *Book) RegisterPhone(actor, personID, name string) (cookie string, p Phone, err error) {
	if name, err = CleanName(name); err != nil {
		return "", Phone{}, err
	}
	cookie = newSecret("")
	err = b.db.Update(func(tx *bolt.Tx) error {
		owner, err := openPerson(tx, personID)
		if err != nil {
			return err
		}
		if owner.Role == Inspector {
			return &InputError{Field: "person", Code: "phone_inspector", Message: "an inspector may not speak to the village"}
		}
		bk, now := bucket(tx, phoneBucket), b.now()
		count, taken := 0, false
		if err := each(bk, func(_ []byte, old Phone) error {
			if old.Open(now) {
				taken = taken || Fold(old.Name) == Fold(name)
				if old.Person == personID {
					count++
				}
			}
			return nil
		}); err != nil {
			return err
		}
		switch {
		case taken:
			return ErrNameTaken
		case count >= maxPhones:
			return ErrPhones
		}
		n, err := bk.NextSequence()
		if err != nil {
			return err
		}
		p = Phone{ID: fmt.Sprintf("ph-%d", n), Person: personID, Name: name, CreatedAt: now, CreatedBy: actor}
		if err := put(bk, key(cookie), p); err != nil {
			return err
		}
		return b.record(tx, actor, "phone_add", p.ID, nil, p)
	})
	if err != nil {
		return "", Phone{}, fmt.Errorf("registering phone %q: %w", name, err)
	}
	return cookie, p, nil
}

// Phones lists the phones of a person, or with "" all, the newest first.
func (b *Book) Phones(person string) ([]Phone, error) {
	var out []Phone
	err := b.db.View(func(tx *bolt.Tx) error {
		return each(bucket(tx, phoneBucket), func(_ []byte, p Phone) error {
			if person == "" || p.Person == person {
				out = append(out, p)
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("listing phones: %w", err)
	}
	slices.SortFunc(out, func(x, y Phone) int { return cmp.Compare(number(y.ID), number(x.ID)) })
	return out, nil
}

// RevokePhone ends a registration. Whoever is no administrator revokes only their own. Revoking again changes nothing.
func (b *Book) RevokePhone(by Identity, id string) error {
	err := b.db.Update(func(tx *bolt.Tx) error {
		var found Phone
		if err := each(bucket(tx, phoneBucket), func(_ []byte, p Phone) error {
			if p.ID == id {
				found = p
			}
			return nil
		}); err != nil {
			return err
		}
		if found.ID == "" || (by.Role != Administrator && (by.Person == "" || found.Person != by.Person)) {
			return ErrNotFound
		}
		if !found.RevokedAt.IsZero() {
			return nil
		}
		return b.revokePhone(tx, by.Actor, found)
	})
	if err != nil {
		return fmt.Errorf("revoking phone %s: %w", id, err)
	}
	return nil
}

func (b *Book) revokePhone(tx *bolt.Tx, actor string, p Phone) error {
	before := p
	p.RevokedAt, p.RevokedBy = b.now(), actor
	if err := replace(bucket(tx, phoneBucket), func(old Phone) bool { return old.ID == p.ID }, p); err != nil {
		return err
	}
	return b.record(tx, actor, "phone_revoke", p.ID, before, p)
}

// ByPhone says whose registered phone this cookie is; ErrUnknown when it is none. No number of wrong tries stands before
// it: whoever guesses, the phones that are registered must reach the emergency button.
func (b *Book) ByPhone(cookie string) (Identity, error) {
	var p Phone
	var who Identity
	k, now := key(cookie), b.now()
	err := b.db.View(func(tx *bolt.Tx) error {
		data := bucket(tx, phoneBucket).Get(k)
		if data == nil {
			return ErrUnknown
		}
		if err := json.Unmarshal(data, &p); err != nil {
			return err
		}
		owner, err := openPerson(tx, p.Person)
		switch {
		case errors.Is(err, ErrClosed), errors.Is(err, ErrNotFound), err == nil && (!p.Open(now) || owner.Role == Inspector):
			return ErrUnknown
		case err != nil:
			return err
		}
		who = Identity{Actor: "phone:" + p.Name, Name: p.Name, Role: owner.Role, Person: owner.ID, Phone: true}
		return nil
	})
	if err != nil {
		return Identity{}, fmt.Errorf("checking phone: %w", err)
	}
	if stale(p.LastUsed, now) {
		// A use that cannot be noted is a use all the same: this is the emergency button.
		if err := b.touchPhone(k, now); errors.Is(err, ErrUnknown) {
			return Identity{}, err
		}
	}
	return who, nil
}

func (b *Book) touchPhone(k []byte, now time.Time) error {
	err := b.db.Update(func(tx *bolt.Tx) error {
		bk := bucket(tx, phoneBucket)
		var p Phone
		data := bk.Get(k)
		if data == nil {
			return ErrUnknown
		}
		if err := json.Unmarshal(data, &p); err != nil {
			return err
		}
		if !p.RevokedAt.IsZero() { // since the first look
			return ErrUnknown
		}
		p.LastUsed = now
		if now.Before(p.CreatedAt) {
			p.CreatedAt = now // the clock was ahead then
		}
		return put(bk, k, p)
	})
	if err != nil {
		return fmt.Errorf("noting the use of a phone: %w", err)
	}
	return nil
}
