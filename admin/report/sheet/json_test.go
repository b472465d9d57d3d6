package sheet

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"loaxa/admin/report"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// kept is a log on disk in which these outcomes stand.
func kept(t *testing.T, at time.Time, bodies ...evidence.Body) *playlog.Log {
	t.Helper()
	up := int64(0)
	dir := t.TempDir()
	log, err := playlog.Open(playlog.Options{Path: filepath.Join(dir, "playlog.db"), AnchorDir: filepath.Join(dir, "anchors"), KeyPath: filepath.Join(dir, "log.key"),
		StationCode: "THU", StationName: "Đài thử", Device: "main", MayInit: true, Raise: func(string, string) {}, Clear: func(string) {},
		Stamp: func() evidence.Stamp {
			up++
			return evidence.Stamp{Wall: evidence.At(at.Add(time.Duration(up) * time.Minute)), Boot: "boot-1", UpMS: up * 60_000, Clock: evidence.Clock{State: "synchronised"}}
		}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	for _, b := range bodies {
		if _, err := log.Append("station", b); err != nil {
			t.Fatal(err)
		}
	}
	return log
}

// body is an outcome as the player writes it.
func body(due time.Time, outcome evidence.Outcome, output evidence.Output, airedMS int64) evidence.OutcomeBody {
	id := "p-1@" + due.Format(time.RFC3339)
	o := evidence.OutcomeBody{Broadcast: id, Occurrence: id, Why: "scheduled", Outcome: outcome, Programme: "p-1", Title: "Bản tin \"an ninh\" \u2028 <b>", Playlist: "Danh sách", Class: "ordinary",
		Zone: "main", Volume: 80, Due: evidence.At(due), AiredMS: airedMS, PlannedMS: 60_000, Device: "card", Output: string(output), StationName: "Đài thử", StationCode: "THU",
		Items: []evidence.AiredItem{{Kind: "clip", TakenMS: airedMS, Clip: clips[0]}, {Kind: "silence", TakenMS: 0}}}
	if airedMS > 0 {
		o.Started, o.Ended, o.Rate = evidence.At(due), evidence.At(due.Add(time.Duration(airedMS)*time.Millisecond)), 1
	}
	o.Evidence = evidence.Level(o.Measured())
	return o
}

// Whoever receives the document holds it against the log: what the station says of itself must be what the log says, to the
// last figure, also where a device was open and took nothing.
func TestDocumentAgreesWithTheLog(t *testing.T) {
	begins := time.Date(2026, 3, 2, 5, 0, 0, 0, hanoi)
	rehearsal := body(begins.Add(4*time.Hour), evidence.Full, evidence.Hardware, 60_000)
	rehearsal.Why, rehearsal.Occurrence, rehearsal.Broadcast, rehearsal.Due = "rehearsal", "", "rehearsal:1", evidence.Time{}
	log := kept(t, begins, body(begins, evidence.Full, evidence.Hardware, 60_000), body(begins.Add(time.Hour), evidence.Partial, evidence.Virtual, 30_000),
		body(begins.Add(2*time.Hour), evidence.Missed, evidence.Hardware, 0), body(begins.Add(3*time.Hour), evidence.Cancelled, "", 0), rehearsal)
	a, err := report.Read(context.Background(), log, report.Query{From: begins, Until: begins.AddDate(0, 0, 1)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	doc := made(t, func(w *bytes.Buffer) error { return JSON(context.Background(), w, a, options(t)) })
	claims, err := evidence.ReadClaims(doc)
	if err != nil {
		t.Fatal(err)
	}
	if len(claims.Rows) != len(a.Rows) || len(a.Rows) != 5 {
		t.Fatalf("%d rows, the account has %d of 5", len(claims.Rows), len(a.Rows))
	}
	compare := func(c evidence.Claims) *evidence.Comparison {
		rep, err := evidence.Verify(log.Source(), evidence.VerifyOptions{Claims: &c})
		if err != nil {
			t.Fatal(err)
		}
		return rep.Comparison
	}
	if c := compare(claims); c == nil || c.RowsDiffer != 0 || c.FiguresDiffer != 0 || c.Uncompared != 0 {
		t.Errorf("the document and the log differ: %+v", c)
	}
	claims.Rows[0].AiredMS++
	if c := compare(claims); c.RowsDiffer == 0 {
		t.Error("a document that was changed is not noticed; the control must differ")
	}
}

// Whoever asks where a total comes from must be led to its rows, and find the same sum there.
func TestDocumentLeadsFromTotalsToRows(t *testing.T) {
	a := days(time.Date(2026, 2, 27, 0, 0, 0, 0, hanoi), 9, 5)
	var doc struct {
		Broadcasts []Broadcast
		Clips      []evidence.Clip
		Totals     map[string][]Total
		Checkpoint string
	}
	if err := json.Unmarshal(made(t, func(w *bytes.Buffer) error { return JSON(context.Background(), w, a, options(t)) }), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Broadcasts) != len(a.Rows) || doc.Checkpoint != checkpoint {
		t.Fatalf("%d rows of %d, checkpoint %q", len(doc.Broadcasts), len(a.Rows), doc.Checkpoint)
	}
	for i, b := range doc.Broadcasts {
		if b.Broadcast != a.Rows[i].Broadcast || len(b.Plays) != len(a.Rows[i].Plays) {
			t.Fatalf("row %d is %+v", i, b)
		}
		for k, p := range b.Plays {
			if doc.Clips[p.Clip].SHA256 != a.Rows[i].Plays[k].Clip.SHA256 {
				t.Errorf("row %d plays %s, want %s", i, doc.Clips[p.Clip].SHA256, a.Rows[i].Plays[k].Clip.SHA256)
			}
		}
	}
	for _, name := range []string{"day", "week", "month", "programme", "class", "campaign", "agency", "outcome"} {
		rows := []int32{}
		for _, total := range doc.Totals[name] {
			own := map[string]evidence.Count{}
			for _, n := range total.Rows {
				b := doc.Broadcasts[n]
				own[b.Standing] = evidence.Count{N: own[b.Standing].N + 1, AiredMS: own[b.Standing].AiredMS + b.AiredMS}
			}
			if !reflect.DeepEqual(own, total.By) {
				t.Errorf("%s %s says %+v, its rows %+v", name, total.Key, total.By, own)
			}
			rows = append(rows, total.Rows...)
		}
		slices.Sort(rows)
		if len(slices.Compact(rows)) != len(a.Rows) {
			t.Errorf("%s leads to %d rows of %d", name, len(rows), len(a.Rows))
		}
	}
	if len(doc.Totals["axis A"]) < 2 || len(doc.Totals["axis B"]) < 2 {
		t.Error("no totals by topic")
	}
}

func TestDocumentOfNothing(t *testing.T) {
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, hanoi)
	claims, err := evidence.ReadClaims(made(t, func(w *bytes.Buffer) error {
		return JSON(context.Background(), w, account(day, day.AddDate(0, 0, 1)), options(t))
	}))
	if err != nil || len(claims.Rows) != 0 || claims.StationName != "Đài truyền thanh xã Thử" {
		t.Errorf("%+v, %v", claims, err)
	}
}
