package player

import (
	"cmp"
	"time"

	"loaxa/audio"
	"loaxa/player/alarm"
	"loaxa/player/judge"
	"loaxa/player/playlog/evidence"
	"loaxa/player/speaker"
)

// heard deals with what the line tells of itself.
func (a *airing) heard(ev speaker.Event, ok bool) {
	if !ok {
		if a.reason != "" {
			a.over = true
			return
		}
		a.lose("lost", "the line ended without a word", alarm.DeviceLost)
		return
	}
	a.account(ev)
	if a.reason != "" { // a fade is under way
		if ev.State == speaker.Drained || ev.State == speaker.Lost {
			a.over = true
		}
		return
	}
	switch ev.State {
	case speaker.Drained:
		a.drained()
	case speaker.Lost:
		a.lose("lost", ev.Detail, alarm.DeviceLost)
	case speaker.Stalled:
		a.lose("stalled", "nothing was taken for a second", alarm.DeviceSlow)
	case speaker.Fast:
		a.lose("fast", judge.ReasonDeviceFast, alarm.DeviceFast)
	case speaker.Slow:
		a.slow(ev)
	case speaker.Running:
		a.running(ev)
	}
}

// slow is put on record once and left to go on: late sound is better than none.
func (a *airing) slow(ev speaker.Event) {
	if a.told == speaker.Slow {
		return
	}
	a.told = speaker.Slow
	a.p.opts.Alarms.Raise(alarm.DeviceSlow, "frames are taken too slowly")
	a.p.journal.put("station", evidence.Device{
		What: "slow", Device: ev.Info.Device, Driver: ev.Info.Driver, Output: ev.Info.Output, Rate: ev.Rate,
	})
}

// running clears the device's alarms once it has shown a true rate.
func (a *airing) running(ev speaker.Event) {
	if ev.Rate == 0 {
		return
	}
	for _, code := range []alarm.Code{alarm.DeviceLost, alarm.DeviceSlow, alarm.DeviceFast} {
		a.p.opts.Alarms.Clear(code)
	}
	if a.told == speaker.Slow {
		a.told = speaker.Running
		a.p.journal.put("station", evidence.Device{
			What: "recovered", Device: ev.Info.Device, Driver: ev.Info.Driver, Output: ev.Info.Output, Rate: ev.Rate,
		})
	}
}

// account takes the line's figures over into the broadcast's: what was taken of which item, the onset, the ends.
func (a *airing) account(ev speaker.Event) {
	b := a.b
	if info := ev.Info; info.Device != b.device && b.device != "" && info.Device != "" {
		a.p.journal.put("station", evidence.Device{
			What: "moved", Device: info.Device, Driver: info.Driver, Output: info.Output, Detail: "before: " + b.device,
		})
	}
	if ev.Info.Device != "" {
		b.sentTo(ev.Info)
	}
	b.rates.add(ev.Rate)
	f := a.feeder
	if f == nil {
		return
	}
	b.underruns += ev.Underrun - f.underruns
	f.underruns = ev.Underrun
	if ev.Onset && ev.OnsetAgo >= 0 && ev.Taken > 0 {
		f.onset = a.p.clock.Now().Add(-ev.OnsetAgo)
	}
	heard := f.heardOf(ev.Taken)
	b.grow(f.howMany()) // afterwards: the feeder may have begun a round meanwhile
	for _, s := range heard {
		b.taken[s.item] = max(b.taken[s.item], s.offset+s.taken)
		a.begun(s)
		if s.over {
			a.endItem(s.item, "finished", "")
		}
	}
}

// begun puts an item's onset on record, once for each line.
func (a *airing) begun(s heardItem) {
	f := a.feeder
	if f.onset.IsZero() || s.taken == 0 || f.told[s.item] {
		return
	}
	first := len(f.told) == 0
	f.told[s.item] = true
	at := f.onset.Add(audio.Duration(s.at))
	if a.b.onset.IsZero() {
		a.b.onset = at
	}
	if first && a.b.term == nil {
		a.limitSession()
	}
	a.b.resuming = false
	a.window.Stop()
	a.giveUp.Stop()
	a.waiting = false
	a.p.journal.put("station", a.progressOf(s.item, at))
	a.p.show()
}

func (a *airing) progressOf(item int, onset time.Time) evidence.Progress {
	pr := evidence.Progress{
		Broadcast: a.b.id, Item: item, Attempt: a.b.attempt, Written: a.feeder.written(item), Taken: a.b.taken[item],
		Underruns: a.b.underruns, Rate: round3(a.b.rates.mean()),
	}
	if !onset.IsZero() {
		pr.Onset = evidence.At(onset)
	}
	return pr
}

// logProgress says once a minute how far the running item is.
func (a *airing) logProgress() {
	if a.feeder == nil || a.feeder.onset.IsZero() {
		return
	}
	if item, ok := a.sounding(); ok {
		a.p.journal.put("station", a.progressOf(item, time.Time{}))
	}
}

// sounding is the item that is sounding.
func (a *airing) sounding() (int, bool) {
	for i := range a.b.items {
		if a.feeder.told[i] && !a.b.done[i] {
			return i, true
		}
	}
	return 0, false
}

// drained: the last frame that was handed over has been heard.
func (a *airing) drained() {
	if !a.feeder.finished() {
		a.lose("lost", "the line drained before its time", alarm.DeviceLost)
		return
	}
	a.takeFaults()
	a.endItems("finished", "")
	switch _, taken := a.b.frames(); {
	case taken > 0:
	case a.b.debt != nil: // no clip of it can be played or may be; its word comes with its time
		a.putBack(cmp.Or(a.b.refused, judge.ReasonClip))
		return
	case a.b.refused != "":
		a.finish(evidence.Skipped, a.b.refused, "")
		return
	}
	reason := ""
	switch {
	case a.b.losses > 0:
		reason = judge.ReasonResumed
	case a.b.debt != nil && a.b.debt.cut != nil:
		reason = judge.ReasonAfterCut
	}
	for _, failed := range a.b.failed {
		if failed != "" {
			reason = cmp.Or(a.b.refused, judge.ReasonClip)
		}
	}
	a.finish("", reason, "")
}

// endItems puts the end on record of every item that this line has begun.
func (a *airing) endItems(result, reason string) {
	begun := a.feeder.begunItems()
	a.b.grow(a.feeder.howMany()) // afterwards: the feeder may have begun a round meanwhile
	for _, s := range begun {
		a.endItem(s, result, reason)
	}
}

func (a *airing) endItem(item int, result, reason string) {
	b := a.b
	if b.done[item] {
		return
	}
	if result == "finished" {
		b.done[item] = true
		a.p.clipSounded(b.items[item].Clip.ID)
	}
	a.p.journal.put("station", evidence.End{
		Broadcast: b.id, Item: item, Attempt: b.attempt, Result: result, Reason: reason,
		Written: a.feeder.written(item), Taken: b.taken[item], Underruns: b.underruns,
		Rate: round3(b.rates.mean()), LevelDBFS: a.feeder.level(item),
	})
}
