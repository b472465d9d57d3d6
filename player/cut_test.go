package player

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"loaxa/player/judge"
	"loaxa/player/playlog/evidence"
	"loaxa/player/speaker"
	"loaxa/schedule"
)

// What was heard before a crash stays on record, whatever keeps the rest from the air.
func TestWhatWasHeardBeforeACrashIsNotForgotten(t *testing.T) {
	for name, change := range map[string]func(*world){
		"programme paused": func(w *world) {
			w.in.Programmes = slices.Clone(w.in.Programmes)
			w.in.Programmes[0].Paused = true
		},
		"quiet hours": func(w *world) {
			w.in.Settings.QuietHours = []schedule.DailySpan{{From: "05:00", To: "05:30"}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := five(t, nil, func(w *world) {
				w.until("05:00:30")
				w.die()
				change(w)
				w.boot()
				w.until("05:30:00")
			})[fiveID]
			if o.Outcome != evidence.Partial || o.AiredMS < 19000 {
				t.Errorf("outcome %s (%s), aired %d ms; 20 s and more were heard", o.Outcome, o.Reason, o.AiredMS)
			}
		})
	}
}

// Somebody pressed DỪNG and was answered; a crash right after must not bring the sound back.
func TestStopOutlivesACrash(t *testing.T) {
	for _, at := range []string{"05:00:25", "04:59:58"} {
		o := five(t, nil, func(w *world) {
			w.until(at)
			if _, err := w.player.Stop(context.Background(), "user:lan"); err != nil {
				w.t.Fatal(err)
			}
			w.crash(2 * time.Second)
			w.until("05:30:00")
		})[fiveID]
		if o.Reason != judge.ReasonStopped || o.Person != "user:lan" || o.AiredMS > 26000 {
			t.Errorf("stopped at %s: %s (%s) by %q, aired %d ms", at, o.Outcome, o.Reason, o.Person, o.AiredMS)
		}
	}
}

// A clip that cannot be opened must not make a crash repeat what was heard after it.
func TestCrashAfterAnUnusableClipRepeatsNothing(t *testing.T) {
	o := five(t, func(w *world) {
		w.clip("c", 20*time.Second)
		l := w.in.Playlists["l-p"]
		l.Items = append(slices.Clone(l.Items), schedule.Item{Kind: schedule.KindClip, ClipID: "c"})
		w.in.Playlists["l-p"] = l
		w.broken = "a"
	}, func(w *world) {
		w.until("05:00:30")
		w.crash(time.Second)
		synctest.Wait()
		w.until("05:30:00")
		starts := map[int]int{}
		err := w.log.Read(0, w.log.Size(), func(_ int64, raw []byte) error {
			_, body, err := decodeRecord(raw)
			if s, ok := body.(evidence.Start); ok {
				starts[s.Item]++
			}
			return err
		})
		if err != nil || starts[1] != 1 || starts[2] != 2 {
			w.t.Errorf("items started %v times (%v), want item 1 once and item 2 twice", starts, err)
		}
	})[fiveID]
	want(t, o, evidence.Partial, "clip_unusable", 40000)
}

// A playlist changed while the program was down must not be said to have sounded for what the old one did.
func TestChangedPlaylistDoesNotInheritWhatWasHeard(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("05:00:30")
		w.die()
		w.clip("c", 20*time.Second)
		w.clip("d", 20*time.Second)
		l := w.in.Playlists["l-p"]
		l.Items = []schedule.Item{{Kind: schedule.KindClip, ClipID: "c"}, {Kind: schedule.KindClip, ClipID: "d"}}
		w.in.Playlists["l-p"] = l
		w.boot()
		w.until("05:30:00")
	})[fiveID]
	if o.Outcome != evidence.Partial || len(o.Items) == 0 || o.Items[0].Clip.ID != "a" || o.AiredMS < 19000 {
		t.Errorf("outcome %s (%s), aired %d ms: %+v", o.Outcome, o.Reason, o.AiredMS, o.Items)
	}
}

// An emergency that a crash cut says what it was, not only that it was.
func TestCutEmergencyKeepsItsFacts(t *testing.T) {
	o := five(t, nil, func(w *world) {
		w.until("04:30:00")
		if _, err := w.player.Play(w.t.Context(), PlayRequest{ClipID: "b", Kind: Emergency, Reason: "vỡ đê", RequestID: "r", Actor: "user:hai"}); err != nil {
			w.t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		w.crash(time.Second)
		time.Sleep(time.Minute)
	})["emergency:r"]
	if o.Outcome != evidence.Partial || o.Title != "Clip b" || o.PlannedMS != 20000 {
		t.Errorf("%s, title %q, planned %d ms", o.Outcome, o.Title, o.PlannedMS)
	}
}

// What went to a weaker output before the program was cut stays weak, whether it goes on or not.
func TestCutBroadcastKeepsTheWeakestOutput(t *testing.T) {
	past := judge.NewPast()
	read := func(kind evidence.Kind, body evidence.Body) { past.Read(evidence.Record{Kind: kind}, body) }
	read(evidence.KindStart, evidence.Start{Broadcast: "p@1", Item: 0, Items: 2, Output: "hardware"})
	read(evidence.KindDevice, evidence.Device{What: "moved", Device: "auto_null", Output: "unproven"})
	read(evidence.KindProgress, evidence.Progress{Broadcast: "p@1", Item: 0, Taken: 48000, Onset: evidence.At(sceneStart)})
	begun := past.Begun["p@1"]

	b := scheduledBroadcast(schedule.Occurrence{Items: []schedule.PlannedItem{{Frames: 96000}, {Frames: 96000}}}, &debt{begun: begun})
	b.sentTo(speaker.Info{Device: "card", Output: "hardware"})
	if b.output != evidence.Unproven {
		t.Errorf("gone on with, it claims %s; its first second went to an unproven output", b.output)
	}
	p := &Player{opts: Options{Input: func() schedule.Input { return schedule.Input{} }}}
	o := p.traced(judge.Ruling{Begun: begun, Outcome: evidence.Partial})
	if o.Output != "unproven" || o.Evidence != 1 {
		t.Errorf("cut, it claims %s and evidence %d", o.Output, o.Evidence)
	}
}
