package library

import (
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// maxWhy bounds the words of a rejection, in characters.
const maxWhy = 500

// maxAtOnce is how many clips one call may submit or approve.
const maxAtOnce = 500

// Submit asks an approver to look at drafts: at all of them or, after an error, at none. A clip that is submitted
// already stays as it is; an approved or retired one is ErrState.
func (l *Library) Submit(actor string, ids ...string) ([]Clip, error) {
	after, err := l.changeAll(actor, ids, func(_ *bbolt.Tx, c *Clip) (bool, error) {
		switch c.State {
		case StateSubmitted:
			return false, nil
		case StateDraft:
		default:
			return false, cannot(*c, "submitted")
		}
		c.State, c.SubmittedBy, c.SubmittedAt = StateSubmitted, actor, l.stamp()
		c.forgetRejection()
		return true, nil
	})
	if err != nil {
		return nil, fmt.Errorf("submitting clips: %w", err)
	}
	return after, nil
}

// Reject makes a submitted clip a draft again and keeps why. Any other clip is ErrState.
func (l *Library) Reject(actor, id, why string) (Clip, error) {
	why, err := cleanWithin("why", why, maxWhy)
	if err == nil && why == "" {
		err = wrong("why", "is empty; who brought the clip must know what to change")
	}
	if err != nil {
		return Clip{}, fmt.Errorf("rejecting clip: %w", err)
	}
	c, err := l.change(actor, id, func(_ *bbolt.Tx, c *Clip) (bool, error) {
		if c.State != StateSubmitted {
			return false, cannot(*c, "rejected")
		}
		c.State, c.RejectedBy, c.RejectedAt, c.RejectedWhy = StateDraft, actor, l.stamp(), why
		return true, nil
	})
	if err != nil {
		return Clip{}, fmt.Errorf("rejecting clip: %w", err)
	}
	return c, nil
}

// Retire takes a clip in any state out of use; its files stay. Retiring a retired clip changes nothing. One that is
// still to be played gives an *InUseError, unless evenIfUsed.
func (l *Library) Retire(actor, id string, evenIfUsed bool) (Clip, error) {
	c, err := l.change(actor, id, func(_ *bbolt.Tx, c *Clip) (bool, error) {
		if c.State == StateRetired {
			return false, nil
		}
		if !evenIfUsed {
			if err := l.unused(id); err != nil {
				return false, err
			}
		}
		c.State = StateRetired
		return true, nil
	})
	if err != nil {
		return Clip{}, fmt.Errorf("retiring clip: %w", err)
	}
	return c, nil
}

// unused is an *InUseError for a clip that is still to be played.
//
// BUG(library): what plays clips is kept by others. A playlist that takes a clip in the very moment in which it is
// retired or removed is not seen; its broadcasts are then refused, not silent.
func (l *Library) unused(id string) error {
	if l.o.Uses == nil {
		return nil
	}
	if uses := l.o.Uses(id); len(uses) > 0 {
		return &InUseError{ID: id, Uses: uses}
	}
	return nil
}

func (c *Clip) forgetRejection() { c.RejectedBy, c.RejectedAt, c.RejectedWhy = "", time.Time{}, "" }

// change edits one clip. See changeAll.
func (l *Library) change(actor, id string, edit func(*bbolt.Tx, *Clip) (bool, error)) (Clip, error) {
	all, err := l.changeAll(actor, []string{id}, edit)
	if err != nil {
		return Clip{}, err
	}
	return all[0], nil
}

// changeAll edits several clips in one transaction, each with its record; nothing is stored or recorded of those for
// which edit reports no change. IDs that come twice are edited once.
func (l *Library) changeAll(actor string, ids []string, edit func(*bbolt.Tx, *Clip) (bool, error)) ([]Clip, error) {
	if len(ids) == 0 {
		return nil, wrong("ids", "are none")
	}
	if len(ids) > maxAtOnce {
		return nil, wrong("ids", "are %d; at most %d at once", len(ids), maxAtOnce)
	}
	var after []Clip
	err := l.o.DB.Update(func(tx *bbolt.Tx) error {
		after = after[:0]
		seen := make(map[string]bool)
		for _, id := range ids {
			if seen[id] {
				continue
			}
			seen[id] = true
			c, err := l.changeIn(tx, actor, id, edit)
			if err != nil {
				return err
			}
			after = append(after, c)
		}
		return nil
	})
	return after, asNoRoom(err)
}

func (l *Library) changeIn(tx *bbolt.Tx, actor, id string, edit func(*bbolt.Tx, *Clip) (bool, error)) (Clip, error) {
	before, err := read(tx, id)
	if err != nil {
		return Clip{}, err
	}
	after := before
	if changed, err := edit(tx, &after); err != nil || !changed {
		return after, err
	}
	if err := write(tx, after); err != nil {
		return Clip{}, err
	}
	return after, l.record(tx, actor, id, before, after)
}

// record notes a change and counts it once it is committed.
func (l *Library) record(tx *bbolt.Tx, actor, id string, before, after any) error {
	tx.OnCommit(func() { l.changes.add(id) })
	return l.o.Record(tx, actor, What, id, before, after)
}
