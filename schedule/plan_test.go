package schedule

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func minutes(n float64) int64 { return int64(n * 60 * sampleRate) }

// station is an input with clips "m1" … "m120" of that many minutes and a playlist "l<clip>" for each.
func station() Input {
	in := Input{Settings: DefaultSettings(), Playlists: map[string]Playlist{}, Clips: map[string]ClipFact{}}
	for _, n := range []int{1, 2, 5, 10, 30, 120, 121} {
		id := fmt.Sprintf("m%d", n)
		in.Clips[id] = ClipFact{ID: id, Frames: minutes(float64(n)), State: "approved"}
		in.Playlists["l"+id] = Playlist{ID: "l" + id, Mode: ModeAll, Items: []Item{{Kind: KindClip, ClipID: id}}}
	}
	return in
}

func programme(id, cron, playlist string) Programme {
	return Programme{ID: id, Title: id, Cron: cron, PlaylistID: playlist, Class: Ordinary, VolumePercent: 100, Zone: MainZone}
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse("2006-01-02 15:04:05 -0700", s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// genInput draws a station that is often overfull, so that waiting and refusing happen.
func genInput(t *rapid.T) Input {
	in := station()
	in.Settings.Zone = rapid.SampledFrom([]string{"Asia/Ho_Chi_Minh", "America/New_York", "Australia/Lord_Howe"}).Draw(t, "zone")
	in.Settings.LatenessS = rapid.Int64Range(1, 3600).Draw(t, "default lateness")
	in.Settings.QuietHours = rapid.SampledFrom([][]DailySpan{
		nil, {}, {{From: "21:00", To: "05:00"}}, {{From: "01:30", To: "02:30"}, {From: "12:00", To: "13:00"}}, {{From: "10:00", To: "10:00"}}, {{From: "00:00", To: "24:00"}},
	}).Draw(t, "quiet")
	in.Playlists["turns"] = Playlist{ID: "turns", Mode: ModeRotate, Items: []Item{
		{Kind: KindClip, ClipID: "m1"}, {Kind: KindClip, ClipID: "m30"}, {Kind: KindClip, ClipID: "gone"}}}
	for _, id := range []string{"m1", "m5", "m30"} {
		c := in.Clips[id]
		c.ValidFrom = rapid.SampledFrom([]Date{"", "", "2026-03-07", "2026-03-08", "2026-03-09"}).Draw(t, id+" from")
		c.ValidUntil = rapid.SampledFrom([]Date{"", "", "2026-03-07", "2026-03-08", "2026-03-09"}).Draw(t, id+" until")
		in.Clips[id] = c
	}
	for i := range rapid.IntRange(1, 6).Draw(t, "programmes") {
		cron := rapid.SampledFrom([]string{"*/5 * * * *", "0 * * * *", "30 6,18 * * *", "15 2 * * *", "59 23 * * *",
			"0 0 1,15 * *", "*/20 8-10 * * 1-5", "40 1-3 * * 7", "0 0 29 2 *"}).Draw(t, "cron")
		p := programme(fmt.Sprintf("p-%d", i), cron, rapid.SampledFrom([]string{"lm1", "lm2", "lm5", "lm10", "lm30", "lm121",
			"turns", "nowhere"}).Draw(t, "playlist"))
		p.Class = rapid.SampledFrom([]Class{Ordinary, Priority, Emergency}).Draw(t, "class")
		p.LatenessS = rapid.SampledFrom([]int64{0, 1, 90, 1200, 7200}).Draw(t, "lateness")
		p.EffectiveFrom = spring.Add(time.Duration(rapid.IntRange(-20*24*3600, 24*3600).Draw(t, "effective")) * time.Second)
		p.ValidFrom = rapid.SampledFrom([]Date{"", "2026-02-20", "2026-03-08", "2020-01-01"}).Draw(t, "from")
		p.ValidUntil = rapid.SampledFrom([]Date{"", "2026-03-08", "2026-04-30"}).Draw(t, "until")
		if rapid.IntRange(0, 4).Draw(t, "single") == 0 {
			p.Cron = ""
			for range rapid.IntRange(1, 5).Draw(t, "starts") {
				p.Starts = append(p.Starts, spring.Add(time.Duration(rapid.IntRange(0, 72*3600).Draw(t, "start"))*time.Second))
			}
		}
		p.Paused = rapid.IntRange(0, 9).Draw(t, "paused") == 0
		in.Programmes = append(in.Programmes, p)
	}
	return in
}

// spring is just before New York sets its clocks forward.
var spring = time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC)

func TestPlanProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := genInput(t)
		from := spring.Add(time.Duration(rapid.IntRange(-24*3600, 24*3600).Draw(t, "window")) * time.Second)
		until := from.Add(48 * time.Hour)
		whole := Plan(in, from, until)
		if again := Plan(in, from, until); !reflect.DeepEqual(whole, again) {
			t.Fatal("asked twice, two plans")
		}
		for range 8 {
			cut := from.Add(time.Duration(rapid.IntRange(0, 48*3600*1000).Draw(t, "cut")) * time.Millisecond)
			if split := append(Plan(in, from, cut), Plan(in, cut, until)...); !same(whole, split) {
				t.Fatalf("split at %v the plan differs:\n%s", cut, difference(whole, split))
			}
		}
		shuffled := in
		shuffled.Programmes = slices.Clone(in.Programmes)
		slices.Reverse(shuffled.Programmes)
		if other := Plan(shuffled, from, until); !same(whole, other) {
			t.Fatalf("the order of programmes changes the plan:\n%s", difference(whole, other))
		}
		everyStartOnce(t, in, from, until, whole)
		oneAtATime(t, in, whole)
		nothingOutOfDate(t, in, whole)
	})
}

