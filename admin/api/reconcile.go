package api

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"loaxa/admin/account"
	"loaxa/admin/route"
	"loaxa/player/playlog/evidence"
)

// reconcileTime bounds one comparison of the whole log with itself.
const reconcileTime = 3 * time.Minute

// LogCheck is what comparing the log with itself showed: the records with their signatures, and the plan with the
// outcomes. Both are the code of `loaxa verify` and `loaxa log reconcile`.
type LogCheck struct {
	At      time.Time
	By      string
	Took    time.Duration
	Proof   evidence.Report
	Account evidence.Reconciliation
}

// OK says whether both hold.
func (c LogCheck) OK() bool { return c.Proof.OK && c.Account.OK }

// logCheck lets one comparison run at a time and keeps the last one.
type logCheck struct {
	running chan struct{}
	mu      sync.Mutex
	last    *LogCheck
}

// LastCheck is the last comparison since the program started; nil before the first.
func (a *API) LastCheck() *LogCheck {
	a.checked.mu.Lock()
	defer a.checked.mu.Unlock()
	return a.checked.last
}

// CheckLog compares the log as it stands with itself. It may take minutes with years of records; the station plays on
// meanwhile, and the log grows.
func (a *API) CheckLog(ctx context.Context, who account.Identity) (*LogCheck, error) {
	select {
	case a.checked.running <- struct{}{}:
		defer func() { <-a.checked.running }()
	default:
		return nil, &route.Problem{Status: http.StatusServiceUnavailable, Code: "busy_check", Retry: 10 * time.Second, Detail: "another comparison is under way"}
	}
	ctx, cancel := context.WithTimeout(ctx, reconcileTime)
	defer cancel()
	began := a.o.Now()
	src := bounded{a.o.Log.Source(), ctx}
	out := &LogCheck{At: began, By: who.Actor}
	var err error
	if out.Proof, err = evidence.Verify(src, evidence.VerifyOptions{Keys: []string{a.o.Log.PublicKey()}}); err == nil {
		out.Account, err = evidence.Reconcile(bounded{a.o.Log.Source(), ctx}, evidence.ReconcileOptions{Now: began})
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("comparing the log with itself: %w", ctx.Err())
	}
	if err != nil {
		return nil, logError(err)
	}
	out.Took = a.o.Now().Sub(began)
	result := "agrees"
	if !out.OK() {
		result = fmt.Sprintf("differs: %d findings, %d differences", out.Proof.FindingAll, out.Account.DifferenceAll)
	}
	a.Operator(who.Actor, evidence.Operator{What: "reconcile", Object: fmt.Sprintf("%d records", out.Proof.Size), Reason: result, Result: "done"})
	a.checked.mu.Lock()
	defer a.checked.mu.Unlock()
	a.checked.last = out
	return out, nil
}

// bounded is a source that is not read on when nobody waits for it any more.
type bounded struct {
	evidence.Source
	ctx context.Context //nolint:containedctx // it lives as long as one reading
}

func (b bounded) Records(fn func(idx int64, raw []byte) error) error {
	return b.Source.Records(func(idx int64, raw []byte) error {
		if err := b.ctx.Err(); err != nil {
			return err
		}
		return fn(idx, raw)
	})
}
