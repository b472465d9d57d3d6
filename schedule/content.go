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

// bodyItem is an item of a programme's own, looked up and judged for what is known before any time is.
type bodyItem struct {
	item    PlannedItem
	refused Reason
	valid   validity
	light   bool // falls silent on days of mourning
}

func (pl *planner) bodyItems(items []Item) []bodyItem {
	body := make([]bodyItem, 0, len(items))
	for _, it := range items {
		b := bodyItem{item: PlannedItem{Kind: it.Kind}, valid: always}
		switch it.Kind {
		case KindSilence:
			b.item.Frames = silenceFrames(it.SilenceMS)
		case KindClip:
			fact, known := pl.in.Clips[it.ClipID]
			if !known {
				fact = ClipFact{ID: it.ClipID}
			}
			b.item.Clip, b.item.Frames = fact, max(fact.Frames, 0)
			b.refused = judgeClip(pl.in.Settings, fact, known)
			if !b.valid.narrow(pl.zone, fact) && b.refused == ReasonNone {
				b.refused = ReasonBadRule
			}
			b.light = light(pl.in.Settings, fact)
		default:
			b.refused = ReasonBadRule
		}
		body = append(body, b)
	}
	return body
}

// compose puts a broadcast together and refuses it for what is known before any time is: the first reason counts.
func (b *bill) compose(v variant) content {
	s := &b.in.Settings
	body := b.turns[v.turn]
	c := content{items: make([]PlannedItem, 0, len(b.opening)+len(body)+len(b.closing)), valid: always}
	refuse := func(r Reason) {
		if c.refused == ReasonNone {
			c.refused = r
		}
	}
	c.addBookends(s, b.opening, v, 0)
	clips, silenced := 0, false
	for i := range body {
		it := &body[i]
		if v.mourning && it.light {
			silenced = true
			continue
		}
		if it.item.Kind == KindClip {
			clips++
		}
		refuse(it.refused)
		c.valid.narrowTo(it.valid)
		c.add(s, it.item)
	}
	switch {
	case clips == 0 && silenced:
		refuse(ReasonMourning)
	case clips == 0:
		refuse(ReasonEmpty)
	}
	c.addBookends(s, b.closing, v, len(b.opening))
	if c.length > time.Duration(s.MaxSessionS)*time.Second {
		refuse(ReasonTooLong)
	}
	if m := s.Limits.MinutesPerSession; m > 0 && c.length > time.Duration(m)*time.Minute {
		refuse(ReasonMinutes)
	}
	return c
}

// addBookends adds an opening or closing; offset is where it begins in what the variant leaves out.
func (c *content) addBookends(s *Settings, list bookends, v variant, offset int) {
	for i, e := range list {
		if v.mourning && e.light || v.left != "" && v.left[offset+i] != 0 {
			continue
		}
		c.add(s, e.item)
	}
}

// add puts an item at the end, after a pause where two clips meet.
func (c *content) add(s *Settings, it PlannedItem) {
	if n := len(c.items); it.Kind == KindClip && n > 0 && c.items[n-1].Kind == KindClip {
		if frames := silenceFrames(s.PauseMS); frames > 0 {
			c.put(PlannedItem{Kind: KindSilence, Part: PartPause, Frames: frames})
		}
	}
	c.put(it)
}

func (c *content) put(it PlannedItem) {
	c.items = append(c.items, it)
	c.length += framesLength(it.Frames)
}

// rest is how long it takes from an item on, in nanoseconds.
func (c *content) rest(item int) int64 {
	if item == 0 {
		return int64(c.length)
	}
	rest := int64(0)
	for _, it := range c.items[item:] {
		rest += int64(framesLength(it.Frames))
	}
	return rest
}

// itemAt is the item that sounds when so many nanoseconds have passed since an item began.
func (c *content) itemAt(item int, passed int64) int {
	for ; item < len(c.items)-1; item++ {
		if passed -= int64(framesLength(c.items[item].Frames)); passed < 0 {
			break
		}
	}
	return item
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
