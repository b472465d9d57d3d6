package account

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
)

// codeLife is how long a set-password code is good: over a weekend.
const codeLife = 72 * time.Hour

// clockSlack is how far a clock may have been set back before a code from then is void: better a new code than one that
// lives for years.
const clockSlack = time.Hour

// Person is somebody with an account, as it is listed.
type Person struct {
	ID          string    `json:"id"`
	Login       string    `json:"login"` // never changes and is never given to somebody else
	Name        string    `json:"name"`
	Role        Role      `json:"role"`
	CreatedAt   time.Time `json:"created_at"`
	CreatedBy   string    `json:"created_by"`
	ClosedAt    time.Time `json:"closed_at,omitzero"`
	ClosedBy    string    `json:"closed_by,omitempty"`
	HasPassword bool      `json:"has_password"`
	LastSeen    time.Time `json:"last_seen,omitzero"` // to within 5 minutes
}

// Open says whether the account may be used.
func (p Person) Open() bool { return p.ClosedAt.IsZero() }

// Actor is how the log names this person.
func (p Person) Actor() string { return "user:" + p.Login }

// person is a Person as it is stored.
type person struct {
	Person
	Hash string `json:"hash,omitempty"` // PHC string
}

// passwordCode lets its person set a password, once.
type passwordCode struct {
	Person string    `json:"person"`
	Made   time.Time `json:"made"`
	By     string    `json:"by"`
}

func (c passwordCode) expired(now time.Time) bool { return outlived(c.Made, codeLife, now) }

// outlived says whether something made then, for so long, is over; also when the clock was ahead at that time.
func outlived(made time.Time, life time.Duration, now time.Time) bool {
	return now.Sub(made) > life || made.Sub(now) > clockSlack
}

// AddPerson makes an account. The code lets the person choose a password within three days; it is shown this once.
func (b *Book) AddPerson(actor, login, name string, role Role) (p Person, code string, err error) {
	if p, err = b.newPerson(actor, login, name, role); err != nil {
		return Person{}, "", err
	}
	code = newCode(passGroups)
	err = b.db.Update(func(tx *bolt.Tx) error {
		if err := addPerson(tx, &p, ""); err != nil {
			return err
		}
		if err := putCode(tx, p.ID, code, passwordCode{Person: p.ID, Made: b.now(), By: actor}); err != nil {
			return err
		}
		return b.record(tx, actor, "person_add", p.ID, nil, p)
	})
	if err != nil {
		return Person{}, "", fmt.Errorf("adding person %q: %w", login, err)
	}
	return p, code, nil
}

// newPerson checks what somebody wrote about a new person.
func (b *Book) newPerson(actor, login, name string, role Role) (Person, error) {
	login, err := cleanText("login", login)
	if err != nil {
		return Person{}, err
	}
	if Fold(login) == Fold(AdministratorName) {
		return Person{}, &InputError{Field: "login", Code: "login_reserved", Message: "this login stands for whoever came by the set-up link"}
	}
	if name, err = CleanName(name); err != nil {
		return Person{}, err
	}
	if _, err := ParseRole(string(role)); err != nil {
		return Person{}, err
	}
	return Person{Login: login, Name: name, Role: role, CreatedAt: b.now(), CreatedBy: actor}, nil
}

// addPerson stores a new person and gives it its ID.
func addPerson(tx *bolt.Tx, p *Person, hash string) error {
	if _, err := byLogin(tx, p.Login); err == nil {
		return ErrLoginTaken
	} else if !errors.Is(err, ErrNotFound) {
		return err
	}
	bk := bucket(tx, personBucket)
	n, err := bk.NextSequence()
	if err != nil {
		return err
	}
	p.ID, p.HasPassword = fmt.Sprintf("p-%d", n), hash != ""
	return put(bk, []byte(p.ID), person{Person: *p, Hash: hash})
}

// putCode stores a set-password code; one made earlier for the same person is void.
func putCode(tx *bolt.Tx, id, code string, c passwordCode) error {
	bk := bucket(tx, codeBucket)
	if err := dropWhere(bk, func(old passwordCode) bool { return old.Person == id }); err != nil {
		return err
	}
	return put(bk, key(plainCode(code)), c)
}

// ResetPerson voids the password and ends the sessions of a person who forgot it or lost it to somebody, and makes a
// code for a new one.
func (b *Book) ResetPerson(actor, id string) (code string, err error) {
	code = newCode(passGroups)
	err = b.db.Update(func(tx *bolt.Tx) error {
		p, err := openPerson(tx, id)
		if err != nil {
			return err
		}
		before := p.Person
		p.Hash, p.HasPassword = "", false
		if err := put(bucket(tx, personBucket), []byte(id), p); err != nil {
			return err
		}
		if err := putCode(tx, id, code, passwordCode{Person: id, Made: b.now(), By: actor}); err != nil {
			return err
		}
		if err := dropWhere(bucket(tx, sessionBucket), func(s session) bool { return s.Person == id }); err != nil {
			return err
		}
		return b.record(tx, actor, "person_reset", id, before, p.Person)
	})
	if err != nil {
		return "", fmt.Errorf("resetting the password of %s: %w", id, err)
	}
	return code, nil
}

