package paper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
)

var made = time.Date(2026, 2, 5, 7, 30, 0, 0, time.UTC)

var upright = Section{Margins: Margins{20, 20, 30, 15}, Numbers: TopNumber, HideFirst: true}

// vietnamese is the whole alphabet with all tones, lower and upper.
func vietnamese() string {
	var b strings.Builder
	for _, v := range "aăâeêioôơuưy" {
		for _, tone := range []string{"", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"} {
			b.WriteString(norm.NFC.String(string(v) + tone))
		}
		b.WriteByte(' ')
	}
	b.WriteString("bcdđghklmnpqrstvx fjwz")
	lower := b.String()
	return lower + " " + strings.ToUpper(lower)
}

func pdf(t *testing.T, p *Paper) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := p.WriteTo(&b); err != nil {
		t.Fatalf("writing: %v", err)
	}
	return b.Bytes()
}

// text is what a reader's copy and paste gets out of a PDF.
func text(t *testing.T, data []byte) string {
	t.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("LOAXA_TEST_ALL") == "1" {
			t.Fatal("pdftotext (poppler-utils) is missing")
		}
		t.Skip("pdftotext is missing")
	}
	in := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(in, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "-layout", in, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return string(out)
}

func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// An office that searches its papers for "lừa đảo" must find it, however the text was typed in.
func TestEveryVietnameseLetterCanBeCopiedOut(t *testing.T) {
	want := words(vietnamese())
	p := New(context.Background(), Options{Section: upright, Made: made})
	n := 0
	for _, in := range []string{want, norm.NFD.String(want)} {
		for _, s := range []Style{{Size: 13}, {Size: 13, Bold: true}, {Size: 13, Italic: true}, {Size: 13, Bold: true, Italic: true}} {
			for _, a := range []Align{AtLeft, Justified} {
				p.Write(P("["+in+"]", s, a))
				n++
			}
		}
	}
	got := words(text(t, pdf(t, p)))
	if times := strings.Count(strings.ReplaceAll(got, " 2 ", " "), "["+want+"]"); times != n {
		t.Errorf("%d paragraphs of %d come out whole:\n%s", times, n, got)
	}
}

// The same record must give the same paper, byte for byte: an inspector compares two copies.
func TestTheSameCallsGiveTheSameBytes(t *testing.T) {
	build := func(made time.Time) []byte {
		p := New(context.Background(), Options{Section: upright, Made: made, Title: "Báo cáo"})
		p.Write(Paragraph{Runs: []Run{{"Phát ", Style{Size: 13}}, {"đủ", Style{Size: 13, Bold: true}}}})
		p.QR("https://an-lao.example/1", 30, P("Mã đối chiếu", Style{Size: 11}, AtLeft))
		return pdf(t, p)
	}
	if !bytes.Equal(build(made), build(made)) {
		t.Error("two copies differ")
	}
	if bytes.Equal(build(made), build(made.Add(time.Hour))) {
		t.Error("the time of making is not in the file")
	}
}

