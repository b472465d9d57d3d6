package report

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// Longest is the longest period of one account.
const Longest = 20 * 366 * 24 * time.Hour

// maxRows is how many broadcasts one account holds: five years of a station that is hardly ever silent.
const maxRows = 600_000

// What an account can be refused for.
var (
	ErrPeriod   = errors.New("until must lie after from, by at most twenty years")
	ErrTooMany  = errors.New("more broadcasts than one account can hold; ask for a shorter period")
	ErrUnsigned = errors.New("the log has no checkpoint of that size")
)

// Query is what an account is asked for: broadcasts due in [From, Until), by the log's first Size records. Size 0 is the
// log as it stands, signed for it; another one must be that of a checkpoint.
type Query struct {
	From, Until time.Time
	Size        int64
}

// Account is what was planned in a period, and what came of it.
type Account struct {
	From, Until time.Time
	Origin      string // of the log
	Epoch       int64
	Size        int64  // records it rests on
	Checkpoint  []byte // signed, over exactly these records
	// Begins is the time of the log's first record: what was before it is not covered. Read is that of the last one: what
	// is due after it had not come yet.
	Begins, Read time.Time
	Rows         []Row            // by due time
	Figures      evidence.Figures // of the rows with an outcome, as verification counts them
}

// Step is told how far an account has come, 0 to 1. Its error ends the work.
type Step func(share float64) error

// Read makes the account. A nil step is allowed; the context ends it early.
func Read(ctx context.Context, log *playlog.Log, q Query, step Step) (*Account, error) {
	if !q.From.Before(q.Until) || q.Until.Sub(q.From) > Longest {
		return nil, ErrPeriod
	}
	if step == nil {
		step = func(float64) error { return nil }
	}
	a := &Account{From: q.From, Until: q.Until, Figures: evidence.NewFigures()}
	if err := a.sign(ctx, log, q.Size); err != nil {
		return nil, err
	}
	words := newWords()
	times := NewTimes(log, a.Size)
	span := q.Until.Sub(q.From).Seconds()
	err := log.Outcomes(q.From, q.Until, func(rec evidence.Record, o evidence.OutcomeBody) error {
		if rec.Idx >= a.Size {
			return nil
		}
		row := words.row(rec, o)
		row.Epoch = a.Epoch
		row.Start, row.End = times.Near(rec, o.Started), times.Near(rec, o.Ended)
		a.Rows = append(a.Rows, row)
		a.Figures.Count(o)
		if len(a.Rows) > maxRows {
			return ErrTooMany
		}
		if len(a.Rows)%256 != 0 {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		return step(min(1, max(0, row.Due.Sub(q.From).Seconds()/span)))
	})
	if err != nil {
		return nil, fmt.Errorf("reading the broadcasts of a period: %w", err)
	}
	open, err := a.open(log, words)
	if err != nil {
		return nil, fmt.Errorf("reading what is owed: %w", err)
	}
	if len(open) > 0 {
		a.Rows = append(a.Rows, open...)
		slices.SortStableFunc(a.Rows, func(x, y Row) int { return x.Due.Compare(y.Due) })
	}
	return a, step(1)
}

// sign finds the checkpoint that the account rests on, or has one cut, and the times of the records at both ends.
func (a *Account) sign(ctx context.Context, log *playlog.Log, size int64) error {
	signed := log.CheckpointAt(size)
	if size == 0 {
		var err error
		if signed, err = log.Checkpoint(ctx); err != nil {
			return fmt.Errorf("signing the log for a report: %w", err)
		}
	}
	if len(signed) == 0 {
		return ErrUnsigned
	}
	cp, err := evidence.PeekCheckpoint(signed)
	if err != nil {
		return fmt.Errorf("reading the checkpoint for a report: %w", err)
	}
	if a.Epoch, err = evidence.EpochOf(cp.Origin); err != nil {
		return fmt.Errorf("reading the checkpoint for a report: %w", err)
	}
	a.Origin, a.Size, a.Checkpoint = cp.Origin, cp.Size, bytes.Clone(signed)
	if a.Begins, err = wallOf(log, 0); err != nil {
		return err
	}
	a.Read, err = wallOf(log, a.Size-1)
	return err
}

func wallOf(log *playlog.Log, index int64) (at time.Time, err error) {
	err = log.Read(index, index+1, func(_ int64, raw []byte) error {
		rec, err := evidence.Decode(raw)
		at = rec.Wall.Time
		return err
	})
	if err != nil {
		return at, fmt.Errorf("reading record %d: %w", index, err)
	}
	return at, nil
}

// open is what the newest plan among the account's records promised, was due by its last record, and had no outcome.
func (a *Account) open(log *playlog.Log, w *words) ([]Row, error) {
	index, plan, err := planBefore(log, a.Size)
	if err != nil || plan == nil {
		return nil, err
	}
	programmes := make(map[string]evidence.PlannedProgramme, len(plan.Programmes))
	for _, p := range plan.Programmes {
		programmes[p.ID] = p
	}
	var out []Row
	for _, list := range [][]evidence.Planned{plan.Open, plan.Occurrences} {
		for _, x := range list {
			due := x.Due.Time
			if due.Before(a.From) || !due.Before(a.Until) || !due.Before(a.Read) {
				continue
			}
			if decided, ok := log.OutcomeOf(x.ID); ok && decided < a.Size {
				continue
			}
			p := programmes[x.Programme]
			out = append(out, Row{Broadcast: x.ID, Occurrence: x.ID, Why: "scheduled", Programme: w.once(x.Programme), Title: w.once(p.Title),
				Playlist: w.once(p.Playlist), Class: w.once(p.Class), Zone: w.once(p.Zone), Due: due, Reason: x.Reason, Person: x.By,
				PlannedMS: x.LengthMS, Volume: p.Volume, Letter: w.letter(p.Letter), MakeupOf: x.MakeupOf, Epoch: a.Epoch, Index: index})
		}
	}
	return out, nil
}

// planStep is how many records are looked through at once for a plan; one is written at least once a day.
const planStep = 512

// planBefore is the newest plan record below size; nil when there is none.
func planBefore(log *playlog.Log, size int64) (index int64, plan *evidence.Plan, err error) {
	for until := size; until > 0 && plan == nil; until -= planStep {
		var newest []byte
		err := log.Read(max(0, until-planStep), until, func(_ int64, raw []byte) error {
			if bytes.Contains(raw[:min(len(raw), 64)], []byte(`"kind":"plan"`)) {
				newest = bytes.Clone(raw)
			}
			return nil
		})
		if err != nil {
			return 0, nil, err
		}
		if newest == nil {
			continue
		}
		rec, err := evidence.Decode(newest)
		if err != nil {
			return 0, nil, err
		}
		body, err := evidence.DecodeBody(rec)
		if err != nil {
			return 0, nil, err
		}
		if p, ok := body.(evidence.Plan); ok {
			index, plan = rec.Idx, &p
		}
	}
	return index, plan, nil
}
