package library

import (
	"errors"

	"go.etcd.io/bbolt"
)

// placing is a part and where it belongs.
type placing struct {
	part *part
	path string
}

// arrival is the files of one original that come into place together with a change of the index.
type arrival struct {
	sum   string // SHA-256 of the original, hex
	files []placing
	fresh bool // the original has no files yet that the change could leave unused
}

// place puts files in place and then changes the index. A note in the index, made first, lets settle remove what the
// index does not name, if the program ends in between: before the change these are the new files, after it the old ones.
func (l *Library) place(a arrival, update func(tx *bbolt.Tx) error) error {
	l.filing.Lock()
	defer l.filing.Unlock()
	sum := []byte(a.sum)
	err := l.o.DB.Update(func(tx *bbolt.Tx) error { return bucket(tx, bucketPending).Put(sum, nil) })
	if err != nil {
		return err
	}
	for _, f := range a.files {
		if err == nil {
			err = f.part.place(f.path)
		}
	}
	if err == nil {
		err = l.o.DB.Update(func(tx *bbolt.Tx) error {
			if err := update(tx); err != nil || !a.fresh {
				return err
			}
			return bucket(tx, bucketPending).Delete(sum)
		})
	}
	if err != nil {
		return errors.Join(err, l.settle(a.sum))
	}
	if !a.fresh {
		// The change is made, whatever comes of this. While the note stays, each start tries again.
		_ = l.settle(a.sum)
	}
	return nil
}

// sweep removes what an interruption left: parts, and files that were on their way in or out. Other files that the index
// does not know stay: they may belong to a newer copy of the database.
func (l *Library) sweep() error {
	if err := l.files.removeParts(); err != nil {
		return err
	}
	var pending []string
	err := l.o.DB.View(func(tx *bbolt.Tx) error {
		return bucket(tx, bucketPending).ForEach(func(sum, _ []byte) error {
			pending = append(pending, string(sum))
			return nil
		})
	})
	for _, sum := range pending {
		err = errors.Join(err, l.settle(sum))
	}
	return err
}

// settle removes those files of an original that the index does not name, then the note. The caller holds filing, or is
// alone still.
func (l *Library) settle(sum string) error {
	return l.o.DB.Update(func(tx *bbolt.Tx) error {
		c, ok, err := byHash(tx, sum)
		if err != nil {
			return err
		}
		var keep []string
		if ok {
			keep = []string{l.files.original(sum), l.files.canonical(c), l.files.peaks(c)}
		}
		if err := l.files.removeOf(sum, keep...); err != nil {
			return err
		}
		return bucket(tx, bucketPending).Delete([]byte(sum))
	})
}
