package player

import (
	"time"

	"loaxa/audio"
)

// How long before its due time a broadcast takes the air, how long one needs to follow another, and when the loop has
// something to do.

func (p *Player) warmUp() time.Duration {
	return time.Duration(p.opts.Input().Settings.WarmUpMS) * time.Millisecond
}

// readRate is how fast a clip is read and hashed at least, bytes a second: an SD card under a small board.
const readRate = 20 << 20

// lead is how long before its due time a debt takes the air: the warm-up, or what it takes to open the device and to read
// the first clip from end to end, where that is longer. No frame of a clip sounds before its hash is known.
func (p *Player) lead(d *debt) time.Duration { return leadOf(d, p.warmUp()) }

func leadOf(d *debt, warm time.Duration) time.Duration {
	if len(d.Clips) == 0 {
		return warm
	}
	bytes := audio.FramesIn(time.Duration(d.Clips[0].DurationMS)*time.Millisecond) * 2
	return max(warm, time.Second+time.Duration(bytes)*time.Second/readRate)
}

// nextWake is the next moment at which the loop has something to do.
func (p *Player) nextWake(now time.Time) time.Time {
	day := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location())
	wake := day
	sooner := func(t time.Time) {
		if t.After(now) && t.Before(wake) {
			wake = t
		}
	}
	sooner(p.plan.from.Add(p.plan.until.Sub(p.plan.from)/2 + time.Millisecond))
	if p.hold != nil && !p.hold.Until.IsZero() {
		sooner(p.hold.Until)
	}
	if p.air != nil {
		sooner(p.air.border)
	}
	warm, change := p.warmUp(), p.changeover()
	for _, d := range p.owed {
		if p.air != nil && d.rank() > p.air.b.class.Rank() {
			sooner(d.due().Add(-change))
		}
		sooner(d.due().Add(-leadOf(d, warm)))
		sooner(d.due())
		sooner(d.Window().Add(time.Millisecond))
	}
	return wake
}

// What it costs to change from one broadcast to another: the fade and what the device still holds, and then the next
// device. The latter is measured at every opening; before the first it is guessed.
const (
	stopTime     = 200 * time.Millisecond // from the order to fade until nothing sounds: the device's buffers and the fade
	releaseTime  = 400 * time.Millisecond // from the order to fade until the device is closed
	openGuess    = 500 * time.Millisecond
	openMost     = 2 * time.Second
	changeMargin = 150 * time.Millisecond
	// worthwhile is how much of a broadcast must be able to sound for it to take the air from one that warms up.
	worthwhile = time.Second
)

// changeover is how long before a due time what is on air must begin to fade, so that the next one starts on time.
func (p *Player) changeover() time.Duration { return releaseTime + p.openingTime() + changeMargin }

// openingTime is how long a device is likely to take to open and to be ready for the first frame.
func (p *Player) openingTime() time.Duration {
	if p.openTook == 0 {
		return openGuess
	}
	return min(p.openTook*3/2, openMost)
}
