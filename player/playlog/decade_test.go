package playlog

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"loaxa/player/playlog/evidence"
)

// A station of these figures plays twelve broadcasts of twenty minutes a day and writes 300 records about it, with words
// and hashes as long as real ones: what ten years of it weigh, and what they cost at start, was to be known beforehand.
const (
	broadcastsADay = 12
	minutesOnAir   = 20
	recordsADay    = 300
	tenYears       = 3650
)

func decadeClip(n int) evidence.Clip {
	return evidence.Clip{
		ID: fmt.Sprintf("c-%08d", n), Title: "Cảnh báo thủ đoạn giả danh công an, viện kiểm sát để lừa đảo",
		SHA256: strings.Repeat("ab", 32), Canonical: strings.Repeat("cd", 32), DurationMS: minutesOnAir * 60000, GainDB: -2.25,
		Tags: []string{"giả danh", "chuyển tiền"}, Source: "Công an tỉnh, 12/KH",
	}
}

// decadePlan promises a week.
func decadePlan(day time.Time) evidence.Plan {
	p := evidence.Plan{From: evidence.At(day), Until: evidence.At(day.AddDate(0, 0, 7)), Why: "daily"}
	for i := range 2 {
		p.Programmes = append(p.Programmes, evidence.PlannedProgramme{ID: fmt.Sprintf("p-%d", i), Title: "Bản tin phòng, chống lừa đảo",
			Playlist: "pl-1", Class: "ordinary", Zone: "main", Volume: 80, LatenessMS: 600000})
		p.Clips = append(p.Clips, decadeClip(i))
	}
	for d := range 7 {
		for i := range broadcastsADay {
			due := day.AddDate(0, 0, d).Add(time.Duration(i) * time.Hour)
			p.Occurrences = append(p.Occurrences, evidence.Planned{ID: decadeID(due), Programme: "p-0", Due: evidence.At(due),
				LengthMS: minutesOnAir * 60000, Clips: []string{"c-00000000"}, Verdict: "airs"})
		}
	}
	return p
}

func decadeID(due time.Time) string { return "p-0@" + due.Format("2006-01-02T15:04:05Z07:00") }

// decadeBroadcast is what is written of one broadcast.
func decadeBroadcast(due time.Time) []evidence.Body {
	id, clip := decadeID(due), decadeClip(0)
	frames := int64(minutesOnAir * 60 * 48000)
	out := []evidence.Body{evidence.Start{
		Broadcast: id, Occurrence: id, Why: "scheduled", Items: 1, Attempt: 1, Frames: frames, ItemKind: "clip", Clip: &clip,
		Opened: clip.Canonical, Device: "alsa_output.pci-0000_00_1f.3.analog-stereo", Output: "hardware", Volume: 80, GainDB: -4.18,
		Class: "ordinary", Zone: "main", Due: evidence.At(due),
	}}
	for m := range minutesOnAir {
		n := int64(m+1) * 60 * 48000
		out = append(out, evidence.Progress{Broadcast: id, Attempt: 1, Written: n, Taken: n - 1234, Rate: 1.0002})
	}
	ended := due.Add(minutesOnAir * time.Minute)
	return append(out,
		evidence.End{Broadcast: id, Attempt: 1, Result: "finished", Written: frames, Taken: frames, Rate: 1.0002, LevelDBFS: -18.25},
		evidence.OutcomeBody{
			Broadcast: id, Occurrence: id, Why: "scheduled", Outcome: evidence.Full, Programme: "p-0", Title: "Bản tin phòng, chống lừa đảo",
			Playlist: "pl-1", Class: "ordinary", Zone: "main", Volume: 80, Due: evidence.At(due), Started: evidence.At(due), Ended: evidence.At(ended),
			AiredMS: minutesOnAir * 60000, PlannedMS: minutesOnAir * 60000,
			Items:  []evidence.AiredItem{{Kind: "clip", Clip: &clip, TakenMS: minutesOnAir * 60000}},
			Device: "alsa_output.pci-0000_00_1f.3.analog-stereo", Output: "hardware", Rate: 1.0002, Evidence: 2,
			StationName: "Đài truyền thanh xã", StationCode: "XA-01",
		})
}

