package sheet

import (
	"context"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/report"
	"loaxa/admin/report/wording"
	"loaxa/schedule"
)

// Options say how an account is told. Words and Zone are needed.
type Options struct {
	Words    locale.Words   // Vietnamese, for a table that is handed in
	Zone     *time.Location // of the station
	Station  string         // its name today, for a period without a broadcast
	Taxonomy schedule.Taxonomy
	History  report.History // names who approved what; without it nobody is named
	Step     report.Step    // nil: nobody asks how far it is
	Temp     string         // folder for what a workbook does not hold in memory; "" is the system's
}

func (o Options) teller() *wording.Teller {
	return wording.New(wording.Options{Words: o.Words, Zone: o.Zone, History: o.History})
}

// rowsPerStep is after how many rows it is looked whether anybody still waits for them.
const rowsPerStep = 256

// each calls fn with every row in order, and says how far it is: from the share begin up to end.
func (o Options) each(ctx context.Context, a *report.Account, begin, end float64, fn func(n int, r report.Row) error) error {
	for n, r := range a.Rows {
		if n%rowsPerStep == 0 {
			if err := o.step(ctx, begin+(end-begin)*float64(n)/float64(len(a.Rows))); err != nil {
				return err
			}
		}
		if err := fn(n, r); err != nil {
			return err
		}
	}
	return o.step(ctx, end)
}

func (o Options) step(ctx context.Context, share float64) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if o.Step == nil {
		return nil
	}
	return o.Step(share)
}
