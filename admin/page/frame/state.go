package frame

import (
	"slices"
	"time"

	"loaxa/admin/api"
	"loaxa/admin/locale"
	"loaxa/player"
)

// soon is how long before a broadcast the page says that one is about to begin.
const soon = 5 * time.Minute

// state chooses the one word for the station. A fault shows when nothing sounds: while something plays, the alarms
// say what is wrong beside it.
func state(w locale.Words, n api.Now) (name, line string) {
	grave := slices.ContainsFunc(n.Alarms, func(a api.Alarm) bool { return a.Grave })
	switch {
	case n.OnAir != nil && n.OnAir.Lost:
		return "fault", w.T("state.line.lost", n.OnAir.Title)
	case n.State == string(player.Playing):
		return "playing", ""
	case n.State == string(player.WarmingUp):
		return "soon", w.T("state.line.warming_up")
	case n.Hold != nil && n.Hold.Until.IsZero():
		return "hold", w.T("state.line.hold", Person(w, n.Hold.By))
	case n.Hold != nil:
		return "hold", w.T("state.line.hold_until", Person(w, n.Hold.By), n.Hold.Until.Format("15:04 02/01/2006"))
	case grave:
		return "fault", w.T("state.line.fault")
	case n.Next != nil && n.Next.Due.Sub(n.At) <= soon:
		return "soon", ""
	}
	return "resting", ""
}
