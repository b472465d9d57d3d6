package player

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"loaxa/audio"
	"loaxa/player/alarm"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

var sceneStart = time.Date(2026, 11, 24, 4, 0, 0, 0, time.FixedZone("+07", 7*3600))

// five makes a station with one programme at 05:00 of two clips of 20 s, and runs play in a bubble of time.
func five(t *testing.T, change func(*world), play func(*world)) map[string]evidence.OutcomeBody {
	t.Helper()
	out := map[string]evidence.OutcomeBody{}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, sceneStart)
		w.in.Settings.QuietHours = nil
		w.clip("a", 20*time.Second)
		w.clip("b", 20*time.Second)
		w.programme(schedule.Programme{ID: "p", Title: "Cảnh báo", Cron: "0 5 * * *", LatenessS: 600, EffectiveFrom: sceneStart},
			schedule.Item{Kind: schedule.KindClip, ClipID: "a"}, schedule.Item{Kind: schedule.KindClip, ClipID: "b"})
		if change != nil {
			change(w)
		}
		w.boot()
		play(w)
		synctest.Wait()
		h := w.history()
		w.quit()
		h.check(t, w.clock.Now().Add(-time.Minute))
		for id, o := range h.outcomes {
			out[id] = o[0]
		}
	})
	return out
}

const fiveID = "p@2026-11-24T05:00:00+07:00"

// until sleeps until a time of the scene's day by the station's clock.
func (w *world) until(hhmmss string) {
	at, err := time.ParseInLocation("2006-01-02 15:04:05", "2026-11-24 "+hhmmss, sceneStart.Location())
	if err != nil {
		w.t.Fatal(err)
	}
	time.Sleep(at.Sub(w.clock.Now()))
	synctest.Wait()
}

func want(t *testing.T, o evidence.OutcomeBody, word evidence.Outcome, reason string, airedMS int64) {
	t.Helper()
	if o.Outcome != word || o.Reason != reason {
		t.Errorf("outcome %s (%s), want %s (%s)", o.Outcome, o.Reason, word, reason)
	}
	// The simulated speaker takes sound second by second.
	if d := o.AiredMS - airedMS; d < -1100 || d > 1100 {
		t.Errorf("aired %d ms, want about %d", o.AiredMS, airedMS)
	}
}

func TestBroadcastOnTime(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("05:00:10")
		s := w.player.Now()
		if s.State != Playing || s.OnAir.Title != "Cảnh báo" || s.OnAir.Items != 2 || s.OnAir.ItemTitle != "Clip a" {
			w.t.Errorf("ten seconds in: %+v %+v", s, s.OnAir)
		}
		w.until("05:02:00")
		if s := w.player.Now(); s.State != Resting || s.Next == nil || s.Next.Due.Day() != 25 {
			w.t.Errorf("afterwards: %+v", s)
		}
	})[fiveID]
	want(t, o, evidence.Full, "", 40000)
	if o.PlannedMS != 40000 || o.AiredMS != 40000 || len(o.Items) != 2 || o.Items[1].Clip.SHA256 != "b" {
		t.Errorf("what was aired: %+v", o)
	}
	if o.Output != "virtual" || o.Evidence != 1 || o.StationCode != "SIM" {
		t.Errorf("output %q, evidence %d, station %q: a virtual speaker must not prove more than 1", o.Output, o.Evidence, o.StationCode)
	}
}

func TestStopIsPartialByName(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("05:00:25")
		if id, err := w.player.Stop(context.Background(), "user:lan"); err != nil || id != fiveID {
			w.t.Errorf("stop: %q %v", id, err)
		}
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Partial, "stopped", 25000)
	if o.Person != "user:lan" {
		t.Errorf("person %q", o.Person)
	}
}

func TestStopWithNothingOnAirIsRefused(t *testing.T) {
	five(t, nil, func(w *world) {
		_, err := w.player.Stop(context.Background(), "user:lan")
		var r *Refusal
		if !errors.As(err, &r) || r.Code != "nothing_on_air" {
			w.t.Errorf("got %v", err)
		}
	})
}

