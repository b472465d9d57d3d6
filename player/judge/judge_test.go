package judge

import (
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
)

const minute = time.Minute

func at(hhmm string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", "2026-11-24 "+hhmm)
	if err != nil {
		panic(err)
	}
	return t
}

// past folds records in order, the plan first.
func past(t *testing.T, boot string, bodies ...evidence.Body) *Past {
	t.Helper()
	p := NewPast()
	for i, b := range bodies {
		p.Read(evidence.Record{Idx: int64(i), Kind: b.Kind(), Stamp: evidence.Stamp{Wall: evidence.At(at("04:58")), Boot: boot}}, b)
	}
	return p
}

func plan(resume bool, occs ...evidence.Planned) evidence.Plan {
	return evidence.Plan{
		From: evidence.At(at("00:00")), Until: evidence.At(at("23:59")),
		Programmes: []evidence.PlannedProgramme{{ID: "p-1", Title: "Cảnh báo", LatenessMS: (10 * minute).Milliseconds(), Resume: resume}},
		Clips:      []evidence.Clip{{ID: "c-1", Title: "Giả danh công an"}}, Occurrences: occs,
	}
}

func five() evidence.Planned {
	return evidence.Planned{ID: "p-1@5", Programme: "p-1", Due: evidence.At(at("05:00")), LengthMS: 60000, Clips: []string{"c-1"}, Verdict: "airs"}
}

func begin() evidence.Start {
	return evidence.Start{Broadcast: "p-1@5", Occurrence: "p-1@5", Why: "scheduled", Items: 2, Attempt: 1, Frames: 48000}
}

func TestRulings(t *testing.T) {
	dark := Outage{From: at("04:50"), Until: at("05:20"), Reason: ReasonPowerCut}
	withdrawn, quiet, overlap := five(), five(), five()
	withdrawn.State, withdrawn.By = "withdrawn", "user:lan"
	quiet.Verdict, quiet.Reason = "skipped", "quiet_hours"
	overlap.Verdict, overlap.Reason = "skipped", ReasonOverlap
	onset := evidence.Progress{Broadcast: "p-1@5", Attempt: 1, Onset: evidence.At(at("05:00")), Taken: 9600}
	for _, c := range []struct {
		name    string
		bodies  []evidence.Body
		now     string
		boot    string
		outage  Outage
		action  Action
		outcome evidence.Outcome
		reason  string
		item    int
	}{
		{"slept through its window", []evidence.Body{plan(false, five())}, "05:20", "b", dark, Decide, evidence.Missed, ReasonPowerCut, 0},
		{"woken inside its window", []evidence.Body{plan(false, five())}, "05:09", "b", Outage{at("04:50"), at("05:09"), ReasonPowerCut}, Await, "", "", 0},
		{"still to come", []evidence.Body{plan(false, five())}, "04:59", "b", Outage{}, Await, "", "", 0},
		{"withdrawn before it was due", []evidence.Body{plan(false, withdrawn)}, "05:20", "b", dark, Decide, evidence.Cancelled, ReasonWithdrawn, 0},
		{"refused by quiet hours, whatever the power did", []evidence.Body{plan(false, quiet)}, "05:20", "b", dark, Decide, evidence.Skipped, "quiet_hours", 0},
		{"an expected overlap is no excuse for a power cut", []evidence.Body{plan(false, overlap)}, "05:20", "b", dark, Decide, evidence.Missed, ReasonPowerCut, 0},
		{"the program ran all the time", []evidence.Body{plan(false, five())}, "05:20", "b", Outage{}, Decide, evidence.Missed, ReasonWindow, 0},
		{"crash on air goes on", []evidence.Body{plan(false, five()), begin(), onset}, "05:02", "a", Outage{at("05:01"), at("05:02"), ReasonNotRunning}, Resume, "", "", 0},
		{"crash on air, second item", []evidence.Body{plan(false, five()), begin(), onset, evidence.End{Broadcast: "p-1@5", Result: "finished", Taken: 48000}},
			"05:02", "a", Outage{at("05:01"), at("05:02"), ReasonNotRunning}, Resume, "", "", 1},
		{"crash on air, back too late", []evidence.Body{plan(false, five()), begin(), onset}, "05:12", "a", Outage{at("05:01"), at("05:12"), ReasonNotRunning}, Decide, evidence.Partial, ReasonNotRunning, 0},
		{"pulled plug", []evidence.Body{plan(false, five()), begin(), onset}, "05:02", "b", Outage{at("05:01"), at("05:02"), ReasonPowerCut}, Decide, evidence.Partial, ReasonPowerCut, 0},
		{"pulled plug, programme says go on", []evidence.Body{plan(true, five()), begin(), onset}, "05:02", "b", Outage{at("05:01"), at("05:02"), ReasonPowerCut}, Resume, "", "", 0},
		{"pulled plug before the first frame", []evidence.Body{plan(false, five()), begin()}, "05:02", "b", Outage{at("04:59"), at("05:02"), ReasonPowerCut}, Decide, evidence.Missed, ReasonPowerCut, 0},
		{"all items ended, outcome not written", []evidence.Body{plan(false, five()), begin(), onset, evidence.End{Broadcast: "p-1@5", Result: "finished", Taken: 48000},
			evidence.Start{Broadcast: "p-1@5", Item: 1, Items: 2}, evidence.End{Broadcast: "p-1@5", Item: 1, Result: "finished", Taken: 48000}},
			"05:02", "b", Outage{at("05:01"), at("05:02"), ReasonPowerCut}, Decide, evidence.Full, "", 0},
		{"rehearsal cut short", []evidence.Body{plan(false), evidence.Start{Broadcast: "rehearsal:1", Why: "rehearsal", Items: 1}, evidence.Progress{Broadcast: "rehearsal:1", Taken: 5}},
			"05:02", "a", Outage{at("05:01"), at("05:02"), ReasonNotRunning}, Decide, evidence.Partial, ReasonNotRunning, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Judge(past(t, "a", c.bodies...), Present{Now: at(c.now), Boot: c.boot, Outage: c.outage})
			if len(got) != 1 {
				t.Fatalf("%d rulings, want 1", len(got))
			}
			r := got[0]
			if r.Action != c.action || r.Outcome != c.outcome || r.Reason != c.reason || r.Item != c.item {
				t.Errorf("got %s %s (%s) item %d, want %s %s (%s) item %d", r.Action, r.Outcome, r.Reason, r.Item, c.action, c.outcome, c.reason, c.item)
			}
		})
	}
}

