package speaker

import (
	"context"
	"time"
)

// State says how the device behaves.
type State string

// Running: frames are taken at a true rate, or too few were seen to tell. Fast and Slow: outside 0.9–1.1 of true time.
// Stalled: nothing was taken for a second. Lost: the device or the child is gone. Drained: the last frame was heard.
const (
	Running State = "running"
	Fast    State = "fast"
	Slow    State = "slow"
	Stalled State = "stalled"
	Lost    State = "lost"
	Drained State = "drained"
)

// Event is what a line tells of itself, about every 50 ms and once when it ends.
type Event struct {
	State    State
	Taken    int64         // frames of content taken by the device
	Written  int64         // frames of content handed over
	Underrun int64         // frames of silence that fell inside the content
	Rate     float64       // frames taken over true time in the last 2 s; 0 while unknown
	OnsetAgo time.Duration // how long ago the first frame sounded; negative when it is still to sound
	Onset    bool          // OnsetAgo is known
	Info     Info
	Detail   string
}

// Info says where the frames go.
type Info struct {
	Device string // as the driver names it
	Driver string // pulse | alsa | virtual
	Output string // hardware | unproven | virtual
}

// eventOf turns a child's report into an event.
func eventOf(r report, written int64, info Info) Event {
	ev := Event{State: Running, Taken: r.Taken, Written: written, Underrun: r.Underrun, Info: info, Detail: r.Detail}
	if r.Begun {
		ev.Onset, ev.OnsetAgo = true, time.Duration(r.NowNS-r.FirstNS)
	}
	return ev
}

// offer gives a passing event to whoever listens; one that finds no room is dropped, the next will say more.
func offer(to chan<- Event, ev Event) {
	select {
	case to <- ev:
	default:
	}
}

// deliver gives a last event, which must not be lost.
func deliver(ctx context.Context, to chan<- Event, ev Event) {
	select {
	case to <- ev:
	case <-ctx.Done():
	}
}
