package diary

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"loaxa/admin/report"
	"loaxa/player/playlog/evidence"
)

func pdf(t testing.TB, a *report.Account) []byte {
	t.Helper()
	return made(t, func(w *bytes.Buffer) error { return PDF(context.Background(), w, a, options(t)) })
}

// program finds a program of the machine that the test needs.
func program(t testing.TB, name, in string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("LOAXA_TEST_ALL") == "1" {
			t.Fatalf("%s (%s) is missing", name, in)
		}
		t.Skipf("%s is missing", name)
	}
	return path
}

// pages are the texts of a PDF, a page each.
func pages(t testing.TB, data []byte) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program(t, "pdftotext", "poppler-utils"), "-layout", file, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
}

// words are the texts of all pages in one line.
func words(t testing.TB, data []byte) string {
	t.Helper()
	return strings.Join(strings.Fields(strings.Join(pages(t, data), " ")), " ")
}

// sequence finds a row's number and day at the beginning of a line.
var sequence = regexp.MustCompile(`(?m)^ *(\d+) +\d\d/\d\d/\d{4}`)

// An inspector goes through the book line by line: each broadcast must stand in it once, none may be missing.
func TestDiaryHasEveryRow(t *testing.T) {
	a := days(time.Date(2026, 2, 20, 0, 0, 0, 0, hanoi), 30, 7)
	all := pages(t, pdf(t, a))
	found := sequence.FindAllStringSubmatch(strings.Join(all, "\n"), -1)
	if len(found) != len(a.Rows) {
		t.Fatalf("%d rows of %d", len(found), len(a.Rows))
	}
	for i, m := range found {
		if m[1] != fmt.Sprint(i+1) {
			t.Fatalf("row %d has the number %s", i+1, m[1])
		}
	}
	for i, page := range all {
		if !strings.Contains(page, fmt.Sprintf("Trang %d/%d", i+1, len(all))) {
			t.Errorf("page %d does not say which of how many it is", i+1)
		}
	}
	text := strings.Join(strings.Fields(strings.Join(all, " ")), " ")
	for _, month := range a.Totals(report.ByMonth, hanoi) {
		if want := fmt.Sprintf("Cộng tháng %s/%s: đã phát %d buổi", month.Key[5:], month.Key[:4], month.Counted().N); !strings.Contains(text, want) {
			t.Errorf("the book lacks %q", want)
		}
	}
	if want := fmt.Sprintf("Cộng cả kỳ: đã phát %d buổi", a.Sum().Counted().N); !strings.Contains(text, want) {
		t.Errorf("the book lacks %q", want)
	}
}

// A day that is passed over in silence looks like one that was torn out: each must be told of, and why it has nothing.
func TestDiaryTellsOfEveryDay(t *testing.T) {
	first := time.Date(2028, 2, 25, 0, 0, 0, 0, hanoi)
	a := account(first, first.AddDate(0, 0, 14), aired(first.AddDate(0, 0, 4).Add(5*time.Hour), 0), aired(first.AddDate(0, 0, 7).Add(5*time.Hour), 1))
	a.Begins, a.Read = first.AddDate(0, 0, 2), first.AddDate(0, 0, 10)
	text := words(t, pdf(t, a))
	last := -1
	for _, want := range []string{"Từ 25/02/2028 đến 26/02/2028: nhật ký chưa bắt đầu", "Từ 27/02/2028 đến 28/02/2028: không có buổi phát nào", "Thứ Ba, ngày 29/02/2028", "Cộng tháng 02/2028: đã phát 1 buổi",
		"Từ 01/03/2028 đến 02/03/2028: không có buổi phát nào", "Thứ Sáu, ngày 03/03/2028", "Ngày 04/03/2028 đến", "Từ 06/03/2028 đến 09/03/2028: chưa được ghi", "Cộng tháng 03/2028"} {
		if want == "Ngày 04/03/2028 đến" {
			want = "Từ 04/03/2028 đến 05/03/2028: không có buổi phát nào"
		}
		at := strings.Index(text, want)
		if at < 0 || at < last {
			t.Errorf("%q is missing, or not in its place, in:\n%s", want, text)
		}
		last = max(last, at)
	}
}

