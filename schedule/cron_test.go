package schedule

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/robfig/cron/v3"
	"pgregory.net/rapid"
)

func TestCronRefusals(t *testing.T) {
	for _, c := range []struct{ expr, says string }{
		{"", "the rule is empty"},
		{"   ", "the rule is empty"},
		{"TZ=", "no time zone of its own"},
		{"TZ=Asia/Ho_Chi_Minh", "no time zone of its own"},
		{"CRON_TZ=UTC 0 6 * * *", "no time zone of its own"},
		{"cron_tz=UTC 0 6 * * *", "no time zone of its own"},
		{"@every -5s", "@every is not accepted"},
		{"@reboot", "@reboot is not accepted"},
		{"@daily", "@daily is not accepted"},
		{"0 6 * *", "has 4 fields, not five"},
		{"0 0 6 * * *", "has 6 fields, not five"},
		{"60 6 * * *", `the minute field "60"`},
		{"0 24 * * *", `the hour field "24"`},
		{"0 6 0 * *", `the day of month field "0"`},
		{"0 6 * 13 *", `the month field "13"`},
		{"0 6 * * 8", `the weekday field "8"`},
		{"0 6 * * 0-8", `the weekday field "0-8"`},
		{"0 6 * * 7/0", `the weekday field "7/0"`},
		{"0 6 * * 7-5", `the weekday field "7-5"`},
		{"*-5 6 * * *", `the minute field "*-5"`},
		{"1,,2 6 * * *", `the minute field "1,,2"`},
		{"-1 6 * * *", `the minute field "-1"`},
		{"*/0 6 * * *", `the minute field "*/0"`},
		{"0 6 31 2 *", "never fires"},
		{"0 6 30,31 feb *", "never fires"},
		{strings.Repeat("1,", 300) + "1 6 * * *", "longer than"},
		{"0 6 * * \x00", "the weekday field"},
	} {
		_, err := parseCron(c.expr)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("parseCron(%q) = %v, want a sentence with %q", c.expr, err, c.says)
		}
	}
}

func TestCronWeekdaySeven(t *testing.T) {
	for _, c := range []struct{ with7, without string }{
		{"7", "0"}, {"5-7", "5,6,0"}, {"0-7", "0-6"}, {"7-7", "0"}, {"1-7/2", "1,3,5,0"}, {"1,7", "1,0"},
		{"fri-sun", "5,6,0"}, {"7/2", "0"}, {"sun-sat", "0-6"}, {"sun-sun", "0"}, {"*", "*"},
	} {
		a, err := parseCron("0 6 * * " + c.with7)
		if err != nil {
			t.Errorf("%s: %v", c.with7, err)
			continue
		}
		b, err := parseCron("0 6 * * " + c.without)
		if err != nil {
			t.Fatal(err)
		}
		if a.Dow != b.Dow {
			t.Errorf("weekday %s fires on %b, want %b as %s", c.with7, a.Dow, b.Dow, c.without)
		}
	}
}

func FuzzCron(f *testing.F) {
	for _, s := range []string{"30 6 * * *", "TZ=", "@every 1s", "*/5 0-23/2 1,15 jan-dec 5-7", "0 0 29 2 *", "? ? ? ? ?"} {
		f.Add(s)
	}
	z := newWallZone(time.FixedZone("+07", 7*3600))
	f.Fuzz(func(t *testing.T, expr string) {
		spec, err := parseCron(expr)
		if err != nil {
			if strings.ContainsRune(err.Error(), '\n') {
				t.Errorf("more than one line: %q", err)
			}
			return
		}
		lo := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
		fires := false
		newCronRule(spec).starts(z, lo, lo+1500*secondsPerDay, func(int64) { fires = true })
		if !fires {
			t.Errorf("%q was accepted and never fires", expr)
		}
	})
}

// genField draws a cron field and the values it means, told apart from the parser under test.
func genField(t *rapid.T, name string, low, high int) (string, map[int]bool) {
	values := map[int]bool{}
	var parts []string
	for range rapid.IntRange(1, 3).Draw(t, name+" parts") {
		a := rapid.IntRange(low, high).Draw(t, name)
		b := rapid.IntRange(a, high).Draw(t, name+" to")
		step := rapid.IntRange(1, 20).Draw(t, name+" step")
		switch rapid.IntRange(0, 4).Draw(t, name+" form") {
		case 0:
			parts, b, step = append(parts, fmt.Sprint(a)), a, 1
		case 1:
			parts, step = append(parts, fmt.Sprintf("%d-%d", a, b)), 1
		case 2:
			parts = append(parts, fmt.Sprintf("%d-%d/%d", a, b, step))
		case 3:
			parts, a, b = append(parts, fmt.Sprintf("*/%d", max(step, 2))), low, high
			step = max(step, 2)
		case 4:
			for v := low; v <= high; v++ {
				values[v] = true
			}
			return "*", values
		}
		for v := a; v <= b; v += step {
			values[v] = true
		}
	}
	return strings.Join(parts, ","), values
}

