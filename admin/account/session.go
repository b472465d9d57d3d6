package account

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
)

// How long a session lives, and how many each person, visitor and kind of entry may have; of these the one not used for
// longest goes first. Nobody's sign-ins push out a session of somebody else.
const (
	SessionIdle = 12 * time.Hour
	SessionLife = 7 * 24 * time.Hour
	maxSessions = 20
)

// AdministratorName is the name under which the set-up link opens a session, as pages and log show it.
const AdministratorName = "quản trị viên"

// How a session was opened.
const (
	kindPassword = "password"
	kindCode     = "code" // a set-password code, or the page that makes the first administrator
	kindLink     = "link"
	kindRecovery = "recovery"
	kindVisit    = "visit"
)

// Session is a session as it is listed.
type Session struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind"`             // password | code | link | recovery | visit
	Person   string    `json:"person,omitempty"` // ID
	Visit    string    `json:"visit,omitempty"`  // ID
	Name     string    `json:"name"`
	Role     Role      `json:"role"`
	Address  string    `json:"address"`
	Browser  string    `json:"browser"` // "Chrome, Android"
	Created  time.Time `json:"created"`
	LastSeen time.Time `json:"last_seen"` // to within 5 minutes
	Current  bool      `json:"current"`   // whoever asks asks with it
}

// session is what is stored. Name and role of a person's session are looked up each time.
type session struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`
	Person  string    `json:"person,omitempty"`
	Visit   string    `json:"visit,omitempty"`
	Sealed  string    `json:"sealed,omitempty"` // which code of the recovery sheet
	Address string    `json:"address"`
	Browser string    `json:"browser"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
}

func (s session) expired(now time.Time) bool {
	return now.Sub(s.Seen) > SessionIdle || now.Sub(s.Created) > SessionLife
}

// sameOwner says whether two sessions count together.
func (s session) sameOwner(o session) bool {
	return s.Person == o.Person && s.Visit == o.Visit && (s.Person != "" || s.Kind == o.Kind)
}

// public is what the log is told of a session or a link.
type public struct {
	Name    string `json:"name,omitempty"`
	Role    Role   `json:"role"`
	Kind    string `json:"kind,omitempty"`
	Address string `json:"address,omitempty"`
	Browser string `json:"browser,omitempty"`
}

// openSession stores a new session of the owner that s names, records it and returns its cookie, the only copy of it.
func (b *Book) openSession(tx *bolt.Tx, s session, from From) (cookie string, who Identity, err error) {
	cookie = newSecret("")
	bk := bucket(tx, sessionBucket)
	now := b.now()
	if err := makeRoom(bk, s, now); err != nil {
		return "", Identity{}, err
	}
	n, err := bk.NextSequence()
	if err != nil {
		return "", Identity{}, err
	}
	s.ID, s.Created, s.Seen = fmt.Sprintf("s-%d", n), now, now
	s.Address, s.Browser = from.Address, browserName(from.Agent)
	if who, err = b.owner(tx, s); err != nil {
		return "", Identity{}, err
	}
	if err := put(bk, key(cookie), s); err != nil {
		return "", Identity{}, err
	}
	if err := seePerson(tx, s.Person, now); err != nil {
		return "", Identity{}, err
	}
	return cookie, who, b.record(tx, who.Actor, "session_open", s.ID, nil,
		public{Name: who.Name, Role: who.Role, Kind: s.Kind, Address: s.Address, Browser: s.Browser})
}

