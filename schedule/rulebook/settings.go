package rulebook

import (
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"loaxa/schedule"
)

// readSettings lays what is stored over the defaults, so that a setting added by a later version has its default.
func readSettings(tx *bbolt.Tx) (schedule.Settings, error) {
	s := schedule.DefaultSettings()
	if raw := bucket(tx, bucketSettings).Get([]byte(settingsID)); raw != nil {
		if err := json.Unmarshal(raw, &s); err != nil {
			return schedule.Settings{}, fmt.Errorf("reading settings: %w", err)
		}
	}
	return s, nil
}

// PutSettings stores the settings whole. Revision must be the stored one (0 before the first time), else ErrConflict.
// A new time zone moves every rule's due times, so the programmes take effect anew: none becomes due in the past.
func (b *Book) PutSettings(actor string, s schedule.Settings) (schedule.Settings, error) {
	s = s.Normalise()
	if err := schedule.ValidateSettings(s); err != nil {
		return schedule.Settings{}, err
	}
	err := b.write(actor, func(tx *bbolt.Tx) error {
		old, err := readSettings(tx)
		if err != nil {
			return err
		}
		if old.Revision != s.Revision {
			return fmt.Errorf("settings: %w", ErrConflict)
		}
		s.Revision++
		err = b.change(tx, entry{bucket: bucketSettings, what: WhatSettings, id: settingsID, revision: s.Revision,
			actor: actor, before: old, after: s})
		if err != nil || old.Zone == s.Zone {
			return err
		}
		return b.retimeAll(tx, actor)
	})
	if err != nil {
		return schedule.Settings{}, fmt.Errorf("storing settings: %w", err)
	}
	return s, nil
}

func (b *Book) retimeAll(tx *bbolt.Tx, actor string) error {
	var all []schedule.Programme
	if err := each(tx, bucketProgramme, func(p schedule.Programme) { all = append(all, p) }); err != nil {
		return err
	}
	for _, old := range all {
		p := old
		p.EffectiveFrom = b.now()
		p.Revision++
		err := b.change(tx, entry{bucket: bucketProgramme, what: WhatProgramme, id: p.ID, revision: p.Revision,
			actor: actor, before: old, after: p})
		if err != nil {
			return err
		}
	}
	return nil
}
