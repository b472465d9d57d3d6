package schedule

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func drawTimes(t *rapid.T) []string {
	var times []string
	for range rapid.IntRange(1, 5).Draw(t, "times") {
		times = append(times, fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "h"), rapid.IntRange(0, 59).Draw(t, "m")))
	}
	return times
}

func drawDate(t *rapid.T, what string) Date {
	return Date(time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, what)).Format(time.DateOnly))
}

// drawWhen draws a form, as it would be stored.
func drawWhen(t *rapid.T) *When {
	w := When{Form: rapid.SampledFrom([]Form{FormDaily, FormWeekdays, FormMonthly, FormDates, FormEvery, FormLunar}).Draw(t, "form"), Times: drawTimes(t)}
	days := rapid.SliceOfNDistinct(rapid.IntRange(1, 7), 1, 7, rapid.ID)
	switch w.Form {
	case FormWeekdays:
		w.Weekdays = days.Draw(t, "weekdays")
	case FormMonthly:
		w.Weekdays = days.Draw(t, "weekdays")
		w.Nth = rapid.SliceOfNDistinct(rapid.SampledFrom([]int{1, 2, 3, 4, -1}), 1, 5, rapid.ID).Draw(t, "nth")
	case FormDates:
		for range rapid.IntRange(1, 8).Draw(t, "dates") {
			w.Dates = append(w.Dates, drawDate(t, "date"))
		}
	case FormEvery:
		w.EveryDays, w.From = rapid.IntRange(2, 40).Draw(t, "every"), drawDate(t, "counted from")
	case FormLunar:
		for range rapid.IntRange(1, 4).Draw(t, "lunar days") {
			w.Lunar = append(w.Lunar, LunarDate{Month: rapid.SampledFrom([]int{0, 0, 1, 3, 5, 12}).Draw(t, "month"), Day: rapid.IntRange(1, 30).Draw(t, "day")})
		}
	}
	w = w.Normalise()
	return &w
}

func drawCron(t *rapid.T) string {
	return strings.Join([]string{
		rapid.SampledFrom([]string{"0", "30", "0,30", "*/15", "*/20", "5-59/10", "7", "*", "10-20"}).Draw(t, "minute"),
		rapid.SampledFrom([]string{"6", "6,17", "5-8", "*/6", "*", "6-18", "22,23,0"}).Draw(t, "hour"),
		rapid.SampledFrom([]string{"*", "*", "?", "1", "1,15", "29-31", "*/10", "1-31", "31"}).Draw(t, "dom"),
		rapid.SampledFrom([]string{"*", "*", "1", "2,4", "jan-mar", "*/5"}).Draw(t, "month"),
		rapid.SampledFrom([]string{"*", "*", "1-5", "mon", "0", "7", "sat,sun", "1-7", "*/2", "fri-sun"}).Draw(t, "dow"),
	}, " ")
}

// What a sentence says and when the programme starts are the same, minute by minute: the sentence is read back from its
// words alone.
func TestSentencesAreTrue(t *testing.T) {
	in := station()
	in.Settings.QuietHours = nil
	loc, err := time.LoadLocation(in.Settings.Zone)
	if err != nil {
		t.Fatal(err)
	}
	refused, drawn := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		p := programme("p-1", "", "lm1")
		form := rapid.IntRange(0, 2).Draw(rt, "kind")
		switch form {
		case 0:
			p.When = drawWhen(rt)
		case 1:
			p.Cron = drawCron(rt)
		default:
			for range rapid.IntRange(1, 6).Draw(rt, "starts") {
				p.Starts = append(p.Starts, time.Date(2028, 1, 1, 0, rapid.IntRange(0, 500_000).Draw(rt, "minute"), 0, 0, loc))
			}
		}
		if rapid.Bool().Draw(rt, "bounded") {
			p.ValidFrom, p.ValidUntil = drawDate(rt, "from"), Date("2029-01-15")
		}
		if rapid.IntRange(0, 4).Draw(rt, "ends") == 0 {
			p.EndsBefore = time.Date(2028, 6, rapid.IntRange(1, 30).Draw(rt, "end"), 6, 30, 0, 0, loc)
		}
		switch rapid.IntRange(0, 8).Draw(rt, "pause") {
		case 0:
			p.Paused = true
		case 1:
			p.Paused, p.PausedUntil = true, time.Date(2028, rapid.SampledFrom([]time.Month{2, 5, 9}).Draw(rt, "pause month"), 10, 12, 0, 0, 0, loc)
		}
		p = p.Normalise()
		if err := ValidateProgramme(p); err != nil {
			rt.Skip(err.Error())
		}
		in.Programmes = []Programme{p}
		from := time.Date(2028, 1, 1, 0, 0, 0, 0, loc).AddDate(0, 0, rapid.IntRange(0, 380).Draw(rt, "span"))
		for _, lang := range []string{"vi", "en"} {
			said, ok := SentenceOf(p, loc, lang)
			drawn++
			if !ok {
				refused++
				if p.Cron == "" {
					rt.Fatalf("no sentence for %+v", p.When)
				}
				continue
			}
			if !norm.NFC.IsNormalString(said) {
				rt.Fatalf("%q is not NFC", said)
			}
			compare(rt, in, understand(t, lang, said, loc), from, said)
		}
	})
	if refused*2 > drawn {
		t.Errorf("%d of %d are refused a sentence", refused, drawn)
	}
}