// decade writes days of such records as the station does: a transaction for each broadcast and for each thing that a
// person does, a checkpoint after each outcome and in each hour in which something was written.
func decade(b *testing.B, days int) (*bench, *Log) {
	b.Helper()
	bn := newBench(b)
	bn.opts.NoSync = true
	l := bn.open()
	at, up := start(), time.Hour
	write := func(when time.Time, bodies ...evidence.Body) {
		entries := make([]Entry, len(bodies))
		for i, body := range bodies {
			entries[i] = Entry{Actor: "station", Body: body, Stamp: evidence.Stamp{Wall: evidence.At(when), Boot: "5ec8f5c6-6f0e-4b3a-9a53-0b2f54a3c1de",
				UpMS: (up + when.Sub(at)).Milliseconds(), Clock: evidence.Clock{State: "synchronised", ErrUS: 12000}}}
		}
		if _, err := l.AppendEntries(entries...); err != nil {
			b.Fatal(err)
		}
	}
	for d := range days {
		day := at.AddDate(0, 0, d)
		write(day, decadePlan(day))
		written := 1
		for i := range broadcastsADay {
			due := day.Add(time.Duration(i) * time.Hour)
			bodies := decadeBroadcast(due)
			write(due, bodies...)
			written += len(bodies)
			other := []evidence.Body{evidence.Operator{What: "sign_in", Object: "lan", Result: "done"},
				evidence.Device{What: "opened", Device: "alsa_output.pci-0000_00_1f.3.analog-stereo", Driver: "pulse", Output: "hardware", Rate: 1}}
			other = other[:min(2, recordsADay-written-(broadcastsADay-1-i)*(minutesOnAir+3))]
			write(due.Add(40*time.Minute), other...)
			written += len(other)
			if _, err := l.Checkpoint(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
		if written != recordsADay {
			b.Fatalf("a day has %d records", written)
		}
	}
	return bn, l
}

// BenchmarkTenYears: how large the log is, and how long it takes from opening it to a durable record, with nothing of it
// in memory.
func BenchmarkTenYears(b *testing.B) {
	bn, l := decade(b, tenYears)
	size := l.Size()
	bn.close(l)
	bn.opts.NoSync = false
	for b.Loop() {
		b.StopTimer()
		forget(b, bn.opts.Path)
		b.StartTimer()
		l = bn.open()
		bn.append(l, evidence.Operator{What: "export", Result: "done"})
		b.StopTimer()
		bn.close(l)
		b.StartTimer()
	}
	info, err := os.Stat(bn.opts.Path)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size())/1e6, "MB")
	b.ReportMetric(float64(size), "records")
}

// forget drops a file from the page cache.
func forget(b *testing.B, path string) {
	b.Helper()
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // only read
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	if err := unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkVerifyMillion verifies a log of a million such records, all rules and all checkpoints, from its file.
func BenchmarkVerifyMillion(b *testing.B) {
	bn, l := decade(b, 1_000_000/recordsADay+1)
	for b.Loop() {
		bn.verify(l, evidence.VerifyOptions{})
	}
	b.ReportMetric(float64(l.Size()), "records")
}

// BenchmarkDecadeMonth verifies the export of a month of a hundred days' worth of them: 30,000 records, as a zip.
func BenchmarkDecadeMonth(b *testing.B) {
	bn, l := decade(b, 110)
	from := start().AddDate(0, 0, 5)
	file := bn.exported(l, from, from.AddDate(0, 0, 100).Add(-time.Hour))
	e := openExport(b, file)
	m := e.Manifest()
	cp, err := e.Newest()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if rep := verifyExport(b, openExport(b, file), evidence.VerifyOptions{}); !rep.OK {
			b.Fatalf("%+v", rep.Findings)
		}
	}
	b.ReportMetric(float64(m.End-m.First), "records")
	b.ReportMetric(float64(32*len(m.Frontier)+len(cp)+len(m.PublicKey)), "proof-B")
}
