package report

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

var hanoi = time.FixedZone("+07", 7*3600)

// book is a log that a test writes.
type book struct {
	*playlog.Log
	now   time.Time
	boot  string
	up    int64
	trust string
}

func newBook(t interface {
	Helper()
	Fatalf(string, ...any)
}, dir string, begins time.Time) *book {
	t.Helper()
	b := &book{now: begins, boot: "boot-1"}
	var err error
	b.Log, err = playlog.Open(playlog.Options{Path: filepath.Join(dir, "playlog.db"), AnchorDir: filepath.Join(dir, "anchors"), KeyPath: filepath.Join(dir, "log.key"),
		StationCode: "THU", StationName: "Đài thử", Device: "main", MayInit: true, Raise: func(string, string) {}, Clear: func(string) {},
		Stamp: func() evidence.Stamp {
			b.up++
			return evidence.Stamp{Wall: evidence.At(b.now), Boot: b.boot, UpMS: b.up, Clock: evidence.Clock{State: cmp.Or(b.trust, "synchronised")}}
		}})
	if err != nil {
		t.Fatalf("opening a log: %v", err)
	}
	return b
}

// outcome of an occurrence that aired whole, on hardware, at its time.
func outcome(due time.Time, programme string, change func(*evidence.OutcomeBody)) evidence.OutcomeBody {
	id := programme + "@" + due.Format(time.RFC3339)
	o := evidence.OutcomeBody{Broadcast: id, Occurrence: id, Why: "scheduled", Outcome: evidence.Full, Programme: programme, Title: "Bản tin " + programme, Playlist: "Danh sách", Class: "ordinary",
		Zone: "main", Volume: 80, Due: evidence.At(due), Started: evidence.At(due), Ended: evidence.At(due.Add(time.Minute)), AiredMS: 60_000, PlannedMS: 60_000, Device: "card",
		Output: "hardware", Rate: 1, Evidence: 2, StationName: "Đài thử", StationCode: "THU", Items: []evidence.AiredItem{{Kind: "clip", TakenMS: 60_000,
			Clip: &evidence.Clip{ID: "c-1", Title: "Cảnh giác", SHA256: "aa", Canonical: "bb", DurationMS: 60_000, Tags: []string{"A.b.1", "B.14", "người cao tuổi"}, Source: "Công an tỉnh"}}}}
	if change != nil {
		change(&o)
	}
	return o
}

// drawn is any outcome that the program can write, as far as the figures look at it.
func drawn(t *rapid.T, due time.Time, n int) evidence.OutcomeBody {
	o := outcome(due, fmt.Sprintf("p-%d", rapid.IntRange(1, 3).Draw(t, "programme")), nil)
	o.Why = rapid.SampledFrom([]string{"scheduled", "scheduled", "scheduled", "rehearsal", "emergency"}).Draw(t, "why")
	o.Outcome = rapid.SampledFrom([]evidence.Outcome{evidence.Full, evidence.Late, evidence.Partial, evidence.Preempted, evidence.Missed, evidence.Skipped, evidence.Cancelled}).Draw(t, "outcome")
	o.Output = rapid.SampledFrom([]string{"hardware", "hardware", "unproven", "virtual"}).Draw(t, "output")
	o.Items[0].Clip.Tags = rapid.SampledFrom([][]string{nil, {"A.a"}, {"A.a", "A.b.1", "B.2"}, {"B.2", "tự do"}}).Draw(t, "tags")
	o.AiredMS = rapid.SampledFrom([]int64{0, 1, 30_000, 60_000}).Draw(t, "aired")
	o.Items[0].TakenMS = o.AiredMS
	if o.Why != "scheduled" {
		o.Occurrence, o.Broadcast = "", fmt.Sprintf("%s:%d", o.Why, n)
		o.Due = evidence.Time{}
	}
	if o.AiredMS == 0 {
		o.Output, o.Started, o.Ended, o.Rate = "", evidence.Time{}, evidence.Time{}, 0
	}
	return o
}

