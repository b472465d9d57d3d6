package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"time"

	bolt "go.etcd.io/bbolt"
)

// tokenPrefix lets people and secret scanners see what a string is.
const tokenPrefix = "lx_"

// useStep is how coarsely the last use of a token or session is kept: each step costs a database write.
const useStep = 5 * time.Minute

// Token is an API token as it is stored and listed: all but the secret.
type Token struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Role      Role      `json:"role"`
	CreatedAt time.Time `json:"created_at"`
	CreatedBy string    `json:"created_by"`
	LastUsed  time.Time `json:"last_used,omitzero"` // to within 5 minutes; zero when never used
	RevokedAt time.Time `json:"revoked_at,omitzero"`
	RevokedBy string    `json:"revoked_by,omitempty"`
}

// CreateToken makes a token and returns its secret, which is shown this once and stored nowhere.
func (b *Book) CreateToken(actor, name string, role Role) (secret string, t Token, err error) {
	name, err = CleanName(name)
	if err != nil {
		return "", Token{}, err
	}
	if _, err := ParseRole(string(role)); err != nil {
		return "", Token{}, err
	}
	secret = newSecret(tokenPrefix)
	err = b.db.Update(func(tx *bolt.Tx) error {
		if t, err = issue(bucket(tx, tokenBucket), key(secret),
			func(old Token) bool { return old.Name == name && old.RevokedAt.IsZero() },
			func(n uint64) Token {
				return Token{ID: fmt.Sprintf("t-%d", n), Name: name, Role: role, CreatedAt: b.now(), CreatedBy: actor}
			}); err != nil {
			return err
		}
		return b.record(tx, actor, "token_create", t.ID, nil, t)
	})
	if err != nil {
		return "", Token{}, fmt.Errorf("creating token %q: %w", name, err)
	}
	return secret, t, nil
}

// Tokens lists all tokens, revoked ones too, oldest first.
func (b *Book) Tokens() ([]Token, error) {
	var out []Token
	err := b.db.View(func(tx *bolt.Tx) error {
		return each(bucket(tx, tokenBucket), func(_ []byte, t Token) error {
			out = append(out, t)
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("listing tokens: %w", err)
	}
	sort.Slice(out, func(i, j int) bool {
		if !out[i].CreatedAt.Equal(out[j].CreatedAt) {
			return out[i].CreatedAt.Before(out[j].CreatedAt)
		}
		return out[i].ID < out[j].ID
	})
	return out, nil
}

// RevokeToken ends a token for good. Revoking it again changes nothing.
func (b *Book) RevokeToken(actor, id string) (Token, error) {
	var done Token
	err := b.db.Update(func(tx *bolt.Tx) error {
		bk := bucket(tx, tokenBucket)
		var at []byte
		if err := each(bk, func(k []byte, t Token) error {
			if t.ID == id {
				at, done = append([]byte(nil), k...), t
			}
			return nil
		}); err != nil {
			return err
		}
		if at == nil {
			return ErrNotFound
		}
		if !done.RevokedAt.IsZero() {
			return nil
		}
		before := done
		done.RevokedAt, done.RevokedBy = b.now(), actor
		if err := put(bk, at, done); err != nil {
			return err
		}
		return b.record(tx, actor, "token_revoke", id, before, done)
	})
	if err != nil {
		return Token{}, fmt.Errorf("revoking token %s: %w", id, err)
	}
	return done, nil
}

// ByToken says who shows this token; ErrUnknown when nobody does.
func (b *Book) ByToken(secret string) (Identity, error) {
	var t Token
	k := key(secret)
	err := b.db.View(func(tx *bolt.Tx) error {
		data := bucket(tx, tokenBucket).Get(k)
		if data == nil {
			return ErrUnknown
		}
		return json.Unmarshal(data, &t)
	})
	if err != nil {
		return Identity{}, fmt.Errorf("checking token: %w", err)
	}
	if !t.RevokedAt.IsZero() {
		return Identity{}, fmt.Errorf("checking token: %w", ErrUnknown)
	}
	if now := b.now(); stale(t.LastUsed, now) {
		// A disk that cannot take the note must not keep anybody from stopping the station.
		if err := b.touchToken(k, now); errors.Is(err, ErrUnknown) {
			return Identity{}, err
		}
	}
	return Identity{Actor: "token:" + t.Name, Name: t.Name, Role: t.Role}, nil
}

func (b *Book) touchToken(k []byte, now time.Time) error {
	err := b.db.Update(func(tx *bolt.Tx) error {
		bk := bucket(tx, tokenBucket)
		var t Token
		data := bk.Get(k)
		if data == nil {
			return ErrUnknown
		}
		if err := json.Unmarshal(data, &t); err != nil {
			return err
		}
		if !t.RevokedAt.IsZero() { // revoked since the first look
			return ErrUnknown
		}
		t.LastUsed = now
		return put(bk, k, t)
	})
	if err != nil {
		return fmt.Errorf("noting the use of a token: %w", err)
	}
	return nil
}

// stale says whether a moment is worth writing again; a clock that was set back counts as stale too.
func stale(last, now time.Time) bool {
	return now.Sub(last) >= useStep || now.Before(last)
}