// nothingOutOfDate compares days as they are written: a clip may start on its last day and not on the next.
func nothingOutOfDate(t *rapid.T, in Input, plan []Occurrence) {
	loc, err := time.LoadLocation(in.Settings.Zone)
	if err != nil {
		t.Fatal(err)
	}
	day := func(at time.Time) Date { return Date(at.In(loc).Format(time.DateOnly)) }
	for _, o := range plan {
		expired, early, earlyStill := false, false, false
		for _, it := range o.Items {
			c := it.Clip
			expired = expired || c.ValidUntil != "" && day(o.Window()) > c.ValidUntil
			early = early || c.ValidFrom != "" && day(o.Due) < c.ValidFrom
			if o.Verdict != VerdictSkipped && (c.ValidUntil != "" && day(o.Start) > c.ValidUntil || c.ValidFrom != "" && day(o.Start) < c.ValidFrom) {
				t.Fatalf("%s starts at %v with a clip that is valid from %q until %q", o.ID, o.Start, c.ValidFrom, c.ValidUntil)
			}
			earlyStill = earlyStill || c.ValidFrom != "" && day(o.Window()) < c.ValidFrom
		}
		if o.Reason == ReasonExpired && !expired || o.Reason == ReasonNotYet && !early {
			t.Fatalf("%s is refused as %s, which it is not: %+v", o.ID, o.Reason, o.Items)
		}
		if earlyStill && o.Reason != ReasonNotYet && o.Reason != ReasonExpired && o.Reason != ReasonTooLong && o.Reason != ReasonNoClip {
			t.Fatalf("%s is not refused as not yet valid, but for %q", o.ID, o.Reason)
		}
	}
}

func same(a, b []Occurrence) bool { return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b) }

func difference(a, b []Occurrence) string {
	for i := range min(len(a), len(b)) {
		if !reflect.DeepEqual(a[i], b[i]) {
			return fmt.Sprintf("%+v\n%+v", a[i], b[i])
		}
	}
	return fmt.Sprintf("%d and %d occurrences", len(a), len(b))
}

