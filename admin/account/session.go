package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
)

// How long a session lives, and how many there may be; the oldest goes first.
const (
	SessionIdle = 12 * time.Hour
	SessionLife = 7 * 24 * time.Hour
	maxSessions = 100
)

// AdministratorName is the name under which the set-up link opens a session, as pages and log show it.
const AdministratorName = "quản trị viên"

type session struct {
	Name    string    `json:"name"`
	Role    Role      `json:"role"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
}

func (s session) expired(now time.Time) bool {
	return now.Sub(s.Seen) > SessionIdle || now.Sub(s.Created) > SessionLife
}

// public is what the log is told of a session or a link.
type public struct {
	Name string `json:"name,omitempty"`
	Role Role   `json:"role"`
}

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

// UseLink spends the link and opens a session; the returned cookie is the only copy of it. ErrUnknown when the link
// was used already or never was.
func (b *Book) UseLink(secret string) (cookie string, who Identity, err error) {
	cookie = newSecret("")
	who = Identity{Actor: "user:" + AdministratorName, Name: AdministratorName, Role: Administrator}
	err = b.db.Update(func(tx *bolt.Tx) error {
		links, k := bucket(tx, linkBucket), key(secret)
		if links.Get(k) == nil {
			return ErrUnknown
		}
		if err := links.Delete(k); err != nil {
			return err
		}
		now := b.now()
		sessions := bucket(tx, sessionBucket)
		if err := makeRoom(sessions, now); err != nil {
			return err
		}
		if err := put(sessions, key(cookie), session{Name: who.Name, Role: who.Role, Created: now, Seen: now}); err != nil {
			return err
		}
		return b.record(tx, who.Actor, "session_open", "link", nil, public{Name: who.Name, Role: who.Role})
	})
	if err != nil {
		return "", Identity{}, fmt.Errorf("using the set-up link: %w", err)
	}
	return cookie, who, nil
}

// BySession says whose session this cookie is; ErrUnknown when it is none or has expired.
func (b *Book) BySession(cookie string) (Identity, error) {
	var s session
	k, now := key(cookie), b.now()
	err := b.db.View(func(tx *bolt.Tx) error {
		data := bucket(tx, sessionBucket).Get(k)
		if data == nil {
			return ErrUnknown
		}
		return json.Unmarshal(data, &s)
	})
	if err != nil {
		return Identity{}, fmt.Errorf("checking session: %w", err)
	}
	if s.expired(now) {
		return Identity{}, fmt.Errorf("checking session: %w", ErrUnknown)
	}
	if stale(s.Seen, now) {
		// As with tokens: only a session that is gone is refused, not one whose use cannot be noted.
		if err := b.touchSession(k, now); errors.Is(err, ErrUnknown) {
			return Identity{}, err
		}
	}
	return Identity{Actor: "user:" + s.Name, Name: s.Name, Role: s.Role}, nil
}

// EndSession signs out. An unknown cookie is signed out already.
func (b *Book) EndSession(cookie string) error {
	err := b.db.Update(func(tx *bolt.Tx) error {
		bk, k := bucket(tx, sessionBucket), key(cookie)
		data := bk.Get(k)
		if data == nil {
			return nil
		}
		var s session
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		if err := bk.Delete(k); err != nil {
			return err
		}
		return b.record(tx, "user:"+s.Name, "session_close", "", public{Name: s.Name, Role: s.Role}, nil)
	})
	if err != nil {
		return fmt.Errorf("ending session: %w", err)
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
		return put(bk, k, s)
	})
	if err != nil {
		return fmt.Errorf("noting the use of a session: %w", err)
	}
	return nil
}

// makeRoom drops expired sessions and, when there are still too many, the one not used for longest.
func makeRoom(bk *bolt.Bucket, now time.Time) error {
	var dead [][]byte
	var oldest []byte
	var oldestSeen time.Time
	live := 0
	err := bk.ForEach(func(k, v []byte) error {
		var s session
		if err := json.Unmarshal(v, &s); err != nil || s.expired(now) {
			dead = append(dead, append([]byte(nil), k...))
			return nil // one that cannot be read can open nothing
		}
		live++
		if oldest == nil || s.Seen.Before(oldestSeen) {
			oldest, oldestSeen = append([]byte(nil), k...), s.Seen
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
		keys = append(keys, append([]byte(nil), k...))
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
