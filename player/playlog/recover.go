package playlog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	bolt "go.etcd.io/bbolt"

	"loaxa/player/playlog/evidence"
)

// Why an epoch opens, as its first record says.
const (
	whyInit       = "init"
	whyLost       = "lost"
	whyDamaged    = "damaged"
	whyRolledBack = "rolled_back"
	whyNewCode    = "new_code"
	whyKeyLost    = "key_lost"
)

func (l *Log) boltOptions() *bolt.Options {
	return &bolt.Options{Timeout: lockWait, NoSync: l.opts.NoSync, NoGrowSync: l.opts.NoSync,
		InitialMmapSize: mapSize(), OpenFile: l.opts.OpenFile, NoStatistics: true}
}

// ensure makes sure that a trustworthy log is open, opening a new epoch when there is none, at the cost of the reserve
// when the disk is full. Callers hold mu.
func (l *Log) ensure() error {
	if l.store != nil {
		return nil
	}
	err := l.ensureOnce()
	if l.giveUpReserve(err) {
		err = l.ensureOnce()
	}
	return err
}

func (l *Log) ensureOnce() error {
	for _, dir := range []string{l.opts.dir(), l.opts.AnchorDir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("making folder: %w", err)
		}
	}
	anchor := l.readAnchor()
	s, why, err := l.tryOpen(anchor)
	if err != nil {
		return err
	}
	if s == nil {
		if s, err = l.newEpoch(why, anchor); err != nil {
			return fmt.Errorf("opening a new epoch (%s): %w", why.code, err)
		}
		l.dropNextKey() // it was for the log that is closed
	}
	l.distrust = ""
	l.storeMu.Lock()
	l.store = s
	l.storeMu.Unlock()
	if why.code == "" {
		return nil
	}
	// Anchored at once: lost again before its first outcome, this epoch's number must not be given a second time.
	if _, err := l.cut(); err != nil {
		if l.store == nil {
			return err
		}
		l.raise(err)
	}
	return nil
}

// reason is why a new epoch must open.
type reason struct {
	code   string
	detail string
	epoch  int64  // of the log that is closed, 0 when it could not be read
	last   []byte // its newest checkpoint, when it can be trusted
}

// tryOpen opens the log that is there. Without an error and without a store a new epoch must open.
func (l *Log) tryOpen(anchor anchor) (*store, reason, error) {
	if l.distrust != "" {
		return nil, reason{code: whyDamaged, detail: l.distrust}, nil
	}
	s, err := openStore(l.opts.Path, l.boltOptions())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if l.opts.MayInit && anchor.epoch == 0 && l.lastKept() == 0 {
			return nil, reason{code: whyInit}, nil
		}
		return nil, reason{code: whyLost, detail: "no file " + l.opts.Path}, nil
	case errors.Is(err, errRolledBack):
		return nil, reason{code: whyRolledBack, detail: err.Error()}, nil
	case errors.Is(err, errDamaged):
		return nil, reason{code: whyDamaged, detail: err.Error()}, nil
	case err != nil:
		return nil, reason{}, err
	}
	why, err := l.examine(s, anchor)
	if err == nil && why.code == "" {
		err = guarded(s.reindex)
		if errors.Is(err, errDamaged) {
			why, err = reason{code: whyDamaged, detail: err.Error(), epoch: s.epoch.Epoch}, nil
		}
	}
	if err == nil && why.code == "" {
		return s, reason{}, nil
	}
	return nil, why, errors.Join(err, guarded(s.db.Close))
}

// examine compares an open log with the anchor, the key and the station's code.
func (l *Log) examine(s *store, anchor anchor) (reason, error) {
	r := reason{epoch: s.epoch.Epoch}
	if anchor.epoch > s.epoch.Epoch {
		r.code, r.detail = whyRolledBack, fmt.Sprintf("epoch %d, the anchor is of epoch %d", s.epoch.Epoch, anchor.epoch)
		return r, nil
	}
	key, keyErr := readKey(l.opts.KeyPath)
	next, err := readKey(l.opts.nextKey())
	if err != nil {
		next = nil // mostly there is none; half a key is from a change that was cut off before its record
	}
	if err := s.checkAnchor(anchor, key, next); err != nil {
		r.code, r.detail = whyDamaged, err.Error()
		if errors.Is(err, errRolledBack) {
			r.code = whyRolledBack
		}
		return r, nil
	}
	lost, err := l.takeKey(s, key, keyErr, next)
	switch {
	case errors.Is(err, errDamaged):
		r.code, r.detail = whyDamaged, err.Error()
		return r, nil
	case err != nil:
		return r, err
	case lost != "":
		r.code, r.detail = whyKeyLost, lost
	}
	if r.code == "" && s.epoch.StationCode != l.opts.StationCode {
		r.code, r.detail = whyNewCode, s.epoch.StationCode+" is now "+l.opts.StationCode
	}
	if r.code != "" {
		last, err := s.newestCheckpoint()
		if err != nil {
			return r, err
		}
		r.last = last
	}
	return r, nil
}

