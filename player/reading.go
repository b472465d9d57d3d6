package player

import (
	"fmt"
	"maps"
	"time"

	"loaxa/player/judge"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// readPast folds the records that tell what is owed and what was on air when they break off.
func (p *Player) readPast() (*judge.Past, error) {
	from, err := p.pastFrom()
	if err != nil {
		return nil, err
	}
	past := judge.NewPast()
	err = p.opts.Log.Read(from, p.opts.Log.Size(), func(_ int64, raw []byte) error {
		r, body, err := decodeRecord(raw)
		if err != nil {
			return err
		}
		past.Read(r, body)
		return nil
	})
	return past, err
}

func decodeRecord(raw []byte) (evidence.Record, evidence.Body, error) {
	r, err := evidence.Decode(raw)
	if err != nil {
		return r, nil, err
	}
	body, err := evidence.DecodeBody(r)
	return r, body, err
}

// pastFrom is the record from which the past must be read. The newest plan states all that is owed, but a plan may be
// made while something is on air, and then the starts and ends of that stand before it. So it goes back to a plan to
// which nothing that is still open was overdue; and to the start of a rehearsal or an emergency without an outcome, which
// no plan names: none is older than one session of this boot.
func (p *Player) pastFrom() (int64, error) {
	session := time.Duration(p.opts.Input().Settings.MaxSessionS)*time.Second + loseLeast
	var (
		from   int64
		newest evidence.Stamp
		open   map[string]bool // what the plans read so far, all of them, call open; nil before the first
	)
	err := p.opts.Log.Backwards(func(idx int64, raw []byte) error {
		r, err := evidence.Decode(raw)
		if err != nil {
			return err
		}
		if newest == (evidence.Stamp{}) {
			newest = r.Stamp
		}
		if open == nil || len(open) > 0 {
			from = idx
			open, err = stillOpen(open, r)
			return err
		}
		if r.Boot != newest.Boot || time.Duration(newest.UpMS-r.UpMS)*time.Millisecond > session {
			return playlog.ErrStop
		}
		cut, err := p.cutUnplanned(r)
		if cut {
			from = idx
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("looking for what is owed: %w", err)
	}
	return from, nil
}

// cutUnplanned reports whether r starts a rehearsal or an emergency that has no outcome.
func (p *Player) cutUnplanned(r evidence.Record) (bool, error) {
	if r.Kind != evidence.KindStart {
		return false, nil
	}
	body, err := evidence.DecodeBody(r)
	if err != nil {
		return false, err
	}
	s, ok := body.(evidence.Start)
	return ok && s.Occurrence == "" && !p.opts.Log.Decided(s.Broadcast), nil
}

// stillOpen is what of open the plan in r calls open as well; all that it calls open when open is nil. Another record
// than a plan changes nothing.
func stillOpen(open map[string]bool, r evidence.Record) (map[string]bool, error) {
	if r.Kind != evidence.KindPlan {
		return open, nil
	}
	body, err := evidence.DecodeBody(r)
	if err != nil {
		return nil, err
	}
	plan, ok := body.(evidence.Plan)
	if !ok {
		return nil, fmt.Errorf("record %d is no plan", r.Idx)
	}
	named := make(map[string]bool, len(plan.Open))
	for _, o := range plan.Open {
		named[o.ID] = true
	}
	if open == nil {
		return named, nil
	}
	maps.DeleteFunc(open, func(id string, _ bool) bool { return !named[id] })
	return open, nil
}
