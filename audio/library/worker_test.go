package library_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"go.etcd.io/bbolt"

	"loaxa/audio/library"
)

// worker is another process: it does to a library what a day of many people does, one act after the other, and is
// killed in the middle of it. It says each act before it begins, and what came of it when the library has returned.
type worker struct {
	*library.Library
	fatal   string // "3 in": it kills itself in the third change before it is committed; "3 after": right after that
	changes int
}

func workUntilKilled(data, folder, decoder, fatal string) int {
	if err := work(data, folder, decoder, fatal); err != nil {
		fmt.Println("failed:", err)
		return 1
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // ends with the test, if that forgets to kill
	return 0
}

func work(data, folder, decoder, fatal string) error {
	db, err := bbolt.Open(filepath.Join(data, "state.db"), 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		return err
	}
	w := &worker{fatal: fatal}
	w.Library, err = library.Open(library.Options{DB: db, Dir: data, Exe: decoder, Now: time.Now, MinFreeBytes: -1, Record: w.record})
	if err != nil {
		return err
	}
	paths, err := filepath.Glob(filepath.Join(folder, "*.wav"))
	if err != nil {
		return err
	}
	photo, err := os.ReadFile(filepath.Join(folder, "photo.png"))
	if err != nil {
		return err
	}
	fmt.Println("ready")
	for i, path := range paths {
		if err := w.oneFile(i, path, photo); err != nil {
			return err
		}
	}
	return nil
}

func (w *worker) record(tx *bbolt.Tx, _, _, _ string, _, _ any) error {
	die := func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) }
	w.changes++
	switch w.fatal {
	case strconv.Itoa(w.changes) + " in":
		die()
	case strconv.Itoa(w.changes) + " after":
		tx.OnCommit(die)
	}
	return nil
}

// oneFile does seven changes when i is 0, so that a fatal one can be each kind of them.
func (w *worker) oneFile(i int, path string, photo []byte) error {
	ctx := context.Background()
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	fmt.Println("doing import")
	c, _, err := w.Import(ctx, "lan", library.Import{Reader: f, Name: path}, nil)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	did(c)
	paper := &library.Paper{Signer: "Chủ tịch", Date: "2026-01-02"}
	fmt.Println("doing photo")
	// Each file has a photo of its own: what follows the picture's end is not looked at.
	if paper.Photo, err = w.KeepPhoto(ctx, strings.NewReader(string(photo)+path)); err != nil {
		return err
	}
	fmt.Println("kept", paper.Photo)
	steps := []func() error{
		func() error {
			return w.say(c.ID, "submit", func() error { _, err := w.Submit("lan", c.ID); return err })
		},
		func() error {
			return w.say(c.ID, "approve", func() error { _, err := w.Approve("minh", []string{c.ID}, paper); return err })
		},
		func() error {
			return w.say(c.ID, "trim", func() error { _, err := w.Trim(ctx, "lan", c.ID, 0, 1200, true, nil); return err })
		},
		func() error {
			return w.say(c.ID, "approve", func() error { _, err := w.Approve("minh", []string{c.ID}, nil); return err })
		},
		func() error {
			return w.say(c.ID, "trim", func() error { _, err := w.Trim(ctx, "lan", c.ID, 500, 0, true, nil); return err })
		},
		func() error {
			return w.say(c.ID, "retire", func() error { _, err := w.Retire("lan", c.ID, true); return err })
		},
	}
	if i%3 == 2 { // one that nobody ever approved
		steps = []func() error{steps[0], steps[2], func() error {
			return w.say(c.ID, "remove", func() error { return w.Remove("lan", c.ID) })
		}}
	}
	if i%3 == 1 { // one that stays approved
		steps = steps[:4]
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (w *worker) say(id, act string, do func() error) error {
	fmt.Println("doing", act, id)
	if err := do(); err != nil {
		return fmt.Errorf("%s %s: %w", act, id, err)
	}
	c, err := w.Get(id)
	if errors.Is(err, library.ErrNotFound) {
		fmt.Println("gone", id)
		return nil
	}
	if err == nil {
		did(c)
	}
	return err
}

func did(c library.Clip) {
	raw, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	fmt.Println("did", string(bytes.TrimSpace(raw)))
}
