package rulebook

import (
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"loaxa/schedule"
)

// maxExceptions is how many single changes a programme keeps; exceptionsKept is for how long after their day.
const (
	maxExceptions  = 200
	exceptionsKept = 31 * 24 * time.Hour
)

// ChangeOne changes a single occurrence of a programme ("this one only"); the occurrence keeps its ID. An exception for the
// same start replaces the one before, and one that changes nothing takes it back. What is over cannot be changed, and
// nothing can be moved into the past. A person's mistakes come back as schedule.Problems.
func (b *Book) ChangeOne(actor, programmeID string, e schedule.Exception) (schedule.Programme, error) {
	var out schedule.Programme
	err := b.write(actor, func(tx *bbolt.Tx) error {
		old, err := read[schedule.Programme](tx, bucketProgramme, programmeID)
		if err != nil {
			return err
		}
		if err := b.checkOne(tx, old, e); err != nil {
			return err
		}
		out = old
		out.Exceptions = withException(old.Exceptions, e, b.now())
		if len(out.Exceptions) > maxExceptions {
			return schedule.Problems{{Field: "at", Code: "length", Message: fmt.Sprintf(
				"at most %d single changes are kept for a programme: change the programme itself.", maxExceptions)}}
		}
		return b.revise(tx, actor, old, &out)
	})
	if err != nil {
		return schedule.Programme{}, fmt.Errorf("changing one occurrence of %s: %w", programmeID, err)
	}
	return out, nil
}

// withException gives a new list: ascending by start, without what is long over.
func withException(list []schedule.Exception, e schedule.Exception, now time.Time) []schedule.Exception {
	var out []schedule.Exception
	for _, x := range list {
		if !x.At.Equal(e.At) && (x.MakeupOf != "" || latest(x).After(now.Add(-exceptionsKept))) {
			out = append(out, x)
		}
	}
	if e.Cancelled || !e.To.IsZero() || e.PlaylistID != "" || e.VolumePercent != 0 || e.MakeupOf != "" {
		out = append(out, e)
	}
	slices.SortFunc(out, func(x, y schedule.Exception) int { return x.At.Compare(y.At) })
	return out
}

func latest(e schedule.Exception) time.Time {
	if e.To.After(e.At) {
		return e.To
	}
	return e.At
}

// checkOne judges an exception by the programme and the time of now.
func (b *Book) checkOne(tx *bbolt.Tx, p schedule.Programme, e schedule.Exception) error {
	var ps schedule.Problems
	add := func(field, code, message string) {
		ps = append(ps, schedule.Problem{Field: field, Code: code, Message: message})
	}
	now := b.now()
	old, had := exceptionAt(p, e.At)
	switch {
	case !isStart(b.Input(), p, e.At):
		add("at", "unknown", "the programme has no start at this time.")
	case had && !old.To.IsZero() && !old.To.After(now), !(had && !old.To.IsZero()) && !e.At.After(now):
		add("at", "past", "this occurrence is over or on air: nothing of it can be changed.")
	}
	if !e.To.IsZero() && !e.To.After(now) {
		add("to", "past", "it cannot be moved into the past.")
	}
	if e.PlaylistID != "" && bucket(tx, bucketPlaylist).Get([]byte(e.PlaylistID)) == nil {
		add("playlist_id", "unknown", fmt.Sprintf("there is no playlist %s.", e.PlaylistID))
	}
	if e.VolumePercent < 0 || e.VolumePercent > 100 {
		add("volume_percent", "range", fmt.Sprintf("%d is out of range: use 1 to 100 percent.", e.VolumePercent))
	}
	if e.Cancelled && !e.To.IsZero() {
		add("to", "conflict", "what is cancelled cannot be moved as well.")
	}
	if ps != nil {
		return ps
	}
	return nil
}

func exceptionAt(p schedule.Programme, at time.Time) (schedule.Exception, bool) {
	for _, x := range p.Exceptions {
		if x.At.Equal(at) {
			return x, true
		}
	}
	return schedule.Exception{}, false
}

// isStart asks the plan whether the rule itself has a start at a moment, whatever was changed of it.
func isStart(in schedule.Input, p schedule.Programme, at time.Time) bool {
	p.Exceptions, p.Paused = nil, false
	in.Programmes = []schedule.Programme{p}
	for _, o := range schedule.Plan(in, at, at.Add(time.Second)) {
		if o.Due.Equal(at) {
			return true
		}
	}
	return false
}

// SplitFrom changes a programme "from this one on": the old one ends before a start of its own, and p follows it as a new
// programme that takes effect then. Both are one change of the book: there is never a gap or a double.
func (b *Book) SplitFrom(actor, programmeID string, at time.Time, p schedule.Programme) (ended, follows schedule.Programme, err error) {
	p = p.Normalise()
	p.Exceptions, p.EndsBefore = nil, time.Time{}
	if err := schedule.ValidateProgramme(p); err != nil {
		return ended, follows, err
	}
	err = b.write(actor, func(tx *bbolt.Tx) error {
		old, err := read[schedule.Programme](tx, bucketProgramme, programmeID)
		if err != nil {
			return err
		}
		switch {
		case !at.After(b.now()):
			return schedule.Problems{{Field: "at", Code: "past", Message: "this occurrence is over or on air: choose a later one."}}
		case !isStart(b.Input(), old, at):
			return schedule.Problems{{Field: "at", Code: "unknown", Message: "the programme has no start at this time."}}
		case bucket(tx, bucketPlaylist).Get([]byte(p.PlaylistID)) == nil:
			return schedule.Problems{{Field: "playlist_id", Code: "unknown", Message: fmt.Sprintf("there is no playlist %s.", p.PlaylistID)}}
		}
		ended = old
		ended.EndsBefore = at
		ended.Exceptions = slices.DeleteFunc(slices.Clone(old.Exceptions), func(x schedule.Exception) bool { return !x.At.Before(at) })
		if err := b.revise(tx, actor, old, &ended); err != nil {
			return err
		}
		follows = p
		if follows.ID, err = nextID(tx, bucketProgramme, "p"); err != nil {
			return err
		}
		follows.EffectiveFrom, follows.Revision, follows.CampaignID = at, 1, old.CampaignID
		return b.change(tx, entry{bucket: bucketProgramme, what: WhatProgramme, id: follows.ID, revision: 1, actor: actor, after: follows})
	})
	if err != nil {
		return schedule.Programme{}, schedule.Programme{}, fmt.Errorf("changing %s from %s on: %w", programmeID, at.Format(time.RFC3339), err)
	}
	return ended, follows, nil
}

// revise stores a programme's next revision.
func (b *Book) revise(tx *bbolt.Tx, actor string, old schedule.Programme, p *schedule.Programme) error {
	p.Revision = old.Revision + 1
	return b.change(tx, entry{bucket: bucketProgramme, what: WhatProgramme, id: p.ID, revision: p.Revision, actor: actor, before: old, after: *p})
}
