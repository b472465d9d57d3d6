package sheet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"loaxa/admin/report"
	"loaxa/admin/report/wording"
	"loaxa/player/playlog/evidence"
)

// opened is a workbook as excelize reads it back.
func opened(t testing.TB, b []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("opening the workbook again: %v", err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// cells are a sheet's values as they are stored.
func cells(t testing.TB, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatalf("%q is no number", s)
	}
	return v
}

// An office that sorts by date, or adds up the lengths, needs real ones: text would sort 01/12 before 02/01 and sum to 0.
func TestWorkbookHasRealDatesAndLengths(t *testing.T) {
	leap := time.Date(2028, 2, 29, 0, 0, 0, 0, hanoi)
	a := account(leap, leap.AddDate(0, 0, 1), aired(leap.Add(5*time.Hour+30*time.Minute), 0))
	rows := cells(t, opened(t, xlsx(t, a, options(t))), "Nhật ký")
	if len(rows) != headRow+1 {
		t.Fatalf("%d rows, want the heads and one", len(rows))
	}
	row := rows[headRow]
	for column, want := range map[int]time.Time{1: leap, 2: leap.Add(5*time.Hour + 30*time.Minute), 3: leap.Add(5*time.Hour + 30*time.Minute + 120*time.Millisecond)} {
		got, err := excelize.ExcelDateToTime(number(t, row[column]), false)
		if err != nil || got.Format("2006-01-02 15:04:05") != want.Format("2006-01-02 15:04:05") {
			t.Errorf("column %d is %v, want %v", column+1, got, want)
		}
	}
	if ms := number(t, row[7]) * dayMS; math.Abs(ms-float64(a.Rows[0].AiredMS)) > 0.001 {
		t.Errorf("%v ms aired, the log has %d", ms, a.Rows[0].AiredMS)
	}
}

// What people wrote must stay text: a title that is a formula would run on the machine of whoever opens the table.
func TestWorkbookTakesNoFormulaFromPeople(t *testing.T) {
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, hanoi)
	var rows []report.Row
	for i, s := range hostile {
		r := aired(day.Add(time.Duration(i)*time.Minute), i)
		r.Title, r.Reason, r.Person, r.Zone, r.StationName, r.Class = s, s, "user:"+s, s, s, s
		r.Plays = []report.Play{{Clip: &evidence.Clip{ID: "h", Title: s, SHA256: s, Canonical: s, Source: s, Tags: []string{s}}, TakenMS: 1}}
		r.Letter = &evidence.Letter{Campaign: s, Title: s, Agency: s, Number: s, Date: s}
		rows = append(rows, r)
	}
	o := options(t)
	f := opened(t, xlsx(t, account(day, day.AddDate(0, 0, 1), rows...), o))
	got := cells(t, f, "Nhật ký")
	if len(got) != headRow+len(rows) {
		t.Fatalf("%d rows of %d: a text broke the table", len(got)-headRow, len(rows))
	}
	for i, s := range hostile {
		want := wording.Line(s)
		if title := got[headRow+i][22]; title != want {
			t.Errorf("station %q stands as %q, want %q", s, title, want)
		}
	}
	own := 0
	for _, sheet := range f.GetSheetList() {
		for y, row := range cells(t, f, sheet) {
			for x := range row {
				name, _ := excelize.CoordinatesToCellName(x+1, y+1)
				formula, err := f.GetCellFormula(sheet, name)
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case formula == "":
				case strings.HasPrefix(formula, "SUM(") || strings.HasPrefix(formula, "COUNTIF(") || strings.HasPrefix(formula, "SUMIF(") || strings.HasSuffix(formula, "*1440"):
					own++
				default:
					t.Errorf("%s!%s is the formula %q", sheet, name, formula)
				}
			}
		}
	}
	if own == 0 {
		t.Error("no formula at all was found: the check sees nothing")
	}
}

