package player

import (
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
)

// history is all the log says, read back.
type history struct {
	promised map[string]time.Time // occurrence → window's end by the last plan that names it
	outcomes map[string][]evidence.OutcomeBody
	report   evidence.Report
	claims   evidence.Claims // an honest report of some period
	differ   evidence.Reconciliation
}

func (w *world) history() history {
	w.t.Helper()
	h := history{promised: map[string]time.Time{}, outcomes: map[string][]evidence.OutcomeBody{}}
	err := w.log.Read(0, w.log.Size(), func(_ int64, raw []byte) error {
		r, err := evidence.Decode(raw)
		if err != nil {
			return err
		}
		body, err := evidence.DecodeBody(r)
		if err != nil {
			return err
		}
		switch b := body.(type) {
		case evidence.Plan:
			late := map[string]time.Duration{}
			for _, g := range b.Programmes {
				late[g.ID] = time.Duration(g.LatenessMS) * time.Millisecond
			}
			for _, o := range slices.Concat(b.Occurrences, b.Open) {
				h.promised[o.ID] = o.Due.Add(late[o.Programme])
			}
		case evidence.OutcomeBody:
			h.outcomes[b.Broadcast] = append(h.outcomes[b.Broadcast], b)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	h.claims = w.claims()
	h.report, err = evidence.Verify(w.log.Source(), evidence.VerifyOptions{Claims: &h.claims})
	if err != nil {
		w.t.Fatal(err)
	}
	h.differ, err = evidence.Reconcile(w.log.Source(), evidence.ReconcileOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	return h
}

// check holds what must be true of any history once all windows have passed.
func (h history) check(t *testing.T, now time.Time) map[evidence.Outcome]int {
	t.Helper()
	words := map[evidence.Outcome]int{}
	for id, window := range h.promised {
		switch n := len(h.outcomes[id]); {
		case n == 1:
			words[h.outcomes[id][0].Outcome]++
		case n > 1:
			t.Errorf("%s has %d outcomes", id, n)
		case window.Before(now):
			t.Errorf("%s was promised, its window ended %s, and it has no outcome at %s", id, window, now)
		}
	}
	for id, o := range h.outcomes {
		if _, ok := h.promised[id]; !ok && o[0].Why == string(Scheduled) {
			t.Errorf("%s has an outcome and was never promised", id)
		}
	}
	if !h.report.OK {
		for _, f := range h.report.Findings[:min(5, len(h.report.Findings))] {
			t.Errorf("verify: %s at %d: %s", f.Code, f.From, f.EN)
		}
	}
	for _, d := range h.report.Comparison.Differences[:min(5, len(h.report.Comparison.Differences))] {
		t.Errorf("an honest report from %s until %s: %s: %s", h.claims.From, h.claims.Until, d.Code, d.EN)
	}
	if c := h.report.Comparison; !c.OK && h.report.Epoch == 1 {
		t.Errorf("an honest report does not agree: %s", c.Summary.EN)
	}
	for _, d := range h.differ.Differences[:min(5, len(h.differ.Differences))] {
		t.Errorf("reconcile: %s at %v: %s", d.Code, d.Records, d.EN)
	}
	return words
}

const day = 24 * time.Hour

// seeds are n seeds: those that nobody has tried in the long tests (LOAXA_SOAK=1), the same ones each time else, so that
// what they find is of the change at hand; LOAXA_SEED is one alone.
func seeds(t *testing.T, n int) []uint64 {
	if s := os.Getenv("LOAXA_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return []uint64{n}
	}
	base := uint64(1)
	if os.Getenv("LOAXA_SOAK") == "1" {
		base = uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
	}
	out := make([]uint64, n)
	for i := range out {
		out[i] = base + uint64(i) //nolint:gosec // i counts from 0
	}
	return out
}