// newEpoch makes a new log beside the old one, moves the old one aside untouched and takes its place.
func (l *Log) newEpoch(why reason, anchor anchor) (*store, error) {
	key, err := readKey(l.opts.KeyPath)
	if err != nil {
		if key, err = makeKey(l.opts.KeyPath, !l.opts.NoSync, l.now().Unix()); err != nil {
			return nil, err
		}
	}
	l.key = key
	number := 1 + max(anchor.epoch, why.epoch, l.lastKept())
	if why.code != whyInit {
		number = max(number, 2) // there was one before, even if nothing is left of it
	}
	aside, err := l.awayName(why)
	if err != nil {
		return nil, err
	}
	e := evidence.Epoch{Epoch: number, Origin: l.opts.origin(number), Why: why.code, StationName: l.opts.StationName,
		StationCode: l.opts.StationCode, LastCheckpoint: string(anchor.note)}
	if why.last != nil {
		e.LastCheckpoint = string(why.last)
	}
	if aside != "" {
		e.SetAside = filepath.Base(aside)
	}
	if e.PublicKey, err = key.verifier(e.Origin); err != nil {
		return nil, err
	}
	fresh := l.opts.Path + ".new"
	if err := ignoreGone(os.Remove(fresh)); err != nil { // left by a start that was cut off
		return nil, err
	}
	if err := l.build(fresh, e); err != nil {
		return nil, errors.Join(err, ignoreGone(os.Remove(fresh)))
	}
	if aside != "" {
		if err := os.Rename(l.opts.Path, aside); err != nil {
			return nil, err
		}
	}
	if err := os.Rename(fresh, l.opts.Path); err != nil {
		return nil, err
	}
	if !l.opts.NoSync {
		if err := syncDir(l.opts.dir()); err != nil {
			return nil, err
		}
	}
	if why.code != whyInit && why.code != whyNewCode {
		l.opts.Raise(alarmSetAside, fmt.Sprintf("%s: %s; epoch %d opened; old file: %s", why.code, why.detail, number, orNone(aside)))
	}
	return openStore(l.opts.Path, l.boltOptions())
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// awayName is where the old log goes: one that is whole keeps its epoch in its name, any other is marked as set aside.
func (l *Log) awayName(why reason) (string, error) {
	if _, err := os.Lstat(l.opts.Path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	if why.code == whyNewCode || why.code == whyKeyLost {
		return freeName(keptName(l.opts.Path, why.epoch))
	}
	return asideName(l.opts.Path, l.now().Unix())
}

// build makes a log with nothing but its epoch record.
func (l *Log) build(path string, e evidence.Epoch) error {
	d, err := evidence.NewDraft("station", l.opts.Stamp(), e)
	if err != nil {
		return err
	}
	db, err := bolt.Open(path, 0o600, l.boltOptions())
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range append([][]byte{bucketRecord, bucketHash, bucketCheckpoint}, derived()...) {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		w := &writing{log: l, tx: tx, rec: tx.Bucket(bucketRecord), hash: tx.Bucket(bucketHash)}
		_, err := w.put(d)
		return err
	})
	return errors.Join(err, db.Close())
}

// keptName is the name under which the log of a closed epoch is kept: playlog-3.db beside playlog.db.
func keptName(path string, epoch int64) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + "-" + strconv.FormatInt(epoch, 10) + ext
}

// lastKept is the highest epoch among the kept logs, 0 when there is none.
func (l *Log) lastKept() int64 {
	ext := filepath.Ext(l.opts.Path)
	prefix := strings.TrimSuffix(filepath.Base(l.opts.Path), ext) + "-"
	entries, err := os.ReadDir(l.opts.dir())
	if err != nil {
		return 0 // the anchor still names the epoch
	}
	var highest int64
	for _, e := range entries {
		name, ok := strings.CutPrefix(e.Name(), prefix)
		if !ok || !strings.Contains(name, ext) {
			continue
		}
		n, err := strconv.ParseInt(name[:strings.Index(name, ext)], 10, 64)
		if err == nil {
			highest = max(highest, n)
		}
	}
	return highest
}
