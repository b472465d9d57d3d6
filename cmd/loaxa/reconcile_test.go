package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// A log whose plan promised a broadcast that never got its outcome verifies, and still must not pass: the command names
// it and exits with 3.
func TestReconcileNamesWhatIsMissing(t *testing.T) {
	for _, c := range []struct {
		name    string
		outcome bool
		code    int
		want    []string
	}{
		{"honest", true, exitDone, []string{"KHỚP: 1 lần phát", "missed (no_device)", "#2 → #3", "khớp"}},
		{"outcome left out", false, exitUnproved, []string{"LỆCH 1 dòng trên 1", "không có kết quả", "has no outcome", "LỆCH: no_outcome"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "playlog.db")
			writeDay(t, path, c.outcome)
			var out, errs bytes.Buffer
			code := run(context.Background(), []string{"log", "reconcile", path}, nil, stdio{strings.NewReader(""), &out, &errs})
			if code != c.code {
				t.Errorf("exit code %d, want %d; %s", code, c.code, errs.String())
			}
			for _, w := range c.want {
				if !strings.Contains(out.String(), w) {
					t.Errorf("%q is not said:\n%s", w, out.String())
				}
			}
		})
	}
}

// writeDay writes a log of four hours with one promise.
func writeDay(t *testing.T, path string, outcome bool) {
	t.Helper()
	begun := time.Date(2026, 3, 2, 4, 0, 0, 0, time.FixedZone("", 7*3600))
	passed := time.Duration(0)
	stamp := func() evidence.Stamp {
		return evidence.Stamp{
			Wall: evidence.At(begun.Add(passed)), Boot: "a", UpMS: (time.Hour + passed).Milliseconds(),
			Clock: evidence.Clock{State: "synchronised"},
		}
	}
	l, err := playlog.Open(playlog.Options{
		Path: path, AnchorDir: filepath.Join(filepath.Dir(path), "anchors"), KeyPath: filepath.Join(filepath.Dir(path), "key"),
		StationCode: "T", StationName: "Đài thử", Device: "main", MayInit: true, Stamp: stamp,
		Raise: func(code, detail string) { t.Errorf("alarm %s: %s", code, detail) }, Clear: func(string) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	put := func(at time.Duration, b evidence.Body) {
		passed = at
		if _, err := l.AppendEntries(playlog.Entry{Stamp: stamp(), Actor: "station", Body: b}); err != nil {
			t.Fatal(err)
		}
	}
	due := evidence.At(begun.Add(time.Hour))
	put(time.Second, evidence.Boot{Previous: "none"})
	put(2*time.Second, evidence.Plan{
		From: evidence.At(begun), Until: evidence.At(begun.AddDate(0, 0, 7)), Why: "start",
		Programmes:  []evidence.PlannedProgramme{{ID: "p", Title: "Cảnh báo", LatenessMS: 60000}},
		Occurrences: []evidence.Planned{{ID: "p@5", Programme: "p", Due: due, LengthMS: 20000, Verdict: "airs"}},
	})
	if outcome {
		put(2*time.Hour, evidence.OutcomeBody{
			Broadcast: "p@5", Occurrence: "p@5", Why: "scheduled", Outcome: evidence.Missed, Reason: "no_device", Title: "Cảnh báo",
			Due: due, PlannedMS: 20000,
		})
	}
	put(4*time.Hour, evidence.Shutdown{Why: "signal"})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}
