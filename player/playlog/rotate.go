package playlog

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"

	"loaxa/player/playlog/evidence"
)

// nextKey is where a new key lies until the log has taken it.
func (o Options) nextKey() string { return o.KeyPath + ".next" }

// RotateKey gives the log a new signing key and returns it as a note verifier key. The change is a record of its own; the
// checkpoint that ends in that record is signed by the old key, every later one by the new key. When a step fails the
// old key stays, unless the record reached the file: then the change is finished, now or when the log is next opened.
// There is one key at any time.
func (l *Log) RotateKey(ctx context.Context, actor, why string) (vkey string, err error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("changing the log's key: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return "", fmt.Errorf("changing the log's key: %w", ErrClosed)
	}
	if err := l.readyToRotate(); err != nil {
		return "", fmt.Errorf("changing the log's key: %w", err)
	}
	r := &rotation{log: l, actor: actor, why: why}
	for _, step := range r.steps() {
		if err := step(); err != nil {
			if err = r.failed(err); err != nil {
				return "", fmt.Errorf("changing the log's key: %w", err)
			}
			break
		}
	}
	return r.vkey, nil
}

// readyToRotate makes sure that the log is open, nothing waits for the disk and no other change is under way.
func (l *Log) readyToRotate() error {
	if l.queue.len() > 0 || l.queue.lost > 0 {
		if err := l.flush(); err != nil {
			return err
		}
	}
	if err := l.ensure(); err != nil {
		return err
	}
	next, err := readKey(l.opts.nextKey())
	if err != nil || !l.store.signsNow(next) {
		return nil // nothing lies there, or nothing of worth
	}
	return l.installKey() // a rename failed earlier
}

// rotation is one change of key on its way. Between any two steps the power may fail; takeKey then goes on from what is
// on the disk.
type rotation struct {
	log        *Log
	actor, why string
	next       *signingKey
	vkey       string
}

func (r *rotation) steps() []func() error {
	return []func() error{r.stage, r.record, r.handOver, r.install}
}

// stage puts a new key on the disk, beside the one in use.
func (r *rotation) stage() (err error) {
	l := r.log
	if r.next, err = stageKey(l.opts.nextKey(), !l.opts.NoSync); err != nil {
		return err
	}
	r.vkey, err = r.next.verifier(l.store.epoch.Origin)
	return err
}

// record writes the record that names the new key, alone in its transaction.
func (r *rotation) record() error {
	d, err := evidence.NewDraft(r.actor, r.log.opts.Stamp(), evidence.Key{PublicKey: r.vkey, Why: r.why})
	if err != nil {
		return err
	}
	return r.log.write([]*request{{ref: Ref{Index: -1}, drafts: []evidence.Draft{d}}})
}

// handOver signs the change with the old key.
func (r *rotation) handOver() error {
	if _, err := r.log.cut(); err != nil {
		if r.log.store == nil {
			return err
		}
		r.log.raise(err) // it is in the log; only the anchor must wait for the next one
	}
	return nil
}

// install puts the new key in the old one's place.
func (r *rotation) install() error {
	l := r.log
	l.key = r.next
	if present, err := readKey(l.opts.KeyPath); err == nil && l.store.signsNow(present) {
		return nil // the log had to be opened again meanwhile, which put it there
	}
	if err := l.installKey(); err != nil {
		l.raise(err) // the log goes on with the key where it lies
	}
	return nil
}

// failed makes sure after a failed step that the change is either undone or finished. Without an error it is finished.
func (r *rotation) failed(cause error) error {
	l := r.log
	l.doubt = nil // nothing else was in that transaction; takeKey finds out whether the record is in the file
	if err := l.ensure(); err != nil {
		return fmt.Errorf("%w; whether the change was recorded shows when the log can be opened again: %w", cause, err)
	}
	if r.vkey != "" && l.store.keys.now() == r.vkey {
		return nil
	}
	l.dropNextKey()
	return cause
}

// installKey renames the new key over the old one.
func (l *Log) installKey() error {
	if err := os.Rename(l.opts.nextKey(), l.opts.KeyPath); err != nil {
		return fmt.Errorf("putting the new key in its place: %w", err)
	}
	if l.opts.NoSync {
		return nil
	}
	return syncDir(filepath.Dir(l.opts.KeyPath))
}

// dropNextKey removes a key that no log knows of.
func (l *Log) dropNextKey() {
	_ = os.Remove(l.opts.nextKey()) // mostly it is not there; one that stays is written over or taken away later
}

// takeKey finds the key in force for a log that is being opened: present is the one in its place, next one on its way
// there or nil. A change of key that was cut off is finished when the log has a record of it, else undone. lost says why
// the log has no key any more.
func (l *Log) takeKey(s *store, present *signingKey, presentErr error, next *signingKey) (lost string, err error) {
	if next != nil && s.signsNow(next) {
		return l.finishRotation(s, present, next)
	}
	switch {
	case presentErr != nil:
		return presentErr.Error(), nil
	case !s.signsNow(present):
		return "the key file holds another key", nil
	}
	l.key = present
	l.dropNextKey()
	return "", nil
}

// signsNow reports whether key is the one in force.
func (s *store) signsNow(key *signingKey) bool {
	return key.named(s.epoch.Origin) == s.keys.now()
}

// finishRotation goes on from a record that names the key next: the old key signs that record, if it has not yet, and
// next takes its place.
func (l *Log) finishRotation(s *store, old, next *signingKey) (lost string, err error) {
	if last := s.keys[len(s.keys)-1].idx; last > 0 {
		if lost, err = l.finishHandover(s, last+1, old); lost != "" || err != nil {
			return lost, err
		}
	}
	l.key = next
	if err := l.installKey(); err != nil {
		l.raise(err)
	}
	return "", nil
}

// finishHandover makes sure that the checkpoint over size records, the last of which names a new key, is there.
func (l *Log) finishHandover(s *store, size int64, old *signingKey) (lost string, err error) {
	var signed []byte
	err = guarded(func() error {
		var err error
		if signed, err = s.checkpointAt(size); err != nil || signed != nil {
			return err
		}
		if old == nil || s.keys.at(size) != old.named(s.epoch.Origin) {
			lost = "the change of key is not signed, and the old key is gone"
			return nil
		}
		if signed, err = s.sign(size, old); err != nil {
			return err
		}
		return s.db.Update(func(tx *bolt.Tx) error { return tx.Bucket(bucketCheckpoint).Put(key64(size), signed) })
	})
	if err != nil || lost != "" {
		return lost, err
	}
	if s.size == size {
		if err := l.putAnchor(s, signed); err != nil {
			l.raise(err)
		}
	}
	return "", nil
}
