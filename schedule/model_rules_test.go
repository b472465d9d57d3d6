package schedule

import (
	"slices"
	"time"
)

// fill puts together what an occurrence would play.
func (m *model) fill(o *modelled) {
	s := m.in.Settings
	use := func(own, common string) []Item {
		if own == "none" {
			return nil
		}
		if own == "" {
			own = common
		}
		return m.in.Playlists[own].Items
	}
	_, mourning := m.ruled(m.day(o.due))
	lastClip := false
	add := func(it Item, part Part) {
		planned := PlannedItem{Kind: it.Kind, Part: part, Frames: it.SilenceMS * 48}
		if it.Kind == KindClip {
			planned.Clip = m.in.Clips[it.ClipID]
			planned.Clip.ID = it.ClipID
			planned.Frames = planned.Clip.Frames
			if lastClip && s.PauseMS > 0 {
				o.o.Items = append(o.o.Items, PlannedItem{Kind: KindSilence, Part: PartPause, Frames: s.PauseMS * 48})
			}
		}
		lastClip = it.Kind == KindClip
		o.o.Items = append(o.o.Items, planned)
	}
	light := func(it Item) bool {
		return mourning && slices.ContainsFunc(m.in.Clips[it.ClipID].Tags, func(t string) bool { return slices.Contains(s.EntertainmentTags, t) })
	}
	ends := func(items []Item, part Part) {
		for _, it := range items {
			if _, known := m.in.Clips[it.ClipID]; !light(it) && (it.Kind == KindSilence || known) {
				add(it, part)
			}
		}
	}
	list, known := m.in.Playlists[o.o.PlaylistID]
	if !known {
		o.reason = ReasonNoPlaylist
		return
	}
	body := list.Items
	if list.Mode == ModeRotate {
		body = slices.DeleteFunc(slices.Clone(body), func(it Item) bool { return it.Kind == KindSilence })
		body = body[o.o.Ordinal%int64(len(body)):][:1]
	}
	ends(use(o.p.Opening, s.OpeningID), PartOpening)
	clips, fell := 0, false
	for _, it := range body {
		if light(it) {
			fell = true
			continue
		}
		if _, known := m.in.Clips[it.ClipID]; it.Kind == KindClip && !known {
			o.reason = ReasonNoClip
		}
		if it.Kind == KindClip {
			clips++
		}
		add(it, PartBody)
	}
	ends(use(o.p.Closing, s.ClosingID), PartClosing)
	length := int64(0)
	for _, it := range o.o.Items {
		o.lengths = append(o.lengths, it.Frames/48000)
		length += it.Frames / 48000
	}
	o.o.Length = time.Duration(length) * time.Second
	switch {
	case o.reason != ReasonNone:
	case clips == 0 && fell:
		o.reason = ReasonMourning
	case clips == 0:
		o.reason = ReasonEmpty
	case length > s.MaxSessionS:
		o.reason = ReasonTooLong
	case s.Limits.MinutesPerSession > 0 && length > 60*int64(s.Limits.MinutesPerSession):
		o.reason = ReasonMinutes
	}
}

// refuses is the guards, at the due time.
func (m *model) refuses(o *modelled) Reason {
	l := m.in.Settings.Limits
	use, _ := m.ruled(m.day(o.due))
	weekday := time.Unix(o.due, 0).In(m.loc).Weekday()
	weekend := weekday == time.Saturday || weekday == time.Sunday
	switch {
	case use != o.p.Schedule && use == "off":
		return ReasonDayOff
	case use != o.p.Schedule:
		return ReasonOtherDay
	case o.reason != ReasonNone:
		return o.reason
	case weekend && (l.Weekend == "none" || l.Weekend == "priority" && o.p.Class == Ordinary):
		return ReasonWeekend
	case !m.inHours(o, o.due):
		return ReasonHours
	case m.silent(o.due, o.due+int64(o.o.Length/time.Second)):
		return ReasonQuietHours
	}
	return ReasonNone
}

// inHours is the earliest and the latest start; past midnight is after the latest start, and before the next earliest.
func (m *model) inHours(o *modelled, now int64) bool {
	l, clock := m.in.Settings.Limits, m.clock(now)
	if m.day(now) != m.day(o.due) {
		return l.LatestStart == "" && l.EarliestStart == ""
	}
	return (l.EarliestStart == "" || clock >= l.EarliestStart+":00") && (l.LatestStart == "" || clock <= l.LatestStart+":00")
}

// mayBegin tells whether one that waits may begin or go on now; one that may not now may never.
func (m *model) mayBegin(o *modelled, now int64) bool {
	from := 0
	if n := len(o.o.Cuts); n > 0 {
		from = o.o.Cuts[n-1].Item
	}
	until := now
	for _, l := range o.lengths[from:] {
		until += l
	}
	return now <= o.window && (o.begun || m.inHours(o, now)) && !m.silent(now, until)
}

// begin gives the air to the first that waits, and takes it from who has it.
func (m *model) begin(now int64) {
	o := m.waiting[0]
	m.waiting = m.waiting[1:]
	if cut := m.onAir; cut != nil {
		item, passed := m.item, now-m.since
		for passed >= cut.lengths[item] {
			passed -= cut.lengths[item]
			item++
		}
		cut.o.Cuts = append(cut.o.Cuts, Cut{At: time.Unix(now, 0).In(m.loc), By: o.o.ID, Item: item})
		if cut.o.Verdict == VerdictAirs {
			cut.o.Reason = ReasonPreempted
		}
		if cut.p.ResumeAfterCut {
			m.waiting = append(m.waiting, cut)
		}
	}
	m.onAir, m.item, m.since = o, 0, now
	if o.begun {
		c := &o.o.Cuts[len(o.o.Cuts)-1]
		m.item, c.Resumes = c.Item, time.Unix(now, 0).In(m.loc)
		return
	}
	o.begun, o.o.Verdict, o.o.Reason = true, VerdictAirs, ReasonNone
	if now > o.due {
		o.o.Verdict, o.o.Reason = VerdictWaits, ReasonOverlap
	}
	o.o.Start = time.Unix(now, 0).In(m.loc)
}