// owner says whose a session is now: names and roles change, accounts close and visits end while it is open.
func (b *Book) owner(tx *bolt.Tx, s session) (Identity, error) {
	who := Identity{Session: s.ID}
	switch {
	case s.Person != "":
		p, err := openPerson(tx, s.Person)
		if errors.Is(err, ErrClosed) || errors.Is(err, ErrNotFound) {
			return Identity{}, ErrUnknown
		}
		who.Actor, who.Name, who.Role, who.Person = p.Actor(), p.Name, p.Role, p.ID
		return who, err
	case s.Visit != "":
		v, err := getVisit(tx, s.Visit)
		if err == nil && !v.Open(b.now()) {
			err = ErrUnknown
		}
		who.Actor, who.Name, who.Role = "visit:"+v.Name, v.Name, Inspector
		return who, err
	}
	who.Actor, who.Name, who.Role, who.Link = "user:"+AdministratorName, AdministratorName, Administrator, true
	if s.Sealed != "" {
		who.Actor = "recovery:" + s.Sealed
	}
	return who, nil
}

// BySession says whose session this cookie is; ErrUnknown when it is none or has expired.
func (b *Book) BySession(cookie string) (Identity, error) {
	var s session
	var who Identity
	k, now := key(cookie), b.now()
	err := b.db.View(func(tx *bolt.Tx) (err error) {
		data := bucket(tx, sessionBucket).Get(k)
		if data == nil {
			return ErrUnknown
		}
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		if s.expired(now) {
			return ErrUnknown
		}
		who, err = b.owner(tx, s)
		return err
	})
	if err != nil {
		return Identity{}, fmt.Errorf("checking session: %w", err)
	}
	if stale(s.Seen, now) {
		// As with tokens: only a session that is gone is refused, not one whose use cannot be noted.
		if err := b.touchSession(k, now); errors.Is(err, ErrUnknown) {
			return Identity{}, err
		}
	}
	return who, nil
}

