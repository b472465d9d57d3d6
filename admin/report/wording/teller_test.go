package wording

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/report"
	"loaxa/player/playlog"
	"loaxa/player/playlog/evidence"
)

var hanoi = time.FixedZone("+07", 7*3600)

func teller(t *testing.T, h report.History) *Teller {
	t.Helper()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return New(Options{Words: c.In(locale.Vietnamese), Zone: hanoi, History: h})
}

func TestATextOfPeopleIsOneLine(t *testing.T) {
	for in, want := range map[string]string{"a\nb": "a b", "\u202egnp.exe": "gnp.exe", "x\x00y\u0007z": "xyz", "e\u0302\u0301": "ế", "\xff": "", "  a  ": "a", "\ufeffBản": "Bản"} {
		if got := Line(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestLengths(t *testing.T) {
	for ms, want := range map[int64]string{0: "0'00\"", 499: "0'00\"", 500: "0'01\"", 245_000: "4'05\"", 3_599_499: "59'59\"", 3_599_500: "1h00'00\"", 3_845_000: "1h04'05\""} {
		if got := Length(ms); got != want {
			t.Errorf("%d ms is %s, want %s", ms, got, want)
		}
	}
}

func TestSpans(t *testing.T) {
	day := time.Date(2025, 10, 16, 0, 0, 0, 0, hanoi)
	w := teller(t, report.History{})
	for want, until := range map[string]time.Time{"ngày 16/10/2025": day.AddDate(0, 0, 1), "từ 16/10/2025 đến 15/04/2026": time.Date(2026, 4, 16, 0, 0, 0, 0, hanoi),
		"từ 00:00 16/10/2025 đến 05:30 17/10/2025": day.Add(29*time.Hour + 30*time.Minute)} {
		if got := w.Span(day, until); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What a power cut was, and what was made up for, an inspector must not have to guess from codes.
func TestRemarks(t *testing.T) {
	due := time.Date(2026, 3, 2, 5, 0, 0, 0, hanoi)
	w := teller(t, report.History{})
	missed := report.Row{Why: "scheduled", Outcome: evidence.Missed, Reason: "power_cut", Due: due, PlannedMS: 60_000, OutageFrom: due.Add(-time.Hour), OutageUntil: due.Add(2 * time.Hour)}
	if got := w.Machine(missed); got != "mất điện 04:00–07:00" {
		t.Errorf("the machine: %q", got)
	}
	makeup := report.Row{Why: "scheduled", Outcome: evidence.Full, Due: due, AiredMS: 60_000, PlannedMS: 60_000, Output: evidence.Hardware, Level: 2, Written: 2, MakeupOf: "p-1@2026-03-01T05:00:00+07:00"}
	if got := w.Note(makeup); got != "phát bù buổi 05:00 01/03/2026" {
		t.Errorf("the note: %q", got)
	}
	failed := report.Row{Reason: "clip_unusable: Tệp <b>", Outcome: evidence.Missed}
	if got := w.Reason(failed); got != "tệp âm thanh bị mất hoặc bị thay đổi: Tệp <b>" {
		t.Errorf("the reason: %q", got)
	}
	for _, x := range []struct {
		want string
		row  report.Row
	}{{"bình thường", makeup}, {"thiết bị nhận tiếng sai tốc độ", report.Row{AiredMS: 1, Output: evidence.Hardware, Level: 1}}, {"loa ảo, không ra tiếng", report.Row{AiredMS: 1, Output: evidence.Virtual, Level: 1}},
		{"chưa rõ tiếng có ra loa", report.Row{AiredMS: 1, Output: evidence.Unproven, Level: 1}}, {"", report.Row{Outcome: evidence.Skipped, Reason: "quiet_hours"}}} {
		if got := w.Machine(x.row); got != x.want {
			t.Errorf("the machine: %q, want %q", got, x.want)
		}
	}
	if got := w.Person(makeup); got != "tự động" {
		t.Errorf("by %q", got)
	}
	makeup.Person = "user:can-bo"
	if got := w.Person(makeup); got != "can-bo" {
		t.Errorf("by %q", got)
	}
}

// The name beside a broadcast must be that of who had approved it by then: not of who approved it afterwards, nor of who
// approves it today.
func TestApproverIsWhoHadApprovedByThen(t *testing.T) {
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, hanoi)
	dir, up := t.TempDir(), int64(0)
	log, err := playlog.Open(playlog.Options{Path: filepath.Join(dir, "playlog.db"), AnchorDir: filepath.Join(dir, "anchors"), KeyPath: filepath.Join(dir, "log.key"),
		StationCode: "THU", StationName: "Đài thử", Device: "main", MayInit: true, Raise: func(string, string) {}, Clear: func(string) {},
		Stamp: func() evidence.Stamp {
			up++
			return evidence.Stamp{Wall: evidence.At(now), Boot: "boot-1", UpMS: now.UnixMilli() - 1_700_000_000_000, Clock: evidence.Clock{State: "synchronised"}}
		}})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close() //nolint:errcheck // a test's folder
	approve := func(what, id, approval string) int64 {
		t.Helper()
		change := evidence.Change{What: what, ID: id, By: "user:can-bo", Made: evidence.At(now), Before: json.RawMessage("null"), After: json.RawMessage(approval)}
		ref, err := log.Append("user:can-bo", change)
		if err != nil {
			t.Fatal(err)
		}
		return ref.Index
	}
	approve("clip", "c-1", `{"title":"Tệp","approval":{"by":"user:lanh-dao","at":"2026-03-01T08:00:00+07:00"}}`)
	now = now.Add(24 * time.Hour)
	late := approve("clip", "c-1", `{"title":"Tệp","approval":{"by":"user:nguoi-khac","at":"2026-03-02T08:00:00+07:00"}}`)
	paper := approve("campaign", "k-1", `{"title":"Đợt","approved":{"by":"user:can-bo","at":"2026-03-02T08:00:00+07:00","signer":"Chủ tịch","day":"2026-02-27"}}`)
	h, err := report.Edits(context.Background(), log, log.Size(), nil)
	if err != nil {
		t.Fatal(err)
	}
	w := teller(t, h)
	at := func(start time.Time) evidence.CorrectedTime {
		return evidence.CorrectedTime{Written: evidence.At(start), True: evidence.At(start), State: evidence.AsWritten}
	}
	clip := []report.Play{{Clip: &evidence.Clip{ID: "c-1", Title: "Tệp"}, TakenMS: 1}, {Clip: &evidence.Clip{ID: "c-2"}, Part: "opening", TakenMS: 1}}
	for name, x := range map[string]struct {
		row  report.Row
		want string
	}{
		"before the second approval":                     {report.Row{Plays: clip, Start: at(now.Add(-time.Hour)), Index: late}, "lanh-dao"},
		"while it was approved anew, told of afterwards": {report.Row{Plays: clip, Start: at(now.Add(-time.Minute)), Index: paper + 1}, "lanh-dao"},
		"after it":                {report.Row{Plays: clip, Start: at(now.Add(time.Minute)), Index: paper + 1}, "nguoi-khac"},
		"by a letter":             {report.Row{Plays: clip, Start: at(now.Add(time.Minute)), Index: paper + 1, Letter: &evidence.Letter{Campaign: "k-1"}}, "nguoi-khac; Chủ tịch (trên giấy, 27/02/2026)"},
		"before there was any":    {report.Row{Plays: clip, Start: at(now.Add(-48 * time.Hour)), Index: 1}, ""},
		"what nobody has to name": {report.Row{Plays: clip[1:], Start: at(now), Index: paper + 1}, ""},
	} {
		if got := w.Approver(x.row); got != x.want {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}