// The workbook must be the same whenever it is made of the same account: an inspector compares two copies.
func TestWorkbookIsTheSameAgain(t *testing.T) {
	a := days(time.Date(2026, 3, 1, 0, 0, 0, 0, hanoi), 10, 5)
	first := xlsx(t, a, options(t))
	for range 5 {
		if !bytes.Equal(first, xlsx(t, a, options(t))) {
			t.Fatal("the same account gave other bytes")
		}
	}
	a.Rows[0].Title = "Tên khác"
	if bytes.Equal(first, xlsx(t, a, options(t))) {
		t.Error("another account gave the same bytes; the control must differ")
	}
}

// A period without a broadcast is a table, too: the office hands in that there was none.
func TestWorkbookOfNothing(t *testing.T) {
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, hanoi)
	f := opened(t, xlsx(t, account(day, day.AddDate(0, 0, 1)), options(t)))
	if n := len(cells(t, f, "Nhật ký")); n != headRow {
		t.Errorf("%d rows, want the heads alone", n)
	}
	proof := cells(t, f, "Minh chứng")
	if text := join(proof); !strings.Contains(text, "— loaxa/THU/main/1 Az3") || !strings.Contains(text, "Đài truyền thanh xã Thử") {
		t.Errorf("the sheet of evidence lacks the checkpoint or the station:\n%s", text)
	}
}

func join(rows [][]string) string {
	var out strings.Builder
	for _, r := range rows {
		out.WriteString(strings.Join(r, " | ") + "\n")
	}
	return out.String()
}

// Each total must be what its rows give: the office adds nothing up by hand any more.
func TestWorkbookTotalsAreTheAccounts(t *testing.T) {
	a := days(time.Date(2026, 2, 20, 0, 0, 0, 0, hanoi), 30, 6)
	o := options(t)
	f := opened(t, xlsx(t, a, o))
	for sheet, dim := range map[string]report.Dimension{"Theo ngày": report.ByDay, "Theo tuần": report.ByWeek} {
		rows, want := cells(t, f, sheet)[headRow:], a.Totals(dim, hanoi)
		if len(rows) != len(want)+1 {
			t.Fatalf("%s has %d totals and a sum, want %d", sheet, len(rows)-1, len(want))
		}
		for i, x := range want {
			if n := number(t, rows[i][1]); n != float64(x.Counted().N) {
				t.Errorf("%s, %s: %v broadcasts, want %d", sheet, x.Key, n, x.Counted().N)
			}
			if ms := number(t, rows[i][2]) * dayMS; math.Abs(ms-float64(x.Counted().AiredMS)) > 0.001 {
				t.Errorf("%s, %s: %v ms, want %d", sheet, x.Key, ms, x.Counted().AiredMS)
			}
			if list := rows[i][len(rows[i])-1]; list != ranges(x.Rows) {
				t.Errorf("%s, %s: rows %s, want %s", sheet, x.Key, list, ranges(x.Rows))
			}
		}
		if n := number(t, rows[len(want)][1]); n != float64(a.Sum().Counted().N) {
			t.Errorf("%s sums to %v, want %d", sheet, n, a.Sum().Counted().N)
		}
	}
	for _, cell := range []string{"Theo tháng", "A.b.1 Lừa đảo chiếm đoạt tài sản", "B.14 Giả công an", "Phòng chống lừa đảo", "Công an xã Thử"} {
		if !strings.Contains(join(cells(t, f, "Tổng hợp")), cell) {
			t.Errorf("the totals lack %q", cell)
		}
	}
}

// Whoever presses Cancel must get rid of the work and of its temporary files at once.
func TestWorkbookCanBeCancelled(t *testing.T) {
	o := options(t)
	o.Temp = t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	o.Step = func(float64) error {
		if calls++; calls == 3 {
			cancel()
		}
		return nil
	}
	a := days(time.Date(2026, 3, 1, 0, 0, 0, 0, hanoi), 100, 20)
	if err := XLSX(ctx, io.Discard, a, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("a cancelled workbook ends with %v", err)
	}
	if left, err := os.ReadDir(o.Temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestRangesOfRows(t *testing.T) {
	for want, rows := range map[string][]int32{"": nil, "1": {0}, "1–3": {0, 1, 2}, "1–2, 4, 6–7": {0, 1, 3, 5, 6}} {
		if got := ranges(rows); got != want {
			t.Errorf("%v is %q, want %q", rows, got, want)
		}
	}
}
