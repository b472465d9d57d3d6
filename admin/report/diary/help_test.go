package diary

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/report"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

var hanoi = func() *time.Location {
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		panic(err)
	}
	return zone
}()

func options(t testing.TB) Options {
	t.Helper()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return Options{Words: c.In(locale.Vietnamese), Zone: hanoi, Station: "Đài truyền thanh xã Thử",
		Letterhead: schedule.Letterhead{Parent: "Ủy ban nhân dân thành phố Thử", Issuer: "Ủy ban nhân dân xã Thử", Place: "Thử"}}
}

const checkpoint = "loaxa/THU/main/1\n1234\nqgEaMhTXbVqsOCqKHbrBmHyLCDLQuzZPgBEBvBvBvBs=\n\n— loaxa/THU/main/1 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"

var clips = []*evidence.Clip{
	{ID: "c-1", Title: "Cảnh giác cuộc gọi giả công an", SHA256: "aa11", Canonical: "bb11", DurationMS: 185_000, Tags: []string{"A.b.1", "B.14"}, Source: "Công an tỉnh, CV 12/CAT-PA05"},
	{ID: "c-2", Title: "Luật An ninh mạng: những điều cần biết", SHA256: "aa22", Canonical: "bb22", DurationMS: 240_000, Tags: []string{"A.a"}, Source: "Sở VHTTDL"},
	{ID: "c-3", Title: "Nhạc hiệu", SHA256: "aa33", Canonical: "bb33", DurationMS: 15_000},
}

// aired is a broadcast that went on air whole and on time.
func aired(due time.Time, n int) report.Row {
	clip, programme := clips[n%2], fmt.Sprintf("p-%d", n%3+1)
	ms := clip.DurationMS + 15_000
	at := func(t time.Time) evidence.CorrectedTime {
		return evidence.CorrectedTime{Written: evidence.At(t), True: evidence.At(t), State: evidence.AsWritten}
	}
	r := report.Row{Broadcast: programme + "@" + due.Format(time.RFC3339), Why: "scheduled", Programme: programme, Title: "Bản tin an ninh trật tự " + fmt.Sprint(n%3+1),
		Playlist: "Danh sách", Class: "ordinary", Zone: "main", Due: due, Start: at(due.Add(120 * time.Millisecond)), End: at(due.Add(time.Duration(ms) * time.Millisecond)),
		Outcome: evidence.Full, LatenessMS: 120, AiredMS: ms, PlannedMS: ms, Volume: 80, Device: "hw:0", Output: evidence.Hardware, WrittenOutput: evidence.Hardware, Level: 2, Written: 2,
		StationName: "Đài truyền thanh xã Thử", StationCode: "THU", Epoch: 1, Index: int64(10 + n),
		Plays: []report.Play{{Clip: clips[2], TakenMS: 15_000, Part: "opening"}, {Clip: clip, TakenMS: clip.DurationMS, Times: 1}}}
	r.Occurrence = r.Broadcast
	if n%4 == 0 {
		r.Letter = &evidence.Letter{Campaign: "k-1", Title: "Phòng chống lừa đảo", Agency: "Công an xã Thử", Number: "05/CAX", Date: "2026-01-15"}
	}
	return r
}

// silent is a broadcast that a power cut took.
func silent(due time.Time, n int) report.Row {
	r := aired(due, n)
	r.Outcome, r.Reason, r.AiredMS, r.Output, r.Level, r.Written, r.LatenessMS = evidence.Missed, "power_cut", 0, "", 0, 0, 0
	r.Start, r.End, r.Plays = evidence.CorrectedTime{}, evidence.CorrectedTime{}, nil
	r.WrittenOutput = "" // never opened
	r.OutageFrom, r.OutageUntil = due.Add(-10*time.Minute), due.Add(20*time.Minute)
	return r
}

// account of these rows, by a log that was read up to the period's end.
func account(from, until time.Time, rows ...report.Row) *report.Account {
	a := &report.Account{From: from, Until: until, Origin: "loaxa/THU/main/1", Epoch: 1, Size: 1234, Checkpoint: []byte(checkpoint), Begins: from, Read: until, Rows: rows, Figures: evidence.NewFigures()}
	for _, r := range rows {
		o := evidence.OutcomeBody{Why: r.Why, Outcome: r.Outcome, Output: string(r.WrittenOutput), AiredMS: r.AiredMS, Rate: 1}
		for _, p := range r.Plays {
			o.Items = append(o.Items, evidence.AiredItem{Kind: "clip", Clip: p.Clip, TakenMS: p.TakenMS})
		}
		a.Figures.Count(o)
	}
	return a
}

// days is an account of so many days with so many broadcasts a day, every seventh of which is silent.
func days(from time.Time, count, perDay int) *report.Account {
	var rows []report.Row
	for d := range count {
		for k := range perDay {
			n := d*perDay + k
			due := from.AddDate(0, 0, d).Add(5*time.Hour + time.Duration(k)*40*time.Minute)
			if n%7 == 6 {
				rows = append(rows, silent(due, n))
				continue
			}
			rows = append(rows, aired(due, n))
		}
	}
	return account(from, from.AddDate(0, 0, count), rows...)
}

// made is what a form writes.
func made(t testing.TB, form func(*bytes.Buffer) error) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := form(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// hostile are texts with which a paper could be made to run something, or to fall apart.
var hostile = []string{`=1+1`, `+1+1`, `-1+1`, `@SUM(1)`, "\t=1+1", "\r=1+1", "\n=1+1", `"=1+1`, ` =1+1`, `x,=1+1`, `x;=1+1`, `x","=1+1`, "x\t=1+1", `=HYPERLINK("http://x.example";"bấm")`,
	`＝1+1`, `a"b;c,d`, "two\nlines", "a\x00b\x1bc", "\u202egnp.exe", "_x0041_", "</t></is></c>", "]]>", "é" /* decomposed */, "\xff\xfe", "=cmd|' /C calc'!A0"}
