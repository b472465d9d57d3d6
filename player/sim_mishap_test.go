package player

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"loaxa/schedule"
	"loaxa/schedule/clock"
)

// randomRules makes a few programmes of both classes, some of which get in each other's way; about five occurrences a day.
func (w *world) randomRules() {
	for i := range 6 {
		w.clip(fmt.Sprintf("c-%d", i), time.Duration(300+w.rnd.IntN(1500))*time.Millisecond)
	}
	w.in.Settings.QuietHours = nil
	for range w.rnd.IntN(3) {
		from, to := w.rnd.IntN(24), w.rnd.IntN(24)
		span := schedule.DailySpan{From: fmt.Sprintf("%02d:%02d", from, 15*w.rnd.IntN(4)), To: fmt.Sprintf("%02d:00", to)}
		if w.rnd.IntN(3) == 0 {
			span.Days = []int{1 + w.rnd.IntN(3), 4 + w.rnd.IntN(4)}
		}
		w.in.Settings.QuietHours = append(w.in.Settings.QuietHours, span)
	}
	if w.rnd.IntN(3) == 0 {
		w.in.Settings.Limits = schedule.Limits{SessionsPerDay: 3 + w.rnd.IntN(4), Weekend: []string{"", "priority"}[w.rnd.IntN(2)]}
	}
	for i := range 2 + w.rnd.IntN(3) {
		items := make([]schedule.Item, 1+w.rnd.IntN(3))
		for k := range items {
			items[k] = schedule.Item{Kind: schedule.KindClip, ClipID: fmt.Sprintf("c-%d", w.rnd.IntN(6))}
			if w.rnd.IntN(5) == 0 {
				items[k] = schedule.Item{Kind: schedule.KindSilence, SilenceMS: 2000}
			}
		}
		p := schedule.Programme{
			ID: fmt.Sprintf("p-%d", i), Title: fmt.Sprintf("Chương trình %d", i), Cron: w.randomCron(),
			LatenessS: []int64{0, 30, 1800}[w.rnd.IntN(3)], ResumeAfterPowerCut: w.rnd.IntN(2) == 0,
			EffectiveFrom: w.clock.Now(), ResumeAfterCut: w.rnd.IntN(2) == 0, Order: int64(w.rnd.IntN(3)),
		}
		p.Class = []schedule.Class{schedule.Ordinary, schedule.Ordinary, schedule.Priority}[w.rnd.IntN(3)]
		w.programme(p, items...)
	}
}

func (w *world) randomCron() string {
	days := []string{"*", "1-5", "6,0", "*/2", "1"}
	hours := strconv.Itoa(w.rnd.IntN(24))
	if w.rnd.IntN(2) == 0 {
		hours += "," + strconv.Itoa(w.rnd.IntN(24))
	}
	return fmt.Sprintf("%d %s * * %s", []int{0, 0, 15, 30}[w.rnd.IntN(4)], hours, days[w.rnd.IntN(len(days))])
}

// mishap is one thing that happens to a station.
//
//nolint:cyclop // a list
func (w *world) mishap() {
	switch w.rnd.IntN(22) {
	case 0, 1:
		w.outage(time.Duration(w.rnd.IntN(6*3600))*time.Second, true)
	case 2:
		w.outage(time.Duration(1+w.rnd.IntN(12))*24*time.Hour, w.rnd.IntN(2) == 0)
	case 3, 4:
		w.crash(time.Duration(w.rnd.IntN(600)) * time.Second)
	case 5: // everybody takes the time server's word, and it is wrong by hours
		w.clock.Step(time.Duration(w.rnd.IntN(6*3600)-3*3600) * time.Second)
	case 6:
		w.quit()
		time.Sleep(time.Duration(w.rnd.IntN(3600)) * time.Second)
		w.boot()
	case 7, 8:
		w.edit(w.rnd.IntN(len(w.in.Programmes)), w.randomEdit())
	case 9:
		w.deaf.Store(true)
		time.Sleep(time.Duration(w.rnd.IntN(36)) * time.Hour)
		w.deaf.Store(false)
	case 10:
		_, err := w.player.Stop(context.Background(), "user:sim")
		w.refused(err)
	case 11:
		w.holdAWhile()
	case 12:
		w.askForSound()
	case 13:
		w.hung.Store(true)
		time.Sleep(time.Duration(w.rnd.IntN(24)) * time.Hour)
		w.hung.Store(false)
	case 14:
		w.suspend(time.Duration(w.rnd.IntN(12*3600)) * time.Second)
	case 15, 16:
		w.judgeClips()
	case 17, 18:
		w.outage(time.Duration(w.rnd.IntN(6*3600))*time.Second, false)
	case 19: // something on the machine sets the clock, by up to a year
		w.clock.SetTrust(clock.Doubtful, 16_000_000)
		w.clock.Step(w.upTo(365 * 24 * time.Hour))
	case 20:
		w.clock.SetTrust(clock.Doubtful, 16_000_000)
	case 21: // a person with a phone that is wrong by up to a year, and an hour later one whose is right
		w.refused(w.player.SetClock(context.Background(), "user:sim", w.truth().Add(w.upTo(365*24*time.Hour))))
		time.Sleep(time.Duration(w.rnd.IntN(3600)) * time.Second)
		w.refused(w.player.SetClock(context.Background(), "user:sim", w.truth()))
	}
	if w.clock.Stamp().Trust == clock.Doubtful && w.rnd.IntN(3) > 0 {
		w.winTrust()
	}
}

