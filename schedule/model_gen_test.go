package schedule

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// spoken is a rule for Plan beside what it means.
type spoken struct {
	cron string
	when *When
	says func(wall time.Time) bool
}

func clockIn(times ...string) func(time.Time) bool {
	return func(w time.Time) bool { return slices.Contains(times, w.Format("15:04")) }
}

func spokenRules(base time.Time) []spoken {
	date := func(days int) Date { return Date(base.AddDate(0, 0, days).Format(time.DateOnly)) }
	noon, night := clockIn("08:10", "11:50", "12:10", "17:55"), clockIn("01:55", "02:10", "23:50")
	noons, nights := []string{"08:10", "11:50", "12:10", "17:55"}, []string{"01:55", "02:10", "23:50"}
	return []spoken{
		{cron: "*/20 * * * *", says: func(w time.Time) bool { return w.Minute()%20 == 0 }},
		{cron: "5-59/25 * * * *", says: func(w time.Time) bool { return w.Minute() == 5 || w.Minute() == 30 || w.Minute() == 55 }},
		{cron: "*/20 * * * *", says: func(w time.Time) bool { return w.Minute()%20 == 0 }},
		{cron: "0,5 6-9 * * *", says: func(w time.Time) bool { return w.Hour() >= 6 && w.Hour() <= 9 && (w.Minute() == 0 || w.Minute() == 5) }},
		{cron: "40 20-22 1,29,31 * *", says: func(w time.Time) bool {
			return slices.Contains([]int{1, 29, 31}, w.Day()) && w.Hour() >= 20 && w.Hour() <= 22 && w.Minute() == 40
		}},
		{cron: "15 */2 29 2 *", says: func(w time.Time) bool { return w.Month() == 2 && w.Day() == 29 && w.Hour()%2 == 0 && w.Minute() == 15 }},
		{when: &When{Form: FormDaily, Times: noons}, says: noon},
		{when: &When{Form: FormDaily, Times: nights}, says: night},
		{when: &When{Form: FormWeekdays, Times: noons, Weekdays: []int{2, 6, 7}}, says: func(w time.Time) bool {
			return noon(w) && slices.Contains([]int{2, 6, 7}, isoWeekday(w))
		}},
		{when: &When{Form: FormMonthly, Times: noons, Weekdays: []int{7}, Nth: []int{1, -1}}, says: func(w time.Time) bool {
			return noon(w) && isoWeekday(w) == 7 && (w.Day() <= 7 || w.AddDate(0, 0, 7).Day() <= 7)
		}},
		{when: &When{Form: FormDates, Times: nights, Dates: []Date{date(0), date(1)}}, says: func(w time.Time) bool {
			return night(w) && slices.Contains([]Date{date(0), date(1)}, Date(w.Format(time.DateOnly)))
		}},
		{when: &When{Form: FormEvery, Times: noons, EveryDays: 2, From: date(-2)}, says: func(w time.Time) bool {
			return noon(w) && slices.Contains([]Date{date(-2), date(0), date(2), date(4)}, Date(w.Format(time.DateOnly)))
		}},
	}
}

// scene is an input with the model of it.
type scene struct {
	in          Input
	all         []*modelled
	from, until time.Time
}

var modelBases = []string{"2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04", "2028-02-29", "2026-12-31", "2026-06-05"}

