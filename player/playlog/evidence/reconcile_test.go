package evidence

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestHonestTaleReconciles(t *testing.T) {
	r := reconciled(t, tale(), ReconcileOptions{})
	for _, d := range r.Differences {
		t.Errorf("%s at %v: %s", d.Code, d.Records, d.EN)
	}
	if !r.OK || r.Promised != 4 || r.Undecided != 0 || len(r.Rows) != 5 || len(r.Intervals) != 2 {
		t.Errorf("%d promised, %d undecided, %d rows, %d intervals; want 4, 0, 5, 2", r.Promised, r.Undecided, len(r.Rows), len(r.Intervals))
	}
	want := map[Outcome]int64{Full: 1, Missed: 2, Late: 1}
	for w, n := range want {
		if r.Outcomes[w] != n {
			t.Errorf("%d %s, want %d", r.Outcomes[w], w, n)
		}
	}
	for i, id := range []string{"p@1", "p@2", "rehearsal:1", "p@3", "p@4"} {
		if r.Rows[i].Broadcast != id {
			t.Errorf("row %d is %s, want %s", i, r.Rows[i].Broadcast, id)
		}
	}
	if w := r.Rows[0]; w.Plan != 2 || w.Outcome != 9 || w.Started.State != AsWritten || !w.Started.True.Equal(w.Due.Time) {
		t.Errorf("row of p@1: plan %d, outcome %d, started %+v", w.Plan, w.Outcome, w.Started)
	}
}

