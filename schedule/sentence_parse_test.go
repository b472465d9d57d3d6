package schedule

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// reading is what a person makes of a sentence: which days and which minutes, between bounds. It is read back by this file
// alone, from the words, and knows nothing of the rule.
type reading struct {
	day          func(time.Time) bool // of a midnight
	minutes      map[int]bool
	moments      map[int64]bool // single starts, instead of days and minutes
	from, until  time.Time      // days; zero is open
	before       time.Time
	never        bool // paused for good
	after        time.Time
	scheduleName string
}

func (r reading) starts(at time.Time) bool {
	if r.never || !r.after.IsZero() && at.Before(r.after) || !r.before.IsZero() && !at.Before(r.before) {
		return false
	}
	midnight := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, at.Location())
	if !r.from.IsZero() && midnight.Before(r.from) || !r.until.IsZero() && midnight.After(r.until) {
		return false
	}
	if r.moments != nil {
		return r.moments[at.Unix()]
	}
	return r.minutes[at.Hour()*60+at.Minute()] && r.day(midnight)
}

// grammar is the words of one language, as a reader knows them.
type grammar struct {
	and, orWord, layout                                        string
	times, steps, single, moment                               *regexp.Regexp
	from, until, before, schedule, paused, pausedUntil         *regexp.Regexp
	daily, every, dates, weekly, workdays, monthDays           *regexp.Regexp
	firstOf, lastOf, nthOf, lunarMonthly, lunarYearly, inMonth *regexp.Regexp
	nth, lunarOne                                              *regexp.Regexp
	lastWord                                                   string
	weekdays                                                   []string // Sunday first
	month                                                      func(string) int
}

func grammarOf(lang string) grammar {
	re := regexp.MustCompile
	if lang == "vi" {
		return grammar{and: " và ", orWord: " hoặc ", layout: "02/01/2006",
			times: re(`^(.*?) lúc ([0-9:, và]+)$`), steps: re(`^(.*?) cứ (\d+) phút một lần từ (\d\d:\d\d) đến (\d\d:\d\d)$`),
			single: re(`^(\d+) lần: (.*)$`), moment: re(`^(\d\d:\d\d) ngày (\S+)$`),
			from: re(`^từ ngày (\S+)$`), until: re(`^đến hết ngày (\S+)$`), before: re(`^chỉ trước (.*)$`), schedule: re(`^chỉ vào những ngày theo lịch “(.*)”$`),
			paused: re(`^đang tạm dừng$`), pausedUntil: re(`^đang tạm dừng đến (.*)$`),
			daily: re(`^mỗi ngày$`), every: re(`^cứ (\d+) ngày một lần, tính từ ngày (\S+),$`), dates: re(`^các ngày (.*)$`),
			weekly: re(`^(.*) hằng tuần$`), workdays: re(`^thứ Hai đến thứ Sáu hằng tuần$`), monthDays: re(`^ngày (.*) hằng tháng( \(tháng nào có ngày đó\))?$`),
			firstOf: re(`^(.*) đầu tiên của mỗi tháng$`), lastOf: re(`^(.*) cuối cùng của mỗi tháng$`), nthOf: re(`^(.*?) (lần .*) trong mỗi tháng$`),
			lunarMonthly: re(`^ngày (.*) âm lịch hằng tháng$`), lunarYearly: re(`^(.*) âm lịch hằng năm$`), inMonth: re(`^(.*), trong tháng (.*)$`),
			nth: re(`^lần (\d)$`), lunarOne: re(`^ngày (\d+) tháng (\d+)$`), lastWord: "lần cuối",
			weekdays: []string{"chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"},
			month:    func(s string) int { n, _ := strconv.Atoi(s); return n }}
	}
	return grammar{and: " and ", orWord: " or ", layout: "2006-01-02",
		times: re(`^(.*?) at ([0-9:, and]+)$`), steps: re(`^(.*?) every (\d+) minutes from (\d\d:\d\d) to (\d\d:\d\d)$`),
		single: re(`^single starts \((\d+)\): (.*)$`), moment: re(`^(\d\d:\d\d) on (\S+)$`),
		from: re(`^from (\S+)$`), until: re(`^until the end of (\S+)$`), before: re(`^only before (.*)$`), schedule: re(`^only on days of the schedule “(.*)”$`),
		paused: re(`^paused$`), pausedUntil: re(`^paused until (.*)$`),
		daily: re(`^every day$`), every: re(`^every (\d+) days, counted from (\S+),$`), dates: re(`^on (\d.*)$`),
		weekly: re(`^every week on (.*)$`), workdays: re(`^every week from Monday to Friday$`), monthDays: re(`^every month on day (.*?)( \(where the month has it\))?$`),
		firstOf: re(`^on the first (.*) of every month$`), lastOf: re(`^on the last (.*) of every month$`), nthOf: re(`^on (.*?), ((?:time|last) .*) in every month$`),
		lunarMonthly: re(`^every lunar month on day (.*)$`), lunarYearly: re(`^every lunar year on (.*)$`), inMonth: re(`^(.*), in (.*)$`),
		nth: re(`^time (\d)$`), lunarOne: re(`^day (\d+) of month (\d+)$`), lastWord: "last time",
		weekdays: []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		month: func(s string) int {
			t, _ := time.Parse("January", s)
			return int(t.Month())
		}}
}

// list undoes "a, b and c".
func (g grammar) list(s string) []string {
	if i := strings.LastIndex(s, g.and); i >= 0 {
		return append(strings.Split(s[:i], ", "), s[i+len(g.and):])
	}
	return []string{s}
}

