package player

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"loaxa/player/alarm"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
	"loaxa/schedule/clock"
)

// The morning of 5 December 2025 at which a commune's loudspeakers went off at 03:15, and its silent opposite: a clock that
// may be wrong must start nothing, and what it kept silent must be explained once the time is known.

// setTo sets the station's clock to a time of the scene's day, as a person with a phone does.
func (w *world) setTo(hhmmss string) {
	w.t.Helper()
	to, err := time.ParseInLocation("2006-01-02 15:04:05", "2026-11-24 "+hhmmss, sceneStart.Location())
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.player.SetClock(context.Background(), "user:lan", to); err != nil {
		w.t.Fatal(err)
	}
	synctest.Wait()
}

// outcomeNow is what the log says of the broadcast at five by now.
func (w *world) outcomeNow() (evidence.OutcomeBody, bool) {
	w.t.Helper()
	synctest.Wait()
	o := w.history().outcomes[fiveID]
	if len(o) == 0 {
		return evidence.OutcomeBody{}, false
	}
	return o[0], true
}

// silent fails when anything sounds, or when the station does not say why it does not.
func (w *world) silentAndSaid() {
	w.t.Helper()
	if s := w.player.Now(); s.State != Resting {
		w.t.Errorf("at %s by a clock that nobody vouches for: %s", w.clock.Now().Format(time.TimeOnly), s.State)
	}
	if !slices.ContainsFunc(w.alarms.Snapshot(), func(a alarm.Alarm) bool { return a.Code == alarm.ClockHeld }) {
		w.t.Error("the station is silent and does not say why")
	}
	if o, decided := w.outcomeNow(); decided {
		w.t.Errorf("decided %s (%s) by a clock that nobody vouches for", o.Outcome, o.Reason)
	}
}

// Somebody typed 03:15 for 15:15. The rule stands in the plan as refused by quiet hours, and nothing sounds.
func TestProgrammeSavedWithAWrongHourIsSilentAt0315(t *testing.T) {
	out := five(t, func(w *world) {
		w.in.Settings.QuietHours = schedule.DefaultSettings().QuietHours
		w.edit0(func(p *schedule.Programme) { p.Cron = "15 3 * * *" })
	}, func(w *world) {
		time.Sleep(23*time.Hour + 15*time.Minute + 10*time.Second) // 03:15:10
		if s := w.player.Now(); s.State != Resting {
			w.t.Errorf("at 03:15: %s", s.State)
		}
		time.Sleep(time.Hour)
	})
	o := out["p@2026-11-25T03:15:00+07:00"]
	want(t, o, evidence.Skipped, string(schedule.ReasonQuietHours), 0)
}

// edit0 changes the first programme before the station runs.
func (w *world) edit0(change func(*schedule.Programme)) { change(&w.in.Programmes[0]) }

// The machine boots at 15:59 by its own clock while it is 02:59 at night: what is due at 16:00 stays silent.
func TestClockWrongBy13HoursAtBootIsSilent(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"ahead": 13 * time.Hour, "behind": -13 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			out := five(t, func(w *world) {
				w.in.Settings.QuietHours = schedule.DefaultSettings().QuietHours
				w.edit0(func(p *schedule.Programme) { p.Cron = "0 5,16 * * *" })
			}, func(w *world) {
				w.until("04:10:00")
				w.die()
				w.clock.Step(ahead)
				w.clock.SetTrust(clock.Doubtful, 16_000_000)
				w.clock.Reboot("boot-2")
				w.boot()
				for range 13 * 60 { // through 16:00 and 05:00 by the wrong clock
					time.Sleep(time.Minute)
					if s := w.player.Now(); s.State != Resting {
						w.t.Fatalf("%s by a clock that is 13 hours wrong", s.State)
					}
				}
				w.setTo("17:10:00") // 13 hours later it is set right
				time.Sleep(time.Hour)
			})
			for _, id := range []string{fiveID, "p@2026-11-24T16:00:00+07:00"} {
				want(t, out[id], evidence.Skipped, "clock_untrusted", 0)
			}
		})
	}
}

// No power from 04:50 to 05:20, no battery, no network: the clock comes back at 04:50. At its 05:00 nothing may sound, and
// once somebody sets the time the log says why the broadcast at five is missing.
func TestClockRestoredFromDiskAfterAPowerCutIsJudgedWhenSet(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("04:50:00")
		w.blackout(30 * time.Minute)
		time.Sleep(5 * time.Minute) // 04:55 by the clock, 05:25 in truth
		w.silentAndSaid()
		w.setTo("05:25:00")
		if _, decided := w.outcomeNow(); !decided {
			w.t.Error("the time is known and the broadcast at five has no outcome")
		}
		if a := w.alarms.Snapshot(); len(a) != 0 {
			w.t.Errorf("alarms after the time was set: %+v", a)
		}
		time.Sleep(time.Hour)
	})[fiveID]
	want(t, o, evidence.Missed, "power_cut", 0)
	from, until := o.OutageFrom.Format("15:04"), o.OutageUntil.Format("15:04")
	if from != "04:50" && from != "04:00" || until != "05:20" { // the heartbeat comes hourly here
		t.Errorf("mất điện %s–%s, want 04:50–05:20", from, until)
	}
}

