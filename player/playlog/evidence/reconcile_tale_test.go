package evidence

import (
	"slices"
	"testing"
	"time"
)

// told is one record of a log that a test tells: when, in which boot, what.
type told struct {
	name string
	at   time.Duration // after moment(0); boot "b" began three hours after it
	boot string
	body Body
}

// tale is two days of an honest station: a broadcast of two items in full, one that was missed for want of a device, a
// late one, a rehearsal, a shutdown, a power cut through the window of the fourth.
func tale() []told {
	at := func(d time.Duration) Time { return At(moment(0).Add(d)) }
	due := func(id string, d time.Duration) Planned {
		return Planned{ID: id, Programme: "p", Due: at(d), LengthMS: 20000, Verdict: "airs"}
	}
	plan := func(d time.Duration, why string, open []Planned, occs ...Planned) Plan {
		return Plan{From: at(d), Until: at(d + 7*day), Why: why, Programmes: []PlannedProgramme{{ID: "p", Title: "Cảnh báo", LatenessMS: 60000}}, Occurrences: occs, Open: open}
	}
	start := func(id string, item int, d time.Duration) Start {
		return Start{Broadcast: id, Occurrence: id, Why: "scheduled", Item: item, Items: 2, Attempt: 1, Frames: 480000, Output: "unproven", Due: at(d)}
	}
	onset := func(id string, item int, d time.Duration) Progress {
		return Progress{Broadcast: id, Item: item, Attempt: 1, Onset: at(d), Written: 48000, Taken: 9600}
	}
	end := func(id string, item int) End {
		return End{Broadcast: id, Item: item, Attempt: 1, Result: "finished", Written: 480000, Taken: 480000}
	}
	out := func(id string, word Outcome, d, late time.Duration) OutcomeBody {
		o := OutcomeBody{Broadcast: id, Occurrence: id, Why: "scheduled", Outcome: word, Due: at(d), PlannedMS: 20000}
		if word == Full || word == Late {
			o.Started, o.LatenessMS, o.AiredMS, o.Output = at(d+late), late.Milliseconds(), 20000, "unproven"
		}
		return o
	}
	h, m, s := time.Hour, time.Minute, time.Second
	rehearsal := Start{Broadcast: "rehearsal:1", Why: "rehearsal", Items: 1, Attempt: 1, Frames: 48000, Output: "unproven", Due: at(3 * h)}
	four := due("p@4", 2*day+1*h)
	missed := out("p@4", Missed, 2*day+h, 0)
	missed.Reason, missed.OutageFrom, missed.OutageUntil = "power_cut", at(day+2*h), at(2*day+3*h)
	return []told{
		{name: "epoch", at: 0, body: Epoch{Epoch: 1, Origin: "loaxa/XA-01/may-1/1", StationName: "Đài thử"}},
		{name: "boot", at: 1 * s, body: Boot{Previous: "none"}},
		{name: "plan", at: 2 * s, body: plan(2*s, "start", nil, due("p@1", h), due("p@2", 2*h), due("p@3", day+h), four)},
		{name: "start1", at: h - 2*s, body: start("p@1", 0, h)},
		{name: "onset1", at: h + s, body: onset("p@1", 0, h)},
		{name: "start1b", at: h + 9*s, body: start("p@1", 1, h)},
		{name: "end1", at: h + 10*s, body: end("p@1", 0)},
		{name: "onset1b", at: h + 11*s, body: onset("p@1", 1, h+10*s)},
		{name: "end1b", at: h + 20*s, body: end("p@1", 1)},
		{name: "out1", at: h + 20*s, body: out("p@1", Full, h, 0)},
		{name: "out2", at: 2*h + m + s, body: out("p@2", Missed, 2*h, 0)},
		{name: "rehearsal", at: 3 * h, body: rehearsal},
		{name: "rehearsal end", at: 3*h + 2*s, body: End{Broadcast: "rehearsal:1", Attempt: 1, Result: "stopped", Taken: 24000}},
		{name: "rehearsal out", at: 3*h + 3*s, body: OutcomeBody{Broadcast: "rehearsal:1", Why: "rehearsal", Outcome: Partial, Due: at(3 * h), AiredMS: 500, PlannedMS: 1000, Output: "virtual"}},
		{name: "shutdown", at: 4 * h, body: Shutdown{Why: "signal"}},
		{name: "import", at: 5 * h, body: Change{What: "clip", By: "socket:root"}},
		{name: "reboot", at: 6 * h, body: Boot{Previous: "clean", OutageFrom: at(4 * h), OutageUntil: at(6 * h)}},
		{name: "replan", at: 6*h + s, body: plan(6*h+s, "start", nil, due("p@3", day+h), four)},
		{name: "daily", at: day, body: plan(day, "daily", nil, due("p@3", day+h), four)},
		{name: "start3", at: day + h, body: start("p@3", 0, day+h)},
		{name: "onset3", at: day + h + 31*s, body: onset("p@3", 0, day+h+30*s)},
		{name: "start3b", at: day + h + 39*s, body: start("p@3", 1, day+h)},
		{name: "end3", at: day + h + 40*s, body: end("p@3", 0)},
		{name: "end3b", at: day + h + 50*s, body: end("p@3", 1)},
		{name: "out3", at: day + h + 50*s, body: out("p@3", Late, day+h, 30*s)},
		{name: "power", at: 2*day + 3*h, boot: "b", body: Boot{Previous: "power", OutageFrom: at(day + 2*h), OutageUntil: at(2*day + 3*h)}},
		{name: "out4", at: 2*day + 3*h, boot: "b", body: missed},
		{name: "last plan", at: 2*day + 3*h + s, boot: "b", body: plan(2*day+3*h+s, "start", nil)},
	}
}

