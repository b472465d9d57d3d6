package picture

import (
	"fmt"
	"strings"
	"time"

	"loaxa/admin/locale"
	"loaxa/admin/report"
)

// Cell is one hour of one day: the broadcasts that were due in it.
type Cell struct {
	By   map[report.Standing]int
	Rows []int32 // indexes into Account.Rows
}

// Month is the slots of a month.
type Month struct {
	First time.Time // midnight of its first day
	Days  int
	Cells [31][24]Cell
}

// worst is the order in which the standings of an hour come forward: what was not heard must be seen first.
func worst() []report.Standing {
	return []report.Standing{report.Silent, report.Cut, report.Unproven, report.Virtual, report.Open, report.Emergency, report.Aired, report.Rehearsal}
}

// mark is the letter and the colour of a standing.
func mark(s report.Standing) (letter, colour string) {
	switch s {
	case report.Aired:
		return "Đ", "#1b5e20"
	case report.Cut:
		return "G", "#a84300"
	case report.Unproven:
		return "?", "#5d4037"
	case report.Virtual:
		return "A", "#455a64"
	case report.Emergency:
		return "K", "#6a1b9a"
	case report.Rehearsal:
		return "T", "#0d47a1"
	case report.Open:
		return "…", "#595959"
	}
	return "×", "#b71c1c"
}

// SlotsOf sorts the account's broadcasts into the hours of a month, by when they were due. Others are left out.
func SlotsOf(a *report.Account, month time.Time, zone *time.Location) *Month {
	at := month.In(zone)
	m := &Month{First: time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, zone)}
	m.Days = m.First.AddDate(0, 1, -1).Day()
	for i, r := range a.Rows {
		due := r.Due.In(zone)
		if due.Year() != at.Year() || due.Month() != at.Month() {
			continue
		}
		c := &m.Cells[due.Day()-1][due.Hour()]
		if c.By == nil {
			c.By = map[report.Standing]int{}
		}
		c.By[r.Standing()]++
		c.Rows = append(c.Rows, int32(i)) //nolint:gosec // an account holds fewer
	}
	return m
}

// Standing is that of the cell; false for an hour without a slot.
func (c Cell) Standing() (report.Standing, bool) {
	for _, s := range worst() {
		if c.By[s] > 0 {
			return s, true
		}
	}
	return 0, false
}

// The heat map: days down, hours across.
const (
	left   = 34.0
	top    = 40.0
	across = (width - left - 2) / 24
	down   = 15.0
)

// titlesMost is how many broadcasts the title of a cell names.
const titlesMost = 12

// SVG draws the month. The rows are those of the account that it was made from.
func (m *Month) SVG(a *report.Account, w locale.Words) string {
	d := &drawing{}
	label := w.T("picture.month", m.First.Format("01/2006"))
	d.write(2, 14, 13, "start", ink, label)
	for hour := 0; hour < 24; hour += 3 {
		d.write(left+float64(hour)*across, top-6, 10, "start", faint, fmt.Sprintf("%dh", hour))
	}
	for hour := range 25 {
		d.rect(left+float64(hour)*across-0.25, top, 0.5, float64(m.Days)*down, grid)
	}
	for day := range m.Days + 1 {
		d.rect(left, top+float64(day)*down-0.25, 24*across, 0.5, grid)
	}
	used := map[report.Standing]bool{}
	for day := range m.Days {
		y, date := top+float64(day)*down, m.First.AddDate(0, 0, day)
		fill := faint
		if date.Weekday() == time.Sunday {
			fill = ink
		}
		d.write(left-4, y+down-4, 10, "end", fill, fmt.Sprintf("%s %d", w.T("picture.day."+fmt.Sprint(int(date.Weekday()))), day+1))
		for hour := range 24 {
			x, c := left+float64(hour)*across, m.Cells[day][hour]
			s, has := c.Standing()
			if !has {
				continue
			}
			used[s] = true
			letter, colour := mark(s)
			fmt.Fprintf(&d.b, `<g><title>%s</title>`, text(m.title(a, w, day, hour)))
			d.rect(x+0.5, y+0.5, across-1, down-1, colour)
			d.write(x+across/2, y+down-4, 10, "middle", ground, letter)
			d.b.WriteString("</g>")
		}
	}
	d.height = top + float64(m.Days)*down + 6
	legend(d, w, used)
	return d.done(label)
}

// title tells of the hour in words: how many of each, and which.
func (m *Month) title(a *report.Account, w locale.Words, day, hour int) string {
	c := m.Cells[day][hour]
	parts := []string{w.T("picture.hour", m.First.AddDate(0, 0, day).Format("02/01/2006"), hour)}
	for _, s := range worst() {
		if n := c.By[s]; n > 0 {
			parts = append(parts, w.T("picture.count", n, w.T("picture.standing."+s.Name())))
		}
	}
	for n, i := range c.Rows {
		if n == titlesMost {
			parts = append(parts, "…")
			break
		}
		r := a.Rows[i]
		parts = append(parts, fmt.Sprintf("%s %s", r.Due.In(m.First.Location()).Format("15:04"), short(r.Title, 1, 60)))
	}
	return strings.Join(parts, "; ")
}

// legend explains the letters that stand in the picture.
func legend(d *drawing, w locale.Words, used map[report.Standing]bool) {
	n := 0
	for _, s := range report.Standings() {
		if !used[s] {
			continue
		}
		letter, colour := mark(s)
		x, y := 4+float64(n%2)*178, d.height+float64(n/2)*18
		d.rect(x, y, 13, 14, colour)
		d.write(x+6.5, y+11, 10, "middle", ground, letter)
		d.write(x+18, y+11, 11, "start", ink, w.T("picture.standing."+s.Name()))
		n++
	}
	if n == 0 {
		d.write(4, d.height+11, 11, "start", ink, w.T("picture.none"))
		n = 1
	}
	d.height += float64((n+1)/2)*18 + 4
}

// Count is how many broadcasts of a standing the month has.
func (m *Month) Count(s report.Standing) int {
	n := 0
	for _, day := range m.Cells {
		for _, c := range day {
			n += c.By[s]
		}
	}
	return n
}
