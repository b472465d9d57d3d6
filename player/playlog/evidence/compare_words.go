package evidence

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// said is one thing that a side says of a broadcast.
type said struct{ field, value string }

// said sums a row up where the other side has nothing to compare it with.
func (c Claim) said() []said {
	return []said{{"status", c.Status}, {"aired_ms", number64(c.AiredMS)}, {"planned_ms", number64(c.PlannedMS)},
		{"output", c.Output}, {"evidence", number64(c.Evidence)}}
}

func outcomeSaid(o OutcomeBody) []said {
	return Claim{Status: string(o.Outcome), AiredMS: o.AiredMS, PlannedMS: o.PlannedMS, Output: o.Output, Evidence: int64(o.Evidence)}.said()
}

// spell writes the disagreement out in both languages.
func (d *Disagreement) spell() {
	name := d.Broadcast
	if !d.Due.IsZero() {
		name += " (" + d.Due.Format("15:04:05 02/01/2006") + ")"
	}
	if d.report != nil {
		d.Report = inWords(d.report, plainly)
	}
	if d.log != nil {
		d.Log = inWords(d.log, plainly)
	}
	vi, en := name+": "+d.VI+".", name+": "+d.EN+"."
	if d.Code == "figure" {
		vi = figureVI(d.Broadcast) + ": " + d.VI + "."
	}
	if d.Report != "" {
		vi, en = vi+" Báo cáo: "+vietnamese(d.report, d.Report)+".", en+" Report: "+d.Report+"."
	}
	if d.Log != "" {
		vi, en = vi+" Nhật ký: "+vietnamese(d.log, d.Log)+".", en+" Log: "+d.Log+"."
	}
	d.VI, d.EN = vi, en
}

func vietnamese(list []said, plain string) string {
	if list == nil {
		return plain
	}
	return inWords(list, func(s said) said { return said{fieldVI(s.field), valueVI(s)} })
}

func plainly(s said) said { return s }

func inWords(list []said, in func(said) said) string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		spoken := in(s)
		value := short(spoken.value)
		switch {
		case s.field == "title" || s.field == "reason" || s.field == "why":
			value = strconv.Quote(value)
		case value == "":
			value = "-"
		}
		out = append(out, spoken.field+" "+value)
	}
	return strings.Join(out, ", ")
}

func fieldVI(name string) string {
	switch name {
	case "due":
		return "giờ phát"
	case "status":
		return "kết quả"
	case "aired_ms":
		return "đã phát"
	case "planned_ms":
		return "dự kiến"
	case "output":
		return "đầu ra"
	case "evidence":
		return "mức chứng cứ"
	case "why":
		return "loại"
	case "reason":
		return "lý do"
	case "title":
		return "tên"
	}
	return name
}

// valueVI says a value as the pages do; what it does not know stays as it is.
func valueVI(s said) string {
	switch s.field {
	case "status":
		return outcomeVI(s.value)
	case "output":
		return outputVI(s.value)
	case "aired_ms", "planned_ms":
		if ms, err := strconv.ParseInt(s.value, 10, 64); err == nil {
			return strings.ReplaceAll(strconv.FormatFloat(float64(ms)/1000, 'f', -1, 64), ".", ",") + " giây"
		}
	}
	return s.value
}

func outcomeVI(word string) string {
	switch Outcome(word) {
	case Cancelled:
		return "đã hủy"
	case Skipped:
		return "không phát (theo quy định)"
	case Missed:
		return "không phát (lỡ giờ)"
	case Preempted:
		return "nhường buổi khác"
	case Partial:
		return "bị gián đoạn"
	case Late:
		return "phát chậm"
	case Full:
		return "đã phát đủ"
	}
	return word
}

func outputVI(word string) string {
	switch Output(word) {
	case Hardware:
		return "thiết bị thật"
	case Unproven:
		return "chưa chắc có thiết bị"
	case Virtual:
		return "loa ảo"
	}
	return word
}

// figureVI names a total, which is written as its field and, in a table, its key.
func figureVI(name string) string {
	field, key, _ := strings.Cut(name, " ")
	switch field {
	case "broadcasts":
		return "Số buổi phát ra loa thật"
	case "rehearsals":
		return "Số lần phát thử"
	case "emergencies":
		return "Số lần phát khẩn cấp"
	case "occurrences":
		return "Số buổi theo kế hoạch có kết quả " + outcomeVI(key)
	case "by_output":
		return "Số buổi theo đầu ra " + outputVI(key)
	case "by_level":
		return "Số buổi có mức chứng cứ " + key
	case "topics":
		return "Chủ đề " + key
	}
	return name
}

func number64(n int64) string { return strconv.FormatInt(n, 10) }

// stamp spells a moment so that two spellings of it are one.
func stamp(t time.Time) string {
	if t.Year() <= 1 {
		return "-"
	}
	return At(t.UTC()).Format(timeLayout)
}

// short makes a text fit to be shown that a hostile file may have made long, or may steer the screen with.
func short(s string) string {
	const most = 200
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// conclude puts the result into a sentence.
func (x *comparer) conclude() {
	c := &x.out
	c.Report, c.Log = *x.claims.Figures.Broadcasts, x.log.Broadcasts
	c.OK = c.RowsDiffer == 0 && c.FiguresDiffer == 0 && len(c.Uncovered) == 0
	vi := fmt.Sprintf("Báo cáo %d, nhật ký %d: ", c.Report.N, c.Log.N)
	en := fmt.Sprintf("Report %d, log %d: ", c.Report.N, c.Log.N)
	switch {
	case c.RowsDiffer == 0 && c.FiguresDiffer == 0:
		vi, en = vi+"không dòng nào khác", en+"no row differs"
	default:
		vi, en = vi+fmt.Sprintf("%d dòng khác", c.RowsDiffer), en+fmt.Sprintf("%d rows differ", c.RowsDiffer)
		if c.FiguresDiffer > 0 {
			vi, en = vi+fmt.Sprintf(", %d số tổng khác", c.FiguresDiffer), en+fmt.Sprintf(", %d totals differ", c.FiguresDiffer)
		}
	}
	c.Summary = Text{VI: vi + ".", EN: en + "."}
	for _, i := range c.Uncovered {
		span := i.From.Format("15:04 02/01/2006") + " – " + i.Until.Format("15:04 02/01/2006")
		c.Summary.VI += fmt.Sprintf(" Nhật ký mang theo không có phần %s: không so được phần đó.", span)
		c.Summary.EN += fmt.Sprintf(" The log at hand does not cover %s: that part cannot be compared.", span)
	}
	if c.Uncompared > 0 {
		c.Summary.VI += fmt.Sprintf(" %d dòng nằm trong phần đó.", c.Uncompared)
		c.Summary.EN += fmt.Sprintf(" %d rows lie in it.", c.Uncompared)
	}
}