func genScene(t *rapid.T) scene {
	in := station()
	pick := func(name string, list ...string) string { return rapid.SampledFrom(list).Draw(t, name) }
	num := func(name string, list ...int) int { return rapid.SampledFrom(list).Draw(t, name) }
	base, err := time.Parse(time.DateOnly, pick("base", modelBases...))
	if err != nil {
		t.Fatal(err)
	}
	date := func(days int) Date { return Date(base.AddDate(0, 0, days).Format(time.DateOnly)) }
	s := &in.Settings
	s.Zone = pick("zone", "Asia/Ho_Chi_Minh", "America/New_York", "Australia/Lord_Howe")
	s.LatenessS = int64(num("default lateness", 600, 1, 1800))
	s.PauseMS = int64(num("pause", 0, 2000))
	s.OpeningID, s.ClosingID = pick("opening", "", "ends"), pick("closing", "", "ends")
	s.EntertainmentTags = []string{"ca-nhac"}
	s.QuietHours = rapid.SampledFrom([][]DailySpan{nil, {{From: "21:00", To: "05:00"}}, {{From: "00:30", To: "04:00"}, {From: "12:00", To: "13:00", Days: []int{1, 3, 6, 7}}},
		{{From: "22:30", To: "05:30", Days: []int{5, 6}}}, {{From: "10:00", To: "10:00"}}, {{From: "09:20", To: "11:00"}}}).Draw(t, "quiet")
	crowded := num("crowded", 0, 1) == 1 // nothing but the ladder
	if crowded {
		s.PauseMS, s.OpeningID, s.ClosingID = 0, "", ""
	} else {
		s.Limits = Limits{SessionsPerDay: num("sessions", 0, 0, 0, 3, 8), MinutesPerSession: num("minutes", 0, 0, 0, 20),
			EarliestStart: pick("earliest", "", "", "06:00"), LatestStart: pick("latest", "", "", "20:45", "23:55"), Weekend: pick("weekend", "", "", "", "", "priority", "none")}
	}
	song := ClipFact{ID: "song", Frames: minutes(3), State: "approved", Tags: []string{"ca-nhac"}}
	in.Clips["song"] = song
	clip := func(id string) Item { return Item{Kind: KindClip, ClipID: id} }
	rest := Item{Kind: KindSilence, SilenceMS: 5000}
	in.Playlists["ends"] = Playlist{ID: "ends", Mode: ModeRotate, Items: []Item{clip("song"), clip("m1"), clip("gone")}}
	in.Playlists["many"] = Playlist{ID: "many", Mode: ModeAll, Items: []Item{clip("m5"), clip("song"), rest, clip("m10"), clip("m2")}}
	in.Playlists["pair"] = Playlist{ID: "pair", Mode: ModeAll, Items: []Item{clip("m5"), clip("m10"), clip("m5")}}
	in.Playlists["songs"] = Playlist{ID: "songs", Mode: ModeAll, Items: []Item{rest, clip("song"), clip("song")}}
	in.Playlists["turns"] = Playlist{ID: "turns", Mode: ModeRotate, Items: []Item{clip("m1"), rest, clip("song"), clip("m30"), clip("gone")}}
	for i := range num("days", 0, 1, 3) {
		if crowded {
			break
		}
		from := num("day from", -1, 0, 1)
		in.Days = append(in.Days, SpecialDay{ID: fmt.Sprintf("d-%d", i+1), From: date(from), Until: date(from + num("day long", 0, 1, 2)),
			Use: pick("use", "", "off", "tet"), Mourning: num("mourning", 0, 1) == 1})
	}
	m := newModel(in, base.AddDate(0, 0, -6).Unix(), base.AddDate(0, 0, 5).Unix())
	sc := scene{}
	for i := range rapid.IntRange(1, 6).Draw(t, "programmes") {
		p := programme(fmt.Sprintf("p-%d", i+8), "", pick("list", "lm5", "lm30", "many", "pair", "pair", "songs", "turns", "turns", "nowhere"))
		rule := rapid.SampledFrom(spokenRules(base)).Draw(t, "rule")
		p.Cron, p.When = rule.cron, rule.when
		second := func(name string, lo, hi int) time.Time {
			return base.Add(time.Duration(rapid.IntRange(lo*3600, hi*3600).Draw(t, name)) * time.Second)
		}
		if num("single", 0, 0, 1) == 1 {
			p.Cron, p.When = "", nil
			for range num("starts", 1, 3) {
				p.Starts = append(p.Starts, second("start", 7, 9).Truncate(5*time.Minute)) // borders meet
			}
		}
		p.Class = Class(pick("class", "ordinary", "ordinary", "priority", "priority", "emergency"))
		p.Order = int64(num("order", 0, 0, 1, -1))
		p.LatenessS = int64(num("lateness", 0, 1, 1200, 3600, 3600))
		p.ResumeAfterCut = num("resume", 0, 1) == 1
		p.EffectiveFrom = second("effective", -24, 12)
		p.ValidFrom = Date(pick("from", "", "", string(date(-4)), string(date(0))))
		p.ValidUntil = Date(pick("until", "", "", string(date(0)), string(date(2))))
		p.Opening, p.Closing = pick("own opening", "", "", "none", "lm1", "nowhere"), pick("own closing", "", "", "none", "songs")
		if crowded {
			p.Opening, p.Closing = "none", "none"
		}
		p.Schedule = pick("schedule", "", "", "", "", "", "tet")
		switch num("rests", 0, 0, 0, 0, 1, 2, 3) {
		case 1:
			p.Paused = true
		case 2:
			p.Paused, p.PausedUntil = true, second("paused until", -12, 24)
		case 3:
			p.EndsBefore = second("ends before", 0, 48)
		}
		starts := m.ruleStarts(p, rule.says)
		for j := range num("exceptions", 0, 0, 1, 4) {
			near := slices.IndexFunc(starts, func(u int64) bool { return u >= base.Unix()-20*3600 })
			if near < 0 || near+2*j >= len(starts) {
				break
			}
			at := time.Unix(starts[near+2*j], 0)
			e := Exception{At: at, Cancelled: num("cancelled", 0, 0, 1) == 1}
			if !e.Cancelled {
				e.PlaylistID, e.VolumePercent, e.MakeupOf = pick("other list", "", "lm2", "many"), num("volume", 0, 40), pick("makeup", "", "p-1@x")
				if num("moved", 0, 1) == 1 {
					e.To = at.Add(time.Duration(rapid.IntRange(-120, 120).Draw(t, "moved by")) * time.Minute)
				}
			}
			p.Exceptions = append(p.Exceptions, e)
		}
		in.Programmes = append(in.Programmes, p)
		sc.all = append(sc.all, m.occurrences(p, starts)...)
	}
	m.run(sc.all)
	sc.in = in
	sc.from = base.Add(time.Duration(rapid.IntRange(-12*3600, 12*3600).Draw(t, "window")) * time.Second)
	sc.until = sc.from.Add(40 * time.Hour)
	return sc
}

