package evidence

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func moment(s int) Time {
	return At(time.Date(2026, 3, 2, 5, 0, s, 250e6, time.FixedZone("", 7*3600)))
}

// samples is one body of every kind.
func samples() []Body {
	clip := Clip{ID: "c1", Title: "Cảnh giác lừa đảo", SHA256: strings.Repeat("ab", 32), Canonical: strings.Repeat("cd", 32), DurationMS: 30000, GainDB: -3.5}
	planned := Planned{ID: "p1@2026-03-02T05:00", Programme: "p1", Due: moment(0), LengthMS: 30000, Clips: []string{"c1"}, Verdict: "airs"}
	gone := planned
	gone.State, gone.By, gone.At, gone.Reason = "withdrawn", "user:lan", moment(1), "removed"
	return []Body{
		Epoch{Epoch: 2, Origin: "loaxa/XA-01/may-1/2", PublicKey: "k", Why: "lost", StationName: "Đài truyền thanh xã", StationCode: "XA-01", LastCheckpoint: "loaxa/XA-01/may-1/1\n5\n…\n", SetAside: "playlog.db.aside-1"},
		Boot{Version: "1.0", BuildHash: "ab", Previous: "power", LastHeartbeat: moment(1), LastBoot: "b0", OutageFrom: moment(1), OutageUntil: moment(2)},
		Shutdown{Why: "signal"},
		Plan{From: moment(0), Until: moment(9), Why: "daily", Programmes: []PlannedProgramme{{ID: "p1", Title: "Bản tin <A&B>", Playlist: "Chống lừa đảo", Class: "ordinary", Zone: "main", Volume: 80, LatenessMS: 600000}},
			Clips: []Clip{clip}, Occurrences: []Planned{planned}, Open: []Planned{gone}, Hold: &Hold{By: "user:lan", Reason: "quốc tang", Since: moment(0)}},
		Start{Broadcast: planned.ID, Occurrence: planned.ID, Why: "scheduled", Items: 1, Attempt: 1, Frames: 1440000, ItemKind: "clip", Clip: &clip, Opened: clip.Canonical, Device: "hw:0", Output: "hardware", Volume: 80, GainDB: -5.4, Class: "ordinary", Zone: "main", Due: moment(0)},
		Progress{Broadcast: planned.ID, Attempt: 1, Onset: moment(0), Written: 96000, Taken: 72000, Rate: 1.0001},
		End{Broadcast: planned.ID, Attempt: 1, Result: "finished", Written: 1440000, Taken: 1440000, Rate: 1, LevelDBFS: -18.25},
		OutcomeBody{Broadcast: planned.ID, Occurrence: planned.ID, Why: "scheduled", Outcome: Full, Programme: "p1", Title: "Bản tin", Playlist: "Chống lừa đảo", Class: "ordinary", Zone: "main", Volume: 80, Due: moment(0), Started: moment(0), Ended: moment(30),
			AiredMS: 30000, PlannedMS: 30000, Items: []AiredItem{{Kind: "clip", Clip: &clip, TakenMS: 30000}}, Device: "hw:0", Output: "hardware", Rate: 1, Evidence: 2, StationName: "Đài truyền thanh xã", StationCode: "XA-01"},
		Operator{What: "stop", Object: planned.ID, Reason: "hỏng loa", Result: "done"},
		Change{Seq: 3, What: "programme", ID: "p1", By: "user:lan", Made: moment(3), Before: []byte("null"), After: []byte(`{"title":"Bản tin"}`)},
		Device{What: "lost", Device: "hw:0", Driver: "alsa", Output: "hardware", Rate: 0.5, Detail: "no such device"},
		ClockChange{What: "step", Before: moment(0), After: moment(9), Source: "ntp", From: "doubtful", To: "synchronised"},
		Key{PublicKey: "k2", Why: "yearly"},
		Gap{From: moment(0), Until: moment(5), Delayed: 3, Lost: 1, Why: "no space left on device"},
	}
}

