package playlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"loaxa/player/playlog/evidence"
)

// Checkpoint signs the tree over all records that are durable, keeps the note in the log and in the anchor folder, and
// returns it. Without new records it returns the one that it has. Outcomes cut one by themselves.
func (l *Log) Checkpoint(ctx context.Context) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("cutting checkpoint: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, fmt.Errorf("cutting checkpoint: %w", ErrClosed)
	}
	if err := l.ensure(); err != nil {
		return nil, fmt.Errorf("cutting checkpoint: %w", err)
	}
	return l.cut()
}

// afterOutcomes cuts a checkpoint when a request decided something. The records are durable already: a checkpoint that
// fails is an alarm, and the next one covers them too.
func (l *Log) afterOutcomes(reqs []*request) {
	for _, r := range reqs {
		if len(r.outcomes) == 0 || r.err != nil {
			continue
		}
		if _, err := l.cut(); err != nil {
			l.raise(err)
		}
		return
	}
}

// cut makes, stores and anchors a checkpoint, at the cost of the reserve when the disk is full. Callers hold mu, with a
// store open.
func (l *Log) cut() ([]byte, error) {
	signed, err := l.cutOnce()
	if !l.giveUpReserve(err) {
		return signed, err
	}
	if err := l.ensure(); err != nil {
		return nil, err
	}
	return l.cutOnce()
}

func (l *Log) cutOnce() ([]byte, error) {
	s := l.store
	var signed []byte
	err := guarded(func() error {
		var err error
		if signed, err = s.checkpointAt(s.size); err != nil || signed != nil {
			return err
		}
		if signed, err = s.sign(s.size, l.key); err != nil {
			return err
		}
		return s.db.Update(func(tx *bolt.Tx) error {
			cps := tx.Bucket(bucketCheckpoint)
			cps.FillPercent = 1 // keys only ever grow
			return cps.Put(key64(s.size), signed)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("cutting checkpoint over %d records: %w", s.size, l.broken(err, nil))
	}
	if err := l.putAnchor(s, signed); err != nil {
		return nil, err
	}
	return signed, nil
}

// putAnchor keeps a checkpoint outside the database.
func (l *Log) putAnchor(s *store, signed []byte) error {
	name := anchorName(l.opts.AnchorDir, s.epoch.Epoch)
	if old, err := readSmall(name); err == nil && string(old) == string(signed) {
		return nil
	}
	if err := writeFile(name, signed, !l.opts.NoSync); err != nil {
		return fmt.Errorf("anchoring a checkpoint: %w", err)
	}
	return nil
}

// sign signs the tree over the first size records, with the key in force there and no other.
func (s *store) sign(size int64, key *signingKey) ([]byte, error) {
	v, err := key.verifier(s.epoch.Origin)
	if err != nil {
		return nil, err
	}
	if v != s.keys.at(size) {
		return nil, errors.New("the key in force is not at hand")
	}
	var root tlog.Hash
	err = s.db.View(func(tx *bolt.Tx) error {
		var err error
		root, err = tlog.TreeHash(size, hashReader(tx.Bucket(bucketHash)))
		return err
	})
	if err != nil {
		return nil, damaged("the tree cannot be read: %v", err)
	}
	signer, err := key.signer(s.epoch.Origin)
	if err != nil {
		return nil, err
	}
	text := evidence.Checkpoint{Origin: s.epoch.Origin, Size: size, Root: root}.Text()
	return note.Sign(&note.Note{Text: string(text)}, signer)
}

// LatestCheckpoint is the newest signed checkpoint, nil when there is none yet.
func (l *Log) LatestCheckpoint() []byte {
	var signed []byte
	err := l.view(func(s *store) error {
		var err error
		signed, err = s.newestCheckpoint()
		return err
	})
	if err != nil {
		return nil // the log cannot be read just now; LOG-01 says so
	}
	return signed
}

// CheckpointAt is the signed checkpoint over the first size records, nil when none was cut there.
func (l *Log) CheckpointAt(size int64) []byte {
	var signed []byte
	err := l.view(func(s *store) error {
		var err error
		signed, err = s.checkpointAt(size)
		return err
	})
	if err != nil {
		return nil // as for LatestCheckpoint
	}
	return signed
}

func (s *store) newestCheckpoint() (signed []byte, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		_, v := tx.Bucket(bucketCheckpoint).Cursor().Last()
		signed = append(signed, v...)
		return nil
	})
	return signed, err
}

func (s *store) checkpointAt(size int64) (signed []byte, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		signed = append(signed, tx.Bucket(bucketCheckpoint).Get(key64(size))...)
		return nil
	})
	return signed, err
}

// anchor is the newest checkpoint that lies outside the database; the zero value is none.
type anchor struct {
	epoch int64
	note  []byte
}

const anchorSuffix = ".checkpoint"

// anchorName is the anchor's file for one epoch: epoch-3.checkpoint. It is replaced as a whole.
func anchorName(dir string, epoch int64) string {
	return filepath.Join(dir, "epoch-"+strconv.FormatInt(epoch, 10)+anchorSuffix)
}

// readAnchor finds the anchor of the highest epoch. A file that is no checkpoint of its epoch still proves that the
// epoch was there.
func (l *Log) readAnchor() anchor {
	entries, err := os.ReadDir(l.opts.AnchorDir)
	if err != nil {
		return anchor{}
	}
	var best anchor
	for _, e := range entries {
		mid, ok := strings.CutPrefix(e.Name(), "epoch-")
		mid, ok2 := strings.CutSuffix(mid, anchorSuffix)
		n, err := strconv.ParseInt(mid, 10, 64)
		if !ok || !ok2 || err != nil || n <= best.epoch {
			continue
		}
		best = anchor{epoch: n}
		b, err := readSmall(filepath.Join(l.opts.AnchorDir, e.Name()))
		if err != nil {
			continue
		}
		if cp, err := evidence.PeekCheckpoint(b); err == nil {
			if at, err := evidence.EpochOf(cp.Origin); err == nil && at == n {
				best.note = b
			}
		}
	}
	return best
}

// checkAnchor checks that the log goes on from the anchor. An anchor that none of this log's keys signed, nor one of the
// station's own (a log from before a change of key does not name that), says nothing: anyone may have put it there.
func (s *store) checkAnchor(a anchor, own ...*signingKey) error {
	if a.epoch != s.epoch.Epoch || a.note == nil {
		return nil
	}
	cp, err := s.openNote(a.note)
	for _, k := range own {
		if err != nil && k != nil {
			cp, err = evidence.OpenCheckpoint(a.note, k.named(s.epoch.Origin))
		}
	}
	if err != nil || cp.Origin != s.epoch.Origin {
		return nil //nolint:nilerr // see above
	}
	return guarded(func() error {
		return s.db.View(func(tx *bolt.Tx) error {
			hash := tx.Bucket(bucketHash)
			root, err := tlog.TreeHash(s.size, hashReader(hash))
			if err != nil {
				return damaged("the tree cannot be read: %v", err)
			}
			return s.extends(hash, cp, root)
		})
	})
}

var errNotOpen = errors.New("log is not open")
