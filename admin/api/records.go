package api

import (
	"errors"
	"fmt"

	"loaxa/admin/report"
	"loaxa/player/playlog/evidence"
)

// times tells of the log as it stands now.
func (a *API) times() *report.Times { return report.NewTimes(a.o.Log, a.o.Log.Size()) }

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