func sampleStamp() Stamp {
	return Stamp{Wall: moment(4), Boot: "0f8c", UpMS: 4250, Clock: Clock{State: "synchronised", ErrUS: 1500}}
}

// Fields that came later are left out when empty: the records of samples have none of them.
func TestGoldenLaterFields(t *testing.T) {
	clip := Clip{ID: "c1", Title: "Cảnh giác lừa đảo", SHA256: strings.Repeat("ab", 32), Canonical: strings.Repeat("cd", 32), DurationMS: 30000, GainDB: -3.5,
		Tags: []string{"lừa đảo qua mạng", "ma túy"}, Source: "Công an tỉnh, 12/TB-CA"}
	o := full("p1@2026-03-02T05:00")
	o.Items = []AiredItem{{Kind: "clip", Clip: &clip, TakenMS: 10000}}
	golden(t, "outcome_tags", 7, o)
}

// The bytes of a record are the leaf of the tree: if they changed from one version to the next, old logs could no longer
// be read. Only a new version of the format may change these files (LOAXA_UPDATE_GOLDEN=1 writes them).
func TestGoldenRecords(t *testing.T) {
	for i, body := range samples() {
		t.Run(string(body.Kind()), func(t *testing.T) {
			golden(t, string(body.Kind()), int64(i), body)
		})
	}
}

