package picture

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/report"
	"loaxa/player/playlog/evidence"
)

var hanoi = time.FixedZone("+07", 7*3600)

func words(t *testing.T) locale.Words {
	t.Helper()
	c, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c.In(locale.Vietnamese)
}

// row is a broadcast as an account has it.
func row(due time.Time, title string, outcome evidence.Outcome, ms int64) report.Row {
	r := report.Row{Why: "scheduled", Title: title, Due: due, Outcome: outcome, AiredMS: ms}
	if ms > 0 {
		r.Output = evidence.Hardware
	}
	return r
}

// parsed is what a picture holds.
type parsed struct {
	names   map[string]int
	titles  []string // of elements within the picture
	letters []string // one-letter texts
	texts   []string
}

// parse reads the picture as a strict reader does.
func parse(t *testing.T, svg string) parsed {
	t.Helper()
	p, d := parsed{names: map[string]int{}}, xml.NewDecoder(strings.NewReader(svg))
	var in []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return p
		}
		if err != nil {
			t.Fatalf("not XML: %v\n%s", err, svg)
		}
		switch e := token.(type) {
		case xml.StartElement:
			in = append(in, e.Name.Local)
			p.names[e.Name.Local]++
			for _, a := range e.Attr {
				if n := a.Name.Local; strings.HasPrefix(n, "on") || n == "style" || n == "href" {
					t.Errorf("attribute %s", n)
				}
				if n := a.Name.Local; n == "x" || n == "y" || n == "width" && a.Value != "100%" || n == "height" {
					if v, err := strconv.ParseFloat(a.Value, 64); err != nil || math.IsNaN(v) || n == "x" && (v < 0 || v > width) {
						t.Errorf("%s is %q", n, a.Value)
					}
				}
			}
		case xml.EndElement:
			in = in[:len(in)-1]
		case xml.CharData:
			switch s := string(e); {
			case in[len(in)-1] == "title" && len(in) > 2:
				p.titles = append(p.titles, s)
			case in[len(in)-1] == "text":
				p.texts = append(p.texts, s)
				if len([]rune(s)) == 1 {
					p.letters = append(p.letters, s)
				}
			}
		}
	}
}

func (p parsed) only(t *testing.T) {
	t.Helper()
	for n := range p.names {
		if n != "svg" && n != "title" && n != "rect" && n != "text" && n != "g" {
			t.Errorf("there is an element %s", n)
		}
	}
}

// An inspector counts the squares: they must be the account's broadcasts, each in its day and hour, the worst of an hour in
// front.
func TestTheMonthIsTheAccounts(t *testing.T) {
	first := time.Date(2026, 3, 1, 0, 0, 0, 0, hanoi)
	a := &report.Account{From: first, Until: first.AddDate(0, 1, 0)}
	for day := range 31 {
		a.Rows = append(a.Rows, row(first.AddDate(0, 0, day).Add(5*time.Hour), "Sáng", evidence.Full, 60_000))
		if day%3 == 0 {
			a.Rows = append(a.Rows, row(first.AddDate(0, 0, day).Add(5*time.Hour+30*time.Minute), "Bản tin thêm", evidence.Missed, 0))
		}
	}
	a.Rows = append(a.Rows, row(first.AddDate(0, 0, 30).Add(23*time.Hour+59*time.Minute), "Cuối tháng", evidence.Partial, 1000),
		row(first.AddDate(0, 1, 0), "Tháng sau", evidence.Full, 1000), row(first.Add(-time.Second), "Tháng trước", evidence.Full, 1000))
	m := SlotsOf(a, first.AddDate(0, 0, 12), hanoi)
	want := map[report.Standing]int{}
	for _, r := range a.Rows[:len(a.Rows)-2] {
		want[r.Standing()]++
	}
	for _, s := range report.Standings() {
		if m.Count(s) != want[s] {
			t.Errorf("%s: %d, the account has %d", s.Name(), m.Count(s), want[s])
		}
	}
	p := parse(t, m.SVG(a, words(t)))
	p.only(t)
	if m.Days != 31 || len(p.titles) != 32 {
		t.Fatalf("%d days, %d hours with a slot", m.Days, len(p.titles))
	}
	if got := p.titles[0]; got != "01/03/2026, 5 giờ; 1 không phát; 1 đã phát đủ; 05:00 Sáng; 05:30 Bản tin thêm" {
		t.Errorf("the first says %q", got)
	}
	if got := p.titles[31]; !strings.HasPrefix(got, "31/03/2026, 23 giờ; 1 bị gián đoạn; 23:59 Cuối tháng") {
		t.Errorf("the last says %q", got)
	}
	count := map[string]int{}
	for _, l := range p.letters {
		count[l]++
	}
	if count["×"] != 11+1 || count["Đ"] != 20+1 || count["G"] != 1+1 { // and once in the legend
		t.Errorf("letters %v", count)
	}
	if february := SlotsOf(a, time.Date(2028, 2, 10, 0, 0, 0, 0, hanoi), hanoi); february.Days != 29 {
		t.Errorf("a leap February has %d days", february.Days)
	}
}

