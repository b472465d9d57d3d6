package player

import (
	"time"

	"loaxa/player/judge"
	"loaxa/player/playlog/evidence"
)

// What keeps a broadcast that is on air, or about to be, from sounding at a time that nobody planned: the wall clock may
// be set, and the machine may be suspended and woken hours later with its sound still in the device's ring.

// napLeast is how long a suspension must be to be noticed.
const napLeast = 2 * time.Second

// awake puts a suspension of the machine on record. What fell due in it is late or missed for that.
func (p *Player) awake(now time.Time) {
	d := p.slept()
	if d == 0 {
		return
	}
	before := now.Add(-d)
	p.journal.put("station", evidence.ClockChange{
		What: "suspend", Before: evidence.At(before), After: evidence.At(now), Source: "kernel",
	})
	for _, o := range p.owed {
		if o.due().After(before) && !o.due().After(now) && o.obstacle == "" {
			o.obstacle = judge.ReasonSuspended
		}
	}
	if p.air != nil {
		p.air.woke(before, d)
	}
}

// slept is how long the machine was suspended since this was last asked: uptime goes on meanwhile, elapsed time does not.
func (p *Player) slept() time.Duration {
	apart := p.clock.Stamp().Up - p.elapsed()
	d := apart - p.apart
	if d < napLeast {
		return 0
	}
	p.apart = apart
	return d
}

// woke judges a broadcast anew after the machine was suspended for d: one that had not sounded begins inside its window
// or not at all; the rest of one that had is given up when it comes later than a lost device would be waited for.
func (a *airing) woke(before time.Time, d time.Duration) {
	switch {
	case a.reason != "":
	case a.silentAt(before):
		a.putBack(judge.ReasonSuspended)
	case !a.b.anyHour && a.inQuiet():
		a.stop(judge.ReasonQuietBorder, "", false)
	case d > max(a.b.lateness, loseLeast):
		a.stop(judge.ReasonSuspended, "", false)
	}
}
