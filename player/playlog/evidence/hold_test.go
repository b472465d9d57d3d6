package evidence

import (
	"slices"
	"testing"
	"time"
)

// heldTale is a station without a battery: the power is away from 04:50 to 05:20, its clock comes back at 04:50, a
// broadcast is due at 05:00, and somebody sets the time at what is 05:25.
func heldTale(t *testing.T, change func(boot *Boot, o *OutcomeBody)) (*author, func()) {
	t.Helper()
	a := newAuthor(t, "loaxa/XA-01/may-1/1")
	due := At(a.wall.Add(10 * time.Minute)) // the author's clock stands at 04:50 now
	promise := Plan{
		From: At(a.wall), Until: At(a.wall.Add(7 * day)), Why: "start", Clips: []Clip{}, Open: []Planned{},
		Programmes:  []PlannedProgramme{{ID: "p", LatenessMS: 600_000}},
		Occurrences: []Planned{{ID: "x", Programme: "p", Due: due, LengthMS: 20000, Clips: []string{}, Verdict: "airs"}},
	}
	a.add(promise)
	off := At(a.wall)
	// Thirty minutes pass, and the clock does not show them.
	a.boot, a.up, a.state = "boot-2", 0, "doubtful"
	boot := Boot{Previous: "power", OutageFrom: off, OutageUntil: At(a.wall.Add(time.Second))} // each record takes the author a second
	o := OutcomeBody{
		Broadcast: "x", Occurrence: "x", Why: "scheduled", Outcome: Missed, Reason: "power_cut", Due: due, PlannedMS: 20000, Items: []AiredItem{},
		OutageFrom: off, OutageUntil: At(a.wall.Add(30*time.Minute + time.Second)),
	}
	if change != nil {
		change(&boot, &o)
	}
	a.add(boot)
	a.add(ClockChange{What: ClockHold, Source: "doubtful"})
	promise.From, promise.Until = At(a.wall), At(a.wall.Add(7*day))
	a.add(promise)
	a.add(ClockChange{What: ClockHold, Source: HoldPlan})
	return a, func() {
		a.wall, a.state = a.wall.Add(30*time.Minute), "set"
		a.add(ClockChange{What: "trust", Source: "person", From: "doubtful", To: "set"})
		a.add(ClockChange{What: ClockRelease, Source: "set"})
		a.add(o)
		promise.From, promise.Until, promise.Occurrences = At(a.wall), At(a.wall.Add(7*day)), []Planned{}
		a.add(promise)
	}
}

func codesOf(t *testing.T, a *author) []string {
	t.Helper()
	var codes []string
	r, err := Reconcile(a.m, ReconcileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.Differences {
		codes = append(codes, d.Code)
	}
	for _, f := range verified(t, a.m, VerifyOptions{}).Findings {
		codes = append(codes, "verify "+f.Code)
	}
	return codes
}

// A station that does not know the time owes its word for as long as that lasts, and no longer.
func TestHeldStationOwesItsWordUntilTheTimeIsKnown(t *testing.T) {
	a, set := heldTale(t, nil)
	a.pass(5 * time.Hour) // 09:50 by the clock that nobody believes
	a.add(Operator{What: "emergency", Result: "done"})
	a.add(ClockChange{What: ClockHold, Source: HoldPlan})
	if codes := codesOf(t, a); len(codes) > 0 {
		t.Errorf("while it is held: %v", codes)
	}
	set()
	if codes := codesOf(t, a); len(codes) > 0 {
		t.Errorf("once the time is set: %v", codes)
	}
}

// Controls: a hold that ended excuses nothing, and an outage is cited as it was or as the uptime corrects it.
func TestReleasedStationMustSpeak(t *testing.T) {
	a, _ := heldTale(t, nil)
	a.wall, a.state = a.wall.Add(30*time.Minute), "set"
	a.add(ClockChange{What: ClockRelease, Source: "set"})
	a.pass(10 * time.Minute)
	a.add(Device{What: "closed"})
	if codes := codesOf(t, a); !slices.Contains(codes, "no_outcome") || !slices.Contains(codes, "verify undecided") {
		t.Errorf("ten minutes after the release without a word: %v", codes)
	}
	a, set := heldTale(t, func(_ *Boot, o *OutcomeBody) { o.OutageUntil = At(o.OutageUntil.Add(3 * time.Second)) })
	set()
	if codes := codesOf(t, a); !slices.Contains(codes, "outage_unbacked") {
		t.Errorf("an outage that the uptime does not show: %v", codes)
	}
}
