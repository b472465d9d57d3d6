package schedule

import (
	"slices"
	"testing"
	"time"
)

// TestVerdicts: each reason for silence is told apart.
func TestVerdicts(t *testing.T) {
	day := at(t, "2026-06-01 00:00:00 +0700")
	for _, c := range []struct {
		name    string
		edit    func(*Input)
		verdict Verdict
		reason  Reason
	}{
		{"airs", func(*Input) {}, VerdictAirs, ReasonNone},
		{"playlist gone", func(in *Input) { in.Programmes[0].PlaylistID = "x" }, VerdictSkipped, ReasonNoPlaylist},
		{"empty playlist", func(in *Input) { in.Playlists["lm5"] = Playlist{Mode: ModeAll} }, VerdictSkipped, ReasonEmpty},
		{"only silence", func(in *Input) {
			in.Playlists["lm5"] = Playlist{Mode: ModeAll, Items: []Item{{Kind: KindSilence, SilenceMS: 1000}}}
		}, VerdictSkipped, ReasonEmpty},
		{"unknown kind", func(in *Input) {
			in.Playlists["lm5"] = Playlist{Mode: ModeAll, Items: []Item{{Kind: "relay"}}}
		}, VerdictSkipped, ReasonBadRule},
		{"unknown mode", func(in *Input) { in.Playlists["lm5"] = Playlist{Mode: "random"} }, VerdictSkipped, ReasonBadRule},
		{"unknown class", func(in *Input) { in.Programmes[0].Class = "vip" }, VerdictSkipped, ReasonBadRule},
		{"clip gone", func(in *Input) { delete(in.Clips, "m5") }, VerdictSkipped, ReasonNoClip},
		{"retired", func(in *Input) { in.Clips["m5"] = ClipFact{Frames: 1, State: "retired"} }, VerdictSkipped, ReasonRetired},
		{"waiting for approval", func(in *Input) { in.Clips["m5"] = ClipFact{Frames: 1, State: "new"} }, VerdictSkipped, ReasonUnapproved},
		{"approval not asked for", func(in *Input) {
			in.Clips["m5"], in.Settings.ApprovalRequired = ClipFact{Frames: 1, State: "new"}, false
		}, VerdictAirs, ReasonNone},
		{"on its last day", dated("", "2026-06-01"), VerdictAirs, ReasonNone},
		{"the day after its last", dated("", "2026-05-31"), VerdictSkipped, ReasonExpired},
		{"on its first day", dated("2026-06-01", ""), VerdictAirs, ReasonNone},
		{"the day before its first", dated("2026-06-02", ""), VerdictSkipped, ReasonNotYet},
		{"a day nobody can read", dated("", "next week"), VerdictSkipped, ReasonBadRule},
		{"retired tells more than expired", func(in *Input) {
			in.Clips["m5"] = ClipFact{Frames: 1, State: "retired", ValidUntil: "2026-05-31"}
		}, VerdictSkipped, ReasonRetired},
		{"just short enough", func(in *Input) { in.Programmes[0].PlaylistID = "lm120" }, VerdictAirs, ReasonNone},
		{"too long", func(in *Input) { in.Programmes[0].PlaylistID = "lm121" }, VerdictSkipped, ReasonTooLong},
		{"hostile length", func(in *Input) { in.Clips["m5"] = ClipFact{Frames: 1 << 62, State: "approved"} }, VerdictSkipped, ReasonTooLong},
		{"ends as quiet begins", func(in *Input) { in.Programmes[0].Cron = "55 20 * * *" }, VerdictAirs, ReasonNone},
		{"sounds into quiet", func(in *Input) { in.Programmes[0].Cron = "56 20 * * *" }, VerdictSkipped, ReasonQuietHours},
		{"begins as quiet ends", func(in *Input) { in.Programmes[0].Cron = "0 5 * * *" }, VerdictAirs, ReasonNone},
		{"before quiet ends", func(in *Input) { in.Programmes[0].Cron = "59 4 * * *" }, VerdictSkipped, ReasonQuietHours},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := station()
			in.Programmes = []Programme{programme("p-1", "30 6 * * *", "lm5")}
			c.edit(&in)
			plan := Plan(in, day, day.AddDate(0, 0, 1))
			if len(plan) != 1 || plan[0].Verdict != c.verdict || plan[0].Reason != c.reason {
				t.Fatalf("got %+v, want one that %s %q", plan, c.verdict, c.reason)
			}
		})
	}
}

