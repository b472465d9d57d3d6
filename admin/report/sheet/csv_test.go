package sheet

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"
	"testing"
	"time"
	"unicode"

	"loaxa/admin/report"
	"loaxa/player/playlog/evidence"
)

func table2(t testing.TB, a *report.Account, o Options, separator rune) [][]string {
	t.Helper()
	b := made(t, func(w *bytes.Buffer) error { return CSV(context.Background(), w, a, o, separator) })
	rest, marked := bytes.CutPrefix(b, []byte("\ufeff"))
	if !marked {
		t.Fatal("no byte order mark: Excel would show broken letters")
	}
	r := csv.NewReader(bytes.NewReader(rest))
	r.Comma = separator
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Another system must find every row, under its names.
func TestCSVHasEveryRow(t *testing.T) {
	a := days(time.Date(2026, 3, 1, 0, 0, 0, 0, hanoi), 3, 7)
	for _, separator := range []rune{Semicolon, Comma} {
		rows := table2(t, a, options(t), separator)
		if len(rows) != len(a.Rows)+1 {
			t.Fatalf("%d rows of %d", len(rows)-1, len(a.Rows))
		}
		at := map[string]int{}
		for i, name := range rows[0] {
			at[name] = i
		}
		for i, r := range a.Rows {
			got := rows[i+1]
			for name, want := range map[string]string{"broadcast": r.Broadcast, "station_code": "THU", "class": "ordinary", "zone": "main", "status": string(r.Outcome), "due": r.Due.Format("2006-01-02T15:04:05.000Z07:00")} {
				if got[at[name]] != want {
					t.Errorf("row %d, %s is %q, want %q", i+1, name, got[at[name]], want)
				}
			}
		}
	}
}

// A title that is a formula must not run on the machine of whoever opens the file, whatever that machine takes for the end
// of a cell.
func TestCSVTakesNoFormulaFromPeople(t *testing.T) {
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, hanoi)
	var rows []report.Row
	for i, s := range hostile {
		r := aired(day.Add(time.Duration(i)*time.Minute), i)
		r.Title, r.Reason, r.Person, r.Zone, r.Device, r.Class = s, s, s, s, s, s
		r.Plays = []report.Play{{Clip: &evidence.Clip{ID: "h", Title: s, SHA256: s, Source: s, Tags: []string{s, s}}, TakenMS: 1}}
		r.Letter = &evidence.Letter{Campaign: s, Agency: s, Number: s, Date: s}
		rows = append(rows, r)
	}
	a := account(day, day.AddDate(0, 0, 1), rows...)
	b := made(t, func(w *bytes.Buffer) error { return CSV(context.Background(), w, a, options(t), Semicolon) })
	lines := strings.Split(strings.TrimSuffix(string(b), "\r\n"), "\r\n")
	if len(lines) != len(rows)+1 {
		t.Fatalf("%d lines of %d rows: a text broke the table", len(lines)-1, len(rows))
	}
	// A reader that splits at any of these and knows no quotes is the worst there is.
	for n, line := range lines {
		for _, cell := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(";,|\t", r) }) {
			cell = strings.TrimLeftFunc(cell, func(r rune) bool { return r == '"' || unicode.IsSpace(r) })
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+") || strings.HasPrefix(cell, "@") || strings.HasPrefix(cell, "＝") || strings.HasPrefix(cell, "-1+") {
				t.Errorf("line %d has the cell %q", n+1, cell)
			}
		}
	}
	if got := Harmless("Bản tin: 5 - 3 = 2; a-b"); got != "Bản tin: 5 - 3 = 2; a-b" {
		t.Errorf("a text that harms nobody became %q", got)
	}
	if got := Harmless("=1+1"); got != "'=1+1" {
		t.Errorf("a formula became %q", got)
	}
}

func TestCSVOfNothing(t *testing.T) {
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, hanoi)
	if rows := table2(t, account(day, day.AddDate(0, 0, 1)), options(t), Semicolon); len(rows) != 1 {
		t.Errorf("%d rows, want the heads alone", len(rows))
	}
}