// EditPerson changes name and role. Sessions and phones of the person have the new role at once.
func (b *Book) EditPerson(actor, id, name string, role Role) (Person, error) {
	name, err := CleanName(name)
	if err != nil {
		return Person{}, err
	}
	if _, err := ParseRole(string(role)); err != nil {
		return Person{}, err
	}
	var p person
	err = b.db.Update(func(tx *bolt.Tx) error {
		if p, err = openPerson(tx, id); err != nil {
			return err
		}
		before := p.Person
		if before.Name == name && before.Role == role {
			return nil
		}
		if before.Role == Administrator && role != Administrator {
			if err := keepsAdministrator(tx, id); err != nil {
				return err
			}
		}
		p.Name, p.Role = name, role
		if err := put(bucket(tx, personBucket), []byte(id), p); err != nil {
			return err
		}
		return b.record(tx, actor, "person_edit", id, before, p.Person)
	})
	if err != nil {
		return Person{}, fmt.Errorf("changing person %s: %w", id, err)
	}
	return p.Person, nil
}

// People lists everybody, closed accounts too, in the order in which they came.
func (b *Book) People() ([]Person, error) {
	var out []Person
	err := b.db.View(func(tx *bolt.Tx) error {
		return each(bucket(tx, personBucket), func(_ []byte, p person) error {
			out = append(out, p.Person)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("listing people: %w", err)
	}
	slices.SortFunc(out, func(x, y Person) int { return cmp.Compare(number(x.ID), number(y.ID)) })
	return out, nil
}

// Person is the person with an ID or a login.
func (b *Book) Person(idOrLogin string) (Person, error) {
	var p person
	err := b.db.View(func(tx *bolt.Tx) (err error) {
		p, err = getPerson(tx, idOrLogin)
		if errors.Is(err, ErrNotFound) {
			p, err = byLogin(tx, idOrLogin)
		}
		return err
	})
	if err != nil {
		return Person{}, fmt.Errorf("looking for person %q: %w", idOrLogin, err)
	}
	return p.Person, nil
}

// HasAdministrator says whether anybody has an administrator's account: if not, the station is not set up yet.
func (b *Book) HasAdministrator() (bool, error) {
	err := b.db.View(func(tx *bolt.Tx) error { return keepsAdministrator(tx, "") })
	if errors.Is(err, ErrLastAdministrator) {
		return false, nil
	}
	return err == nil, err
}

// keepsAdministrator refuses when nobody but this person is an administrator.
func keepsAdministrator(tx *bolt.Tx, but string) error {
	found := false
	err := each(bucket(tx, personBucket), func(_ []byte, p person) error {
		found = found || (p.ID != but && p.Open() && p.Role == Administrator)
		return nil
	})
	if err == nil && !found {
		err = ErrLastAdministrator
	}
	return err
}

func getPerson(tx *bolt.Tx, id string) (p person, err error) {
	data := bucket(tx, personBucket).Get([]byte(id))
	if data == nil {
		return p, ErrNotFound
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return p, fmt.Errorf("reading person %s: %w", id, err)
	}
	return p, nil
}

func openPerson(tx *bolt.Tx, id string) (person, error) {
	p, err := getPerson(tx, id)
	if err == nil && !p.Open() {
		err = ErrClosed
	}
	return p, err
}

func byLogin(tx *bolt.Tx, login string) (found person, err error) {
	want := Fold(login)
	err = each(bucket(tx, personBucket), func(_ []byte, p person) error {
		if Fold(p.Login) == want {
			found = p
		}
		return nil
	})
	if err == nil && found.ID == "" {
		err = ErrNotFound
	}
	return found, err
}

// number is the number of an ID like "p-12".
func number(id string) int {
	_, n, _ := strings.Cut(id, "-")
	i, err := strconv.Atoi(n)
	if err != nil {
		return 0
	}
	return i
}

// each reads every value of a bucket.
func each[T any](bk *bolt.Bucket, fn func(k []byte, v T) error) error {
	return bk.ForEach(func(k, data []byte) error {
		var v T
		if err := json.Unmarshal(data, &v); err != nil {
			return fmt.Errorf("reading an entry of the accounts: %w", err)
		}
		return fn(k, v)
	})
}

// issue stores a new thing at its secret, under the next number, unless one that is there has its name.
func issue[T any](bk *bolt.Bucket, at []byte, named func(T) bool, made func(n uint64) T) (t T, err error) {
	taken := false
	if err := each(bk, func(_ []byte, old T) error {
		taken = taken || named(old)
		return nil
	}); err != nil {
		return t, err
	}
	if taken {
		return t, ErrNameTaken
	}
	n, err := bk.NextSequence()
	if err != nil {
		return t, err
	}
	t = made(n)
	return t, put(bk, at, t)
}

// dropWhere deletes the entries that match.
func dropWhere[T any](bk *bolt.Bucket, match func(T) bool) error {
	var dead [][]byte
	if err := each(bk, func(k []byte, v T) error {
		if match(v) {
			dead = append(dead, slices.Clone(k))
		}
		return nil
	}); err != nil {
		return err
	}
	for _, k := range dead {
		if err := bk.Delete(k); err != nil {
			return err
		}
	}
	return nil
}
