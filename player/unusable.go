package player

import (
	"cmp"
	"fmt"

	"loaxa/player/alarm"
	"loaxa/player/judge"
	"loaxa/player/playlog/evidence"
	"loaxa/schedule"
)

// clipFailed raises the alarm for a clip whose file gave out; it stands until every such clip has sounded or is not
// planned any more.
func (p *Player) clipFailed(id string, err error) {
	p.unusable[id] = true
	p.opts.Alarms.Raise(alarm.ClipMissing, err.Error())
}

func (p *Player) clipSounded(id string) {
	if p.unusable[id] {
		delete(p.unusable, id)
		p.clearUnusable()
	}
}

// forgetUnplanned forgets the clips that nothing owed names any more.
func (p *Player) forgetUnplanned() {
	if len(p.unusable) == 0 {
		return
	}
	still := make(map[string]bool)
	for _, d := range p.owed {
		for _, c := range d.Clips {
			if p.unusable[c.ID] && !d.Withdrawn {
				still[c.ID] = true
			}
		}
	}
	p.unusable = still
	p.clearUnusable()
}

func (p *Player) clearUnusable() {
	if len(p.unusable) == 0 {
		p.opts.Alarms.Clear(alarm.ClipMissing)
	}
}

// takeFaults takes what the feeder has said and the loop has not heard yet.
func (a *airing) takeFaults() {
	for {
		select {
		case f := <-a.feeder.faults():
			a.itemFailed(f)
		default:
			return
		}
	}
}

func (a *airing) itemFailed(f itemFault) {
	a.b.grow(a.feeder.howMany())
	reason := cmp.Or(string(f.refused), judge.ReasonClip)
	a.b.failed[f.item] = reason
	if f.refused != schedule.ReasonNone {
		a.b.refused = reason
	} else {
		a.p.clipFailed(a.b.items[f.item].Clip.ID, f.err)
	}
	end := evidence.End{
		Broadcast: a.b.id, Item: f.item, Attempt: a.b.attempt, Result: "failed", Reason: fmt.Sprintf("%s: %v", reason, f.err),
		Underruns: a.b.underruns, Rate: round3(a.b.rates.mean()),
	}
	if f.begun { // else this line took nothing of it
		end.Written, end.Taken = a.feeder.written(f.item), a.b.taken[f.item]
	}
	a.p.journal.put("station", end)
	a.b.done[f.item] = true
}