const day = 24 * time.Hour

func write(t testing.TB, tale []told) *memory {
	t.Helper()
	m := &memory{notes: map[int64][]byte{}}
	for _, r := range tale {
		boot, up := "a", r.at+time.Hour
		if r.boot != "" {
			boot, up = r.boot, r.at-2*day-3*time.Hour+30*time.Second
		}
		s := Stamp{Wall: At(moment(0).Add(r.at)), Boot: boot, UpMS: up.Milliseconds(), Clock: Clock{State: "synchronised"}}
		raw, err := Encode(int64(len(m.raws)), "station", s, r.body)
		if err != nil {
			t.Fatal(err)
		}
		m.raws = append(m.raws, raw)
	}
	return m
}

func reconciled(t testing.TB, tale []told, o ReconcileOptions) Reconciliation {
	t.Helper()
	r, err := Reconcile(write(t, tale), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func place(t testing.TB, tale []told, name string) int {
	t.Helper()
	i := slices.IndexFunc(tale, func(r told) bool { return r.name == name })
	if i < 0 {
		t.Fatalf("no record %q in the tale", name)
	}
	return i
}

// The edits that the cases are made of.
type edit func(t testing.TB, tale []told) []told

func without(names ...string) edit {
	return func(t testing.TB, tale []told) []told {
		for _, n := range names {
			i := place(t, tale, n)
			tale = slices.Delete(tale, i, i+1)
		}
		return tale
	}
}

func with[T Body](name string, change func(b *T)) edit {
	return func(t testing.TB, tale []told) []told {
		i := place(t, tale, name)
		b, ok := tale[i].body.(T)
		if !ok {
			t.Fatalf("record %q is a %T", name, tale[i].body)
		}
		change(&b)
		tale[i].body = b
		return tale
	}
}

func again(name, before string) edit {
	return func(t testing.TB, tale []told) []told {
		r, i := tale[place(t, tale, name)], place(t, tale, before)
		r.name += " again"
		r.at, r.boot = tale[i].at, tale[i].boot
		return slices.Insert(tale, i, r)
	}
}

func both(edits ...edit) edit {
	return func(t testing.TB, tale []told) []told {
		for _, e := range edits {
			tale = e(t, tale)
		}
		return tale
	}
}
