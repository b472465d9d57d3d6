package complaint

import (
	"fmt"
	"testing"
	"time"

	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// years is a log of that many days with twenty broadcasts each, as the player writes them.
func years(t testing.TB, days int) (*book, time.Time) {
	b := newBook(t, time.Date(2021, 1, 1, 4, 0, 0, 0, hanoi))
	stamp := func(at time.Time) evidence.Stamp {
		return evidence.Stamp{Wall: evidence.At(at), Boot: "boot-1", UpMS: at.Sub(b.stamp.Wall.Time).Milliseconds(), Clock: evidence.Clock{State: "synchronised"}}
	}
	day := time.Date(2021, 1, 1, 5, 0, 0, 0, hanoi)
	for range days {
		var list []playlog.Entry
		add := func(at time.Time, body evidence.Body) {
			list = append(list, playlog.Entry{Stamp: stamp(at), Actor: "station", Body: body})
		}
		for n := range 20 {
			at := day.Add(time.Duration(n) * 40 * time.Minute)
			id := fmt.Sprintf("p-%d@%s", n, at.Format(time.RFC3339))
			add(at, evidence.Start{Broadcast: id, Why: "scheduled", Items: 1, Attempt: 1, ItemKind: "clip", Clip: clip, Opened: clip.Canonical, Device: "card", Output: "hardware", Volume: 80})
			add(at, evidence.Progress{Broadcast: id, Attempt: 1, Onset: evidence.At(at), Taken: 48000})
			add(at.Add(time.Minute), evidence.End{Broadcast: id, Attempt: 1, Result: "finished", Taken: 60 * 48000, Rate: 1, LevelDBFS: -18})
			add(at.Add(time.Minute), evidence.OutcomeBody{Broadcast: id, Occurrence: id, Why: "scheduled", Outcome: evidence.Full, Title: "Bản tin", Programme: "p-1", Output: "hardware", Rate: 1,
				Due: evidence.At(at), Started: evidence.At(at), Ended: evidence.At(at.Add(time.Minute)), AiredMS: 60_000, PlannedMS: 60_000, Evidence: 2})
		}
		if _, err := b.AppendEntries(list...); err != nil {
			t.Fatal(err)
		}
		day = day.AddDate(0, 0, 1)
	}
	b.stamp = stamp(day)
	return b, day
}

// The person on the telephone waits. What is not needed of a long log must not be read.
func TestALongLogAnswersAtOnce(t *testing.T) {
	b, end := years(t, 60) // the time grows with the logarithm; a control that reads everything would not pass in five years
	for _, moment := range []time.Time{end.AddDate(0, 0, -30).Add(-2 * time.Hour), end.AddDate(0, 0, -50).Add(30 * time.Minute)} {
		f, err := Find(b.Log, Query{From: moment.Add(-Reach), Until: moment.Add(Reach), Now: end, Size: b.Size()})
		if err != nil {
			t.Fatal(err)
		}
		if f.Records > 300 {
			t.Errorf("%s: %d records were read of %d", moment, f.Records, b.Size())
		}
	}
}

// The whole five years: run by hand, the log alone takes a while to be written.
func BenchmarkFiveYears(b *testing.B) {
	log, end := years(b, 5*365)
	for _, name := range []string{"silence", "sounded"} {
		moment := end.AddDate(-2, 0, 0).Add(-2 * time.Hour)
		if name == "sounded" {
			moment = moment.Add(2*time.Hour + 30*time.Minute)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if a := log.ask(moment, end); (a.Verdict() == Sounded) != (name == "sounded") {
					b.Fatal(a.Verdict())
				}
			}
		})
	}
}