// golden holds a record against its file.
func golden(t *testing.T, file string, idx int64, body Body) {
	t.Helper()
	raw, err := Encode(idx, "station", sampleStamp(), body)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join("testdata", file+".json")
	if os.Getenv("LOAXA_UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(name, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(raw, want) {
		t.Fatalf("the record's bytes changed:\n got %s\nwant %s", raw, want)
	}
	rec, err := Decode(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeBody(rec)
	if err != nil {
		t.Fatal(err)
	}
	if got.Kind() != body.Kind() || reflect.TypeOf(got) != reflect.TypeOf(body) || rec.Actor != "station" || rec.UpMS != 4250 || !rec.Wall.Equal(moment(4).Time) {
		t.Fatalf("read back as %+v %+v", rec, got)
	}
	again, err := Encode(rec.Idx, rec.Actor, rec.Stamp, got)
	if err != nil || !bytes.Equal(again, want) {
		t.Fatalf("not the same when written again: %s, %v", again, err)
	}
}

func TestTextIsNFC(t *testing.T) {
	nfd := "Cảnh giác e\u0301" // e and a combining acute
	for name, body := range map[string]Body{
		"field":                 Shutdown{Why: nfd},
		"raw JSON":              Change{Before: []byte("null"), After: []byte(`{"e\u0301":"Ca\u0309nh"}`)},
		"mark after escape":     Shutdown{Why: "a\n\u0303"},
		"mark after a quote":    Shutdown{Why: "\u0301"},
		"separators, <&>, \x00": Shutdown{Why: "\u2028 <&> \x00 \xff \""},
	} {
		raw, err := Encode(1, "station", sampleStamp(), body)
		if err != nil {
			t.Fatal(name, err)
		}
		rec, err := Decode(raw)
		if err != nil {
			t.Fatalf("%s: %v in %s", name, err, raw)
		}
		if _, err := DecodeBody(rec); err != nil {
			t.Fatalf("%s: %v in %s", name, err, raw)
		}
		if bytes.Contains(raw, []byte("e\u0301")) || bytes.Contains(raw, []byte("\\u003c")) {
			t.Fatalf("%s: not canonical: %s", name, raw)
		}
	}
}

// A silent item or a rate over no time must not cost the record.
func TestFiguresThatJSONCannotCarry(t *testing.T) {
	raw, err := Encode(1, "station", sampleStamp(), End{LevelDBFS: math.Inf(-1), Rate: math.NaN()})
	if err != nil || !bytes.Contains(raw, []byte(`"rate":0,"level_dbfs":-120,`)) {
		t.Fatalf("%s, %v", raw, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	good, err := Encode(7, "station", sampleStamp(), Shutdown{Why: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(good); err != nil { // the control
		t.Fatal(err)
	}
	swap := func(old, new string) []byte { return bytes.Replace(bytes.Clone(good), []byte(old), []byte(new), 1) }
	for name, raw := range map[string][]byte{
		"nothing": nil, "half": good[:len(good)/2], "newline": append(bytes.Clone(good), '\n'), "two": append(bytes.Clone(good), good...),
		"space":          swap(`,"idx"`, ` ,"idx"`),
		"unknown field":  swap(`"idx":7`, `"idx":7,"x":1`),
		"repeated field": swap(`"idx":7`, `"idx":7,"idx":7`),
		"other version":  swap(`"v":1`, `"v":2`),
		"unknown kind":   swap(`"shutdown"`, `"shutdowns"`),
		"negative index": swap(`"idx":7`, `"idx":-7`),
		"other case":     swap(`"idx"`, `"Idx"`),
		"escape":         swap(`"station"`, `"\u0073tation"`),
		"time":           swap(`.250+07:00`, `.25+07:00`),
		"too long":       append(bytes.Clone(good), bytes.Repeat([]byte(" "), MaxRecord)...),
	} {
		if _, err := Decode(raw); err == nil {
			t.Errorf("%s was accepted: %.200s", name, raw)
		}
	}
	for name, raw := range map[string][]byte{"body field": swap(`"why":"x"`, `"why":"x","y":1`), "no body": swap(`{"why":"x"}`, `null`), "repeated": swap(`"why":"x"`, `"why":"x","why":"x"`)} {
		rec, err := Decode(raw)
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := DecodeBody(rec); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	if _, err := Encode(1, "station", sampleStamp(), Shutdown{Why: strings.Repeat("x", MaxRecord)}); !errors.Is(err, ErrTooLong) {
		t.Errorf("a record that is too long: %v", err)
	}
}

// Whatever text and figures a station has, what is written can be read again.
func TestWrittenRecordsCanBeRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		bodies := []Body{
			Operator{What: text.Draw(t, "what"), Object: text.Draw(t, "object"), Reason: text.Draw(t, "reason"), Result: text.Draw(t, "result")},
			End{Broadcast: text.Draw(t, "broadcast"), Rate: rapid.Float64().Draw(t, "rate"), LevelDBFS: rapid.Float64().Draw(t, "level"), Taken: rapid.Int64().Draw(t, "taken")},
			Plan{Why: text.Draw(t, "why"), Occurrences: []Planned{{ID: text.Draw(t, "id"), Due: At(time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "due"))), Clips: []string{text.Draw(t, "clip")}}}},
		}
		body := rapid.SampledFrom(bodies).Draw(t, "body")
		st := Stamp{Wall: At(time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "wall"))), Boot: text.Draw(t, "boot"), UpMS: rapid.Int64().Draw(t, "up")}
		raw, err := Encode(rapid.Int64Range(0, math.MaxInt64).Draw(t, "idx"), text.Draw(t, "actor"), st, body)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := Decode(raw)
		if err != nil {
			t.Fatalf("%v in %s", err, raw)
		}
		if _, err := DecodeBody(rec); err != nil {
			t.Fatalf("%v in %s", err, raw)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for i, body := range samples() {
		raw, err := Encode(int64(i), "station", sampleStamp(), body)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		rec, err := Decode(raw)
		if err != nil {
			return
		}
		body, err := DecodeBody(rec)
		if err != nil {
			return
		}
		again, err := Encode(rec.Idx, rec.Actor, rec.Stamp, body)
		if err != nil || !bytes.Equal(again, raw) {
			t.Fatalf("accepted %q but writes %q (%v)", raw, again, err)
		}
	})
}

func FuzzCheckpoint(f *testing.F) {
	f.Add([]byte("loaxa/XA/m/1\n5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n— loaxa/XA/m/1 AAAA\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := PeekCheckpoint(b); err == nil && c.Size < 0 {
			t.Fatal("negative size")
		}
	})
}
