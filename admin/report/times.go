package report

import (
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// trustReach is how many records after a doubtful one are looked through for the moment at which its clock became known.
const trustReach = 4096

// Times tells when records of doubtful clocks truly were, reading on from them as far as it must.
type Times struct {
	log   *playlog.Log
	size  int64 // records beyond it are not looked at
	times *evidence.CorrectedTimes
	read  map[string]int64 // boot → up to which record it was read on
}

// NewTimes reads the log's first size records.
func NewTimes(log *playlog.Log, size int64) *Times {
	return &Times{log: log, size: size, times: evidence.NewCorrectedTimes(), read: map[string]int64{}}
}

// Near is the true time of a moment that a record tells of; zero for none.
func (t *Times) Near(rec evidence.Record, moment evidence.Time) evidence.CorrectedTime {
	if !rec.Clock.Trusted() && !moment.IsZero() {
		t.readOn(rec)
	}
	return t.times.Near(rec.Stamp, moment)
}

// readOn learns when the clock of a record's boot became trusted after it. What cannot be read leaves it in doubt.
func (t *Times) readOn(rec evidence.Record) {
	if t.times.Of(rec.Stamp).State != evidence.Inconclusive || rec.Idx < t.read[rec.Boot] {
		return
	}
	next := rec.Idx
	err := t.log.Read(rec.Idx, min(rec.Idx+trustReach, t.size), func(idx int64, raw []byte) error {
		r, err := evidence.Decode(raw)
		if err != nil {
			return err
		}
		next = idx + 1
		t.times.Add(r.Stamp)
		if r.Boot != rec.Boot || r.Clock.Trusted() {
			return playlog.ErrStop
		}
		return nil
	})
	if err == nil {
		t.read[rec.Boot] = next
	}
}
