package player

import (
	"context"
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"loaxa/schedule"
)

// Stations whose programmes of both classes meet every day, with emergencies that repeat, replace each other and are
// extended, crashes and power cuts in between: whatever cuts what, every promise has one outcome and the log agrees with
// itself. A few days each; a soak test lasts longer.
func TestClashes(t *testing.T) {
	if raceDetector { // it makes each of them long
		clash(t, seeds(t, 1), day)
		return
	}
	clash(t, seeds(t, 2), 2*day)
}

// TestSoakClashes is the same for forty stations.
func TestSoakClashes(t *testing.T) {
	if os.Getenv("LOAXA_SOAK") != "1" {
		t.Skip("forty stations: LOAXA_SOAK=1; two are in TestClashes")
	}
	clash(t, seeds(t, 40), 6*day)
}

func clash(t *testing.T, seeds []uint64, span time.Duration) {
	for _, seed := range seeds {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, seed, sceneStart)
				w.clashingRules()
				w.boot()
				for began := time.Now(); time.Since(began) < span; {
					time.Sleep(time.Duration(w.rnd.IntN(12*3600)) * time.Second)
					w.sleepUntilAir()
					time.Sleep(time.Duration(w.rnd.IntN(60)) * time.Second)
					w.clashingMishap()
				}
				time.Sleep(26 * time.Hour)
				synctest.Wait()
				now, h := w.clock.Now(), w.history()
				w.quit()
				words := h.check(t, now.Add(-time.Minute))
				t.Logf("seed %d: %d promised, %d records, %v", seed, len(h.promised), h.report.Size, words)
			})
		})
	}
}

// clashingRules makes programmes that begin within minutes of each other.
func (w *world) clashingRules() {
	for i := range 6 {
		w.clip(fmt.Sprintf("c-%d", i), time.Duration(1+w.rnd.IntN(60))*time.Second)
	}
	w.in.Settings.QuietHours = []schedule.DailySpan{{From: "21:00", To: "05:00"}, {From: "06:04", To: "06:20"}}
	for i := range 6 {
		items := make([]schedule.Item, 1+w.rnd.IntN(4))
		for k := range items {
			items[k] = schedule.Item{Kind: schedule.KindClip, ClipID: fmt.Sprintf("c-%d", w.rnd.IntN(6))}
		}
		w.programme(schedule.Programme{
			ID: fmt.Sprintf("p-%d", 8+i), Title: fmt.Sprintf("Chương trình %d", i), Cron: fmt.Sprintf("%d 6,17 * * *", w.rnd.IntN(4)),
			Class:     []schedule.Class{schedule.Ordinary, schedule.Ordinary, schedule.Priority}[w.rnd.IntN(3)],
			LatenessS: []int64{0, 30, 120, 600}[w.rnd.IntN(4)], Order: int64(w.rnd.IntN(2)),
			ResumeAfterCut: w.rnd.IntN(2) == 0, ResumeAfterPowerCut: w.rnd.IntN(2) == 0, EffectiveFrom: w.clock.Now(),
		}, items...)
	}
}

func (w *world) clashingMishap() {
	switch w.rnd.IntN(7) {
	case 0:
		w.powerCut(time.Duration(w.rnd.IntN(240))*time.Second, w.rnd.IntN(3) > 0)
	case 1:
		w.crash(time.Duration(w.rnd.IntN(90)) * time.Second)
	case 2:
		w.clock.Step(time.Duration(w.rnd.IntN(240)-120) * time.Second)
	case 3:
		w.edit(w.rnd.IntN(len(w.in.Programmes)), func(p *schedule.Programme) { p.ResumeAfterCut = !p.ResumeAfterCut })
	case 4:
		w.deaf.Store(true)
		w.cutWhateverIsOpen()
		time.Sleep(time.Duration(w.rnd.IntN(90)) * time.Second)
		w.deaf.Store(false)
	default:
		w.alarmTheVillage()
	}
}

// cutWhateverIsOpen takes the device away from what is on air.
func (w *world) cutWhateverIsOpen() {
	w.mu.Lock()
	line := w.line
	w.mu.Unlock()
	if line != nil {
		if err := line.Close(); err != nil {
			w.t.Fatal(err)
		}
	}
}

// alarmTheVillage asks for emergencies, one after the other.
func (w *world) alarmTheVillage() {
	for range 1 + w.rnd.IntN(3) {
		req := PlayRequest{ClipID: "c-1", Kind: Emergency, Reason: "bão", Actor: "user:sim", MayOverrideQuiet: w.rnd.IntN(2) == 0, Replace: w.rnd.IntN(2) == 0}
		if w.rnd.IntN(2) == 0 {
			req.Repeat, req.For = w.rnd.IntN(5), time.Duration(w.rnd.IntN(300))*time.Second
		}
		id, err := w.player.Play(context.Background(), req)
		w.refused(err)
		time.Sleep(time.Duration(w.rnd.IntN(40)) * time.Second)
		if w.rnd.IntN(3) == 0 {
			_, err := w.player.Extend(context.Background(), "user:sim", id, time.Minute)
			w.refused(err)
		}
	}
}