// A month without a broadcast is a month, not a fault.
func TestAnEmptyMonth(t *testing.T) {
	a := &report.Account{}
	svg := SlotsOf(a, time.Date(2026, 4, 9, 0, 0, 0, 0, hanoi), hanoi).SVG(a, words(t))
	p := parse(t, svg)
	if len(p.titles) != 0 || !strings.Contains(svg, "Không có buổi nào.") || !strings.Contains(svg, "T4 1<") || !strings.Contains(svg, "T5 30<") {
		t.Errorf("%d titles in %.300s", len(p.titles), svg)
	}
	parse(t, Bars("Phút", nil, func(string) string { return "" }, words(t)))
}

// Minutes that do not add up would be found by the first person who adds.
func TestBarsAreTheTotals(t *testing.T) {
	first := time.Date(2026, 3, 1, 5, 0, 0, 0, hanoi)
	a := &report.Account{}
	for i := range 70 {
		r := row(first.Add(time.Duration(i)*time.Hour), "Buổi", evidence.Full, int64(i+1)*30_000)
		tags := []string{fmt.Sprintf("A.%d", i%3)}
		if i%5 == 4 {
			tags = nil
		}
		r.Plays = []report.Play{{Clip: &evidence.Clip{ID: "c", Canonical: "x", Tags: tags}, TakenMS: r.AiredMS}}
		a.Rows = append(a.Rows, r, row(first, "Thiếu", evidence.Missed, 0))
	}
	totals := a.Totals(report.ByAxis("A"), hanoi)
	p := parse(t, Bars("Số phút theo chủ đề", totals, func(key string) string { return map[string]string{"A.0": "Lừa đảo"}[key] }, words(t)))
	p.only(t)
	said := strings.Join(p.titles, "\n")
	n := 0
	for _, total := range totals {
		if total.Counted().N == 0 {
			continue
		}
		n++
		name := map[string]string{"A.0": "Lừa đảo", "": "không gắn chủ đề"}[total.Key]
		if name == "" {
			name = total.Key
		}
		want := fmt.Sprintf("%s: %s phút, %d buổi", name, minutes(total.Counted().AiredMS), total.Counted().N)
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said in %s", want, said)
		}
	}
	if n != 4 || len(p.titles) != 4 {
		t.Errorf("%d totals, %d bars", n, len(p.titles))
	}
	if minutes(90_000) != "1,5" || minutes(600_000) != "10" {
		t.Errorf("%s, %s", minutes(90_000), minutes(600_000))
	}
	programmes := make([]report.Total, 100)
	for i := range programmes {
		programmes[i].Title = fmt.Sprint(i)
		programmes[i].By[report.Aired] = report.Tally{N: 1, AiredMS: 1}
	}
	if p := parse(t, Bars("Buổi", programmes, func(string) string { return "" }, words(t))); len(p.titles) != barsMost {
		t.Errorf("%d bars", len(p.titles))
	}
}

// What people typed must stay text: a picture that runs a script in an officer's page is an attack.
func TestTitlesOfPeopleStayText(t *testing.T) {
	first := time.Date(2026, 3, 1, 5, 0, 0, 0, hanoi)
	for _, title := range []string{`</title><script>alert(1)</script>`, `" onload="x`, "]]>", "a\x00b\x1b", "&amp;", strings.Repeat("dài ", 5000), "\u202egpj", "\xff\xfe"} {
		a := &report.Account{Rows: []report.Row{row(first, title, evidence.Full, 60_000)}}
		svg := SlotsOf(a, first, hanoi).SVG(a, words(t))
		parse(t, svg).only(t)
		if len(svg) > 20_000 {
			t.Errorf("a picture of %d bytes", len(svg))
		}
		for _, s := range []string{Bars(title, a.Totals(report.ByProgramme, hanoi), func(string) string { return title }, words(t)), Bars("x", a.Totals(report.ByProgramme, hanoi), func(string) string { return "" }, words(t))} {
			p := parse(t, s)
			p.only(t)
			if len(p.titles) != 1 {
				t.Errorf("%d titles", len(p.titles))
			}
		}
	}
}

// White letters on the colours, and the colours on the page, must be seen by tired eyes. Nothing is told by colour alone.
func TestColoursCanBeSeen(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range report.Standings() {
		letter, colour := mark(s)
		if seen[letter] || seen[colour] {
			t.Errorf("%s looks like another", s.Name())
		}
		seen[letter], seen[colour] = true, true
		if c := contrast(t, colour); c < 4.5 {
			t.Errorf("%s: %.1f to 1", s.Name(), c)
		}
	}
	if c := contrast(t, faint); c < 4.5 {
		t.Errorf("labels: %.1f to 1", c)
	}
	if c := contrast(t, grid); c > 4.5 {
		t.Error("the control: a light grey passes")
	}
}

// contrast of a colour with white, by WCAG.
func contrast(t *testing.T, colour string) float64 {
	t.Helper()
	rgb, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	part := func(v uint64) float64 {
		c := float64(v&0xff) / 255
		if c <= 0.03928 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 1.05 / (0.2126*part(rgb>>16) + 0.7152*part(rgb>>8) + 0.0722*part(rgb) + 0.05)
}