// TestPlanIsWhatTheLadderSays: who reads LADDER.md and works it out with a clock in hand finds what the plan says.
func TestPlanIsWhatTheLadderSays(t *testing.T) {
	seen := map[string]int{}
	scenes := 0
	rapid.Check(t, func(t *rapid.T) {
		if scenes++; raceDetector && scenes > 15 { // it makes each of them long
			return
		}
		sc := genScene(t)
		plan := Plan(sc.in, sc.from, sc.until)
		for _, q := range sc.all {
			if q.due < sc.from.Unix() || q.due >= sc.until.Unix() {
				continue
			}
			if len(plan) == 0 {
				t.Fatalf("%s is not in the plan", q.o.ID)
			}
			o := plan[0]
			plan = plan[1:]
			if want, got := q.told(), toldOf(o); want != got {
				t.Fatalf("the ladder says\n%s\nthe plan\n%s", want, got)
			}
			seen[string(o.Verdict)+" "+string(o.Reason)]++
			for _, c := range o.Cuts {
				seen[fmt.Sprintf("cut, goes on: %v", !c.Resumes.IsZero())]++
			}
		}
		if len(plan) > 0 {
			t.Fatalf("%s is in the plan, and no rule names it", plan[0].ID)
		}
	})
	t.Log(seen)
	for _, what := range []string{"airs ", "airs preempted", "waits overlap", "skipped overlap", "skipped quiet_hours", "cut, goes on: false"} {
		if seen[what] == 0 && !raceDetector {
			t.Errorf("the scenes never show %q: %v", what, seen)
		}
	}
}

func (q *modelled) told() string {
	o := q.o
	o.Due = time.Unix(q.due, 0)
	if !q.begun {
		o.Start = o.Due
	}
	return toldOf(o)
}

// toldOf is what both say of an occurrence.
func toldOf(o Occurrence) string {
	s := fmt.Sprintf("%s due %d start %d %s %q ordinal %d list %s volume %d makes up %q\n", o.ID, o.Due.Unix(), o.Start.Unix(), o.Verdict, o.Reason,
		o.Ordinal, o.PlaylistID, o.VolumePercent, o.MakeupOf)
	for _, it := range o.Items {
		s += fmt.Sprintf(" %s/%s/%s/%d", it.Kind, it.Part, it.Clip.ID, it.Frames)
	}
	for _, c := range o.Cuts {
		s += fmt.Sprintf("\n cut %d by %s in %d, goes on %d", c.At.Unix(), c.By, c.Item, c.Resumes.Unix())
	}
	return s
}