func TestNoDeviceIsMissedNeverFull(t *testing.T) {
	o := five(t, func(w *world) { w.deaf.Store(true) }, func(w *world) {
		w.until("05:05:00")
		if a := w.alarms.Snapshot(); len(a) == 0 || a[0].Code != alarm.NoDevice {
			w.t.Errorf("alarms %+v, want %s", a, alarm.NoDevice)
		}
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Missed, "no_device", 0)
	if o.Evidence != 0 || !o.Started.IsZero() {
		t.Errorf("evidence %d, started %s", o.Evidence, o.Started)
	}
}

func TestDeviceThatComesBackInTimeIsLate(t *testing.T) {
	o := five(t, func(w *world) { w.deaf.Store(true) }, func(w *world) {
		w.until("05:03:00")
		w.deaf.Store(false)
		w.until("05:30:00")
		if a := w.alarms.Snapshot(); slices.ContainsFunc(a, func(x alarm.Alarm) bool { return x.Code == alarm.NoDevice }) {
			w.t.Error("the alarm still stands")
		}
	})[fiveID]
	want(t, o, evidence.Late, "", 40000)
}

func TestCrashOnAirGoesOnAtTheItem(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("05:00:30")
		w.crash(10 * time.Second)
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Full, "", 40000)
}

func TestPulledPlugOnAirIsPartial(t *testing.T) {
	cut := func(w *world) {
		w.until("05:00:25")
		w.powerCut(10*time.Second, true)
		w.until("05:30:00")
	}
	o := five(t, nil, cut)[fiveID]
	want(t, o, evidence.Partial, "power_cut", 20000) // what the last record before the cut says
	if o.OutageFrom.IsZero() || o.OutageUntil.IsZero() {
		t.Error("the outage is not stated")
	}
	o = five(t, func(w *world) { w.in.Programmes[0].ResumeAfterPowerCut = true }, cut)[fiveID]
	want(t, o, evidence.Full, "", 40000)
}

func TestSleptThroughIsMissedWithTheOutage(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("04:50:00")
		w.powerCut(30*time.Minute, true)
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Missed, "power_cut", 0)
	if o.OutageUntil.Sub(o.OutageFrom.Time) < 29*time.Minute {
		t.Errorf("outage %s to %s", o.OutageFrom, o.OutageUntil)
	}
}

func TestTwelveDaysDarkAreAllExplained(t *testing.T) {
	out := five(t, nil, func(w *world) {
		time.Sleep(time.Hour / 2)
		w.powerCut(12*24*time.Hour, true)
		time.Sleep(time.Hour)
	})
	missed := 0
	for _, o := range out {
		if o.Outcome == evidence.Missed && o.Reason == "power_cut" {
			missed++
		}
	}
	if missed != 12 || len(out) != 13 {
		t.Errorf("%d outcomes, %d of them missed by the power cut; want 13 and 12", len(out), missed)
	}
}

func TestHold(t *testing.T) {
	out := five(t, nil, func(w *world) {
		if err := w.player.Hold(context.Background(), "user:lan", "đám tang", time.Time{}); err != nil {
			w.t.Fatal(err)
		}
		w.crash(time.Second) // a hold survives a restart
		w.until("05:30:00")
		if s := w.player.Now(); s.Hold == nil || s.Hold.By != "user:lan" {
			w.t.Errorf("hold %+v", s.Hold)
		}
		if err := w.player.Release(context.Background(), "user:lan"); err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(24 * time.Hour)
	})
	want(t, out[fiveID], evidence.Skipped, "hold", 0)
	want(t, out["p@2026-11-25T05:00:00+07:00"], evidence.Full, "", 40000)
}

