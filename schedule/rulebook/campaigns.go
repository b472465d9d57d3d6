package rulebook

import (
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"go.etcd.io/bbolt"

	"loaxa/schedule"
)

// ErrState refuses an act that a campaign's state does not allow.
var ErrState = errors.New("not possible in this state")

// Makeup is a broadcast in place of an occurrence of a campaign that was not aired.
type Makeup struct {
	At time.Time `json:"at"`
	Of string    `json:"of"` // the ID of the occurrence that it makes up for
}

// Campaigns in the order of their creation.
func (b *Book) Campaigns() ([]schedule.Campaign, error) {
	var out []schedule.Campaign
	err := b.db.View(func(tx *bbolt.Tx) error {
		return each(tx, bucketCampaign, func(c schedule.Campaign) { out = append(out, c) })
	})
	slices.SortFunc(out, func(x, y schedule.Campaign) int { return schedule.CompareIDs(x.ID, y.ID) })
	return out, err
}

// Campaign by ID, or ErrNotFound.
func (b *Book) Campaign(id string) (c schedule.Campaign, err error) {
	err = b.db.View(func(tx *bbolt.Tx) error {
		c, err = read[schedule.Campaign](tx, bucketCampaign, id)
		return err
	})
	return c, err
}

// PutCampaign stores a draft that is complete, by the same rules as PutProgramme. A submitted campaign that is edited is a
// draft again; one that was approved or closed is not edited: ErrState.
func (b *Book) PutCampaign(actor string, c schedule.Campaign) (schedule.Campaign, error) {
	return b.putCampaign(actor, c, schedule.ValidateCampaign)
}

// PutCampaignDraft is PutCampaign for one that is being drawn up: what it still lacks is asked for when it is submitted or
// approved.
func (b *Book) PutCampaignDraft(actor string, c schedule.Campaign) (schedule.Campaign, error) {
	return b.putCampaign(actor, c, schedule.ValidateCampaignDraft)
}

func (b *Book) putCampaign(actor string, c schedule.Campaign, validate func(schedule.Campaign) error) (schedule.Campaign, error) {
	c = c.Normalise()
	if err := validate(c); err != nil {
		return schedule.Campaign{}, err
	}
	c.State, c.Submitted, c.Approved, c.Closed = schedule.CampaignDraft, nil, nil, nil
	c.PlaylistID, c.Programme, c.Makeups = "", "", ""
	err := b.write(actor, func(tx *bbolt.Tx) error {
		ch := entry{bucket: bucketCampaign, what: WhatCampaign, actor: actor}
		if c.Revision == 0 && c.ID == "" {
			id, err := nextID(tx, bucketCampaign, "k")
			if err != nil {
				return err
			}
			c.ID = id
		} else {
			old, err := read[schedule.Campaign](tx, bucketCampaign, c.ID)
			switch {
			case err != nil:
				return err
			case old.Revision != c.Revision:
				return fmt.Errorf("campaign %s: %w", c.ID, ErrConflict)
			case old.State != schedule.CampaignDraft && old.State != schedule.CampaignSubmitted:
				return fmt.Errorf("campaign %s is %s: %w", c.ID, old.State, ErrState)
			}
			ch.before = old
		}
		c.Revision++
		ch.id, ch.revision, ch.after = c.ID, c.Revision, c
		return b.change(tx, ch)
	})
	if err != nil {
		return schedule.Campaign{}, fmt.Errorf("storing campaign: %w", err)
	}
	return c, nil
}

// AddCampaignClips puts clips that came for a campaign at the end of those that it has. One that is submitted is a draft
// again, as by any other edit.
func (b *Book) AddCampaignClips(actor, id string, clips []string) (schedule.Campaign, error) {
	return b.moveCampaign(actor, id, "adding clips to", func(_ *bbolt.Tx, c *schedule.Campaign) (bool, error) {
		if c.State != schedule.CampaignDraft && c.State != schedule.CampaignSubmitted {
			return false, ErrState
		}
		had := len(c.ClipIDs)
		c.ClipIDs = slices.Clone(c.ClipIDs)
		for _, clip := range clips {
			if !slices.Contains(c.ClipIDs, clip) {
				c.ClipIDs = append(c.ClipIDs, clip)
			}
		}
		if len(c.ClipIDs) == had {
			return false, nil
		}
		c.State, c.Submitted = schedule.CampaignDraft, nil
		return true, schedule.ValidateCampaignDraft(*c)
	})
}

