package schedule

import (
	"fmt"
	"strings"
	"time"
)

// tongue is the words of one language for rules.
type tongue struct {
	daily, every, onDates, startsAt         string
	at, steps                               string
	and, or, bothDays                       string
	from, until, before, schedule           string
	paused, pausedUntil                     string
	cancelled, moved, changed               string
	otherTimes, otherDays                   string
	dateLayout, clockAndDate                string
	weekdays                                [7]string // Sunday first
	everyWeek, weekdaysOnly                 string
	dayOfMonth, whereThere                  string
	first, last, nth, lastOf, inEach        string
	month                                   func(m int) string
	months                                  string
	lunarDay, lunarEach, lunarYear, lunarOf string
	shortMonth                              string
}

func tongueOf(lang string) *tongue {
	if lang == "en" {
		return english()
	}
	return vietnamese()
}

func vietnamese() *tongue {
	return &tongue{
		daily: "mỗi ngày", every: "cứ %d ngày một lần, tính từ ngày %s,", onDates: "các ngày %s", startsAt: "%d lần: %s",
		at: "lúc %s", steps: "cứ %d phút một lần từ %s đến %s", and: " và ", or: " hoặc ", bothDays: "%s, nếu là %s",
		from: "từ ngày %s", until: "đến hết ngày %s", before: "chỉ trước %s", schedule: "chỉ vào những ngày theo lịch “%s”",
		paused: "đang tạm dừng", pausedUntil: "đang tạm dừng đến %s",
		cancelled: "đã hủy %d buổi", moved: "đã đổi giờ %d buổi", changed: "đã thay đổi %d buổi",
		otherTimes: "%d lần khác", otherDays: "%d ngày khác", dateLayout: "02/01/2006", clockAndDate: "%s ngày %s",
		weekdays:  [7]string{"chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"},
		everyWeek: "%s hằng tuần", weekdaysOnly: "thứ Hai đến thứ Sáu hằng tuần",
		dayOfMonth: "ngày %s hằng tháng", whereThere: " (tháng nào có ngày đó)",
		first: "%s đầu tiên của mỗi tháng", last: "%s cuối cùng của mỗi tháng", nth: "lần %d", lastOf: "lần cuối", inEach: "%s %s trong mỗi tháng",
		month: func(m int) string { return fmt.Sprint(m) }, months: "trong tháng %s",
		lunarDay: "%d", lunarEach: "ngày %s âm lịch hằng tháng", lunarYear: "ngày %d tháng %d", lunarOf: "%s âm lịch hằng năm",
		shortMonth: " (tháng thiếu thì ngày 29)",
	}
}

func english() *tongue {
	return &tongue{
		daily: "every day", every: "every %d days, counted from %s,", onDates: "on %s", startsAt: "single starts (%d): %s",
		at: "at %s", steps: "every %d minutes from %s to %s", and: " and ", or: " or ", bothDays: "%s, if it is %s",
		from: "from %s", until: "until the end of %s", before: "only before %s", schedule: "only on days of the schedule “%s”",
		paused: "paused", pausedUntil: "paused until %s",
		cancelled: "%d cancelled", moved: "%d moved", changed: "%d changed",
		otherTimes: "%d other times", otherDays: "%d other days", dateLayout: "2006-01-02", clockAndDate: "%s on %s",
		weekdays:  [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		everyWeek: "every week on %s", weekdaysOnly: "every week from Monday to Friday",
		dayOfMonth: "every month on day %s", whereThere: " (where the month has it)",
		first: "on the first %s of every month", last: "on the last %s of every month", nth: "time %d", lastOf: "last time", inEach: "on %s, %s in every month",
		month: func(m int) string { return time.Month(m).String() }, months: "in %s",
		lunarDay: "%d", lunarEach: "every lunar month on day %s", lunarYear: "day %d of month %d", lunarOf: "every lunar year on %s",
		shortMonth: " (day 29 where the month is short)",
	}
}

const mondayToFriday = 1<<6 - 2

func (t *tongue) weekly(days uint8) string {
	if days == mondayToFriday {
		return t.weekdaysOnly
	}
	return fmt.Sprintf(t.everyWeek, t.list(t.weekdayNames(days)))
}

// weekdayNames begin with Monday.
func (t *tongue) weekdayNames(days uint8) []string {
	var said []string
	for d := 1; d <= 7; d++ {
		if days>>(d%7)&1 == 1 {
			said = append(said, t.weekdays[d%7])
		}
	}
	return said
}

func (t *tongue) monthDays(set uint64) string {
	var said []string
	for _, d := range bitsOf(set) {
		said = append(said, fmt.Sprint(d))
	}
	words := fmt.Sprintf(t.dayOfMonth, t.list(said))
	if set>>29 != 0 {
		words += t.whereThere
	}
	return words
}

func (t *tongue) inMonths(list []int) string {
	said := make([]string, len(list))
	for i, m := range list {
		said[i] = t.month(m)
	}
	return fmt.Sprintf(t.months, t.list(said))
}

func (t *tongue) monthly(weekdays, nth []int) string {
	days := t.list(t.weekdayNames(weekdayBits(weekdays)))
	if len(weekdays) == 1 && len(nth) == 1 && nth[0] == 1 {
		return fmt.Sprintf(t.first, days)
	}
	if len(weekdays) == 1 && len(nth) == 1 && nth[0] == -1 {
		return fmt.Sprintf(t.last, days)
	}
	var said []string
	last := false
	for n := 1; n <= 4; n++ {
		for _, x := range nth {
			if x == n {
				said = append(said, fmt.Sprintf(t.nth, n))
			}
			last = last || x == -1
		}
	}
	if last {
		said = append(said, t.lastOf)
	}
	return fmt.Sprintf(t.inEach, days, t.list(said))
}

// lunar says days of each month and days of the year apart, since a leap month counts for the first only.
func (t *tongue) lunar(list []LunarDate) string {
	var monthly, yearly []string
	short := false
	for _, l := range list {
		short = short || l.Day == 30
		if l.Month == 0 {
			monthly = append(monthly, fmt.Sprintf(t.lunarDay, l.Day))
		} else {
			yearly = append(yearly, fmt.Sprintf(t.lunarYear, l.Day, l.Month))
		}
	}
	var said []string
	if len(monthly) > 0 {
		said = append(said, fmt.Sprintf(t.lunarEach, t.list(monthly)))
	}
	if len(yearly) > 0 {
		said = append(said, fmt.Sprintf(t.lunarOf, t.list(yearly)))
	}
	words := strings.Join(said, t.and)
	if short {
		words += t.shortMonth
	}
	return words
}
