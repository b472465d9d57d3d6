package library

import (
	"fmt"

	"go.etcd.io/bbolt"
)

// Remove takes a clip away with its files. One that was ever approved may have been played, so it is kept: ErrState, and
// retiring is the way. One that is to be played is an *InUseError.
func (l *Library) Remove(actor, id string) error {
	l.filing.Lock()
	defer l.filing.Unlock()
	var gone Clip
	err := l.o.DB.Update(func(tx *bbolt.Tx) (err error) {
		if gone, err = read(tx, id); err != nil {
			return err
		}
		if gone.everApproved() {
			return &stateError{id, "removed", "was approved once; retire it instead"}
		}
		if err := l.unused(id); err != nil {
			return err
		}
		if err := forget(tx, gone); err != nil {
			return err
		}
		if err := bucket(tx, bucketPending).Put([]byte(gone.SHA256), nil); err != nil {
			return err
		}
		return l.record(tx, actor, id, gone, nil)
	})
	if err != nil {
		return fmt.Errorf("removing clip: %w", asNoRoom(err))
	}
	// The clip is gone, whatever comes of its files. While the note stays, each start tries again.
	_ = l.settle(gone.SHA256)
	return nil
}
