package library

import (
	"fmt"

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

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}
