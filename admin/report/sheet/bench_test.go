package sheet

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"loaxa/admin/report"
)

// fiveYears is what a station hands over that is hardly ever silent: 20 broadcasts a day.
func fiveYears() *report.Account { return days(time.Date(2026, 1, 1, 0, 0, 0, 0, hanoi), 5*365+1, 20) }

// peak is the most private memory that the process held, in bytes, as seen at every step; files that are mapped do not count.
type peak struct{ most int64 }

func (p *peak) step(float64) error {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return nil //nolint:nilerr // no such figures here
	}
	defer f.Close() //nolint:errcheck // read only
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), "RssAnon:"); ok {
			kb, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 10, 64)
			p.most = max(p.most, kb<<10)
		}
	}
	return nil
}

func benchmarkForm(b *testing.B, form func(io.Writer, *report.Account, Options) error) {
	a, o := fiveYears(), options(b)
	var p peak
	o.Step = p.step
	b.ReportAllocs()
	begin := cpu(b)
	for b.Loop() {
		if err := form(io.Discard, a, o); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(p.most)/(1<<20), "MB-RssAnon")
	b.ReportMetric((cpu(b)-begin).Seconds()/float64(b.N), "cpu-s/op")
}

// cpu is what the process has used: on a machine that others share it says more than the time that passed.
func cpu(b testing.TB) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkFiveYearsXLSX(b *testing.B) {
	benchmarkForm(b, func(w io.Writer, a *report.Account, o Options) error { return XLSX(context.Background(), w, a, o) })
}

func BenchmarkFiveYearsCSV(b *testing.B) {
	benchmarkForm(b, func(w io.Writer, a *report.Account, o Options) error {
		return CSV(context.Background(), w, a, o, Semicolon)
	})
}

func BenchmarkFiveYearsJSON(b *testing.B) {
	benchmarkForm(b, func(w io.Writer, a *report.Account, o Options) error { return JSON(context.Background(), w, a, o) })
}

// A year must come in a moment, and its workbook must not hold its sheets in memory: the station goes on playing beside it.
// The bound is wide, for the race detector; the benchmarks measure.
func TestAYearIsMadeInAMoment(t *testing.T) {
	a, o := days(time.Date(2026, 1, 1, 0, 0, 0, 0, hanoi), 365, 20), options(t)
	begin := cpu(t)
	var out bytes.Buffer
	if err := XLSX(context.Background(), &out, a, o); err != nil {
		t.Fatal(err)
	}
	if took := cpu(t) - begin; took > 15*time.Second {
		t.Errorf("a year's workbook took %v of computing", took)
	}
	if out.Len() > 4<<20 {
		t.Errorf("a year's workbook has %d bytes: too much to send by phone", out.Len())
	}
}
