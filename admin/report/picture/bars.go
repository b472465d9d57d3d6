package picture

import (
	"cmp"
	"fmt"
	"strings"

	"loaxa/admin/locale"
	"loaxa/admin/report"
)

// barsMost is how many bars one picture has; a line tells of the others.
const barsMost = 60

// Bars draws the minutes that were broadcast, of each total, in the order given. titled names a key; "" leaves it to the
// total's own title. What counts is what Total.Counted says.
func Bars(label string, totals []report.Total, titled func(key string) string, w locale.Words) string {
	d, most := &drawing{}, int64(0)
	for _, t := range totals {
		most = max(most, t.Counted().AiredMS)
	}
	d.write(2, 16, 15, "start", ink, short(label, 15, width-4))
	y, shown := 28.0, 0
	for _, t := range totals {
		c := t.Counted()
		if c.AiredMS <= 0 {
			continue
		}
		if shown == barsMost {
			d.write(2, y+13, 13, "start", faint, w.T("picture.more"))
			y += 18
			break
		}
		shown++
		name := cmp.Or(titled(t.Key), t.Title, t.Key, w.T("picture.other"))
		value := w.T("picture.minutes", minutes(c.AiredMS))
		fmt.Fprintf(&d.b, "<g><title>%s</title>", text(w.T("picture.bar", name, minutes(c.AiredMS), c.N)))
		d.write(2, y+13, 14, "start", ink, short(name, 14, width-4))
		d.rect(2, y+18, max(1, 270*float64(c.AiredMS)/float64(most)), 12, bar)
		d.write(2+max(1, 270*float64(c.AiredMS)/float64(most))+5, y+29, 13, "start", ink, value)
		d.b.WriteString("</g>")
		y += 40
	}
	if shown == 0 {
		d.write(2, y+13, 14, "start", ink, w.T("picture.none"))
		y += 20
	}
	d.height = y + 4
	return d.done(label)
}

// minutes is a length in minutes with one digit, as Vietnamese writes it.
func minutes(ms int64) string {
	return strings.ReplaceAll(strings.TrimSuffix(fmt.Sprintf("%.1f", float64(ms)/60_000), ".0"), ".", ",")
}