// Each thing that can be wrong with a log that verifies: it must be found, at its record, and nothing must be called
// wrong that is not. A station that hides a missed broadcast would otherwise pass.
func TestDifferences(t *testing.T) {
	type o = OutcomeBody
	for _, c := range []struct {
		name  string
		edit  edit
		codes []string // all of them, in order
		at    string   // the record that the first one names first, by its name
		now   time.Duration
	}{
		{name: "no outcome", edit: without("out2"), codes: []string{"dropped", "no_outcome"}, at: "replan", now: 2*day + 4*time.Hour},
		{name: "no outcome, still promised", edit: both(without("out4"), with("last plan", func(b *Plan) {
			b.Open = []Planned{{ID: "p@4", Programme: "p", Due: At(moment(0).Add(2*day + time.Hour)), LengthMS: 20000, Verdict: "airs", State: "pending"}}
		})), codes: []string{"no_outcome"}, at: "last plan", now: 2*day + 4*time.Hour},
		{name: "two outcomes", edit: again("out2", "rehearsal"), codes: []string{"two_outcomes"}, at: "out2 again"},
		{name: "never promised", edit: with("plan", func(b *Plan) { b.Occurrences = b.Occurrences[1:] }), codes: []string{"unplanned"}, at: "out1"},
		{name: "promised again", edit: with("replan", func(b *Plan) {
			b.Open = []Planned{{ID: "p@2", Programme: "p", Due: At(moment(0).Add(2 * time.Hour)), LengthMS: 20000}}
		}), codes: []string{"promised_again"}, at: "replan"},
		{name: "silently dropped", edit: with("daily", func(b *Plan) { b.Occurrences = b.Occurrences[:1] }), codes: []string{"dropped"}, at: "daily"},
		{name: "another due time", edit: with("out2", func(b *o) { b.Due = At(b.Due.Add(time.Minute)) }), codes: []string{"due"}, at: "out2"},
		{name: "a shorter programme than promised", edit: with("out2", func(b *o) { b.PlannedMS = 5000 }), codes: []string{"length"}, at: "out2"},
		{name: "more aired than the ends say", edit: with("end1b", func(b *End) { b.Taken = 240000 }), codes: []string{"aired_more"}, at: "out1"},
		{name: "less aired than the ends say", edit: with("rehearsal out", func(b *o) { b.AiredMS = 100 }), codes: []string{"aired_less"}, at: "rehearsal out"},
		{name: "full without a start", edit: without("start1", "onset1", "start1b", "end1", "onset1b", "end1b"), codes: []string{"aired_without_start"}, at: "out1"},
		{name: "an end without a start", edit: without("start1b"), codes: []string{"no_start", "no_start", "aired_more", "full_unfinished"}, at: "onset1b"},
		{name: "full with an item that was stopped", edit: with("end1b", func(b *End) { b.Result = "stopped" }), codes: []string{"full_unfinished"}, at: "out1"},
		{name: "full with an item missing", edit: both(without("start1b", "onset1b", "end1b"), with("out1", func(b *o) { b.AiredMS = 10000 })),
			codes: []string{"full_not_all", "full_unfinished"}, at: "out1"},
		{name: "full but late", edit: with("out3", func(b *o) { b.Outcome = Full }), codes: []string{"full_late"}, at: "out3"},
		{name: "late but on time", edit: with("out1", func(b *o) { b.Outcome = Late }), codes: []string{"late_on_time"}, at: "out1"},
		{name: "a made-up lateness", edit: with("out3", func(b *o) { b.LatenessMS, b.Outcome = 1000, Full }), codes: []string{"lateness"}, at: "out3"},
		{name: "a made-up onset", edit: with("out3", func(b *o) { b.Started, b.LatenessMS, b.Outcome = b.Due, 0, Full }), codes: []string{"onset"}, at: "out3"},
		{name: "no measured onset", edit: without("onset3"), codes: []string{"onset"}, at: "out3"},
		{name: "a better output than the starts", edit: with("out1", func(b *o) { b.Output = "hardware" }), codes: []string{"output"}, at: "out1"},
		{name: "missed although it sounded", edit: with("out1", func(b *o) {
			b.Outcome, b.AiredMS, b.Started, b.Output = Missed, 0, Time{}, ""
		}), codes: []string{"aired_less", "missed_but_aired"}, at: "out1"},
		{name: "partial although nothing sounded", edit: with("out2", func(b *o) { b.Outcome = Partial }), codes: []string{"partial_nothing"}, at: "out2"},
		{name: "partial although all sounded", edit: with("out1", func(b *o) { b.Outcome = Partial }), codes: []string{"partial_but_all"}, at: "out1"},
		{name: "cancelled by nobody", edit: with("out2", func(b *o) { b.Outcome = Cancelled }), codes: []string{"cancelled_by_nobody"}, at: "out2"},
		{name: "an unknown word", edit: with("out2", func(b *o) { b.Outcome = "fine" }), codes: []string{"outcome"}, at: "out2"},
		{name: "an outage nobody stated", edit: with("out4", func(b *o) { b.OutageFrom = At(b.OutageFrom.Add(-time.Hour)) }), codes: []string{"outage_unbacked"}, at: "out4"},
		{name: "a start without an end", edit: both(without("end1b"), with("out1", func(b *o) { b.AiredMS, b.Outcome = 10200, Partial })), codes: []string{"no_end"}, at: "start1b"},
		{name: "started twice without an end", edit: again("start3b", "end3"), codes: []string{"no_end"}, at: "start3b"},
		{name: "started after its outcome", edit: again("start1", "out2"), codes: []string{"after_outcome"}, at: "start1 again"},
		{name: "two on air at once", edit: both(without("end1b"), again("start3", "out1"), with("out1", func(b *o) { b.AiredMS, b.Outcome = 10200, Partial })),
			codes: []string{"two_on_air", "no_end", "two_on_air", "no_end"}, at: "start3 again"},
		{name: "played though withdrawn", edit: with("daily", func(b *Plan) { b.Occurrences[0].State, b.Occurrences[0].By = "withdrawn", "user:lan" }),
			codes: []string{"start_withdrawn", "start_withdrawn"}, at: "start3"},
		{name: "played though refused", edit: with("daily", func(b *Plan) { b.Occurrences[0].Verdict, b.Occurrences[0].Reason = "skipped", "quiet_hours" }),
			codes: []string{"start_refused", "start_refused"}, at: "start3"},
		{name: "gone on after a cut, unasked", edit: goesOn(with("end3b", cutShort)), codes: []string{"resumed_unasked"}, at: "start3b again"},
		{name: "gone on after a cut, too late", edit: goesOn(with("end3b", cutShort), mayGoOn(time.Minute), func(_ testing.TB, tale []told) []told {
			for i := place(t, tale, "start3b again"); !strings.HasPrefix(tale[i].name, "power"); i++ {
				tale[i].at += 4 * time.Minute
			}
			return tale
		}), codes: []string{"resumed_late"}, at: "start3b again"},
		{name: "a rehearsal without an outcome", edit: without("rehearsal out"), codes: []string{"begun_undecided"}, at: "rehearsal", now: 2*day + 4*time.Hour},
		{name: "no boot record after a power cut", edit: both(without("power"), with("out4", func(b *o) { b.OutageFrom, b.OutageUntil = Time{}, Time{} })),
			codes: []string{"boot_missing"}, at: "out4"},
		{name: "no boot record after a shutdown", edit: without("reboot"), codes: []string{"boot_missing"}, at: "replan"},
		{name: "an outage left out of the boot record", edit: with("reboot", func(b *Boot) { b.OutageFrom, b.OutageUntil = Time{}, Time{} }),
			codes: []string{"outage_unstated"}, at: "reboot"},
		{name: "records in the stated outage", edit: with("reboot", func(b *Boot) { b.OutageFrom = At(b.OutageFrom.Add(-time.Hour)) }), codes: []string{"outage_wrong"}, at: "reboot"},
		{name: "an outage that ends too early", edit: with("reboot", func(b *Boot) { b.OutageUntil = At(b.OutageUntil.Add(-time.Hour)) }), codes: []string{"outage_wrong"}, at: "reboot"},
		{name: "a clean end that was none", edit: without("shutdown"), codes: []string{"outage_wrong"}, at: "reboot"},
		{name: "time without a plan", edit: with("replan", func(b *Plan) { b.Until = At(b.From.Add(6 * time.Hour)) }), codes: []string{"uncovered"}, at: "daily"},
		{name: "no plan after the boot", edit: without("replan"), codes: []string{"uncovered"}, at: "daily"},
		{name: "days of silence", edit: func(_ testing.TB, tale []told) []told {
			return append(tale, told{at: 6 * day, boot: "b", body: Shutdown{Why: "signal"}})
		}, codes: []string{"silence"}, at: "last plan"},
		{name: "silent until now", edit: both(), codes: []string{"silence"}, at: "last plan", now: 4 * day},
		{name: "lost records", edit: func(t testing.TB, tale []told) []told {
			at := At(moment(0).Add(2 * time.Hour))
			return slices.Insert(tale, place(t, tale, "rehearsal"), told{name: "gap", at: 3 * time.Hour, body: Gap{From: at, Until: at, Delayed: 2, Lost: 5, Why: "disk full"}})
		}, codes: []string{"lost"}, at: "gap"},
	} {
		t.Run(c.name, func(t *testing.T) {
			edited := c.edit(t, tale())
			var opts ReconcileOptions
			if c.now > 0 {
				opts.Now = moment(0).Add(c.now)
			}
			r := reconciled(t, edited, opts)
			var codes []string
			for _, d := range r.Differences {
				codes = append(codes, d.Code)
				if d.VI == "" || d.EN == "" || len(d.Records) == 0 {
					t.Errorf("%s says too little: %+v", d.Code, d)
				}
			}
			if !slices.Equal(codes, c.codes) {
				t.Fatalf("found %v, want %v", codes, c.codes)
			}
			if r.OK || r.DifferenceAll != int64(len(codes)) {
				t.Errorf("ok %v, %d differences", r.OK, r.DifferenceAll)
			}
			if want := int64(place(t, edited, c.at)); r.Differences[0].Records[0] != want {
				t.Errorf("found at record %d, want %d (%s)", r.Differences[0].Records[0], want, c.at)
			}
		})
	}
}