// SubmitCampaign hands a draft to the approver. Submitting twice changes nothing.
func (b *Book) SubmitCampaign(actor, id string) (schedule.Campaign, error) {
	return b.moveCampaign(actor, id, "submitting", func(_ *bbolt.Tx, c *schedule.Campaign) (bool, error) {
		if c.State == schedule.CampaignSubmitted {
			return false, nil
		}
		if c.State != schedule.CampaignDraft {
			return false, ErrState
		}
		if err := schedule.ValidateCampaign(*c); err != nil {
			return false, err
		}
		c.State, c.Submitted = schedule.CampaignSubmitted, &schedule.Signature{By: actor, At: b.now()}
		return true, nil
	})
}

// RejectCampaign makes a submitted campaign a draft again, with the reason in its note.
func (b *Book) RejectCampaign(actor, id, why string) (schedule.Campaign, error) {
	return b.moveCampaign(actor, id, "rejecting", func(_ *bbolt.Tx, c *schedule.Campaign) (bool, error) {
		if c.State != schedule.CampaignSubmitted {
			return false, ErrState
		}
		c.State, c.Submitted, c.Note = schedule.CampaignDraft, nil, schedule.NormaliseText(why)
		return true, nil
	})
}

// ApproveCampaign makes the campaign's playlist and programme, all in one change of the book; revision is the one that the
// approver saw, else ErrConflict. By and At of the signature are set here. Whether the actor may approve, and whether the
// clips are approved, is for the caller. Approving twice changes nothing.
func (b *Book) ApproveCampaign(actor, id string, revision int64, s schedule.Signature) (schedule.Campaign, error) {
	return b.moveCampaign(actor, id, "approving", func(tx *bbolt.Tx, c *schedule.Campaign) (bool, error) {
		switch {
		case c.State == schedule.CampaignApproved:
			return false, nil
		case c.State == schedule.CampaignClosed:
			return false, ErrState
		case c.Revision != revision:
			return false, ErrConflict
		}
		if err := schedule.ValidateCampaign(*c); err != nil {
			return false, err
		}
		s.By, s.At = actor, b.now()
		c.State, c.Approved = schedule.CampaignApproved, &s
		return true, b.makeRules(tx, actor, c)
	})
}

func (b *Book) makeRules(tx *bbolt.Tx, actor string, c *schedule.Campaign) (err error) {
	if c.PlaylistID, err = nextID(tx, bucketPlaylist, "l"); err != nil {
		return err
	}
	if c.Programme, err = nextID(tx, bucketProgramme, "p"); err != nil {
		return err
	}
	l, p := c.Rules()
	l, p = l.Normalise(), p.Normalise()
	l.Revision, p.Revision, p.EffectiveFrom = 1, 1, b.now()
	if err := b.change(tx, entry{bucket: bucketPlaylist, what: WhatPlaylist, id: l.ID, revision: 1, actor: actor, after: l}); err != nil {
		return err
	}
	return b.change(tx, entry{bucket: bucketProgramme, what: WhatProgramme, id: p.ID, revision: 1, actor: actor, after: p})
}

// CloseCampaign ends a campaign; of an approved one nothing more is planned from now on.
func (b *Book) CloseCampaign(actor, id string) (schedule.Campaign, error) {
	return b.moveCampaign(actor, id, "closing", func(tx *bbolt.Tx, c *schedule.Campaign) (bool, error) {
		if c.State == schedule.CampaignClosed {
			return false, nil
		}
		c.State, c.Closed = schedule.CampaignClosed, &schedule.Signature{By: actor, At: b.now()}
		for _, pid := range []string{c.Programme, c.Makeups} {
			if pid == "" {
				continue
			}
			old, err := read[schedule.Programme](tx, bucketProgramme, pid)
			if errors.Is(err, ErrNotFound) {
				continue // somebody deleted it: it is over already
			}
			if err != nil {
				return false, err
			}
			p := old
			p.EndsBefore = b.now()
			if err := b.revise(tx, actor, old, &p); err != nil {
				return false, err
			}
		}
		return true, nil
	})
}

