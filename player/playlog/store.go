package playlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
	"golang.org/x/mod/sumdb/tlog"

	"loaxa/player/playlog/evidence"
)

// The buckets: record (index → bytes), hash (stored hash index → 32 bytes) and checkpoint (size → note) are the log;
// the others are derived from it and can be made again.
var (
	bucketRecord     = []byte("record")
	bucketHash       = []byte("hash")
	bucketCheckpoint = []byte("checkpoint")
	bucketDecided    = []byte("decided") // broadcast → index of its outcome
	bucketOutcome    = []byte("outcome") // due, unix ms, then index → its brief; nothing where an earlier version wrote it
	bucketLast       = []byte("last")    // kind → index of the last record of that kind
	bucketChange     = []byte("change")  // outbox sequence → SHA-256 of the change
	bucketKey        = []byte("key")     // index of a key record → the verifier key that it names
)

const (
	lockWait = 200 * time.Millisecond
	// lastChecked is how many records at the end are hashed again at opening.
	lastChecked = 64
	// mapped is how much address space is mapped from the start where addresses are plenty: growing the map later
	// would wait for every reader.
	mapped = 1 << 30
	// allocSize is by how much the file grows; each growth is an fsync more.
	allocSize = 1 << 20
)

func mapSize() int {
	if strconv.IntSize < 64 {
		return 64 << 20
	}
	return mapped
}

func key64(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) } //nolint:gosec // keys are not negative

func int64Of(b []byte) int64 { return int64(binary.BigEndian.Uint64(b)) } //nolint:gosec // written by key64

// openDB opens the bbolt file after looking at its skeleton.
func openDB(path string, opts *bolt.Options) (db *bolt.DB, err error) {
	if err := inspect(path, false); err != nil {
		return nil, err
	}
	err = guarded(func() error {
		var err error
		db, err = bolt.Open(path, 0o600, opts)
		if err == nil {
			db.AllocSize = allocSize
		}
		return err
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, ErrLocked
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return nil, damaged("%v", err)
	}
	return db, err
}

// openStore opens the file and checks quickly that it can be trusted: the epoch record, the last records and their
// hashes, the newest checkpoint against the tree.
func openStore(path string, opts *bolt.Options) (*store, error) {
	// The inspection must see a file at rest: whoever holds the lock may be writing to it.
	if err := probeLock(path, opts.ReadOnly); err != nil {
		return nil, err
	}
	db, err := openDB(path, opts)
	if err != nil {
		return nil, err
	}
	s := &store{db: db}
	err = guarded(func() error {
		if s.file, err = os.Stat(path); err != nil {
			return err
		}
		s.length = s.file.Size()
		return db.View(s.examine)
	})
	if err != nil {
		return nil, errors.Join(err, guarded(db.Close))
	}
	return s, nil
}

// examine reads the state of the log and checks what is quickly checked.
func (s *store) examine(tx *bolt.Tx) error {
	rec, hash, cps := tx.Bucket(bucketRecord), tx.Bucket(bucketHash), tx.Bucket(bucketCheckpoint)
	if rec == nil || hash == nil || cps == nil {
		return damaged("a bucket is missing")
	}
	k, _ := rec.Cursor().Last()
	if len(k) != 8 {
		return damaged("it has no records")
	}
	s.size = int64Of(k) + 1
	if s.size < 1 {
		return damaged("the last record has index %d", s.size-1)
	}
	if h, _ := hash.Cursor().Last(); len(h) != 8 || int64Of(h)+1 != tlog.StoredHashCount(s.size) {
		return damaged("hashes and records do not belong together")
	}
	if err := s.readEpoch(rec); err != nil {
		return err
	}
	s.readKeys(tx)
	for idx := max(0, s.size-lastChecked); idx < s.size; idx++ {
		if err := checkLeaf(rec, hash, idx); err != nil {
			return err
		}
	}
	root, err := tlog.TreeHash(s.size, hashReader(hash))
	if err != nil {
		return damaged("the tree cannot be read: %v", err)
	}
	k, note := cps.Cursor().Last()
	if k == nil {
		return nil
	}
	cp, err := s.openNote(note)
	if err != nil { // the index of keys may lack one
		s.scanKeys(tx)
		cp, err = s.openNote(note)
	}
	if err != nil {
		return damaged("newest checkpoint: %v", err)
	}
	return s.extends(hash, cp, root)
}

func (s *store) readEpoch(rec *bolt.Bucket) error {
	r, err := evidence.Decode(rec.Get(key64(0)))
	if err != nil {
		return damaged("%v", err)
	}
	body, err := evidence.DecodeBody(r)
	if err != nil {
		return damaged("%v", err)
	}
	e, ok := body.(evidence.Epoch)
	if !ok || r.Idx != 0 {
		return damaged("record 0 does not open an epoch")
	}
	s.epoch = e
	return nil
}

func checkLeaf(rec, hash *bolt.Bucket, idx int64) error {
	raw := rec.Get(key64(idx))
	if raw == nil {
		return damaged("record %d is missing", idx)
	}
	leaf := tlog.RecordHash(raw)
	if !bytes.Equal(hash.Get(key64(tlog.StoredHashIndex(0, idx))), leaf[:]) {
		return damaged("record %d does not match its hash", idx)
	}
	r, err := evidence.Decode(raw)
	if err != nil {
		return damaged("%v", err)
	}
	if r.Idx != idx {
		return damaged("record %d says it is number %d", idx, r.Idx)
	}
	return nil
}

// errRolledBack marks a log that is shorter than, or another than, the checkpoint kept outside.
var errRolledBack = errors.New("log is older than its anchor")

// extends checks that the tree goes on from the checkpoint cp; root is the tree's present root.
func (s *store) extends(hash *bolt.Bucket, cp evidence.Checkpoint, root tlog.Hash) error {
	if cp.Origin != s.epoch.Origin {
		return damaged("checkpoint of another log, %q", cp.Origin)
	}
	if cp.Size > s.size {
		return fmt.Errorf("%w: %d records, the anchor has %d", errRolledBack, s.size, cp.Size)
	}
	if cp.Size < s.size {
		var err error
		if root, err = tlog.TreeHash(cp.Size, hashReader(hash)); err != nil {
			return damaged("the tree cannot be read: %v", err)
		}
	}
	if root != cp.Root {
		return damaged("the tree does not match the checkpoint over %d records", cp.Size)
	}
	return nil
}

// hashReader reads stored hashes from the bucket.
func hashReader(hash *bolt.Bucket) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		for i, idx := range indexes {
			v := hash.Get(key64(idx))
			if len(v) != tlog.HashSize {
				return nil, fmt.Errorf("hash %d is missing", idx)
			}
			out[i] = tlog.Hash(v)
		}
		return out, nil
	})
}