func compare(rt *rapid.T, in Input, r reading, from time.Time, said string) {
	until := from.AddDate(0, 0, 33)
	planned := map[int64]bool{}
	for _, o := range Plan(in, from, until) {
		planned[o.Due.Unix()] = true
	}
	for at := from; at.Before(until); at = at.Add(time.Minute) {
		if starts := r.starts(at); starts != planned[at.Unix()] {
			rt.Fatalf("%q at %s: it starts by the sentence %v, by the plan %v", said, at, starts, planned[at.Unix()])
		}
	}
}

func TestSentencesReadWell(t *testing.T) {
	loc := time.FixedZone("+07", 7*3600)
	at := func(s string) time.Time { v, _ := time.ParseInLocation("2006-01-02 15:04", s, loc); return v }
	for _, c := range []struct {
		p      Programme
		vi, en string
	}{
		{Programme{When: &When{Form: FormDaily, Times: []string{"06:30", "17:00"}}, ValidFrom: "2026-12-01", ValidUntil: "2026-12-31"},
			"Mỗi ngày lúc 06:30 và 17:00, từ ngày 01/12/2026, đến hết ngày 31/12/2026.", "Every day at 06:30 and 17:00, from 2026-12-01, until the end of 2026-12-31."},
		{Programme{When: &When{Form: FormWeekdays, Times: []string{"07:00"}, Weekdays: []int{1, 3, 7}}},
			"Thứ Hai, thứ Tư và chủ nhật hằng tuần lúc 07:00.", "Every week on Monday, Wednesday and Sunday at 07:00."},
		{Programme{When: &When{Form: FormMonthly, Times: []string{"07:00"}, Weekdays: []int{1}, Nth: []int{1}}},
			"Thứ Hai đầu tiên của mỗi tháng lúc 07:00.", "On the first Monday of every month at 07:00."},
		{Programme{When: &When{Form: FormMonthly, Times: []string{"07:00"}, Weekdays: []int{1, 5}, Nth: []int{2, -1}}},
			"Thứ Hai và thứ Sáu lần 2 và lần cuối trong mỗi tháng lúc 07:00.", "On Monday and Friday, time 2 and last time in every month at 07:00."},
		{Programme{When: &When{Form: FormEvery, Times: []string{"06:00"}, EveryDays: 3, From: "2026-12-01"}},
			"Cứ 3 ngày một lần, tính từ ngày 01/12/2026, lúc 06:00.", "Every 3 days, counted from 2026-12-01, at 06:00."},
		{Programme{When: &When{Form: FormLunar, Times: []string{"05:30"}, Lunar: []LunarDate{{0, 1}, {0, 15}, {3, 10}}}},
			"Ngày 1 và 15 âm lịch hằng tháng và ngày 10 tháng 3 âm lịch hằng năm lúc 05:30.", "Every lunar month on day 1 and 15 and every lunar year on day 10 of month 3 at 05:30."},
		{Programme{Cron: "0 6 1 * 1"}, "Ngày 1 hằng tháng hoặc thứ Hai hằng tuần lúc 06:00.", "Every month on day 1 or every week on Monday at 06:00."},
		{Programme{Cron: "30 17 31 * *", Paused: true}, "Ngày 31 hằng tháng (tháng nào có ngày đó) lúc 17:30. Đang tạm dừng.", "Every month on day 31 (where the month has it) at 17:30. Paused."},
		{Programme{Cron: "*/15 6-18 * * 1-5"}, "Thứ Hai đến thứ Sáu hằng tuần cứ 15 phút một lần từ 06:00 đến 18:45.", "Every week from Monday to Friday every 15 minutes from 06:00 to 18:45."},
		{Programme{Cron: "0,10 5-20 * * *"}, "", ""}, // neither few nor regular
		{Programme{Starts: []time.Time{at("2026-12-01 06:30")}, Exceptions: []Exception{{Cancelled: true}, {To: at("2026-12-02 07:00")}, {MakeupOf: "x"}}},
			"1 lần: 06:30 ngày 01/12/2026. Đã hủy 1 buổi, đã đổi giờ 1 buổi.", "Single starts (1): 06:30 on 2026-12-01. 1 cancelled, 1 moved."},
		{Programme{Cron: "0 6 * * *", Schedule: "tet", EndsBefore: at("2027-02-10 06:00")},
			"Mỗi ngày lúc 06:00, chỉ trước 06:00 ngày 10/02/2027, chỉ vào những ngày theo lịch “tet”.", "Every day at 06:00, only before 06:00 on 2027-02-10, only on days of the schedule “tet”."},
	} {
		for lang, want := range map[string]string{"vi": c.vi, "en": c.en} {
			if got, ok := SentenceOf(c.p, loc, lang); got != want || ok != (want != "") {
				t.Errorf("%s\n got %q\nwant %q", lang, got, want)
			}
		}
	}
}
