package rulebook

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"go.etcd.io/bbolt"

	"loaxa/schedule"
)

//go:embed holidays.json
var shippedHolidays []byte

// holidays is the shipped table: what the law names every year, and what was announced for single years.
type holidays struct {
	Source   string        `json:"source"`
	Verified schedule.Date `json:"verified"`
	// Yearly holidays are dated "MM-DD", or by the lunar calendar.
	Yearly    []schedule.SpecialDay            `json:"yearly"`
	Announced map[string][]schedule.SpecialDay `json:"announced"` // by year
}

// Days are the special days, in the order of their creation.
func (b *Book) Days() []schedule.SpecialDay {
	days := slices.Clone(b.Input().Days)
	slices.SortFunc(days, func(x, y schedule.SpecialDay) int { return schedule.CompareIDs(x.ID, y.ID) })
	return days
}

// PutDay stores a special day, by the same rules as PutProgramme.
func (b *Book) PutDay(actor string, d schedule.SpecialDay) (schedule.SpecialDay, error) {
	d = d.Normalise()
	if err := schedule.ValidateDay(d); err != nil {
		return schedule.SpecialDay{}, err
	}
	err := b.write(actor, func(tx *bbolt.Tx) error {
		c := entry{bucket: bucketDay, what: WhatDay, actor: actor}
		if d.Revision == 0 && d.ID == "" {
			id, err := nextID(tx, bucketDay, "d")
			if err != nil {
				return err
			}
			d.ID = id
		} else {
			old, err := read[schedule.SpecialDay](tx, bucketDay, d.ID)
			if err != nil {
				return err
			}
			if old.Revision != d.Revision {
				return fmt.Errorf("special day %s: %w", d.ID, ErrConflict)
			}
			c.before = old
		}
		d.Revision++
		c.id, c.revision, c.after = d.ID, d.Revision, d
		return b.change(tx, c)
	})
	if err != nil {
		return schedule.SpecialDay{}, fmt.Errorf("storing special day: %w", err)
	}
	return d, nil
}

// DeleteDay takes a special day away.
func (b *Book) DeleteDay(actor, id string) error {
	err := b.write(actor, func(tx *bbolt.Tx) error {
		old, err := read[schedule.SpecialDay](tx, bucketDay, id)
		if err != nil {
			return err
		}
		return b.change(tx, entry{bucket: bucketDay, what: WhatDay, id: id, revision: old.Revision + 1, actor: actor, before: old})
	})
	if err != nil {
		return fmt.Errorf("deleting special day: %w", err)
	}
	return nil
}

// SuggestedDays are the public holidays of a year that the station has not taken over yet, with their sources. They change
// nothing on air by themselves: what a holiday means for the schedule is for the station to say.
func (b *Book) SuggestedDays(year int) ([]schedule.SpecialDay, error) {
	var h holidays
	if err := json.Unmarshal(shippedHolidays, &h); err != nil {
		return nil, fmt.Errorf("reading the shipped holidays: %w", err)
	}
	var out []schedule.SpecialDay
	for _, d := range h.Yearly {
		d.Source, d.Verified = h.Source, h.Verified
		if d.Lunar == nil {
			d.From = schedule.Date(strconv.Itoa(year)) + "-" + d.From
			d.Name = fmt.Sprintf("%s %d", d.Name, year)
		}
		out = append(out, d)
	}
	out = append(out, h.Announced[strconv.Itoa(year)]...)
	stored := b.Days()
	return slices.DeleteFunc(out, func(d schedule.SpecialDay) bool {
		return slices.ContainsFunc(stored, func(s schedule.SpecialDay) bool {
			return s.From == d.From && (s.Lunar == nil) == (d.Lunar == nil) && (s.Lunar == nil || *s.Lunar == *d.Lunar)
		})
	}), nil
}