// What is not wrong: a gap that only delayed, an item that failed to open, what is still to come.
func TestNoFalseAlarm(t *testing.T) {
	for name, e := range map[string]edit{
		"delayed records": func(t testing.TB, tale []told) []told {
			at := At(moment(0).Add(2 * time.Hour))
			return slices.Insert(tale, place(t, tale, "rehearsal"), told{at: 3 * time.Hour, body: Gap{From: at, Until: at, Delayed: 2, Why: "disk full"}})
		},
		"an item that could not be opened": both(without("start1b", "onset1b"), with("end1b", func(b *End) { b.Result, b.Taken = "failed", 0 }),
			with("out1", func(b *OutcomeBody) { b.Outcome, b.AiredMS = Partial, 10000 })),
		"cut on air, log ends there": func(t testing.TB, tale []told) []told { return tale[:place(t, tale, "end1")] },
		"still to come":              func(t testing.TB, tale []told) []told { return tale[:place(t, tale, "start1")] },
		"a later command while the station is off": func(t testing.TB, tale []told) []told {
			tale = tale[:place(t, tale, "import")+1]
			tale[len(tale)-1].at = 30 * day
			return tale
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, d := range reconciled(t, e(t, tale()), ReconcileOptions{}).Differences {
				t.Errorf("%s at %v: %s", d.Code, d.Records, d.EN)
			}
		})
	}
}

// A new epoch that took over a running station decides what the one before had begun.
func TestEpochTakenOver(t *testing.T) {
	log := tale()
	plan := log[place(t, log, "plan")]
	log = slices.Delete(log, 1, place(t, log, "end1"))
	log[0].at, log[0].body = time.Hour+9*time.Second, Epoch{Epoch: 2, Origin: "loaxa/XA-01/may-1/2"}
	log = slices.Insert(log, 1, plan)
	log[1].at = log[0].at + time.Second
	for _, d := range reconciled(t, log, ReconcileOptions{}).Differences {
		t.Errorf("%s at %v: %s", d.Code, d.Records, d.EN)
	}
}

func TestPeriod(t *testing.T) {
	broken := without("out2")(t, tale())
	second := ReconcileOptions{From: moment(0).Add(day)}
	if r := reconciled(t, broken, second); !r.OK || len(r.Rows) != 2 || r.Promised != 2 {
		t.Errorf("the second day: ok %v, %d rows, %d promised; want true, 2, 2", r.OK, len(r.Rows), r.Promised)
	}
	if r := reconciled(t, broken, ReconcileOptions{Until: moment(0).Add(day)}); r.OK {
		t.Error("the first day lacks an outcome, and nothing was said")
	}
}

