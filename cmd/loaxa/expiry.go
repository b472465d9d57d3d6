package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"loaxa/player/alarm"
	"loaxa/schedule"
)

// expiryReach is how far ahead the plan is searched for clips that expire: a week, in which every weekly programme airs.
const expiryReach = 7

// namedMost is how many clips a detail names.
const namedMost = 10

// expiring lists the approved clips that the plan of the next days uses and that have expired or do so within the days of
// notice, the earliest first.
func expiring(in schedule.Input, now time.Time) []schedule.ClipFact {
	last := schedule.Date(now.AddDate(0, 0, in.Settings.ExpiryNoticeDays).Format(time.DateOnly))
	soon := func(c schedule.ClipFact) bool {
		return c.State == "approved" && c.ValidUntil != "" && c.ValidUntil <= last
	}
	dated := false
	for _, c := range in.Clips {
		dated = dated || soon(c)
	}
	if !dated {
		return nil
	}
	found := make(map[string]bool)
	var out []schedule.ClipFact
	for _, o := range schedule.Plan(in, now, now.AddDate(0, 0, expiryReach)) {
		for _, it := range o.Items {
			if it.Kind == schedule.KindClip && soon(it.Clip) && !found[it.Clip.ID] {
				found[it.Clip.ID] = true
				out = append(out, it.Clip)
			}
		}
	}
	slices.SortFunc(out, func(a, b schedule.ClipFact) int {
		return cmp.Or(cmp.Compare(a.ValidUntil, b.ValidUntil), cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// expiryDetail names clips with their last days.
func expiryDetail(clips []schedule.ClipFact, now time.Time) string {
	today := schedule.Date(now.Format(time.DateOnly))
	parts := make([]string, 0, namedMost+1)
	for i, c := range clips {
		if i == namedMost {
			parts = append(parts, fmt.Sprintf("+%d", len(clips)-i))
			break
		}
		word := "còn đến (until)"
		if c.ValidUntil < today {
			word = "đã hết hạn (expired)"
		}
		parts = append(parts, fmt.Sprintf("%s: %s %s", cmp.Or(c.Title, c.ID), word, c.ValidUntil))
	}
	return strings.Join(parts, "; ")
}

// noticeExpiry raises or clears the alarm. Only the goroutine that brings changes into the log calls it, so that an older
// look never overrides a newer one.
func (s *station) noticeExpiry() {
	now := s.clock.Now()
	if clips := expiring(s.facts.input(), now); len(clips) > 0 {
		s.alarms.Raise(alarm.ClipExpiring, expiryDetail(clips, now))
		return
	}
	s.alarms.Clear(alarm.ClipExpiring)
}