func (g grammar) clock(t *testing.T, s string) int {
	at, err := time.Parse("15:04", s)
	if err != nil {
		t.Fatalf("%q is no time of the day", s)
	}
	return at.Hour()*60 + at.Minute()
}

func (g grammar) date(t *testing.T, s string, loc *time.Location) time.Time {
	d, err := time.ParseInLocation(g.layout, s, loc)
	if err != nil {
		t.Fatalf("%q is no day", s)
	}
	return d
}

func (g grammar) at(t *testing.T, s string, loc *time.Location) time.Time {
	m := g.moment.FindStringSubmatch(s)
	if m == nil {
		t.Fatalf("%q is no moment", s)
	}
	return g.date(t, m[2], loc).Add(time.Duration(g.clock(t, m[1])) * time.Minute)
}

// understand reads a whole sentence.
func understand(t *testing.T, lang, text string, loc *time.Location) reading {
	t.Helper()
	g, r := grammarOf(lang), reading{minutes: map[int]bool{}}
	sentences := strings.Split(strings.TrimSuffix(text, "."), ". ")
	for _, s := range sentences[1:] {
		s = small(s)
		switch {
		case g.paused.MatchString(s):
			r.never = true
		case g.pausedUntil.MatchString(s):
			r.after = g.at(t, g.pausedUntil.FindStringSubmatch(s)[1], loc)
		default:
			t.Fatalf("%q is not understood", s)
		}
	}
	main := small(sentences[0])
	for {
		i := strings.LastIndex(main, ", ")
		if i < 0 || !g.bound(t, main[i+2:], &r, loc) {
			break
		}
		main = main[:i]
	}
	if m := g.single.FindStringSubmatch(main); m != nil {
		r.moments = map[int64]bool{}
		for _, one := range g.list(m[2]) {
			r.moments[g.at(t, one, loc).Unix()] = true
		}
		if fmt.Sprint(len(r.moments)) != m[1] {
			t.Fatalf("%q says %s and lists %d", main, m[1], len(r.moments))
		}
		return r
	}
	days := ""
	if m := g.steps.FindStringSubmatch(main); m != nil {
		step, _ := strconv.Atoi(m[2])
		for at := g.clock(t, m[3]); at <= g.clock(t, m[4]); at += step {
			r.minutes[at] = true
		}
		days = m[1]
	} else if m := g.times.FindStringSubmatch(main); m != nil {
		for _, one := range g.list(m[2]) {
			r.minutes[g.clock(t, one)] = true
		}
		days = m[1]
	} else {
		t.Fatalf("%q: no times are understood", main)
	}
	r.day = g.days(t, days, loc)
	return r
}

// small undoes the capital at the beginning of a sentence, but for names of weekdays, which keep theirs in Vietnamese.
func small(s string) string {
	r := []rune(s)
	return strings.ToLower(string(r[:1])) + string(r[1:])
}

func (g grammar) bound(t *testing.T, s string, r *reading, loc *time.Location) bool {
	if m := g.from.FindStringSubmatch(s); m != nil {
		r.from = g.date(t, m[1], loc)
	} else if m := g.until.FindStringSubmatch(s); m != nil {
		r.until = g.date(t, m[1], loc)
	} else if m := g.before.FindStringSubmatch(s); m != nil {
		r.before = g.at(t, m[1], loc)
	} else if m := g.schedule.FindStringSubmatch(s); m != nil {
		r.scheduleName = m[1]
	} else {
		return false
	}
	return true
}

//nolint:cyclop // a list of forms
func (g grammar) days(t *testing.T, s string, loc *time.Location) func(time.Time) bool {
	if m := g.inMonth.FindStringSubmatch(s); m != nil {
		inner, months := g.days(t, m[1], loc), map[int]bool{}
		for _, one := range g.list(m[2]) {
			months[g.month(one)] = true
		}
		return func(d time.Time) bool { return months[int(d.Month())] && inner(d) }
	}
	if a, b, found := strings.Cut(s, g.orWord); found {
		x, y := g.days(t, a, loc), g.days(t, b, loc)
		return func(d time.Time) bool { return x(d) || y(d) }
	}
	if m := g.firstOf.FindStringSubmatch(s); m != nil {
		w := g.weekday(t, m[1])
		return func(d time.Time) bool { return d.Weekday() == w && d.Day() <= 7 }
	}
	if m := g.lastOf.FindStringSubmatch(s); m != nil {
		w := g.weekday(t, m[1])
		return func(d time.Time) bool { return d.Weekday() == w && d.AddDate(0, 0, 7).Month() != d.Month() }
	}
	if m := g.nthOf.FindStringSubmatch(s); m != nil {
		return g.nthDays(t, m[1], m[2])
	}
	if g.daily.MatchString(s) {
		return func(time.Time) bool { return true }
	}
	if m := g.every.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		first := g.date(t, m[2], loc)
		return func(d time.Time) bool { return !d.Before(first) && int(d.Sub(first).Hours()/24)%n == 0 }
	}
	if m := g.dates.FindStringSubmatch(s); m != nil {
		var days []time.Time
		for _, one := range g.list(m[1]) {
			days = append(days, g.date(t, one, loc))
		}
		return func(d time.Time) bool { return slices.ContainsFunc(days, d.Equal) }
	}
	if strings.Contains(s, "âm lịch") || strings.Contains(s, "lunar") {
		return g.lunarDays(t, s)
	}
	return g.plainDays(t, s)
}
