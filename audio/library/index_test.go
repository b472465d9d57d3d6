package library

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"
)

func newIndex(t testing.TB) *Library {
	t.Helper()
	dir := t.TempDir()
	db, err := bbolt.Open(filepath.Join(dir, "state.db"), 0o600, &bbolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	l, err := Open(optionsFor(db, dir))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func optionsFor(db *bbolt.DB, dir string) Options {
	return Options{DB: db, Dir: dir, Exe: "/nonexistent", Now: time.Now,
		Record: func(*bbolt.Tx, string, string, string, any, any) error { return nil }}
}

// Whoever leafs through the clips must see each once, newest first, whatever the page and the state.
func TestPagesTogetherAreTheWholeList(t *testing.T) {
	l := newIndex(t)
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		err := l.o.DB.Update(func(tx *bbolt.Tx) error {
			if err := tx.DeleteBucket(bucketRoot); err != nil {
				return err
			}
			return prepare(tx)
		})
		if err != nil {
			t.Fatal(err)
		}
		states := []string{StateDraft, StateSubmitted, StateApproved, StateRetired}
		var want []Clip
		for i := range rapid.IntRange(0, 60).Draw(t, "clips") {
			c := Clip{
				ID: fmt.Sprintf("c-%04x", i), SHA256: fmt.Sprintf("%064x", i), State: rapid.SampledFrom(states).Draw(t, "state"),
				ImportedAt: time.UnixMilli(rapid.Int64Range(1, 40).Draw(t, "time")),
			}
			if c.State == StateApproved {
				c.Approval = &Approval{SHA256: c.SHA256}
			}
			if err := l.o.DB.Update(func(tx *bbolt.Tx) error { return write(tx, c) }); err != nil {
				t.Fatal(err)
			}
			want = append(want, c)
		}
		state := rapid.SampledFrom(append(states, "")).Draw(t, "asked")
		want = slices.DeleteFunc(want, func(c Clip) bool { return state != "" && c.State != state })
		slices.SortFunc(want, func(a, b Clip) int {
			return -cmp.Or(a.ImportedAt.Compare(b.ImportedAt), cmp.Compare(a.ID, b.ID))
		})
		limit := rapid.IntRange(1, 20).Draw(t, "limit")
		var got []Clip
		for cursor := ""; ; {
			page, next, err := l.List(cursor, limit, state)
			if err != nil {
				t.Fatal(err)
			}
			if got = append(got, page...); next == "" || len(got) > len(want) {
				break
			}
			if cursor = next; len(page) != limit {
				t.Fatalf("a page of %d, and more to come; limit %d", len(page), limit)
			}
		}
		if !slices.EqualFunc(got, want, func(a, b Clip) bool { return a.ID == b.ID }) {
			t.Fatalf("listed %d clips, want %d", len(got), len(want))
		}
	})
	if round < 2 {
		t.Fatal("the property was not tried")
	}
}

func TestListRefusesWhatItCannotMean(t *testing.T) {
	l := newIndex(t)
	for field, list := range map[string]func() ([]Clip, string, error){
		"limit":  func() ([]Clip, string, error) { return l.List("", 0, "") },
		"state":  func() ([]Clip, string, error) { return l.List("", 1, "gone") },
		"cursor": func() ([]Clip, string, error) { return l.List("!", 1, "") },
	} {
		var wrong *InputError
		if _, _, err := list(); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// Two originals whose hashes begin alike are two clips.
func TestIDGrowsUntilItIsFree(t *testing.T) {
	l := newIndex(t)
	err := l.o.DB.Update(func(tx *bbolt.Tx) error {
		first := fmt.Sprintf("%064x", 0)
		second := first[:14] + "1" + first[15:]
		for i, sum := range []string{first, second} {
			id := newID(tx, sum)
			if want := "c-" + sum[:12+i]; id != want {
				t.Errorf("ID %s, want %s", id, want)
			}
			if err := write(tx, Clip{ID: id, SHA256: sum}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// An older program must not touch what a newer one wrote.
func TestNewerSchemaIsRefused(t *testing.T) {
	l := newIndex(t)
	err := l.o.DB.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketRoot).Put(keySchema, binary.BigEndian.AppendUint64(nil, schemaVersion+1))
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(l.o); !errors.Is(err, ErrNewerSchema) {
		t.Errorf("opened a newer schema: %v", err)
	}
}

func TestOpenNamesWhatIsMissing(t *testing.T) {
	l := newIndex(t)
	full := optionsFor(l.o.DB, t.TempDir())
	for name, remove := range map[string]func(*Options){
		"DB":     func(o *Options) { o.DB = nil },
		"Dir":    func(o *Options) { o.Dir = "" },
		"Exe":    func(o *Options) { o.Exe = "" },
		"Now":    func(o *Options) { o.Now = nil },
		"Record": func(o *Options) { o.Record = nil },
	} {
		o := full
		remove(&o)
		if _, err := Open(o); err == nil || err.Error() != "opening library: Options."+name+" is missing" {
			t.Errorf("without %s: %v", name, err)
		}
	}
}
