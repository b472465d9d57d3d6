package playlog

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	bolt "go.etcd.io/bbolt"

	"loaxa/player/playlog/evidence"
)

// File is a log file opened for verification only; nothing in it is changed.
type File struct{ store *store }

// OpenReadOnly opens a log file with the same guards as Open. ErrLocked means that a running station holds it: ask the
// station for a snapshot. The file is not changed and nothing is set aside. A file that is damaged beyond reading is
// an error; one that can be read but does not verify is for evidence.Verify to tell.
func OpenReadOnly(path string) (*File, error) {
	opts := &bolt.Options{ReadOnly: true, Timeout: lockWait, NoStatistics: true}
	if err := probeLock(path, true); err != nil {
		return nil, fmt.Errorf("opening log %s: %w", path, err)
	}
	db, err := openDB(path, opts)
	if err != nil {
		return nil, fmt.Errorf("opening log %s: %w", path, err)
	}
	s := &store{db: db}
	err = guarded(func() error {
		return db.View(func(tx *bolt.Tx) error {
			rec := tx.Bucket(bucketRecord)
			if rec == nil || tx.Bucket(bucketCheckpoint) == nil {
				return damaged("it is no log of this program")
			}
			if k, _ := rec.Cursor().Last(); len(k) == 8 {
				s.size = int64Of(k) + 1
			}
			return nil
		})
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening log %s: %w", path, err), guarded(db.Close))
	}
	return &File{store: s}, nil
}

// Close closes the file.
func (f *File) Close() error { return guarded(f.store.db.Close) }

// Source is the file as evidence.Verify reads it.
func (f *File) Source() evidence.Source {
	return &source{size: f.store.size, view: func(fn func(*store) error) error { return guarded(func() error { return fn(f.store) }) }}
}

// Source is the log as it stands now, for evidence.Verify; records that come later are not part of it.
func (l *Log) Source() evidence.Source {
	s := &source{view: l.view}
	s.size = l.Size()
	return s
}

// source reads records in chunks, so that a long verification never holds up the writer.
type source struct {
	size int64
	view func(func(*store) error) error
	// next is the smallest size above the last one asked for that has a checkpoint, -1 when there is none.
	next  int64
	known bool
}

func (s *source) Size() int64 { return s.size }

func (s *source) Records(fn func(idx int64, raw []byte) error) error {
	return readAll(s.view, 0, s.size, fn)
}

// Checkpoint is asked for every size in turn: a look ahead saves most looks into the database.
func (s *source) Checkpoint(size int64) (signed []byte, err error) {
	if s.known && (s.next < 0 || size < s.next) {
		return nil, nil
	}
	err = s.view(func(st *store) error {
		return st.db.View(func(tx *bolt.Tx) error {
			c := tx.Bucket(bucketCheckpoint).Cursor()
			k, v := c.Seek(key64(size))
			if len(k) == 8 && int64Of(k) == size {
				signed = bytes.Clone(v)
				k, _ = c.Next()
			}
			s.known, s.next = true, -1
			if len(k) == 8 {
				s.next = int64Of(k)
			}
			return nil
		})
	})
	return signed, err
}

func (s *source) Newest() (signed []byte, err error) {
	err = s.view(func(st *store) error {
		signed, err = st.newestCheckpoint()
		return err
	})
	if len(signed) == 0 {
		return nil, err
	}
	if cp, perr := evidence.PeekCheckpoint(signed); perr == nil && cp.Size > s.size && s.grew() {
		return nil, err // cut after this source was taken
	}
	return signed, err
}

// grew reports whether the log has more records now than when this source was taken.
func (s *source) grew() bool {
	var now int64
	err := s.view(func(st *store) error {
		return st.db.View(func(tx *bolt.Tx) error {
			if k, _ := tx.Bucket(bucketRecord).Cursor().Last(); len(k) == 8 {
				now = int64Of(k) + 1
			}
			return nil
		})
	})
	return err == nil && now > s.size
}

// Epochs lists the log files that lie in dir: the open log and those that were kept or set aside, by name.
func Epochs(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("listing logs: %w", err)
	}
	var out []string
	for _, e := range entries {
		if name := e.Name(); e.Type().IsRegular() && strings.HasPrefix(name, "playlog") && strings.Contains(name, ".db") && !strings.HasSuffix(name, ".new") {
			out = append(out, filepath.Join(dir, name))
		}
	}
	sort.Strings(out)
	return out, nil
}
