package api

import (
	"errors"
	"fmt"

	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// trustReach is how many records after a doubtful one are looked through for the moment at which its clock became known.
const trustReach = 4096

// trueTimes tells when records of doubtful clocks truly were, reading on from them as far as it must.
type trueTimes struct {
	log   *playlog.Log
	times *evidence.CorrectedTimes
	read  map[string]int64 // boot → up to which record it was read on
}

func newTrueTimes(l *playlog.Log) *trueTimes {
	return &trueTimes{log: l, times: evidence.NewCorrectedTimes(), read: map[string]int64{}}
}

// near is the true time of a moment that a record tells of; zero for none.
func (t *trueTimes) near(rec evidence.Record, moment evidence.Time) evidence.CorrectedTime {
	if !rec.Clock.Trusted() && !moment.IsZero() {
		t.readOn(rec)
	}
	return t.times.Near(rec.Stamp, moment)
}

// readOn learns when the clock of a record's boot became trusted after it. What cannot be read leaves it in doubt.
func (t *trueTimes) readOn(rec evidence.Record) {
	if t.times.Of(rec.Stamp).State != evidence.Inconclusive || rec.Idx < t.read[rec.Boot] {
		return
	}
	next := rec.Idx
	err := t.log.Read(rec.Idx, rec.Idx+trustReach, func(idx int64, raw []byte) error {
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

// recordAt reads one record and its body.
func (a *API) recordAt(idx int64) (rec evidence.Record, body evidence.Body, err error) {
	err = errors.New("there is none")
	if readErr := a.o.Log.Read(idx, idx+1, func(_ int64, raw []byte) error {
		rec, body, err = decodeRecord(raw)
		return err
	}); readErr != nil {
		err = readErr
	}
	if err != nil {
		return rec, nil, logError(fmt.Errorf("reading record %d: %w", idx, err))
	}
	return rec, body, nil
}

func decodeRecord(raw []byte) (evidence.Record, evidence.Body, error) {
	rec, err := evidence.Decode(raw)
	if err != nil {
		return rec, nil, err
	}
	body, err := evidence.DecodeBody(rec)
	return rec, body, err
}

func (a *API) outcomeAt(idx int64) (evidence.Record, evidence.OutcomeBody, error) {
	rec, body, err := a.recordAt(idx)
	if err != nil {
		return rec, evidence.OutcomeBody{}, err
	}
	o, ok := body.(evidence.OutcomeBody)
	if !ok {
		return rec, o, logError(fmt.Errorf("record %d is no outcome", idx))
	}
	return rec, o, nil
}
