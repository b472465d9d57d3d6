package rulebook

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"loaxa/schedule"
)

//go:embed topics.json
var shippedTopics []byte

// ShippedTaxonomy is what a station has until it changes it.
func ShippedTaxonomy() (schedule.Taxonomy, error) {
	var t schedule.Taxonomy
	if err := json.Unmarshal(shippedTopics, &t); err != nil {
		return schedule.Taxonomy{}, fmt.Errorf("reading the shipped taxonomy: %w", err)
	}
	return t, nil
}

// Taxonomy is what clips can be about, as the station has it.
func (b *Book) Taxonomy() (t schedule.Taxonomy, err error) {
	err = b.db.View(func(tx *bbolt.Tx) error {
		t, err = readTaxonomy(tx)
		return err
	})
	return t, err
}

func readTaxonomy(tx *bbolt.Tx) (schedule.Taxonomy, error) {
	raw := bucket(tx, bucketSettings).Get([]byte(topicsID))
	if raw == nil {
		return ShippedTaxonomy()
	}
	var t schedule.Taxonomy
	if err := json.Unmarshal(raw, &t); err != nil {
		return schedule.Taxonomy{}, fmt.Errorf("reading the taxonomy: %w", err)
	}
	return t, nil
}

// PutTaxonomy stores the taxonomy whole. Revision must be the stored one (0 before the first time), else ErrConflict.
// Clips keep their tags whatever becomes of the topics.
func (b *Book) PutTaxonomy(actor string, t schedule.Taxonomy) (schedule.Taxonomy, error) {
	t = t.Normalise()
	if err := schedule.ValidateTaxonomy(t); err != nil {
		return schedule.Taxonomy{}, err
	}
	err := b.write(actor, func(tx *bbolt.Tx) error {
		old, err := readTaxonomy(tx)
		if err != nil {
			return err
		}
		if old.Revision != t.Revision {
			return fmt.Errorf("taxonomy: %w", ErrConflict)
		}
		t.Revision++
		return b.change(tx, entry{bucket: bucketSettings, what: WhatTopics, id: topicsID, revision: t.Revision,
			actor: actor, before: old, after: t})
	})
	if err != nil {
		return schedule.Taxonomy{}, fmt.Errorf("storing the taxonomy: %w", err)
	}
	return t, nil
}