// Sessions lists the open sessions of a person, or with "" all of them, the one used last first.
func (b *Book) Sessions(person string) ([]Session, error) {
	var out []Session
	now := b.now()
	err := b.db.View(func(tx *bolt.Tx) error {
		return each(bucket(tx, sessionBucket), func(_ []byte, s session) error {
			if s.expired(now) || (person != "" && s.Person != person) {
				return nil
			}
			who, err := b.owner(tx, s)
			if errors.Is(err, ErrUnknown) {
				return nil
			}
			out = append(out, Session{ID: s.ID, Kind: s.Kind, Person: s.Person, Visit: s.Visit, Name: who.Name, Role: who.Role,
				Address: s.Address, Browser: s.Browser, Created: s.Created, LastSeen: s.Seen})
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	slices.SortFunc(out, func(x, y Session) int {
		return cmp.Or(y.LastSeen.Compare(x.LastSeen), cmp.Compare(number(y.ID), number(x.ID)))
	})
	return out, nil
}

// EndSession signs out and says who that was. An unknown cookie is signed out already.
func (b *Book) EndSession(cookie string) (who Identity, err error) {
	err = b.db.Update(func(tx *bolt.Tx) error {
		bk, k := bucket(tx, sessionBucket), key(cookie)
		data := bk.Get(k)
		if data == nil {
			return nil
		}
		var s session
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		who, err = b.owner(tx, s)
		if err != nil && !errors.Is(err, ErrUnknown) {
			return err
		}
		if err := bk.Delete(k); err != nil || !who.Known() {
			return err // nothing to record of a session that opened nothing any more
		}
		return b.record(tx, who.Actor, "session_close", s.ID, public{Name: who.Name, Role: who.Role, Kind: s.Kind}, nil)
	})
	if err != nil {
		return Identity{}, fmt.Errorf("ending session: %w", err)
	}
	return who, nil
}

// EndSessionOf ends a session by its ID. Whoever is no administrator ends only their own: others do not exist for them.
func (b *Book) EndSessionOf(by Identity, id string) error {
	err := b.db.Update(func(tx *bolt.Tx) error {
		bk := bucket(tx, sessionBucket)
		var at []byte
		var found session
		if err := each(bk, func(k []byte, s session) error {
			if s.ID == id {
				at, found = slices.Clone(k), s
			}
			return nil
		}); err != nil {
			return err
		}
		own := found.ID == by.Session || (found.Person != "" && found.Person == by.Person)
		if at == nil || (by.Role != Administrator && !own) {
			return ErrNotFound
		}
		who, err := b.owner(tx, found)
		if err != nil && !errors.Is(err, ErrUnknown) {
			return err
		}
		if err := bk.Delete(at); err != nil {
			return err
		}
		return b.record(tx, by.Actor, "session_close", id, public{Name: who.Name, Role: who.Role, Kind: found.Kind}, nil)
	})
	if err != nil {
		return fmt.Errorf("ending session %s: %w", id, err)
	}
	return nil
}

func (b *Book) touchSession(k []byte, now time.Time) error {
	err := b.db.Update(func(tx *bolt.Tx) error {
		bk := bucket(tx, sessionBucket)
		data := bk.Get(k)
		if data == nil { // signed out since the first look
			return ErrUnknown
		}
		var s session
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		s.Seen = now
		if now.Before(s.Created) {
			s.Created = now // the clock was ahead then; the session must not live until it is that late again
		}
		if err := seePerson(tx, s.Person, now); err != nil {
			return err
		}
		return put(bk, k, s)
	})
	if err != nil {
		return fmt.Errorf("noting the use of a session: %w", err)
	}
	return nil
}

// seePerson notes when a person was there.
func seePerson(tx *bolt.Tx, id string, now time.Time) error {
	if id == "" {
		return nil
	}
	p, err := getPerson(tx, id)
	if err != nil {
		return err
	}
	p.LastSeen = now
	return put(bucket(tx, personBucket), []byte(id), p)
}

// makeRoom drops expired sessions and, when the owner of the new one has too many, the one not used for longest.
func makeRoom(bk *bolt.Bucket, fresh session, now time.Time) error {
	var dead [][]byte
	var oldest []byte
	var oldestSeen time.Time
	live := 0
	err := bk.ForEach(func(k, v []byte) error {
		var s session
		if err := json.Unmarshal(v, &s); err != nil || s.expired(now) {
			dead = append(dead, slices.Clone(k))
			return nil // one that cannot be read can open nothing
		}
		if !s.sameOwner(fresh) {
			return nil
		}
		live++
		if oldest == nil || s.Seen.Before(oldestSeen) {
			oldest, oldestSeen = slices.Clone(k), s.Seen
		}
		return nil
	})
	if err != nil {
		return err
	}
	if live >= maxSessions {
		dead = append(dead, oldest)
	}
	for _, k := range dead {
		if err := bk.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

func clearBucket(bk *bolt.Bucket) error {
	var keys [][]byte
	if err := bk.ForEach(func(k, _ []byte) error {
		keys = append(keys, slices.Clone(k))
		return nil
	}); err != nil {
		return err
	}
	var errs []error
	for _, k := range keys {
		errs = append(errs, bk.Delete(k))
	}
	return errors.Join(errs...)
}

// browserName is a User-Agent as a person says it: "Chrome, Android". Only names from these lists come out, so nothing
// that a stranger writes there gets onto a page or into the log.
func browserName(agent string) string {
	pick := func(marks [][2]string) string {
		for _, m := range marks {
			if strings.Contains(agent, m[0]) {
				return m[1]
			}
		}
		return ""
	}
	// Order matters: nearly all call themselves Safari, many Chrome, and Android calls itself Linux.
	browser := pick([][2]string{{"coc_coc_browser", "Cốc Cốc"}, {"SamsungBrowser", "Samsung Internet"}, {"Edg", "Edge"}, {"OPR/", "Opera"},
		{"Firefox", "Firefox"}, {"FxiOS", "Firefox"}, {"Zalo", "Zalo"}, {"Chrome", "Chrome"}, {"CriOS", "Chrome"}, {"Safari", "Safari"}, {"curl", "curl"}})
	system := pick([][2]string{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
		{"Mac OS", "macOS"}, {"Linux", "Linux"}})
	switch {
	case browser == "" && system == "":
		return "?"
	case browser == "" || system == "":
		return browser + system
	}
	return browser + ", " + system
}
