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

// schema is the version of the buckets below. 2: people, and sessions that belong to somebody.
const schema = 2

// MaxName is the longest name of a token or a person, in characters.
const MaxName = 64

var (
	rootBucket     = []byte("account")
	tokenBucket    = []byte("token")    // SHA-256 of the token → Token
	sessionBucket  = []byte("session")  // SHA-256 of the cookie → session
	linkBucket     = []byte("link")     // the one link that may stand: SHA-256 → link
	personBucket   = []byte("person")   // ID → person
	codeBucket     = []byte("code")     // SHA-256 of a set-password code → passwordCode
	recoveryBucket = []byte("recovery") // SHA-256 of a code of the sheet that is valid → sealed
	visitBucket    = []byte("visit")    // SHA-256 of the inspector's code → Visit
	phoneBucket    = []byte("phone")    // SHA-256 of the cookie → Phone
	handoverBucket = []byte("handover") // ID → Handover
	schemaKey      = []byte("schema")
)

// Errors that a caller tells apart.
var (
	// ErrUnknown: the token, link, code or session is not known, was revoked, used up or has expired.
	ErrUnknown = errors.New("not known, revoked or expired")
	// ErrNotFound: there is nothing with that ID.
	ErrNotFound = errors.New("no such entry")
	// ErrNameTaken: a token, phone or visitor with that name is in use; the log names them by it, so two cannot share one.
	ErrNameTaken = errors.New("the name is in use")
	// ErrLoginTaken: somebody has or had that login; the log names people by it for ever.
	ErrLoginTaken = errors.New("somebody has or had that login")
	// ErrCredentials: login and password do not belong together. It never says which of the two is wrong.
	ErrCredentials = errors.New("login or password is wrong")
	// ErrBusy: too many passwords are being checked at once.
	ErrBusy = errors.New("too many passwords are being checked")
	// ErrLastAdministrator: the act would leave the station without an administrator.
	ErrLastAdministrator = errors.New("this is the last administrator")
	// ErrClosed: the account is closed.
	ErrClosed = errors.New("the account is closed")
	// ErrSamePerson: somebody cannot hand over to themselves.
	ErrSamePerson = errors.New("leaver and successor are the same person")
	// ErrNeedsLink: only a session that the set-up link or the recovery sheet opened may set an administrator's password.
	ErrNeedsLink = errors.New("this needs the set-up link or a code of the recovery sheet")
	// ErrPhones: the person has as many phones as may be.
	ErrPhones = fmt.Errorf("more than %d registered phones", maxPhones)
)

// WaitError refuses a try because too many went wrong before.
type WaitError struct{ Wait time.Duration }

func (e *WaitError) Error() string { return "too many wrong tries: wait " + e.Wait.String() }

// InputError is bad input by a person. Code, where there is one, names the sentence that pages show.
type InputError struct{ Field, Code, Message string }

func (e *InputError) Error() string { return e.Field + ": " + e.Message }

// RecordFunc puts a change of the state into the outbox, in the transaction that makes it.
type RecordFunc func(tx *bolt.Tx, actor, what, id string, before, after any) error

// Options of Open. All but Cost are required.
type Options struct {
	DB     *bolt.DB // state.db
	Now    func() time.Time
	Record RecordFunc
	Cost   Cost // of deriving a password; zero is the usual one
}

// Book is the accounts in the state database. It may be used by many goroutines: what it keeps in memory is only the
// count of wrong tries and the queue before the derivation of passwords.
type Book struct {
	db       *bolt.DB
	now      func() time.Time
	record   RecordFunc
	hasher   *hasher
	byPair   *Backoff // wrong tries for one login from one address
	bySource *Backoff // wrong tries from one address
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
		if err := migrate(root); err != nil {
			return err
		}
		for _, name := range [][]byte{tokenBucket, sessionBucket, linkBucket, personBucket, codeBucket, recoveryBucket, visitBucket,
			phoneBucket, handoverBucket} {
			if _, err := root.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("opening accounts: %w", err)
	}
	return &Book{db: o.DB, now: o.Now, record: o.Record, hasher: newHasher(o.Cost),
		byPair:   NewBackoff(o.Now, pairTries, pairWait, longestWait, rememberedTries),
		bySource: NewBackoff(o.Now, sourceTries, sourceWait, longestWait, rememberedTries)}, nil
}

// migrate brings older buckets up to this program's schema.
func migrate(root *bolt.Bucket) error {
	v := root.Get(schemaKey)
	switch {
	case v == nil:
	case len(v) != 8 || binary.BigEndian.Uint64(v) > schema:
		return fmt.Errorf("schema %x is newer than this program knows (%d)", v, schema)
	case binary.BigEndian.Uint64(v) == schema:
		return nil
	case root.Bucket(sessionBucket) != nil:
		// Sessions of schema 1 belong to nobody and could be neither listed nor revoked. A new link opens a new one.
		if err := root.DeleteBucket(sessionBucket); err != nil {
			return err
		}
	}
	return root.Put(schemaKey, binary.BigEndian.AppendUint64(nil, schema))
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
func CleanName(s string) (string, error) { return cleanText("name", s) }

func cleanText(field, s string) (string, error) {
	s = strings.TrimSpace(norm.NFC.String(s))
	bad := func(code, message string) (string, error) {
		return "", &InputError{Field: field, Code: field + "_" + code, Message: "the " + field + " " + message}
	}
	switch {
	case s == "":
		return bad("missing", "is missing")
	case !utf8.ValidString(s):
		return bad("letters", "is not valid UTF-8")
	case utf8.RuneCountInString(s) > MaxName:
		return bad("long", fmt.Sprintf("is longer than %d characters", MaxName))
	}
	for _, r := range s {
		if !unicode.IsPrint(r) || r == ':' {
			return bad("letters", fmt.Sprintf("contains %q; use letters, digits, spaces, - and _", r))
		}
	}
	return s, nil
}

// Fold is a text as people mean it when they type it: without case, diacritics and spaces too many; đ is d.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ':
			b.WriteRune('d')
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