type fiveFields struct {
	expr                          string
	minute, hour, dom, month, dow map[int]bool
	either                        bool
}

func genCron(t *rapid.T) fiveFields {
	var f fiveFields
	var s [5]string
	s[0], f.minute = genField(t, "minute", 0, 59)
	s[1], f.hour = genField(t, "hour", 0, 23)
	s[2], f.dom = genField(t, "dom", 1, 31)
	s[3], f.month = genField(t, "month", 1, 12)
	s[4], f.dow = genField(t, "dow", 0, 7)
	f.expr, f.either = strings.Join(s[:], " "), s[2] != "*" && s[4] != "*"
	if f.dow[7] {
		f.dow[0] = true
	}
	return f
}

// matches reads the rule minute by minute, as a person would.
func (f fiveFields) matches(wall time.Time) bool {
	dom, dow := f.dom[wall.Day()], f.dow[int(wall.Weekday())]
	day := dom && dow
	if f.either {
		day = dom || dow
	}
	return day && f.month[int(wall.Month())] && f.hour[wall.Hour()] && f.minute[wall.Minute()]
}

// TestStartsByMinute: a rule fires at every minute that it names and at no other: not at a wall time that the clock
// is set forward over, once at a wall time that comes twice.
func TestStartsByMinute(t *testing.T) {
	for _, c := range []struct{ zone, from string }{
		{"Asia/Ho_Chi_Minh", "2028-02-27"}, {"America/New_York", "2026-03-06"}, {"America/New_York", "2026-10-30"},
		{"Australia/Lord_Howe", "2026-04-03"}, {"Australia/Lord_Howe", "2026-10-02"}, {"America/Havana", "2026-03-06"},
		{"Pacific/Apia", "2011-12-27"}, {"America/Sao_Paulo", "2018-11-02"}, {"America/Sao_Paulo", "2019-02-15"},
	} {
		t.Run(c.zone+" "+c.from, rapid.MakeCheck(func(t *rapid.T) {
			loc, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			from, err := time.ParseInLocation(time.DateOnly, c.from, loc)
			if err != nil {
				t.Fatal(err)
			}
			f := genCron(t)
			spec, err := parseCron(f.expr)
			if err != nil {
				t.Skip(err) // only "never fires" can be drawn
			}
			r, z := newCronRule(spec), newWallZone(loc)
			until := from.Add(4 * 24 * time.Hour)
			var want, got []int64
			latest := int64(0) // a wall time before it comes for the second time
			for m := from; m.Before(until); m = m.Add(time.Minute) {
				wall := m.Unix() + offsetAt(loc, m.Unix())
				if wall > latest && f.matches(m) {
					want = append(want, m.Unix())
				}
				latest = max(latest, wall)
			}
			r.starts(z, from.Unix(), until.Unix(), func(u int64) { got = append(got, u) })
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("%s in %s\n got %v\nwant %v", f.expr, c.zone, got, want)
			}
			for i, u := range want {
				if i%(1+len(want)/20) != 0 {
					continue
				}
				if n := r.count(z, z.day(from.Unix()), u); n != int64(i) {
					t.Fatalf("%s: ordinal of %d is %d, want %d", f.expr, u, n, i)
				}
			}
		}))
	}
}

// TestStartsAgainstNext holds our expansion against the library's own, where no clock is ever changed.
func TestStartsAgainstNext(t *testing.T) {
	loc, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	rapid.Check(t, func(t *rapid.T) {
		f := genCron(t)
		spec, err := parseCron(f.expr)
		if err != nil {
			t.Skip(err)
		}
		oracle, err := parser.Parse(f.expr)
		if err != nil {
			t.Skip("weekday 7 is ours alone")
		}
		from := time.Date(2026, 1, 1, 0, 0, 0, 0, loc).AddDate(0, 0, rapid.IntRange(0, 1500).Draw(t, "day"))
		until := from.AddDate(0, 3, 0)
		var got []time.Time
		newCronRule(spec).starts(newWallZone(loc), from.Unix(), until.Unix(), func(u int64) {
			got = append(got, time.Unix(u, 0).In(loc))
		})
		at := from.Add(-time.Second)
		for i := 0; ; i++ {
			at = oracle.Next(at)
			if at.IsZero() || !at.Before(until) {
				if i != len(got) {
					t.Fatalf("%s: %d starts, the library has %d", f.expr, len(got), i)
				}
				return
			}
			if i > 500 {
				return
			}
			if i >= len(got) || !got[i].Equal(at) {
				t.Fatalf("%s: start %d differs from the library's %v", f.expr, i, at)
			}
		}
	})
}
