package player

import (
	"context"
	"errors"
	"testing"
	"time"

	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

func refusal(err error) string {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

// An emergency that is to be repeated sounds in whole rounds until its end, and its record is no longer than one round.
func TestEmergencyIsRepeatedUntilItsEnd(t *testing.T) {
	long(t)
	o := five(t, nil, func(w *world) {
		w.until("04:10:00")
		w.emergency("e", func(r *PlayRequest) { r.For, r.PauseMS = 5*time.Minute, 10000 })
		w.until("04:12:00")
		on := w.player.Now().OnAir
		if on == nil || on.Ends.Sub(w.clock.Now()).Round(time.Second) != 3*time.Minute {
			w.t.Errorf("two minutes in: %+v", on)
		}
		w.until("04:20:00")
	})["emergency:e"]
	want(t, o, evidence.Full, "vỡ đê", 290000) // ten clips and nine pauses; an eleventh would not have ended in time
	if len(o.Items) != 2 || o.Items[0].Times != 10 || o.Items[0].TakenMS != 200000 || o.Items[1].Times != 9 || o.PlannedMS != o.AiredMS {
		t.Errorf("items %+v, planned %d ms", o.Items, o.PlannedMS)
	}
}

// So many times, and no more.
func TestEmergencyIsRepeatedSoManyTimes(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("04:10:00")
		w.emergency("e", func(r *PlayRequest) { r.Repeat = 3 })
		w.until("04:50:00")
	})["emergency:e"]
	want(t, o, evidence.Full, "vỡ đê", 66000)
}

// Every emergency has an end, also one that is a single long clip; it may be put off while it sounds.
func TestEmergencyEndsAndIsExtended(t *testing.T) {
	long(t)
	if d := schedule.DefaultSettings().EmergencyMaxS; d != 1800 {
		t.Errorf("by default an emergency ends after %d s", d)
	}
	for by, aired := range map[time.Duration]int64{0: 180000, time.Minute: 240000} {
		o := five(t, func(w *world) {
			w.in.Settings.EmergencyMaxS = 180 // as half an hour, and sooner over
			w.clip("long", 10*time.Minute)
		}, func(w *world) {
			w.until("04:00:30")
			w.emergency("e", func(r *PlayRequest) { r.ClipID = "long" })
			w.until("04:02:30")
			if by > 0 {
				ends, err := w.player.Extend(context.Background(), "user:lan", "emergency:e", by)
				if err != nil || ends.Sub(moment("04:04:30")).Abs() > time.Second {
					w.t.Errorf("extended until %s: %v", ends, err)
				}
			}
			w.until("04:58:00")
		})["emergency:e"]
		want(t, o, evidence.Partial, "term_end", aired)
	}
}

// What cannot be extended says why.
func TestExtendIsRefused(t *testing.T) {
	five(t, nil, func(w *world) {
		ctx := context.Background()
		if _, err := w.player.Extend(ctx, "user:lan", "emergency:e", time.Minute); refusal(err) != "nothing_on_air" {
			w.t.Errorf("with nothing on air: %v", err)
		}
		w.emergency("e", nil)
		w.emergency("waits", nil)
		time.Sleep(5 * time.Second)
		for id, c := range map[string]struct {
			by   time.Duration
			code string
		}{"emergency:e": {-time.Minute, "bad_length"}, "": {7 * time.Hour, "bad_length"}, "emergency:x": {time.Minute, "nothing_on_air"}, "emergency:waits": {time.Minute, ""}} {
			if _, err := w.player.Extend(ctx, "user:lan", id, c.by); refusal(err) != c.code {
				w.t.Errorf("%q by %s: %v, want %q", id, c.by, err, c.code)
			}
		}
	})
}

// Of two emergencies the later waits, unless the person says that it is to take the place of the earlier.
func TestTwoEmergencies(t *testing.T) {
	long(t)
	for _, replace := range []bool{false, true} {
		out := five(t, nil, func(w *world) {
			w.until("04:10:00")
			w.emergency("first", func(r *PlayRequest) { r.Repeat = 10 })
			w.until("04:10:10")
			w.emergency("second", nil)
			if s := w.player.Now(); s.OnAir.Broadcast != "emergency:first" {
				w.t.Errorf("on air: %+v", s.OnAir)
			}
			w.emergency("third", func(r *PlayRequest) { r.Replace = replace })
			w.until("04:50:00")
		})
		first, second, third := out["emergency:first"], out["emergency:second"], out["emergency:third"]
		if replace {
			want(t, first, evidence.Preempted, "replaced", 10000)
			if first.Person != "user:hai" || !third.Started.Before(second.Started.Time) {
				t.Errorf("replaced by %q; third at %s, second at %s", first.Person, third.Started, second.Started)
			}
			continue
		}
		want(t, first, evidence.Full, "vỡ đê", 227000)
		if !second.Started.Before(third.Started.Time) || first.Ended.After(second.Started.Time) {
			t.Errorf("first ended %s, second %s, third %s", first.Ended, second.Started, third.Started)
		}
	}
}