// What fell into a time in which nobody knew the time is judged once, by the corrected facts.
func TestRulingsAfterADoubt(t *testing.T) {
	dark := Outage{From: at("04:50"), Until: at("05:20"), Reason: ReasonPowerCut}
	onset := evidence.Progress{Broadcast: "p-1@5", Attempt: 1, Onset: evidence.At(at("05:00")), Taken: 9600}
	withdrawn, quiet := five(), five()
	withdrawn.State, withdrawn.By = "withdrawn", "user:lan"
	quiet.Verdict, quiet.Reason = "skipped", "quiet_hours"
	hold := plan(false, five())
	hold.Hold = &evidence.Hold{By: "user:lan", Since: evidence.At(at("03:00"))}
	for _, c := range []struct {
		name    string
		bodies  []evidence.Body
		now     string
		outage  Outage
		doubt   Doubt
		action  Action
		outcome evidence.Outcome
		reason  string
	}{
		{"its window passed without power", []evidence.Body{plan(false, five())}, "05:25", dark, Doubt{at("05:20"), at("05:25")}, Decide, evidence.Missed, ReasonPowerCut},
		{"its window passed in the doubt", []evidence.Body{plan(false, five())}, "05:25", Outage{at("04:30"), at("04:55"), ReasonPowerCut},
			Doubt{at("04:55"), at("05:25")}, Decide, evidence.Skipped, ReasonClock},
		{"it might have begun late but for the doubt", []evidence.Body{plan(false, five())}, "05:25", Outage{at("04:50"), at("05:05"), ReasonPowerCut},
			Doubt{at("05:05"), at("05:25")}, Decide, evidence.Skipped, ReasonClock},
		{"it may still begin", []evidence.Body{plan(false, five())}, "05:08", Outage{at("04:50"), at("05:05"), ReasonPowerCut},
			Doubt{at("05:05"), at("05:08")}, Await, "", ""},
		{"nobody knows since when", []evidence.Body{plan(false, five())}, "05:25", Outage{Reason: ReasonPowerCut}, Doubt{Until: at("05:25")}, Decide, evidence.Skipped, ReasonClock},
		{"promised on a clock a day behind", []evidence.Body{plan(false, five())}, "23:00", Outage{at("20:00"), at("22:00"), ReasonPowerCut},
			Doubt{at("22:00"), at("23:00")}, Decide, evidence.Skipped, ReasonClock},
		{"withdrawn all the same", []evidence.Body{plan(false, withdrawn)}, "05:25", dark, Doubt{at("05:20"), at("05:25")}, Decide, evidence.Cancelled, ReasonWithdrawn},
		{"refused all the same", []evidence.Body{plan(false, quiet)}, "05:25", dark, Doubt{at("05:20"), at("05:25")}, Decide, evidence.Skipped, "quiet_hours"},
		{"at rest by order all the same", []evidence.Body{hold}, "05:25", Outage{at("04:30"), at("04:55"), ReasonPowerCut}, Doubt{at("04:55"), at("05:25")},
			Decide, evidence.Skipped, ReasonHold},
		{"cut on air by the power", []evidence.Body{plan(false, five()), begin(), onset}, "05:25", dark, Doubt{at("05:20"), at("05:25")}, Decide, evidence.Partial, ReasonPowerCut},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Judge(past(t, "a", c.bodies...), Present{Now: at(c.now), Boot: "b", Outage: c.outage, Doubt: c.doubt})
			if len(got) != 1 || got[0].Action != c.action || got[0].Outcome != c.outcome || got[0].Reason != c.reason {
				t.Errorf("got %+v, want %s %s (%s)", got, c.action, c.outcome, c.reason)
			}
		})
	}
}

