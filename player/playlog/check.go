package playlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/tlog"

	"loaxa/player/playlog/evidence"
)

// Check reads the whole log in the background: every leaf against its stored hash, the tree against the newest
// checkpoint, and the structure of the database. Damage raises LOG-03 and is returned; a sound log clears it. The
// writer is held up only while the structure is checked, on pages that were read just before. bbolt's own check is not
// used: it reads the mapped file in a goroutine of its own, where a damaged page ends the process.
func (l *Log) Check(ctx context.Context) error {
	err := l.checkAll(ctx)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("checking log: %w", ctx.Err())
	case errors.Is(err, errNotOpen):
		return fmt.Errorf("checking log: %w", err) // LOG-01 stands already
	case err != nil:
		l.opts.Raise(alarmCheck, err.Error())
		return fmt.Errorf("checking log: %w", err)
	}
	l.opts.Clear(alarmCheck)
	return nil
}

func (l *Log) checkAll(ctx context.Context) error {
	if err := l.checkLeaves(ctx); err != nil {
		return err
	}
	// The structure is checked with the pages in memory: cold, a ten-year log would hold up the writer for seconds.
	if err := warm(ctx, l.opts.Path); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.store == nil {
		return errNotOpen
	}
	if err := l.present(); err != nil {
		return err
	}
	return inspect(l.opts.Path, true)
}

// checkLeaves hashes every record again and compares the tree with the newest checkpoint under it.
func (l *Log) checkLeaves(ctx context.Context) error {
	var tree evidence.Tree
	size, newest := l.Size(), l.LatestCheckpoint()
	if size == 0 {
		return errNotOpen
	}
	var cp evidence.Checkpoint
	if newest != nil {
		err := l.view(func(s *store) error {
			var err error
			cp, err = s.openNote(newest)
			return err
		})
		if err != nil {
			return err
		}
	}
	err := l.Read(0, size, func(idx int64, raw []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if idx != tree.Size() {
			return damaged("record %d is missing", tree.Size())
		}
		tree.Add(raw)
		if tree.Size() == cp.Size {
			root, err := tree.Root()
			if err != nil {
				return err
			}
			if root != cp.Root {
				return damaged("the records do not match the checkpoint over %d", cp.Size)
			}
		}
		return l.sameHash(idx, raw)
	})
	if err != nil {
		return err
	}
	if tree.Size() != size {
		return damaged("records from %d on are missing", tree.Size())
	}
	return nil
}

func (l *Log) sameHash(idx int64, raw []byte) error {
	leaf := tlog.RecordHash(raw)
	return l.view(func(s *store) error {
		return s.db.View(func(tx *bolt.Tx) error {
			if !bytes.Equal(tx.Bucket(bucketHash).Get(key64(tlog.StoredHashIndex(0, idx))), leaf[:]) {
				return damaged("record %d does not match its hash", idx)
			}
			return nil
		})
	})
}

// warm reads the file once so that its pages are in memory.
func warm(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read from
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := io.CopyN(io.Discard, f, 4<<20); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
