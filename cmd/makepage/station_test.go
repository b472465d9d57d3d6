package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

// station is a log of three months, and what an inspector may be handed of it.
type station struct {
	t     *testing.T
	log   *playlog.Log
	wall  time.Time
	up    time.Duration
	rows  []map[string]any // of a report on the whole time
	count map[evidence.Outcome]int64
	aired evidence.Count
}

var (
	hanoi = time.FixedZone("", 7*3600)
	march = time.Date(2026, 3, 1, 4, 30, 0, 0, hanoi)
)

func newStation(t *testing.T, code string) *station {
	t.Helper()
	s := &station{t: t, wall: march, up: time.Hour, count: map[evidence.Outcome]int64{}}
	dir := t.TempDir()
	var err error
	s.log, err = playlog.Open(playlog.Options{Path: filepath.Join(dir, "playlog.db"), AnchorDir: filepath.Join(dir, "anchors"),
		KeyPath: filepath.Join(dir, "keys", "log.key"), StationCode: code, StationName: "Đài truyền thanh xã", Device: "may-1",
		Stamp: s.stamp, Raise: func(c, d string) { t.Errorf("alarm %s: %s", c, d) }, Clear: func(string) {}, MayInit: true, NoSync: true})
	must(t, err)
	t.Cleanup(func() { must(t, s.log.Close()) })
	return s
}

func (s *station) stamp() evidence.Stamp {
	return evidence.Stamp{Wall: evidence.At(s.wall), Boot: "boot-1", UpMS: s.up.Milliseconds(), Clock: evidence.Clock{State: "synchronised", ErrUS: 900}}
}

func (s *station) pass(d time.Duration) { s.wall, s.up = s.wall.Add(d), s.up+d }

func (s *station) append(bodies ...evidence.Body) {
	s.t.Helper()
	if _, err := s.log.Append("station", bodies...); err != nil {
		s.t.Fatal(err)
	}
}

// days lives n days: two broadcasts each, most of them as planned, some late, missed, cut, or only virtual.
func (s *station) days(n int) {
	s.t.Helper()
	for range n {
		day := time.Date(s.wall.Year(), s.wall.Month(), s.wall.Day(), 0, 0, 0, 0, hanoi)
		dues := []time.Time{day.Add(5 * time.Hour), day.Add(17 * time.Hour)}
		p := evidence.Plan{From: evidence.At(day), Until: evidence.At(day.AddDate(0, 0, 1)), Why: "daily",
			Programmes: []evidence.PlannedProgramme{{ID: "ban-tin", Title: "Cảnh giác lừa đảo qua mạng", LatenessMS: 600000}}}
		for _, due := range dues {
			p.Occurrences = append(p.Occurrences, evidence.Planned{ID: occurrence(due), Programme: "ban-tin", Due: evidence.At(due), LengthMS: 90000, Verdict: "airs"})
		}
		s.append(p)
		for i, due := range dues {
			s.pass(due.Add(2 * time.Minute).Sub(s.wall))
			s.outcome(due, day.Day()*2+i)
		}
		s.pass(day.Add(28*time.Hour + 30*time.Minute).Sub(s.wall))
	}
}

func occurrence(due time.Time) string { return "ban-tin@" + due.Format("2006-01-02T15:04") }

func (s *station) outcome(due time.Time, dice int) {
	o := evidence.OutcomeBody{Broadcast: occurrence(due), Occurrence: occurrence(due), Why: "scheduled", Outcome: evidence.Full,
		Programme: "ban-tin", Title: "Cảnh giác lừa đảo qua mạng", Class: "routine", Zone: "all", Volume: 80, Due: evidence.At(due), Started: evidence.At(due),
		Ended: evidence.At(due.Add(90 * time.Second)), AiredMS: 90000, PlannedMS: 90000, Device: "hw:0", Output: "hardware", Rate: 1, Evidence: 2,
		StationName: "Đài truyền thanh xã", StationCode: "XA-01"}
	clip := &evidence.Clip{ID: "c1", Title: "Giả danh công an", SHA256: fmt.Sprintf("%064x", 1), DurationMS: 90000, Tags: []string{"giả danh công an", "lừa đảo qua mạng"}}
	switch {
	case dice%11 == 0:
		o.Outcome, o.AiredMS, o.Output, o.Rate, o.Evidence, o.Started, o.Ended = evidence.Missed, 0, "", 0, 0, evidence.Time{}, evidence.Time{}
	case dice%7 == 0:
		o.Outcome, o.LatenessMS = evidence.Late, 20000
	case dice%13 == 0:
		o.Outcome, o.AiredMS = evidence.Partial, 30000
	}
	o.Items = []evidence.AiredItem{{Kind: "clip", Clip: clip, TakenMS: o.AiredMS}}
	s.append(o)
	s.count[o.Outcome]++
	if o.AiredMS > 0 {
		s.aired.N++
		s.aired.AiredMS += o.AiredMS
	}
	s.rows = append(s.rows, map[string]any{"broadcast": o.Broadcast, "due": o.Due, "status": o.Outcome, "aired_ms": o.AiredMS, "planned_ms": o.PlannedMS,
		"output": o.Output, "evidence": o.Evidence, "title": o.Title})
}

// export writes what was recorded from a moment until now to a file.
func (s *station) export(dir, name string, from time.Time) string {
	s.t.Helper()
	var b bytes.Buffer
	_, err := s.log.Export(s.t.Context(), &b, playlog.Period{From: from, Until: s.wall})
	must(s.t, err)
	return put(s.t, dir, name, b.Bytes())
}

// report writes a report on the time from a moment until the last broadcast, which is left out, after change had its way with the rows.
func (s *station) report(dir, name string, from time.Time, change func(row map[string]any)) string {
	s.t.Helper()
	aired, count := evidence.Count{}, map[evidence.Outcome]int64{}
	rows := make([]map[string]any, 0, len(s.rows))
	for _, old := range s.rows[:len(s.rows)-1] {
		row := map[string]any{}
		for k, v := range old {
			row[k] = v
		}
		change(row)
		if ms, ok := row["aired_ms"].(int64); ok && ms > 0 {
			aired.N++
			aired.AiredMS += ms
		}
		word, ok := row["status"].(evidence.Outcome)
		if !ok {
			s.t.Fatalf("row %v", row)
		}
		count[word]++
		rows = append(rows, row)
	}
	doc, err := json.Marshal(map[string]any{"from": evidence.At(from), "until": s.rows[len(s.rows)-1]["due"], "station_name": "Đài truyền thanh xã", "station_code": "XA-01",
		"broadcasts": rows, "figures": map[string]any{"broadcasts": aired, "occurrences": count}})
	must(s.t, err)
	return put(s.t, dir, name, doc)
}

func put(t *testing.T, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	must(t, os.WriteFile(path, b, 0o600))
	return path
}

// retouched is an export in which one entry was changed, put together again as whoever tampers with it would.
func retouched(t *testing.T, file, as string, entry string, change func([]byte) []byte) string {
	t.Helper()
	z, err := zip.OpenReader(file)
	must(t, err)
	defer z.Close() //nolint:errcheck // only read
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		rc, err := f.Open()
		must(t, err)
		b, err := io.ReadAll(rc)
		must(t, err)
		if f.Name == entry {
			b = change(b)
		}
		to, err := w.Create(f.Name)
		must(t, err)
		_, err = to.Write(b)
		must(t, err)
	}
	must(t, w.Close())
	return put(t, filepath.Dir(file), as, out.Bytes())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
