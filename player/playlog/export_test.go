package playlog

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
)

// exported writes a period of the log as a file in memory.
func (b *bench) exported(l *Log, from, until time.Time) []byte {
	b.t.Helper()
	var out bytes.Buffer
	if _, err := l.Export(b.t.Context(), &out, Period{from, until}); err != nil {
		b.t.Fatal(err)
	}
	return out.Bytes()
}

func openExport(t testing.TB, file []byte) *evidence.Export {
	t.Helper()
	e, err := evidence.OpenExport(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func verifyExport(t testing.TB, src evidence.Source, o evidence.VerifyOptions) evidence.Report {
	t.Helper()
	rep, err := evidence.Verify(src, o)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// manyDays fills a log with n days of a plan, broadcasts and chatter, and returns the wall time after them.
func (b *bench) manyDays(l *Log, n int, r *rand.Rand) time.Time {
	for d := range n {
		b.day(l, fmt.Sprintf("d%d", d), 1+r.IntN(6))
		for i := range r.IntN(20) {
			b.append(l, sampleProgress(i))
		}
	}
	return b.stamp().Wall.Time
}

// An inspector who is given any period of an honest log can check it, and sees exactly the stored bytes; exports that
// follow each other verify as one.
func TestAnyPeriodRoundTrips(t *testing.T) {
	long(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test's dice
	for range 8 {
		b := newBench(t)
		l := b.open()
		from := b.stamp().Wall.Time
		span := b.manyDays(l, 3+r.IntN(8), r).Sub(from)
		at := func() time.Time { return from.Add(time.Duration(r.Int64N(int64(span)))) }
		for range 10 {
			times := []time.Time{at(), at(), at()}
			slices.SortFunc(times, time.Time.Compare)
			if !times[0].Before(times[1]) || !times[1].Before(times[2]) {
				continue
			}
			var parts []*evidence.Export
			for i := range 2 {
				var out bytes.Buffer
				_, err := l.Export(t.Context(), &out, Period{times[i], times[i+1]})
				if errors.Is(err, ErrNoRecords) {
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				e := openExport(t, out.Bytes())
				parts = append(parts, e)
				rep := verifyExport(t, e, evidence.VerifyOptions{Keys: []string{l.PublicKey()}})
				if !rep.OK || !rep.KeyKnown || rep.Open != 0 || rep.First != e.Manifest().First {
					t.Fatalf("honest export of %v: %+v", times, rep)
				}
				sameBytes(t, l, e, times[i], times[i+1])
			}
			groups := evidence.Join(parts)
			if len(parts) == 2 && len(groups) != 1 {
				t.Fatalf("neighbours %+v and %+v do not join", parts[0].Manifest(), parts[1].Manifest())
			}
			for _, g := range groups {
				if rep := verifyExport(t, g, evidence.VerifyOptions{}); !rep.OK {
					t.Fatalf("joined exports: %+v", rep.Findings)
				}
			}
		}
		b.close(l)
	}
}

// sameBytes holds an export against the log: its records byte for byte, and none of the period outside it.
func sameBytes(t *testing.T, l *Log, e *evidence.Export, from, until time.Time) {
	t.Helper()
	var want [][]byte
	err := l.Read(0, l.Size(), func(idx int64, raw []byte) error {
		rec, err := evidence.Decode(raw)
		inside := idx >= e.Manifest().First && idx < e.Size()
		if inside {
			want = append(want, bytes.Clone(raw))
		} else if !rec.Wall.Before(from) && rec.Wall.Before(until) {
			t.Errorf("record %d of the period is not in the export", idx)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := e.Records(func(_ int64, raw []byte) error {
		if n >= len(want) || !bytes.Equal(raw, want[n]) {
			t.Fatalf("record %d differs", n)
		}
		n++
		return nil
	}); err != nil || n != len(want) {
		t.Fatalf("%d of %d records, %v", n, len(want), err)
	}
}

// unzip and rezip take an export apart and put it together again, as whoever tampers with it would.
func unzip(t testing.TB, file []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		rc, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(rc); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func rezip(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, b := range files {
		if err := putFile(z, name, b); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Whoever changes an export on its way is found out, wherever the change is.
func TestTamperedExportIsFound(t *testing.T) {
	long(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // a test's dice
	b := newBench(t)
	l := b.open()
	from := b.stamp().Wall.Time
	until := b.manyDays(l, 12, r)
	third := until.Sub(from) / 3
	file := b.exported(l, from.Add(third), until.Add(-third))
	other := newBench(t)
	lo := other.open()
	other.manyDays(lo, 12, r)
	keys := []string{l.PublicKey()}
	lines := bytes.SplitAfter(unzip(t, file)[evidence.ExportRecords], []byte("\n"))
	lines = lines[:len(lines)-1]
	join := func(l [][]byte) []byte { return bytes.Join(l, nil) }
	ways := map[string]func(map[string][]byte){
		"nothing": func(map[string][]byte) {},
		"edit": func(f map[string][]byte) {
			raw := f[evidence.ExportRecords]
			raw[r.IntN(len(raw))] ^= 1 << r.IntN(7)
		},
		"delete": func(f map[string][]byte) {
			i := r.IntN(len(lines))
			f[evidence.ExportRecords] = join(slices.Delete(slices.Clone(lines), i, i+1))
		},
		"insert": func(f map[string][]byte) {
			i := r.IntN(len(lines))
			f[evidence.ExportRecords] = join(slices.Insert(slices.Clone(lines), i, lines[r.IntN(len(lines))]))
		},
		"swap": func(f map[string][]byte) {
			c, i := slices.Clone(lines), r.IntN(len(lines)-1)
			c[i], c[i+1] = c[i+1], c[i]
			f[evidence.ExportRecords] = join(c)
		},
		"truncate": func(f map[string][]byte) {
			raw := f[evidence.ExportRecords]
			f[evidence.ExportRecords] = raw[:r.IntN(len(raw))]
		},
		"checkpoint": func(f map[string][]byte) {
			n := f[evidence.ExportCheckpoint]
			// The last character before "=\n" has two bits that decode to nothing: another spelling of the same signature.
			n[r.IntN(len(n)-3)] ^= 1 << r.IntN(7)
		},
		"other checkpoint": func(f map[string][]byte) { f[evidence.ExportCheckpoint] = lo.LatestCheckpoint() },
		"other key": func(f map[string][]byte) {
			f[evidence.ExportManifest] = bytes.ReplaceAll(f[evidence.ExportManifest], []byte(keys[0]), []byte(lo.PublicKey()))
		},
		"shifted": func(f map[string][]byte) {
			m := openExport(t, file).Manifest()
			old, now := fmt.Sprintf(`"first": %d`, m.First), fmt.Sprintf(`"first": %d`, m.First^3)
			f[evidence.ExportManifest] = bytes.Replace(f[evidence.ExportManifest], []byte(old), []byte(now), 1)
		},
	}
	for name, change := range ways {
		t.Run(name, func(t *testing.T) {
			for range 60 {
				files := unzip(t, file)
				change(files)
				ok := holds(rezip(t, files), keys)
				if want := name == "nothing"; ok != want {
					t.Fatalf("verifies: %v, want %v", ok, want)
				}
			}
		})
	}
}

// holds reports whether a file opens and verifies.
func holds(file []byte, keys []string) bool {
	e, err := evidence.OpenExport(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return false
	}
	rep, err := evidence.Verify(e, evidence.VerifyOptions{Keys: keys})
	return err == nil && rep.OK
}

// Exports with a hole between them are not one continuous account, and the hole is named.
func TestMissingIntervalIsSaid(t *testing.T) {
	b := newBench(t)
	l := b.open()
	from := b.stamp().Wall.Time
	until := b.manyDays(l, 20, rand.New(rand.NewPCG(1, 1))) //nolint:gosec // a test's dice
	part := until.Sub(from) / 10
	a, z := openExport(t, b.exported(l, from, from.Add(part))), openExport(t, b.exported(l, until.Add(-part), until))
	groups := evidence.Join([]*evidence.Export{z, a})
	if len(groups) != 2 {
		t.Fatalf("%d groups, want 2", len(groups))
	}
	f, missing := evidence.MissingBetween(groups[0], groups[1])
	if !missing || f.From != a.Size() || f.Until != z.Manifest().First {
		t.Errorf("%v %+v", missing, f)
	}
	all := evidence.Join([]*evidence.Export{z, openExport(t, b.exported(l, from, until)), a})
	if len(all) != 1 || all[0].Size() < z.Size() {
		t.Fatalf("%d groups", len(all))
	}
	if rep := verifyExport(t, all[0], evidence.VerifyOptions{}); !rep.OK {
		t.Errorf("%+v", rep.Findings)
	}
}

// A file made to fill the memory of whoever opens it is refused before it can.
func TestBombsAreRefused(t *testing.T) {
	long(t)
	b := newBench(t)
	l := b.open()
	from := b.stamp().Wall.Time
	files := unzip(t, b.exported(l, from, b.manyDays(l, 2, rand.New(rand.NewPCG(1, 1))))) //nolint:gosec // a test's dice
	if !holds(rezip(t, files), nil) {
		t.Fatal("the control does not verify")
	}
	for name, change := range map[string]func(map[string][]byte){
		"records":  func(f map[string][]byte) { f[evidence.ExportRecords] = make([]byte, 64<<20) },
		"manifest": func(f map[string][]byte) { f[evidence.ExportManifest] = bytes.Repeat([]byte(" "), 8<<20) },
		"entries": func(f map[string][]byte) {
			for i := range 100 {
				f[fmt.Sprint(i)] = nil
			}
		},
	} {
		bad := map[string][]byte{}
		for k, v := range files {
			bad[k] = v
		}
		change(bad)
		file := rezip(t, bad)
		if _, err := evidence.OpenExport(bytes.NewReader(file), int64(len(file))); !errors.Is(err, evidence.ErrExport) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// BenchmarkVerifyMonth verifies the export of a month: 30,000 records, from the middle of a log.
func BenchmarkVerifyMonth(b *testing.B) {
	x, l := bigLog(b, 1000)
	at := x.stamp().Wall.Time
	x.append(l, evidence.Plan{Why: "daily"})
	for i := range 300 {
		bodies := make([]evidence.Body, 0, 100)
		for j := range 99 {
			bodies = append(bodies, sampleProgress(j))
		}
		bodies = append(bodies, evidence.OutcomeBody{Broadcast: fmt.Sprint("rehearsal:b", i), Why: "rehearsal", Outcome: evidence.Full, Output: "virtual"})
		x.append(l, bodies...)
	}
	file := x.exported(l, at, x.stamp().Wall.Time)
	e := openExport(b, file)
	cp, err := e.Newest()
	if err != nil {
		b.Fatal(err)
	}
	m := e.Manifest()
	for b.Loop() {
		if rep := verifyExport(b, e, evidence.VerifyOptions{}); !rep.OK {
			b.Fatalf("%+v", rep.Findings)
		}
	}
	b.ReportMetric(float64(32*len(m.Frontier)+len(cp)+len(m.PublicKey)), "proof-B")
	b.ReportMetric(float64(m.End-m.First), "records")
}

// FuzzOpenExport: whatever a file holds, it is refused or read to its end; the reader neither dies nor hangs.
func FuzzOpenExport(f *testing.F) {
	b := newBench(f)
	l := b.open()
	from := b.stamp().Wall.Time
	b.day(l, "d", 2)
	var out bytes.Buffer
	if _, err := l.Export(context.Background(), &out, Period{from, b.stamp().Wall.Time}); err != nil {
		f.Fatal(err)
	}
	f.Add(out.Bytes())
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, file []byte) {
		e, err := evidence.OpenExport(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			return
		}
		if rep, err := evidence.Verify(e, evidence.VerifyOptions{}); err == nil && rep.OK && rep.Size != e.Size() {
			t.Errorf("%d records verify, the export says %d", rep.Size, e.Size())
		}
	})
}

// An export from the first record on whose checkpoint covers nothing in it proves nothing and must not pass.
func TestExportWithoutCoverIsRefused(t *testing.T) {
	b := newBench(t)
	l := b.open()
	from := b.stamp().Wall.Time
	b.append(l, sampleProgress(1))
	files := unzip(t, b.exported(l, from, b.stamp().Wall.Time))
	if !holds(rezip(t, files), nil) {
		t.Fatal("the control does not verify")
	}
	empty := evidence.Checkpoint{Origin: l.Origin()}
	root, err := new(evidence.Tree).Root()
	if err != nil {
		t.Fatal(err)
	}
	empty.Root = root
	files[evidence.ExportCheckpoint] = append(empty.Text(), "\n— nobody AAAA\n"...)
	if holds(rezip(t, files), nil) {
		t.Error("an export that nobody signed verifies")
	}
}