func TestReleasedInsideItsWindowIsLate(t *testing.T) {
	o := five(t, nil, func(w *world) {
		until := sceneStart.Add(65 * time.Minute)
		if err := w.player.Hold(context.Background(), "user:lan", "", until); err != nil {
			w.t.Fatal(err)
		}
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Late, "", 40000)
}

func TestPausedAfterItWasPromisedIsCancelledByName(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("04:30:00")
		w.edit(0, func(p *schedule.Programme) { p.Paused = true })
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Cancelled, "withdrawn", 0)
	if o.Person != "user:sim" {
		t.Errorf("person %q", o.Person)
	}
}

func TestPausedAndTakenBackSoundsAsPlanned(t *testing.T) {
	o := five(t, nil, func(w *world) {
		for _, paused := range []bool{true, false} {
			w.edit(0, func(p *schedule.Programme) { p.Paused = paused })
			time.Sleep(time.Minute)
		}
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Full, "", 40000)
}

func TestClockSteppedOverIt(t *testing.T) {
	for _, c := range []struct {
		step   time.Duration
		word   evidence.Outcome
		reason string
		aired  int64
	}{
		{time.Hour, evidence.Missed, "clock_step", 0},
		{35 * time.Minute, evidence.Late, "", 40000},
	} {
		o := five(t, nil, func(w *world) {
			w.until("04:30:00")
			w.clock.Step(c.step)
			time.Sleep(time.Hour)
		})[fiveID]
		want(t, o, c.word, c.reason, c.aired)
	}
}

func TestClockSteppedBackSoundsOnce(t *testing.T) {
	out := five(t, nil, func(w *world) {
		w.until("05:10:00")
		w.clock.Step(-30 * time.Minute)
		time.Sleep(time.Hour)
	})
	if len(out) != 1 {
		t.Errorf("%d outcomes, want 1", len(out))
	}
	want(t, out[fiveID], evidence.Full, "", 40000)
}

func TestEmergencyCutsAndIsNotAnOccurrence(t *testing.T) {
	out := five(t, nil, func(w *world) {
		w.until("05:00:10")
		req := PlayRequest{ClipID: "b", Kind: Emergency, Reason: "vỡ đê", RequestID: "r1", Actor: "user:hai"}
		if _, err := w.player.Play(context.Background(), req); err != nil {
			w.t.Fatal(err)
		}
		w.until("05:01:00")
		_, err := w.player.Play(context.Background(), req)
		var r *Refusal
		if !errors.As(err, &r) || r.Code != "repeated" {
			w.t.Errorf("the same request again: %v", err)
		}
		w.until("05:30:00")
	})
	want(t, out[fiveID], evidence.Preempted, "preempted", 10000)
	e := out["emergency:r1"]
	want(t, e, evidence.Full, "vỡ đê", 20000)
	if e.Occurrence != "" || e.Why != "emergency" || e.Person != "user:hai" || e.LatenessMS > 1500 {
		t.Errorf("emergency %+v", e)
	}
}

func TestRehearsalGivesWay(t *testing.T) {
	out := five(t, nil, func(w *world) {
		w.until("04:59:45")
		id, err := w.player.Play(context.Background(), PlayRequest{ClipID: "b", Kind: Rehearsal, RequestID: "r", Actor: "user:lan"})
		if err != nil || id != "rehearsal:r" {
			w.t.Fatal(id, err)
		}
		w.until("05:30:00")
	})
	want(t, out["rehearsal:r"], evidence.Partial, "overlap", 12000)
	want(t, out[fiveID], evidence.Full, "", 40000)
}

func TestQuietHoursBindAskedForSound(t *testing.T) {
	five(t, func(w *world) {
		w.in.Settings.QuietHours = []schedule.DailySpan{{From: "21:00", To: "04:30"}}
	}, func(w *world) {
		for _, c := range []struct {
			req  PlayRequest
			code string
		}{
			{PlayRequest{ClipID: "a", Kind: Rehearsal, Actor: "u"}, "quiet_hours"},
			{PlayRequest{ClipID: "a", Kind: Emergency, Reason: "bão", Actor: "u"}, "quiet_hours"},
			{PlayRequest{ClipID: "a", Kind: Emergency, Actor: "u", MayOverrideQuiet: true}, "reason_missing"},
			{PlayRequest{ClipID: "x", Kind: Rehearsal, Actor: "u"}, "no_clip"},
			{PlayRequest{PlaylistID: "x", Kind: Rehearsal, Actor: "u"}, "no_playlist"},
			{PlayRequest{ClipID: "a", Kind: Emergency, Reason: "bão", Actor: "u", MayOverrideQuiet: true, NotAfter: sceneStart.Add(-time.Second)}, "too_late"},
		} {
			_, err := w.player.Play(context.Background(), c.req)
			var r *Refusal
			if !errors.As(err, &r) || r.Code != c.code {
				w.t.Errorf("%+v: %v, want %s", c.req, err, c.code)
			}
		}
		if _, err := w.player.Play(context.Background(), PlayRequest{ClipID: "a", Kind: Emergency, Reason: "bão", Actor: "u", MayOverrideQuiet: true}); err != nil {
			w.t.Errorf("an approver's emergency: %v", err)
		}
		time.Sleep(time.Minute)
	})
}

// What begins late must not run into quiet hours that the plan kept clear of.
func TestLateStartDoesNotCreepIntoQuietHours(t *testing.T) {
	o := five(t, func(w *world) {
		w.in.Settings.QuietHours = []schedule.DailySpan{{From: "05:01", To: "05:09"}}
		w.deaf.Store(true)
	}, func(w *world) {
		w.until("05:00:30")
		w.crash(5 * time.Second)
		w.deaf.Store(false)
		w.until("05:30:00")
	})[fiveID]
	want(t, o, evidence.Skipped, "quiet_hours", 0)
}

// Nor must what goes on after a lost device.
func TestResumptionDoesNotCreepIntoQuietHours(t *testing.T) {
	o := five(t, func(w *world) {
		w.in.Settings.QuietHours = []schedule.DailySpan{{From: "05:01", To: "05:30"}}
	}, func(w *world) {
		w.until("05:00:15")
		w.deaf.Store(true)
		w.mu.Lock()
		line := w.line
		w.mu.Unlock()
		if err := line.Close(); err != nil {
			w.t.Fatal(err)
		}
		w.until("05:00:50")
		w.deaf.Store(false)
		w.until("05:40:00")
	})[fiveID]
	want(t, o, evidence.Partial, "quiet_border", 15000)
}

func TestUnusableClipIsSkippedOverAndSaid(t *testing.T) {
	out := map[string]evidence.OutcomeBody{}
	for id, o := range five(t, func(w *world) { w.broken = "a" }, func(w *world) { w.until("05:30:00") }) {
		out[id] = o
	}
	want(t, out[fiveID], evidence.Partial, "clip_unusable", 20000)
}

func TestPlanReachIsBounded(t *testing.T) {
	in := schedule.Input{Settings: schedule.DefaultSettings()}
	in.Settings.QuietHours = nil
	in.Clips = map[string]schedule.ClipFact{"a": {ID: "a", Frames: audio.Rate, State: "approved"}}
	in.Playlists = map[string]schedule.Playlist{"l": {ID: "l", Mode: schedule.ModeAll, Items: []schedule.Item{{Kind: schedule.KindClip, ClipID: "a"}}}}
	in.Programmes = []schedule.Programme{{ID: "p", PlaylistID: "l", Cron: "* * * * *", Class: schedule.Ordinary, Zone: "main", VolumePercent: 100, EffectiveFrom: sceneStart}}
	occs, until := new(Player).ahead(in, sceneStart)
	if len(occs) != planMost || !occs[len(occs)-1].Due.Before(until) {
		t.Errorf("%d occurrences until %s", len(occs), until)
	}
	for _, o := range schedule.Plan(in, sceneStart, until) {
		if !slices.ContainsFunc(occs, func(x schedule.Occurrence) bool { return x.ID == o.ID }) {
			t.Fatalf("%s lies inside the stated reach and is not stated", o.ID)
		}
	}
}