// A plan that was made while nothing started by itself reaches as far as a clock that nobody believes; an end that a later
// run wrote for an earlier one does not make the broadcast that run's own.
func TestPastKnowsWhatWasHeld(t *testing.T) {
	held := evidence.ClockChange{What: evidence.ClockHold, Source: "doubtful"}
	again := evidence.ClockChange{What: evidence.ClockHold, Source: evidence.HoldPlan}
	bogus := plan(false)
	bogus.Until = evidence.At(at("23:59").AddDate(1, 0, 0))
	for name, c := range map[string]struct {
		bodies []evidence.Body
		held   bool
		until  time.Time
	}{
		"running":          {[]evidence.Body{plan(false)}, false, at("23:59")},
		"held":             {[]evidence.Body{plan(false), evidence.Boot{}, held, bogus, again}, true, at("23:59")},
		"read from midway": {[]evidence.Body{bogus, again}, true, time.Time{}},
		"released":         {[]evidence.Body{plan(false), held, evidence.ClockChange{What: evidence.ClockRelease}, bogus}, false, bogus.Until.Time},
		"a new boot":       {[]evidence.Body{plan(false), held, evidence.Boot{}}, false, at("23:59")},
	} {
		p := past(t, "a", c.bodies...)
		if p.Held != c.held || !p.PlanUntil.Equal(c.until) {
			t.Errorf("%s: held %v, plan until %s; want %v, %s", name, p.Held, p.PlanUntil, c.held, c.until)
		}
	}
	p := past(t, "a", plan(false, five()), begin())
	end := evidence.End{Broadcast: "p-1@5", Attempt: 1, Result: "interrupted", Bounded: true}
	p.Read(evidence.Record{Kind: end.Kind(), Stamp: evidence.Stamp{Wall: evidence.At(at("05:30")), Boot: "b"}}, end)
	if b := p.Begun["p-1@5"]; b.Boot != "a" || b.Items[0].Open {
		t.Errorf("begun in boot %s, open %v", b.Boot, b.Items[0].Open)
	}
}

func TestDecidedIsNotOwed(t *testing.T) {
	p := past(t, "a", plan(false, five()), evidence.OutcomeBody{Broadcast: "p-1@5", Outcome: evidence.Full})
	if got := Judge(p, Present{Now: at("06:00"), Boot: "a"}); len(got) != 0 {
		t.Errorf("a decided occurrence was judged again: %+v", got[0])
	}
}

func TestLaterPlanTakesThePlaceOfTheEarlier(t *testing.T) {
	p := past(t, "a", plan(false, five()), plan(false))
	if got := Judge(p, Present{Now: at("06:00"), Boot: "a"}); len(got) != 0 {
		t.Errorf("what the last plan no longer owes was judged: %+v", got[0])
	}
}

