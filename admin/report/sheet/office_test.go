package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"loaxa/admin/report"
	"loaxa/admin/report/wording"
	"loaxa/player/playlog/evidence"
)

// officeCell is a cell as LibreOffice understood it.
type officeCell struct {
	Formula string `xml:"formula,attr"`
	Type    string `xml:"value-type,attr"`
	Value   string `xml:"value,attr"`
	Date    string `xml:"date-value,attr"`
	Time    string `xml:"time-value,attr"`
	Columns int    `xml:"number-columns-repeated,attr"`
	Text    []struct {
		All string `xml:",innerxml"`
	} `xml:"p"`
}

func (c officeCell) text() string {
	var out []string
	for _, p := range c.Text {
		var b strings.Builder
		for d := xml.NewDecoder(strings.NewReader(p.All)); ; {
			t, err := d.RawToken()
			if err != nil {
				break
			}
			switch t := t.(type) {
			case xml.CharData:
				b.Write(t)
			case xml.StartElement:
				if t.Name.Local == "s" { // spaces
					b.WriteByte(' ')
				}
			}
		}
		out = append(out, b.String())
	}
	return strings.Join(out, "\n")
}

type officeTable struct {
	Name string `xml:"name,attr"`
	Rows []struct {
		Cells []officeCell `xml:"table-cell"`
	} `xml:"table-row"`
	Heads []struct {
		Rows []struct {
			Cells []officeCell `xml:"table-cell"`
		} `xml:"table-row"`
	} `xml:"table-header-rows"`
}

// rows are the cells, those at the top that are repeated on paper first.
func (t officeTable) rows() [][]officeCell {
	var out [][]officeCell
	all := t.Rows
	if len(t.Heads) > 0 {
		all = append(t.Heads[0].Rows, all...)
	}
	for _, r := range all {
		var row []officeCell
		for _, c := range r.Cells {
			for range min(max(1, c.Columns), 64) {
				row = append(row, c)
			}
		}
		out = append(out, row)
	}
	return out
}

// office lets LibreOffice open files of one kind, and tells of every table in them; that of a CSV has the file's name. The
// folder of its settings is made at the first time, which takes longest.
func office(t *testing.T, profile, filter string, files map[string][]byte) map[string]officeTable {
	t.Helper()
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("LOAXA_TEST_ALL") == "1" {
			t.Fatal("soffice (libreoffice-calc-nogui) is missing")
		}
		t.Skip("soffice is missing")
	}
	dir := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + profile, "--headless", "--convert-to", "fods", "--outdir", dir}
	if filter != "" {
		args = append(args, "--infilter="+filter)
	}
	for name, data := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, soffice, args...)
	cmd.Env = append(os.Environ(), "HOME="+dir, "SAL_USE_VCLPLUGIN=svp")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	out := map[string]officeTable{}
	for name := range files {
		b, err := os.ReadFile(filepath.Join(dir, strings.TrimSuffix(name, filepath.Ext(name))+".fods"))
		if err != nil {
			t.Fatalf("LibreOffice did not open %s: %v", name, err)
		}
		var doc struct {
			Tables []officeTable `xml:"body>spreadsheet>table"`
		}
		if err := xml.Unmarshal(b, &doc); err != nil {
			t.Fatal(err)
		}
		for _, table := range doc.Tables {
			out[table.Name] = table
		}
	}
	return out
}

// withoutResults is a workbook whose formulas have no result yet: whoever opens it must reckon.
func withoutResults(t *testing.T, data []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	result := regexp.MustCompile(`</f><v>[^<]*</v>`)
	removed := 0
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		removed += len(result.FindAll(b, -1))
		to, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(result.ReplaceAll(b, []byte("</f>"))); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if removed == 0 {
		t.Fatal("no formula has a result: whoever only looks at the workbook sees empty cells")
	}
	return out.Bytes()
}