// outage takes the machine down for d. With a hardware clock it comes back with the true time, else with the time at which it
// went off or somewhat earlier.
func (w *world) outage(d time.Duration, rtc bool) {
	w.die()
	time.Sleep(d)
	if rtc {
		w.clock.Step(w.truth().Sub(w.clock.Now()))
		w.clock.SetTrust(clock.RTC, 2_000_000)
	} else {
		w.clock.Step(-d - time.Duration(w.rnd.IntN(60))*time.Second)
		w.clock.SetTrust(clock.Doubtful, 16_000_000)
	}
	w.newKernel()
	w.boot()
}

func (w *world) suspend(d time.Duration) {
	w.asleep += d
	w.clock.Suspend(d)
}

// upTo is a length of time up to most, either way; short ones are as likely as long ones.
func (w *world) upTo(most time.Duration) time.Duration {
	d := time.Duration(w.rnd.Int64N(int64(most) >> w.rnd.IntN(16)))
	if w.rnd.IntN(2) == 0 {
		return -d
	}
	return d
}

// winTrust lets somebody come, some time later, who knows what time it is: a person or a time server.
func (w *world) winTrust() {
	time.Sleep(time.Duration(w.rnd.Int64N(int64(30*time.Hour) >> w.rnd.IntN(10))))
	switch w.rnd.IntN(3) {
	case 0:
		w.refused(w.player.SetClock(context.Background(), "user:sim", w.truth()))
	case 1:
		w.clock.Step(w.truth().Sub(w.clock.Now()))
		time.Sleep(time.Duration(w.rnd.IntN(3)) * time.Second)
		w.clock.SetTrust(clock.Synchronised, 500)
	case 2:
		w.clock.SetTrust(clock.Synchronised, 500)
		w.clock.Step(w.truth().Sub(w.clock.Now()))
	}
}

func (w *world) randomEdit() func(*schedule.Programme) {
	now, cron, n := w.clock.Now(), w.randomCron(), w.rnd.IntN(5)
	return func(p *schedule.Programme) {
		switch n {
		case 0, 1:
			p.Paused, p.EffectiveFrom = !p.Paused, now
		case 2:
			p.Cron, p.EffectiveFrom = cron, now
		case 3:
			p.Class = map[schedule.Class]schedule.Class{schedule.Ordinary: schedule.Priority, schedule.Priority: schedule.Ordinary}[p.Class]
		case 4:
			p.ResumeAfterCut, p.Order = !p.ResumeAfterCut, 3-p.Order
		}
	}
}

// judgeClips lets people retire clips, take their approval back, date them, and put them right again; now and then the
// program learns of it only by looking.
func (w *world) judgeClips() {
	for range 1 + w.rnd.IntN(3) {
		day := func() schedule.Date {
			return schedule.Date(w.clock.Now().AddDate(0, 0, w.rnd.IntN(12)-3).Format(time.DateOnly))
		}
		edit := []func(*schedule.ClipFact){
			retire, unapprove,
			func(c *schedule.ClipFact) { c.ValidUntil = day() },
			func(c *schedule.ClipFact) { c.ValidFrom = day() },
			func(c *schedule.ClipFact) { c.State, c.ValidFrom, c.ValidUntil = "approved", "", "" },
			func(c *schedule.ClipFact) { c.State, c.ValidFrom, c.ValidUntil = "approved", "", "" },
		}[w.rnd.IntN(6)]
		id := fmt.Sprintf("c-%d", w.rnd.IntN(6))
		noted := edit
		edit = func(c *schedule.ClipFact) {
			noted(c)
			w.approvals = append(w.approvals, approval{w.truth(), id, c.State == "approved"})
		}
		if w.rnd.IntN(4) == 0 {
			w.silently(id, edit)
		} else {
			w.change(id, edit)
		}
		time.Sleep(time.Duration(w.rnd.IntN(3)) * time.Second)
	}
}

// refused lets a refusal pass.
func (w *world) refused(err error) {
	var refused *Refusal
	if err != nil && !errors.As(err, &refused) {
		w.t.Fatal(err)
	}
}

func (w *world) holdAWhile() {
	until := time.Time{}
	if w.rnd.IntN(2) == 0 {
		until = w.clock.Now().Add(time.Duration(1+w.rnd.IntN(48)) * time.Hour)
	}
	w.refused(w.player.Hold(context.Background(), "user:sim", "", until))
	time.Sleep(time.Duration(w.rnd.IntN(36)) * time.Hour)
	if w.rnd.IntN(2) == 0 {
		w.crash(time.Duration(w.rnd.IntN(3600)) * time.Second)
	}
	w.refused(w.player.Release(context.Background(), "user:sim"))
}

func (w *world) askForSound() {
	kind := []Kind{Emergency, Rehearsal}[w.rnd.IntN(2)]
	req := PlayRequest{ClipID: "c-1", Kind: kind, Reason: "x", Actor: "user:sim", MayOverrideQuiet: w.rnd.IntN(2) == 0, MayApprove: w.rnd.IntN(2) == 0}
	if kind == Emergency && w.rnd.IntN(2) == 0 {
		req.For, req.PauseMS = time.Duration(1+w.rnd.IntN(300))*time.Second, 1000
	}
	_, err := w.player.Play(context.Background(), req)
	w.refused(err)
	if w.rnd.IntN(2) == 0 {
		w.crash(time.Duration(w.rnd.IntN(60)) * time.Second)
	}
}
