package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/text/unicode/norm"
)

// schema is the version of the buckets below.
const schema = 1

// MaxName is the longest name of a token or a person, in characters.
const MaxName = 64

var (
	rootBucket    = []byte("account")
	tokenBucket   = []byte("token")   // SHA-256 of the token → Token
	sessionBucket = []byte("session") // SHA-256 of the cookie → session
	linkBucket    = []byte("link")    // the one link that may stand: SHA-256 → link
	schemaKey     = []byte("schema")
)

// Errors that a caller tells apart.
var (
	// ErrUnknown: the token, link or session is not known, was revoked, used up or has expired.
	ErrUnknown = errors.New("not known, revoked or expired")
	// ErrNotFound: there is no token with that ID.
	ErrNotFound = errors.New("no such token")
	// ErrNameTaken: a token with that name is in use; the log names tokens by name, so two cannot share one.
	ErrNameTaken = errors.New("a token with that name exists")
)

// InputError is bad input by a person.
type InputError struct{ Field, Message string }

func (e *InputError) Error() string { return e.Field + ": " + e.Message }

// RecordFunc puts a change of the state into the outbox, in the transaction that makes it.
type RecordFunc func(tx *bolt.Tx, actor, what, id string, before, after any) error

// Options of Open. All are required.
type Options struct {
	DB     *bolt.DB // state.db
	Now    func() time.Time
	Record RecordFunc
}

// Book is the accounts in the state database. It may be used by many goroutines: all its state is in the database.
type Book struct {
	db     *bolt.DB
	now    func() time.Time
	record RecordFunc
}

// Open prepares the buckets. A schema newer than this program's is refused.
func Open(o Options) (*Book, error) {
	switch {
	case o.DB == nil:
		return nil, errors.New("opening accounts: Options.DB is missing")
	case o.Now == nil:
		return nil, errors.New("opening accounts: Options.Now is missing")
	case o.Record == nil:
		return nil, errors.New("opening accounts: Options.Record is missing")
	}
	err := o.DB.Update(func(tx *bolt.Tx) error {
		root, err := tx.CreateBucketIfNotExists(rootBucket)
		if err != nil {
			return err
		}
		if v := root.Get(schemaKey); v == nil {
			if err := root.Put(schemaKey, binary.BigEndian.AppendUint64(nil, schema)); err != nil {
				return err
			}
		} else if len(v) != 8 || binary.BigEndian.Uint64(v) > schema {
			return fmt.Errorf("schema %x is newer than this program knows (%d)", v, schema)
		}
		for _, name := range [][]byte{tokenBucket, sessionBucket, linkBucket} {
			if _, err := root.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("opening accounts: %w", err)
	}
	return &Book{db: o.DB, now: o.Now, record: o.Record}, nil
}

// bucket returns a bucket that Open has made.
func bucket(tx *bolt.Tx, name []byte) *bolt.Bucket { return tx.Bucket(rootBucket).Bucket(name) }

// newSecret makes 256 random bits as text that survives URLs, headers and shells.
func newSecret(prefix string) string {
	b := make([]byte, 32)
	rand.Read(b) //nolint:errcheck // never fails, by its documentation
	return prefix + base64.RawURLEncoding.EncodeToString(b)
}

// key is what is stored of a secret. The secrets are random and long, so a plain hash is enough: there is nothing to
// guess, and a lookup by hash tells no timing about the secret.
func key(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

func put(b *bolt.Bucket, k []byte, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return b.Put(k, data)
}

// CleanName puts a name into NFC and refuses what a log line or a page could not show honestly.
func CleanName(s string) (string, error) {
	s = strings.TrimSpace(norm.NFC.String(s))
	switch {
	case s == "":
		return "", &InputError{Field: "name", Message: "the name is missing"}
	case !utf8.ValidString(s):
		return "", &InputError{Field: "name", Message: "the name is not valid UTF-8"}
	case utf8.RuneCountInString(s) > MaxName:
		return "", &InputError{Field: "name", Message: fmt.Sprintf("the name is longer than %d characters", MaxName)}
	}
	for _, r := range s {
		if !unicode.IsPrint(r) || r == ':' {
			return "", &InputError{Field: "name", Message: fmt.Sprintf("the name contains %q; use letters, digits, spaces, - and _", r)}
		}
	}
	return s, nil
}
