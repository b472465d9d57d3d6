package player

import (
	"testing"
	"testing/synctest"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// claims is what an honest report says of some period, as the diary of the running station gives it: outcomes from the
// log's index by due time, and what is still planned.
func (w *world) claims() evidence.Claims {
	w.t.Helper()
	now := w.clock.Now()
	from := now.Add(-time.Duration(w.rnd.Int64N(int64(400 * 24 * time.Hour))))
	until := from.Add(time.Duration(1 + w.rnd.Int64N(int64(400*24*time.Hour)))) // also beyond now
	c := evidence.Claims{From: from, Until: until, StationCode: "SIM", Logs: []evidence.LogState{{Origin: w.log.Origin(), Size: w.log.Size()}}}
	f := evidence.NewFigures()
	known := map[string]bool{}
	err := w.log.Outcomes(from, until, func(_ evidence.Record, o evidence.OutcomeBody) error {
		known[o.Broadcast] = true
		c.Rows = append(c.Rows, evidence.Claim{Broadcast: o.Broadcast, Due: o.Due.Time, Status: string(o.Outcome), AiredMS: o.AiredMS, PlannedMS: o.PlannedMS,
			Output: o.Output, Evidence: int64(o.Evidence), Why: &o.Why, Reason: &o.Reason, Title: &o.Title})
		f.Count(o)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	if until.After(now) {
		for _, o := range schedule.Plan(w.input(), now, until) {
			if !known[o.ID] {
				c.Rows = append(c.Rows, evidence.Claim{Broadcast: o.ID, Due: o.Due, Status: "planned", PlannedMS: o.Length.Milliseconds()})
			}
		}
	}
	c.Figures = evidence.ClaimedFigures{Occurrences: f.Occurrences, Broadcasts: &f.Broadcasts, ByOutput: f.ByOutput, ByLevel: f.ByLevel,
		Rehearsals: &f.Rehearsals, Emergencies: &f.Emergencies, Topics: f.Topics}
	return c
}

// What a clip is about is on record with the broadcast, and stays there when the clip is tagged anew.
func TestTopicsAreOnRecord(t *testing.T) {
	tags := func(w *world, tags ...string) {
		c := w.in.Clips["a"]
		c.Tags, c.Source = tags, "Công an xã"
		w.in.Clips["a"] = c
	}
	out := five(t, func(w *world) { tags(w, "lừa đảo", "ma túy") }, func(w *world) {
		w.until("06:00:00")
		w.mu.Lock()
		tags(w, "khác")
		w.mu.Unlock()
		synctest.Wait()
	})
	if len(out) != 1 {
		t.Fatalf("%d outcomes", len(out))
	}
	for _, o := range out {
		a, b := o.Items[0].Clip, o.Items[1].Clip
		if len(a.Tags) != 2 || a.Tags[1] != "ma túy" || a.Source != "Công an xã" || b.Tags != nil || b.Source != "" {
			t.Errorf("%+v, %+v", a, b)
		}
		f := evidence.NewFigures()
		o.Output = string(evidence.Hardware)
		f.Count(o)
		if f.Topics["lừa đảo"] != (evidence.Count{N: 1, AiredMS: 20000}) || len(f.Topics) != 2 {
			t.Errorf("%v", f.Topics)
		}
	}
}

// However much is said of clips, a record stays one that the log takes.
func TestDescriptionsAreBounded(t *testing.T) {
	long := make([]string, 30)
	for i := range long {
		long[i] = string(make([]byte, 240))
	}
	items := make([]evidence.AiredItem, 200)
	shared := &evidence.Clip{ID: "c", Tags: long, Source: string(make([]byte, 2000))}
	for i := range items {
		items[i].Clip = shared
	}
	describeItems(items)
	n, with := 0, 0
	for _, it := range items {
		n += len(it.Clip.Source)
		if it.Clip.Tags != nil {
			n, with = n+30*240, with+1
		}
	}
	if n > describedMost || with == 0 || items[199].Clip.Tags != nil || len(shared.Tags) != 30 {
		t.Errorf("%d bytes, %d clips with their tags", n, with)
	}
}

// The control of the simulated years: a report in which one row was changed does not agree.
func TestChangedReportOfAStationDiffers(t *testing.T) {
	five(t, nil, func(w *world) {
		w.until("06:00:00")
		synctest.Wait()
		c := w.claims()
		for len(c.Rows) == 0 || !c.Rows[0].Decided() { // until the period holds the broadcast
			c = w.claims()
		}
		for status, differ := range map[string]int64{"full": 0, "missed": 1} {
			c.Rows[0].Status = status
			rep, err := evidence.Verify(w.log.Source(), evidence.VerifyOptions{Claims: &c})
			if err != nil {
				t.Fatal(err)
			}
			if rep.Comparison.RowsDiffer != differ {
				t.Errorf("%s: %+v", status, rep.Comparison)
			}
		}
	})
}
