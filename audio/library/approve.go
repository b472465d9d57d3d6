package library

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// maxSigner bounds the name and office of who signed on paper, in characters.
const maxSigner = 200

// Approve allows drafts, submitted and retired clips on air, with the bytes that they have now: all of them or, after an
// error, none. They get one batch ID. Approving an approved clip changes nothing. Paper, which may be nil, is a
// signature on paper: of clips of one letter, with a photo that is kept already; actor is who entered it.
//
// The caller knows that actor may approve.
func (l *Library) Approve(actor string, ids []string, paper *Paper) ([]Clip, error) {
	return l.ApproveAsSeen(actor, ids, paper, nil)
}

// ApproveAsSeen is Approve for an approver who had some of the clips before them, by ID: when one of those is not so any
// more, none is approved, and the error is ErrNotAsSeen. That is found in the transaction which approves.
func (l *Library) ApproveAsSeen(actor string, ids []string, paper *Paper, seen map[string]Seen) ([]Clip, error) {
	after, err := l.approve(actor, ids, paper, seen)
	if err != nil {
		return nil, fmt.Errorf("approving clips: %w", err)
	}
	return after, nil
}

func (l *Library) approve(actor string, ids []string, paper *Paper, seen map[string]Seen) ([]Clip, error) {
	if err := checkSeen(ids, seen); err != nil {
		return nil, err
	}
	paper, err := l.checkPaper(actor, paper)
	if err != nil {
		return nil, err
	}
	var first Clip // of those that are approved now
	now, batch := l.stamp(), ""
	return l.changeAll(actor, ids, func(tx *bbolt.Tx, c *Clip) (bool, error) {
		if s, ok := seen[c.ID]; ok && !s.Is(*c) {
			return false, fmt.Errorf("clip %s: %w", c.ID, ErrNotAsSeen)
		}
		if c.State == StateApproved {
			return false, nil
		}
		if first.ID == "" {
			first = *c
		}
		if paper != nil && c.Letter != first.Letter {
			return false, wrong("ids", "are of different letters, %s and %s; a signature on paper is of one letter", first.ID, c.ID)
		}
		if batch == "" {
			n, err := bucket(tx, bucketClip).NextSequence()
			if err != nil {
				return false, fmt.Errorf("numbering the approval: %w", err)
			}
			batch = fmt.Sprintf("a-%d", n)
		}
		c.Approval = &Approval{By: actor, At: now, SHA256: c.SHA256, CanonicalSHA256: c.CanonicalSHA256, Batch: batch, Paper: paper}
		c.State, c.ApprovedBy, c.ApprovedAt = StateApproved, actor, now
		c.forgetRejection()
		return true, nil
	})
}

// checkPaper gives the paper as it is stored.
func (l *Library) checkPaper(actor string, paper *Paper) (*Paper, error) {
	if paper == nil {
		return nil, nil
	}
	p := Paper{Date: paper.Date, Photo: paper.Photo, EnteredBy: actor}
	var err error
	if p.Signer, err = cleanWithin("paper.signer", paper.Signer, maxSigner); err != nil {
		return nil, err
	}
	if p.Signer == "" {
		return nil, wrong("paper.signer", "is empty; give the name and office of who signed")
	}
	day, err := checkDate("paper.date", p.Date)
	if err != nil {
		return nil, err
	}
	if p.Date == "" {
		return nil, wrong("paper.date", "is empty; give the day of the signature")
	}
	if day.After(l.o.Now().Add(24 * time.Hour)) { // whatever the zone of time
		return nil, wrong("paper.date", "%s is still to come", p.Date)
	}
	err = l.checkPhoto(context.Background(), p.Photo)
	if errors.Is(err, ErrNoPhoto) {
		return nil, wrong("paper.photo", "is not kept here; upload the photo of the signature first")
	}
	return &p, err
}
