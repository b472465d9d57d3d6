package decree

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// find is the line that begins with these words.
func (p page) find(t testing.TB, begins string) textLine {
	t.Helper()
	for _, l := range p.lines {
		if strings.HasPrefix(strings.Join(l.words, " "), begins) {
			return l
		}
	}
	t.Fatalf("no line begins with %q", begins)
	return textLine{}
}

// under is the rule right under a line.
func (p page) under(t testing.TB, l textLine) box {
	t.Helper()
	for _, r := range p.rules() {
		if r.y0 > l.y0+2 && r.y0 < l.y1+3.5 && r.x0 > l.x0-5 && r.x1 < l.x1+5 {
			return r
		}
	}
	t.Fatalf("no rule under %q; the page has %v", l.words, p.rules())
	return box{}
}

func (b box) middle() float64 { return (b.x0 + b.x1) / 2 }
func (b box) wide() float64   { return b.x1 - b.x0 }

func near(a, b, by float64) bool { return math.Abs(a-b) <= by }

// The clerk of the next office lays a ruler on it and sends it back when the decree's numbers are not kept: 210 × 297 mm,
// margins 20–25, 30–35, 15–20 mm, rules under the heads, indents and gaps.
func TestTheDecreesNumbersAreKept(t *testing.T) {
	for _, name := range []string{"pdf", "docx"} {
		all := rendered()(t)[name]
		t.Run(name, func(t *testing.T) {
			if len(all) != 5 {
				t.Fatalf("%d pages", len(all))
			}
			checkMargins(t, all)
			checkHeads(t, all[0])
			checkBody(t, all[0])
			checkNumbers(t, all)
		})
	}
}

func checkMargins(t *testing.T, all []page) {
	for i, p := range all {
		w, h := 210.0, 297.0
		if i == 2 || i == 3 {
			w, h = h, w // the appendix with the wide table
		}
		if !near(p.width, w, 0.3) || !near(p.height, h, 0.3) {
			t.Errorf("page %d is %.1f × %.1f mm", i+1, p.width, p.height)
		}
		left, right, top, bottom := p.width, 0.0, p.height, 0.0
		for _, l := range p.lines {
			if len(l.words) == 1 && l.y1 < 20 {
				continue // the page number
			}
			left, right, top, bottom = min(left, l.x0), max(right, l.x1), min(top, l.y0), max(bottom, l.y1)
		}
		if left < 29.9 || left > 35 && i == 0 || p.width-right < 14.9 || top < 19.5 || p.height-bottom < 19.5 {
			t.Errorf("page %d: text from %.1f to %.1f of %.1f across, from %.1f to %.1f of %.1f down", i+1, left, right, p.width, top, bottom, p.height)
		}
		if i == 0 && (p.width-right > 20.3 || top > 25) {
			t.Errorf("page 1: margins of %.1f at the right and %.1f above", p.width-right, top)
		}
	}
}

func checkHeads(t *testing.T, p page) {
	issuer, place := p.find(t, "ỦY BAN NHÂN DÂN"), p.find(t, "XÃ AN LÃO")
	state, motto := p.find(t, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), p.find(t, "Độc lập - Tự do - Hạnh phúc")
	if !near(issuer.y0, state.y0, 0.3) || issuer.x1 > state.x0 || !near(state.middle(), motto.middle(), 0.6) {
		t.Errorf("the heads stand at %v and %v", issuer.box, state.box)
	}
	if r := p.under(t, motto); !near(r.wide(), motto.wide(), 1) || !near(r.middle(), motto.middle(), 0.7) {
		t.Errorf("the motto is %.1f mm wide, its rule %.1f", motto.wide(), r.wide())
	}
	for _, l := range []textLine{place, p.find(t, "từ ngày 01/01/2026")} {
		if r := p.under(t, l); r.wide() < l.wide()/3-0.3 || r.wide() > l.wide()/2+0.3 || !near(r.middle(), l.middle(), 0.7) {
			t.Errorf("%q is %.1f mm wide, its rule %.1f", l.words, l.wide(), r.wide())
		}
	}
	number, date := p.find(t, "Số:"), p.find(t, "An Lão, ngày")
	if !near(number.y1, date.y1, 0.6) || number.y0 < place.y1 {
		t.Errorf("number and date stand at %.1f and %.1f", number.y1, date.y1)
	}
	if kind := p.find(t, "BÁO CÁO"); !near(kind.middle(), 30+160.0/2, 0.6) || kind.y0 < date.y1 {
		t.Errorf("the title stands at %v", kind.box)
	}
	// The height of a line's box tells the size of its letters; the text's own are 14 points.
	of := func(l textLine) float64 {
		return (l.y1 - l.y0) / (p.find(t, "Thực hiện").y1 - p.find(t, "Thực hiện").y0) * 14
	}
	for begins, sizes := range map[string][2]float64{"ỦY BAN": {12, 13}, "CỘNG HÒA": {12, 13}, "Độc lập": {13, 14}, "Số:": {13, 13}, "An Lão, ngày": {13, 14}, "BÁO CÁO": {13, 14}, "Kính gửi": {13, 14}} {
		if s := of(p.find(t, begins)); s < sizes[0]-0.2 || s > sizes[1]+0.2 {
			t.Errorf("%q is set in %.1f points", begins, s)
		}
	}
}

// checkBody measures the first paragraph: its indent, its justified lines, and the gap to the next.
func checkBody(t *testing.T, p page) {
	first, second, third := p.find(t, "Thực hiện kế hoạch"), p.find(t, "đoạt tài sản"), p.find(t, "trách đài truyền thanh")
	if !near(first.x0-30, 12.7, 0.5) || !near(second.x0, 30, 0.3) || !near(first.x1, 190, 0.4) || !near(second.x1, 190, 0.4) {
		t.Errorf("the lines run from %.1f to %.1f and from %.1f to %.1f mm", first.x0, first.x1, second.x0, second.x1)
	}
	pitch := third.y0 - second.y0
	const points = 25.4 / 72
	if pitch < 14*points || pitch > 1.5*14*1.2*points {
		t.Errorf("lines follow each other by %.1f points", pitch/points)
	}
	a, b := p.find(t, "a) Tin, bài"), p.find(t, "b) Tin, bài")
	if gap := (b.y0 - a.y0 - pitch) / points; gap < 5.8 {
		t.Errorf("the gap between paragraphs is %.1f points", gap)
	}
}

func checkNumbers(t *testing.T, all []page) {
	shown := func(p page) string {
		for _, l := range p.lines {
			if l.y1 < 20 {
				return strings.Join(l.words, " ")
			}
		}
		return ""
	}
	var got []string
	for _, p := range all {
		got = append(got, shown(p))
	}
	if want := []string{"", "2", "", "2", ""}; !slices.Equal(got, want) {
		t.Errorf("the pages are numbered %q", got)
	}
	for _, l := range all[1].lines {
		if l.y1 < 20 && !near(l.middle(), 30+160.0/2, 0.7) {
			t.Errorf("the page number stands at %.1f mm", l.middle())
		}
	}
}
