package schedule

import "time"

// sampleRate is the canonical one, frames a second.
const sampleRate = 48000

// content is what one occurrence of a programme would play, with the reason why it may not. One content is shared by
// all the occurrences that play the same.
type content struct {
	items   []PlannedItem
	length  time.Duration
	refused Reason
	valid   validity
}

// contents lists what a programme plays: one entry for mode all; for mode rotate one a clip, in turn.
func contents(in Input, z *wallZone, p Programme) []content {
	list, ok := in.Playlists[p.PlaylistID]
	if !ok {
		return []content{{refused: ReasonNoPlaylist}}
	}
	if p.Class.Rank() == 0 {
		return []content{{refused: ReasonBadRule}}
	}
	switch list.Mode {
	case ModeAll:
		return []content{judge(in, z, list.Items)}
	case ModeRotate:
		var turns []content
		for i, it := range list.Items {
			if it.Kind != KindSilence {
				turns = append(turns, judge(in, z, list.Items[i:i+1]))
			}
		}
		if len(turns) > 0 {
			return turns
		}
		return []content{{refused: ReasonEmpty}}
	}
	return []content{{refused: ReasonBadRule}}
}

// judge looks items up and refuses them for what is known before any time is: the first reason counts.
func judge(in Input, z *wallZone, items []Item) content {
	c := content{items: make([]PlannedItem, 0, len(items)), valid: always}
	refuse := func(r Reason) {
		if c.refused == ReasonNone {
			c.refused = r
		}
	}
	clips := 0
	for _, it := range items {
		planned := PlannedItem{Kind: it.Kind}
		switch it.Kind {
		case KindSilence:
			planned.Frames = min(max(it.SilenceMS, 0), MaxSilenceMS) * sampleRate / 1000
		case KindClip:
			clips++
			fact, known := in.Clips[it.ClipID]
			if !known {
				fact = ClipFact{ID: it.ClipID}
			}
			planned.Clip, planned.Frames = fact, max(fact.Frames, 0)
			refuse(judgeClip(in.Settings, fact, known))
			if !c.valid.narrow(z, fact) {
				refuse(ReasonBadRule)
			}
		default:
			refuse(ReasonBadRule)
		}
		c.items = append(c.items, planned)
		c.length += framesLength(planned.Frames)
	}
	if clips == 0 {
		refuse(ReasonEmpty)
	}
	if c.length > time.Duration(in.Settings.MaxSessionS)*time.Second {
		refuse(ReasonTooLong)
	}
	return c
}

func judgeClip(s Settings, fact ClipFact, known bool) Reason {
	switch {
	case !known:
		return ReasonNoClip
	case fact.State == "retired":
		return ReasonRetired
	case fact.State != "approved" && s.ApprovalRequired:
		return ReasonUnapproved
	case fact.Frames <= 0:
		return ReasonEmpty
	}
	return ReasonNone
}

// framesLength is the time that frames take. What is longer than a year counts as a year: it is refused anyway.
func framesLength(frames int64) time.Duration {
	const year = 365 * secondsPerDay * sampleRate
	frames = min(frames, year)
	return time.Duration(frames/sampleRate)*time.Second + time.Duration(frames%sampleRate)*time.Second/sampleRate
}