// AddMakeups plans broadcasts in place of occurrences that were not aired. Each must lie ahead, and an occurrence is made up
// for once. Whether it needs to be is for the caller, who reads the log.
func (b *Book) AddMakeups(actor, id string, list []Makeup) (schedule.Campaign, error) {
	return b.moveCampaign(actor, id, "making up for", func(tx *bbolt.Tx, c *schedule.Campaign) (bool, error) {
		if c.State != schedule.CampaignApproved {
			return false, ErrState
		}
		var old schedule.Programme
		var err error
		if c.Makeups != "" {
			old, err = read[schedule.Programme](tx, bucketProgramme, c.Makeups)
		}
		if err != nil {
			return false, err
		}
		p, err := b.withMakeups(old, *c, list)
		if err != nil || c.Makeups != "" {
			if err == nil {
				err = b.revise(tx, actor, old, &p)
			}
			return true, err
		}
		if p.ID, err = nextID(tx, bucketProgramme, "p"); err != nil {
			return false, err
		}
		c.Makeups, p.Revision, p.EffectiveFrom = p.ID, 1, b.now()
		return true, b.change(tx, entry{bucket: bucketProgramme, what: WhatProgramme, id: p.ID, revision: 1, actor: actor, after: p})
	})
}

// withMakeups gives the programme of make-ups with more of them.
func (b *Book) withMakeups(old schedule.Programme, c schedule.Campaign, list []Makeup) (schedule.Programme, error) {
	p := old
	if p.ID == "" {
		_, p = c.Rules()
		p.ID, p.When, p.ValidFrom, p.ValidUntil, p.Title = "", nil, "", "", makeupTitle(c.Title)
	}
	starts, exceptions := slices.Clone(p.Starts), slices.Clone(p.Exceptions)
	now := b.now()
	for i, m := range list {
		bad := func(field, code, message string) error {
			return schedule.Problems{{Field: fmt.Sprintf("makeups[%d].%s", i, field), Code: code, Message: message}}
		}
		at := m.At.Truncate(time.Second)
		switch {
		case !at.After(now):
			return p, bad("at", "past", "this time is over: choose a later one.")
		case slices.ContainsFunc(exceptions, func(e schedule.Exception) bool { return e.MakeupOf == m.Of && !e.Cancelled }):
			return p, bad("of", "conflict", fmt.Sprintf("%s is made up for already.", m.Of))
		case slices.ContainsFunc(starts, at.Equal):
			return p, bad("at", "conflict", "another make-up starts at this time.")
		}
		starts, exceptions = append(starts, at), append(exceptions, schedule.Exception{At: at, MakeupOf: m.Of})
	}
	slices.SortFunc(exceptions, func(x, y schedule.Exception) int { return x.At.Compare(y.At) })
	p.Starts, p.Exceptions = starts, exceptions
	p = p.Normalise()
	return p, schedule.ValidateProgramme(p)
}

// makeupTitle names the make-ups of a campaign, whose own title may be as long as one can be.
func makeupTitle(title string) string {
	const before = "Phát bù: "
	r := []rune(title)
	return before + string(r[:min(len(r), schedule.MaxTitle-utf8.RuneCountInString(before))])
}

// moveCampaign stores what change makes of a campaign, in one transaction with what change writes itself.
func (b *Book) moveCampaign(actor, id, doing string, change func(*bbolt.Tx, *schedule.Campaign) (bool, error)) (schedule.Campaign, error) {
	var out schedule.Campaign
	err := b.write(actor, func(tx *bbolt.Tx) error {
		old, err := read[schedule.Campaign](tx, bucketCampaign, id)
		if err != nil {
			return err
		}
		out = old
		moved, err := change(tx, &out)
		if err != nil || !moved {
			return err
		}
		out.Revision = old.Revision + 1
		return b.change(tx, entry{bucket: bucketCampaign, what: WhatCampaign, id: id, revision: out.Revision, actor: actor, before: old, after: out})
	})
	if err != nil {
		return schedule.Campaign{}, fmt.Errorf("%s campaign %s: %w", doing, id, err)
	}
	return out, nil
}
