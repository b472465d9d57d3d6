package account

import (
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
)

// RecoveryCodes is how many codes stand on a sheet.
const RecoveryCodes = 8

// sealed is one code of the recovery sheet.
type sealed struct {
	Sheet  int64     `json:"sheet"`
	No     int       `json:"no"` // from 1, as on the sheet
	Made   time.Time `json:"made"`
	By     string    `json:"by"`
	UsedAt time.Time `json:"used_at,omitzero"`
}

func (s sealed) name() string { return fmt.Sprintf("%d-%d", s.Sheet, s.No) }

// Recovery is the recovery sheet that is valid, as it is listed: without its codes.
type Recovery struct {
	Sheet int64     `json:"sheet"` // its number; 0 while there is none
	Made  time.Time `json:"made,omitzero"`
	By    string    `json:"by,omitempty"`
	Left  int       `json:"left"` // codes not used yet
}

// NewRecovery makes the codes of a new recovery sheet, each good once for an administrator's session; those of an
// earlier sheet are void. They are shown this once.
func (b *Book) NewRecovery(actor string) (codes []string, sheet Recovery, err error) {
	for range RecoveryCodes {
		codes = append(codes, newCode(recoveryGroups))
	}
	err = b.db.Update(func(tx *bolt.Tx) error {
		bk := bucket(tx, recoveryBucket)
		before, err := recovery(bk)
		if err != nil {
			return err
		}
		if err := clearBucket(bk); err != nil {
			return err
		}
		n, err := bk.NextSequence()
		if err != nil {
			return err
		}
		sheet = Recovery{Sheet: int64(n), Made: b.now(), By: actor, Left: len(codes)}
		for i, code := range codes {
			if err := put(bk, key(plainCode(code)), sealed{Sheet: int64(n), No: i + 1, Made: sheet.Made, By: actor}); err != nil {
				return err
			}
		}
		return b.record(tx, actor, "recovery_create", fmt.Sprintf("sheet-%d", n), before, sheet)
	})
	if err != nil {
		return nil, Recovery{}, fmt.Errorf("making a recovery sheet: %w", err)
	}
	return codes, sheet, nil
}

// Recovery says which recovery sheet is valid.
func (b *Book) Recovery() (sheet Recovery, err error) {
	err = b.db.View(func(tx *bolt.Tx) error {
		sheet, err = recovery(bucket(tx, recoveryBucket))
		return err
	})
	if err != nil {
		return Recovery{}, fmt.Errorf("reading the recovery sheet: %w", err)
	}
	return sheet, nil
}

func recovery(bk *bolt.Bucket) (sheet Recovery, err error) {
	err = each(bk, func(_ []byte, s sealed) error {
		sheet.Sheet, sheet.Made, sheet.By = s.Sheet, s.Made, s.By
		if s.UsedAt.IsZero() {
			sheet.Left++
		}
		return nil
	})
	return sheet, err
}

// useSealed spends a code of the sheet; ErrUnknown when it is none.
func (b *Book) useSealed(tx *bolt.Tx, code string, from From) (cookie string, who Identity, err error) {
	bk, k := bucket(tx, recoveryBucket), key(plainCode(code))
	var found *sealed
	if err := each(bk, func(at []byte, s sealed) error {
		if string(at) == string(k) {
			found = &s
		}
		return nil
	}); err != nil {
		return "", Identity{}, err
	}
	if found == nil || !found.UsedAt.IsZero() {
		return "", Identity{}, ErrUnknown
	}
	found.UsedAt = b.now()
	if err := put(bk, k, *found); err != nil {
		return "", Identity{}, err
	}
	return b.openSession(tx, session{Kind: kindRecovery, Sealed: found.name()}, from)
}