// A period in which nothing was planned is a book, too; the office hands in that there was nothing.
func TestDiaryOfNothingAndOfOneRow(t *testing.T) {
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, hanoi)
	text := words(t, pdf(t, account(day, day.AddDate(0, 0, 1))))
	for _, want := range []string{"SỔ NHẬT KÝ CHƯƠNG TRÌNH PHÁT THANH", "Đài truyền thanh xã Thử (mã đài THU)", "Ngày 01/03/2026: không có buổi phát nào", "Cộng cả kỳ: đã phát 0 buổi", "Trang 1/1", "NGƯỜI LẬP SỔ"} {
		if !strings.Contains(text, want) {
			t.Errorf("the book of nothing lacks %q:\n%s", want, text)
		}
	}
	text = words(t, pdf(t, account(day, day.AddDate(0, 0, 1), aired(day.Add(5*time.Hour), 0))))
	for _, want := range []string{"Chủ nhật, ngày 01/03/2026", "05:00–05:03", "3'20\"", "đã phát đủ", "bình thường"} {
		if !strings.Contains(text, want) {
			t.Errorf("the book of one row lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "không có buổi phát nào") {
		t.Error("a day with a broadcast is said to have none; the control must differ")
	}
}

// What a broadcast was, and what it was not, must be read off its line: a rehearsal or a virtual speaker is no broadcast.
func TestDiarySaysWhatDoesNotCount(t *testing.T) {
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, hanoi)
	virtual := aired(day.Add(5*time.Hour), 0)
	virtual.Output, virtual.WrittenOutput, virtual.Level, virtual.Written = evidence.Virtual, evidence.Virtual, 1, 1
	wrong := aired(day.Add(6*time.Hour), 1)
	wrong.Start.State, wrong.Start.Written = evidence.ByUptime, evidence.At(day.Add(-7*time.Hour))
	doubt := aired(day.Add(7*time.Hour), 2)
	doubt.Start.State, doubt.Start.True, doubt.End.True = evidence.Inconclusive, evidence.Time{}, evidence.Time{}
	cut := aired(day.Add(8*time.Hour), 3)
	cut.Outcome, cut.AiredMS, cut.Reason, cut.Person, cut.StationName, cut.StationCode = evidence.Partial, 61_000, "stopped", "user:can-bo", "Đài xã Thử Mới", "THU-2"
	text := words(t, pdf(t, account(day, day.AddDate(0, 0, 1), virtual, wrong, doubt, cut, silent(day.Add(9*time.Hour), 4))))
	for _, want := range []string{"không tính", "loa ảo 1 (3'20\")", "06:00–06:04", "17:00", "07:00 ?", "can-bo", "1'01\"", "Đài xã Thử Mới (mã đài THU-2)", "không phát: mất", "08:50–09:20", "bị gián đoạn 1 (1'01\")"} {
		if !strings.Contains(text, want) {
			t.Errorf("the book lacks %q:\n%s", want, text)
		}
	}
	if !strings.Contains(text, "Cộng cả kỳ: đã phát 2 buổi") {
		t.Errorf("the sum counts what does not count:\n%s", text)
	}
}

// Titles come from people: whatever they are, the rest of the book stands.
func TestDiaryOutlivesHostileTexts(t *testing.T) {
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, hanoi)
	var rows []report.Row
	for i, s := range append(hostile, strings.Repeat("dài ", 3000), "\ue0a1\ue0a2\ue0a3", ") Tj ET (") {
		r := aired(day.Add(time.Duration(i)*time.Minute), i)
		r.Title, r.Reason, r.Person = s, s, "user:"+s
		r.Plays = []report.Play{{Clip: &evidence.Clip{ID: "h", Title: s, Source: s}, TakenMS: 1, Failed: s}}
		rows = append(rows, r)
	}
	all := pages(t, pdf(t, account(day, day.AddDate(0, 0, 1), rows...)))
	text := strings.Join(all, "\n")
	if n := len(sequence.FindAllString(text, -1)); n != len(rows) {
		t.Errorf("%d rows of %d", n, len(rows))
	}
	if !strings.Contains(text, "LÃNH ĐẠO XÁC NHẬN") || !strings.Contains(text, fmt.Sprintf("Trang %d/%d", len(all), len(all))) {
		t.Error("the end of the book is gone")
	}
}

// The book is printed twice, one copy for the office and one for the inspector: they must be the same. Its last page holds
// the checkpoint word for word.
func TestDiaryIsTheSameAgainAndHoldsItsCheckpoint(t *testing.T) {
	a := days(time.Date(2026, 3, 1, 0, 0, 0, 0, hanoi), 3, 3)
	first := pdf(t, a)
	if !bytes.Equal(first, pdf(t, a)) {
		t.Error("two copies differ")
	}
	text := strings.ReplaceAll(words(t, first), " ", "")
	for line := range strings.Lines(checkpoint) {
		if !strings.Contains(text, strings.ReplaceAll(strings.TrimSpace(line), " ", "")) {
			t.Errorf("the book lacks the checkpoint's line %q", line)
		}
	}
	a.Rows[0].Title = "Tên khác"
	if bytes.Equal(first, pdf(t, a)) {
		t.Error("another account gave the same book; the control must differ")
	}
}

func TestDiaryCanBeCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	o, calls := options(t), 0
	o.Step = func(float64) error {
		if calls++; calls == 3 {
			cancel()
		}
		return nil
	}
	var out bytes.Buffer
	if err := PDF(ctx, &out, days(time.Date(2026, 3, 1, 0, 0, 0, 0, hanoi), 100, 20), o); !errors.Is(err, context.Canceled) || out.Len() > 0 {
		t.Errorf("a cancelled book ends with %v and %d bytes", err, out.Len())
	}
}

// Five years must not be a matter of a lunch break. Time is what was computed: others share the machine.
func BenchmarkFiveYears(b *testing.B) {
	a, o := days(time.Date(2026, 1, 1, 0, 0, 0, 0, hanoi), 5*365+1, 20), options(b)
	most := uint64(0)
	o.Step = func(float64) error {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapInuse)
		return nil
	}
	begin := cpu(b)
	for b.Loop() {
		if err := PDF(context.Background(), io.Discard, a, o); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric((cpu(b)-begin).Seconds()/float64(b.N), "cpu-s/op")
	b.ReportMetric(float64(most)/(1<<20), "MB-heap")
}

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