// The same, and nobody sets the time before the clock's own five o'clock has passed.
func TestNothingSoundsAtTheWrongFiveOClock(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("04:50:00")
		w.blackout(30 * time.Minute)
		for range 60 {
			time.Sleep(time.Minute)
			w.silentAndSaid()
		}
		w.setTo("06:20:00")
		time.Sleep(time.Hour)
	})[fiveID]
	want(t, o, evidence.Missed, "power_cut", 0)
}

// Control: the same night with the guard switched off. It must sound at the wrong five o'clock, or these tests prove nothing.
func TestWithoutTheGuardItSoundsAtTheWrongFiveOClock(t *testing.T) {
	five(t, func(w *world) { w.in.Settings.ClockRule = allowDoubtful }, func(w *world) {
		w.until("04:50:00")
		w.blackout(30 * time.Minute)
		w.until("05:00:10")
		if s := w.player.Now(); s.State != Playing {
			w.t.Errorf("with the guard off it is %s: the scene does not test the guard", s.State)
		}
		time.Sleep(time.Hour)
	})
}

// Once the time is known, what may still begin begins late; what fell due while nobody knew is refused for that.
func TestHeldBackIsLateInsideItsWindowElseSkipped(t *testing.T) {
	for set, c := range map[string]struct {
		word   evidence.Outcome
		reason string
		aired  int64
	}{
		"05:07:00": {evidence.Late, "", 40000},
		"05:12:00": {evidence.Skipped, "clock_untrusted", 0},
	} {
		o := five(t, nil, func(w *world) {
			w.until("04:30:00")
			w.blackout(20 * time.Minute) // back at 04:50, ten minutes before it is due
			at, err := time.ParseInLocation("2006-01-02 15:04:05", "2026-11-24 "+set, sceneStart.Location())
			if err != nil {
				w.t.Fatal(err)
			}
			time.Sleep(at.Sub(w.clock.Now().Add(20 * time.Minute)))
			w.silentAndSaid()
			w.setTo(set)
			time.Sleep(time.Hour)
		})[fiveID]
		want(t, o, c.word, c.reason, c.aired)
	}
}

// A time server that answers later does what a person does.
func TestSynchronisedLaterJudgesWhatWasHeldBack(t *testing.T) {
	for name, first := range map[string]func(*world){
		"step, then trust": func(w *world) {
			w.clock.Step(30 * time.Minute)
			synctest.Wait()
			w.clock.SetTrust(clock.Synchronised, 500)
		},
		"trust, then step": func(w *world) {
			w.clock.SetTrust(clock.Synchronised, 500)
			w.clock.Step(30 * time.Minute)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := five(t, nil, func(w *world) {
				w.until("04:50:00")
				w.blackout(30 * time.Minute)
				time.Sleep(5 * time.Minute)
				first(w)
				time.Sleep(7 * time.Hour) // the world's pulse
			})[fiveID]
			want(t, o, evidence.Missed, "power_cut", 0)
		})
	}
}

// "Đúng": the time shown is right, and a person says so. Nothing is stepped.
func TestConfirmedClockIsTrusted(t *testing.T) {
	o := five(t, func(w *world) { w.clock.SetTrust(clock.Doubtful, 16_000_000) }, func(w *world) {
		w.until("04:55:00")
		w.silentAndSaid()
		if err := w.player.SetClock(context.Background(), "user:lan", time.Time{}); err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(time.Hour)
	})[fiveID]
	want(t, o, evidence.Full, "", 40000)
}

// What sounds goes on to its end when the trust is lost; what has not sounded yet does not begin.
func TestTrustLostOnAirLetsItFinish(t *testing.T) {
	out := five(t, nil, func(w *world) {
		w.until("05:00:10")
		w.clock.SetTrust(clock.Doubtful, 16_000_000)
		w.until("05:01:00")
		time.Sleep(24 * time.Hour)
		w.clock.SetTrust(clock.Synchronised, 100)
		time.Sleep(7 * time.Hour)
	})
	want(t, out[fiveID], evidence.Full, "", 40000)
	want(t, out["p@2026-11-25T05:00:00+07:00"], evidence.Skipped, "clock_untrusted", 0)
}

func TestTrustLostWhileWarmingUpKeepsItSilent(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("04:59:58")
		if s := w.player.Now(); s.State != WarmingUp {
			w.t.Fatalf("two seconds before: %s", s.State)
		}
		w.clock.SetTrust(clock.Doubtful, 16_000_000)
		w.until("05:05:00")
		w.silentAndSaid()
		w.clock.SetTrust(clock.Synchronised, 100)
		w.clock.Step(0) // wakes the station
		time.Sleep(time.Hour)
	})[fiveID]
	want(t, o, evidence.Late, "", 40000)
}