// What an office adds up must be what the log has, whichever way it is divided: a total that cannot be led back to its rows
// is worth nothing to an inspector.
func TestTotalsAreRowsAreTheLog(t *testing.T) {
	dir, n := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		begins := time.Date(2026, 2, 27, 6, 0, 0, 0, hanoi)
		b := newBook(t, filepath.Join(dir, fmt.Sprint(n)), begins)
		defer b.Close() //nolint:errcheck // a test's folder
		count := rapid.IntRange(0, 20).Draw(t, "broadcasts")
		want := evidence.NewFigures()
		for i := range count {
			b.now = begins.Add(time.Duration(i) * 7 * time.Hour)
			o := drawn(t, b.now, i)
			if _, err := b.Append("station", o); err != nil {
				t.Fatalf("appending: %v", err)
			}
			want.Count(o)
		}
		a, err := Read(context.Background(), b.Log, Query{From: begins, Until: begins.AddDate(1, 0, 0)}, nil)
		if err != nil {
			t.Fatalf("reading: %v", err)
		}
		if len(a.Rows) != count || !reflect.DeepEqual(a.Figures, want) {
			t.Fatalf("%d rows of %d, figures %+v, want %+v", len(a.Rows), count, a.Figures, want)
		}
		sum := a.Sum()
		if n, ms := sum.By[Aired].N+sum.By[Cut].N, sum.By[Aired].AiredMS+sum.By[Cut].AiredMS; (evidence.Count{N: n, AiredMS: ms}) != want.Broadcasts {
			t.Fatalf("aired and cut are %d, %d ms; the log has %+v", n, ms, want.Broadcasts)
		}
		for _, d := range []Dimension{ByDay, ByWeek, ByMonth, ByProgramme, ByClass, ByOutcome, ByStanding, ByOutput, ByLevel, ByStation, ByCampaign, ByAgency} {
			wholeTotals(t, a, d, sum)
		}
		for _, axis := range []string{"A", "B"} {
			for _, total := range a.Totals(ByAxis(axis), hanoi) {
				got := evidence.Count{N: total.By[Aired].N + total.By[Cut].N, AiredMS: total.By[Aired].AiredMS + total.By[Cut].AiredMS}
				if total.Key != "" && got != want.Topics[total.Key] && got.AiredMS > 0 {
					t.Fatalf("topic %s: %+v, the log has %+v", total.Key, got, want.Topics[total.Key])
				}
			}
		}
	})
}

// wholeTotals are of a dimension that puts each row into one total: they sum to everything, and each is the sum of its rows.
func wholeTotals(t *rapid.T, a *Account, d Dimension, sum Total) {
	var all Total
	var rows []int32
	for _, total := range a.Totals(d, hanoi) {
		var own Total
		for _, i := range total.Rows {
			s := a.Rows[i].Standing()
			own.By[s].N++
			own.By[s].AiredMS += a.Rows[i].AiredMS
		}
		if own.By != total.By {
			t.Fatalf("%s %s says %+v, its rows %+v", d.Name, total.Key, total.By, own.By)
		}
		for s := range all.By {
			all.By[s].N += total.By[s].N
			all.By[s].AiredMS += total.By[s].AiredMS
		}
		rows = append(rows, total.Rows...)
	}
	slices.Sort(rows)
	if all.By != sum.By || len(slices.Compact(rows)) != len(a.Rows) {
		t.Fatalf("%s sums to %+v over %d rows, want %+v over %d", d.Name, all.By, len(rows), sum.By, len(a.Rows))
	}
}

// An office that prints its report again must hand in the same one, whatever was decided or planned since.
func TestAnAccountOfACheckpointStaysAsItWas(t *testing.T) {
	begins := time.Date(2026, 3, 2, 6, 0, 0, 0, hanoi)
	b := newBook(t, t.TempDir(), begins)
	defer b.Close() //nolint:errcheck // a test's folder
	late := begins.Add(time.Hour)
	must(t, b, evidence.Plan{From: evidence.At(begins), Until: evidence.At(begins.AddDate(0, 0, 1)), Why: "daily",
		Programmes:  []evidence.PlannedProgramme{{ID: "p-1", Title: "Bản tin sáng", Class: "ordinary"}},
		Occurrences: []evidence.Planned{{ID: "p-1@" + late.Format(time.RFC3339), Programme: "p-1", Due: evidence.At(late), LengthMS: 60_000, Verdict: "airs"}}})
	must(t, b, outcome(begins, "p-1", nil))
	b.now = late.Add(time.Minute)
	must(t, b, evidence.Device{What: "absent"})
	q := Query{From: begins, Until: begins.AddDate(0, 0, 7)}
	first, err := Read(context.Background(), b.Log, q, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Rows) != 2 || first.Rows[1].Standing() != Open || first.Rows[1].Title != "Bản tin sáng" {
		t.Fatalf("rows %+v, want one aired and one open", first.Rows)
	}
	must(t, b, outcome(late, "p-1", func(o *evidence.OutcomeBody) { o.Title = "Tên mới"; o.Outcome = evidence.Late }))
	must(t, b, outcome(begins.AddDate(0, 0, 1), "p-1", nil))
	q.Size = first.Size
	again, err := Read(context.Background(), b.Log, q, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(first, again) {
		t.Errorf("first %+v\nagain %+v", first, again)
	}
	q.Size = 0
	if now, err := Read(context.Background(), b.Log, q, nil); err != nil || len(now.Rows) != 3 {
		t.Errorf("the log as it stands: %v, %d rows; the control must differ", err, len(now.Rows))
	}
}

func must(t *testing.T, b *book, bodies ...evidence.Body) {
	t.Helper()
	if _, err := b.Append("station", bodies...); err != nil {
		t.Fatalf("appending: %v", err)
	}
}