func TestWord(t *testing.T) {
	for _, c := range []struct {
		m    Measured
		want evidence.Outcome
	}{
		{Measured{Taken: 0, Planned: 10}, evidence.Missed},
		{Measured{Taken: 5, Planned: 10}, evidence.Partial},
		{Measured{Taken: 5, Planned: 10, Preempted: true}, evidence.Preempted},
		{Measured{Taken: 10, Planned: 10, Preempted: true}, evidence.Full},
		{Measured{Taken: 10, Planned: 10, Lateness: LateAfter}, evidence.Full},
		{Measured{Taken: 10, Planned: 10, Lateness: LateAfter + 1}, evidence.Late},
	} {
		if got := Word(c.m); got != c.want {
			t.Errorf("%+v: %s, want %s", c.m, got, c.want)
		}
	}
}

// What a crash leaves to be said of a broadcast with an item that could not be opened: it goes on behind what was heard,
// and is never called full.
func TestUnusableItemBeforeACrash(t *testing.T) {
	end := func(item int, result string) evidence.End {
		return evidence.End{Broadcast: "o", Item: item, Result: result, Taken: 48000}
	}
	start := func(item int) evidence.Start { return evidence.Start{Broadcast: "o", Item: item, Items: 3} }
	for _, c := range []struct {
		name   string
		bodies []evidence.Body
		item   int
		all    bool
		whole  bool
	}{
		{"the first", []evidence.Body{end(0, "failed"), start(1), end(1, "finished"), start(2)}, 2, false, false},
		{"read half", []evidence.Body{start(0), end(0, "failed"), start(1)}, 1, false, false},
		{"handed over ahead", []evidence.Body{start(0), start(1)}, 0, false, false},
		{"all but one", []evidence.Body{start(1), end(1, "finished"), start(2), end(2, "finished")}, 3, true, false},
		{"none", []evidence.Body{start(0), end(0, "finished"), start(1), end(1, "finished"), start(2), end(2, "finished")}, 3, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := NewPast()
			for i, b := range c.bodies {
				p.Read(evidence.Record{Idx: int64(i), Kind: b.Kind()}, b)
			}
			b := p.Begun["o"]
			if item, all := b.next(); item != c.item || all != c.all || b.whole() != c.whole {
				t.Errorf("goes on at %d, nothing left %t, whole %t; want %d, %t, %t", item, all, b.whole(), c.item, c.all, c.whole)
			}
		})
	}
}

// A command that leaves a record after a shutdown must not make a crash of it, nor shorten the time not accounted for;
// and a log in which no station ever ran must not speak of one.
func TestHowTheLastRunEnded(t *testing.T) {
	stamp := func(i int) evidence.Stamp {
		return evidence.Stamp{Wall: evidence.At(at("04:00").Add(time.Duration(i) * minute)), Boot: "b"}
	}
	for _, c := range []struct {
		name   string
		bodies []evidence.Body
		clean  bool
		ran    int // index of the last record of a running station, -1 for none
	}{
		{"never", []evidence.Body{evidence.Epoch{}, evidence.Change{}}, false, -1},
		{"killed", []evidence.Body{plan(false), evidence.Boot{}, evidence.Device{}, evidence.Operator{}}, false, 2},
		{"ended", []evidence.Body{plan(false), evidence.Boot{}, evidence.Shutdown{}}, true, 2},
		{"ended, then a command", []evidence.Body{plan(false), evidence.Shutdown{}, evidence.Change{}, evidence.Operator{}}, true, 1},
		{"ended, started and killed", []evidence.Body{plan(false), evidence.Shutdown{}, evidence.Change{}, evidence.Boot{}}, false, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := NewPast()
			for i, b := range c.bodies {
				p.Read(evidence.Record{Idx: int64(i), Kind: b.Kind(), Stamp: stamp(i)}, b)
			}
			want := evidence.Stamp{}
			if c.ran >= 0 {
				want = stamp(c.ran)
			}
			if p.Clean != c.clean || p.Ran != want {
				t.Errorf("clean %t, ran until %s; want %t, %s", p.Clean, p.Ran.Wall, c.clean, want.Wall)
			}
		})
	}
}
