package account

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

type recorded struct{ actor, what, id, body string }

type fixture struct {
	*Book
	db       *bolt.DB
	now      time.Time
	records  []recorded
	recorder error // returned by Record
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	db, err := bolt.Open(filepath.Join(t.TempDir(), "state.db"), 0o600, &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	f := &fixture{db: db, now: time.Date(2026, 3, 5, 7, 0, 0, 0, time.UTC)}
	f.Book, err = Open(Options{DB: db, Now: func() time.Time { return f.now }, Cost: Cost{MemoryKiB: 64, Passes: 1},
		Record: func(_ *bolt.Tx, actor, what, id string, before, after any) error {
			if f.recorder != nil {
				return f.recorder
			}
			b, err := json.Marshal([]any{before, after})
			if err != nil {
				return err
			}
			f.records = append(f.records, recorded{actor, what, id, string(b)})
			return nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// everything is every key and value of the database, to look for secrets in.
func (f *fixture) everything(t *testing.T) []byte {
	t.Helper()
	var all bytes.Buffer
	var walk func(b *bolt.Bucket) error
	walk = func(b *bolt.Bucket) error {
		return b.ForEach(func(k, v []byte) error {
			all.Write(k)
			all.Write(v)
			if v == nil {
				return walk(b.Bucket(k))
			}
			return nil
		})
	}
	if err := f.db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(_ []byte, b *bolt.Bucket) error { return walk(b) })
	}); err != nil {
		t.Fatal(err)
	}
	if all.Len() == 0 {
		t.Fatal("nothing was stored: the search for secrets would prove nothing")
	}
	return all.Bytes()
}

func TestOpenNamesWhatIsMissing(t *testing.T) {
	if _, err := Open(Options{}); err == nil || !strings.Contains(err.Error(), "Options.DB") {
		t.Errorf("error %v does not name the missing field", err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	f := newFixture(t)
	if err := f.db.Update(func(tx *bolt.Tx) error {
		return tx.Bucket(rootBucket).Put(schemaKey, binary.BigEndian.AppendUint64(nil, schema+1))
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Options{DB: f.db, Now: f.Book.now, Record: f.record}); err == nil {
		t.Error("a database of a newer program was opened")
	}
}

// A stolen state.db, or a backup lying around, must not open the station to anybody.
func TestSecretsAreNowhereStored(t *testing.T) {
	f := newFixture(t)
	token, _, err := f.CreateToken("user:a", "máy tính xã", Operator)
	if err != nil {
		t.Fatal(err)
	}
	link, err := f.NewLink("station")
	if err != nil {
		t.Fatal(err)
	}
	cookie, _, err := f.UseLink(link, From{})
	if err != nil {
		t.Fatal(err)
	}
	all := f.everything(t)
	var log strings.Builder
	for _, r := range f.records {
		log.WriteString(r.actor + r.what + r.id + r.body)
	}
	for name, secret := range map[string]string{"token": token, "link": link, "cookie": cookie} {
		if len(secret) < 43 {
			t.Errorf("%s has %d characters: too few for 256 bits", name, len(secret))
		}
		if bytes.Contains(all, []byte(secret)) {
			t.Errorf("the %s is in the database", name)
		}
		if strings.Contains(log.String(), secret) || strings.Contains(log.String(), string(key(secret))) {
			t.Errorf("the %s or its hash is in the log", name)
		}
	}
	if !bytes.Contains(all, key(token)) { // control: the search finds what is there
		t.Error("the token's hash is not in the database")
	}
}

func TestTokenLife(t *testing.T) {
	f := newFixture(t)
	secret, made, err := f.CreateToken("user:a", "  web  ", Inspector)
	if err != nil {
		t.Fatal(err)
	}
	who, err := f.ByToken(secret)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Identity{Actor: "token:web", Name: "web", Role: Inspector}); who != want {
		t.Errorf("identity %+v, want %+v", who, want)
	}
	if _, _, err := f.CreateToken("user:a", "web", Operator); !errors.Is(err, ErrNameTaken) {
		t.Errorf("second token of one name: %v", err)
	}
	for _, bad := range []string{"", "lx_", secret + "x", strings.ToUpper(secret), made.ID} {
		if _, err := f.ByToken(bad); !errors.Is(err, ErrUnknown) {
			t.Errorf("token %q: %v", bad, err)
		}
	}
	list, err := f.Tokens()
	if err != nil || len(list) != 1 || !list[0].LastUsed.Equal(f.now) {
		t.Fatalf("tokens %+v, %v", list, err)
	}
	if _, err := f.RevokeToken("user:b", "t-99"); !errors.Is(err, ErrNotFound) {
		t.Errorf("revoking an unknown token: %v", err)
	}
	revoked, err := f.RevokeToken("user:b", made.ID)
	if err != nil || revoked.RevokedBy != "user:b" {
		t.Fatalf("revoked %+v, %v", revoked, err)
	}
	if _, err := f.ByToken(secret); !errors.Is(err, ErrUnknown) {
		t.Errorf("a revoked token still opens: %v", err)
	}
	if _, _, err := f.CreateToken("user:a", "web", Operator); err != nil {
		t.Errorf("the name of a revoked token cannot be used again: %v", err)
	}
	var whats []string
	for _, r := range f.records {
		whats = append(whats, r.actor+" "+r.what+" "+r.id)
	}
	want := "user:a token_create t-1,user:b token_revoke t-1,user:a token_create t-2"
	if got := strings.Join(whats, ","); got != want {
		t.Errorf("recorded %s, want %s", got, want)
	}
}

// What the log was not told must not have happened.
func TestNothingChangesUnrecorded(t *testing.T) {
	f := newFixture(t)
	link, err := f.NewLink("station")
	if err != nil {
		t.Fatal(err)
	}
	f.recorder = errors.New("outbox full")
	if _, _, err := f.CreateToken("user:a", "web", Operator); err == nil {
		t.Error("a token was made without a record")
	}
	if _, _, err := f.UseLink(link, From{}); err == nil {
		t.Error("a session was opened without a record")
	}
	f.recorder = nil
	if list, err := f.Tokens(); err != nil || len(list) != 0 {
		t.Errorf("tokens %v, %v", list, err)
	}
	if _, _, err := f.UseLink(link, From{}); err != nil {
		t.Errorf("the link was spent by the failed try: %v", err)
	}
}

func TestLinkWorksOnce(t *testing.T) {
	f := newFixture(t)
	first, err := f.NewLink("station")
	if err != nil {
		t.Fatal(err)
	}
	second, err := f.NewLink("station")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.UseLink(first, From{}); !errors.Is(err, ErrUnknown) {
		t.Errorf("a link replaced by a newer one still opens: %v", err)
	}
	cookie, who, err := f.UseLink(second, From{})
	if err != nil || who.Role != Administrator {
		t.Fatalf("%+v, %v", who, err)
	}
	if _, _, err := f.UseLink(second, From{}); !errors.Is(err, ErrUnknown) {
		t.Errorf("the link opened twice: %v", err)
	}
	again, err := f.BySession(cookie)
	if err != nil || again != who {
		t.Errorf("session of %+v, %v", again, err)
	}
	if out, err := f.EndSession(cookie); err != nil || out != who {
		t.Fatalf("signed out %+v, %v", out, err)
	}
	if _, err := f.BySession(cookie); !errors.Is(err, ErrUnknown) {
		t.Errorf("signed out, yet %v", err)
	}
}

func TestSessionsExpire(t *testing.T) {
	open := func(f *fixture) string {
		link, err := f.NewLink("station")
		if err != nil {
			t.Fatal(err)
		}
		cookie, _, err := f.UseLink(link, From{})
		if err != nil {
			t.Fatal(err)
		}
		return cookie
	}
	t.Run("idle", func(t *testing.T) {
		f := newFixture(t)
		cookie := open(f)
		f.now = f.now.Add(SessionIdle - time.Minute)
		if _, err := f.BySession(cookie); err != nil {
			t.Fatalf("a session in use ended: %v", err)
		}
		f.now = f.now.Add(SessionIdle + time.Minute)
		if _, err := f.BySession(cookie); !errors.Is(err, ErrUnknown) {
			t.Errorf("an idle session lives on: %v", err)
		}
	})
	t.Run("absolute", func(t *testing.T) {
		f := newFixture(t)
		cookie := open(f)
		for range int(SessionLife / (6 * time.Hour)) {
			if _, err := f.BySession(cookie); err != nil {
				t.Fatalf("a session in use ended early: %v", err)
			}
			f.now = f.now.Add(6 * time.Hour)
		}
		f.now = f.now.Add(time.Minute)
		if _, err := f.BySession(cookie); !errors.Is(err, ErrUnknown) {
			t.Errorf("a session outlived its life: %v", err)
		}
	})
	t.Run("opened while the clock was years ahead", func(t *testing.T) {
		f := newFixture(t)
		f.now = f.now.AddDate(4, 0, 0)
		cookie := open(f)
		f.now = f.now.AddDate(-4, 0, 0)
		for range int(SessionLife/(6*time.Hour)) + 1 {
			if _, err := f.BySession(cookie); err != nil {
				t.Fatalf("a session in use ended early: %v", err)
			}
			f.now = f.now.Add(6 * time.Hour)
		}
		if _, err := f.BySession(cookie); !errors.Is(err, ErrUnknown) {
			t.Errorf("a session outlived its life: %v", err)
		}
	})
	t.Run("bounded", func(t *testing.T) {
		f := newFixture(t)
		first := open(f)
		for range maxSessions {
			f.now = f.now.Add(time.Second)
			open(f)
		}
		if _, err := f.BySession(first); !errors.Is(err, ErrUnknown) {
			t.Errorf("sessions pile up without bound: %v", err)
		}
	})
}

func TestNames(t *testing.T) {
	for _, bad := range []string{"", "   ", "a\nb", "a:b", "a\u202eb", strings.Repeat("x", MaxName+1), "\xff"} {
		var in *InputError
		if _, err := CleanName(bad); !errors.As(err, &in) {
			t.Errorf("name %q: %v", bad, err)
		}
	}
	if got, err := CleanName("Vie\u0302\u0323t"); err != nil || got != "Vi\u1ec7t" {
		t.Errorf("decomposed name gives %q, %v", got, err)
	}
}

func TestRoles(t *testing.T) {
	for _, r := range Roles() {
		if got, err := ParseRole(string(r)); err != nil || got != r {
			t.Errorf("%s: %v, %v", r, got, err)
		}
	}
	if _, err := ParseRole("root"); err == nil {
		t.Error("an unknown role was accepted")
	}
	if Operator.MayOverrideQuiet() || Inspector.MayOverrideQuiet() || !Approver.MayOverrideQuiet() {
		t.Error("the wrong roles may sound at night")
	}
}

func TestLimiter(t *testing.T) {
	now := time.Date(2026, 3, 5, 7, 0, 0, 0, time.UTC)
	l := NewLimiter(func() time.Time { return now }, 3, time.Minute, 4)
	for i := range 3 {
		if w := l.Wait("a"); w != 0 {
			t.Fatalf("refused after %d failures", i)
		}
		l.Fail("a")
	}
	if w := l.Wait("a"); w != time.Minute {
		t.Errorf("after 3 failures the wait is %s", w)
	}
	if w := l.Wait("b"); w != 0 {
		t.Errorf("another address waits %s", w)
	}
	now = now.Add(-time.Hour)
	if w := l.Wait("a"); w != 0 {
		t.Errorf("a clock set back locks out for %s", w)
	}
	for _, k := range []string{"a", "a", "a", "b", "c", "d", "e", "f", "g"} {
		now = now.Add(time.Second)
		l.Fail(k)
	}
	if n := len(l.failed); n != 4 {
		t.Errorf("%d addresses kept, want 4", n)
	}
	if w := l.Wait("a"); w != 0 {
		t.Error("the oldest address was not forgotten")
	}
}