// A start in a boot whose clock was 13 hours behind and then set: the row shows when it really was.
func TestRowsAreCorrected(t *testing.T) {
	m := &memory{}
	add := func(up, off time.Duration, state string, b Body) {
		s := Stamp{Wall: At(moment(0).Add(up + off)), Boot: "a", UpMS: up.Milliseconds(), Clock: Clock{State: state}}
		raw, err := Encode(int64(len(m.raws)), "station", s, b)
		if err != nil {
			t.Fatal(err)
		}
		m.raws = append(m.raws, raw)
	}
	behind := -13 * time.Hour
	wall := func(up time.Duration) Time { return At(moment(0).Add(up + behind)) }
	for _, r := range tale() {
		if r.at > 2*time.Hour-time.Minute {
			break
		}
		switch b := r.body.(type) {
		case Plan:
			b.From, b.Until = wall(r.at), wall(r.at+7*day)
			b.Occurrences = b.Occurrences[:1]
			b.Occurrences[0].Due = wall(time.Hour)
			r.body = b
		case Progress:
			b.Onset = wall(b.Onset.Sub(moment(0).Time))
			r.body = b
		case OutcomeBody:
			b.Due, b.Started = wall(time.Hour), wall(time.Hour)
			r.body = b
		}
		add(r.at, behind, "doubtful", r.body)
	}
	r, err := Reconcile(m, ReconcileOptions{})
	if err != nil || !r.OK || r.Inconclusive != 1 || !r.Rows[0].Started.True.IsZero() {
		t.Fatalf("never trusted: %v, %+v", err, r)
	}
	add(3*time.Hour, 0, "synchronised", ClockChange{What: "trust", From: "doubtful", To: "synchronised"})
	r, err = Reconcile(m, ReconcileOptions{})
	if err != nil || r.Corrected != 1 {
		t.Fatalf("trusted at last: %v, %d corrected", err, r.Corrected)
	}
	if w := r.Rows[0]; !w.Started.True.Equal(moment(0).Add(time.Hour)) || w.Started.Off() != behind || !w.Started.Written.Equal(wall(time.Hour).Time) {
		t.Errorf("started %+v", w.Started)
	}
}

func TestUnreadableRecordIsADifference(t *testing.T) {
	m := write(t, tale())
	m.raws[5] = []byte(`{"v":1`)
	r, err := Reconcile(m, ReconcileOptions{})
	if err != nil || r.OK || r.Differences[0].Code != "unreadable" || r.Differences[0].Records[0] != 5 {
		t.Errorf("%v, %+v", err, r.Differences)
	}
}

type failing struct{ memory }

func (*failing) Records(func(int64, []byte) error) error { return errors.New("bad sector") }

func TestSourceThatFails(t *testing.T) {
	if _, err := Reconcile(&failing{}, ReconcileOptions{}); err == nil {
		t.Error("a log that cannot be read was reconciled")
	}
}

// Whatever is left out of or repeated in a log, reconciling it ends without a panic, and what an honest log loses of
// outcomes is always found.
func TestAnyLossOfAnOutcomeIsFound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		log := tale()
		n := rapid.IntRange(1, 5).Draw(rt, "n")
		for range n {
			i := rapid.IntRange(1, len(log)-1).Draw(rt, "at")
			if rapid.Bool().Draw(rt, "repeat") {
				log = slices.Insert(log, i, log[i])
			} else {
				log = slices.Delete(log, i, i+1)
			}
		}
		r := reconciled(t, log, ReconcileOptions{})
		outcomes, plans := map[string]int{}, 0
		for _, x := range log {
			switch b := x.body.(type) {
			case OutcomeBody:
				outcomes[b.Broadcast]++
			case Plan:
				plans++
			}
		}
		if plans == 0 {
			return
		}
		for id, times := range outcomes {
			if times > 1 && r.OK {
				rt.Fatalf("%s has %d outcomes and nothing differs", id, times)
			}
		}
		// After a boot the station has two minutes to decide what fell due before: only a plan that is silent about it shows
		// that it was forgotten.
		if outcomes["p@3"] == 0 && slices.ContainsFunc(log, func(x told) bool { return x.name == "last plan" }) && r.OK {
			rt.Fatal("p@3 has no outcome and nothing differs")
		}
	})
}

// How long it takes to reconcile a log; ns/record is the figure to look at.
func BenchmarkReconcile(b *testing.B) {
	log := honest(b).m
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Reconcile(log, ReconcileOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(log.Size()), "ns/record")
}