// An office opens the workbook, sorts it by date, and compares the sums with the paper: all of it must hold in LibreOffice as
// it does here, and no title may have become a formula.
func TestAnOfficeOpensTheWorkbook(t *testing.T) {
	a := days(time.Date(2028, 2, 27, 0, 0, 0, 0, hanoi), 5, 6)
	for i, s := range hostile {
		a.Rows[i%len(a.Rows)].StationName = s
	}
	tables := office(t, t.TempDir(), "", map[string][]byte{"a.xlsx": withoutResults(t, xlsx(t, a, options(t)))})
	rows := tables["Nhật ký"].rows()
	if len(rows) < headRow+len(a.Rows) {
		t.Fatalf("%d rows of %d", len(rows)-headRow, len(a.Rows))
	}
	total := int64(0)
	for i, r := range a.Rows {
		row := rows[headRow+i]
		if want := r.Moment().In(hanoi).Format(time.DateOnly); row[1].Type != "date" || row[1].Date != want {
			t.Errorf("row %d: the day is %+v, want the date %s", i+1, row[1], want)
		}
		if shown := row[2].text(); shown != r.Due.In(hanoi).Format("15:04:05") {
			t.Errorf("row %d: due %s is shown as %s", i+1, r.Due.In(hanoi).Format("15:04:05"), shown)
		}
		ms := spoken(t, row[7].Time)
		if total += ms; ms != r.AiredMS {
			t.Errorf("row %d: %s aired, the log has %d ms", i+1, row[7].Time, r.AiredMS)
		}
		if got, want := row[22].text(), wording.Line(r.StationName); squeeze(got) != squeeze(want) || row[22].Formula != "" {
			t.Errorf("row %d: the station %q is %q, formula %q", i+1, want, got, row[22].Formula)
		}
	}
	for name, table := range tables {
		for y, row := range table.rows() {
			for x, c := range row {
				if c.Formula != "" && !regexp.MustCompile(`^of:=(SUM|COUNTIF|SUMIF)\(|^of:=\[\.C\d+\]\*1440$`).MatchString(c.Formula) {
					t.Errorf("%s, row %d, column %d: the formula %q", name, y+1, x+1, c.Formula)
				}
				if strings.Contains(c.text(), "Err:") || strings.HasPrefix(c.text(), "#") {
					t.Errorf("%s, row %d, column %d: %s", name, y+1, x+1, c.text())
				}
			}
		}
	}
	sum := a.Sum()
	summary := tables["Tổng hợp"].rows()
	for i, standing := range report.Standings() {
		row := summary[5+i]
		if n, _ := strconv.ParseFloat(row[1].Value, 64); n != float64(sum.By[standing].N) || !strings.HasPrefix(row[1].Formula, "of:=COUNTIF(") {
			t.Errorf("%s: %s by %q, the log has %d", row[0].text(), row[1].Value, row[1].Formula, sum.By[standing].N)
		}
		if ms := spoken(t, row[2].Time); ms != sum.By[standing].AiredMS {
			t.Errorf("%s: %s, the log has %d ms", row[0].text(), row[2].Time, sum.By[standing].AiredMS)
		}
	}
	if row := summary[5+len(report.Standings())]; spoken(t, row[2].Time) != total {
		t.Errorf("the sum is %s, the rows have %d ms", row[2].Time, total)
	}
}

// squeeze leaves no two spaces beside each other: the file that LibreOffice writes joins them.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// spoken is a length as LibreOffice says it, "PT01H02M03.5S".
func spoken(t *testing.T, s string) int64 {
	t.Helper()
	var h, m int64
	var sec float64
	if _, err := fmt.Sscanf(strings.ReplaceAll(strings.Replace(s, ",", ".", 1), "S", " S"), "PT%dH%dM%f S", &h, &m, &sec); err != nil {
		t.Fatalf("%q is no length: %v", s, err)
	}
	return (h*60+m)*60_000 + int64(math.Round(sec*1000))
}

// Whoever opens the CSV in a spreadsheet must see what was written, whatever the spreadsheet takes for a separator, and run
// none of it.
func TestAnOfficeOpensTheCSV(t *testing.T) {
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, hanoi)
	var rows []report.Row
	for i, s := range hostile {
		r := aired(day.Add(time.Duration(i)*time.Minute), i)
		r.Title, r.Reason, r.Person, r.Device = s, s, s, s
		r.Plays = []report.Play{{Clip: &evidence.Clip{ID: "h", Title: s, SHA256: "aa", Source: s, Tags: []string{s, s}}, TakenMS: 1}}
		rows = append(rows, r)
	}
	a := account(day, day.AddDate(0, 0, 1), rows...)
	data := made(t, func(w *bytes.Buffer) error { return CSV(context.Background(), w, a, options(t), Semicolon) })
	control := bytes.ReplaceAll(data, []byte("'="), []byte("="))
	profile := t.TempDir()
	got := office(t, profile, "Text - txt - csv (StarCalc):59,34,76", map[string][]byte{"a.csv": data, "control.csv": control})
	for i, r := range got["a"].rows()[1:] {
		if shown := r[9].text(); i < len(rows) && squeeze(shown) != squeeze(Harmless(rows[i].Title)) {
			t.Errorf("row %d: the title %q is shown as %q", i+1, rows[i].Title, shown)
		}
	}
	commas := office(t, profile, "Text - txt - csv (StarCalc):44,34,76", map[string][]byte{"a.csv": data})
	for by, table := range map[string]officeTable{"semicolons": got["a"], "commas": commas["a"]} {
		if n := formulas(table); n > 0 || len(table.rows()) <= len(rows) {
			t.Errorf("split at %s, %d cells of %d rows are formulas", by, n, len(table.rows()))
		}
	}
	if formulas(got["control"]) == 0 {
		t.Error("without the apostrophes nothing is a formula either: the test sees none; the control must differ")
	}
}

func formulas(t officeTable) int {
	n := 0
	for _, row := range t.rows() {
		for _, c := range row {
			if c.Formula != "" {
				n++
			}
		}
	}
	return n
}
