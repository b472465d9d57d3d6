package player

import (
	"fmt"
	"time"

	"loaxa/player/judge"
	"loaxa/schedule"
)

// Forbids says by the facts of a moment why a clip may not sound, or nothing. What an approver asks for is approved for
// that play, and may be rehearsed before its first day; what has expired it may only let sound as an emergency. What was
// retired never sounds.
func Forbids(in schedule.Input, id string, now time.Time, kind Kind, approver bool) schedule.Reason {
	fact, known := in.Clips[id]
	approver = approver && kind != Scheduled
	if approver {
		in.Settings.ApprovalRequired = false
	}
	r := fact.Refused(in.Settings, known, now)
	if approver && (r == schedule.ReasonNotYet || r == schedule.ReasonExpired && kind == Emergency) {
		return schedule.ReasonNone
	}
	return r
}

// outright reports whether an approver let a clip sound that nobody else may.
func outright(in schedule.Input, id string, now time.Time) bool {
	fact, known := in.Clips[id]
	return fact.Refused(in.Settings, known, now) != schedule.ReasonNone
}

// mayBegin looks at an item's clip anew before its first frame is handed over: it may have been retired, changed or have
// expired since it was planned, or since the broadcast began. opened is the hash of the bytes that would sound.
func (f *feeder) mayBegin(i int, it prepared) *itemFault {
	item := f.b.item(i)
	if item.Kind != schedule.KindClip {
		return nil
	}
	at := f.p.clock.Now()
	if f.b.due.After(at) {
		at = f.b.due // warming up: it sounds then
	}
	in := f.p.opts.Input()
	if r := Forbids(in, item.Clip.ID, at, f.b.kind, f.b.approver); r != schedule.ReasonNone {
		return &itemFault{item: i, refused: r, err: fmt.Errorf("clip %s may not sound now", item.Clip.ID)}
	}
	if it.err != nil {
		return &itemFault{item: i, err: it.err}
	}
	for _, hash := range []string{in.Clips[item.Clip.ID].Canonical, it.sha256} {
		if hash != item.Clip.Canonical {
			return &itemFault{item: i, err: fmt.Errorf("clip %s is not what was planned: it has changed since", item.Clip.ID)}
		}
	}
	return nil
}

// keptByClip reports whether an obstacle lies in the clips: it stands until somebody changes something.
func keptByClip(obstacle string) bool { return obstacle == judge.ReasonClip || refusedClip(obstacle) }

// refusedClip reports whether an obstacle is that a rule forbids a clip.
func refusedClip(obstacle string) bool {
	switch schedule.Reason(obstacle) {
	case schedule.ReasonNoClip, schedule.ReasonUnapproved, schedule.ReasonRetired, schedule.ReasonExpired, schedule.ReasonNotYet:
		return true
	}
	return false
}

// forbidden says to a person why a clip may not sound.
func forbidden(why schedule.Reason, c schedule.ClipFact, id string) string {
	switch why {
	case schedule.ReasonNoClip:
		return "there is no clip " + id
	case schedule.ReasonRetired:
		return "clip " + id + " was retired"
	case schedule.ReasonUnapproved:
		return "clip " + id + " is not approved"
	case schedule.ReasonExpired:
		return fmt.Sprintf("clip %s expired: its last day was %s", id, c.ValidUntil)
	case schedule.ReasonNotYet:
		return fmt.Sprintf("clip %s is not valid before %s", id, c.ValidFrom)
	case schedule.ReasonEmpty:
		return "clip " + id + " holds no sound"
	}
	return "the dates of clip " + id + " cannot be read"
}