// In quiet hours an operator needs a clip that was approved for disasters, and the name of whoever gave the order, which
// is recorded. A clip of another kind stays silent.
func TestOperatorInQuietHoursNeedsAnOrder(t *testing.T) {
	out := five(t, func(w *world) {
		w.in.Settings.QuietHours = []schedule.DailySpan{{From: "21:00", To: "04:30"}}
		w.clip("flood", 20*time.Second)
		c := w.in.Clips["flood"]
		c.Tags = []string{DisasterTag}
		w.in.Clips["flood"] = c
	}, func(w *world) {
		for _, c := range []struct{ clip, by, code string }{
			{"flood", "", "order_missing"}, {"b", "Chủ tịch xã", "quiet_hours"}, {"flood", "Chủ tịch xã", ""},
		} {
			_, err := w.player.Play(context.Background(), PlayRequest{ClipID: c.clip, Kind: Emergency, Reason: "lũ về", RequestID: c.clip + c.by, Actor: "user:lan", OrderedBy: c.by})
			if refusal(err) != c.code {
				w.t.Errorf("%s by order of %q: %v, want %q", c.clip, c.by, err, c.code)
			}
		}
		time.Sleep(time.Minute)
	})
	o := out["emergency:floodChủ tịch xã"]
	want(t, o, evidence.Full, "lũ về (theo lệnh của Chủ tịch xã)", 20000)
	if o.Person != "user:lan" {
		t.Errorf("person %q", o.Person)
	}
}

// One that may not sound in quiet hours is cut at their border; one that may goes on.
func TestEmergencyAtTheBorderOfQuietHours(t *testing.T) {
	for override, aired := range map[bool]int64{false: 30000, true: 83000} {
		out := five(t, func(w *world) {
			w.in.Settings.QuietHours = []schedule.DailySpan{{From: "04:30", To: "04:50"}}
		}, func(w *world) {
			w.until("04:29:30")
			w.emergency("e", func(r *PlayRequest) { r.For, r.MayOverrideQuiet = 100*time.Second, override })
			w.until("04:45:00")
		})
		if o := out["emergency:e"]; o.AiredMS < aired-1100 || o.AiredMS > aired+9100 {
			t.Errorf("override %t: %s (%s), aired %d ms", override, o.Outcome, o.Reason, o.AiredMS)
		} else if !override {
			want(t, o, evidence.Partial, "quiet_border", aired)
		}
	}
}

// An emergency passes while the station rests by order, and while its clock is not believed.
func TestEmergencyPassesHoldAndDoubt(t *testing.T) {
	out := five(t, nil, func(w *world) {
		if err := w.player.Hold(context.Background(), "user:lan", "", time.Time{}); err != nil {
			w.t.Fatal(err)
		}
		w.clock.Step(-13 * time.Hour)
		w.emergency("e", nil)
		time.Sleep(time.Minute)
	})
	want(t, out["emergency:e"], evidence.Full, "vỡ đê", 20000)
}

// A clip of an emergency that cannot be read must not fill the log with rounds of nothing.
func TestEmergencyWithoutASoundEnds(t *testing.T) {
	var starts []string
	out := five(t, func(w *world) { w.broken = "b" }, func(w *world) {
		w.until("04:10:00")
		w.emergency("e", func(r *PlayRequest) { r.For = 5 * time.Minute })
		w.until("04:12:00")
		starts = w.starts()
		if s := w.player.Now(); s.State != Resting {
			w.t.Errorf("two minutes later it is %s", s.State)
		}
	})
	if o := out["emergency:e"]; o.Outcome != evidence.Missed || len(starts) != 0 {
		t.Errorf("%s (%s), begun %v", o.Outcome, o.Reason, starts)
	}
}

// A rehearsal sounds at the station's low volume.
func TestRehearsalIsQuiet(t *testing.T) {
	o := five(t, func(w *world) { w.in.Settings.RehearsalPercent = 20 }, func(w *world) {
		if _, err := w.player.Play(context.Background(), PlayRequest{ClipID: "a", Kind: Rehearsal, RequestID: "r", Actor: "user:lan"}); err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(time.Minute)
	})["rehearsal:r"]
	if want(t, o, evidence.Full, "", 20000); o.Volume != 20 {
		t.Errorf("volume %d", o.Volume)
	}
}