// Whatever somebody typed as a title, the rest of the paper is still there and whole.
func TestTextFromPeopleIsOnlyText(t *testing.T) {
	var every strings.Builder
	for r := rune(0); r < 0x11000; r += 7 {
		every.WriteRune(r)
	}
	for name, in := range map[string]string{"operators": `) Tj ET Q endstream endobj (\`, "nul": "a\x00b", "bidi": "\u202egnp.exe", "broken": "\xff\xfe\xed\xa0\x80",
		"astral": "📢🔊", "every": every.String(), "long": strings.Repeat("x", 30_000), "lines": strings.Repeat("\n", 500), "marks": "a" + strings.Repeat("\u0301", 5000), "empty": ""} {
		p := New(context.Background(), Options{Section: upright, Made: made, Title: in})
		p.Write(P("ĐẦU", Style{Size: 13}, Centred))
		p.Write(P(in, Style{Size: 13}, Justified))
		p.Table(Table{Columns: []Column{{Title: "STT", Width: 1}, {Title: in, Width: 4}}}, Rows([]Row{{Cells: []string{"1", in}}, {Cells: []string{in, "2", "3"}}, {}}))
		p.Beside(Pane{1, []Paragraph{P(in, Style{Size: 13}, Centred)}}, Pane{1, []Paragraph{P("b", Style{Size: 13}, Centred)}})
		p.Write(P("CUỐI", Style{Size: 13}, Centred))
		got := text(t, pdf(t, p))
		if !strings.Contains(got, "ĐẦU") || !strings.Contains(got, "CUỐI") {
			t.Errorf("%s: the paper lost its beginning or its end", name)
		}
		if strings.ContainsAny(got, "\u202e\x00") {
			t.Errorf("%s: an unseen character came through", name)
		}
		if p.Pages() > 3000 {
			t.Errorf("%s: %d pages", name, p.Pages())
		}
	}
}

// A diary is read page by page: each says what its columns are, and rows are not torn.
func TestTheHeadOfATableStandsOnEveryPage(t *testing.T) {
	p := New(context.Background(), Options{Section: Section{Landscape: true, Margins: Margins{20, 20, 20, 15}, Numbers: FootNumber, NumberWord: "Trang "}, Made: made})
	p.Table(Table{Columns: []Column{{Title: "STT", Width: 1, Align: Centred}, {Title: "Nội dung", Width: 5}}}, func(yield func(Row) bool) {
		for i := range 120 {
			if !yield(Row{Cells: []string{fmt.Sprint(i + 1), "Cảnh giác với\nthủ đoạn số " + fmt.Sprint(i+1)}}) {
				return
			}
		}
	})
	pages := strings.Split(strings.TrimSuffix(text(t, pdf(t, p)), "\f"), "\f")
	if len(pages) < 5 || len(pages) != p.Pages() {
		t.Fatalf("%d pages, the paper says %d", len(pages), p.Pages())
	}
	for i, page := range pages {
		if strings.Count(page, "Nội dung") != 1 || !strings.Contains(page, fmt.Sprintf("Trang %d", i+1)) {
			t.Errorf("page %d has no head or no number:\n%s", i+1, page)
		}
		if strings.Count(page, "Cảnh giác") != strings.Count(page, "thủ đoạn") {
			t.Errorf("page %d tears a row", i+1)
		}
	}
	if all := strings.Join(pages, ""); strings.Count(all, "thủ đoạn số") != 120 {
		t.Errorf("%d rows of 120", strings.Count(all, "thủ đoạn số"))
	}
}

// Sections count their own pages, and a first page of a letter shows no number.
func TestSectionsHaveNumbersOfTheirOwn(t *testing.T) {
	p := New(context.Background(), Options{Section: upright, Made: made})
	p.NewPage()
	p.Begin(Section{Margins: Margins{20, 20, 30, 15}, Numbers: TopNumber})
	p.Write(P("Phụ lục", Style{Size: 14, Bold: true}, Centred))
	pages := strings.Split(text(t, pdf(t, p)), "\f")
	for i, want := range []string{"", "2", "1 Phụ lục"} {
		if got := words(pages[i]); got != want {
			t.Errorf("page %d reads %q, want %q", i+1, got, want)
		}
	}
}

func TestNoLineIsLeftAlone(t *testing.T) {
	many := strings.TrimSpace(strings.Repeat("chữ ", 60)) // three or four lines
	for lead := 200.0; lead < 257; lead += 5.3 {
		p := New(context.Background(), Options{Section: Section{Margins: Margins{20, 20, 30, 15}}, Made: made})
		p.Write(P("ĐẦU", Style{Size: 13}, AtLeft))
		p.Space(lead - 10)
		p.Write(Paragraph{Runs: []Run{{many, Style{Size: 13}}}, Align: Justified, Follow: 25})
		p.Beside(Pane{1, []Paragraph{P("KÝ\nTÊN\nĐÓNG\nDẤU", Style{Size: 13}, Centred)}})
		pages := strings.Split(strings.TrimSuffix(text(t, pdf(t, p)), "\f"), "\f")
		for i, page := range pages {
			n := 0
			for l := range strings.Lines(page) {
				if strings.Contains(l, "chữ") {
					n++
				}
			}
			if n == 1 || (i > 0 && strings.Contains(page, "TÊN") && n == 0) {
				t.Fatalf("at %.1f mm page %d of %d has %d lines of the paragraph:\n%s", lead, i+1, len(pages), n, page)
			}
		}
	}
}

// A person who presses "stop" while a thick diary is made is not kept waiting for it.
func TestItEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	p := New(ctx, Options{Section: upright, Made: made})
	rows := 0
	p.Table(Table{Columns: []Column{{Title: "a", Width: 1}}}, func(yield func(Row) bool) {
		for ; rows < 100_000; rows++ {
			if rows == 100 {
				cancel()
			}
			if !yield(Row{Cells: []string{"x"}}) {
				return
			}
		}
	})
	if _, err := p.WriteTo(io.Discard); !errors.Is(err, context.Canceled) || rows > 200 {
		t.Errorf("after %d rows: %v", rows, err)
	}
}

// fiveYears sets twenty broadcasts a day, as the diary has them: 36,500 rows.
func fiveYears(t testing.TB) (pages int) {
	t.Helper()
	p := New(context.Background(), Options{Section: Section{Landscape: true, Margins: Margins{20, 15, 20, 15}, Numbers: FootNumber}, Made: made})
	columns := make([]Column, 9)
	for i := range columns {
		columns[i] = Column{Title: "Cột", Width: []float64{1, 2, 3, 6, 2, 1, 2, 2, 2}[i]}
	}
	p.Table(Table{Columns: columns, Size: 10}, func(yield func(Row) bool) {
		for i := range 36_500 {
			if !yield(Row{Cells: []string{fmt.Sprint(i), "05/02/2026", "17:30:00–17:45:12", "Cảnh giác thủ đoạn giả danh công an để lừa đảo", "Công an tỉnh", "15:12", "cán bộ", "lanh dao", "đã phát đủ"}}) {
				return
			}
		}
	})
	if _, err := p.WriteTo(io.Discard); err != nil {
		t.Fatal(err)
	}
	return p.Pages()
}

// A small PC that prints five years goes on playing beside it. The collector is set as the station's is: how much memory a
// process takes depends on that, whoever runs the tests.
func TestFiveYearsFitIntoTheMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("sets 1,352 pages")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	pages := fiveYears(t)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapSys > 400<<20 {
		t.Errorf("%d pages took %d MB", pages, m.HeapSys>>20)
	}
}

func BenchmarkFiveYears(b *testing.B) {
	pages := 0
	for b.Loop() {
		pages = fiveYears(b)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(pages), "pages")
	b.ReportMetric(float64(m.HeapSys)/(1<<20), "MB-heap")
}

// Who holds page 3 must see whether pages are missing, and of which day its first rows are.
func TestPagesSayHowManyThereAre(t *testing.T) {
	p := New(context.Background(), Options{Section: Section{Landscape: true, Margins: Margins{20, 20, 20, 15}, Numbers: FootNumber, NumberWord: "Trang ", NumberOf: true}, Made: made})
	p.Table(Table{Columns: []Column{{Title: "STT", Width: 1}, {Title: "Nội dung \ue0a1\ue0a2\ue0a3", Width: 5}}}, func(yield func(Row) bool) {
		for i := range 300 {
			if !yield(Row{Cells: []string{fmt.Sprintf("Ngày %d", i+1), "không có"}, Across: true, Bold: true}) || !yield(Row{Cells: []string{fmt.Sprint(i + 1), "Cảnh giác"}}) {
				return
			}
		}
	})
	pages := strings.Split(strings.TrimSuffix(text(t, pdf(t, p)), "\f"), "\f")
	if len(pages) != p.Pages() || len(pages) < 10 {
		t.Fatalf("%d pages, the paper says %d", len(pages), p.Pages())
	}
	for i, page := range pages {
		if !strings.Contains(page, fmt.Sprintf("Trang %d/%d", i+1, len(pages))) {
			t.Errorf("page %d does not say how many there are:\n%s", i+1, page)
		}
		if strings.Count(page, "Ngày") != strings.Count(page, "Cảnh giác") || strings.Contains(page, "không có") {
			t.Errorf("page %d leaves the head of a day alone, or fills cells that are not there:\n%s", i+1, page)
		}
	}
}
