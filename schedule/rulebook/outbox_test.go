package rulebook

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"loaxa/schedule"
)

func TestOutboxHandsOverInOrderOnce(t *testing.T) {
	d := newDesk(t)
	l := must(d.PutPlaylist("lan", list("a")))(t)
	select {
	case <-d.Outbox().Ready():
	default:
		t.Error("nobody was told that there is something to drain")
	}
	for i := range 2 * drainBatch {
		l.Title = fmt.Sprint(i)
		l = must(d.PutPlaylist("lan", l))(t)
	}
	want := 2*drainBatch + 1
	var got []Change
	refusal := errors.New("disk full")
	err := d.Outbox().Drain(t.Context(), func(c Change) error {
		if len(got) == drainBatch+3 {
			return refusal
		}
		got = append(got, c)
		return nil
	})
	if !errors.Is(err, refusal) {
		t.Fatalf("the log's refusal was lost: %v", err)
	}
	if n := must(d.Outbox().Pending())(t); n != want-len(got) {
		t.Errorf("%d pending after %d of %d were taken", n, len(got), want)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	take := func(c Change) error { got = append(got, c); return nil }
	if err := d.Outbox().Drain(ctx, take); !errors.Is(err, context.Canceled) {
		t.Errorf("drained after the end: %v", err)
	}
	if err := d.Outbox().Drain(t.Context(), take); err != nil {
		t.Fatal(err)
	}
	if len(got) != want {
		t.Fatalf("%d changes handed over, %d were made", len(got), want)
	}
	for i, c := range got {
		if c.Seq != int64(i+1) || c.What != WhatPlaylist || c.ID != l.ID || c.Actor != "lan" || !c.Made.Equal(morning) {
			t.Fatalf("change %d is %+v", i, c)
		}
	}
	var before, after schedule.Playlist
	if err := errors.Join(json.Unmarshal(got[1].Before, &before), json.Unmarshal(got[1].After, &after)); err != nil {
		t.Fatal(err)
	}
	if before.Title != "a" || after.Title != "0" || string(got[0].Before) != "null" {
		t.Errorf("the second change says %s to %s", got[1].Before, got[1].After)
	}
	l.Title = "after an empty outbox"
	must(d.PutPlaylist("lan", l))(t)
	if err := d.Outbox().Drain(t.Context(), take); err != nil {
		t.Fatal(err)
	}
	if last := got[len(got)-1]; last.Seq != int64(want+1) {
		t.Errorf("sequence number %d was given again", last.Seq)
	}
}

func TestRolledBackChangeLeavesNoEntry(t *testing.T) {
	d := newDesk(t)
	refusal := errors.New("no")
	err := d.db.Update(func(tx *bbolt.Tx) error {
		if err := d.Outbox().Record(tx, "lan", "clip", "c-1", nil, "x"); err != nil {
			return err
		}
		return refusal
	})
	if !errors.Is(err, refusal) {
		t.Fatal(err)
	}
	select {
	case <-d.Outbox().Ready():
		t.Error("told to drain what never was")
	default:
	}
	if n := must(d.Outbox().Pending())(t); n != 0 {
		t.Errorf("%d entries of a change that never was", n)
	}
}

const (
	crashEnv = "LOAXA_RULEBOOK_CRASH_DB"
	splitEnv = "LOAXA_RULEBOOK_CRASH_SPLIT" // the control: state and outbox in two transactions
)

// TestMain doubles as the process that is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(crashEnv); path != "" {
		fmt.Println("error:", editForever(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// editForever prints the revision after each acknowledged edit.
func editForever(path string) error {
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		return err
	}
	book, err := Open(Options{DB: db, Now: time.Now})
	if err != nil {
		return err
	}
	l, err := book.Playlist("l-1")
	if os.Getenv(splitEnv) != "" {
		return editSplit(db, l)
	}
	for i := 0; err == nil && i < 1_000_000; i++ {
		l.Title = fmt.Sprintf("edit %d", i)
		l, err = book.PutPlaylist("lan", l)
		fmt.Println(l.Revision)
	}
	return err
}

// editSplit stores a state without its entry, says so and waits to be killed.
func editSplit(db *bbolt.DB, l schedule.Playlist) error {
	l.Revision++
	err := db.Update(entry{bucket: bucketPlaylist, what: WhatPlaylist, id: l.ID, after: l}.store)
	fmt.Println(l.Revision)
	time.Sleep(time.Minute)
	return err
}

// TestKilledInTheMiddle: after kill -9 every acknowledged edit is there, and each state has its outbox entry and its
// history: never one without the other.
func TestKilledInTheMiddle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	const kills = 8
	for round := range kills {
		if round == 0 {
			firstEdit(t, path)
		}
		if err := together(t, path, killed(t, path, 5+7*round)); err != nil {
			t.Error(err)
		}
	}
	t.Setenv(splitEnv, "1")
	if err := together(t, path, killed(t, path, 0)); err == nil {
		t.Error("control: a state without its entry was not noticed, so this test shows nothing")
	}
}

func firstEdit(t *testing.T, path string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	book := must(Open(Options{DB: db, Now: time.Now}))(t)
	must(book.PutPlaylist("lan", list("a")))(t)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// killed lets a process make edits and kills it after some; it returns the last revision it acknowledged.
func killed(t *testing.T, path string, edits int) int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0]) //nolint:gosec // this test itself
	cmd.Env = append(os.Environ(), crashEnv+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var last int64
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if last, err = strconv.ParseInt(strings.TrimSpace(lines.Text()), 10, 64); err != nil {
			t.Fatalf("the editing process says %q", lines.Text())
		}
		if n == edits {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the process ended by itself")
	}
	return last
}

func together(t *testing.T, path string, acknowledged int64) error {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	book := must(Open(Options{DB: db, Now: time.Now}))(t)
	l := must(book.Playlist("l-1"))(t)
	if l.Revision < acknowledged {
		return fmt.Errorf("revision %d was acknowledged, %d is stored", acknowledged, l.Revision)
	}
	pending := must(book.Outbox().Pending())(t)
	history := must(book.History(WhatPlaylist, "l-1"))(t)
	if int64(pending) != l.Revision || int64(len(history)) != l.Revision {
		return fmt.Errorf("revision %d, but %d outbox entries and %d in the history", l.Revision, pending, len(history))
	}
	return nil
}