// A restart in the doubt forgets nothing, also of a broadcast that the power cut on air.
func TestRestartsInTheDoubt(t *testing.T) {
	out := five(t, nil, func(w *world) {
		w.until("05:00:25")
		w.blackout(30 * time.Minute)
		time.Sleep(time.Minute)
		w.crash(time.Minute)
		w.blackout(time.Hour)
		time.Sleep(time.Minute)
		w.setTo("06:40:00")
		time.Sleep(24 * time.Hour)
	})
	want(t, out[fiveID], evidence.Partial, "power_cut", 20000)
	want(t, out["p@2026-11-25T05:00:00+07:00"], evidence.Full, "", 40000)
}

// With a clock that nobody vouches for a person's emergency, rehearsal and STOP work.
func TestPeopleAreObeyedOnAnUntrustedClock(t *testing.T) {
	out := five(t, func(w *world) {
		w.clock.SetTrust(clock.Doubtful, 16_000_000)
		w.in.Settings.QuietHours = []schedule.DailySpan{{From: "03:00", To: "04:30"}} // by the clock in doubt it is quiet now
	}, func(w *world) {
		ctx := context.Background()
		if _, err := w.player.Play(ctx, PlayRequest{ClipID: "a", Kind: Emergency, Reason: "vỡ đê", RequestID: "1", Actor: "user:hai"}); err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if s := w.player.Now(); s.State != Playing {
			w.t.Errorf("an emergency on an untrusted clock: %s", s.State)
		}
		if _, err := w.player.Stop(ctx, "user:hai"); err != nil {
			w.t.Error(err)
		}
		w.until("04:40:00")
		if _, err := w.player.Play(ctx, PlayRequest{ClipID: "a", Kind: Rehearsal, RequestID: "2", Actor: "user:lan"}); err != nil {
			w.t.Error(err)
		}
		time.Sleep(time.Minute)
		w.clock.SetTrust(clock.Set, 0)
		time.Sleep(7 * time.Hour)
	})
	want(t, out["emergency:1"], evidence.Partial, "stopped", 10000)
	want(t, out["rehearsal:2"], evidence.Full, "", 20000)
}

// A restart of the program in the same boot needs nobody to set the clock again.
func TestRestartKeepsThePersonsWord(t *testing.T) {
	five(t, func(w *world) { w.clock.SetTrust(clock.Doubtful, 16_000_000) }, func(w *world) {
		w.setTo("04:10:00")
		w.die()
		w.clock.SetTrust(clock.Doubtful, 16_000_000) // the new process knows nothing of it
		w.boot()
		synctest.Wait()
		if got := w.clock.Stamp().Trust; got != clock.Set {
			w.t.Errorf("after a restart the clock is %s", got)
		}
		w.die()
		w.clock.SetTrust(clock.Doubtful, 16_000_000)
		w.clock.Step(time.Hour) // somebody else set it meanwhile
		w.boot()
		synctest.Wait()
		if got := w.clock.Stamp().Trust; got != clock.Doubtful {
			w.t.Errorf("a clock set by nobody known is %s", got)
		}
		w.setTo("04:12:00")
	})
}

// Twelve days in the dark without a battery: each of them is explained, once, and nothing comes in a burst.
func TestTwelveDaysDarkWithoutABatteryAreAllExplained(t *testing.T) {
	out := five(t, nil, func(w *world) {
		w.until("04:30:00")
		w.blackout(12 * 24 * time.Hour)
		time.Sleep(time.Hour)
		if err := w.player.SetClock(context.Background(), "user:lan", w.clock.Now().Add(12*24*time.Hour)); err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(time.Hour)
	})
	cut, untrusted := 0, 0
	for _, o := range out {
		switch {
		case o.Outcome == evidence.Missed && o.Reason == "power_cut":
			cut++
		case o.Outcome == evidence.Skipped && o.Reason == "clock_untrusted":
			untrusted++
		default:
			t.Errorf("%s: %s (%s)", o.Broadcast, o.Outcome, o.Reason)
		}
	}
	if cut != 12 || untrusted != 1 {
		t.Errorf("%d missed by the power cut and %d by the clock, want 12 and 1", cut, untrusted)
	}
}

// Set back by a person: nothing sounds twice.
func TestSetBackSoundsOnce(t *testing.T) {
	out := five(t, nil, func(w *world) {
		w.until("05:10:00")
		w.setTo("04:40:00")
		time.Sleep(2 * time.Hour)
	})
	if len(out) != 1 {
		t.Errorf("%d outcomes, want 1", len(out))
	}
	want(t, out[fiveID], evidence.Full, "", 40000)
}
