package library

import (
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
)

// Edit is what changes about a clip; nil leaves a thing as it is.
type Edit struct {
	Title      *string
	Source     *string
	Tags       *[]string
	Letter     *Letter
	ValidFrom  *string
	ValidUntil *string
	// Was is what the editor had before them of the same things, nil where that is not to be compared: when a thing is another
	// by now, and is not what the edit makes of it either, nothing is changed, and the error is ErrMeanwhile.
	Was *Edit
}

// Edit changes what is said about a clip. An approver has seen the letter and the days on which a clip is valid: when
// they change, an approval is void. An edit that changes nothing is not recorded.
func (l *Library) Edit(actor, id string, e Edit) (Clip, error) {
	c, err := l.change(actor, id, func(_ *bbolt.Tx, c *Clip) (bool, error) { return c.edit(e) })
	if err != nil {
		return Clip{}, fmt.Errorf("editing clip: %w", err)
	}
	return c, nil
}

func (c *Clip) edit(e Edit) (changed bool, err error) {
	before := saidOf(*c)
	if e.Was.overtaken(e, before) {
		return false, fmt.Errorf("clip %s: %w", c.ID, ErrMeanwhile)
	}
	after := before
	set(&after.Title, e.Title)
	set(&after.Source, e.Source)
	set(&after.Tags, e.Tags)
	set(&after.Letter, e.Letter)
	set(&after.ValidFrom, e.ValidFrom)
	set(&after.ValidUntil, e.ValidUntil)
	if after, err = after.checked(); err != nil {
		return false, err
	}
	if after.Title == "" {
		return false, wrong("title", "is empty")
	}
	if after.equal(before) {
		return false, nil
	}
	after.describe(c)
	if c.Approval != nil && (after.Letter != before.Letter || after.ValidFrom != before.ValidFrom || after.ValidUntil != before.ValidUntil) {
		c.void()
	}
	return true, nil
}

// overtaken tells whether somebody else changed a thing that the edit is to change, too.
func (was *Edit) overtaken(e Edit, now said) bool {
	return was != nil && (differs(was.Title, e.Title, now.Title) || differs(was.Source, e.Source, now.Source) || differs(was.Letter, e.Letter, now.Letter) ||
		differs(was.ValidFrom, e.ValidFrom, now.ValidFrom) || differs(was.ValidUntil, e.ValidUntil, now.ValidUntil) ||
		was.Tags != nil && e.Tags != nil && !slices.Equal(*was.Tags, now.Tags) && !slices.Equal(*e.Tags, now.Tags))
}

func differs[T comparable](was, to *T, now T) bool {
	return was != nil && to != nil && *was != now && *to != now
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}