func dated(from, until Date) func(*Input) {
	return func(in *Input) {
		c := in.Clips["m5"]
		c.ValidFrom, c.ValidUntil = from, until
		in.Clips["m5"] = c
	}
}

// A clip whose last day is over must not sound because its turn came late: its window ends with that day. It was the other
// broadcast that kept it from the air, and where that ends early there is still room: so the reason is the overlap. A clip
// whose first day has not come when it is due is refused, and does not wait for midnight.
func TestWaitingPastMidnight(t *testing.T) {
	for _, c := range []struct {
		name        string
		from, until Date
		verdict     Verdict
		reason      Reason
	}{
		{"no dates", "", "", VerdictWaits, ReasonOverlap},
		{"expires at midnight", "", "2026-06-01", VerdictSkipped, ReasonOverlap},
		{"valid from midnight", "2026-06-02", "", VerdictSkipped, ReasonNotYet},
		{"valid a day later", "2026-06-03", "", VerdictSkipped, ReasonNotYet},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := station()
			in.Settings.QuietHours = nil
			in.Programmes = []Programme{programme("p-1", "50 23 * * *", "lm30"), programme("p-2", "55 23 * * *", "lm5"),
				programme("p-3", "56 23 * * *", "lm1")}
			for i := range in.Programmes {
				in.Programmes[i].LatenessS = 3600
			}
			dated(c.from, c.until)(&in)
			day := at(t, "2026-06-01 12:00:00 +0700")
			plan := Plan(in, day, day.AddDate(0, 0, 1))
			if len(plan) != 3 || plan[1].Verdict != c.verdict || plan[1].Reason != c.reason {
				t.Fatalf("got %+v, want one that %s %q", plan, c.verdict, c.reason)
			}
			after := plan[1].End() // a refused one must not hold the air
			if c.verdict == VerdictSkipped {
				after = plan[0].End()
			}
			if !plan[2].Start.Equal(after) {
				t.Errorf("the next begins %v, want %v", plan[2].Start, after)
			}
		})
	}
}

func TestRotationTakesTurns(t *testing.T) {
	in := station()
	in.Playlists["l"] = Playlist{ID: "l", Mode: ModeRotate, Items: []Item{
		{Kind: KindClip, ClipID: "m1"}, {Kind: KindClip, ClipID: "m2"}, {Kind: KindClip, ClipID: "m5"}}}
	p := programme("p-1", "0 6,12,18 * * *", "l")
	p.EffectiveFrom = at(t, "2026-05-30 10:00:00 +0700") // 06:00 of that day is counted, though it never was due
	in.Programmes = []Programme{p}
	day := at(t, "2026-06-01 00:00:00 +0700")
	for i, o := range Plan(in, day, day.AddDate(0, 0, 5)) {
		if want := int64(6 + i); o.Ordinal != want {
			t.Errorf("%s has ordinal %d, want %d", o.ID, o.Ordinal, want)
		}
		if want := []string{"m1", "m2", "m5"}[o.Ordinal%3]; len(o.Items) != 1 || o.Items[0].Clip.ID != want {
			t.Errorf("%s plays %+v, want %s", o.ID, o.Items, want)
		}
	}
}

func TestFaultsNameWhatCannotBePlanned(t *testing.T) {
	in := station()
	both := programme("p-3", "0 6 * * *", "lm5")
	both.Starts = []time.Time{spring}
	day := programme("p-4", "0 6 * * *", "lm5")
	day.ValidUntil = "tomorrow"
	in.Programmes = []Programme{both, programme("p-2", "0 6 * *", "lm5"), programme("p-1", "0 6 * * *", "lm5"), day}
	var named []string
	for _, f := range Faults(in) {
		if f.Reason != ReasonBadRule || f.Detail == "" {
			t.Errorf("fault without a reason: %+v", f)
		}
		named = append(named, f.ProgrammeID)
	}
	if !slices.Equal(named, []string{"p-2", "p-3", "p-4"}) {
		t.Errorf("faults name %v", named)
	}
	if plan := Plan(in, spring, spring.AddDate(0, 0, 1)); len(plan) != 1 || plan[0].ProgrammeID != "p-1" {
		t.Errorf("the readable programme is lost among the broken: %+v", plan)
	}
	in.Settings.Zone = "Mars/Olympus"
	if f := Faults(in); len(f) != 1 || f[0].ProgrammeID != "" || len(Plan(in, spring, spring.AddDate(1, 0, 0))) != 0 {
		t.Errorf("unknown zone: faults %+v", f)
	}
}