// everyStartOnce finds the starts of each programme by reading its rule minute by minute.
func everyStartOnce(t *rapid.T, in Input, from, until time.Time, plan []Occurrence) {
	loc, err := time.LoadLocation(in.Settings.Zone)
	if err != nil {
		t.Fatal(err)
	}
	planned := map[string]bool{}
	last := Occurrence{}
	for _, o := range plan {
		if planned[o.ID] {
			t.Fatalf("%s is planned twice", o.ID)
		}
		planned[o.ID] = true
		if o.Due.Before(from) || !o.Due.Before(until) {
			t.Fatalf("%s is outside the window", o.ID)
		}
		if o.Due.Before(last.Due) || o.Due.Equal(last.Due) && o.Class.Rank() > last.Class.Rank() {
			t.Fatalf("%s is out of order", o.ID)
		}
		if (o.Verdict == VerdictAirs) != (o.Reason == ReasonNone || o.Reason == ReasonPreempted && len(o.Cuts) > 0) {
			t.Fatalf("%s %s for reason %q", o.ID, o.Verdict, o.Reason)
		}
		if o.Verdict != VerdictWaits && !o.Start.Equal(o.Due) || o.Start.After(o.Window()) {
			t.Fatalf("%s due %v %s at %v", o.ID, o.Due, o.Verdict, o.Start)
		}
		last = o
	}
	want := 0
	for _, p := range in.Programmes {
		if p.Paused {
			continue
		}
		starts := sortedStarts(p.Starts)
		if p.Cron != "" {
			starts = readByMinute(t, p.Cron, loc, from, until)
		}
		for _, s := range starts {
			day := Date(s.In(loc).Format(time.DateOnly))
			if s.Before(from) || !s.Before(until) || s.Before(p.EffectiveFrom) || p.ValidFrom != "" && day < p.ValidFrom ||
				p.ValidUntil != "" && day > p.ValidUntil {
				continue
			}
			if p.ValidFrom == "" && day < Date(p.EffectiveFrom.In(loc).Format(time.DateOnly)) {
				continue
			}
			want++
			if id := p.ID + "@" + s.In(loc).Format(time.RFC3339); !planned[id] {
				t.Fatalf("%s is not in the plan", id)
			}
		}
	}
	if want != len(plan) {
		t.Fatalf("%d occurrences, the rules name %d", len(plan), want)
	}
}

func readByMinute(t *rapid.T, expr string, loc *time.Location, from, until time.Time) []time.Time {
	spec, err := parseCron(expr)
	if err != nil {
		t.Fatal(err)
	}
	r := newCronRule(spec)
	var out []time.Time
	latest := int64(0)
	for m := from.Add(-3 * time.Hour).Truncate(time.Minute); m.Before(until); m = m.Add(time.Minute) {
		_, off := m.In(loc).Zone()
		wall := m.Unix() + int64(off)
		d := newCivilDay(floorDiv(wall, secondsPerDay))
		if wall > latest && r.days.has(nil, d) && slices.Contains(r.seconds, wall-d.number*secondsPerDay) {
			out = append(out, m)
		}
		latest = max(latest, wall)
	}
	return out
}

func oneAtATime(t *rapid.T, in Input, plan []Occurrence) {
	loc, err := time.LoadLocation(in.Settings.Zone)
	if err != nil {
		t.Fatal(err)
	}
	type stretch struct {
		Stretch
		id string
	}
	var onAir []stretch
	for _, o := range plan {
		for _, s := range o.OnAir() {
			onAir = append(onAir, stretch{s, o.ID})
			if !s.From.Before(s.Until) {
				t.Fatalf("%s airs nothing: %+v", o.ID, s)
			}
			for _, q := range in.Settings.QuietHours {
				for m := s.From; m.Before(s.Until); m = m.Add(time.Minute) {
					wall := m.In(loc).Format("15:04")
					if q.From <= q.To && q.From <= wall && wall < q.To || q.From > q.To && (wall >= q.From || wall < q.To) {
						t.Fatalf("%s sounds at %s, in quiet hours", o.ID, wall)
					}
				}
			}
		}
	}
	slices.SortFunc(onAir, func(a, b stretch) int { return a.From.Compare(b.From) })
	for i := 1; i < len(onAir); i++ {
		if onAir[i].From.Before(onAir[i-1].Until) {
			t.Fatalf("%s begins at %v before %s is over", onAir[i].id, onAir[i].From, onAir[i-1].id)
		}
	}
}
