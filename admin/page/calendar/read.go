package calendar

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"loaxa/schedule"
)

// People write times in many ways. What is read is shown back before anything is saved, so reading may be generous.

var (
	clockWords  = strings.NewReplacer("giờ", "h", "phút", "", "rưỡi", "30", "sáng", "", "g", "h", ".", ":", "và", " ", "and", " ", ";", " ", ",", " ")
	beforeHour  = regexp.MustCompile(`(\d)\s+([h:])`)
	clockToken  = regexp.MustCompile(`^(\d{1,2})(?:[h:](\d{1,2})?)?$`)
	packedToken = regexp.MustCompile(`^(\d{1,2})(\d\d)$`)
	twoDigits   = regexp.MustCompile(`^\d\d$`)
)

// readTimes reads times of the day: "05:30, 17h", "5 giờ 30 và 17 giờ". bad is the first piece that is none.
func readTimes(text string) (times []string, bad string) {
	text = strings.ToLower(schedule.NormaliseText(text))
	text = beforeHour.ReplaceAllString(clockWords.Replace(text), "$1$2")
	tokens := strings.Fields(text)
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if (strings.HasSuffix(t, "h") || strings.HasSuffix(t, ":")) && i+1 < len(tokens) && twoDigits.MatchString(tokens[i+1]) {
			t += tokens[i+1] // "17h 30"
			i++
		}
		m := clockToken.FindStringSubmatch(t)
		if m == nil {
			m = packedToken.FindStringSubmatch(t) // "0530"
		}
		if m == nil {
			return times, tokens[i]
		}
		hour, _ := strconv.Atoi(m[1]) // the expression lets digits through only
		minute, _ := strconv.Atoi("0" + m[2])
		if hour > 23 || minute > 59 {
			return times, t
		}
		times = append(times, fmt.Sprintf("%02d:%02d", hour, minute))
	}
	return times, ""
}

var (
	lunarWords = strings.NewReplacer("hằng tháng", " ", "hàng tháng", " ", "mỗi tháng", " ", "every month", " ", "mùng", " ", "mồng", " ", "ngày", " ",
		"rằm", " 15 ", "tháng giêng", "/1", "tháng chạp", "/12", "tháng", "/", "âm lịch", " ", "âm", " ", "và", " ", "and", " ", ";", " ", ",", " ")
	aroundSlash = regexp.MustCompile(`\s*/\s*`)
	lunarToken  = regexp.MustCompile(`^(\d{1,2})(?:/(\d{1,2}))?$`)
)

// readLunar reads lunar days: "1, 15" of every month, "10/3" of every year, "rằm tháng giêng".
func readLunar(text string) (dates []schedule.LunarDate, bad string) {
	text = strings.ToLower(schedule.NormaliseText(text))
	text = aroundSlash.ReplaceAllString(lunarWords.Replace(text), "/")
	for _, t := range strings.Fields(text) {
		m := lunarToken.FindStringSubmatch(t)
		if m == nil {
			return dates, t
		}
		day, _ := strconv.Atoi(m[1]) // the expression lets digits through only
		month, _ := strconv.Atoi("0" + m[2])
		dates = append(dates, schedule.LunarDate{Day: day, Month: month})
	}
	return dates, ""
}

func lunarWritten(list []schedule.LunarDate) string {
	var said []string
	for _, l := range list {
		if l.Month == 0 {
			said = append(said, strconv.Itoa(l.Day))
		} else {
			said = append(said, fmt.Sprintf("%d/%d", l.Day, l.Month))
		}
	}
	return strings.Join(said, ", ")
}

// readDate reads a day as the browser's field sends it, or as it is written in Viet Nam. What cannot be read stays as it is,
// and is refused by the rulebook's own judgement.
func readDate(text string) schedule.Date {
	text = strings.TrimSpace(text)
	for _, layout := range []string{"2/1/2006", "2-1-2006", "2.1.2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return schedule.Date(t.Format(time.DateOnly))
		}
	}
	return schedule.Date(text)
}

func readDates(texts []string) []schedule.Date {
	var out []schedule.Date
	for _, text := range texts {
		if strings.TrimSpace(text) != "" {
			out = append(out, readDate(text))
		}
	}
	return out
}

// momentLayout is how the browser's field writes a day with a time.
const momentLayout = "2006-01-02T15:04"

// readMoment reads a moment of the station's clock.
func readMoment(text string, loc *time.Location) (time.Time, bool) {
	text = strings.TrimSpace(text)
	for _, layout := range []string{momentLayout, "2006-01-02T15:04:05", "15:04 2/1/2006", "15:04:05 2/1/2006", "2/1/2006 15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, text, loc); err == nil {
			return t, true
		}
	}
	t, err := time.Parse(time.RFC3339, text)
	return t, err == nil
}

// readMoments reads one moment a line.
func readMoments(text string, loc *time.Location) (list []time.Time, bad string) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		t, ok := readMoment(line, loc)
		if !ok {
			return list, line
		}
		list = append(list, t)
	}
	return list, ""
}

// readNumber reads a whole number; nothing is otherwise.
func readNumber(text string, otherwise int64) (int64, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return otherwise, true
	}
	n, err := strconv.ParseInt(text, 10, 32)
	return n, err == nil
}

// readNumbers reads what ticked boxes send; what is none of them is left out.
func readNumbers(texts []string) []int {
	var out []int
	for _, t := range texts {
		if n, err := strconv.Atoi(t); err == nil && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}
