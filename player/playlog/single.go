package playlog

import (
	"bytes"
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/tlog"

	"loaxa/player/playlog/evidence"
)

// Single shows one record to be in the log, under the newest checkpoint. A checkpoint is cut first when none covers the
// record yet.
func (l *Log) Single(ctx context.Context, index int64) (evidence.Single, error) {
	s, covered, err := l.single(index)
	if err == nil && !covered && index >= 0 && index < l.Size() {
		if _, err = l.Checkpoint(ctx); err == nil {
			s, covered, err = l.single(index)
		}
	}
	switch {
	case err != nil:
		return evidence.Single{}, fmt.Errorf("proving record %d: %w", index, err)
	case !covered:
		return evidence.Single{}, fmt.Errorf("proving record %d: %w", index, ErrNoRecords)
	}
	return s, nil
}

// single reads record, hashes and newest checkpoint in one look, so that they are of one log. It proves nothing that it
// would not believe itself.
func (l *Log) single(index int64) (out evidence.Single, covered bool, err error) {
	err = l.view(func(s *store) error {
		return s.db.View(func(tx *bolt.Tx) error {
			_, signed := tx.Bucket(bucketCheckpoint).Cursor().Last()
			c, err := evidence.PeekCheckpoint(signed)
			if err != nil || index < 0 || index >= c.Size {
				return nil //nolint:nilerr // there is none that covers the record
			}
			raw := tx.Bucket(bucketRecord).Get(key64(index))
			hashes, err := tlog.ProveRecord(c.Size, index, hashReader(tx.Bucket(bucketHash)))
			if err != nil {
				return damaged("the tree cannot be read: %v", err)
			}
			if err := tlog.CheckRecord(hashes, c.Size, c.Root, index, tlog.RecordHash(raw)); err != nil {
				return damaged("record %d is not the one that was signed: %v", index, err)
			}
			out = evidence.Single{Index: index, Record: bytes.Clone(raw), Hashes: hashes, Checkpoint: bytes.Clone(signed)}
			covered = true
			return nil
		})
	})
	return out, covered, err
}
